import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Event } from '../../src/events/catalog.ts';
import { type Ts, tsAt } from '../../src/events/timestamp.ts';
import { calendarOf, monthOf, plusMonths, plusWeeks, type Week } from '../../src/events/week.ts';
import type { EffectOf, Past } from '../../src/handlers/effect.ts';
import { runOf } from '../../src/projections/streak.ts';
import { at, excused, JIHO, MINSEO, post, rested, ruled, told, weeklyPost } from '../support/events.ts';
import { given, type Settings } from '../support/given.ts';

const calendar = calendarOf('Asia/Seoul');
const opened = (week: Week): Ts => tsAt(calendar.instant(week, 0, 9, 30) * 1000);
const on = (week: Week, day = 1): Ts => tsAt(calendar.instant(week, day, 20, 0) * 1000);
/** Somebody's post on a day of a week, for that week or another. */
const writes = (week: Week, { day = 1, of = week, author = MINSEO } = {}) =>
  post(on(week, day), {
    author: { user: author },
    thread: opened(of),
    links: [`https://velog.io/@x/${week}-${day}-${author}`],
  });

/** The fourth week of November 2024, the week of which all is told below. */
const NOW = '2024-W48';
const HEARD = at('2020-01-01 00:00');
const NO_PAST: Past = { weeks: [], written: [], excused: [] };

/** What is said of the post of a day of this week, after these events and what older months tell. */
const praiseOf = (events: readonly Event[], past: Past, { day = 1, of = NOW, settings = {} as Settings } = {}) => {
  const all = [...events, weeklyPost(opened(NOW), NOW), writes(NOW, { day, of })];
  const effect = given(all)
    .under(settings)
    .asked(NOW, `participation:${on(NOW, day)}:0`, {
      firstHeard: HEARD,
      pastOf: (user) => (user === MINSEO ? past : undefined),
    }) as EffectOf<'participation'>;
  expect(effect.says?.praise).toEqual(effect.praise);
  return effect.praise;
};

/**
 * What is known of weeks before this one, the last sign that of last week: one wrote (`w`), did not (`.`), was excused (`e`), or the week
 * rests (`r`; `R`: one wrote all the same). The months before last month's are known from elsewhere.
 */
const known = (signs: string): { events: Event[]; past: Past } => {
  const weeks = [...signs].map((sign, index) => ({ sign, week: plusWeeks(NOW, index - signs.length) }));
  const isOld = ({ week }: { week: Week }): boolean => monthOf(week) < plusMonths(monthOf(NOW), -1);
  const old = weeks.filter(isOld);
  const named = (wanted: string): Week[] => old.flatMap(({ sign, week }) => (wanted.includes(sign) ? [week] : []));
  return {
    events: weeks
      .filter((each) => !isOld(each))
      .flatMap(({ sign, week }) => [
        weeklyPost(opened(week), week),
        ...('wR'.includes(sign) ? [writes(week)] : []),
        ...('rR'.includes(sign) ? [rested(week, { rest: true })] : []),
        ...(sign === 'e' ? [excused(week, MINSEO)] : []),
      ]),
    past: {
      weeks: old.map(({ sign, week }) => ({ week, ...('rR'.includes(sign) ? { rest: true as const } : {}) })),
      written: named('wR'),
      excused: named('e'),
    },
  };
};

const following = (signs: string, more: Parameters<typeof praiseOf>[2] = {}) => {
  const { events, past } = known(signs);
  return praiseOf(events, past, more);
};

describe('of a post its announcement says', () => {
  test('that it is the first that somebody has written, and once', () => {
    expect(following('')).toEqual({ for: 'first', weeks: 1 });
    expect(following('....................')).toEqual({ for: 'first', weeks: 1 });
    expect(following('w')).toBeUndefined();
    expect(following('w...................')).toBeUndefined();
    expect(praiseOf([writes(NOW)], NO_PAST, { day: 2 })).toBeUndefined();
  });

  test('that it is the first, though another of theirs did not count', () => {
    const events = [weeklyPost(opened('2024-W47'), '2024-W47'), writes('2024-W47'), ruled(on('2024-W47'), 'reject')];
    expect(praiseOf(events, NO_PAST)).toEqual({ for: 'first', weeks: 1 });
    expect(praiseOf(events.slice(0, 2), NO_PAST)).toBeUndefined();
  });

  test('nothing of others', () => {
    const events = [weeklyPost(opened(NOW), NOW), writes(NOW, { author: JIHO })];
    const effect = given(events).asked(NOW, `participation:${on(NOW)}:0`, {
      firstHeard: HEARD,
      pastOf: (user) => (user === JIHO ? NO_PAST : undefined),
    }) as EffectOf<'participation'>;
    expect(effect.praise).toEqual({ for: 'first', weeks: 1 });
    expect(praiseOf(events, NO_PAST, { day: 3 })).toEqual({ for: 'first', weeks: 1 });
  });

  test.each([
    ['.ww.w.w', 5],
    ['.w.w.w.w.w.w.w.w.w', 10],
    [`${'w.'.repeat(19)}`, 20],
    [`${'w.'.repeat(29)}`, 30],
  ])('after %s, that it is of so many weeks: %i', (signs, weeks) => {
    expect(following(signs)).toEqual({ for: 'week', weeks });
  });

  test.each(['w.w', 'w.w.w.w.w', 'w.w.w.w.w.w', `${'w.'.repeat(14)}`])('after %s, nothing of weeks', (signs) => {
    expect(following(signs)).toBeUndefined();
  });

  test('that the run is longer than any before, from four on', () => {
    expect(following('ww')).toBeUndefined();
    expect(following('www')).toEqual({ for: 'run', weeks: 4 });
    expect(following('wwww')).toEqual({ for: 'week', weeks: 5 }); // Which goes before.
    expect(following('wwwww')).toEqual({ for: 'run', weeks: 6 });
    expect(following('wwwww..www')).toBeUndefined();
    expect(following('wwwww..wwwww')).toEqual({ for: 'run', weeks: 6 });
  });

  test('that it is, too, when it went over a week off, a week of rest, or an excused one', () => {
    expect(following('ww.wwwr')).toEqual({ for: 'run', weeks: 6 });
    expect(following('wwRwwr')).toEqual({ for: 'run', weeks: 6 });
    expect(following('wwe.www')).toEqual({ for: 'run', weeks: 6 });
    expect(following('ww.www', { settings: { rules: { streak: { between: 'off' } } } })).toEqual({
      for: 'run',
      weeks: 4,
    });
  });

  test('nothing more than once a week', () => {
    const { events, past } = known('www');
    expect(praiseOf([...events, writes(NOW, { day: 1 })], past, { day: 4 })).toBeUndefined();
  });

  test('of a late post, that it is of so many weeks, and nothing of runs', () => {
    const { events, past } = known('wwww.');
    // For last week, after this week's was written.
    expect(praiseOf([...events, writes(NOW, { day: 0 })], past, { day: 3, of: '2024-W47' })).toBeUndefined();
    const four = known('www.');
    expect(praiseOf([...four.events, writes(NOW, { day: 0 })], four.past, { day: 3, of: '2024-W47' })).toEqual({
      for: 'week',
      weeks: 5,
    });
  });

  test('not that it is the first, when another was said to be', () => {
    // The older one gets its link after the newer one was announced.
    const [older, newer] = [on(NOW, 1), on(NOW, 3)];
    const said = told(`participation:${newer}:0`, { praise: { for: 'first', weeks: 1 } });
    const announced = said.map((event) => ({ ...event, week: NOW }));
    expect(older < newer).toBe(true);
    expect(praiseOf([writes(NOW, { day: 3 }), ...announced], NO_PAST, { day: 1 })).toBeUndefined();
    expect(praiseOf([writes(NOW, { day: 3 })], NO_PAST, { day: 1 })).toEqual({ for: 'first', weeks: 1 });
  });

  test('nothing where the past is not known', () => {
    const effect = given(weeklyPost(opened(NOW), NOW), writes(NOW)).asked(NOW, `participation:${on(NOW)}:0`, {
      firstHeard: HEARD,
    });
    expect(effect).not.toHaveProperty('praise');
  });

  test('what the weeks before say, however these are told', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('w', '.', 'r', 'R', 'e'), maxLength: 25 }), (signs) => {
        const written = [...signs].filter((sign) => 'wR'.includes(sign)).length;
        const weeks = [...signs, 'w'].map((sign, index) => ({
          week: plusWeeks(NOW, index - signs.length),
          written: 'wR'.includes(sign),
          rests: 'rR'.includes(sign),
          excused: sign === 'e',
        }));
        const [run, before] = [runOf(weeks, 3).current, runOf(weeks.slice(0, -1), 3).longest];
        const isMilestone = [5, 10, 20].includes(written + 1);
        const found = following(signs);
        if (written === 0) expect(found?.for).toBe('first');
        else if (isMilestone) expect(found).toEqual({ for: 'week', weeks: written + 1 });
        else expect(found).toEqual(run > before && run >= 4 ? { for: 'run', weeks: run } : undefined);
      }),
    );
  });
});

describe('what was said of a post', () => {
  const id = `participation:${on(NOW)}` as const;
  const standing = { channel: 'C0TILCHAN1', ts: on(NOW, 2) };
  const praise = { for: 'week', weeks: 10 } as const;
  const announced = told(`${id}:0`, { about: on(NOW), shows: 'counted:', praise }, { ts: standing.ts }).map(
    (event) => ({ ...event, week: NOW }),
  );
  const events = [weeklyPost(opened(NOW), NOW), writes(NOW), ...announced];

  test('stays when its announcement is changed', () => {
    const [url] = writes(NOW).links as [string];
    const titled: Event = {
      ...writes(NOW),
      kind: 'message.edited',
      at: on(NOW, 3),
      previews: [{ url, title: '제목' }],
    };
    const [effect] = given(events).owed(titled);
    expect(effect).toMatchObject({ id: `${id}:1`, change: standing, praise });
  });

  test('goes with the post, and comes back with it', () => {
    const rejected = ruled(on(NOW), 'reject');
    const [gone] = given(events).owed(rejected);
    expect(gone).toMatchObject({ id: `${id}:1`, retracted: true, rejected: true });
    expect(gone).not.toHaveProperty('praise');
    const withdrawn = told(`${id}:1`, { about: on(NOW), shows: 'rejected' }, { ts: standing.ts }).map((event) => ({
      ...event,
      week: NOW,
    }));
    const [back] = given(events, rejected, withdrawn).owed(ruled(on(NOW), 'none', { at: at('2024-12-01 12:00') }));
    expect(back).toMatchObject({ id: `${id}:2`, praise });
  });
});
