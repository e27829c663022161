import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { seeded } from '../src/sandbox/seeded.ts';
import { filesBucket } from '../src/store/files.ts';
import { openLog } from '../src/store/log.ts';
import { mapOrdered } from '../src/store/together.ts';
import { signedHeaders } from '../test/support/signed.ts';
import { coldAnswers } from './answer-cold.ts';
import { doing, history, startSlack, TOKEN } from './answer-load.ts';
import { challenge, inFolder, percentile, print } from './measure.ts';
import { table } from './table.ts';

// node bench/answer.ts [SECONDS [ROUNDS]]: from what a person types or presses to the answer that they see. On one machine, commands and
// presses of forty people with a season behind them, 20 a second; then cold, on the functions as they are uploaded.
const SECONDS = Number(process.argv[2] ?? 30);
const ROUNDS = Number(process.argv[3] ?? 5);
const PER_SECOND = 20;
const LIMITS = { p50: 1000, p99: 3000, cold: 3000 };
const WARM = 20;
const random = seeded(1);

const answered = new Map<string, number>();
const slack = await startSlack((path) => void answered.set(path, performance.now()));

interface Sent {
  path: string;
  at: number;
  /** Milliseconds. */
  acknowledged: number;
}

const post = async (port: number, number: number): Promise<Sent> => {
  const address = `${slack.origin}/commands/T0TILTEAM1/${number}/bench`;
  const { path, type, body } = doing(number, address);
  const headers = { ...signedHeaders(body), 'content-type': type };
  const at = performance.now();
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, { method: 'POST', headers, body });
  await answer.arrayBuffer();
  if (answer.status !== 200) throw new Error(`expected 200, got ${answer.status}`);
  return { path: new URL(address).pathname, at, acknowledged: performance.now() - at };
};

/** Posts by chance, as people do not keep step, and waits for the answers; gives how long each took, by request and by answer. */
const load = async (port: number, from: number, count: number) => {
  const asked: Promise<Sent>[] = [];
  let next = performance.now();
  for (let number = from; number < from + count; number++) {
    next += -Math.log(1 - random()) * (1000 / PER_SECOND);
    const wait = next - performance.now();
    if (wait > 0) await sleep(wait);
    asked.push(post(port, number));
  }
  const sent = await Promise.all(asked);
  for (const end = performance.now() + 10_000; performance.now() < end; await sleep(10))
    if (sent.every(({ path }) => answered.has(path))) break;
  const answers = sent.flatMap(({ path, at }) => (answered.has(path) ? [(answered.get(path) as number) - at] : []));
  return { asked: sent.length, acknowledged: sent.map(({ acknowledged }) => acknowledged), answers };
};

const oneMachine = (): ReturnType<typeof load> =>
  inFolder(async (folder) => {
    const log = openLog(filesBucket(join(folder, 'log')), challenge);
    await mapOrdered(history(), 64, (event) => log.append(event));
    const server = spawn(process.execPath, ['bench/answer-server.ts', folder, slack.apiUrl, TOKEN], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const exited = once(server, 'exit');
    try {
      const [line] = (await once(server.stdout, 'data')) as [Buffer];
      const port = Number(String(line));
      await load(port, 0, WARM);
      return await load(port, WARM, PER_SECOND * SECONDS);
    } finally {
      server.kill('SIGKILL');
      await exited;
    }
  });

const verdict = (what: string, value: number, limit: number): boolean => {
  const isKept = value <= limit;
  print(`${what} at most ${limit} ms: ${isKept ? 'kept' : `missed (${Math.round(value)} ms)`}`);
  return isKept;
};

const { asked, acknowledged, answers } = await oneMachine();
const [p50, p99] = [percentile(answers, 0.5), percentile(answers, 0.99)];
print(`\nFrom a command or a press to its answer, one machine, ${PER_SECOND} a second (ms)\n`);
print(
  table([
    ['', 'of', 'p50', 'p95', 'p99', 'longest'],
    ['acknowledged', asked, ...[0.5, 0.95, 0.99, 1].map((share) => percentile(acknowledged, share))],
    ['answered', answers.length, p50, percentile(answers, 0.95), p99, percentile(answers, 1)],
  ]),
);
const cold = await coldAnswers(slack, answered, ROUNDS);
print(`From a command to its answer, both functions cold, ${ROUNDS} times (ms)\n`);
print(
  table([
    ['', 'median', 'longest'],
    ...Object.entries(cold).map(([name, times]) => [name, percentile([...times], 0.5), Math.max(...times)]),
  ]),
);
await slack.close();
const kept = [
  asked === answers.length,
  verdict('p50', p50, LIMITS.p50),
  verdict('p99', p99, LIMITS.p99),
  verdict('cold, with the share of a core that 512 MB get', Math.max(...cold['with a share of a core']), LIMITS.cold),
];
if (asked !== answers.length) print(`${asked - answers.length} got no answer`);
process.exitCode = kept.every(Boolean) ? 0 : 1;
