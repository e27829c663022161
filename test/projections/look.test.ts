import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Event } from '../../src/events/catalog.ts';
import { weekOfEvent } from '../../src/events/key.ts';
import { calendarOf, monthOf, type Week } from '../../src/events/week.ts';
import type { Challenge } from '../../src/projections/challenge.ts';
import { emptyLedger, type Ledger } from '../../src/projections/ledger.ts';
import { ledger } from '../../src/projections/ledger-fold.ts';
import { createLook, type Look } from '../../src/projections/look.ts';
import type { Message } from '../../src/projections/message.ts';
import { viewMonth } from '../../src/projections/month-view.ts';
import { fold } from '../../src/projections/projection.ts';
import { disordered, season } from '../support/arbitrary.ts';
import {
  at,
  CHANNEL,
  extended,
  like,
  linkAt,
  profile,
  reply,
  unlike,
  WEEK,
  WEEKLY,
  weeklyPost,
} from '../support/events.ts';
import { challengeOf } from '../support/given.ts';

/** All that a view says, with what is only found when it is asked for. */
const whole = (challenge: Challenge, week: Week, ledgers: readonly Ledger[], look?: Look) => {
  const { rows, readers, ...view } = viewMonth(challenge, monthOf(week), ledgers, look);
  return { ...view, rows, readers };
};

/** The ledgers of a season after each of its events. */
const steps = function* (challenge: Challenge, events: readonly Event[]) {
  const calendar = calendarOf(challenge.timeZone);
  const ledgers = new Map<Week, Ledger>();
  for (const event of events) {
    const week = weekOfEvent(event, calendar);
    ledgers.set(week, fold(ledger, ledgers.get(week) ?? emptyLedger(CHANNEL, week), [event]));
    const own = [...ledgers.values()].filter((each) => monthOf(each.week) === monthOf(week));
    yield { week, ledgers: own.sort((left, right) => (left.week < right.week ? -1 : 1)) };
  }
};

test.each(['once-a-month', 'count'] as const)(
  'what is taken over from before is what is found anew, with repeats: %s',
  (repeats) => {
    const challenge = challengeOf({ rules: { repeats, selfLikes: false }, blogs: ['velog.io', '*.github.io'] });
    fc.assert(
      fc.property(season.chain(disordered), (events) => {
        const look = createLook();
        for (const { week, ledgers } of steps(challenge, events)) {
          // Of copies nothing is known.
          const anew = whole(structuredClone(challenge), week, structuredClone(ledgers));
          expect(whole(challenge, week, ledgers, look)).toEqual(anew);
        }
      }),
      { numRuns: 60 },
    );
  },
);

test('other rules read the same messages otherwise, one after the other', () => {
  const challenge = challengeOf();
  // As they are compared: what is not another stays the same object.
  const others: Challenge[] = [
    challenge,
    { ...challenge, rules: { ...challenge.rules, likes: ['heart'] } },
    { ...challenge, blogs: ['evil.example'] },
  ];
  fc.assert(
    fc.property(season, (events) => {
      const look = createLook();
      for (const { week, ledgers } of [...steps(challenge, events)].slice(-6))
        for (const other of [...others, challenge])
          expect(whole(other, week, ledgers, look)).toEqual(
            whole(structuredClone(other), week, structuredClone(ledgers)),
          );
    }),
    { numRuns: 60 },
  );
});

/** A week of so many replies that each of thirty people likes. */
const busyWeek = (replies: number): { state: Ledger; ts: string[] } => {
  const ts = Array.from({ length: replies }, (_, number) => `1722900${String(100 + number)}.000100`);
  const people = Array.from({ length: 30 }, (_, number) => `U0MEMBER${number}`);
  const written = ts.map((each, number) =>
    reply(each, { author: { user: people[number % 30] as string }, links: [linkAt(each)] }),
  );
  const likes = ts.flatMap((item, number) =>
    people.map((user, position) => like(user, `17229${10_000 + number * 30 + position}.000100`, { item })),
  );
  return { state: fold(ledger, emptyLedger(CHANNEL, '2024-W32'), [weeklyPost(WEEKLY), ...written, ...likes]), ts };
};

/** Counts how often a message's reactions are looked at. */
const counted = (message: Message, looks: { count: number }): Message => {
  const { reactions = {}, ...others } = message;
  return {
    ...others,
    get reactions() {
      looks.count += 1;
      return reactions;
    },
  };
};

test('a like more looks at the reactions of one message, not of all', () => {
  const challenge = challengeOf();
  const { state, ts } = busyWeek(100);
  const looks = { count: 0 };
  const messages = Object.fromEntries(Object.entries(state.messages).map(([key, each]) => [key, counted(each, looks)]));
  const before: Ledger = { ...state, messages };
  const look = createLook();
  whole(challenge, before.week, [before], look);
  expect(looks.count).toBeGreaterThanOrEqual(100);
  const item = ts[50] as string;
  const rest = (of: Ledger): Ledger => ({
    ...before,
    people: of.people,
    messages: { ...messages, [item]: of.messages[item] as Message },
  });
  for (const event of [
    like('U0MEMBER7', '1723200000.000100', { item, name: 'thumbsup' }),
    unlike('U0MEMBER7', '1723200001.000100', { item, name: 'thumbsup' }),
  ]) {
    looks.count = 0;
    const { rows } = viewMonth(challenge, '2024-08', [rest(fold(ledger, state, [event]))], look);
    expect(Object.keys(rows.people)).toHaveLength(31);
    // What the message was: who was seen by it, and who liked it.
    expect(looks.count).toBeLessThanOrEqual(3);
  }
});

test('whoever was seen first in what is taken back is looked for again', () => {
  const challenge = challengeOf();
  const look = createLook();
  const first = fold(ledger, emptyLedger(CHANNEL, '2024-W32'), [
    weeklyPost(WEEKLY),
    reply(),
    like('U0MEMBER1', at('2024-08-07 10:00')),
    like('U0MEMBER1', at('2024-08-08 10:00'), { name: 'heart' }),
  ]);
  const seenIn = (of: Ledger, by?: Look) => viewMonth(challenge, '2024-08', [of], by).rows.people['U0MEMBER1']?.seen;
  seenIn(first, look);
  const next = fold(ledger, first, [unlike('U0MEMBER1', at('2024-08-09 10:00'))]);
  expect(seenIn(next, look)).toBe(seenIn(structuredClone(next)));
  expect(seenIn(next, look)).toBe(at('2024-08-08 10:00'));
});

/** The view after a first and after more events, taken over from before; it must be what is found anew. */
const after = (first: readonly Event[], more: readonly Event[]) => {
  const challenge = challengeOf();
  const look = createLook();
  const before = fold(ledger, emptyLedger(CHANNEL, '2024-W32'), [weeklyPost(WEEKLY), ...first]);
  whole(challenge, before.week, [before], look);
  const next = fold(ledger, before, more);
  const view = whole(challenge, next.week, [next], look);
  expect(view).toEqual(whole(structuredClone(challenge), next.week, structuredClone([next])));
  return view;
};

test('a reply has fewer links when an earlier one with one of them becomes known', () => {
  const [early, late] = [at('2024-08-06 10:00'), at('2024-08-06 20:00')];
  const links = [linkAt(early), linkAt(late)];
  const view = after([reply(late, { links })], [reply(early, { links: [linkAt(early)] })]);
  expect(view.weekSnapshots[0]?.posts.map((post) => post.links.length)).toEqual([1, 1]);
});

test('likes of somebody who turns out to be a bot are likes no more', () => {
  const first = [reply(), like('U0OTHERBOT', at('2024-08-07 10:00'))];
  const view = after(first, [profile('U0OTHERBOT', 'bot', { bot: true })]);
  expect(view.weekSnapshots[0]?.posts.map(({ likes }) => likes)).toEqual([0]);
});

test('a late reply is in time when its week is extended', () => {
  const challenge = challengeOf();
  const ts = at('2024-08-12 10:00');
  const [of32, of33] = [
    fold(ledger, emptyLedger(CHANNEL, '2024-W32'), [weeklyPost(WEEKLY)]),
    fold(ledger, emptyLedger(CHANNEL, '2024-W33'), [reply(ts, { thread: WEEKLY })]),
  ];
  const look = createLook();
  const lateness = (ledgers: readonly Ledger[]) =>
    whole(challenge, WEEK, ledgers, look).weekSnapshots[0]?.posts.map(({ late }) => late);
  expect(lateness([of32, of33])).toEqual([true]);
  expect(lateness([fold(ledger, of32, [extended(WEEK, at('2024-08-12 12:00'))]), of33])).toEqual([false]);
});

test('what is gone from a ledger that was made anew is not remembered', () => {
  const challenge = challengeOf();
  const look = createLook();
  const of = (...events: Event[]) => fold(ledger, emptyLedger(CHANNEL, WEEK), [weeklyPost(WEEKLY), ...events]);
  const peopleOf = (state: Ledger) => Object.keys(whole(challenge, WEEK, [state], look).rows.people);
  const first = of(reply(), like('U0MEMBER1', at('2024-08-07 10:00')));
  const { messages, people } = first;
  expect(peopleOf(first)).toContain('U0MEMBER1');
  const [weekly] = Object.entries(messages).filter(([, { thread }]) => !thread);
  expect(peopleOf({ ...first, people, messages: Object.fromEntries([weekly as [string, Message]]) })).not.toContain(
    'U0MEMBER1',
  );
});
