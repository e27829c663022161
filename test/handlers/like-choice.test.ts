import { describe, expect, test } from 'vitest';
import type { Event } from '../../src/events/catalog.ts';
import { plusWeeks } from '../../src/events/week.ts';
import { decide } from '../../src/handlers/decide.ts';
import type { Background, Effect } from '../../src/handlers/effect.ts';
import {
  at,
  attempted,
  chose,
  delivered,
  JIHO,
  like,
  MINSEO,
  REPLY,
  refused,
  reply,
  SEOYEON,
  skipped,
  told,
  WEEK,
  weeklyPost,
} from '../support/events.ts';
import { challengeOf, given, ledgersOf, type Settings } from '../support/given.ts';
import {
  changing,
  covering,
  ELEVEN,
  FIRST,
  inferred,
  jihoTold,
  NINE,
  naming,
  notice,
  on,
  participation,
  posted,
  SECOND,
  STANDING,
  TEN,
  THIRD,
} from '../support/like-notices.ts';

const MODES = ['steps', 'each', 'card', 'off'] as const;
const [BEFORE, EARLY] = [at('2024-08-06 12:00'), at('2024-08-06 11:00')];
const likes = (value: (typeof MODES)[number], when = BEFORE): Event => chose(MINSEO, 'likes', value, when);
const under = (mode: (typeof MODES)[number]): Settings => ({ notify: { likes: mode } });

/** What is decided of the likes, when they are all that is owed. */
const kindOf = (effects: Effect[]): string => {
  const [effect, ...others] = effects;
  if (others.length > 0) throw new Error('expected one effect at most');
  if (effect?.kind !== 'like') return 'nothing';
  if (effect.unsaid) return effect.unsaid;
  return effect.change ? 'changes what stands' : `names ${effect.added.length}`;
};

describe("a member's own choice of like notices", () => {
  test.each(MODES)('goes before what the challenge says: %s', (mode) => {
    const two = [...jihoTold, likes('each')];
    const own = (value: (typeof MODES)[number]) =>
      kindOf(
        given(...jihoTold, likes(value))
          .under(under(mode))
          .owed(like(SEOYEON, TEN)),
      );
    expect(own('each')).toBe('names 1');
    expect(own('steps')).toBe('changes what stands');
    expect(own('card')).toBe('changes what stands');
    expect(own('off')).toBe('likes are not told');
    // And is nobody else's.
    expect(
      kindOf(
        given(...two, chose(JIHO, 'likes', 'off'))
          .under(under(mode))
          .owed(like(SEOYEON, TEN)),
      ),
    ).toBe('names 1');
  });

  test('is carried by the notice, so that it is worded as it was decided', () => {
    const says = naming([JIHO], { [JIHO]: on(NINE) });
    given(...participation, likes('card'))
      .under(under('each'))
      .when(like(JIHO, NINE))
      .then({ ...notice, mode: 'card' });
    given(...participation, likes('steps'))
      .under(under('off'))
      .when(like(JIHO, NINE))
      .then({ ...notice, mode: 'steps', says: { ...says, total: 1 } });
    given(...participation, likes('off'))
      .under(under('each'))
      .when(like(JIHO, NINE))
      .then({
        ...notice,
        mode: 'off',
        says: covering({ [JIHO]: on(NINE) }),
        added: [],
        unsaid: 'likes are not told',
      });
  });

  test('is the last one: a later date holds, whatever comes first', () => {
    const [each, off] = [likes('each', BEFORE), likes('off', EARLY)];
    for (const choices of [
      [each, off],
      [off, each],
      [off, each, off, each],
    ])
      expect(kindOf(given(...participation, ...choices).owed(like(JIHO, NINE)))).toBe('names 1');
  });

  test('holds in the weeks and months after it, and for posts of the weeks before it', () => {
    const later = (background: Background): string => {
      const challenge = challengeOf();
      const ledgers = ledgersOf(challenge, [weeklyPost(), ...participation, like(JIHO, NINE)]);
      return kindOf(decide(challenge, '2024-08', ledgers, new Set([REPLY]), background));
    };
    expect(later({})).toBe('names 1');
    expect(later({ settings: { [`${MINSEO}/likes`]: { at: EARLY, value: 'off' } } })).toBe('likes are not told');
    const next = at('2024-08-13 12:00');
    const events = [...participation, likes('off', next), like(JIHO, at('2024-08-13 13:00'))];
    expect(kindOf(decide(challengeOf(), '2024-08', ledgersOf(challengeOf(), events), new Set([REPLY])))).toBe(
      'likes are not told',
    );
    expect(ledgersOf(challengeOf(), events).map(({ week }) => week)).toEqual([WEEK, plusWeeks(WEEK, 1)]);
  });

  test('of another setting, or of somebody else, changes nothing', () => {
    given(...participation, chose(MINSEO, 'remind', 'off'), chose(JIHO, 'likes', 'off'), chose(MINSEO, 'notes', 'off'))
      .under(under('each'))
      .when(like(JIHO, NINE))
      .then(notice);
  });
});

describe('a change of it tells nobody of likes given before', () => {
  test('that were passed over while they were off', () => {
    const passedOver = skipped(FIRST, { reason: 'likes are not told', says: covering({ [JIHO]: on(NINE) }) });
    const past = [...participation, likes('off'), like(JIHO, NINE), passedOver, likes('each', TEN)];
    given(...past)
      .when()
      .then();
    given(...past)
      .when(like(SEOYEON, ELEVEN))
      .then({
        ...notice,
        id: SECOND,
        mode: 'each',
        due: ELEVEN,
        says: naming([SEOYEON], { [SEOYEON]: on(ELEVEN) }),
        added: [SEOYEON],
        total: 2,
      });
  });

  test.each(['each', 'card', 'steps'] as const)('whose turn had not come yet, which is recorded: %s', (mode) => {
    const past = [...participation, like(JIHO, NINE), likes(mode, TEN)];
    expect(kindOf(given(...past).owed())).toBe('given before the author chose');
    // Whoever likes it then is named, and alone; the step that was reached before is past.
    const after = given(...past).owed(like(SEOYEON, ELEVEN));
    if (mode === 'steps') expect(kindOf(after)).toBe('no step');
    else expect(after).toMatchObject([{ added: [SEOYEON], total: 2, says: { covers: { [JIHO]: on(NINE) } } }]);
    // At the very instant of the choice it is given after it.
    expect(kindOf(given(...participation, like(JIHO, NINE), likes(mode, NINE)).owed())).toBe('names 1');
  });

  test('but what stands is kept true', () => {
    const past = [...jihoTold, like(SEOYEON, TEN), likes('each', ELEVEN)];
    given(...past)
      .under(under('off'))
      .when()
      .then({
        ...notice,
        id: SECOND,
        mode: 'each',
        due: TEN,
        says: changing({ [SEOYEON]: on(TEN) }),
        added: [JIHO],
        total: 2,
        change: STANDING,
      });
  });

  test('nor of those before it at a step that comes after it', () => {
    const four = ['U0READER01', 'U0READER02', 'U0READER03'].map((user) => like(user, TEN));
    const card = told(SECOND, changing(Object.fromEntries(four.map(({ user }) => [user, on(TEN)]))), posted);
    const past = [...jihoTold, ...four, ...card, likes('steps', ELEVEN)];
    const fifth = like(SEOYEON, at('2024-08-06 23:30'));
    expect(
      given(...past)
        .under(under('card'))
        .owed(fifth),
    ).toMatchObject([{ id: THIRD, added: [SEOYEON], total: 5 }]);
  });

  test('nor of a total that was overdue when it was made', () => {
    const tooOld = skipped(FIRST, { at: TEN, says: covering({ [JIHO]: on(NINE) }) });
    const past = [...participation, like(JIHO, NINE), tooOld];
    expect(kindOf(given(...past, likes('each')).owed())).toBe('names 0');
    expect(kindOf(given(...past, likes('each', ELEVEN)).owed())).toBe('nothing');
  });

  test('nor of those that a comparison with Slack had found by then', () => {
    const past = [...participation, like('U0READER01', REPLY, {}), inferred(JIHO, NINE)];
    const heard = skipped(FIRST, { reason: 'likes are not told', says: covering({ U0READER01: on(REPLY) }) });
    expect(kindOf(given(...past, heard, likes('each')).owed())).toBe('names 0');
    expect(kindOf(given(...past, heard, likes('each', TEN)).owed())).toBe('nothing');
  });
});

describe('switched off', () => {
  test('ends a message that is tried again, and leaves an unclear one to be looked up', () => {
    const says = naming([JIHO], { [JIHO]: on(NINE) });
    const tried = [...participation, like(JIHO, NINE), attempted(FIRST, { says }), likes('off', TEN)];
    given(...tried)
      .when()
      .then();
    expect(kindOf(given(...tried, refused(FIRST, { final: false, reason: 'ratelimited' })).owed())).toBe(
      'likes are not told',
    );
    given(...tried, delivered(FIRST, posted))
      .when()
      .then();
  });

  test('of several posts of one author leaves those of others as they are', () => {
    const other = reply(at('2024-08-06 20:30'), { author: { user: JIHO } });
    const effects = given(...participation, other, likes('off'))
      .under(under('each'))
      .owed(like(SEOYEON, NINE), like(SEOYEON, TEN, { item: other.ts }));
    const ofLikes = effects.filter((effect) => effect.kind === 'like');
    expect(ofLikes.map(({ post, unsaid }) => [post.author, unsaid])).toEqual([
      [MINSEO, 'likes are not told'],
      [JIHO, undefined],
    ]);
  });
});
