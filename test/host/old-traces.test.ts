import { expect, test } from 'vitest';
import { keyOf } from '../../src/events/key.ts';
import { calendarOf } from '../../src/events/week.ts';
import { createHost } from '../../src/host/host.ts';
import { sumUpOldTraces } from '../../src/host/old-traces.ts';
import { memoryQueue } from '../../src/queue/memory.ts';
import type { ClockCheck } from '../../src/setup/clock-check.ts';
import { trustingCheck } from '../../src/setup/clock-check.ts';
import { openDocuments } from '../../src/store/documents.ts';
import { memoryBucket } from '../../src/store/memory.ts';
import { putOther } from '../../src/store/other.ts';
import { traceEraser } from '../../src/store/trace-eraser.ts';
import { erasableBucket } from '../support/erasable.ts';
import { CHANNEL, challengeWith, contents } from '../support/world.ts';

const DAY = 86_400;
const NOW = Date.parse('2024-10-01T05:30:00+09:00') / 1000;
const OTHER = challengeWith({ channel: 'C0TILCHAN2' });

const clockAt = (seconds: number) => ({ now: () => seconds * 1000, elapsed: () => 0, sleep: async () => {} });

/** A log in which a trace lies of each of the last hundred days, and the last message was written so many seconds ago. */
const createLog = async (lastMessage: number | undefined) => {
  const { bucket: log, eraser, erased } = erasableBucket();
  for (let day = 0; day < 100; day++) {
    const at = `${NOW - day * DAY}.000001`;
    await putOther(log, { type: 'message', channel: 'C0FOREIGN1', at }, { ts: at });
  }
  const post = async (seconds: number): Promise<void> => {
    const ts = `${seconds}.000459`;
    const event = { v: 1, kind: 'message.posted', channel: CHANNEL, at: ts, ts, text: '', links: [] } as never;
    await log.putNew(keyOf(event, calendarOf('Asia/Seoul')), Buffer.from('{}'));
  };
  if (lastMessage !== undefined) {
    await post(NOW - lastMessage - 40 * DAY);
    await post(NOW - lastMessage);
  }
  // What a person chose bears the date of some clock.
  const chosen = {
    v: 1,
    kind: 'week.rested',
    channel: CHANNEL,
    at: `${NOW + 99 * DAY}.000000`,
    week: '2025-W01',
  } as never;
  await log.putNew(keyOf(chosen, calendarOf('Asia/Seoul')), Buffer.from('{}'));
  const left = async (): Promise<number> => Object.keys(await contents(log, 'other/')).length;
  return { log, eraseTraces: traceEraser(eraser), erased, left, settings: { challenges: [challengeWith(), OTHER] } };
};

const run = async (lastMessage: number | undefined, clock: number) => {
  const world = await createLog(lastMessage);
  const said: unknown[] = [];
  await sumUpOldTraces({ ...world, clock: clockAt(clock), report: (...all) => void said.push(all) }, 60_000);
  return { left: await world.left(), said };
};

test('traces of thirty whole days stay, and the rest are counted', async () => {
  // The thirtieth day before (UTC) is not over yet by then, so that 31 days have a trace left.
  expect(await run(60, NOW)).toEqual({ left: 31, said: [['traces', { counted: 69, erased: 69 }]] });
});

test.each([
  ['is a year ahead', 365 * DAY],
  ['is a century ahead', 36_500 * DAY],
])('a clock that %s makes nothing older than the last message says', async (_what, ahead) => {
  expect((await run(60, NOW + ahead)).left).toBe(31);
  expect((await run(80 * DAY, NOW + ahead)).left).toBe(100);
});

test('a clock that is behind takes less away, not more', async () => {
  expect((await run(60, NOW - 60 * DAY)).left).toBe(91);
});

test('without a message in the log nothing is known to be old', async () => {
  expect((await run(undefined, NOW)).left).toBe(100);
});

test('what goes wrong is said, and holds up nothing', async () => {
  const world = await createLog(60);
  const said: unknown[] = [];
  const eraseTraces = () => Promise.reject(new Error('no'));
  await sumUpOldTraces({ ...world, eraseTraces, clock: clockAt(NOW), report: (...all) => void said.push(all) }, 60_000);
  expect(said).toEqual([['problem', { error: 'old traces stay until tomorrow: Error' }]]);
});

const hostOf = async (fields: { clockCheck?: ClockCheck; isAllowed?: boolean }) => {
  const world = await createLog(60);
  const clock = clockAt(NOW);
  const state = memoryBucket();
  const { eraseTraces, ...without } = world;
  const host = createHost({
    ...(fields.isAllowed === false ? without : { ...without, eraseTraces }),
    state,
    documents: openDocuments(state),
    queue: memoryQueue({ clock }),
    clock,
    report: () => {},
    changed: () => {},
    ...(fields.clockCheck ? { clockCheck: fields.clockCheck } : {}),
  });
  return { host, ...world };
};

test('it is done once a night, for the first challenge, when the time is certain, by who may', async () => {
  const [challenge, other] = [challengeWith(), OTHER];
  const sound = await hostOf({});
  await sound.host.upkeep('traces', other, 60_000);
  expect(await sound.left()).toBe(100);
  await sound.host.upkeep('traces', challenge, 60_000);
  expect(await sound.left()).toBe(31);
  const unsure = await hostOf({ clockCheck: { ...trustingCheck(clockAt(NOW)), look: async () => false } });
  await unsure.host.upkeep('traces', challenge, 60_000);
  expect(await unsure.left()).toBe(100);
  const unable = await hostOf({ isAllowed: false });
  await unable.host.upkeep('traces', challenge, 60_000);
  expect(await unable.left()).toBe(100);
});
