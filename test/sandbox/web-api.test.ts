import { LogLevel, WebClient } from '@slack/web-api';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type RunningSandbox, startSandbox } from '../../src/sandbox/server.ts';
import { BOT_SCOPES } from '../../src/slack/manifest.ts';
import { botToken, cast, channel, jiho, minseo } from './small-workspace.ts';

let sandbox: RunningSandbox;
let bot: WebClient;

const clientWith = (token: string, timeout = 5_000): WebClient =>
  new WebClient(token, {
    slackApiUrl: sandbox.apiUrl,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout,
    allowAbsoluteUrls: false,
    logLevel: LogLevel.ERROR,
    logger: {
      debug() {},
      info() {},
      warn() {},
      error() {},
      setLevel() {},
      getLevel: () => LogLevel.ERROR,
      setName() {},
    },
  });

/** The error code with which Slack refuses. */
const refusal = async (call: Promise<unknown>): Promise<unknown> =>
  await call.then(
    () => 'no error',
    (error: { data?: { error?: string } }) => error.data?.error ?? error,
  );

const post = async (text: string, more: object = {}): Promise<string> =>
  String((await bot.chat.postMessage({ channel, text, ...more })).ts);

beforeEach(async () => {
  sandbox = await startSandbox({ workspace: { ...cast, shownLikers: 2 }, signingSecret: 's' });
  bot = clientWith(botToken);
});
afterEach(async () => await sandbox.close());

describe('auth', () => {
  test('auth.test says who the bot is', async () => {
    expect(await bot.auth.test()).toMatchObject({
      ok: true,
      user_id: 'U0TILBOT01',
      bot_id: 'B0TILBOT01',
      team_id: 'T0TILTEAM1',
      url: `${sandbox.url}/sandbox/`,
    });
  });

  test('a member has a token of their own', async () => {
    const answer = await clientWith(`xoxp-sandbox-${minseo}`).auth.test();
    expect(answer.user_id).toBe(minseo);
    expect(answer.bot_id).toBeUndefined();
  });

  test('unknown tokens, none, and those of deactivated members are refused', async () => {
    expect(await refusal(clientWith('xoxb-other').auth.test())).toBe('invalid_auth');
    expect(await refusal(clientWith('xoxp-sandbox-U0GONE0001').auth.test())).toBe('account_inactive');
    expect(await refusal(new WebClient(undefined, { slackApiUrl: sandbox.apiUrl }).auth.test())).toBe('not_authed');
    expect(await refusal(bot.apiCall('chat.fly'))).toBe('unknown_method');
  });
});

describe('chat', () => {
  test('a posted message comes back whole, and is read with its metadata only when asked', async () => {
    const metadata = { event_type: 'til_week_open', event_payload: { week: '2024-W32' } };
    const blocks = [{ type: 'section' as const, text: { type: 'mrkdwn' as const, text: '*주*' } }];
    const answer = await bot.chat.postMessage({ channel, text: '주', blocks, metadata, unfurl_links: false });
    expect(answer).toMatchObject({ ok: true, channel, message: { text: '주', bot_id: 'B0TILBOT01', metadata } });
    const plain = await bot.conversations.history({ channel });
    expect(plain.messages?.[0]).not.toHaveProperty('metadata');
    const whole = await bot.conversations.history({ channel, include_all_metadata: true });
    expect(whole.messages?.[0]).toMatchObject({ ts: answer.ts, metadata, blocks });
    expect(whole.messages?.[0]?.app_id).toBe('A0TILAPP01');
  });

  test('JSON bodies are read like forms', async () => {
    const response = await fetch(`${sandbox.apiUrl}chat.postMessage`, {
      method: 'POST',
      headers: { 'content-type': 'application/json; charset=utf-8', authorization: `Bearer ${botToken}` },
      body: JSON.stringify({ channel, text: '안녕', metadata: { event_type: 'a', event_payload: { b: 1 } } }),
    });
    expect(await response.json()).toMatchObject({
      ok: true,
      message: { text: '안녕', metadata: { event_payload: { b: 1 } } },
    });
  });

  test.each([
    ['chat.postMessage', { client_msg_id: 'x' }],
    ['chat.update', { unfurl_links: false }],
    ['chat.postEphemeral', { metadata: { event_type: 'a', event_payload: {} } }],
    ['conversations.history', { include_metadata: true }],
    ['users.info', { name: 'x' }],
  ])('%s takes no argument that Slack does not document for it', async (method, args) => {
    const ts = await post('하나');
    const given = {
      'chat.postMessage': { channel, text: '둘' },
      'chat.update': { channel, ts, text: '둘' },
      'chat.postEphemeral': { channel, text: '둘', user: minseo },
      'conversations.history': { channel },
      'users.info': { user: minseo },
    }[method];
    expect(await refusal(bot.apiCall(method, given))).toBe('no error');
    expect(await refusal(bot.apiCall(method, { ...given, ...args }))).toBe('invalid_arguments');
  });

  test('what comes by a token bears its app, a person’s too', async () => {
    await clientWith(`xoxp-sandbox-${minseo}`).chat.postMessage({ channel, text: '대신 보냄' });
    const [message] = sandbox.workspace.messages(channel);
    expect(message).toMatchObject({ user: minseo, bot_id: 'B0OTHERAPP', app_id: 'A0OTHERAPP' });
    expect(message).not.toHaveProperty('client_msg_id');
    await bot.chat.postEphemeral({ channel, user: minseo, text: '힌트' });
    expect(sandbox.workspace.hints(minseo)).toMatchObject([{ bot_id: 'B0TILBOT01', app_id: 'A0TILAPP01' }]);
    const typed = sandbox.workspace.post({ user: jiho, channel, text: '직접 씀' });
    expect(typed).not.toHaveProperty('bot_id');
  });

  test('what an app leaves bare is escaped, and what is escaped or markup stays as it is', async () => {
    const text = 'a & b <c> &lt;d&gt; <https://velog.io/?a=1&amp;b=2|글> <@U0MINSEO01> 1 > 0';
    const shown = 'a &amp; b &lt;c&gt; &lt;d&gt; <https://velog.io/?a=1&amp;b=2|글> <@U0MINSEO01> 1 &gt; 0';
    const blocks = [{ type: 'section' as const, text: { type: 'mrkdwn' as const, text } }];
    const { message } = await bot.chat.postMessage({ channel, text, blocks });
    expect(message).toMatchObject({ text: shown, blocks: [{ text: { text: shown } }] });
  });

  test('every answer to a known token names what it may do', async () => {
    const { response_metadata } = await bot.auth.test();
    expect([...(response_metadata?.scopes ?? [])].sort()).toEqual([...new Set([...BOT_SCOPES, 'commands'])].sort());
    const refused = await fetch(`${sandbox.apiUrl}chat.fly`, { headers: { authorization: `Bearer ${botToken}` } });
    expect(refused.headers.get('x-oauth-scopes')).toContain('chat:write');
    const unknown = await fetch(`${sandbox.apiUrl}auth.test`, { headers: { authorization: 'Bearer xoxb-other' } });
    expect(unknown.headers.get('x-oauth-scopes')).toBeNull();
  });

  test("a user's id stands for the conversation with them, which is the same each time", async () => {
    const first = await bot.chat.postMessage({ channel: minseo, text: '하나' });
    const second = await bot.chat.postMessage({ channel: minseo, text: '둘' });
    expect(first.channel).toMatch(/^D/);
    expect(second.channel).toBe(first.channel);
    const opened = await bot.conversations.open({ users: minseo });
    expect(opened).toMatchObject({ already_open: true, channel: { id: first.channel } });
    expect(sandbox.workspace.directMessages(minseo).map(({ text }) => text)).toEqual(['하나', '둘']);
    const updated = await bot.chat.update({ channel: String(first.channel), ts: String(first.ts), text: '셋' });
    expect(updated.message).toMatchObject({ text: '셋' });
    expect(
      await refusal(clientWith(`xoxp-sandbox-${jiho}`).conversations.history({ channel: String(first.channel) })),
    ).toBe('channel_not_found');
  });

  test('an update keeps the metadata it does not name, marks the message edited, and replaces what it names', async () => {
    const ts = await post('하나', { metadata: { event_type: 'a', event_payload: { n: 1 } } });
    await bot.chat.update({ channel, ts, text: '둘' });
    const [kept] = (await bot.conversations.history({ channel, include_all_metadata: true })).messages ?? [];
    expect(kept).toMatchObject({ text: '둘', edited: { user: 'U0TILBOT01' }, metadata: { event_payload: { n: 1 } } });
    await bot.chat.update({ channel, ts, text: '셋', metadata: { event_type: 'a', event_payload: { n: 2 } } });
    const [replaced] = (await bot.conversations.history({ channel, include_all_metadata: true })).messages ?? [];
    expect(replaced).toMatchObject({ text: '셋', metadata: { event_payload: { n: 2 } } });
  });

  test('a deleted message is gone, and one may delete and update only what is one’s own', async () => {
    const ts = await post('하나');
    const other = clientWith(`xoxp-sandbox-${minseo}`);
    expect(await refusal(other.chat.update({ channel, ts, text: 'x' }))).toBe('cant_update_message');
    expect(await refusal(other.chat.delete({ channel, ts }))).toBe('cant_delete_message');
    await bot.chat.delete({ channel, ts });
    expect(await refusal(bot.chat.delete({ channel, ts }))).toBe('message_not_found');
    expect((await bot.conversations.history({ channel })).messages).toEqual([]);
  });

  test('an ephemeral message is seen by one member and by no history', async () => {
    const thread_ts = await post('주');
    const answer = await bot.chat.postEphemeral({ channel, user: minseo, text: '아직 세지 않아요', thread_ts });
    expect(sandbox.workspace.hints(minseo)).toMatchObject([
      { ts: answer.message_ts, thread_ts, text: '아직 세지 않아요' },
    ]);
    expect(sandbox.workspace.hints(jiho)).toEqual([]);
    expect((await bot.conversations.replies({ channel, ts: thread_ts })).messages).toHaveLength(1);
    expect(await refusal(bot.chat.postEphemeral({ channel, user: 'U0NONE', text: 'x' }))).toBe('user_not_in_channel');
  });

  test('a permalink leads to the message in the page, for a reply with its thread', async () => {
    const ts = await post('주');
    const parent = await bot.chat.getPermalink({ channel, message_ts: ts });
    expect(parent.permalink).toBe(`${sandbox.url}/sandbox/archives/${channel}/p${ts.replace('.', '')}`);
    const reply = await post('답', { thread_ts: ts });
    const { permalink } = await bot.chat.getPermalink({ channel, message_ts: reply });
    expect(permalink).toContain(`?thread_ts=${ts}&cid=${channel}`);
    const response = await fetch(String(permalink), { redirect: 'manual' });
    expect(response.headers.get('location')).toBe(`/sandbox/#channel=${channel}&ts=${reply}&thread=${ts}`);
    expect(await refusal(bot.chat.getPermalink({ channel, message_ts: '1.000000' }))).toBe('message_not_found');
  });

  test.each([
    ['channel_not_found', { channel: 'C0NONE', text: 'x' }],
    ['channel_not_found', { channel: 'U0NONE', text: 'x' }],
    ['not_in_channel', { channel: 'C0OTHER001', text: 'x' }],
    ['is_archived', { channel: 'C0OLD00001', text: 'x' }],
    ['user_not_found', { channel: 'U0GONE0001', text: 'x' }],
    ['cannot_dm_bot', { channel: 'U0OLDBOT01', text: 'x' }],
    ['no_text', { channel, text: '' }],
    ['cannot_reply_to_message', { channel, text: 'x', thread_ts: '1.000000' }],
    ['invalid_blocks_format', { channel, text: 'x', blocks: '{' }],
    ['invalid_blocks', { channel, text: 'x', blocks: Array(51).fill({ type: 'divider' }) }],
    [
      'invalid_blocks',
      { channel, text: 'x', blocks: [{ type: 'section', text: { type: 'mrkdwn', text: 'x'.repeat(3_001) } }] },
    ],
    ['invalid_blocks', { channel, text: 'x', blocks: [{ type: 'section' }] }],
    ['invalid_metadata_format', { channel, text: 'x', metadata: { event_type: 'a' } }],
    [
      'metadata_too_large',
      { channel, text: 'x', metadata: { event_type: 'a', event_payload: { b: 'x'.repeat(8_000) } } },
    ],
  ])('chat.postMessage answers %s', async (code, args) => {
    expect(await refusal(bot.apiCall('chat.postMessage', args))).toBe(code);
    expect(sandbox.workspace.messages(channel)).toEqual([]);
  });

  test('an update with too long a text is refused', async () => {
    const ts = await post('하나');
    expect(await refusal(bot.chat.update({ channel, ts, text: 'x'.repeat(4_001) }))).toBe('msg_too_long');
    expect(await refusal(bot.chat.postMessage({ channel, text: 'x'.repeat(40_001) }))).toBe('msg_too_long');
    expect(await refusal(bot.chat.update({ channel: minseo, ts, text: 'x' }))).toBe('channel_not_found');
    expect(await refusal(bot.chat.update({ channel, ts: '1.000000', text: 'x' }))).toBe('message_not_found');
  });
});

describe('conversations', () => {
  test('history comes newest first, page by page, and replies are not in it unless also sent to the channel', async () => {
    const stamps: string[] = [];
    for (let number = 0; number < 7; number += 1) stamps.push(await post(`글 ${number}`));
    await post('답', { thread_ts: stamps[0] });
    stamps.push(await post('모두에게', { thread_ts: stamps[0], reply_broadcast: true }));
    const pages: string[][] = [];
    for await (const page of bot.paginate('conversations.history', { channel, limit: 3 }))
      pages.push((page as unknown as { messages: { ts: string }[] }).messages.map(({ ts }) => ts));
    expect(pages.map((page) => page.length)).toEqual([3, 3, 2]);
    expect(pages.flat()).toEqual(stamps.toReversed());
  });

  test('oldest and latest are outside the window unless it is inclusive', async () => {
    const [one, two, three] = [await post('1'), await post('2'), await post('3')];
    const read = async (args: object) =>
      (await bot.conversations.history({ channel, ...args })).messages?.map(({ text }) => text);
    expect(await read({ oldest: one, latest: three })).toEqual(['2']);
    expect(await read({ oldest: one, latest: three, inclusive: true })).toEqual(['3', '2', '1']);
    expect(await read({ latest: two, inclusive: true, limit: 1 })).toEqual(['2']);
    expect(await read({ oldest: '0' })).toEqual(['3', '2', '1']);
    expect(await refusal(bot.conversations.history({ channel, oldest: 'yesterday' }))).toBe('invalid_ts_oldest');
    expect(await refusal(bot.conversations.history({ channel, cursor: 'bm9uc2Vuc2U=' }))).toBe('invalid_cursor');
  });

  test('replies come oldest first after their parent, page by page', async () => {
    const parent = await post('주');
    const stamps = [parent];
    for (let number = 0; number < 5; number += 1) stamps.push(await post(`답 ${number}`, { thread_ts: parent }));
    await post('다른 주');
    const pages: string[][] = [];
    for await (const page of bot.paginate('conversations.replies', { channel, ts: parent, limit: 4 }))
      pages.push((page as unknown as { messages: { ts: string }[] }).messages.map(({ ts }) => ts));
    expect(pages.map((page) => page.length)).toEqual([4, 2]);
    expect(pages.flat()).toEqual(stamps);
    const later = await bot.conversations.replies({ channel, ts: parent, oldest: String(stamps[3]) });
    expect(later.messages?.map(({ ts }) => ts)).toEqual([parent, stamps[4], stamps[5]]);
    expect(await refusal(bot.conversations.replies({ channel, ts: '1.000000' }))).toBe('thread_not_found');
  });

  test('members and their paging, and what is known of a channel', async () => {
    const ids: string[] = [];
    for await (const page of bot.paginate('conversations.members', { channel, limit: 2 }))
      ids.push(...(page as unknown as { members: string[] }).members);
    expect(ids).toEqual(['U0TILBOT01', minseo, jiho, 'U0ADMIN001', 'U0OLDBOT01']);
    const info = await bot.conversations.info({ channel, include_num_members: true });
    expect(info.channel).toMatchObject({
      id: channel,
      name: 'til',
      is_member: true,
      is_archived: false,
      num_members: 5,
    });
    const old = await bot.conversations.info({ channel: 'C0OLD00001' });
    expect(old.channel?.is_archived).toBe(true);
  });

  test('a channel that the bot is not in can be looked at, not read; an unknown one neither', async () => {
    expect((await bot.conversations.info({ channel: 'C0OTHER001' })).channel?.is_member).toBe(false);
    expect(await refusal(bot.conversations.history({ channel: 'C0OTHER001' }))).toBe('not_in_channel');
    expect(await refusal(bot.conversations.info({ channel: 'C0NONE' }))).toBe('channel_not_found');
    expect(await refusal(bot.conversations.open({ users: 'U0GONE0001' }))).toBe('user_disabled');
    expect(await refusal(bot.conversations.open({ users: 'U0NONE' }))).toBe('user_not_found');
  });
});

describe('reactions, users, views', () => {
  test('reactions are added, shown with exact counts and few names, given in full, and removed', async () => {
    const timestamp = await post('글');
    for (const user of [minseo, jiho]) sandbox.workspace.react({ user, channel, ts: timestamp, name: '+1' });
    await bot.reactions.add({ channel, timestamp, name: '+1' });
    expect(await refusal(bot.reactions.add({ channel, timestamp, name: '+1' }))).toBe('already_reacted');
    const [seen] = (await bot.conversations.history({ channel })).messages ?? [];
    expect(seen?.reactions).toEqual([{ name: '+1', count: 3, users: [minseo, jiho] }]);
    const full = await bot.reactions.get({ channel, timestamp, full: true });
    expect(full.message?.reactions?.[0]?.users).toEqual([minseo, jiho, 'U0TILBOT01']);
    const some = await bot.reactions.get({ channel, timestamp });
    expect(some.message?.reactions?.[0]).toMatchObject({ count: 3, users: [minseo, jiho] });
    await bot.reactions.remove({ channel, timestamp, name: '+1' });
    expect(await refusal(bot.reactions.remove({ channel, timestamp, name: '+1' }))).toBe('no_reaction');
    expect(await refusal(bot.reactions.add({ channel, timestamp: '1.000000', name: '+1' }))).toBe('message_not_found');
    expect(await refusal(bot.reactions.add({ channel, timestamp, name: '👍' }))).toBe('invalid_name');
  });

  test('users, those who left and bots among them', async () => {
    const { user } = await bot.users.info({ user: minseo });
    expect(user).toMatchObject({ id: minseo, real_name: '김민서', is_bot: false, profile: { display_name: '민서' } });
    expect((await bot.users.info({ user: 'U0GONE0001' })).user?.deleted).toBe(true);
    expect((await bot.users.info({ user: 'U0OLDBOT01' })).user?.is_bot).toBe(true);
    expect(await refusal(bot.users.info({ user: 'U0NONE' }))).toBe('user_not_found');
    const ids: string[] = [];
    for await (const page of bot.paginate('users.list', { limit: 4 }))
      ids.push(...(page as unknown as { members: { id: string }[] }).members.map(({ id }) => id));
    expect(ids).toEqual(['U0TILBOT01', minseo, jiho, 'U0ADMIN001', 'U0GONE0001', 'U0OLDBOT01']);
  });

  test('a home view is published, and a stale hash is refused', async () => {
    const view = { type: 'home' as const, blocks: [{ type: 'divider' as const }] };
    const { view: published } = await bot.views.publish({ user_id: minseo, view });
    expect(published).toMatchObject({ type: 'home', app_id: 'A0TILAPP01' });
    await bot.views.publish({ user_id: minseo, view, hash: String(published?.hash) });
    expect(await refusal(bot.views.publish({ user_id: minseo, view, hash: String(published?.hash) }))).toBe(
      'hash_conflict',
    );
  });
});

describe('faults', () => {
  const texts = () => sandbox.workspace.messages(channel).map(({ text }) => text);
  const failure = async (call: Promise<unknown>): Promise<{ code?: string; [field: string]: unknown }> =>
    await call.then(
      () => ({ code: 'no error' }),
      (error) => error,
    );

  test.each([0, 1, 30, 3_600])('a 429 with Retry-After %i, and nothing is posted', async (retryAfter) => {
    sandbox.faults.add({ kind: 'rate-limited', retryAfter, count: 1, methods: ['chat.postMessage'] });
    expect(await failure(post('하나'))).toMatchObject({ code: 'slack_webapi_rate_limited_error', retryAfter });
    expect(texts()).toEqual([]);
    await post('둘');
    expect(texts()).toEqual(['둘']);
  });

  test.each(['soon', null])('a 429 whose Retry-After is %s', async (retryAfter) => {
    sandbox.faults.add({ kind: 'rate-limited', retryAfter, count: 1 });
    expect((await failure(post('하나')))['message']).toContain('Retry header did not contain a valid timeout');
  });

  test('a time-out before the deed, and one after it: only the second message is there', async () => {
    const impatient = clientWith(botToken, 50);
    sandbox.faults.add({ kind: 'timeout', when: 'before', count: 1 });
    expect(await failure(impatient.chat.postMessage({ channel, text: '하나' }))).toMatchObject({
      code: 'slack_webapi_request_error',
    });
    expect(texts()).toEqual([]);
    sandbox.faults.add({ kind: 'timeout', when: 'after', count: 1 });
    expect(await failure(impatient.chat.postMessage({ channel, text: '둘' }))).toMatchObject({
      code: 'slack_webapi_request_error',
    });
    expect(texts()).toEqual(['둘']);
  });

  test('a broken connection, a 500 and an internal_error, before the deed and after', async () => {
    for (const when of ['before', 'after'] as const) {
      sandbox.faults.set([{ kind: 'reset', when, count: 1 }]);
      expect((await failure(post(`reset ${when}`))).code).toBe('slack_webapi_request_error');
      sandbox.faults.set([{ kind: 'http-500', when, count: 1 }]);
      expect(await failure(post(`500 ${when}`))).toMatchObject({ code: 'slack_webapi_http_error', statusCode: 500 });
      sandbox.faults.set([{ kind: 'error', error: 'internal_error', when, count: 1 }]);
      expect(await refusal(post(`error ${when}`))).toBe('internal_error');
    }
    expect(texts()).toEqual(['reset after', '500 after', 'error after']);
  });

  test('a fault strikes its methods only, as often as it says', async () => {
    sandbox.faults.set([{ kind: 'error', error: 'fatal_error', when: 'before', methods: ['users.info'], count: 2 }]);
    await post('글');
    const outcomes = [1, 2, 3].map(async () => await refusal(bot.users.info({ user: minseo })));
    expect((await Promise.all(outcomes)).sort()).toEqual(['fatal_error', 'fatal_error', 'no error']);
    expect(sandbox.faults.list()).toEqual([]);
  });

  test('history lags behind a post', async () => {
    sandbox.faults.set([{ kind: 'history-lag', milliseconds: 150, count: 1 }]);
    const ts = await post('늦게 보인다');
    expect((await bot.conversations.history({ channel })).messages).toEqual([]);
    expect(await refusal(bot.conversations.replies({ channel, ts }))).toBe('thread_not_found');
    await expect
      .poll(async () => (await bot.conversations.history({ channel })).messages?.length, {
        timeout: 5_000,
        interval: 20,
      })
      .toBe(1);
  });

  test('faults are set and read over HTTP, by whoever sends the header', async () => {
    const set = async (body: unknown, headers: Record<string, string> = { 'x-sandbox': '1' }) =>
      await fetch(`${sandbox.url}/sandbox/faults`, { method: 'POST', headers, body: JSON.stringify(body) });
    const faults = [{ kind: 'error', error: 'is_archived', when: 'before', probability: 0.5 }];
    expect((await set({ faults }, {})).status).toBe(400);
    expect(sandbox.faults.list()).toEqual([]);
    expect(await (await set({ faults })).json()).toEqual({ ok: true, faults });
    expect(await (await fetch(`${sandbox.url}/sandbox/faults`)).json()).toEqual({ faults });
    for (const wrong of [
      { kind: 'fire' },
      { kind: 'timeout' },
      { kind: 'delayed' },
      { kind: 'reset', when: 'after', count: '1' },
    ])
      expect((await set({ faults: [wrong] })).status).toBe(400);
    expect(sandbox.faults.list()).toEqual(faults);
  });
});

test('only this machine’s names are answered, under which no other site can come', async () => {
  const { request } = await import('node:http');
  const status = async (host: string, path: string): Promise<number | undefined> =>
    await new Promise((resolve, reject) => {
      const { port } = new URL(sandbox.url);
      const call = request({ host: '127.0.0.1', port, path, headers: { host } }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      call.once('error', reject).end();
    });
  expect(await status('evil.example:3000', '/sandbox/state')).toBe(403);
  expect(await status('evil.example', '/api/auth.test')).toBe(403);
  expect(await status('localhost:3000', '/sandbox/state')).toBe(200);
});
