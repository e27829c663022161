import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { calendarOf, plusWeeks } from '../../src/events/week.ts';
import { upkeepDue } from '../../src/handlers/upkeep-due.ts';
import { performDue } from '../../src/outbox/due.ts';
import { keys } from '../../src/pipeline/keys.ts';
import type { NewJob } from '../../src/queue/queue.ts';
import { openDocuments } from '../../src/store/documents.ts';
import { memoryBucket } from '../../src/store/memory.ts';
import { challengeWith } from '../support/world.ts';

const SEOUL = challengeWith({ channel: 'C0SEOUL001' });
const BERLIN = challengeWith({ channel: 'C0BERLIN01', timeZone: 'Europe/Berlin' });

const MONDAY = '2024-08-05T09:30:00+09:00';

interface Circumstances {
  /** When it comes; at the instant for which it was meant, if not said. */
  now?: string;
  isTimeRight?: boolean;
  canSpeak?: boolean;
  state?: ReturnType<typeof memoryBucket>;
  challenges?: (typeof SEOUL)[];
}

/** What a tick that was meant for an instant puts on the queue, as `id in group`, and what it reports. */
const askedBy = async (scheduledAt: string, circumstances: Circumstances = {}) => {
  const { now = scheduledAt, isTimeRight = true, canSpeak = true, state = memoryBucket() } = circumstances;
  const jobs: NewJob[] = [];
  const problems: unknown[] = [];
  const seconds = Date.parse(now);
  await performDue(new Date(scheduledAt).toISOString(), {
    challenges: circumstances.challenges ?? [SEOUL],
    documents: openDocuments(state),
    queue: { put: async (some) => void jobs.push(...some) },
    clock: { now: () => seconds },
    isTimeRight: async () => isTimeRight,
    report: (_, fields) => void problems.push(fields?.['error']),
    canSpeak,
    askPersonal: async () => {},
  });
  return { jobs: jobs.map(({ id, group }) => `${id} in ${group}`), problems };
};

const OPENS = 'week.open/C0SEOUL001/2024-08-05T00:30:00.000Z in C0SEOUL001';

describe('a tick of the one schedule', () => {
  test('asks for what is due in line with the events of each channel', async () => {
    const challenges = [SEOUL, BERLIN];
    expect((await askedBy('2024-08-05T09:25:00+09:00', { challenges })).jobs).toEqual([]);
    expect((await askedBy(MONDAY, { challenges })).jobs).toEqual([OPENS]);
    expect((await askedBy('2024-08-05T09:30:00+02:00', { challenges })).jobs).toEqual([
      OPENS,
      'week.open/C0BERLIN01/2024-08-05T07:30:00.000Z in C0BERLIN01',
    ]);
  });

  test('that comes late asks for what is due by then, and for no maintenance of another time', async () => {
    expect((await askedBy('2024-08-05T09:00:00+09:00', { now: '2024-08-05T12:00:00+09:00' })).jobs).toEqual([OPENS]);
    expect((await askedBy('2024-08-05T09:00:00+09:00', { now: '2024-08-05T04:30:00+09:00' })).jobs).toEqual([]);
    const night = await askedBy('2024-08-07T04:30:00+09:00', { now: '2024-08-07T14:00:00+09:00' });
    expect(night.jobs).toEqual(['reconcile/C0SEOUL001/2024-08-06T19:30:00.000Z in C0SEOUL001', OPENS]);
    const wednesday = await askedBy('2024-08-07T05:00:00+09:00');
    expect(wednesday.jobs).toEqual(['seal/C0SEOUL001/2024-08-06T20:00:00.000Z in C0SEOUL001', OPENS]);
  });

  test('that comes a little too early, by this machine’s clock, is on time', async () => {
    expect((await askedBy(MONDAY, { now: '2024-08-05T09:29:58+09:00' })).jobs).toEqual([OPENS]);
    expect((await askedBy(MONDAY, { now: '2024-08-05T09:00:00+09:00' })).jobs).toEqual([]);
  });

  test('while the time is not certain, or nothing can be said, asks for maintenance alone', async () => {
    const night = '2024-08-07T04:30:00+09:00';
    const alone = ['reconcile/C0SEOUL001/2024-08-06T19:30:00.000Z in C0SEOUL001'];
    expect((await askedBy(night, { isTimeRight: false })).jobs).toEqual(alone);
    expect((await askedBy(night, { canSpeak: false })).jobs).toEqual(alone);
  });

  test('asks for one challenge although another’s ledger cannot be read', async () => {
    const memory = memoryBucket();
    const state = {
      ...memory,
      get: async (key: string) => {
        if (key === keys.ledger(BERLIN.channel, '2024-W32')) throw new Error('not now');
        return memory.get(key);
      },
    };
    const { jobs, problems } = await askedBy('2024-08-05T20:00:00+09:00', { challenges: [BERLIN, SEOUL], state });
    expect(jobs).toEqual([OPENS]);
    expect(problems).toEqual(['what is due in C0BERLIN01 is asked again: Error']);
  });

  test('of no instant is none', async () => {
    const put = async (): Promise<void> => expect.unreachable();
    const ports = { challenges: [SEOUL], documents: openDocuments(memoryBucket()), queue: { put } };
    const rest = { clock: { now: () => Date.parse(MONDAY) }, isTimeRight: async () => true, report: () => {} };
    await performDue('soon', { ...ports, ...rest, canSpeak: true, askPersonal: put });
  });
});

test('ticks of every five minutes ask for each night and each Wednesday at the minute, once, in every time zone and across clock changes', () => {
  const zones = fc.constantFrom(...Intl.supportedValuesOf('timeZone'));
  fc.assert(
    fc.property(zones, fc.integer({ min: 0, max: 520 }), (zone, weeks) => {
      const calendar = calendarOf(zone);
      const week = plusWeeks('2023-W01', weeks);
      const [begin, end] = [week, plusWeeks(week, 1)].map((each) => calendar.instant(each, 0, 0, 0)) as [
        number,
        number,
      ];
      const asked: string[] = [];
      for (let at = begin; at < end; at += 300)
        for (const due of upkeepDue(calendar, at - 300, at)) asked.push(`${due.tick} ${due.at} ${due.at === at}`);
      const nightly = (tick: string, hour: number, minute: number): string[] =>
        [0, 1, 2, 3, 4, 5, 6].map((day) => `${tick} ${calendar.instant(week, day, hour, minute)} true`);
      expect(asked.sort()).toEqual([
        ...nightly('reconcile', 4, 30),
        `seal ${calendar.instant(week, 2, 5, 0)} true`,
        ...nightly('traces', 5, 30),
      ]);
    }),
    { numRuns: 50 },
  );
});
