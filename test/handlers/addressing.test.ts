import { describe, expect, test } from 'vitest';
import { secondsOf } from '../../src/events/timestamp.ts';
import type { Effect } from '../../src/handlers/effect.ts';
import {
  at,
  CHANNEL,
  deletion,
  JIHO,
  like,
  MINSEO,
  post as posted,
  REPLY,
  SEOYEON,
  unlike,
  WEEK,
} from '../support/events.ts';
import { challengeOf, isStale, mentionedBy, personOf, recipientById, recipientOf } from '../support/given.ts';

const ADMIN = 'U0ADMIN001';
const challenge = challengeOf();
const common = { week: WEEK, due: REPLY };
const post = { ts: REPLY, author: MINSEO, week: WEEK };

const effects = {
  'week.open': { ...common, id: `week.open:${WEEK}`, kind: 'week.open', opens: WEEK },
  participation: { ...common, id: `participation:${REPLY}:0`, kind: 'participation', post },
  like: { ...common, id: `like:${REPLY}:0`, kind: 'like', post, added: [JIHO, SEOYEON], removed: 0, total: 2 },
  hint: { ...common, id: `hint:${REPLY}`, kind: 'hint', post, reason: { why: 'no-link' } },
  'month.result': {
    ...common,
    id: 'month.result:2024-08',
    kind: 'month.result',
    month: '2024-08',
    challengers: [
      { id: JIHO, likes: 2 },
      { id: MINSEO, likes: 1 },
    ],
    special: [JIHO],
    weeks: [WEEK],
  },
  'catch-up': {
    ...common,
    id: 'catch-up:2024-08-08',
    kind: 'catch-up',
    date: '2024-08-08',
    posts: [{ ts: REPLY, author: MINSEO, week: WEEK }],
  },
  digest: {
    ...common,
    due: at('2024-08-09 12:00'),
    id: `digest:${WEEK}`,
    kind: 'digest',
    posts: [{ ts: REPLY, author: MINSEO, week: WEEK }],
    count: 1,
    people: 1,
    together: 1,
  },
  remind: {
    ...common,
    id: `remind:${MINSEO}`,
    kind: 'remind',
    user: MINSEO,
    why: 'wrote lately',
    wording: 0,
    ends: 'today',
  },
  note: { ...common, id: `note:${MINSEO}`, kind: 'note', user: MINSEO, run: 3, posts: 3, longest: 3 },
  comeback: {
    ...common,
    id: `comeback:${MINSEO}`,
    kind: 'comeback',
    user: MINSEO,
    why: 'a month begins',
    posts: 1,
    recent: [{ ts: REPLY, author: MINSEO, week: WEEK }],
  },
  firststep: { ...common, id: `firststep:${MINSEO}`, kind: 'firststep', user: MINSEO },
  alarm: { ...common, id: 'alarm:x', kind: 'alarm', code: 'slack-token', subject: 'x', admin: ADMIN },
} satisfies { [K in Effect['kind']]: Effect & { kind: K } };

describe('too late to be worth saying is', () => {
  const isLate = (effect: Effect, local: string, settings = challenge): boolean =>
    isStale(settings, effect, secondsOf(at(local)));

  test('a weekly post outside its week', () => {
    expect(isLate(effects['week.open'], '2024-08-05 00:00')).toBe(false);
    expect(isLate(effects['week.open'], '2024-08-11 23:59')).toBe(false);
    expect(isLate(effects['week.open'], '2024-08-12 00:00')).toBe(true);
    expect(isLate(effects['week.open'], '2024-08-04 23:59')).toBe(true);
  });

  test('a message about what was missed when its day is over', () => {
    expect(isLate(effects['catch-up'], '2024-08-08 23:59')).toBe(false);
    expect(isLate(effects['catch-up'], '2024-08-09 00:00')).toBe(true);
  });

  test("a month's result when the month after it is over", () => {
    expect(isLate(effects['month.result'], '2024-09-02 09:20')).toBe(false);
    expect(isLate(effects['month.result'], '2024-10-06 23:59')).toBe(false); // Still September's last week.
    expect(isLate(effects['month.result'], '2024-10-07 00:00')).toBe(true);
    expect(isLate({ ...effects['month.result'], month: '2024-12' }, '2025-01-06 09:20')).toBe(false);
  });

  test('a digest after three hours', () => {
    expect(isLate(effects.digest, '2024-08-09 15:00')).toBe(false);
    expect(isLate(effects.digest, '2024-08-09 15:00:01')).toBe(true);
    const change = { channel: CHANNEL, ts: REPLY };
    expect(isLate({ ...effects.digest, change }, '2024-08-20 12:00')).toBe(false);
  });

  test.each(['participation', 'like', 'hint', 'alarm'] as const)('a %s after a day', (kind) => {
    expect(isLate(effects[kind], '2024-08-07 20:00')).toBe(false);
    expect(isLate(effects[kind], '2024-08-07 20:00:01')).toBe(true);
  });

  test('after as many hours as the challenge says', () => {
    const patient = challengeOf({ notify: { maxAgeHours: 48 } });
    expect(isLate(effects.like, '2024-08-08 20:00', patient)).toBe(false);
    expect(isLate(effects.like, '2024-08-08 20:00:01', patient)).toBe(true);
  });
});

describe('an effect goes', () => {
  test.each(['week.open', 'participation', 'digest', 'month.result'] as const)('to the channel: %s', (kind) => {
    expect(recipientOf(challenge, effects[kind])).toBe(CHANNEL);
  });

  test.each(['like', 'hint'] as const)('to the author of the reply alone: %s', (kind) => {
    expect(recipientOf(challenge, effects[kind])).toBe(MINSEO);
  });

  test.each(['remind', 'note', 'comeback', 'firststep'] as const)('to the person whom it is for: %s', (kind) => {
    expect(recipientOf(challenge, effects[kind])).toBe(MINSEO);
    expect(recipientById(challenge, `${kind}:${MINSEO}`)).toBe(MINSEO);
    expect(isStale(challenge, effects[kind], secondsOf(effects[kind].due) + 3 * 3600)).toBe(false);
    expect(isStale(challenge, effects[kind], secondsOf(effects[kind].due) + 3 * 3600 + 1)).toBe(true);
  });

  test('to the admin: alarm', () => {
    expect(recipientOf(challenge, effects.alarm)).toBe(ADMIN);
  });

  test('that is owed no more, to whom its id says, if it says it', () => {
    expect(recipientById(challenge, `alarm:x:${ADMIN}`)).toBe(ADMIN);
    expect(recipientById(challenge, `participation:${REPLY}:0`)).toBe(CHANNEL);
    expect(recipientById(challenge, `like:${REPLY}:0`)).toBeUndefined();
    expect(recipientById(challenge, 'reminder:x')).toBeUndefined();
  });
});

test.each([
  ['week.open', []],
  ['participation', [MINSEO]],
  ['like', [JIHO, SEOYEON]],
  ['hint', []],
  ['month.result', [JIHO, MINSEO]],
  ['alarm', []],
] as const)('%s names %j', (kind, people) => {
  expect(mentionedBy(effects[kind])).toEqual(people);
});

describe('the person of an event is', () => {
  const base = { v: 1, channel: CHANNEL, at: REPLY } as const;

  test('the writer of a message, unless that is a bot', () => {
    expect(personOf(posted(REPLY))).toBe(MINSEO);
    expect(personOf(posted(REPLY, { author: { user: MINSEO, bot: 'B0OTHERBOT' } }))).toBeUndefined();
    const { author: _, ...anonymous } = posted(REPLY);
    expect(personOf(anonymous)).toBeUndefined();
  });

  test('who reacts, and who joins', () => {
    expect(personOf(like(JIHO, REPLY))).toBe(JIHO);
    expect(personOf({ ...base, kind: 'member.joined', user: SEOYEON })).toBe(SEOYEON);
  });

  test('nobody where nobody new is shown', () => {
    expect(personOf(unlike(JIHO, REPLY))).toBeUndefined();
    expect(personOf(deletion())).toBeUndefined();
    expect(personOf({ ...base, kind: 'member.left', user: SEOYEON })).toBeUndefined();
  });
});
