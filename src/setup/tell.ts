import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Unavailable } from '../events/errors.ts';
import type { AlarmSettings } from './config.ts';

const LONGEST_MILLISECONDS = 10_000;
const DAY_MILLISECONDS = 86_400_000;

/**
 * Sends a text the way that the configuration names: to the standard input of a command, or as a POST of `{"text": …}`. Throws
 * `Unavailable` when that fails; the error does not name the command or the address, since they may hold a secret.
 */
export const sendAlarm = async (way: AlarmSettings, text: string): Promise<void> => {
  if ('command' in way) return runCommand(way.command, text);
  await post(way.webhook, text);
};

/** Sends alarms the second way, each text once a day. Nobody waits for it; `onProblem` is called when sending fails. */
export const createTell = (
  way: AlarmSettings,
  onProblem: (problem: string) => void,
  now: () => number = () => performance.now(),
): ((text: string) => void) => {
  const told = new Map<string, number>();
  return (text) => {
    for (const [known, at] of told) if (now() - at > DAY_MILLISECONDS) told.delete(known);
    if (told.has(text)) return;
    told.set(text, now());
    void sendAlarm(way, text).catch((error: unknown) => {
      told.delete(text);
      onProblem(error instanceof Unavailable ? error.message : 'the second way for alarms failed');
    });
  };
};

const runCommand = async (command: string, text: string): Promise<void> => {
  const child = spawn(command, { shell: true, stdio: ['pipe', 'ignore', 'ignore'], timeout: LONGEST_MILLISECONDS });
  child.stdin.on('error', () => undefined); // The command need not read its input; its exit code counts.
  child.stdin.end(`${text}\n`);
  const [code, signal] = (await once(child, 'exit').catch(() => [undefined, undefined])) as [number?, string?];
  if (code !== 0) throw new Unavailable(`alarm.command: expected exit code 0, got ${code ?? signal ?? 'no start'}`);
};

const post = async (address: string, text: string): Promise<void> => {
  const answer = await fetch(address, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ text }),
    redirect: 'error',
    signal: AbortSignal.timeout(LONGEST_MILLISECONDS),
  }).catch(() => undefined);
  await answer?.body?.cancel();
  if (!answer?.ok) throw new Unavailable(`alarm.webhook: expected a 2xx, got ${answer?.status ?? 'no answer'}`);
};
