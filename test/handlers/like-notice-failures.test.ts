import { describe, test } from 'vitest';
import type { Event } from '../../src/events/catalog.ts';
import {
  at,
  attempted,
  deletion,
  edit,
  JIHO,
  like,
  MINSEO,
  REPLY,
  refused,
  SEOYEON,
  skipped,
  told,
  unlike,
  WEEK,
  WEEKLY,
} from '../support/events.ts';
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

const HAEUN = 'U0HAEUN001';

describe('a change that Slack refuses for good', () => {
  const refusal = [attempted(SECOND, { says: changing({ [JIHO]: off(TEN) }) }), refused(SECOND)];
  const gone = [...jihoTold, unlike(JIHO, TEN), ...refusal];

  test('is not owed again', () => {
    givenEach(gone).when().then();
  });

  test('leaves nothing that stands: what its likers do afterwards is told no more', () => {
    givenEach(gone).when(like(JIHO, ELEVEN)).then();
  });

  test('leaves it to the next liker’s message, which can be changed again', () => {
    const next: Notice = {
      ...notice,
      id: THIRD,
      due: ELEVEN,
      says: naming([SEOYEON], { [SEOYEON]: on(ELEVEN) }),
      added: [SEOYEON],
    };
    givenEach(gone).when(like(SEOYEON, ELEVEN)).then(next);
    givenEach(gone)
      .under({ notify: { likes: 'card' } })
      .when(like(SEOYEON, ELEVEN))
      .then(next);
    givenEach(gone, like(SEOYEON, ELEVEN), told(THIRD, next.says ?? {}, { to: STANDING.channel, ts: TEN }))
      .when(unlike(SEOYEON, ELEVEN))
      .then({
        ...changed,
        id: `like:${REPLY}:3`,
        due: ELEVEN,
        says: changing({ [SEOYEON]: off(ELEVEN) }),
        change: { channel: STANDING.channel, ts: TEN },
      });
  });
});

describe('likes that could not be told in time', () => {
  const SKIPPED = at('2024-08-09 09:00');
  const missed = [
    ...participation,
    like(JIHO, NINE),
    skipped(FIRST, { at: SKIPPED, says: naming([JIHO], { [JIHO]: on(NINE) }) }),
  ];
  const overdue: Notice = { ...total, id: SECOND, due: SKIPPED };

  test('come as the total alone, which is due since they were passed over', () => {
    givenEach(missed).when().then(overdue);
  });

  test('come as the total also where the author likes the post', () => {
    givenEach(missed, like(MINSEO, NINE))
      .when()
      .then({ ...overdue, total: 2 });
  });

  test('name their liker who likes it again, since no message has', () => {
    const both = [told(SECOND, naming([], {}), posted), told(THIRD, changing({ [JIHO]: off(TEN) }), posted)];
    givenEach(missed, unlike(JIHO, TEN), ...both.flat())
      .when(like(JIHO, ELEVEN))
      .then({ ...notice, id: `like:${REPLY}:3`, due: ELEVEN, says: naming([JIHO], { [JIHO]: on(ELEVEN) }) });
  });

  test('come as the total in the message that stands, where one does', () => {
    const late = naming([SEOYEON], { [SEOYEON]: on(TEN) });
    givenEach(jihoTold, like(SEOYEON, TEN), skipped(SECOND, { at: SKIPPED, says: late }))
      .when()
      .then({ ...changed, id: THIRD, due: REPLY, says: changing({}), added: [JIHO], removed: 0, total: 2 });
  });

  test('come as the total also where they were taken back, and the message that stands counts others', () => {
    givenEach(jihoTold, like(SEOYEON, TEN), skipped(SECOND, { says: naming([SEOYEON], { [SEOYEON]: on(TEN) }) }))
      .when(unlike(JIHO, TEN), unlike(SEOYEON, ELEVEN))
      .then({
        ...changed,
        id: THIRD,
        due: ELEVEN,
        says: changing({ [JIHO]: off(TEN), [SEOYEON]: off(ELEVEN) }),
        removed: 2,
      });
  });

  test('come with the next liker’s message, if there is one', () => {
    const next = at('2024-08-09 10:00');
    givenEach(missed)
      .when(like(SEOYEON, next))
      .then({
        ...notice,
        id: SECOND,
        due: next,
        says: naming([SEOYEON], { [SEOYEON]: on(next) }),
        added: [SEOYEON],
        total: 2,
      });
  });

  test('are no news once they are all taken back, whether or not the author likes it', () => {
    givenEach(missed).when(unlike(JIHO, TEN)).then();
    givenEach(missed, like(MINSEO, TEN)).when(unlike(JIHO, TEN)).then();
  });

  test.each([
    ['was told', told(SECOND, naming([], {}), posted)],
    ['was refused for good', [attempted(SECOND, { says: naming([], {}) }), refused(SECOND)]],
    [
      'was passed over for another reason',
      [skipped(SECOND, { reason: 'unclear, not repeated', says: naming([], {}) })],
    ],
  ])('are owed no more once the total %s', (_, ended) => {
    givenEach(missed, ended).when().then();
  });

  test('are owed again when the total too has become too old', () => {
    givenEach(missed, skipped(SECOND, { at: ELEVEN, says: naming([], {}) }))
      .when()
      .then({ ...total, id: THIRD, due: ELEVEN });
  });

  test('of a closed month, or of a reply that counts no more, are told no more', () => {
    givenEach(missed, closed).when().then();
    givenEach(missed).when(deletion()).then();
    givenEach(missed, skipped(`hint:${REPLY}`), skipped(`participation:${REPLY}:1`))
      .when(edit(REPLY, ELEVEN, { links: [] }))
      .then();
  });
});

describe('likes that were not heard, but read from history', () => {
  test('come as one message with the total, and name nobody', () => {
    givenEach(participation)
      .when(inferred(JIHO), inferred(SEOYEON))
      .then({
        ...total,
        due: REPLY,
        says: naming([], { [JIHO]: on(REPLY), [SEOYEON]: on(REPLY) }),
        total: 2,
      });
  });

  test('come with the next message, which does not name them', () => {
    givenEach(participation, inferred(SEOYEON))
      .when(like(JIHO, NINE))
      .then({ ...notice, says: naming([JIHO], { [JIHO]: on(NINE), [SEOYEON]: on(REPLY) }), total: 2 });
  });

  test('change the total in the message that stands', () => {
    givenEach(jihoTold)
      .when(inferred(SEOYEON))
      .then({
        ...changed,
        due: REPLY,
        says: changing({ [SEOYEON]: on(REPLY) }),
        added: [JIHO],
        removed: 0,
        total: 2,
      });
  });

  test('are told of once', () => {
    givenEach(participation, inferred(JIHO), told(FIRST, naming([], { [JIHO]: on(REPLY) }), posted))
      .when()
      .then();
  });

  test('of a month that is closed are not told', () => {
    givenEach(participation, closed).when(inferred(JIHO)).then();
  });

  test('of a reply that was written before the bot listened are not told', () => {
    const read = participation.map((event) => ({ ...event, inferred: true }) as Event);
    givenEach(read).when(inferred(JIHO)).then();
    givenEach(read, like(MINSEO, TEN, { item: WEEKLY }))
      .when(inferred(JIHO))
      .then();
  });

  test('and taken back are told no more', () => {
    givenEach(participation, inferred(JIHO)).when(unlike(JIHO, TEN)).then();
  });
});

describe('a notice of which nobody knows whether it was sent', () => {
  const unclear = attempted(FIRST, { says: notice.says });
  const withdrawn: Notice = { ...notice, says: covering({}), due: REPLY, added: [], total: 0, withdrawn: true };
  const post = { ts: REPLY, author: MINSEO, week: WEEK };

  test('is owed as before while its liker likes it, with those who came since', () => {
    givenEach(participation, like(JIHO, NINE), unclear).when().then(notice);
    givenEach(participation, like(JIHO, NINE), unclear)
      .when(like(SEOYEON, TEN))
      .then({
        ...notice,
        due: TEN,
        says: naming([JIHO, SEOYEON], { [JIHO]: on(NINE), [SEOYEON]: on(TEN) }),
        added: [JIHO, SEOYEON],
        total: 2,
      });
  });

  test('is withdrawn when the like is taken back, so that it is cleared up', () => {
    givenEach(participation, like(JIHO, NINE), unclear).when(unlike(JIHO, TEN)).then(withdrawn);
  });

  test('is withdrawn when the reply is deleted', () => {
    givenEach(participation, like(JIHO, NINE), unclear)
      .when(deletion())
      .then({ ...withdrawn, post });
  });

  test('is withdrawn where nothing is known of the reply but its likes', () => {
    givenEach(like(JIHO, NINE), unclear)
      .when(unlike(JIHO, TEN))
      .then({ ...withdrawn, post: { ...post, author: '' } });
  });

  test('is not owed when the like is taken back after a refusal: then nothing was sent', () => {
    givenEach(participation, like(JIHO, NINE), unclear, refused(FIRST, { final: false }))
      .when(unlike(JIHO, TEN))
      .then();
  });

  test('is cleared up as a message of its own before what stands is changed', () => {
    const second = attempted(SECOND, { says: naming([SEOYEON], { [SEOYEON]: on(TEN) }) });
    const owed = { ...withdrawn, id: SECOND };
    givenEach(jihoTold, like(SEOYEON, TEN), second)
      .when(unlike(SEOYEON, ELEVEN))
      .then({ ...owed, total: 1 });
    givenEach(jihoTold, like(SEOYEON, TEN), second)
      .when(unlike(SEOYEON, ELEVEN), unlike(JIHO, ELEVEN))
      .then({ ...owed, due: ELEVEN, removed: 1 });
    givenEach(jihoTold, like(SEOYEON, TEN), second, unlike(SEOYEON, ELEVEN))
      .when(inferred(HAEUN))
      .then({ ...owed, total: 2 });
  });

  test('gives way to a change in place after a refusal: then nothing was sent', () => {
    const second = attempted(SECOND, { says: naming([SEOYEON], { [SEOYEON]: on(TEN) }) });
    givenEach(jihoTold, like(SEOYEON, TEN), second, refused(SECOND, { final: false }), unlike(SEOYEON, TEN))
      .when(unlike(JIHO, TEN))
      .then(changed);
  });
});

describe('a change of which nobody knows whether it was made', () => {
  const unclear = attempted(SECOND, { says: changing({ [JIHO]: off(TEN) }) });
  const past = [...jihoTold, unlike(JIHO, TEN), unclear];
  const corrected: Notice = { ...changed, due: REPLY, says: changing({}), added: [JIHO], removed: 0, total: 1 };

  test('is owed as before while it holds', () => {
    givenEach(past).when().then(changed);
  });

  test('is made again by what holds when the like is given again: else a wrong total might stand', () => {
    givenEach(past).when(like(JIHO, ELEVEN)).then(corrected);
    const later = attempted(SECOND, { attempt: 2, says: changing({ [JIHO]: off(TEN) }) });
    givenEach(past, later, refused(SECOND, { attempt: 2, final: false }))
      .when(like(JIHO, ELEVEN))
      .then(corrected);
  });

  test('is not made again when it was refused: then nothing was changed', () => {
    givenEach(past, refused(SECOND, { final: false }))
      .when(like(JIHO, ELEVEN))
      .then();
  });

  test('is not made again after a message of its own that was not there', () => {
    const first = attempted(SECOND, { says: naming([SEOYEON], { [SEOYEON]: on(TEN) }) });
    const second = attempted(SECOND, { attempt: 2, says: changing({ [JIHO]: off(TEN) }) });
    givenEach(jihoTold, first, unlike(JIHO, TEN), second, refused(SECOND, { attempt: 2, final: false }))
      .when(like(JIHO, ELEVEN))
      .then();
  });

  test('is withdrawn when the reply is deleted', () => {
    givenEach(past)
      .when(deletion())
      .then({
        ...notice,
        id: SECOND,
        due: REPLY,
        says: covering({}),
        post: { ts: REPLY, author: MINSEO, week: WEEK },
        added: [],
        total: 0,
        withdrawn: true,
      });
  });

  test('gives way to a message that names a new liker', () => {
    givenEach(past)
      .when(like(SEOYEON, ELEVEN))
      .then({
        ...notice,
        id: SECOND,
        due: ELEVEN,
        says: naming([SEOYEON], { [JIHO]: off(TEN), [SEOYEON]: on(ELEVEN) }),
        added: [SEOYEON],
        removed: 1,
      });
  });
});
