import { describe, expect, test } from 'vitest';
import type { Event } from '../../src/events/catalog.ts';
import { plusWeeks, type Week } from '../../src/events/week.ts';
import type { Effect, EffectOf, PostView } from '../../src/handlers/effect.ts';
import { withTalk } from '../../src/handlers/personal.ts';
import { peopleAfter } from '../../src/history/walk.ts';
import { attempted, excused, extended, JIHO, MINSEO } from '../support/events.ts';
import { challengeOf, given, type Settings } from '../support/given.ts';
import { eventsOfTable, inWeek, joined, likesAll, ordered } from '../support/table-season.ts';

const FIRST = '2024-W32';
const recent: PostView[] = [{ ts: inWeek(FIRST, 1, '20:00'), author: MINSEO, week: FIRST }];

/** A personal message whose turn has come in the week after those of a row. */
const turnOf = (
  kind: string,
  row: string,
  { more = [], settings = {}, user = MINSEO }: { more?: readonly Event[]; settings?: Settings; user?: string } = {},
): Effect | undefined => {
  const week = weekAfter(row);
  const events = ordered(eventsOfTable({ first: FIRST, rows: { [MINSEO]: `${row}.` } }), more);
  const people = peopleAfter(challengeOf(settings), events);
  return given(...events)
    .under(settings)
    .asked(week, `${kind}:${user}`, { season: { people, recent } });
};
const weekAfter = (row: string): Week => plusWeeks(FIRST, row.length);
const opened = (week: Week) => inWeek(week, 0, '09:30');
const common = (kind: string, week: Week, due: string) => ({
  kind,
  id: `${kind}:${MINSEO}`,
  user: MINSEO,
  week,
  due,
  here: opened(week),
});

describe('a personal message whose turn has come', () => {
  test('is a reminder, with its wording kept', () => {
    const effect = turnOf('remind', 'ww') as EffectOf<'remind'>;
    expect(effect).toEqual({
      ...common('remind', '2024-W34', inWeek('2024-W34', 5, '10:00')),
      why: 'wrote lately',
      wording: effect.wording,
      ends: 'tomorrow',
      says: { shows: `wording-${effect.wording}` },
    });
  });

  test('speaks of tonight on a Sunday, and of neither where the week was extended', () => {
    expect(turnOf('remind', 'll')).toMatchObject({ due: inWeek('2024-W34', 6, '18:00'), ends: 'today' });
    const more = [extended('2024-W34', inWeek('2024-W35', 1, '00:00'))];
    expect(turnOf('remind', 'll', { more })).toMatchObject({ ends: 'later' });
  });

  test.each([
    ['a run that goes on', 'wwww.', {}, { run: 4, posts: 4, longest: 4 }],
    ['a run that a second week off ended', 'www.w.', {}, { posts: 4, longest: 4 }],
    ['a run that one week off ends', 'wwww.', { rules: { streak: { between: 'off' } } }, { posts: 4, longest: 4 }],
  ] as const)('is a note about %s', (_, row, settings, standing) => {
    const week = weekAfter(row);
    expect(turnOf('note', row, { settings: settings as Settings })).toEqual({
      ...common('note', week, inWeek(week, 0, '10:00')),
      ...standing,
    });
  });

  test('is a come-back with what they wrote', () => {
    const week = weekAfter('ww..');
    expect(turnOf('comeback', 'ww..')).toEqual({
      ...common('comeback', week, inWeek(week, 0, '10:00')),
      why: 'a month begins',
      posts: 2,
      recent,
    });
  });

  test('is a first step', () => {
    const row = 'w'.repeat(11);
    const more = [
      joined(JIHO, inWeek(FIRST, 0, '10:00')),
      ...likesAll({ first: FIRST, rows: { [MINSEO]: row } }, JIHO, '0000000000.000000'),
    ];
    const week = weekAfter(row);
    expect(turnOf('firststep', row, { more, user: JIHO })).toEqual({
      ...common('firststep', week, inWeek(week, 2, '12:00')),
      id: `firststep:${JIHO}`,
      user: JIHO,
    });
  });

  test.each(['remind', 'note', 'comeback', 'firststep'])('is recorded as not true any more: %s', (kind) => {
    expect(turnOf(kind, 'w', { more: [excused('2024-W33', MINSEO)] })).toMatchObject({
      kind,
      id: `${kind}:${MINSEO}`,
      unsaid: 'no longer true',
    });
  });

  test('is looked up when nobody knows whether it came, and is the same', () => {
    const more = [attempted(`remind:${MINSEO}`, { week: '2024-W34', at: inWeek('2024-W34', 5, '10:00') })];
    const effect = turnOf('remind', 'ww', { more });
    expect(effect).toEqual(turnOf('remind', 'ww'));
  });

  test('is held back by the lot of (channel, user, week, kind)', () => {
    const settings: Settings = { notify: { holdout: 0.9 } };
    const arms = [1, 2, 3, 4, 5, 6, 7, 8, 9].map((weeks) => turnOf('remind', 'w'.repeat(weeks), { settings })?.unsaid);
    expect(arms.filter((unsaid) => unsaid === 'held').length).toBeGreaterThan(4);
    expect(turnOf('remind', 'w')?.unsaid).toBeUndefined();
  });

  test('is nothing where its kind is off, or its id is of another form', () => {
    expect(turnOf('remind', 'ww', { settings: { notify: { remind: 'off' } } })).toBeUndefined();
    expect(turnOf('remind', 'ww', { user: `${MINSEO}:1` })).toBeUndefined();
  });
});

test('people are told by default only what they can switch off', () => {
  const kinds = ({ notify }: ReturnType<typeof withTalk>) =>
    (['remind', 'note', 'comeback', 'firststep'] as const).map((kind) => notify[kind]);
  expect(kinds(withTalk(challengeOf(), false))).toEqual(['off', 'off', 'off', 'off']);
  expect(kinds(withTalk(challengeOf(), true))).toEqual(['on', 'on', 'on', 'on']);
  const own = challengeOf({ notify: { remind: 'on', note: 'off' } });
  expect(kinds(withTalk(own, false))).toEqual(['on', 'off', 'off', 'off']);
  expect(kinds(withTalk(own, true))).toEqual(['on', 'off', 'on', 'on']);
});
