import { describe, expect, test } from 'vitest';
import type { EffectOf } from '../../src/handlers/effect.ts';
import {
  at,
  attempted,
  CHANNEL,
  deletion,
  edit,
  LINK,
  like,
  linkAt,
  MINSEO,
  preview,
  REPLY,
  refused,
  reply,
  ruled,
  SEOYEON,
  skipped,
  told,
  WEEK,
  WEEKLY,
  weeklyPost,
} from '../support/events.ts';
import { given } from '../support/given.ts';

const FIRST = `participation:${REPLY}:0` as const;
const SECOND = `participation:${REPLY}:1` as const;
const THIRD = `participation:${REPLY}:2` as const;
const STANDING = { channel: CHANNEL, ts: at('2024-08-06 20:02') };
const LATER = at('2024-08-06 23:00');
const TITLED = at('2024-08-06 20:01');

const says = (shows: string) => ({ about: REPLY, shows });
const counted = says('counted:');
/** The announcement of the reply, as it stands in Slack. */
const announced = told(FIRST, counted, { ts: STANDING.ts });
const hinted = skipped(`hint:${REPLY}`);

const post = { ts: REPLY, author: MINSEO, week: WEEK, thread: WEEKLY, url: LINK };
const unknown = { ts: REPLY, author: MINSEO, week: WEEK };
const announcement: EffectOf<'participation'> = {
  kind: 'participation',
  id: FIRST,
  week: WEEK,
  due: REPLY,
  says: counted,
  post,
};
const retraction: EffectOf<'participation'> = {
  ...announcement,
  retracted: true,
  id: SECOND,
  says: says('retracted'),
  change: STANDING,
};

describe('the announcement of a participation', () => {
  test('is owed once a reply with a link that counts stands in the thread of a weekly post', () => {
    given(weeklyPost()).when(reply()).then(announcement);
  });

  test('is owed for an earlier reply when the weekly post comes to light later', () => {
    given(reply()).when(weeklyPost()).then(announcement);
  });

  test('is not owed without a link', () => {
    given(weeklyPost(), hinted)
      .when(reply(REPLY, { links: [] }))
      .then();
  });

  test('is not owed for a like that comes before its reply', () => {
    given(weeklyPost()).when(like(SEOYEON, LATER)).then();
  });

  test('is due since the edit that brought the link', () => {
    given(weeklyPost(), hinted, reply(REPLY, { links: [] }))
      .when(edit(REPLY, LATER))
      .then({ ...announcement, due: LATER });
  });

  test('shows the title where it is known already', () => {
    given(weeklyPost(), reply())
      .when(preview(REPLY, '글'))
      .then({ ...announcement, says: says('counted:글'), post: { ...post, title: '글' } });
  });

  test('names the first of several links that count', () => {
    const links = ['https://elsewhere.example/1', LINK, 'https://velog.io/@minseo/2'];
    given(weeklyPost()).when(reply(REPLY, { links })).then(announcement);
  });

  test('of a late reply names the week of its thread, and lies in that of its own', () => {
    const late = at('2024-08-13 10:00');
    given(weeklyPost())
      .when(reply(late))
      .then({
        kind: 'participation',
        id: `participation:${late}:0`,
        week: '2024-W33',
        due: late,
        says: { about: late, shows: 'counted:' },
        post: { ...post, ts: late, url: linkAt(late), late: true },
      });
  });

  test('is still owed after a refusal that is not final', () => {
    given(weeklyPost(), reply(), attempted(FIRST, { says: counted }), refused(FIRST, { final: false }))
      .when()
      .then(announcement);
  });

  test.each([
    ['delivered', announced],
    ['passed over', [skipped(FIRST, { says: counted })]],
    ['refused for good', [refused(FIRST)]],
    ['refused for good at the second attempt', [refused(FIRST, { final: false }), refused(FIRST, { attempt: 2 })]],
  ])('is not owed once it was %s', (_, past) => {
    given(weeklyPost(), reply(), ...past)
      .when()
      .then();
  });
});

describe('what was announced is kept true in place', () => {
  const changed = { ...announcement, id: SECOND, change: STANDING };

  test('by the title when the preview brings it', () => {
    given(weeklyPost(), reply(), announced)
      .when(preview(REPLY, '글'))
      .then({ ...changed, due: TITLED, says: says('counted:글'), post: { ...post, title: '글' } });
  });

  test('by a retraction when the reply is deleted', () => {
    given(weeklyPost(), reply(), announced)
      .when(deletion())
      .then({ ...retraction, post: unknown });
  });

  test('by a retraction when an edit takes the link away', () => {
    given(weeklyPost(), reply(), announced, hinted)
      .when(edit(REPLY, LATER, { links: [] }))
      .then({ ...retraction, due: LATER, post: { ...unknown, thread: WEEKLY } });
  });

  test('by a retraction when the weekly post is deleted', () => {
    given(weeklyPost(), reply(), announced)
      .when(deletion(WEEKLY))
      .then({ ...retraction, post: unknown });
  });

  test('as taken back when an admin accepted it and takes that back; as gone when its author deletes it', () => {
    const foreign = reply(REPLY, { links: ['https://slides.example.org/talk'] });
    const accepted = [weeklyPost(), foreign, ruled(REPLY, 'accept', { at: at('2024-08-06 21:00') }), hinted];
    const undone = ruled(REPLY, 'none', { at: LATER });
    const { url: _, ...shown } = post;
    given(...accepted, announced)
      .when(undone)
      .then({
        ...retraction,
        post: shown,
        rejected: true,
        says: says('rejected'),
      });
    given(...accepted, announced, undone)
      .when(deletion())
      .then({ ...retraction, post: unknown });
  });

  test('by the announcement again when the link comes back', () => {
    const withdrawn = edit(REPLY, at('2024-08-06 22:00'), { links: [] });
    given(weeklyPost(), reply(), announced, withdrawn, hinted, told(SECOND, says('retracted')))
      .when(edit(REPLY, LATER))
      .then({ ...changed, id: THIRD, due: LATER });
  });

  test('and left alone while it is true', () => {
    given(weeklyPost(), reply(), preview(REPLY, '글'), announced, told(SECOND, says('counted:글')))
      .when()
      .then();
  });

  test('and after a change that was passed over, compared with what that would have said', () => {
    given(weeklyPost(), reply(), preview(REPLY, '글'), announced, skipped(SECOND, { says: says('counted:글') }))
      .when()
      .then();
  });

  test('and after a change that Slack refused for good, compared with what that would have said: it is not owed again', () => {
    const gone = [...announced, attempted(SECOND, { says: says('counted:글') }), refused(SECOND)];
    given(weeklyPost(), reply(), preview(REPLY, '글'), gone).when().then();
    given(weeklyPost(), reply(), preview(REPLY, '글'), gone)
      .when(deletion())
      .then({ ...retraction, id: THIRD, due: TITLED, post: unknown });
  });

  test('and compared with what the attempt said that was delivered, not the one that was refused', () => {
    const past = [
      attempted(FIRST, { says: counted }),
      refused(FIRST, { final: false }),
      ...told(FIRST, says('counted:글'), { ts: STANDING.ts }).map((event) => ({ ...event, attempt: 2 })),
    ];
    given(weeklyPost(), reply(), preview(REPLY, '글'), past).when().then();
  });

  test.each([
    ['was passed over', [skipped(FIRST, { says: counted })]],
    ['was refused', [refused(FIRST)]],
    ['left no message that can be changed', told(FIRST, counted)],
  ])('but not where the announcement %s', (_, past) => {
    given(weeklyPost(), reply(), ...past)
      .when(preview(REPLY, '글'))
      .then();
  });
});

describe('an announcement of which nobody knows whether it was sent', () => {
  const unclear = attempted(FIRST, { says: counted });
  const withdrawn: EffectOf<'participation'> = {
    ...announcement,
    says: says('retracted'),
    post: unknown,
    withdrawn: true,
  };

  test('is withdrawn when its reply is deleted, so that it is cleared up', () => {
    given(weeklyPost(), reply(), unclear).when(deletion()).then(withdrawn);
  });

  test('is withdrawn also where nothing is known of its reply but that it was deleted', () => {
    given(unclear)
      .when(deletion())
      .then({ ...withdrawn, post: { ...unknown, author: '' } });
  });

  test('is owed as before while its reply stands', () => {
    given(weeklyPost(), reply(), unclear).when().then(announcement);
  });

  test('is unclear again at the attempt after a refusal', () => {
    given(weeklyPost(), reply(), unclear, refused(FIRST, { final: false }), attempted(FIRST, { attempt: 2 }))
      .when(deletion())
      .then(withdrawn);
  });

  test('is not owed when its reply is deleted after a refusal: then nothing was sent', () => {
    given(weeklyPost(), reply(), unclear, refused(FIRST, { final: false }))
      .when(deletion())
      .then();
  });
});

test('the later of ten attempts is the tenth, not the ninth', () => {
  const nine = Array.from({ length: 9 }, (_, index) => attempted(FIRST, { attempt: index + 1 }));
  const past = [...nine, refused(FIRST, { attempt: 9, final: false }), attempted(FIRST, { attempt: 10 })];
  expect(given(weeklyPost(), reply(), past).owed(deletion())).toMatchObject([{ id: FIRST, withdrawn: true }]);
});
