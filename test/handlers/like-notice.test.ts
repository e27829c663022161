import { describe, test } from 'vitest';
import type { Effect } from '../../src/handlers/effect.ts';
import {
  at,
  attempted,
  deletion,
  JIHO,
  LINK,
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
  WEEK,
  WEEKLY,
  weeklyPost,
} from '../support/events.ts';
import { given } from '../support/given.ts';

const FIRST = `like:${REPLY}:0` as const;
const SECOND = `like:${REPLY}:1` as const;
const THIRD = `like:${REPLY}:2` as const;
const [NINE, TEN, ELEVEN] = [at('2024-08-06 21:00'), at('2024-08-06 22:00'), at('2024-08-06 23:00')];

const on = (when: string) => ({ at: when, live: true });
const off = (when: string) => ({ at: when, live: false });
const covering = (covers: Record<string, { at: string; live: boolean }>) => ({ about: REPLY, covers });

/** A reply that counts and has been announced. */
const participation = [weeklyPost(), reply(), skipped(`participation:${REPLY}:0`, { says: { shows: 'counted:' } })];
const told0 = told(FIRST, covering({ [JIHO]: on(NINE) }), { to: 'D0MINSEO01', ts: ELEVEN });

type Notice = Extract<Effect, { kind: 'like' }>;

const notice: Notice = {
  kind: 'like',
  id: FIRST,
  week: WEEK,
  due: NINE,
  says: covering({ [JIHO]: on(NINE) }),
  post: { ts: REPLY, author: MINSEO, week: WEEK, thread: WEEKLY, url: LINK },
  added: [JIHO],
  removed: 0,
  total: 1,
};

describe('a notice of likes', () => {
  test('is owed to the author of a counted reply when somebody likes it', () => {
    given(participation).when(like(JIHO, NINE)).then(notice);
  });

  test('is one for all that came together, due since the last of them', () => {
    given(participation)
      .when(like(SEOYEON, NINE), like(JIHO, TEN))
      .then({
        ...notice,
        due: TEN,
        says: covering({ [JIHO]: on(TEN), [SEOYEON]: on(NINE) }),
        added: [JIHO, SEOYEON],
        total: 2,
      });
  });

  test('leaves out whom an earlier one named, and counts them', () => {
    given(participation, like(JIHO, NINE), told0)
      .when(like(SEOYEON, TEN))
      .then({
        ...notice,
        id: SECOND,
        due: TEN,
        says: covering({ [SEOYEON]: on(TEN) }),
        added: [SEOYEON],
        total: 2,
      });
  });

  test('is not owed for a like of one’s own, which counts all the same', () => {
    given(participation, like(JIHO, NINE), told0).when(like(MINSEO, TEN)).then();
    given(participation, like(MINSEO, TEN))
      .when(like(JIHO, NINE))
      .then({ ...notice, total: 2 });
  });

  test('is not owed for another reaction, nor for a bot’s', () => {
    given(participation)
      .when(like(JIHO, NINE, { name: 'heart' }))
      .then();
    given(participation, profile(JIHO, '봇', { bot: true }))
      .when(like(JIHO, NINE))
      .then();
  });

  test('is not owed for a second skin tone of the same person', () => {
    given(participation, like(JIHO, NINE), told0)
      .when(like(JIHO, TEN, { name: '+1::skin-tone-3' }))
      .then();
  });

  test('is not owed for a reply that does not count', () => {
    given(weeklyPost(), reply(REPLY, { links: [] }), skipped(`hint:${REPLY}`))
      .when(like(JIHO, NINE))
      .then();
  });

  test('is not owed for a message outside the thread, nor for one that is deleted', () => {
    given(weeklyPost(), reply(REPLY, { thread: at('2024-08-05 12:00') }))
      .when(like(JIHO, NINE))
      .then();
    given(participation, deletion()).when(like(JIHO, NINE)).then();
  });

  test('is not owed where likes are `off`', () => {
    given(participation)
      .under({ notify: { likes: 'off' } })
      .when(like(JIHO, NINE))
      .then();
  });
});

describe('a like that is taken back', () => {
  test('is told by the total alone', () => {
    given(participation, like(JIHO, NINE), told0)
      .when(unlike(JIHO, TEN))
      .then({ ...notice, id: SECOND, due: TEN, says: covering({ [JIHO]: off(TEN) }), added: [], removed: 1, total: 0 });
  });

  test('before it was told is never told', () => {
    given(participation, like(JIHO, NINE)).when(unlike(JIHO, TEN)).then();
  });

  test('and given again is told again', () => {
    const back = told(SECOND, covering({ [JIHO]: off(TEN) }));
    given(participation, like(JIHO, NINE), told0, unlike(JIHO, TEN), back)
      .when(like(JIHO, ELEVEN))
      .then({ ...notice, id: THIRD, due: ELEVEN, says: covering({ [JIHO]: on(ELEVEN) }) });
  });

  test('while another stays is told in the same notice', () => {
    given(participation, like(JIHO, NINE), told0)
      .when(unlike(JIHO, TEN), like(SEOYEON, ELEVEN))
      .then({
        ...notice,
        id: SECOND,
        due: ELEVEN,
        says: covering({ [JIHO]: off(TEN), [SEOYEON]: on(ELEVEN) }),
        added: [SEOYEON],
        removed: 1,
      });
  });
});

describe('what was told last holds', () => {
  test('also at the same instant: an older like of another skin tone that comes to light is told once', () => {
    const past = [like(JIHO, NINE), told0, unlike(JIHO, ELEVEN), told(SECOND, covering({ [JIHO]: off(ELEVEN) }))];
    const other = like(JIHO, TEN, { name: '+1::skin-tone-3' });
    given(participation, ...past)
      .when(other)
      .then({ ...notice, id: THIRD, due: ELEVEN, says: covering({ [JIHO]: on(ELEVEN) }) });
    given(participation, ...past, other, told(THIRD, covering({ [JIHO]: on(ELEVEN) })))
      .when()
      .then();
  });

  test('also when it is about an earlier instant: rules that accept fewer likes are told of once', () => {
    const under = { rules: { likes: ['+1'] } };
    const past = [
      like(JIHO, at('2024-08-06 20:30')),
      unlike(JIHO, NINE),
      like(JIHO, TEN, { name: 'thumbsup' }),
      ...told(FIRST, covering({ [JIHO]: on(TEN) })),
    ];
    given(participation, past)
      .under(under)
      .when()
      .then({ ...notice, id: SECOND, says: covering({ [JIHO]: off(NINE) }), added: [], removed: 1, total: 0 });
    given(participation, past, told(SECOND, covering({ [JIHO]: off(NINE) })))
      .under(under)
      .when()
      .then();
  });

  test('also when it was passed over for its age', () => {
    given(participation, like(JIHO, NINE), skipped(FIRST, { says: covering({ [JIHO]: on(NINE) }) }))
      .when()
      .then();
  });

  test('but not when it was refused: the next notice names those too', () => {
    given(participation, like(JIHO, NINE), attempted(FIRST, { says: covering({ [JIHO]: on(NINE) }) }), refused(FIRST))
      .when(like(SEOYEON, TEN))
      .then({
        ...notice,
        id: SECOND,
        due: TEN,
        says: covering({ [JIHO]: on(NINE), [SEOYEON]: on(TEN) }),
        added: [JIHO, SEOYEON],
        total: 2,
      });
  });
});

describe('with `card` the notice', () => {
  const card = { notify: { likes: 'card' } } as const;

  test('is first a message of its own', () => {
    given(participation).under(card).when(like(JIHO, NINE)).then(notice);
  });

  test('is then changed in place', () => {
    const next = {
      ...notice,
      id: SECOND,
      due: TEN,
      says: covering({ [SEOYEON]: on(TEN) }),
      added: [SEOYEON],
      total: 2,
    };
    given(participation, like(JIHO, NINE), told0)
      .under(card)
      .when(like(SEOYEON, TEN))
      .then({ ...next, change: { channel: 'D0MINSEO01', ts: ELEVEN } });
  });
});

describe('a notice of which nobody knows whether it was sent', () => {
  const unclear = attempted(FIRST, { says: covering({ [JIHO]: on(NINE) }) });
  const withdrawn: Notice = { ...notice, says: covering({}), due: REPLY, added: [], total: 0, withdrawn: true };
  const post = { ts: REPLY, author: MINSEO, week: WEEK };

  test('is withdrawn when the like is taken back, so that it is cleared up', () => {
    given(participation, like(JIHO, NINE), unclear).when(unlike(JIHO, TEN)).then(withdrawn);
  });

  test('is withdrawn when the reply is deleted', () => {
    given(participation, like(JIHO, NINE), unclear)
      .when(deletion())
      .then({ ...withdrawn, post });
  });

  test('is withdrawn where nothing is known of the reply but its likes', () => {
    given(like(JIHO, NINE), unclear)
      .when(unlike(JIHO, TEN))
      .then({ ...withdrawn, post: { ...post, author: '' } });
  });

  test('is not owed when the like is taken back after a refusal: then nothing was sent', () => {
    given(participation, like(JIHO, NINE), unclear, refused(FIRST, { final: false }))
      .when(unlike(JIHO, TEN))
      .then();
  });
});
