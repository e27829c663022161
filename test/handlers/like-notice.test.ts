import { describe, expect, test } from 'vitest';
import { secondsOf } from '../../src/events/timestamp.ts';
import { namingFresh } from '../../src/handlers/like-notice.ts';
import {
  at,
  attempted,
  deletion,
  delivered,
  JIHO,
  like,
  MINSEO,
  profile,
  REPLY,
  refused,
  reply,
  SEOYEON,
  skipped,
  told,
  unlike,
  weeklyPost,
} from '../support/events.ts';
import { challengeOf } from '../support/given.ts';
import {
  changed,
  changing,
  closed,
  covering,
  ELEVEN,
  FIRST,
  givenEach,
  inferred,
  jihoTold,
  NINE,
  type Notice,
  naming,
  notice,
  off,
  on,
  participation,
  posted,
  SECOND,
  STANDING,
  TEN,
  THIRD,
  total,
} from '../support/like-notices.ts';

/** The total once Jiho has taken the like back, which was told, and has given it again. */
const changedBack: Notice = {
  ...changed,
  id: THIRD,
  due: ELEVEN,
  says: changing({ [JIHO]: on(ELEVEN) }),
  added: [JIHO],
  removed: 0,
  total: 1,
};

describe('a notice of likes', () => {
  test('is owed to the author of a counted reply when somebody likes it, and says whom it names', () => {
    givenEach(participation).when(like(JIHO, NINE)).then(notice);
  });

  test('is one for all that came together, due since the last of them', () => {
    givenEach(participation)
      .when(like(SEOYEON, NINE), like(JIHO, TEN))
      .then({
        ...notice,
        due: TEN,
        says: naming([JIHO, SEOYEON], { [JIHO]: on(TEN), [SEOYEON]: on(NINE) }),
        added: [JIHO, SEOYEON],
        total: 2,
      });
  });

  test('leaves out whom an earlier one named, and counts them', () => {
    givenEach(jihoTold)
      .when(like(SEOYEON, TEN))
      .then({
        ...notice,
        id: SECOND,
        due: TEN,
        says: naming([SEOYEON], { [SEOYEON]: on(TEN) }),
        added: [SEOYEON],
        total: 2,
      });
  });

  test('leaves out whom one of an earlier version named, which said only of whom it told', () => {
    const named = told(FIRST, covering({ [JIHO]: on(NINE) }), posted);
    const past = [...participation, like(JIHO, NINE), ...named, unlike(JIHO, TEN)];
    givenEach(past, told(SECOND, covering({ [JIHO]: off(TEN) })))
      .when(like(JIHO, ELEVEN))
      .then();
    givenEach(past, told(SECOND, changing({ [JIHO]: off(TEN) }), posted))
      .when(like(JIHO, ELEVEN))
      .then(changedBack);
  });

  test('leaves nobody out of whom one of an earlier version told that they like it no more', () => {
    givenEach(participation, unlike(JIHO, NINE), told(FIRST, covering({ [JIHO]: off(NINE) }), posted))
      .when(like(JIHO, TEN))
      .then({ ...notice, id: SECOND, due: TEN, says: naming([JIHO], { [JIHO]: on(TEN) }) });
  });

  test('names whom a change of what stands counted, and no message has named, when they like it again', () => {
    const changes = [
      told(SECOND, changing({ [SEOYEON]: on(NINE) }), posted),
      told(THIRD, changing({ [SEOYEON]: off(TEN) }), posted),
    ];
    givenEach(jihoTold, like(SEOYEON, NINE), unlike(SEOYEON, TEN), ...changes)
      .when(like(SEOYEON, ELEVEN))
      .then({
        ...notice,
        id: `like:${REPLY}:3`,
        due: ELEVEN,
        says: naming([SEOYEON], { [SEOYEON]: on(ELEVEN) }),
        added: [SEOYEON],
        total: 2,
      });
  });

  test('names all where one of an earlier version did not say of whom it told', () => {
    givenEach(participation, attempted(FIRST), delivered(FIRST, posted))
      .when(like(JIHO, NINE))
      .then({ ...notice, id: SECOND });
  });

  test('is not owed for a like of one’s own, which counts all the same', () => {
    givenEach(jihoTold).when(like(MINSEO, TEN)).then();
    givenEach(participation, like(MINSEO, TEN))
      .when(like(JIHO, NINE))
      .then({ ...notice, total: 2 });
  });

  test('is not owed for another reaction, nor for a bot’s', () => {
    givenEach(participation)
      .when(like(JIHO, NINE, { name: 'heart' }))
      .then();
    givenEach(participation, profile(JIHO, '봇', { bot: true }))
      .when(like(JIHO, NINE))
      .then();
  });

  test('is not owed for a second skin tone of the same person', () => {
    givenEach(jihoTold)
      .when(like(JIHO, TEN, { name: '+1::skin-tone-3' }))
      .then();
  });

  test('is not owed for a reply that does not count', () => {
    givenEach(weeklyPost(), reply(REPLY, { links: [] }), skipped(`hint:${REPLY}`))
      .when(like(JIHO, NINE))
      .then();
  });

  test('is not owed for a message outside the thread, nor for one that is deleted', () => {
    givenEach(weeklyPost(), reply(REPLY, { thread: at('2024-08-05 12:00') }))
      .when(like(JIHO, NINE))
      .then();
    givenEach(participation, deletion()).when(like(JIHO, NINE)).then();
  });

  test('is owed when a like is heard of a month that is closed', () => {
    givenEach(participation, closed).when(like(JIHO, NINE)).then(notice);
  });

  test('names those alone who liked within a day of the last: of the others nobody was told when it was news', () => {
    const [lastWithin, firstBeyond] = [at('2024-08-07 21:00'), at('2024-08-07 21:01')];
    const both = (when: string): Notice => ({
      ...notice,
      due: when,
      says: naming([JIHO, SEOYEON], { [JIHO]: on(NINE), [SEOYEON]: on(when) }),
      added: [JIHO, SEOYEON],
      total: 2,
    });
    givenEach(participation, like(JIHO, NINE)).when(like(SEOYEON, lastWithin)).then(both(lastWithin));
    givenEach(participation, like(JIHO, NINE))
      .when(like(SEOYEON, firstBeyond))
      .then({
        ...both(firstBeyond),
        says: naming([SEOYEON], { [JIHO]: on(NINE), [SEOYEON]: on(firstBeyond) }),
        added: [SEOYEON],
      });
  });
});

describe('a like that is taken back', () => {
  test('changes the total in the message that stands', () => {
    givenEach(jihoTold).when(unlike(JIHO, TEN)).then(changed);
  });

  test('leaves the names of those who still like it', () => {
    const both = naming([JIHO, SEOYEON], { [JIHO]: on(NINE), [SEOYEON]: on(NINE) });
    givenEach(participation, like(JIHO, NINE), like(SEOYEON, NINE), told(FIRST, both, posted))
      .when(unlike(JIHO, TEN))
      .then({ ...changed, added: [SEOYEON], total: 1 });
  });

  test('changes the last message that stands, by the names of that', () => {
    const later = { channel: STANDING.channel, ts: at('2024-08-06 23:30') };
    givenEach(
      jihoTold,
      like(SEOYEON, NINE),
      told(SECOND, naming([SEOYEON], { [SEOYEON]: on(NINE) }), { to: later.channel, ts: later.ts }),
    )
      .when(unlike(JIHO, TEN))
      .then({ ...changed, id: THIRD, added: [SEOYEON], total: 1, change: later });
  });

  test('is not told where no message stands that can be changed', () => {
    const says = naming([JIHO], { [JIHO]: on(NINE) });
    givenEach(participation, like(JIHO, NINE), told(FIRST, says)).when(unlike(JIHO, TEN)).then();
    givenEach(participation, like(JIHO, NINE), told(FIRST, says))
      .when({ ...unlike(JIHO, TEN), inferred: true })
      .then();
  });

  test('before it was told is never told', () => {
    givenEach(participation, like(JIHO, NINE)).when(unlike(JIHO, TEN)).then();
  });

  test('and given again changes the total again, and names nobody a second time', () => {
    const back = told(SECOND, changing({ [JIHO]: off(TEN) }), posted);
    givenEach(jihoTold, unlike(JIHO, TEN), back).when(like(JIHO, ELEVEN)).then(changedBack);
  });

  test('and given again after its message was lost is told no more', () => {
    const says = naming([JIHO], { [JIHO]: on(NINE) });
    const seoyeon = told(SECOND, naming([SEOYEON], { [JIHO]: off(TEN), [SEOYEON]: on(TEN) }));
    givenEach(participation, like(JIHO, NINE), told(FIRST, says), unlike(JIHO, TEN), like(SEOYEON, TEN), seoyeon)
      .when(like(JIHO, ELEVEN))
      .then();
  });

  test('while another comes is told in the message that names that one', () => {
    givenEach(jihoTold)
      .when(unlike(JIHO, TEN), like(SEOYEON, ELEVEN))
      .then({
        ...notice,
        id: SECOND,
        due: ELEVEN,
        says: naming([SEOYEON], { [JIHO]: off(TEN), [SEOYEON]: on(ELEVEN) }),
        added: [SEOYEON],
        removed: 1,
      });
  });

  test('changes the total of a month that is closed', () => {
    givenEach(jihoTold, closed).when(unlike(JIHO, TEN)).then(changed);
  });
});

describe('what was told last holds', () => {
  test('also at the same instant: an older like of another skin tone that comes to light is told once', () => {
    const past = [...jihoTold, unlike(JIHO, ELEVEN), ...told(SECOND, changing({ [JIHO]: off(ELEVEN) }), posted)];
    const other = like(JIHO, TEN, { name: '+1::skin-tone-3' });
    const again = changing({ [JIHO]: on(ELEVEN) });
    givenEach(past)
      .when(other)
      .then({ ...changed, id: THIRD, due: ELEVEN, says: again, added: [JIHO], removed: 0, total: 1 });
    givenEach(past, other, told(THIRD, again, posted))
      .when()
      .then();
  });

  test('also when it is about an earlier instant: rules that accept fewer likes are told of once', () => {
    const under = { rules: { likes: ['+1'] } };
    const past = [
      ...participation,
      like(JIHO, at('2024-08-06 20:30')),
      unlike(JIHO, NINE),
      like(JIHO, TEN, { name: 'thumbsup' }),
      ...told(FIRST, naming([JIHO], { [JIHO]: on(TEN) }), posted),
    ];
    const fewer = changing({ [JIHO]: off(NINE) });
    givenEach(past)
      .under(under)
      .when()
      .then({ ...changed, due: NINE, says: fewer });
    givenEach(past, told(SECOND, fewer, posted))
      .under(under)
      .when()
      .then();
  });

  test.each([
    ['rules that accept nothing of what somebody gave', [], { rules: { likes: ['heart'] } }],
    ['a liker who turns out to be a bot', [profile(JIHO, '봇', { bot: true })], {}],
  ])('also when nothing is left of it: %s takes it out of the total once', (_, more, settings) => {
    const fewer = changing({ [JIHO]: off(NINE) });
    givenEach(jihoTold, more)
      .under(settings)
      .when()
      .then({ ...changed, due: NINE, says: fewer });
    givenEach(jihoTold, more, told(SECOND, fewer, posted))
      .under(settings)
      .when()
      .then();
  });

  test('but not when it was refused: the next notice names those too', () => {
    const says = naming([JIHO], { [JIHO]: on(NINE) });
    givenEach(participation, like(JIHO, NINE), attempted(FIRST, { says }), refused(FIRST))
      .when(like(SEOYEON, TEN))
      .then({
        ...notice,
        id: SECOND,
        due: TEN,
        says: naming([JIHO, SEOYEON], { [JIHO]: on(NINE), [SEOYEON]: on(TEN) }),
        added: [JIHO, SEOYEON],
        total: 2,
      });
  });
});

describe('with `off`', () => {
  const none = { notify: { likes: 'off' } } as const;
  const unsaid: Notice = { ...total, says: covering({ [JIHO]: on(NINE) }), unsaid: 'likes are not told' };

  test('likes are recorded as not told', () => {
    givenEach(participation).under(none).when(like(JIHO, NINE)).then(unsaid);
  });

  test('likes that are taken back are recorded too, and change nothing that stands', () => {
    const { change, ...recorded } = changed;
    givenEach(jihoTold)
      .under(none)
      .when(unlike(JIHO, TEN))
      .then({ ...recorded, says: covering({ [JIHO]: off(TEN) }), unsaid: 'likes are not told' });
  });

  test('likes that were not heard are recorded with those that were, and not alone', () => {
    givenEach(participation).under(none).when(inferred(SEOYEON)).then();
    givenEach(participation, inferred(SEOYEON))
      .under(none)
      .when(like(JIHO, NINE))
      .then({ ...unsaid, says: covering({ [JIHO]: on(NINE), [SEOYEON]: on(REPLY) }), total: 2 });
  });

  test('nothing is owed of what is recorded, of a reply that does not count, or while an attempt is unclear', () => {
    const passedOver = skipped(FIRST, { reason: 'likes are not told', says: covering({ [JIHO]: on(NINE) }) });
    givenEach(participation, like(JIHO, NINE), passedOver).under(none).when().then();
    givenEach(participation, deletion()).under(none).when(like(JIHO, NINE)).then();
    givenEach(participation, attempted(FIRST, { says: notice.says }))
      .under(none)
      .when(like(JIHO, NINE))
      .then();
  });

  test('what was recorded is no news when likes are told again, and counts', () => {
    const passedOver = skipped(FIRST, { reason: 'likes are not told', says: covering({ [JIHO]: on(NINE) }) });
    givenEach(participation, like(JIHO, NINE), passedOver).when().then();
    givenEach(participation, like(JIHO, NINE), passedOver)
      .when(like(SEOYEON, TEN))
      .then({
        ...notice,
        id: SECOND,
        due: TEN,
        says: naming([SEOYEON], { [SEOYEON]: on(TEN) }),
        added: [SEOYEON],
        total: 2,
      });
  });
});

describe('with `card` the notice', () => {
  const card = { notify: { likes: 'card' } } as const;

  test('is first a message of its own', () => {
    givenEach(participation).under(card).when(like(JIHO, NINE)).then(notice);
  });

  test('is then changed in place', () => {
    givenEach(jihoTold)
      .under(card)
      .when(like(SEOYEON, TEN))
      .then({ ...changed, says: changing({ [SEOYEON]: on(TEN) }), added: [JIHO], removed: 0, total: 2 });
  });

  test('is left alone while its total holds', () => {
    givenEach(jihoTold).under(card).when(like(MINSEO, TEN)).then();
  });
});

describe('when a notice is sent', () => {
  const both: Notice = {
    ...notice,
    due: TEN,
    says: naming([JIHO, SEOYEON], { [JIHO]: on(NINE), [SEOYEON]: on(TEN) }),
    added: [JIHO, SEOYEON],
    total: 2,
  };
  const sentAt = (local: string) => namingFresh(challengeOf(), both, secondsOf(at(local)));

  test('those are named whose likes are a day old at most; the total and what it covers are as they were', () => {
    expect(sentAt('2024-08-07 21:00')).toStrictEqual(both);
    expect(sentAt('2024-08-07 21:01')).toStrictEqual({
      ...both,
      says: { ...both.says, names: [SEOYEON] },
      added: [SEOYEON],
    });
    expect(sentAt('2024-08-07 22:01')).toStrictEqual({ ...both, says: { ...both.says, names: [] }, added: [] });
  });

  test('a change of one that stands keeps its names, however old', () => {
    expect(namingFresh(challengeOf(), changed, secondsOf(at('2024-09-07 22:01')))).toBe(changed);
  });
});
