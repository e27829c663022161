import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Event } from '../../src/events/catalog.ts';
import { type Ts, tsAt } from '../../src/events/timestamp.ts';
import { decide } from '../../src/handlers/decide.ts';
import type { EffectOf, LikeMode } from '../../src/handlers/effect.ts';
import { isUnclear, lastAttempt } from '../../src/handlers/effect-record.ts';
import type { ChosenMode } from '../../src/handlers/like-mode.ts';
import { likeNoticesIn, nextStep, stepsUpTo } from '../../src/handlers/like-steps.ts';
import { emptyLedger, type Ledger } from '../../src/projections/ledger.ts';
import { ledger } from '../../src/projections/ledger-fold.ts';
import { fold } from '../../src/projections/projection.ts';
import {
  at,
  attempted,
  CHANNEL,
  chose,
  delivered,
  like,
  MINSEO,
  REPLY,
  refused,
  skipped,
  told,
  unlike,
  WEEK,
} from '../support/events.ts';
import { challengeOf, given } from '../support/given.ts';
import {
  type Covers,
  closed,
  inferred,
  type Notice,
  notice,
  off,
  on,
  participation,
  posted,
  STANDING,
} from '../support/like-notices.ts';

/** The likers, in the order of their ids, each a minute after the one before. */
const LIKERS = Array.from({ length: 24 }, (_, number) => `U0LIKER${String(number + 1).padStart(3, '0')}`);
const [FIRST, SECOND, FIFTH] = [LIKERS[0], LIKERS[1], LIKERS[4]] as [string, string, string];
const minute = (number: number): Ts => at(`2024-08-06 21:${String(number).padStart(2, '0')}`);
const liked = (from: number, to: number): Event[] =>
  LIKERS.slice(from - 1, to).map((user, position) => like(user, minute(from + position)));
const covering = (from: number, to: number): Covers =>
  Object.fromEntries(LIKERS.slice(from - 1, to).map((user, position) => [user, on(minute(from + position))]));

const idOf = (number: number) => `like:${REPLY}:${number}` as const;
const naming = (names: string[], covers: Covers, total: number) => ({ about: REPLY, covers, total, names });
const changing = (covers: Covers, total: number) => ({ about: REPLY, covers, total, shows: 'total' });

/** The message at the first like, which is told. */
const toldFirst = [...participation, ...liked(1, 1), ...told(idOf(0), naming([FIRST], covering(1, 1), 1), posted)];
/** Four likes, told in one message at the first, which has been changed since. */
const toldFour = [...toldFirst, ...liked(2, 4), ...told(idOf(1), changing(covering(2, 4), 4), posted)];
const five = [FIRST, ...LIKERS.slice(1, 5)];

const fifthMessage: Notice = {
  ...notice,
  id: idOf(2),
  due: minute(5),
  says: naming(five.slice(1), covering(2, 5), 5),
  added: five.slice(1),
  total: 5,
};

/** The message of the first like as it is changed to another total. */
const changed = (number: number, due: Ts, covers: Covers, total: number): Notice => ({
  ...notice,
  id: idOf(number),
  due,
  says: changing(covers, total),
  added: [FIRST],
  total,
  change: STANDING,
});

describe('in steps, a like of another', () => {
  test('is told when it is the first', () => {
    given(participation)
      .when(...liked(1, 1))
      .then({ ...notice, due: minute(1), says: naming([FIRST], covering(1, 1), 1), added: [FIRST] });
  });

  test('between two steps changes the total in the message that stands', () => {
    given(toldFirst)
      .when(...liked(2, 2))
      .then(changed(1, minute(2), covering(2, 2), 2));
  });

  test('that is the fifth is told in a new message, which names whom none has named', () => {
    given(toldFour)
      .when(...liked(5, 5))
      .then(fifthMessage);
  });

  test('that passes several steps at once is one message', () => {
    given(participation)
      .when(...liked(1, 12))
      .then({
        ...notice,
        due: minute(12),
        says: naming(LIKERS.slice(0, 12), covering(1, 12), 12),
        added: LIKERS.slice(0, 12),
        total: 12,
      });
  });

  test('given, taken back and given again tells no step twice', () => {
    const [later, latest] = [minute(30), minute(31)];
    const atFive = [...toldFour, ...liked(5, 5), ...told(idOf(2), fifthMessage.says ?? {}, posted)];
    const standing = { ...fifthMessage, change: STANDING };
    const fewer = { ...standing, id: idOf(3), due: later, says: changing({ [FIFTH]: off(later) }, 4) };
    given(atFive)
      .when(unlike(FIFTH, later))
      .then({ ...fewer, added: five.slice(1, 4), removed: 1, total: 4 });
    given(atFive, unlike(FIFTH, later), told(idOf(3), fewer.says, posted))
      .when(like(FIFTH, latest))
      .then({ ...standing, id: idOf(4), due: latest, says: changing({ [FIFTH]: on(latest) }, 5) });
  });

  test('reaches a step also when its liker was named before, and names nobody twice', () => {
    const [later, latest] = [minute(30), minute(31)];
    const back = [unlike(FIRST, later), ...told(idOf(2), changing({ [FIRST]: off(later) }, 3), posted)];
    const fifth = [...liked(5, 5), ...told(idOf(3), changing(covering(5, 5), 4), posted)];
    given(toldFour, back, fifth)
      .when(like(FIRST, latest))
      .then({
        ...fifthMessage,
        id: idOf(4),
        due: latest,
        says: naming(five.slice(1), { ...covering(2, 5), [FIRST]: on(latest) }, 5),
      });
  });

  test('names at a step those alone whose likes are a day old at most', () => {
    const nextDay = at('2024-08-07 21:04');
    given(toldFour)
      .when(like(FIFTH, nextDay))
      .then({
        ...fifthMessage,
        due: nextDay,
        says: naming([LIKERS[3] as string, FIFTH], { ...covering(4, 4), [FIFTH]: on(nextDay) }, 5),
        added: [LIKERS[3] as string, FIFTH],
      });
  });

  test('that reaches a step is told again after a refusal, with those who came since', () => {
    const attempt = attempted(idOf(2), { says: fifthMessage.says });
    given(toldFour, liked(5, 5), attempt, refused(idOf(2)))
      .when(...liked(6, 6))
      .then({
        ...fifthMessage,
        id: idOf(3),
        due: minute(6),
        says: naming(LIKERS.slice(1, 6), covering(2, 6), 6),
        added: LIKERS.slice(1, 6),
        total: 6,
      });
  });

  test('whose message may have been sent is cleared up before what stands is changed', () => {
    const attempt = attempted(idOf(2), { says: fifthMessage.says });
    given(toldFour, liked(5, 5), attempt).when().then(fifthMessage);
    given(toldFour, liked(5, 5), attempt)
      .when(unlike(FIRST, minute(30)))
      .then({
        ...fifthMessage,
        due: minute(30),
        says: { about: REPLY, covers: {} },
        added: [],
        removed: 1,
        total: 4,
        withdrawn: true,
      });
  });
});

describe('in steps, a like of one’s own', () => {
  test('is not told, and reaches no step', () => {
    given(participation)
      .when(like(MINSEO, minute(0)))
      .then();
    given(participation, like(MINSEO, minute(0)), told(idOf(0), naming([], covering(1, 3), 4), posted), liked(1, 3))
      .when(...liked(4, 4))
      .then({ ...changed(1, minute(4), covering(4, 4), 5), added: [] });
  });

  test('is counted in the total, also in that of the message that stands', () => {
    given(toldFirst)
      .when(like(MINSEO, minute(30)))
      .then(changed(1, REPLY, {}, 2));
    given(toldFirst, like(MINSEO, minute(30)), told(idOf(1), changing({}, 2), posted))
      .when()
      .then();
  });

  test('is not counted where the rules say so', () => {
    given(toldFirst)
      .under({ rules: { selfLikes: false } })
      .when(like(MINSEO, minute(30)))
      .then();
  });
});

describe('in steps, likes that were not heard or not told in time', () => {
  test('come as one message with the total where nothing stands', () => {
    given(participation)
      .when(inferred(FIRST), inferred(SECOND))
      .then({
        ...notice,
        due: REPLY,
        says: naming([], { [FIRST]: on(REPLY), [SECOND]: on(REPLY) }, 2),
        added: [],
        total: 2,
      });
  });

  test('change what stands, and pass the step that they reach', () => {
    given(toldFour)
      .when(inferred(FIFTH))
      .then(changed(2, REPLY, { [FIFTH]: on(REPLY) }, 5));
    given(toldFour, inferred(FIFTH), told(idOf(2), changing({ [FIFTH]: on(REPLY) }, 5), posted))
      .when(...liked(6, 6))
      .then(changed(3, minute(6), covering(6, 6), 6));
  });

  test('of a closed month are no step, but change what stands', () => {
    given(participation, closed).when(inferred(FIRST)).then();
    given(toldFirst, closed)
      .when(inferred(SECOND))
      .then(changed(1, REPLY, { [SECOND]: on(REPLY) }, 2));
  });

  test('come as the total in what stands, and the step is passed', () => {
    const late = skipped(idOf(2), { at: minute(50), says: fifthMessage.says });
    given(toldFour, liked(5, 5), late)
      .when()
      .then(changed(3, REPLY, {}, 5));
    given(toldFour, liked(5, 5), late, told(idOf(3), changing({}, 5), posted))
      .when(...liked(6, 6))
      .then(changed(4, minute(6), covering(6, 6), 6));
  });
});

describe('a change of the mode tells nobody of the past', () => {
  const { total: _, ...seven } = naming(LIKERS.slice(0, 7), covering(1, 7), 7);
  const toldEach = [...participation, ...liked(1, 7), ...told(idOf(0), seven, posted)];
  const stands = { ...notice, change: STANDING, added: LIKERS.slice(0, 7) };

  test('from each: the steps below are passed, and the next is told', () => {
    given(toldEach).when().then();
    given(toldEach, like(MINSEO, minute(40)))
      .when()
      .then();
    given(toldEach)
      .when(...liked(8, 8))
      .then({ ...stands, id: idOf(1), due: minute(8), says: changing(covering(8, 8), 8), total: 8 });
    given(toldEach)
      .when(...liked(8, 10))
      .then({
        ...notice,
        id: idOf(1),
        due: minute(10),
        says: naming(LIKERS.slice(7, 10), covering(8, 10), 10),
        added: LIKERS.slice(7, 10),
        total: 10,
      });
  });

  const untold = { ...notice, added: [], unsaid: 'no step' };
  const switchedOff = skipped(idOf(0), {
    reason: 'likes are not told',
    says: { about: REPLY, covers: covering(1, 7) },
  });
  const toldNobody = [...participation, ...liked(1, 7), switchedOff];

  test('from off: the steps below are passed; what is between is recorded, since no message shows it', () => {
    given(toldNobody).when().then();
    given(toldNobody)
      .when(inferred(LIKERS[7] as string))
      .then();
    given(toldNobody)
      .when(...liked(8, 8))
      .then({
        ...untold,
        id: idOf(1),
        due: minute(8),
        says: { about: REPLY, covers: covering(8, 8), total: 8 },
        total: 8,
      });
    given(toldNobody)
      .when(...liked(8, 10))
      .then({
        ...notice,
        id: idOf(1),
        due: minute(10),
        says: naming(LIKERS.slice(7, 10), covering(8, 10), 10),
        added: LIKERS.slice(7, 10),
        total: 10,
      });
  });

  test('to off and back: what stands is left alone until somebody likes', () => {
    const isOff = skipped(idOf(2), { reason: 'likes are not told', says: { about: REPLY, covers: covering(5, 7) } });
    given(toldFour, liked(5, 7), isOff).when().then();
    given(toldFour, liked(5, 7), isOff)
      .when(...liked(8, 8))
      .then(changed(3, minute(8), covering(8, 8), 8));
  });

  test('to each: what was between two steps is no news', () => {
    const between = skipped(idOf(1), {
      reason: 'no step',
      says: { about: REPLY, covers: covering(8, 8), total: 8 },
    });
    const each = { notify: { likes: 'each' } } as const;
    given(toldFour).under(each).when().then();
    given(toldNobody, liked(8, 8), between).under(each).when().then();
  });

  test('to card: the message that stands is the card', () => {
    const { says, ...card } = changed(2, minute(5), covering(5, 5), 5);
    given(toldFour)
      .under({ notify: { likes: 'card' } })
      .when(...liked(5, 5))
      .then({ ...card, says: { about: REPLY, covers: covering(5, 5), shows: 'total' } });
    const fresh = { ...notice, due: minute(1), says: { about: REPLY, covers: covering(1, 1), names: [FIRST] } };
    given(participation)
      .under({ notify: { likes: 'card' } })
      .when(...liked(1, 1))
      .then({ ...fresh, added: [FIRST] });
  });
});

describe('the steps', () => {
  test('are the 1st, the 5th and every 10th', () => {
    const counts = [0, 1, 2, 4, 5, 9, 10, 19, 20, 29, 30, 100];
    expect(counts.map(stepsUpTo)).toEqual([0, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 12]);
    expect(counts.map(nextStep)).toEqual([1, 5, 5, 5, 10, 10, 20, 20, 30, 30, 40, 110]);
  });

  test('are reached one by one: at the next step, and not before', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100_000 }), (count) => {
        expect(nextStep(count)).toBeGreaterThan(count);
        expect(stepsUpTo(nextStep(count) - 1)).toBe(stepsUpTo(count));
        expect(stepsUpTo(nextStep(count))).toBe(stepsUpTo(count) + 1);
      }),
    );
  });
});

/** What may happen around one post. `arrives`, of a call without an answer: whether it did what it was to do. */
type Step =
  | { do: 'like' | 'unlike'; user: string }
  | { do: 'send' }
  | { do: 'call'; arrives: boolean }
  | { do: 'choose'; mode: LikeMode };

const someLikers = (count: number) => fc.constantFrom(...LIKERS.slice(0, count), MINSEO);
const steps = (...others: fc.Arbitrary<Step>[]): fc.Arbitrary<Step[]> =>
  fc
    .integer({ min: 1, max: 24 })
    .chain((count) =>
      fc.array(
        fc.oneof(
          { weight: 8, arbitrary: fc.record({ do: fc.constant('like' as const), user: someLikers(count) }) },
          { weight: 2, arbitrary: fc.record({ do: fc.constant('unlike' as const), user: someLikers(count) }) },
          ...others.map((arbitrary) => ({ weight: 2, arbitrary })),
        ),
        { maxLength: 120, size: 'max' },
      ),
    );

const send = fc.constant<Step>({ do: 'send' });
const choose = fc.record({
  do: fc.constant('choose' as const),
  mode: fc.constantFrom<LikeMode>('steps', 'each', 'card', 'off'),
});
const call = fc.record({ do: fc.constant('call' as const), arrives: fc.boolean() });

interface Message {
  names: string[];
  /** How many others liked the post when the message was worded. */
  others: number;
}

/** The author's conversation with the bot, as the steps leave it. */
const createConversation = () => {
  const challenge = challengeOf();
  let week: Ledger = fold(ledger, emptyLedger(CHANNEL, WEEK), participation);
  const liking = new Set<string>();
  const messages: Message[] = [];
  /** The total of the last message. */
  let shown: number | undefined;
  let most = 0;
  let clock = 0;
  let unknown: (() => Event[]) | undefined;
  const now = (): Ts => tsAt((1_722_949_200 + (clock += 1)) * 1000);
  const others = (): number => liking.size - (liking.has(MINSEO) ? 1 : 0);
  const note = (...events: Event[]): void => {
    week = fold(ledger, week, events);
  };
  const owed = (): EffectOf<'like'> | undefined =>
    decide(challenge, '2024-08', [week], new Set([REPLY])).find((effect) => effect.kind === 'like');

  /** Makes a call to Slack; gives what is then to be recorded. */
  const done = (effect: EffectOf<'like'>, attempt: number): Event[] => {
    if (!effect.change) messages.push({ names: effect.added, others: others() });
    shown = effect.total;
    const ts = effect.change?.ts ?? tsAt((1_800_000_000 + messages.length) * 1000);
    return [delivered(effect.id, { attempt, to: STANDING.channel, ts })];
  };

  /** One try; `arrives` undefined: it is answered. Says whether there was something to do. */
  const tryOnce = (arrives: boolean | undefined): boolean => {
    const effect = owed();
    const id = effect?.id ?? Object.keys(week.effects).findLast((each) => each.startsWith('like:'));
    const record = id ? week.effects[id] : undefined;
    if (isUnclear(record) && !effect?.change && unknown) {
      // What a look-up finds was delivered.
      const found = unknown();
      unknown = undefined;
      note(...found);
      if (found.length > 0) return true;
    }
    const attempt = lastAttempt(record) + 1;
    if (!effect || effect.withdrawn) {
      if (id && isUnclear(record))
        note(skipped(id, { reason: 'no longer due', ...(effect?.says ? { says: effect.says } : {}) }));
      return effect !== undefined;
    }
    note(attempted(effect.id, { attempt, says: effect.says }));
    if (effect.unsaid) {
      note(skipped(effect.id, { reason: effect.unsaid, attempt, says: effect.says }));
      return true;
    }
    if (arrives === undefined) note(...done(effect, attempt));
    else {
      const found = arrives ? done(effect, attempt) : [];
      unknown = () => found;
    }
    return true;
  };

  const sendAll = (): void => {
    for (let tries = 0; tryOnce(undefined); tries++) if (tries > 20) throw new Error('no end');
  };

  return {
    messages,
    othersNow: others,
    mostOthers: () => most,
    take: (step: Step): void => {
      if (step.do === 'send') sendAll();
      if (step.do === 'call') tryOnce(step.arrives);
      if (step.do === 'choose') note(chose(MINSEO, 'likes', step.mode, now()));
      if (step.do === 'send' || step.do === 'call' || step.do === 'choose') return;
      if (step.do === 'like') liking.add(step.user);
      else liking.delete(step.user);
      most = Math.max(most, others());
      note(step.do === 'like' ? like(step.user, now()) : unlike(step.user, now()));
    },
    end: (): { shown: number | undefined; total: number; owed: unknown } => {
      sendAll();
      return { shown, total: liking.size, owed: owed() };
    },
  };
};

test('whatever is liked, taken back, sent, or sent without an answer: no step is told twice, nobody named twice, and the last total is true', () => {
  let reached = 0;
  fc.assert(
    fc.property(steps(send, call), (story) => {
      const conversation = createConversation();
      for (const step of story) conversation.take(step);
      const { shown, total, owed } = conversation.end();
      expect(owed).toBeUndefined();
      const { messages, mostOthers } = conversation;
      // Each message tells of a step above those of all before it, so there are not more of them than steps.
      const told = messages.map(({ others }) => stepsUpTo(others));
      expect(told).toEqual([...new Set(told)].sort((left, right) => left - right));
      expect(messages.length).toBeLessThanOrEqual(stepsUpTo(mostOthers()));
      const named = messages.flatMap(({ names }) => names);
      expect(new Set(named).size).toBe(named.length);
      expect(named).not.toContain(MINSEO);
      if (messages.length > 0) expect(shown).toBe(total);
      else expect(stepsUpTo(conversation.othersNow())).toBe(0);
      reached = Math.max(reached, messages.length);
    }),
    { numRuns: 300 },
  );
  expect(reached).toBeGreaterThan(2);
});

test('when each like is sent by itself, there are as many messages as steps up to the most who ever liked it at once', () => {
  fc.assert(
    fc.property(steps(), (story) => {
      const conversation = createConversation();
      for (const step of story) {
        conversation.take(step);
        conversation.take({ do: 'send' });
      }
      expect(conversation.messages.length).toBe(stepsUpTo(conversation.mostOthers()));
      const likes = story.flatMap((step) =>
        'user' in step && step.user !== MINSEO ? [{ user: step.user, live: step.do === 'like' }] : [],
      );
      expect(likeNoticesIn('steps', likes).length).toBe(conversation.messages.length);
      expect(likeNoticesIn('each', likes).length).toBe(
        new Set(likes.flatMap(({ user, live }) => (live ? user : []))).size,
      );
    }),
    { numRuns: 200 },
  );
});

test('whatever an author chooses in between, each like sent by itself gives the message that it is said to give', () => {
  const counts = new Map<LikeMode, number>();
  fc.assert(
    fc.property(steps(choose), (story) => {
      const conversation = createConversation();
      const likes: { user: string; live: boolean; step: number; chosen: ChosenMode }[] = [];
      const gave: number[] = [];
      let chosen: ChosenMode = { mode: 'steps' };
      story.forEach((step, position) => {
        const before = conversation.messages.length;
        conversation.take(step);
        if (step.do === 'choose') chosen = { mode: step.mode, at: String(position) };
        // A choice alone says nothing.
        conversation.take({ do: 'send' });
        if (!('user' in step)) expect(conversation.messages.length).toBe(before);
        else if (step.user !== MINSEO)
          likes.push({ user: step.user, live: step.do === 'like', step: position, chosen });
        if (conversation.messages.length > before) gave.push(position);
        if (conversation.messages.length > before) counts.set(chosen.mode, (counts.get(chosen.mode) ?? 0) + 1);
      });
      expect(likeNoticesIn((like) => like.chosen, likes).map(({ step }) => step)).toEqual(gave);
      const named = conversation.messages.flatMap(({ names }) => names);
      expect(new Set(named).size).toBe(named.length);
    }),
    { numRuns: 120 },
  );
  expect([...counts.keys()].sort()).toEqual(['card', 'each', 'steps']);
});

test('likes decided one by one: each liker once, one card, the steps, or nobody', () => {
  const likes = [...LIKERS, ...LIKERS.slice(0, 3)].map((user, when) => ({ user, live: true, when }));
  const whens = (mode: Parameters<typeof likeNoticesIn>[0]) => likeNoticesIn(mode, likes).map(({ when }) => when + 1);
  expect(whens('each')).toEqual(LIKERS.map((_, position) => position + 1));
  expect(whens('steps')).toEqual([1, 5, 10, 20]);
  expect(whens('card')).toEqual([1]);
  expect(whens('off')).toEqual([]);
});
