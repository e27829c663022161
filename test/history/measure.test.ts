import { describe, expect, test } from 'vitest';
import type { Event } from '../../src/events/catalog.ts';
import type { Ts } from '../../src/events/timestamp.ts';
import type { Week } from '../../src/events/week.ts';
import { measure } from '../../src/history/measure.ts';
import { peopleAfter } from '../../src/history/walk.ts';
import {
  attempted,
  CHANNEL,
  delivered,
  excused,
  extended,
  JIHO,
  MINSEO,
  rested,
  SEOYEON,
  skipped,
} from '../support/events.ts';
import { challengeOf } from '../support/given.ts';
import { keepingEvents } from '../support/keeping-season.ts';
import { DOYUN, HAEUN } from '../support/people-ids.ts';
import { eventsOfTable, inWeek, ordered, type TableSeason } from '../support/table-season.ts';

const measured = (events: readonly (Event | readonly Event[])[], now: Ts = inWeek('2024-W47', 0, '00:00')) => {
  const challenge = challengeOf({ schedule: { rest: ['chuseok'] } });
  const all = ordered(...events);
  return measure(challenge, peopleAfter(challenge, all), all, Number(now));
};

const said = (kind: string, user: string, week: Week, at: Ts): Event[] => [
  attempted(`${kind}:${user}`, { week, at }),
  delivered(`${kind}:${user}`, { week, at, to: user }),
];
const passed = (kind: string, user: string, week: Week, at: Ts, reason = 'held'): Event =>
  skipped(`${kind}:${user}`, { week, at, reason });
const set = (user: string, key: 'remind' | 'notes' | 'likes', value: 'on' | 'off', at: Ts): Event =>
  ({ v: 1, kind: 'member.set', channel: CHANNEL, at, user, key, value }) as Event;

/** In W33 two write on Tuesday and one on Sunday evening, in W34 only that one. */
const SEASON: TableSeason = {
  first: '2024-W32',
  rows: { [MINSEO]: 'ww.', [JIHO]: 'wll', [SEOYEON]: 'ww.', [HAEUN]: 'w..', [DOYUN]: '...' },
};
const [SATURDAY, NEXT] = [inWeek('2024-W33', 5, '10:00'), inWeek('2024-W34', 5, '10:00')];

describe('a kind of message', () => {
  test('has those told, and of these who wrote within a day and by the deadline', () => {
    const events = [
      eventsOfTable(SEASON),
      said('remind', JIHO, '2024-W33', SATURDAY), // Writes 34 hours later.
      said('remind', HAEUN, '2024-W33', SATURDAY), // Does not write.
      said('remind', JIHO, '2024-W34', inWeek('2024-W34', 6, '18:00')), // Writes two hours later.
      said('remind', MINSEO, '2024-W33', SATURDAY), // Had written before it.
    ];
    expect(measured(events).kinds.remind).toMatchObject({
      told: 4,
      within24Hours: { of: 4, wrote: 1 },
      byDeadline: { of: 4, wrote: 2 },
    });
    expect(measured(events, inWeek('2024-W34', 6, '23:00')).kinds.remind.byDeadline).toEqual({ of: 3, wrote: 1 });
    expect(measured(events).kinds.note.told).toBe(0);
  });

  test('ends with the extended week', () => {
    const events = [
      eventsOfTable({ first: '2024-W32', rows: { [JIHO]: 'w..', [MINSEO]: '...' } }),
      said('remind', JIHO, '2024-W33', SATURDAY),
    ];
    const late: Event = {
      v: 1,
      kind: 'message.posted',
      channel: CHANNEL,
      at: inWeek('2024-W34', 0, '08:00'),
      ts: inWeek('2024-W34', 0, '08:00'),
      author: { user: JIHO },
      thread: inWeek('2024-W33', 0, '09:30'),
      text: '',
      links: ['https://velog.io/@jiho/late'],
    };
    expect(measured([...events, late]).kinds.remind.byDeadline).toEqual({ of: 1, wrote: 0 });
    const longer = extended('2024-W33', inWeek('2024-W34', 0, '12:00'));
    expect(measured([...events, late, longer]).kinds.remind.byDeadline).toEqual({ of: 1, wrote: 1 });
  });

  test('has those held out, beside whom it shows what it does; others that were passed over are none of these', () => {
    const events = [
      eventsOfTable(SEASON),
      said('remind', JIHO, '2024-W33', SATURDAY),
      said('remind', JIHO, '2024-W34', NEXT),
      passed('remind', HAEUN, '2024-W33', SATURDAY),
      passed('remind', HAEUN, '2024-W34', NEXT),
      passed('remind', MINSEO, '2024-W34', NEXT, 'too old'),
    ];
    const { remind } = measured(events).kinds;
    expect(remind).toMatchObject({
      told: 2,
      held: 2,
      skipped: 1,
      byDeadline: { of: 2, wrote: 2 },
      heldByDeadline: { of: 2, wrote: 0 },
    });
    expect(remind.difference?.difference).toBe(1);
    expect(remind.difference?.low).toBeLessThan(0.2);
    expect(measured(events.slice(0, 3)).kinds.remind.difference).toBeUndefined();
  });

  test('is switched off by people, and an opt-out belongs to the last message within seven days before it', () => {
    const hour = (week: Week, days: number) => inWeek(week, days, '20:00');
    const events = [
      eventsOfTable(SEASON),
      said('note', JIHO, '2024-W33', inWeek('2024-W33', 0, '10:00')),
      said('remind', JIHO, '2024-W33', SATURDAY),
      set(JIHO, 'notes', 'off', hour('2024-W33', 5)), // The reminder was the last.
      said('remind', HAEUN, '2024-W33', SATURDAY),
      set(HAEUN, 'remind', 'off', hour('2024-W34', 5)), // Seven days and ten hours later.
      said('note', SEOYEON, '2024-W34', inWeek('2024-W34', 0, '10:00')),
      set(SEOYEON, 'remind', 'off', hour('2024-W34', 1)),
      set(SEOYEON, 'remind', 'on', hour('2024-W34', 2)),
      set(SEOYEON, 'likes', 'off', hour('2024-W34', 2)),
    ];
    const { remind, note, comeback } = measured(events).kinds;
    expect([remind.optOuts, note.optOuts, comeback.optOuts]).toEqual([1, 1, 0]);
    expect([remind.off, note.off, comeback.off]).toEqual([1, 1, 1]);
  });
});

describe('how often people write after so many missed weeks', () => {
  test('in the season through Chuseok, reckoned by hand', () => {
    expect(measured([keepingEvents()]).afterMisses).toEqual({
      '0': { of: 32, wrote: 27 },
      '1': { of: 5, wrote: 3 },
      '2+': { of: 15, wrote: 0 },
    });
  });

  test('leaves out the week that is, excused weeks without a post, and all before the first post', () => {
    const events = eventsOfTable({ first: '2024-W32', rows: { [MINSEO]: '.w..w' } });
    const missesAfter = (...more: Event[]) => measured([events, more]).afterMisses;
    expect(missesAfter()).toEqual({ '0': { of: 1, wrote: 0 }, '1': { of: 1, wrote: 0 }, '2+': { of: 1, wrote: 1 } });
    expect(missesAfter(excused('2024-W34', MINSEO))).toEqual({
      '0': { of: 1, wrote: 0 },
      '1': { of: 1, wrote: 1 },
      '2+': { of: 0, wrote: 0 },
    });
    expect(missesAfter(rested('2024-W36', { rest: true }))['2+']).toEqual({ of: 0, wrote: 0 });
    expect(measured([events], inWeek('2024-W36', 3, '00:00')).afterMisses['2+']).toEqual({ of: 0, wrote: 0 });
  });
});
