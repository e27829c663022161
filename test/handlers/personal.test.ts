import { describe, expect, test } from 'vitest';
import type { Event, EventOf } from '../../src/events/catalog.ts';
import type { Ts } from '../../src/events/timestamp.ts';
import type { Week } from '../../src/events/week.ts';
import { due, HELD, type Personal } from '../../src/handlers/personal.ts';
import { wordingShown } from '../../src/handlers/remind.ts';
import { type SlotName, slotOf } from '../../src/handlers/slots.ts';
import { peopleAfter } from '../../src/history/walk.ts';
import {
  attempted,
  CHANNEL,
  deletion,
  delivered,
  excused,
  JIHO,
  like,
  MINSEO,
  profile,
  reply,
  rested,
  SEOYEON,
  skipped,
  weeklyPost,
} from '../support/events.ts';
import { challengeOf, type Settings } from '../support/given.ts';
import { eventsOfTable, inWeek, joined, ordered, postTs, type TableSeason } from '../support/table-season.ts';

/** August 2024 has the weeks 32 to 35, September begins with 36. */
const FIRST = '2024-W32';
const table = (row: string, user = MINSEO): TableSeason => ({ first: FIRST, rows: { [user]: row } });

const dueOn = (
  name: SlotName,
  week: Week,
  events: readonly (Event | readonly Event[])[],
  settings: Settings = {},
): Personal[] => {
  const challenge = challengeOf(settings);
  const people = peopleAfter(challenge, ordered(...events));
  return due(challenge, people, slotOf(challenge, week, name, people.weeks.get(week)?.openedAt));
};

/** What is due in the week after those of a row, in short. */
const dueAfter = (row: string, name: SlotName, ...more: Event[]): string[] => {
  const season = table(`${row}.`);
  const week = `2024-W${32 + row.length}`;
  return dueOn(name, week, [eventsOfTable(season), more]).map(({ kind, why }) => `${kind}: ${why}`);
};

const set = (key: 'remind' | 'notes', value: string, at: Ts, user = MINSEO): Event =>
  ({ v: 1, kind: 'member.set', channel: CHANNEL, at, user, key, value }) as EventOf<'member.set'>;
const plan = (week: Week, value: 'write' | 'rest' | 'none', at = inWeek(week, 1, '09:00'), user = MINSEO): Event => ({
  v: 1,
  kind: 'week.planned',
  channel: CHANNEL,
  at,
  week,
  user,
  plan: value,
});
const said = (kind: string, week: Week, at: Ts, user = MINSEO, shows?: string): Event[] => [
  attempted(`${kind}:${user}`, { week, at, ...(shows ? { says: { shows } } : {}) }),
  delivered(`${kind}:${user}`, { week, at, to: user }),
];

const REMINDED = ['remind: wrote lately'];

describe('a reminder', () => {
  test('is for who wrote in one of the last four counted weeks, and has not posted', () => {
    expect(dueAfter('w', 'saturday')).toEqual(REMINDED);
    expect(dueAfter('w...', 'saturday')).toEqual(REMINDED);
    expect(dueAfter('w....', 'saturday')).toEqual([]);
    expect(dueOn('saturday', FIRST, [eventsOfTable(table('w'))])).toEqual([]);
    expect(dueAfter('', 'saturday')).toEqual([]);
  });

  test('reaches over a week of rest, which is not among the four', () => {
    expect(dueAfter('w....', 'saturday', rested('2024-W34', { rest: true }))).toEqual(REMINDED);
  });

  test('is on Sunday for who mostly writes later than 130 hours after Monday', () => {
    const on = (row: string) => [dueAfter(row, 'saturday').length, dueAfter(row, 'sunday').length];
    expect(on('w')).toEqual([1, 0]);
    expect(on('l')).toEqual([1, 0]); // One week is not enough.
    expect(on('ll')).toEqual([0, 1]);
    expect(on('lw')).toEqual([1, 0]); // 140 and 44 hours: 92.
    expect(on('llw')).toEqual([0, 1]);
    expect(on('llww')).toEqual([1, 0]); // The mean of the middle two.
    expect(on('lllww')).toEqual([1, 0]); // The last four: l, l, w, w.
    expect(on('wwlll')).toEqual([0, 1]);
  });

  test('is late from more than 130 hours on, by the first post of each week', () => {
    const at = (hours: number, week: Week): Event => {
      const ts = `${Number(inWeek(week, 0, '00:00')) + hours * 3600}.000001`;
      return reply(ts, { thread: inWeek(week, 0, '09:30') });
    };
    const on = (hours: number, ...more: Event[]) =>
      dueOn('sunday', '2024-W34', [eventsOfTable(table('...')), at(hours, '2024-W32'), at(hours, '2024-W33'), more]);
    expect(on(129)).toEqual([]);
    expect(on(131)).toHaveLength(1);
    expect(on(131, at(20, '2024-W32'), at(30, '2024-W33'))).toEqual([]);
  });

  test('comes on the day that was chosen, and not where it is switched off', () => {
    const choice = (value: string, name: SlotName, row = 'ww') =>
      dueAfter(row, name, set('remind', value, inWeek('2024-W33', 3, '09:00')));
    expect([choice('sun', 'saturday'), choice('sun', 'sunday')]).toEqual([[], REMINDED]);
    expect([choice('sat', 'saturday', 'll'), choice('sat', 'sunday', 'll')]).toEqual([REMINDED, []]);
    expect([choice('on', 'saturday', 'll'), choice('on', 'sunday', 'll')]).toEqual([[], REMINDED]);
    expect([choice('off', 'saturday'), choice('off', 'sunday')]).toEqual([[], []]);
  });

  test('is for who planned to write, however long ago they wrote, and for nobody who means to rest', () => {
    const week = '2024-W37';
    expect(dueAfter('w....', 'saturday', plan(week, 'write'))).toEqual(['remind: planned to write']);
    expect(dueAfter('w....', 'saturday', plan(week, 'none'))).toEqual([]);
    expect(dueAfter('w....', 'saturday', plan('2024-W36', 'write'))).toEqual([]);
    expect(dueAfter('wwwww', 'saturday', plan(week, 'rest'))).toEqual([]);
    expect(dueAfter('wwwww', 'saturday', plan(week, 'none'))).toEqual(REMINDED);
    expect(dueAfter('wwwww', 'saturday', excused(week, MINSEO))).toEqual([]);
    expect(dueOn('saturday', FIRST, [eventsOfTable(table('.', JIHO)), plan(FIRST, 'write')])).toHaveLength(1);
  });

  test('is said twice in a lapse, and again after a post or a choice', () => {
    const twice = [
      ...said('remind', '2024-W33', inWeek('2024-W33', 5, '10:00')),
      ...said('remind', '2024-W34', inWeek('2024-W34', 5, '10:00')),
    ];
    expect(dueAfter('w.', 'saturday', ...twice.slice(0, 2))).toEqual(REMINDED);
    expect(dueAfter('w..', 'saturday', ...twice)).toEqual([]);
    expect(dueAfter('w..', 'saturday', ...twice, plan('2024-W35', 'write'))).toEqual(['remind: planned to write']);
    expect(dueAfter('w..', 'saturday', ...twice, set('remind', 'on', inWeek('2024-W35', 1, '09:00')))).toEqual(
      REMINDED,
    );
    expect(dueAfter('w..', 'saturday', ...twice, set('remind', 'sat', inWeek('2024-W33', 1, '09:00')))).toEqual([]);
    const late = `${inWeek('2024-W35', 1, '09:00').split('.')[0]}.000002`;
    const post = reply(late, { thread: inWeek('2024-W34', 0, '09:30') });
    expect(dueAfter('w..', 'saturday', ...twice, post)).toEqual(REMINDED);
    const second = reply(late, { thread: inWeek('2024-W32', 0, '09:30') });
    expect(dueAfter('w..', 'saturday', ...twice, second)).toEqual(REMINDED);
    expect(dueAfter('w..', 'saturday', ...twice, post, deletion(late, inWeek('2024-W35', 2, '09:00')))).toEqual([]);
  });

  test('that was skipped is not told, and is not tried again in its week', () => {
    const skip = (week: Week) => skipped(`remind:${MINSEO}`, { week, at: inWeek(week, 5, '10:00') });
    expect(dueAfter('w..', 'saturday', skip('2024-W33'), skip('2024-W34'))).toEqual(REMINDED);
    expect(dueAfter('w', 'saturday', skip('2024-W33'))).toEqual([]);
  });

  test('has one of four wordings, by lot, and never the last one again', () => {
    const season = table('wwwwwwwwwwwwwwwwwwwww.');
    const drawn = new Map<Week, number>();
    for (const [position] of [...'wwwwwwwwwwwwwwwwwwww'].entries()) {
      const week = `2024-W${33 + position}`;
      if (week > '2024-W52') continue;
      const until = inWeek(week, 1, '00:00');
      const [reminder] = dueOn('saturday', week, [eventsOfTable(season).filter(({ at }) => at < until)]);
      if (reminder?.kind === 'remind') drawn.set(week, reminder.wording);
      const before = inWeek('2024-W32', 5, '10:00');
      const events = [
        eventsOfTable(season).filter(({ at }) => at < until),
        said('remind', '2024-W32', before, MINSEO, wordingShown(drawn.get(week) as number)),
      ];
      const [other] = dueOn('saturday', week, events);
      expect(other).toMatchObject({ kind: 'remind' });
      expect((other as { wording: number }).wording).not.toBe(drawn.get(week));
    }
    expect(drawn.size).toBe(20);
    expect([...new Set(drawn.values())].sort()).toEqual([0, 1, 2, 3]);
  });
});

describe('a note', () => {
  const NOTED = ['note: missed one week'];

  test('is for who missed just the last counted week', () => {
    expect(dueAfter('w.', 'monday')).toEqual(NOTED);
    expect(dueAfter('w', 'monday')).toEqual([]);
    expect(dueAfter('w..', 'monday')).toEqual([]);
    expect(dueAfter('.', 'monday')).toEqual([]);
    expect(dueAfter('w.', 'saturday', rested('2024-W34', { rest: true }))).toEqual([]);
  });

  test('knows weeks of rest and excuses', () => {
    expect(dueAfter('w.', 'monday', rested('2024-W33', { rest: true }))).toEqual([]);
    expect(dueAfter('w..', 'monday', rested('2024-W33', { rest: true }))).toEqual(NOTED);
    expect(dueAfter('w.', 'monday', excused('2024-W33', MINSEO))).toEqual([]);
    expect(dueAfter('w..', 'monday', excused('2024-W34', MINSEO))).toEqual(NOTED);
  });

  test('comes once in a lapse, and not where notes are switched off', () => {
    const noted = said('note', '2024-W34', inWeek('2024-W34', 0, '10:00'));
    expect(dueAfter('w..', 'monday', excused('2024-W34', MINSEO), ...noted)).toEqual([]);
    expect(dueAfter('w.', 'monday', set('notes', 'off', inWeek('2024-W33', 0, '12:00')))).toEqual([]);
    expect(dueAfter('w.', 'monday', set('remind', 'off', inWeek('2024-W33', 0, '12:00')))).toEqual(NOTED);
  });
});

describe('a come-back', () => {
  test('is on the first Monday of a month, for who missed two weeks or more', () => {
    expect(dueAfter('ww..', 'monday')).toEqual(['comeback: a month begins']);
    expect(dueAfter('www.', 'monday')).toEqual(['note: missed one week']);
    expect(dueAfter('w..', 'monday')).toEqual([]);
    expect(dueAfter('....', 'monday')).toEqual([]);
  });

  test('is on the Monday after a week of rest, and not in one', () => {
    expect(dueAfter('w...', 'monday', rested('2024-W35', { rest: true }))).toEqual(['comeback: a month begins']);
    expect(dueAfter('w..', 'monday', rested('2024-W34', { rest: true }))).toEqual(['note: missed one week']);
    expect(dueAfter('w....', 'monday', rested('2024-W36', { rest: true }))).toEqual([
      'comeback: a week of rest is over',
    ]);
    expect(dueAfter('w...', 'monday', rested('2024-W36', { rest: true }))).toEqual([]);
  });

  test('comes twice in a lapse, and not where notes are switched off', () => {
    const once = said('comeback', '2024-W35', inWeek('2024-W35', 0, '10:00'));
    const twice = [...once, ...said('comeback', '2024-W34', inWeek('2024-W34', 0, '10:00'))];
    expect(dueAfter('w...', 'monday', ...once)).toEqual(['comeback: a month begins']);
    expect(dueAfter('w...', 'monday', ...twice)).toEqual([]);
    expect(dueAfter('w...', 'monday', ...twice, set('notes', 'on', inWeek('2024-W35', 2, '10:00')))).toHaveLength(1);
    expect(dueAfter('w...', 'monday', set('notes', 'off', inWeek('2024-W34', 0, '12:00')))).toEqual([]);
  });
});

describe('a first step', () => {
  const season: TableSeason = { first: FIRST, rows: { [MINSEO]: 'wwww', [JIHO]: 'wwww', [SEOYEON]: '....' } };
  const posts = [MINSEO, JIHO].flatMap((user) =>
    ['2024-W32', '2024-W33', '2024-W34', '2024-W35'].map((week) => postTs(season, user, week) as Ts),
  );
  const more = ['1', '2'].map((number) =>
    reply(`${inWeek('2024-W32', 2, '10:00').split('.')[0]}.00000${number}`, {
      author: { user: MINSEO },
      thread: inWeek('2024-W32', 0, '09:30'),
    }),
  );
  const likes = (count: number): Event[] =>
    [...posts, ...more.map(({ ts }) => ts)]
      .slice(0, count)
      .map((item) => like(SEOYEON, inWeek('2024-W35', 1, '23:00'), { item }));
  const asked = (week: Week, ...events: Event[]): string[] =>
    dueOn('wednesday', week, [eventsOfTable(season), more, events]).map(({ user, kind }) => `${kind} ${user}`);
  const known = joined(SEOYEON, inWeek('2024-W33', 2, '12:00'));

  test('is for who likes ten posts, has been known for two weeks, and never wrote', () => {
    expect(asked('2024-W35', known, ...likes(10))).toEqual([`firststep ${SEOYEON}`]);
    expect(asked('2024-W35', known, ...likes(9))).toEqual([]);
    expect(asked('2024-W35', joined(SEOYEON, inWeek('2024-W33', 2, '12:01')), ...likes(10))).toEqual([]);
    const own = reply(`${inWeek('2024-W32', 3, '10:00').split('.')[0]}.000009`, {
      author: { user: SEOYEON },
      thread: inWeek('2024-W32', 0, '09:30'),
    });
    expect(asked('2024-W35', known, ...likes(10), own)).toEqual([]);
  });

  test('comes once for ever, not where notes are off, and not to who runs the challenge', () => {
    const before = said('firststep', '2024-W34', inWeek('2024-W34', 2, '12:00'), SEOYEON);
    expect(asked('2024-W35', known, ...likes(10), ...before)).toEqual([]);
    expect(
      asked('2024-W35', known, ...likes(10), set('notes', 'off', inWeek('2024-W34', 0, '12:00'), SEOYEON)),
    ).toEqual([]);
    const settings = { organizers: [SEOYEON] };
    expect(dueOn('wednesday', '2024-W35', [eventsOfTable(season), more, known, likes(10)], settings)).toEqual([]);
  });
});

describe('nothing personal is said', () => {
  const events = eventsOfTable(table('www.'));

  test('in a week of rest, or in one without a weekly post', () => {
    expect(dueOn('saturday', '2024-W35', [events])).toHaveLength(1);
    expect(dueOn('saturday', '2024-W35', [events, rested('2024-W35', { rest: true })])).toEqual([]);
    const unopened = events.filter(({ at }) => at < inWeek('2024-W35', 0, '00:00'));
    expect(dueOn('saturday', '2024-W35', [unopened])).toEqual([]);
  });

  test('to who has left, is a bot, or takes no part', () => {
    const left: Event = {
      v: 1,
      kind: 'member.left',
      channel: CHANNEL,
      at: inWeek('2024-W35', 1, '10:00'),
      user: MINSEO,
    };
    expect(dueOn('saturday', '2024-W35', [events, left])).toEqual([]);
    expect(dueOn('saturday', '2024-W35', [events], { members: { exclude: [MINSEO] } })).toEqual([]);
    expect(dueOn('saturday', '2024-W35', [events, profile(MINSEO, 'x', { bot: true })])).toEqual([]);
  });

  test('of a kind that is switched off; one that is not configured is on', () => {
    expect(dueOn('saturday', '2024-W35', [events], { notify: { remind: 'off' } })).toEqual([]);
    expect(dueOn('saturday', '2024-W35', [events], { notify: { remind: 'on' } })).toHaveLength(1);
  });

  test('a third time in a week, or twice on a day', () => {
    const week = '2024-W35';
    const [monday, wednesday] = [inWeek(week, 0, '10:00'), inWeek(week, 2, '12:00')];
    const one = said('note', week, monday);
    expect(dueOn('saturday', week, [events, one])).toHaveLength(1);
    expect(dueOn('saturday', week, [events, one, said('firststep', week, wednesday)])).toEqual([]);
    expect(dueOn('saturday', week, [events, said('note', week, inWeek(week, 5, '09:30'))])).toEqual([]);
  });

  test('twice on a day of their own, where it is another day in Seoul', () => {
    const season: TableSeason = { first: '2024-W46', rows: { [MINSEO]: 'w..' } };
    const seen: Event = { ...profile(MINSEO, 'x'), at: inWeek('2024-W46', 0, '10:00'), tz: 'America/New_York' };
    // Monday at ten is eight on Sunday evening there; on that Sunday's morning, at 23:00 in Seoul, there was a reminder.
    const before = said('remind', '2024-W47', inWeek('2024-W47', 6, '23:00'));
    expect(dueOn('monday', '2024-W48', [eventsOfTable(season), seen])).toMatchObject([{ kind: 'note' }]);
    expect(dueOn('monday', '2024-W48', [eventsOfTable(season), seen, before])).toEqual([]);
  });

  test('twice on a day of the challenge, where these are two days of their own', () => {
    const season: TableSeason = { first: '2024-W46', rows: { [MINSEO]: 'w..' } };
    const seen: Event = { ...profile(MINSEO, 'x'), at: inWeek('2024-W46', 0, '10:00'), tz: 'America/New_York' };
    const opened = inWeek('2024-W48', 5, '19:30'); // Six in the morning there, half an hour later: they sleep until 23:00 in Seoul.
    const events = eventsOfTable(season).map((event) =>
      event.at === inWeek('2024-W48', 0, '09:30') ? weeklyPost(opened, '2024-W48') : event,
    );
    const noted = (...more: Event[]) => dueOn('monday', '2024-W48', [events, seen, more]).map(({ at }) => at);
    expect(noted()).toEqual([inWeek('2024-W48', 5, '23:00')]);
    expect(noted(...said('remind', '2024-W48', inWeek('2024-W48', 5, '10:00')))).toEqual([]);
  });

  test('at night: it waits for the morning in the own time zone', () => {
    const seen = (tz: string): Event => ({ ...profile(MINSEO, 'x'), at: inWeek('2024-W33', 0, '10:00'), tz });
    const when = (tz: string) => dueOn('saturday', '2024-W35', [events, seen(tz)]).map(({ at }) => at);
    expect(when('Asia/Seoul')).toEqual([inWeek('2024-W35', 5, '10:00')]);
    expect(when('Europe/London')).toEqual([inWeek('2024-W35', 5, '17:00')]);
    expect(when('Nowhere/Land')).toEqual([inWeek('2024-W35', 5, '10:00')]);
    const sunday = set('remind', 'sun', inWeek('2024-W33', 3, '10:00'));
    expect(dueOn('sunday', '2024-W35', [events, seen('America/Los_Angeles'), sunday])).toEqual([]);
  });

  test('to whom it is held out, by an arm that is always the same', () => {
    const held = (holdout: number) => dueOn('saturday', '2024-W35', [events], { notify: { holdout } })[0]?.held;
    expect(held(0)).toBeUndefined();
    const arms = Array.from({ length: 200 }, (_, number) => {
      const user = `U0MEMBER${String(number).padStart(3, '0')}`;
      return dueOn('saturday', '2024-W33', [eventsOfTable(table('w.', user))], { notify: { holdout: 0.3 } })[0]?.held;
    });
    const share = arms.filter(Boolean).length / arms.length;
    expect(share).toBeGreaterThan(0.2);
    expect(share).toBeLessThan(0.4);
    expect(HELD).toBe('held');
  });
});
