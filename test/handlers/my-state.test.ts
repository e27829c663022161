import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { tsAt } from '../../src/events/timestamp.ts';
import { calendarOf, monthOf, plusWeeks, type Week } from '../../src/events/week.ts';
import { SETTINGS } from '../../src/handlers/command.ts';
import { type MyState, myState } from '../../src/handlers/my-state.ts';
import type { MonthRows, PersonRow, WeekRow } from '../../src/projections/month-rows.ts';
import { stateText } from '../../src/slack/text/state.ts';
import { challengeWith } from '../support/world.ts';

const MINSEO = 'U0MINSEO01';
const SEOUL = calendarOf('Asia/Seoul');
const WEEK = '2024-W32';
const at = (week: Week, hour = 12) => tsAt(SEOUL.instant(week, 2, hour, 0) * 1000);
const post = (week: Week) => ({ first: at(week), last: at(week), count: 1 });

/** Rows of the weeks up to the present one, of which the person wrote those with an `x`; `r` is a week of rest for all. */
const seasonWith = (form: string, fields: PersonRow = {}, present: WeekRow = {}): MonthRows[] => {
  const months = new Map<string, MonthRows>();
  [...form].forEach((each, position) => {
    const week = plusWeeks(WEEK, position + 1 - form.length);
    const month = monthOf(week);
    const rows: MonthRows = months.get(month) ?? { version: 1, month, weeks: {}, people: { [MINSEO]: {} } };
    months.set(month, rows);
    rows.weeks[week] = {
      openedAt: at(week, 9),
      ...(each === 'r' ? { rest: true } : {}),
      ...(week === WEEK ? present : {}),
    };
    if (each === 'x') ((rows.people[MINSEO] as PersonRow).posts ??= {})[week] = post(week);
  });
  Object.assign(months.get(monthOf(WEEK))?.people[MINSEO] as PersonRow, fields);
  return [...months.values()];
};

const stateOf = (form: string, fields?: PersonRow, present?: WeekRow, config: Record<string, unknown> = {}): MyState =>
  myState(challengeWith(config), MINSEO, at(WEEK), seasonWith(form, fields, present));

describe('somebody’s state', () => {
  test('of nobody who is known: the week, and what holds for all', () => {
    expect(myState(challengeWith(), 'U0NOBODY01', at(WEEK), seasonWith('x'))).toEqual({
      week: WEEK,
      openedAt: at(WEEK, 9),
      until: SEOUL.beginningOf('2024-W33'),
      isExtended: false,
      posts: 0,
      run: 0,
      isLastWeekKept: false,
      mayRest: false,
      squares: ['none'],
      month: '2024-08',
      weeksInMonth: 0,
      settings: { remind: 'on', likes: 'steps', notes: 'on' },
      choices: SETTINGS,
    });
  });

  test.each([
    ['xxxx', { posts: 1, run: 4, isLastWeekKept: false, mayRest: false, weeksInMonth: 1 }],
    ['xxx.', { posts: 0, run: 3, isLastWeekKept: false, mayRest: true, weeksInMonth: 0 }],
    ['xxx.x', { posts: 1, run: 4, isLastWeekKept: true, mayRest: false }],
    ['xxx..', { posts: 0, run: 3, isLastWeekKept: true, mayRest: false }],
    ['xxxr', { posts: 0, stands: 'rest week', run: 3, mayRest: false }],
    ['.x.xxr...', { squares: ['none', 'written', 'rest', 'written', 'written', 'rest', 'none', 'none', 'none'] }],
    ['x'.repeat(20), { squares: Array<'written'>(13).fill('written') }],
    ['x.xx.', { run: 3, mayRest: false }],
  ] as const)('after %s', (form, fields) => {
    expect(stateOf(form)).toMatchObject(fields);
  });

  test('of a week for which somebody has plans, until something of theirs counts', () => {
    const plans = (plan: 'rest' | 'write' | 'none') => ({ plans: { [WEEK]: { at: at(WEEK), plan } } });
    expect(stateOf('x.', plans('rest')).stands).toBe('plans to rest');
    expect(stateOf('x.', plans('write')).stands).toBe('plans to write');
    expect(stateOf('x.', plans('none')).stands).toBeUndefined();
    expect(stateOf('xx', plans('rest')).stands).toBeUndefined();
    expect(stateOf('x.', { ...plans('write'), excused: [WEEK] })).toMatchObject({ stands: 'excused', mayRest: false });
  });

  test('of an extended week ends when that does', () => {
    const until = tsAt(SEOUL.instant(WEEK, 8, 15, 0) * 1000);
    expect(stateOf('x.', {}, { until })).toMatchObject({ until: Number(until), isExtended: true });
  });

  test('has their latest word of each setting, of whichever month', () => {
    const [july, august] = seasonWith('xxx.', { settings: { likes: { at: at(WEEK), value: 'card' } } }) as [
      MonthRows,
      MonthRows,
    ];
    (july.people[MINSEO] as PersonRow).settings = {
      remind: { at: at('2024-W30'), value: 'sun' },
      likes: { at: at('2024-W30'), value: 'off' },
    };
    expect(myState(challengeWith(), MINSEO, at(WEEK), [august, july]).settings).toEqual({
      remind: 'sun',
      likes: 'card',
      notes: 'on',
    });
  });

  test('says off where the challenge sends nothing, whatever they chose', () => {
    const notify = { remind: 'off', note: 'off', comeback: 'off', firststep: 'off', likes: 'each' };
    const settings = { remind: { at: at(WEEK), value: 'sat' }, notes: { at: at(WEEK), value: 'on' } };
    expect(stateOf('x', { settings }, {}, { notify }).settings).toEqual({ remind: 'off', likes: 'each', notes: 'off' });
    expect(stateOf('x', {}, {}, { notify: { ...notify, note: 'on' } }).settings.notes).toBe('on');
  });
});

describe('in words', () => {
  const say = (state: MyState, locale: 'ko' | 'en' = 'ko', thread?: string) =>
    stateText(state, thread, challengeWith({ locale }));

  test('a week that is written, in a run', () => {
    expect(say(stateOf('xxx.x'), 'ko', 'https://til.slack.com/archives/C1/p1')).toBe(
      [
        '*TIL 8월 1주차* · 일요일 자정까지 · <https://til.slack.com/archives/C1/p1|이번 주 글>',
        '이번 주 글을 썼어요 🟩',
        '지금까지 4주를 이어서 썼어요 🔥',
        '지난주는 쉬어 갔고, 기록은 이어지고 있어요 🌙',
        '8월에 1주 썼어요.',
        '알림: 켜짐 · 좋아요: 1개, 5개, 10개마다 · 소식: 켜짐',
      ].join('\n'),
    );
  });

  test('a week that is still to be written, extended, in English', () => {
    const until = tsAt(SEOUL.instant(WEEK, 8, 15, 0) * 1000);
    expect(say(stateOf('xxx.', {}, { until }), 'en')).toBe(
      [
        '*TIL August, week 1* · until Aug 13, 15:00',
        'This week’s post is still to come ✍️',
        '3 weeks written in your run 🔥',
        'A week off now keeps your run.',
        'Reminders: on · Likes: the 1st, the 5th, every 10th · Notes: on',
      ].join('\n'),
    );
  });

  test('of whatever state, nothing is zero, and nothing is missing a word', () => {
    const value = <K extends string>(...all: K[]) => fc.constantFrom(...all);
    fc.assert(
      fc.property(
        fc.stringMatching(/^[x.r]{1,30}$/),
        value('rest', 'write', 'none'),
        fc.record({
          remind: value('on', 'off', 'sat', 'sun'),
          likes: value('steps', 'each', 'card', 'off'),
          notes: value('on', 'off'),
        }),
        value('ko', 'en'),
        (form, plan, chosen, locale) => {
          const settings = Object.fromEntries(
            Object.entries(chosen).map(([key, value]) => [key, { at: at(WEEK), value }]),
          );
          const text = say(stateOf(form, { plans: { [WEEK]: { at: at(WEEK), plan } }, settings }), locale);
          expect(text).not.toMatch(/undefined|\b0|실패|끊|failed|broken|lost/);
          expect(text.length).toBeLessThan(1000);
        },
      ),
    );
  });
});
