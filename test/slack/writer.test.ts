import { afterEach, describe, expect, test } from 'vitest';
import type { HomeBlock } from '../../src/slack/home-blocks.ts';
import type { OutgoingMessage } from '../../src/slack/slack.ts';
import { slackWriter } from '../../src/slack/writer.ts';
import { interactionText } from '../support/interactions.ts';
import { type StubAnswer, type StubCall, startSlackStub } from '../support/slack-stub.ts';

const used: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of used.splice(0)) await end();
});

const stubbed = async (answer: (call: StubCall) => StubAnswer) => {
  const stub = await startSlackStub(answer);
  used.push(stub.close);
  return { ...stub, writer: slackWriter({ token: 'xoxb-test', apiUrl: stub.apiUrl }) };
};

const MESSAGE: OutgoingMessage = {
  text: '글',
  blocks: [{ type: 'section', text: { type: 'mrkdwn', text: '글' } }],
  metadata: { event_type: 'til_participation', event_payload: { effect: 'participation:1:0', attempt: 1 } },
};
const within = { oldest: '1722817810.000000', latest: '1722819010.000000' };

describe('what becomes of a message', () => {
  const posted = async (answer: StubAnswer) => {
    const { writer } = await stubbed(() => answer);
    return writer.post({ ...MESSAGE, to: 'C0TILCHAN1' });
  };

  test.each([
    ['a page of a proxy', { body: '<html>Welcome</html>', headers: { 'content-type': 'text/html' } }],
    ['one word', { body: 'ok', headers: { 'content-type': 'text/plain' } }],
    ['one word that is an error code of Slack’s', { body: 'channel_not_found' }],
    ['no body', { body: '' }],
    ['half an answer', { body: '{"ok":true,"chan' }],
    ['a connection that breaks within the answer', { body: '{"ok":true,', cut: true }],
    ['ok: false without an error', { body: '{"ok":false}' }],
    ['ok: false with an error that is no text', { body: '{"ok":false,"error":{"code":1}}' }],
    ['an error that is no code', { body: '{"ok":false,"error":"Something went wrong."}' }],
    ['neither yes nor no', { body: '{}' }],
    ['a list', { body: '[]' }],
    ['null', { body: 'null' }],
    ['a server error', { status: 502, body: 'Bad Gateway' }],
    ['internal_error', { body: '{"ok":false,"error":"internal_error"}' }],
  ] as [string, StubAnswer][])('%s leaves it unclear', async (_, answer) => {
    expect(await posted(answer)).toMatchObject({ outcome: 'unclear' });
  });

  test('a code that Slack documents is final', async () => {
    expect(await posted({ body: '{"ok":false,"error":"channel_not_found"}' })).toEqual({
      outcome: 'refused',
      reason: 'channel_not_found',
      final: true,
    });
  });

  test('a code that it does not document is not, and says so', async () => {
    expect(await posted({ body: '{"ok":false,"error":"moon_in_the_wrong_phase"}' })).toEqual({
      outcome: 'refused',
      reason: 'moon_in_the_wrong_phase',
      final: false,
      unknown: true,
    });
  });

  test('a token that is no good pauses everything', async () => {
    expect(await posted({ body: '{"ok":false,"error":"token_revoked"}' })).toMatchObject({ final: false, pause: true });
  });

  test.each([
    ['30', 30],
    ['0', 0],
    ['86400', 3600],
    ['soon', 30],
    [undefined, 30],
  ])('a 429 with Retry-After %s is a refusal for %i s', async (header, seconds) => {
    const headers: Record<string, string> = header === undefined ? {} : { 'retry-after': header };
    expect(await posted({ status: 429, headers, body: '{"ok":false,"error":"ratelimited"}' })).toEqual({
      outcome: 'refused',
      reason: 'ratelimited',
      final: false,
      retryAfterSeconds: seconds,
    });
  });
});

test('a method gets the arguments that Slack documents for it, and no others', async () => {
  const { writer, calls } = await stubbed(() => ({
    body: '{"ok":true,"channel":"C0TILCHAN1","ts":"1722817810.000001"}',
  }));
  await writer.post({ ...MESSAGE, to: 'C0TILCHAN1' });
  await writer.change({ ...MESSAGE, channel: 'C0TILCHAN1', ts: '1722817810.000001' });
  await writer.whisper({ ...MESSAGE, channel: 'C0TILCHAN1', user: 'U0MINSEO01', thread: '1722817810.000001' });
  expect(calls.map(({ method, arguments: given }) => [method, Object.keys(given).sort().join(' ')])).toEqual([
    ['chat.postMessage', 'blocks channel link_names metadata parse text unfurl_links unfurl_media'],
    ['chat.update', 'blocks channel link_names metadata parse text ts'],
    ['chat.postEphemeral', 'blocks channel link_names parse text thread_ts user'],
  ]);
});

describe('looking for a message of our own', () => {
  const own = {
    ts: '1722817811.000001',
    bot_id: 'B0TILBOT01',
    metadata: { event_type: 'til_x', event_payload: { effect: 'x:1', attempt: 2 } },
  };
  const history = (...pages: object[]) =>
    stubbed(({ method, arguments: { cursor } }) => ({
      body: JSON.stringify({
        ok: true,
        ...(method === 'auth.test' ? { user_id: 'U0TILBOT01', bot_id: 'B0TILBOT01' } : pages[Number(cursor ?? 0)]),
      }),
    }));

  test('reads no further than the time in which it may have been posted', async () => {
    const { writer, calls } = await history({ messages: [own] });
    const found = await writer.find('x:1', 'C0TILCHAN1', within);
    expect(found).toMatchObject({ outcome: 'found', ts: own.ts, attempt: 2 });
    const asked = calls.find(({ method }) => method === 'conversations.history');
    expect(asked?.arguments).toMatchObject({ ...within, inclusive: 'true', include_all_metadata: 'true' });
  });

  test('finds it on the second page, and not in what somebody else says', async () => {
    const more = { has_more: true, response_metadata: { next_cursor: '1' } };
    const foreign = { ...own, bot_id: 'B0OTHER001', user: 'U0OTHER001', ts: '1722817812.000001' };
    const { writer } = await history({ messages: [foreign], ...more }, { messages: [own] });
    expect(await writer.find('x:1', 'C0TILCHAN1', within)).toMatchObject({ outcome: 'found', ts: own.ts });
  });

  test('the whole history without it proves that it is not there', async () => {
    const { writer } = await history({ messages: [], has_more: false });
    expect(await writer.find('x:1', 'C0TILCHAN1', within)).toEqual({ outcome: 'absent' });
  });

  test('half a history proves nothing', async () => {
    const { writer } = await history({ messages: [], has_more: true });
    expect(await writer.find('x:1', 'C0TILCHAN1', within)).toEqual({ outcome: 'unknown' });
  });
});

test('the bot’s own id is asked of Slack until it is known, and then no more', async () => {
  const answers = [
    { ok: false, error: 'internal_error' },
    { ok: true, user_id: 'U0TILBOT01', bot_id: 'B0TILBOT01' },
  ];
  const { writer, calls } = await stubbed(() => ({ body: JSON.stringify(answers[calls.length - 1] ?? {}) }));
  const ids = [await writer.ownId?.(), await writer.ownId?.(), await writer.ownId?.()];
  expect(ids).toEqual([undefined, 'U0TILBOT01', 'U0TILBOT01']);
  expect(calls.map(({ method }) => method)).toEqual(['auth.test', 'auth.test']);
});

describe('a person', () => {
  const profile = async (user: object) => {
    const { writer } = await stubbed(() => ({ body: JSON.stringify({ ok: true, user }) }));
    return writer.profile('U0MINSEO01');
  };

  test('has a name, and a time zone where Slack gives one that exists', async () => {
    const found = { profile: { display_name: '민서' }, tz: 'Europe/Berlin' };
    expect(await profile(found)).toEqual({ name: '민서', bot: false, tz: 'Europe/Berlin' });
    expect(await profile({ ...found, tz: 'Mars/Olympus' })).toEqual({ name: '민서', bot: false });
    expect(await profile({ ...found, tz: null })).toEqual({ name: '민서', bot: false });
  });
});

describe('App Home', () => {
  const file = <Content>(name: string): Content => JSON.parse(interactionText(name)) as Content;
  const request = file<{ arguments: { user_id: string; view: { type: string; blocks: HomeBlock[] } } }>(
    '70-views-publish-request.json',
  );
  const { user_id, view } = request.arguments;
  const published = async (answer: StubAnswer) => {
    const { writer, calls } = await stubbed(() => answer);
    return { sent: await writer.publishHome?.(user_id, view.blocks), calls };
  };

  test('is published as Slack documents it', async () => {
    const { sent, calls } = await published({ body: interactionText('71-views-publish-answer.json') });
    expect(sent?.outcome).toBe('sent');
    expect(calls.map(({ method }) => method)).toEqual(['views.publish']);
    expect(calls[0]?.arguments['user_id']).toBe(user_id);
    expect(JSON.parse(calls[0]?.arguments['view'] ?? '')).toEqual({ type: view.type, blocks: view.blocks });
  });

  interface Refusal {
    error: string;
    http?: { status: number; headers: Record<string, string> };
  }
  test.each(file<Refusal[]>('72-views-publish-errors.json'))('that Slack refuses with $error', async (refusal) => {
    const { http, ...body } = refusal;
    const { sent, calls } = await published({ body: JSON.stringify(body), ...http });
    // Of the first it says nothing for ever: no hash is ever sent.
    const passing: Record<string, object> = { hash_conflict: { final: false }, ratelimited: { retryAfterSeconds: 30 } };
    expect(sent).toMatchObject({ outcome: 'refused', ...(passing[refusal.error] ?? { final: true }) });
    expect(calls).toHaveLength(1);
  });
});
