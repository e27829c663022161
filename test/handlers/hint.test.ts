import { describe, test } from 'vitest';
import type { EffectOf } from '../../src/handlers/effect.ts';
import {
  at,
  attempted,
  deletion,
  edit,
  JIHO,
  linkAt,
  MINSEO,
  REPLY,
  refused,
  reply,
  skipped,
  told,
  WEEK,
  WEEKLY,
  weeklyPost,
} from '../support/events.ts';
import { given } from '../support/given.ts';

const LATER = at('2024-08-06 23:00');
const ID = `hint:${REPLY}` as const;

const talk = reply(REPLY, { links: [] });
const hint: EffectOf<'hint'> = {
  kind: 'hint',
  id: ID,
  week: WEEK,
  due: REPLY,
  says: { about: REPLY, shows: 'no-link' },
  reason: { why: 'no-link' },
  here: WEEKLY,
  post: { ts: REPLY, author: MINSEO, week: WEEK, thread: WEEKLY },
};

/** A reply that counts and has been announced. */
const participation = (ts: string, author = MINSEO, thread = WEEKLY) => [
  reply(ts, { author: { user: author }, thread }),
  skipped(`participation:${ts}:0`, { says: { shows: 'counted:' } }),
];

describe('a hint', () => {
  test('is owed to the writer of a reply without a link', () => {
    given(weeklyPost()).when(talk).then(hint);
  });

  test('is owed where the links are none that count', () => {
    given(weeklyPost())
      .when(reply(REPLY, { links: ['https://velog.io.evil.example/1'] }))
      .then({
        ...hint,
        says: { about: REPLY, shows: 'other-host' },
        reason: { why: 'other-host', hosts: ['velog.io.evil.example'] },
      });
  });

  test('is owed, and due since the edit, when an edit takes the link away', () => {
    const announced = skipped(`participation:${REPLY}:0`, { says: { shows: 'counted:' } });
    given(weeklyPost(), reply(), announced)
      .when(edit(REPLY, LATER, { links: [] }))
      .then({ ...hint, due: LATER });
  });

  test('is owed although somebody else has taken part in the week', () => {
    given(weeklyPost(), participation(LATER, JIHO)).when(talk).then(hint);
  });

  test('is owed although its writer has taken part in another week of the month', () => {
    const [post, ts] = [at('2024-08-12 09:30'), at('2024-08-13 20:00')];
    const nextWeek = participation(ts, MINSEO, post).map((event) => ({ ...event, week: '2024-W33' }));
    given(weeklyPost(), weeklyPost(post, '2024-W33'), nextWeek).when(talk).then(hint);
  });

  test('is owed although its writer has another reply that does not count', () => {
    given(weeklyPost(), reply(LATER, { links: [] }), skipped(`hint:${LATER}`))
      .when(talk)
      .then(hint);
  });

  test('is not owed to those who have taken part in the week: they are only talking', () => {
    given(weeklyPost(), participation(LATER)).when(talk).then();
    given(weeklyPost(), talk, participation(LATER)).when().then();
  });

  test('is owed for a late reply with a link, where late ones do not count', () => {
    const late = at('2024-08-13 10:00');
    const { here: _, ...elsewhere } = hint;
    given(weeklyPost())
      .under({ rules: { late: 'never' } })
      .when(reply(late))
      .then({
        ...elsewhere,
        id: `hint:${late}`,
        week: '2024-W33',
        due: late,
        says: { about: late, shows: 'late' },
        reason: { why: 'late' },
        post: { ...hint.post, ts: late, url: linkAt(late), late: true },
      });
  });

  test('is not owed outside the thread of a weekly post, nor when that is deleted', () => {
    given(weeklyPost())
      .when(reply(REPLY, { links: [], thread: at('2024-08-05 12:00') }))
      .then();
    given(weeklyPost(), talk).when(deletion(WEEKLY)).then();
  });

  test.each([
    ['shown', told(ID, { about: REPLY })],
    ['passed over', [skipped(ID)]],
    ['refused for good', [refused(ID)]],
  ])('is not owed once it was %s', (_, past) => {
    given(weeklyPost(), talk, ...past)
      .when()
      .then();
  });

  test('is still owed after a refusal that is not final', () => {
    given(weeklyPost(), talk, attempted(ID), refused(ID, { final: false }))
      .when()
      .then(hint);
  });
});

describe('a hint of which nobody knows whether it was shown', () => {
  const unclear = attempted(ID);

  test('is owed as before while its reply has no link', () => {
    given(weeklyPost(), talk, unclear).when().then(hint);
  });

  test('is withdrawn when its writer has taken part since, so that it is cleared up', () => {
    given(weeklyPost(), talk, unclear, participation(LATER))
      .when()
      .then({ ...hint, withdrawn: true });
  });

  test('is withdrawn when its reply is deleted', () => {
    given(weeklyPost(), talk, unclear)
      .when(deletion())
      .then({ ...hint, withdrawn: true });
  });

  test('is withdrawn also where nothing is known of its reply but that it was deleted', () => {
    const { here: _, ...elsewhere } = hint;
    given(unclear)
      .when(deletion())
      .then({ ...elsewhere, post: { ts: REPLY, author: '', week: WEEK }, withdrawn: true });
  });

  test('is not owed when its reply is deleted after a refusal: then nothing was shown', () => {
    given(weeklyPost(), talk, unclear, refused(ID, { final: false }))
      .when(deletion())
      .then();
  });
});
