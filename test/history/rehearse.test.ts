import { describe, expect, test } from 'vitest';
import type { Event } from '../../src/events/catalog.ts';
import type { Week } from '../../src/events/week.ts';
import { type Rehearsed, rehearse, totalsOf } from '../../src/history/rehearse.ts';
import { eventsOf } from '../../src/history/walk.ts';
import { appendEvents, eventsOf as importedEventsOf } from '../../src/reconcile/import.ts';
import { readLegacy } from '../../src/reconcile/legacy.ts';
import { memoryBucket } from '../../src/store/memory.ts';
import {
  deletion,
  extended,
  JIHO,
  MINSEO,
  profile,
  reply,
  SEOYEON,
  skipped,
  told,
  weeklyPost,
} from '../support/events.ts';
import { challengeOf, type Settings } from '../support/given.ts';
import { KEEPING, keepingEvents } from '../support/keeping-season.ts';
import { DOYUN, HAEUN, SIWOO } from '../support/people-ids.ts';
import { eventsOfTable, inWeek, ordered, postsOf, type TableSeason, weeksOfTable } from '../support/table-season.ts';

const CHUSEOK: Settings = { schedule: { rest: ['chuseok'] }, notify: { likes: 'each' } };
const played = (events: readonly Event[] = keepingEvents(), settings: Settings = CHUSEOK) =>
  rehearse(challengeOf(settings), events);

const to = (messages: readonly Rehearsed[], user: string): string[] =>
  messages.filter((each) => each.to === user).map(({ week, kind, at }) => `${week} ${kind} ${dayOf(at, week)}`);
const dayOf = (at: string, week: Week): string => {
  const hours = (Number(at) - Number(inWeek(week, 0, '00:00'))) / 3600;
  return `${['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'][Math.floor(hours / 24)]} ${hours % 24}`;
};

describe('a season through Chuseok, reckoned by hand', () => {
  const { messages, likes, breaches, weeks } = played();

  test('who always writes is told nothing', () => {
    expect(to(messages, MINSEO)).toEqual([]);
  });

  test('who stops is told two reminders, one note and two come-backs, and then nothing', () => {
    expect(to(messages, JIHO)).toEqual([
      '2024-W34 remind Sat 10',
      '2024-W35 note Mon 10',
      '2024-W35 remind Sat 10',
      '2024-W36 comeback Mon 10', // September begins.
      '2024-W39 comeback Mon 10', // The week of rest is over.
    ]);
  });

  test('who misses a week is reminded and has a note, and a post in a week of rest begins anew', () => {
    expect(to(messages, SEOYEON)).toEqual([
      '2024-W34 remind Sat 10',
      '2024-W35 note Mon 10',
      '2024-W39 remind Sat 10',
      '2024-W40 note Mon 10',
    ]);
  });

  test('who mostly writes late is reminded on Sunday, once it is known', () => {
    expect(to(messages, HAEUN)).toEqual([
      '2024-W32 remind Sat 10', // Of one week nothing can be said.
      '2024-W33 remind Sun 18',
      '2024-W34 remind Sun 18',
      '2024-W35 remind Sun 18',
      '2024-W36 note Mon 10',
      '2024-W36 remind Sun 18',
      '2024-W37 remind Sun 18',
      '2024-W39 note Mon 10', // W38 rested: only W37 was missed.
      '2024-W39 remind Sun 18',
      '2024-W41 comeback Mon 10',
      '2024-W45 comeback Mon 10',
    ]);
  });

  test('readers are asked once, as soon as they like ten posts and have been known for two weeks', () => {
    expect(to(messages, DOYUN)).toEqual(['2024-W33 firststep Wed 12']);
    expect(to(messages, SIWOO)).toEqual(['2024-W36 firststep Wed 12']);
  });

  test('the digest comes on Fridays, but not in the week of rest, nor where two posts are well read', () => {
    const digests = messages.filter(({ kind }) => kind === 'digest').map(({ week }) => week);
    expect(digests).toEqual(weeksOfTable(KEEPING).filter((week) => week !== '2024-W38' && week !== '2024-W44'));
  });

  test('adds up', () => {
    expect(totalsOf(messages)).toEqual({
      totals: { remind: 11, note: 5, comeback: 4, firststep: 2, digest: 13 },
      mostInAWeek: 2,
    });
    expect(breaches).toEqual([]);
    expect(weeks).toEqual(weeksOfTable(KEEPING));
  });

  test('like notices: one for each like of another, one for each post in steps and as a card, none when they are off', () => {
    expect(likes).toHaveLength(64);
    const under = (mode: 'steps' | 'card' | 'off') => played(undefined, { notify: { likes: mode } }).likes.length;
    expect([under('steps'), under('card'), under('off')]).toEqual([35, 35, 0]);
    expect(likes.filter((each) => each.to === HAEUN)).toHaveLength(2 * 5 - 2); // Siwoo was not there for the first two.
  });

  test('without the week of rest, more is missed and more is said', () => {
    const strict = played(undefined, {});
    expect(to(strict.messages, MINSEO)).toEqual(['2024-W38 remind Sat 10', '2024-W39 note Mon 10']);
    expect(to(strict.messages, JIHO)).toEqual([
      '2024-W34 remind Sat 10',
      '2024-W35 note Mon 10',
      '2024-W35 remind Sat 10',
      '2024-W36 comeback Mon 10',
      '2024-W41 comeback Mon 10', // No Monday after a week of rest: October begins.
    ]);
    expect(strict.messages.filter(({ week, kind }) => week === '2024-W38' && kind === 'digest')).toHaveLength(1);
  });

  test("the same season in the original's files, imported, is told the same", async () => {
    const challenge = challengeOf(CHUSEOK);
    const bucket = memoryBucket();
    await appendEvents(bucket, challenge, importedEventsOf(challenge, legacyOf()));
    const imported = played(await eventsOf(challenge, bucket));
    expect(imported.messages).toEqual(messages);
    expect(imported.likes).toHaveLength(likes.length);
  });
});

/** The season in the shape of the original's two files. */
const legacyOf = () => {
  const timestamps: Record<string, Record<string, string>> = {};
  for (const week of weeksOfTable(KEEPING)) {
    const at = inWeek(week, 0, '09:30');
    const month = String(Number(new Date((Number(at) + 9 * 3600) * 1000).toISOString().slice(5, 7)));
    (timestamps[month] ??= {})[at] = `TIL ${month}월 1주차`;
  }
  const likers = (ts: string, week: Week): string[] => [
    DOYUN,
    ...(ts >= inWeek('2024-W33', 0, '08:00') ? [SIWOO] : []),
    ...(week === '2024-W44' ? [JIHO] : []),
  ];
  const users = Object.fromEntries(
    [...Object.keys(KEEPING.rows), DOYUN, SIWOO].map((user) => {
      const own = postsOf(KEEPING).filter((each) => each.user === user);
      const weeks = own.map(({ ts, week }) => {
        const like = Object.fromEntries(likers(ts, week).map((id) => [id, 1]));
        return [inWeek(week, 0, '09:30'), { [ts]: { total: Object.keys(like).length, has_link: true, like } }] as const;
      });
      return [user, { name: user.toLowerCase(), reaction_count: 0, join_week: Object.fromEntries(weeks) }];
    }),
  );
  return readLegacy(
    { users, usersFile: 'u.json', timestamps: { timestamps, this_month: '11' }, timestampsFile: 't.json' },
    2024,
    'Asia/Seoul',
  );
};

describe('a rehearsal', () => {
  test('is of what is decided: what was really sent, or skipped, does not count in it', () => {
    const at = inWeek('2024-W34', 5, '10:00');
    const sent = [
      ...told(`remind:${JIHO}`, {}, { week: '2024-W34', at, to: JIHO }),
      skipped(`note:${JIHO}`, { week: '2024-W35', at: inWeek('2024-W35', 0, '10:00') }),
    ];
    expect(played(ordered(keepingEvents(), sent)).messages).toEqual(played().messages);
  });

  test('a kind that is switched off is not said, and what was held out neither', () => {
    const off = played(undefined, { ...CHUSEOK, notify: { remind: 'off', digest: 'off', firststep: 'off' } });
    expect(totalsOf(off.messages).totals).toEqual({ remind: 0, note: 5, comeback: 4, firststep: 0, digest: 0 });
    const held = played(undefined, { ...CHUSEOK, notify: { holdout: 0.5 } });
    expect(held.messages.length).toBeLessThan(played().messages.length);
    expect(held.messages.filter(({ kind }) => kind === 'digest')).toHaveLength(13);
  });

  test('knows what was written in the next month for the week that was extended into it', () => {
    const season: TableSeason = { first: '2024-W32', rows: { [MINSEO]: 'www....' } };
    const late = reply(inWeek('2024-W36', 1, '10:00'), { thread: inWeek('2024-W35', 0, '09:30') });
    const longer = { ...extended('2024-W35', inWeek('2024-W36', 1, '12:00')), at: inWeek('2024-W35', 6, '12:00') };
    const notes = (...events: Event[]) =>
      to(played(ordered(eventsOfTable(season), events), {}).messages, MINSEO).filter((each) => each.includes('note'));
    expect(notes(late)).toEqual(['2024-W36 note Mon 10']);
    expect(notes(late, longer)).toEqual(['2024-W36 note Mon 10', '2024-W37 note Mon 10']);
  });

  test('waits on Monday for the weekly post that stands, and says nothing in a week that has none by then', () => {
    const season: TableSeason = { first: '2024-W32', rows: { [MINSEO]: 'w..' } };
    const [own, other] = [inWeek('2024-W34', 0, '09:30'), inWeek('2024-W34', 0, '15:00')];
    const events = eventsOfTable(season).filter((event) => event.at !== own);
    const noted = (...more: Event[]) =>
      to(played(ordered(events, more), {}).messages, MINSEO).filter((each) => each.startsWith('2024-W34'));
    const late = weeklyPost(other, '2024-W34');
    expect(noted(late)).toEqual(['2024-W34 note Mon 15.5', '2024-W34 remind Sat 10']);
    expect(noted()).toEqual([]);
    const first = [weeklyPost(own, '2024-W34'), deletion(own, inWeek('2024-W34', 0, '09:45'))];
    expect(noted(...first)).toEqual([]);
    expect(noted(...first, late)).toEqual(['2024-W34 note Mon 15.5', '2024-W34 remind Sat 10']);
    expect(noted(weeklyPost(inWeek('2024-W34', 3, '20:00'), '2024-W34'))).toEqual([
      '2024-W34 note Thu 20.5',
      '2024-W34 remind Sat 10',
    ]);
  });

  test('tells who is asleep at a slot in their own morning, by what is known then', () => {
    const season: TableSeason = { first: '2024-W32', rows: { [MINSEO]: 'w.' } };
    const seen: Event = { ...profile(MINSEO, 'x'), at: inWeek('2024-W32', 0, '10:00'), tz: 'Europe/London' };
    const own = reply(inWeek('2024-W33', 5, '16:00'), { thread: inWeek('2024-W33', 0, '09:30') });
    const said = (...more: Event[]) => to(played(ordered(eventsOfTable(season), seen, more), {}).messages, MINSEO);
    expect(said()).toEqual(['2024-W33 remind Sat 17']);
    expect(said(own)).toEqual([]);
  });

  test('of which each message is decided by what had happened by then', () => {
    const events = keepingEvents();
    for (const week of ['2024-W34', '2024-W37', '2024-W42']) {
      const until = inWeek(week, 3, '00:00');
      const before = played(events.filter(({ at }) => at <= until)).messages.filter(({ at }) => at <= until);
      expect(before).toEqual(played().messages.filter(({ at }) => at <= until));
      expect(before.length).toBeGreaterThan(3);
    }
  });
});
