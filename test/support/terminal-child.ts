import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

/** A command at a terminal of its own, and a person who reads and types there. */
export interface AtTerminal {
  /** All that the terminal has shown. */
  shown(): string;
  /** Waits until the terminal shows a text that it has not shown at the call before. Rejects when the command ends without it. */
  until(text: string): Promise<void>;
  /** Types, as the keys of a keyboard do: `\r` is Enter, `\x03` Ctrl+C. */
  type(keys: string): void;
  ended: Promise<number | null>;
  end(): void;
}

/** Starts a command at a pseudo-terminal, by util-linux's `script`. The words may hold no quote. */
export const atTerminal = (
  command: readonly string[],
  { cwd, environment }: { cwd: string; environment: Record<string, string> },
): AtTerminal => {
  const words = command.map((word) => `'${word}'`).join(' ');
  const child: ChildProcess = spawn('script', ['-qefc', words, '/dev/null'], {
    cwd,
    env: { PATH: process.env['PATH'] ?? '', SHELL: '/bin/sh', TERM: 'xterm', ...environment },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let shown = '';
  let read = 0;
  child.stdout?.on('data', (chunk) => (shown += String(chunk)));
  child.stderr?.on('data', (chunk) => (shown += String(chunk)));
  const ended = once(child, 'close').then(([code]) => code as number | null);
  return {
    shown: () => shown,
    until: async (text) => {
      let isOver = false;
      void ended.then(() => (isOver = true));
      for (;;) {
        const at = shown.indexOf(text, read);
        if (at >= 0) {
          read = at + text.length;
          return;
        }
        if (isOver) throw new Error(`it ended before it showed "${text}": ${shown}`);
        await new Promise((later) => setTimeout(later, 20));
      }
    },
    type: (keys) => void child.stdin?.write(keys),
    ended,
    end: () => void child.kill('SIGKILL'),
  };
};
