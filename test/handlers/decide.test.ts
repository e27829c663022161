import { describe, expect, test } from 'vitest';
import type { Event } from '../../src/events/catalog.ts';
import { aboutAlone, decide, touchedBy } from '../../src/handlers/decide.ts';
import type { Ledger } from '../../src/projections/ledger.ts';
import {
  at,
  attempted,
  deletion,
  delivered,
  edit,
  extended,
  JIHO,
  like,
  post,
  profile,
  REPLY,
  refused,
  reply,
  skipped,
  told,
  unlike,
  WEEK,
  WEEKLY,
  weeklyPost,
} from '../support/events.ts';
import { challengeOf, given, ledgersOf } from '../support/given.ts';

const OTHER = at('2024-08-07 20:00');
const LATER = at('2024-08-08 20:00');
const announced = (ts: string) => told(`participation:${ts}:0`, { about: ts, shows: 'counted:' });

describe('what is owed', () => {
  test('is asked of every handler, reply by reply', () => {
    const past = [weeklyPost(), reply(), reply(OTHER, { author: { user: JIHO }, links: [] })];
    expect(given(past, like(JIHO, LATER)).owed()).toMatchObject([
      { id: `participation:${REPLY}:0` },
      { id: `like:${REPLY}:0` },
      { id: `hint:${OTHER}` },
    ]);
  });

  test('is owed in each week of the month in which its message was written', () => {
    const second = weeklyPost(at('2024-08-12 09:30'), '2024-W33');
    const late = at('2024-08-13 20:00');
    expect(given(weeklyPost(), second, reply(), reply(late)).owed()).toMatchObject([
      { id: `participation:${REPLY}:0`, week: WEEK },
      { id: `participation:${late}:0`, week: '2024-W33' },
    ]);
  });

  test('is limited to the messages that events are about', () => {
    const past = [weeklyPost(), reply(), reply(OTHER)];
    expect(given(past).owed(like(JIHO, LATER, { item: OTHER }))).toMatchObject([
      { id: `participation:${OTHER}:0` },
      { id: `like:${OTHER}:0` },
    ]);
  });

  test('is the same as long as nothing has come of it', () => {
    const scene = given(weeklyPost(), reply());
    expect(scene.owed()).toHaveLength(1);
    expect(scene.owed()).toEqual(scene.owed());
  });

  test('is nothing about a message that no ledger knows', () => {
    given(weeklyPost(), profile(JIHO, '지호'))
      .when(skipped(`participation:${OTHER}:0`))
      .then();
  });

  test('also when only one message is asked about knows whether its writer has taken part elsewhere', () => {
    given(weeklyPost(), reply(), announced(REPLY))
      .when(reply(OTHER, { links: [] }))
      .then();
    given(weeklyPost(), reply(), announced(REPLY), announced(LATER))
      .when(reply(OTHER, { links: [] }), reply(LATER, { author: { user: JIHO } }))
      .then();
  });
});

describe('one effect is found by its id', () => {
  const scene = given(weeklyPost(), reply(), like(JIHO, LATER));

  test('while it is owed', () => {
    expect(scene.asked(WEEK, `participation:${REPLY}:0`)).toMatchObject({ kind: 'participation' });
    expect(scene.asked(WEEK, `like:${REPLY}:0`)).toMatchObject({ kind: 'like' });
  });

  test('and not when it is not owed, or not decided from ledgers', () => {
    expect(scene.asked(WEEK, `participation:${REPLY}:1`)).toBeUndefined();
    expect(scene.asked(WEEK, `hint:${REPLY}`)).toBeUndefined();
    expect(scene.asked(WEEK, `week.open:${WEEK}`)).toBeUndefined();
    expect(scene.asked(WEEK, 'alarm:slack-token-0123456789ab:U0ADMIN001')).toBeUndefined();
  });

  test('by the message that the id names, if it names one', () => {
    expect(aboutAlone(`like:${REPLY}:3`)).toEqual(new Set([REPLY]));
    expect(aboutAlone('month.result:2024-08')).toEqual(new Set());
    expect(aboutAlone('x')).toEqual(new Set());
  });
});

describe('the messages that events touch are', () => {
  const touched = (past: readonly Event[], ...events: Event[]) => {
    const ledgers = ledgersOf(challengeOf(), [...past, ...events]);
    return touchedBy(challengeOf(), events, ledgers[0] as Ledger, ledgers);
  };
  const all = undefined;

  test('a reply that is written, edited or deleted', () => {
    expect(touched([], reply())).toEqual(new Set([REPLY]));
    expect(touched([reply()], edit(REPLY, LATER))).toEqual(new Set([REPLY]));
    expect(touched([reply()], deletion())).toEqual(new Set([REPLY]));
  });

  test('all of the month when a weekly post appears or goes: every reply in its thread counts, or does not', () => {
    expect(touched([reply()], weeklyPost())).toBe(all);
    expect(touched([weeklyPost(), reply()], deletion(WEEKLY))).toBe(all);
    expect(touched([reply()], post(WEEKLY, { text: '[TIL 8월 1주차]' }))).toBe(all);
    expect(touched([], reply(), weeklyPost())).toBe(all);
  });

  test('a message alone that never opened a week', () => {
    expect(touched([], post(OTHER))).toEqual(new Set([OTHER]));
    expect(touched([], deletion(OTHER))).toEqual(new Set([OTHER]));
    expect(touched([], reply(REPLY, { text: 'TIL 8월 1주차' }))).toEqual(new Set([REPLY]));
  });

  test('those that were liked or unliked', () => {
    expect(touched([], like(JIHO, LATER), unlike(JIHO, LATER, { item: OTHER }))).toEqual(new Set([REPLY, OTHER]));
  });

  test('that of an effect which came to its end: its successor may be owed', () => {
    expect(touched([], delivered(`like:${REPLY}:0`))).toEqual(new Set([REPLY]));
    expect(touched([], skipped(`like:${REPLY}:0`))).toEqual(new Set([REPLY]));
    expect(touched([], delivered('month.result:2024-08'))).toEqual(new Set());
  });

  test('none by an attempt or a refusal: the job that made them goes on', () => {
    expect(touched([], attempted(`like:${REPLY}:0`), refused(`like:${REPLY}:0`))).toEqual(new Set());
  });

  test('none by what is about people', () => {
    expect(touched([], profile(JIHO, '지호'))).toEqual(new Set());
  });
});

describe('what an effect made owed is found when it has come to its end', () => {
  const liked = like(JIHO, at('2024-08-06 21:30'));
  const second = like('U0SEOYEON1', at('2024-08-06 21:40'));
  const says = { about: REPLY, covers: { [JIHO]: { at: at('2024-08-06 21:30'), live: true } } };
  const past = [weeklyPost(), reply(), ...announced(REPLY), liked, second, attempted(`like:${REPLY}:0`, { says })];

  test('by a delivery', () => {
    expect(given(past).owed(delivered(`like:${REPLY}:0`))).toMatchObject([{ id: `like:${REPLY}:1` }]);
  });

  test('by being passed over', () => {
    expect(given(past).owed(skipped(`like:${REPLY}:0`, { says }))).toMatchObject([{ id: `like:${REPLY}:1` }]);
  });
});

describe('a reply that is in time for the extended last week of the month before', () => {
  const opened = at('2024-08-26 09:30');
  const ts = at('2024-09-02 08:00');
  const late = reply(ts, { thread: opened });
  const august = [weeklyPost(opened, '2024-W35')];
  const september = [
    weeklyPost(at('2024-09-02 07:30'), '2024-W36'),
    late,
    like(JIHO, at('2024-09-02 08:30'), { item: ts }),
  ];
  const owed = (...choices: Event[]) => {
    const challenge = challengeOf();
    const ledgers = ledgersOf(challenge, [...august, ...september, ...choices]);
    const [elsewhere, own] = [
      ledgers.filter(({ week }) => week < '2024-W36'),
      ledgers.filter(({ week }) => week === '2024-W36'),
    ];
    return decide(challenge, '2024-09', own, undefined, { elsewhere }).map(({ id, kind, ...effect }) => [
      id,
      'post' in effect ? effect.post.week : '',
    ]);
  };

  test('is announced and liked as that week’s, and without the extension the month is closed to it', () => {
    expect(owed(extended('2024-W35', at('2024-09-02 12:00')))).toEqual([
      [`participation:${ts}:0`, '2024-W35'],
      [`like:${ts}:0`, '2024-W35'],
    ]);
    expect(owed()).toEqual([[`hint:${ts}`, '2024-W35']]);
  });

  test('is announced no more when the extension is taken back', () => {
    const announced = told(`participation:${ts}:0`, { about: ts, shows: 'counted:' }, { ts: LATER }).map((event) => ({
      ...event,
      week: '2024-W36',
    }));
    expect(owed(...announced).map(([id]) => id)).toEqual([`participation:${ts}:1`, `hint:${ts}`]);
    expect(owed(...announced, extended('2024-W35', at('2024-09-02 12:00'))).map(([id]) => id)).toEqual([
      `like:${ts}:0`,
    ]);
  });
});
