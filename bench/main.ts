import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpus, loadavg } from 'node:os';

// Runs all benchmarks one after the other, each in a process of its own. --full makes the large ones a million events, and the large week one of 10,000 replies.
const FULL = process.argv.includes('--full') ? ['--full'] : [];
const ALL: [title: string, file: string, ...args: string[]][] = [
  ['Per event: requests and bytes', 'append.ts', ...FULL],
  ['Per event: time', 'per-event.ts', ...FULL],
  ['Rebuild and verify', 'rebuild.ts', ...FULL],
  ['Beside event-sourcing libraries', 'peers.ts'],
  ['Queue on the disk', 'queue.ts'],
  ['Ingest', 'ingest.ts'],
  ['End to end', 'end-to-end.ts'],
  ['Request to answer', 'answer.ts'],
  ['Memory', 'memory.ts', ...FULL],
];

const run = async (file: string, args: readonly string[]): Promise<number | null> => {
  const child = spawn(process.execPath, ['--expose-gc', new URL(file, import.meta.url).pathname, ...args], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  return code;
};

process.stdout.write(
  `Node ${process.version}, ${cpus().length} x ${cpus()[0]?.model.trim()}, load ${loadavg()[0]?.toFixed(1)} at the start\n`,
);
let failed = 0;
for (const [title, file, ...args] of ALL) {
  process.stdout.write(`\n## ${title}\n`);
  if ((await run(file, args)) !== 0) failed += 1;
}
process.exitCode = failed > 0 ? 1 : 0;
