import { describe, expect, test } from 'vitest';
import type { Event, EventOf } from '../../src/events/catalog.ts';
import { rebuild } from '../../src/history/rebuild.ts';
import { memoryBucket } from '../../src/store/memory.ts';
import { CHANNEL, challengeWith, contents, createWorld } from '../support/world.ts';

const MINSEO = 'U0MINSEO01';
/** Mondays of three months, 10:00 in Seoul. */
const [JULY, AUGUST, SEPTEMBER] = ['1719795600', '1722819600', '1725238800'] as [string, string, string];

const posted = (at: string, author: { user?: string; bot?: string }, fields: object = {}): Event =>
  ({ v: 1, kind: 'message.posted', channel: CHANNEL, at, ts: at, author, text: '', links: [], ...fields }) as Event;
const seen = (at: string, fields: Partial<EventOf<'profile.seen'>> = {}): Event => ({
  v: 1,
  kind: 'profile.seen',
  channel: CHANNEL,
  at: `${at}.000200`,
  user: MINSEO,
  name: '민서',
  ...fields,
});
const liked = (at: string, user: string): Event => ({
  v: 1,
  kind: 'reaction.added',
  channel: CHANNEL,
  at: `${at}.000900`,
  item: `${at}.000100`,
  user,
  name: '+1',
});

/** The ids of the members, updated step by step; rebuilding gives the same bytes. */
const membersAfter = async (events: readonly Event[], challenge = challengeWith()): Promise<string[]> => {
  const world = createWorld(challenge);
  for (const event of events) await world.append(event);
  const state = memoryBucket();
  await rebuild(challenge, { log: world.log, state });
  expect(await contents(state)).toEqual(await contents(world.state));
  return ((await world.members())?.members ?? []).map(({ id }) => id);
};

describe('a bot is', () => {
  const own = posted(`${AUGUST}.000100`, { user: MINSEO });
  const byApp = posted(`${AUGUST}.000300`, { user: MINSEO, bot: 'B0OTHERAPP' });

  test.each([
    ['nobody who wrote by themselves, whatever apps post for them', [own, byApp], [MINSEO]],
    ['nobody who reacted', [byApp, liked(JULY, MINSEO)], [MINSEO]],
    ['one for whom apps alone have posted', [byApp], []],
    [
      'one of whose messages only the line is no app’s that says that it has come',
      [byApp, posted(`${AUGUST}.000400`, { user: MINSEO }, { subtype: 'channel_join' })],
      [],
    ],
    ['nobody whom Slack calls a person', [byApp, seen(JULY)], [MINSEO]],
    ['one whom Slack calls so, whatever they write', [own, seen(JULY, { bot: true })], []],
    ['one of whom Slack said so last', [seen(SEPTEMBER, { bot: true }), own, seen(JULY)], []],
    ['nobody of whom Slack said so once, and then not', [seen(SEPTEMBER), own, seen(JULY, { bot: true })], [MINSEO]],
    ['Slackbot, who wrote nothing by itself', [posted(`${AUGUST}.000100`, { user: 'USLACKBOT' })], []],
  ] as [string, Event[], string[]][])('%s', async (_, events, members) => {
    expect(await membersAfter(events)).toEqual(members);
    expect(await membersAfter(events.toReversed())).toEqual(members);
  });
});

test('whose account is deactivated is no member until it is not', async () => {
  const own = posted(`${AUGUST}.000100`, { user: MINSEO });
  expect(await membersAfter([own, seen(AUGUST, { deleted: true })])).toEqual([]);
  expect(await membersAfter([own, seen(AUGUST, { deleted: true }), seen(SEPTEMBER)])).toEqual([MINSEO]);
});

test('who runs the challenge is no member until a post of theirs counts, and is none again when it goes', async () => {
  const thread = `${AUGUST}.000100`;
  const open = posted(thread, { user: 'U0TILBOT01', bot: 'B0TILBOT01' }, { text: '[TIL 8월 1주차]' });
  const ts = `${AUGUST}.000500`;
  const post = posted(ts, { user: MINSEO }, { thread, links: ['https://velog.io/@minseo/1'] });
  const talk = posted(`${AUGUST}.000400`, { user: MINSEO }, { thread });
  const gone: Event = { v: 1, kind: 'message.deleted', channel: CHANNEL, at: `${AUGUST}.000600`, ts };
  for (const fields of [{ admins: [MINSEO] }, { organizers: [MINSEO] }]) {
    const challenge = challengeWith(fields);
    expect(await membersAfter([open, talk], challenge)).toEqual([]);
    expect(await membersAfter([open, talk, post], challenge)).toEqual([MINSEO]);
    expect(await membersAfter([open, talk, post, gone], challenge)).toEqual([]);
  }
  expect(
    await membersAfter([open, talk], challengeWith({ admins: [MINSEO], members: { organizers: 'count' } })),
  ).toEqual([MINSEO]);
});

test('who is excluded is no member, and their likes count', async () => {
  const thread = `${AUGUST}.000050`;
  const open = posted(thread, { user: 'U0TILBOT01', bot: 'B0TILBOT01' }, { text: '[TIL 8월 1주차]' });
  const fields = (name: string) => ({ thread, links: [`https://velog.io/@${name}/1`] });
  const world = createWorld(challengeWith({ members: { exclude: ['U0JIHO0001'] } }));
  await world.append(
    open,
    posted(`${AUGUST}.000100`, { user: MINSEO }, fields('minseo')),
    posted(`${AUGUST}.000200`, { user: 'U0JIHO0001' }, fields('jiho')),
    liked(AUGUST, 'U0JIHO0001'),
  );
  expect((await world.members())?.members).toMatchObject([{ id: MINSEO, posts: 1, likes: 1 }]);
  expect((await world.index())?.totals).toEqual({ members: 1, participants: 1, posts: 1, likes: 1 });
});
