import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { tsAt } from '../src/events/timestamp.ts';
import { calendarOf } from '../src/events/week.ts';
import { seeded } from '../src/sandbox/seeded.ts';
import { startChild } from '../test/support/child.ts';
import { deliver } from '../test/support/serving.ts';
import { CHANNEL } from '../test/support/world.ts';
import { challenge, inFolder, percentile, print } from './measure.ts';
import { table } from './table.ts';

// From the request to the snapshot on the disk that has it: a server in another process, replies at 1, 10 and 100 a second, and then
// more than it can take, to see how far it falls behind and how it recovers.
// One in three seconds finds the system idle; otherwise snapshots are published at most once a second.
const RATES = [1 / 3, 1, 10, 100];
const SECONDS = Number(process.argv[2] ?? 10);
const FLOOD = 3000;
const random = seeded(1);

const week = calendarOf(challenge.timeZone).weekAt(Date.now() / 1000);
let last = Date.now() - 60_000;

/** A ts like Slack's, later than all before. */
const nextTs = (): string => tsAt((last = Math.max(last + 1, Date.now() - 30_000)));

const envelope = (event: Record<string, unknown>): string =>
  JSON.stringify({
    type: 'event_callback',
    event_id: `Ev${String(event['ts']).replace('.', '')}`,
    event_time: 1,
    event,
  });

const message = (fields: Record<string, unknown>): { ts: string; body: string } => {
  const ts = nextTs();
  return { ts, body: envelope({ type: 'message', channel: CHANNEL, ts, event_ts: ts, ...fields }) };
};

const replyTo = (thread: string, number: number) =>
  message({
    user: `U0BENCH${String(number % 40).padStart(2, '0')}`,
    thread_ts: thread,
    text: `이번 주 글 <https://velog.io/@bench/${number}>`,
  });

/** Waits until the snapshot has them; gives for each how long it took. */
const watch = async (folder: string, sent: Map<string, number>, until: () => boolean): Promise<number[]> => {
  const path = join(folder, 'state/snapshots', CHANNEL, 'weeks', `${week}.json`);
  const times: number[] = [];
  while (!until() || sent.size > 0) {
    const now = performance.now();
    for (const { ts } of (JSON.parse(readFileSync(path, 'utf8')) as { posts: { ts: string }[] }).posts) {
      const at = sent.get(ts);
      if (at === undefined) continue;
      sent.delete(ts);
      times.push(now - at);
    }
    await sleep(3);
  }
  return times;
};

const atRate = async (port: number, folder: string, thread: string, rate: number): Promise<(string | number)[]> => {
  const sent = new Map<string, number>();
  let over = false;
  const seen = watch(folder, sent, () => over);
  const count = Math.max(10, rate * SECONDS);
  let next = performance.now();
  const asked: Promise<unknown>[] = [];
  for (let number = 0; number < count; number++) {
    // People do not keep step: seldom ones come evenly, others by chance.
    next += (rate < 1 ? 1 : -Math.log(1 - random())) * (1000 / rate);
    const wait = next - performance.now();
    if (wait > 0) await sleep(wait);
    const { ts, body } = replyTo(thread, number);
    sent.set(ts, performance.now());
    asked.push(deliver(port, body));
  }
  await Promise.all(asked);
  over = true;
  const times = await seen;
  return [
    rate < 1 ? 'idle, one in 3 s' : `${rate} events/s`,
    times.length,
    percentile(times, 0.5),
    percentile(times, 0.99),
  ];
};

const flood = async (port: number, folder: string, thread: string): Promise<void> => {
  const sent = new Map<string, number>();
  let over = false;
  let most = 0;
  const seen = watch(folder, sent, () => over);
  const began = performance.now();
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < FLOOD) {
      const { ts, body } = replyTo(thread, next++);
      sent.set(ts, performance.now());
      await deliver(port, body);
      most = Math.max(most, sent.size);
    }
  };
  await Promise.all(Array.from({ length: 32 }, lane));
  const taken = (performance.now() - began) / 1000;
  over = true;
  await seen;
  const all = (performance.now() - began) / 1000;
  print(
    `\n${FLOOD} events at once: acknowledged in ${taken.toFixed(1)} s (${Math.round(FLOOD / taken)}/s), at most ${most} behind, ` +
      `all in the snapshot after ${all.toFixed(1)} s (${Math.round(FLOOD / all)} events/s)`,
  );
};

await inFolder(async (folder) => {
  const server = await startChild(folder);
  try {
    const weekly = message({ user: 'U0TILBOT01', bot_id: 'B0TILBOT01', text: '[TIL 8월 1주차]' });
    await deliver(server.port, weekly.body);
    while ((await fetch(`http://127.0.0.1:${server.port}/snapshots/${CHANNEL}/weeks/${week}.json`)).status !== 200)
      await sleep(20);
    const rows = [];
    for (const rate of RATES) rows.push(await atRate(server.port, folder, weekly.ts, rate));
    print('\nFrom the request to the snapshot on the disk (ms)\n');
    print(table([['load', 'events', 'p50', 'p99'], ...rows]));
    await flood(server.port, folder, weekly.ts);
  } finally {
    await server.kill();
  }
});
