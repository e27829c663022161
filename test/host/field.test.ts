import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Running } from '../../src/host/serve.ts';
import type { IndexSnapshot, MembersSnapshot, MonthSnapshot, WeekSnapshot } from '../../src/projections/contract.ts';
import { parseConfig } from '../../src/setup/config.ts';
import { readEvent } from '../../src/store/log.ts';
import { deliver, openStore, serveIn, temporaryFolder } from '../support/serving.ts';
import { SECRET } from '../support/signed.ts';
import { contents } from '../support/world.ts';

// Situations that were reported of systems like this one, each over signed HTTP. See their own words in test/fixtures/field.
const CHANNEL = 'C0FIELD001';
const [MEMBER, LIKER] = ['U0MEMBER01', 'U0MEMBER02'];
const field = (name: string) =>
  JSON.parse(readFileSync(new URL(`../fixtures/field/${name}.json`, import.meta.url), 'utf8'));

const SETTINGS = parseConfig({ challenges: [{ channel: CHANNEL, workspaceUrl: 'https://x.slack.com' }] }, 'test');

let folder: string;
let clean: () => void;
let running: Running;
beforeEach(async () => {
  ({ folder, remove: clean } = temporaryFolder());
  running = await serveIn(folder, { settings: SETTINGS, slack: { signingSecrets: [SECRET], teamId: 'T0HOME0001' } });
});
afterEach(async () => {
  await running.stop();
  clean();
});

let sequence = 0;
const hear = async (event: object, envelope: object = {}): Promise<void> => {
  const id = `Ev0TEST${String(sequence++).padStart(5, '0')}`;
  const body = { team_id: 'T0HOME0001', type: 'event_callback', event_id: id, ...envelope, event };
  expect(await deliver(running.port, JSON.stringify(body))).toBe(200);
  await running.settled();
};

const THREAD = '1795874449.100049';
const REPLY = '1795874452.100056';
const message = { type: 'message', channel: CHANNEL, channel_type: 'channel' };
const openWeek = () =>
  hear({
    ...message,
    user: 'U0TILBOT01',
    bot_id: 'B0TILBOT01',
    text: '[TIL 11월 5주차]',
    ts: THREAD,
    event_ts: THREAD,
  });
const reply = (ts: string, user: string, text: string, more: object = {}) =>
  hear({ ...message, user, text, ts, event_ts: ts, thread_ts: THREAD, ...more });
const like = (ts: string) =>
  hear({
    type: 'reaction_added',
    user: LIKER,
    reaction: '+1',
    item: { type: 'message', channel: CHANNEL, ts },
    event_ts: '1795874460.000100',
  });

const read = async <T>(name: string): Promise<T> =>
  JSON.parse((await contents((await openStore(folder)).state))[`snapshots/${CHANNEL}/${name}.json`] ?? 'null') as T;
const week = () => read<WeekSnapshot>('weeks/2026-W48');
const eventsOf = async () => {
  const { log } = await openStore(folder);
  const keys = Object.keys(await contents(log, 'events/'));
  return Promise.all(keys.map(async (key) => readEvent((await log.get(key))?.bytes as Uint8Array, key)));
};
const quarantined = async () => Object.keys(await contents((await openStore(folder)).log, 'quarantine/'));

test('01: a message that an app posts in a member’s name takes nothing from the member, and is no participation', async () => {
  await openWeek();
  await reply(REPLY, MEMBER, '<https://velog.io/@me/one>');
  await reply('1795874453.000100', LIKER, '<https://velog.io/@you/one>');
  await like(REPLY);
  const { payload } = field('01-user-token-message');
  for (const user of [MEMBER, LIKER]) {
    await hear({ ...payload.event, user }, payload);
    const ts = `17958740${user === MEMBER ? 91 : 92}.000100`;
    const { bot_id, app_id } = payload.event;
    await reply(ts, user, '<https://velog.io/@me/by-an-app>', { bot_id, app_id });
  }
  expect((await week()).posts).toMatchObject([
    { author: MEMBER, likes: 1 },
    { author: LIKER, likes: 0 },
  ]);
  expect((await read<MembersSnapshot>('members')).members.map(({ id }) => id)).toEqual([MEMBER, LIKER]);
  expect((await read<MonthSnapshot>('months/2026-11')).challengers.map(({ id }) => id)).toEqual([MEMBER, LIKER]);
  expect((await read<IndexSnapshot>('index')).totals).toMatchObject({ members: 2, participants: 2, posts: 2 });
});

test('03: a reaction with a long name in Hangul is in the log like every other, and holds nothing up', async () => {
  await openWeek();
  await reply(REPLY, MEMBER, '<https://velog.io/@me/one>');
  const { payload } = field('03-long-emoji-name');
  await hear({ ...payload.event, item: { ...payload.event.item, ts: REPLY } }, payload);
  await like(REPLY);
  expect((await eventsOf()).filter(({ kind }) => kind === 'reaction.added')).toMatchObject([
    { item: REPLY, user: LIKER, name: payload.event.reaction },
    { item: REPLY, user: LIKER, name: '+1' },
  ]);
  expect((await week()).posts[0]?.likes).toBe(1);
  expect(await quarantined()).toEqual([]);
});

test('04: the link to a reply names its thread and channel, as Slack’s own do', async () => {
  await openWeek();
  await reply(REPLY, MEMBER, '<https://velog.io/@me/one>');
  expect((await week()).posts[0]?.permalink).toBe(field('04-permalink').expected);
});

test('11: a message that is shared into the thread counts if whoever shares it wrote it', async () => {
  const { event } = field('11-shared-message');
  await openWeek();
  await hear({ ...event, thread_ts: THREAD });
  await hear({ ...event, user: LIKER, ts: '1795873012.000100', event_ts: '1795873012.000100', thread_ts: THREAD });
  expect((await week()).posts).toMatchObject([{ author: MEMBER, links: [{ url: 'https://velog.io/@me/new-post' }] }]);
});

test('13: front pages and editors are no posts, and an address counts once a month, for who posted it first', async () => {
  const [front, editor, naver] = field('13-not-a-post').links as string[];
  await openWeek();
  for (const [position, url] of [front, editor, naver].entries())
    await reply(`179587450${position}.000100`, MEMBER, `<${url}>`);
  expect((await week()).posts).toEqual([]);
  await reply('1795874512.000100', LIKER, '<https://velog.io/@a/one>');
  await reply('1795874513.000100', LIKER, '<http://www.velog.io/@a/one/?utm_source=x#top>');
  await reply('1795874511.000100', MEMBER, '<https://velog.io/@a/one>');
  expect((await week()).posts.map(({ ts, author }) => [ts, author])).toEqual([['1795874511.000100', MEMBER]]);
});

test('17: who comes and who goes, without a date of their own, are dated by the envelope', async () => {
  const { payload } = field('17-member-joined-without-event-ts');
  for (const type of ['member_joined_channel', 'member_left_channel'])
    await hear({ ...payload.event, type }, { ...payload, event_id: `Ev0${type.slice(7, 11).toUpperCase()}` });
  expect((await eventsOf()).map(({ kind, at }) => [kind, at])).toEqual([
    ['member.joined', '1795873017.000000'],
    ['member.left', '1795873017.000000'],
  ]);
  expect(await quarantined()).toEqual([]);
});

test('18: a link in a cell of a table counts', async () => {
  await openWeek();
  await hear({ ...field('18-link-in-a-table-cell').event, thread_ts: THREAD });
  expect((await week()).posts).toMatchObject([{ links: [{ url: 'https://velog.io/@me/in-a-cell' }] }]);
});

test('a delivery of a shared channel is ours if it was delivered to us, whoever wrote it or made the channel', async () => {
  await openWeek();
  const fromAfar = { team_id: 'T0AFAR0001', is_ext_shared_channel: true };
  const ts = (second: number) => `179587452${second}.000100`;
  const say = (second: number, envelope: object) =>
    hear(
      {
        ...message,
        user: MEMBER,
        text: `<https://velog.io/@me/${second}>`,
        ts: ts(second),
        event_ts: ts(second),
        thread_ts: THREAD,
      },
      { ...fromAfar, ...envelope },
    );
  await say(1, { authorizations: [{ team_id: 'T0HOME0001', user_id: 'U0TILBOT01', is_bot: true }] });
  await say(2, { context_team_id: 'T0HOME0001' });
  await say(3, { authorizations: [{ team_id: null }], context_team_id: 'T0HOME0001' });
  await say(4, { authorizations: [{ team_id: 'T0AFAR0001' }] });
  await say(5, {});
  await say(6, { team_id: 'T0HOME0001', authorizations: [{ team_id: 'T0AFAR0001' }] });
  expect((await week()).posts.map((post) => post.ts)).toEqual([ts(1), ts(2), ts(3)]);
  expect(await quarantined()).toHaveLength(3);
});
