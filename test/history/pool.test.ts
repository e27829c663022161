import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Event } from '../../src/events/catalog.ts';
import { Refused } from '../../src/events/errors.ts';
import { tsAt } from '../../src/events/timestamp.ts';
import { calendarOf, plusWeeks } from '../../src/events/week.ts';
import { poolProcess, startPool } from '../../src/history/pool.ts';
import { rebuild, verify } from '../../src/history/rebuild.ts';
import type { Bucket } from '../../src/store/bucket.ts';
import { filesBucket } from '../../src/store/files.ts';
import { openLog } from '../../src/store/log.ts';
import { memoryBucket } from '../../src/store/memory.ts';
import { CHANNEL, challengeWith, contents } from '../support/world.ts';

const challenge = challengeWith();
const calendar = calendarOf(challenge.timeZone);
const WEEKS = 30;

let root: string;
let log: Bucket;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'til-pool-'));
  log = filesBucket(join(root, 'log'));
  await Promise.all([...history()].map((event) => openLog(log, challenge).append(event)));
});
afterAll(() => rm(root, { recursive: true, force: true }));

/** Thirty weeks, in each a weekly post, a reply and a like. */
function* history(): Generator<Event> {
  const base = { v: 1, channel: CHANNEL } as const;
  for (let number = 0, week = '2024-W01'; number < WEEKS; number++, week = plusWeeks(week, 1)) {
    const [thread, ts, at] = [9, 10, 11].map((hour) => tsAt(calendar.instant(week, 0, hour, 30) * 1000)) as [
      string,
      string,
      string,
    ];
    const bot = { user: 'U0TILBOT01', bot: 'B0TILBOT01' };
    yield { ...base, kind: 'message.posted', at: thread, ts: thread, author: bot, text: '[TIL 1월 1주차]', links: [] };
    const author = { user: `U0MEMBER0${number % 3}` };
    yield { ...base, kind: 'message.posted', at: ts, ts, thread, author, text: '', links: ['https://velog.io/@a/b'] };
    yield { ...base, kind: 'reaction.added', at, item: ts, user: 'U0MEMBER00', name: '+1' };
  }
}

const whereabouts = (state: string) => ({
  log: `file:${join(root, 'log')}`,
  state: `file:${join(root, state)}`,
  environment: {},
});
const portsFor = (folder: string) => {
  const storage = { log, state: filesBucket(join(root, folder)) };
  return { ...storage, pool: () => startPool(3, storage, whereabouts(folder)) };
};

test('three processes give the bytes that one gives, and both find that all agrees', async () => {
  const lonely = memoryBucket();
  const one = await rebuild(challenge, { log, state: lonely });
  const ports = portsFor('together');
  const two = await rebuild(challenge, ports);
  expect(await contents(ports.state)).toEqual(await contents(lonely));
  expect({ ...two, written: two.written.sort() }).toEqual({ ...one, written: one.written.sort() });
  expect(two.events).toBe(3 * WEEKS);
  expect((await verify(challenge, ports)).differences).toEqual([]);
});

test('what others find is told in the order of the weeks, whoever was first', async () => {
  const ports = portsFor('missing');
  const { differences } = await verify(challenge, ports);
  const ledgers = differences.map(({ key }) => key).filter((key) => key.startsWith('ledgers/'));
  expect(ledgers).toHaveLength(WEEKS);
  expect(ledgers).toEqual(ledgers.toSorted());
});

test('an error in another process comes as it was, and ends the work', async () => {
  const ports = portsFor('refusing');
  await rebuild(challenge, ports);
  await rm(join(root, 'refusing', 'ledgers', CHANNEL), { recursive: true });
  await writeFile(join(root, 'refusing', 'ledgers', CHANNEL), 'a file where a folder is needed');
  await expect(rebuild(challenge, ports)).rejects.toThrow(Refused);
});

test('a process that cannot begin is an error, not a silence', async () => {
  const pool = () => poolProcess({ ...whereabouts('nowhere'), log: 'ftp://nowhere' });
  await expect(rebuild(challenge, { log, state: memoryBucket(), pool })).rejects.toThrow('ftp://nowhere');
});

test('a process that ends is an error, and whatever is asked of it then is refused at once', async () => {
  vi.stubEnv('NODE_OPTIONS', '--import=data:text/javascript,process.exit(3)');
  const pool = poolProcess(whereabouts('nowhere'));
  const ask = () => pool.do({ task: 'verify', challenge, month: '2024-01', weeks: ['2024-W01'] });
  await expect(ask()).rejects.toThrow('ended with 3');
  await expect(ask()).rejects.toThrow('ended with 3');
  vi.unstubAllEnvs();
  await pool.close();
});

test('processes whose parent dies end by themselves', async () => {
  const program = `import { poolProcess } from ${JSON.stringify(new URL('../../src/history/pool.ts', import.meta.url).href)};
    poolProcess(${JSON.stringify(whereabouts('orphans'))}).do({ task: 'verify', challenge: ${JSON.stringify(challenge)}, month: '2024-01', weeks: ['2024-W01'] })
      .then(() => process.kill(process.pid, 'SIGKILL'));`;
  const parent = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  // The processes have inherited standard error: it ends when all have.
  expect(await text(parent.stderr)).toBe('');
  expect(parent.signalCode).toBe('SIGKILL');
});
