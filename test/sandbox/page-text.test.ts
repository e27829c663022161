import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { placeIn, usualThread } from '../../src/sandbox/page/desk.ts';
import { SHAPES } from '../../src/sandbox/page/emoji-shapes.ts';
import { emojiOf, parseMrkdwn, parsePlain } from '../../src/sandbox/page/mrkdwn.ts';
import type { PageState } from '../../src/sandbox/page-api.ts';

describe('mrkdwn', () => {
  test('emphasis, links, mentions, code, emoji and lines become pieces', () => {
    expect(parseMrkdwn('*굵게* _기울여_ ~지워~ `a &lt; b`\n<https://velog.io/@a|글> <@U1> <!here> :fire: 🔥')).toEqual([
      { kind: 'bold', pieces: [{ kind: 'text', text: '굵게' }] },
      { kind: 'text', text: ' ' },
      { kind: 'italic', pieces: [{ kind: 'text', text: '기울여' }] },
      { kind: 'text', text: ' ' },
      { kind: 'strike', pieces: [{ kind: 'text', text: '지워' }] },
      { kind: 'text', text: ' ' },
      { kind: 'code', text: 'a < b' },
      { kind: 'line' },
      { kind: 'link', url: 'https://velog.io/@a', label: '글' },
      { kind: 'text', text: ' ' },
      { kind: 'user', id: 'U1' },
      { kind: 'text', text: ' ' },
      { kind: 'mention', text: '@here' },
      { kind: 'text', text: ' ' },
      { kind: 'emoji', name: 'fire' },
      { kind: 'text', text: ' ' },
      { kind: 'emoji', name: 'fire' },
    ]);
  });

  test('a link may be bold, and one without a label shows its Hangul', () => {
    expect(parseMrkdwn('*<https://a.io/%EA%B8%80>*')).toEqual([
      { kind: 'bold', pieces: [{ kind: 'link', url: 'https://a.io/%EA%B8%80', label: 'https://a.io/글' }] },
    ]);
  });

  test.each([
    ['<javascript:alert(1)|눌러>', '눌러'],
    ['<javascript://%0aalert(1)|눌러>', '눌러'],
    ['<data:text/html,x|눌러>', '눌러'],
    ['<https://|눌러>', '눌러'],
    ['&lt;script&gt;', '<script>'],
    ['<img src=x onerror=alert(1)>', 'img src=x onerror=alert(1)'],
  ])('%s becomes text', (wire, text) => {
    expect(parseMrkdwn(wire)).toEqual([{ kind: 'text', text }]);
  });

  test('a plain text keeps what is markup elsewhere; only emoji are drawn', () => {
    expect(parsePlain('🌙 *이번* 주는 <쉬어요>🟩⬜')).toEqual([
      { kind: 'emoji', name: 'crescent_moon' },
      { kind: 'text', text: ' *이번* 주는 <쉬어요>' },
      { kind: 'emoji', name: 'large_green_square' },
      { kind: 'emoji', name: 'white_large_square' },
    ]);
  });

  test('reactions have their character, with the tone, and unknown ones their name', () => {
    expect([emojiOf('+1'), emojiOf('+1::skin-tone-3'), emojiOf('party_blob'), emojiOf('constructor')]).toEqual([
      '👍',
      '👍🏼',
      ':party_blob:',
      ':constructor:',
    ]);
  });
});

describe('places', () => {
  test('a permalink names a channel, a message and its thread; a parent is its own thread', () => {
    expect(placeIn('#channel=C1&ts=1.000002&thread=1.000001')).toEqual({
      channel: 'C1',
      ts: '1.000002',
      thread: '1.000001',
    });
    expect(placeIn('#channel=C1&ts=1.000002&thread=')).toEqual({ channel: 'C1', ts: '1.000002', thread: '1.000002' });
    expect(placeIn('#nothing')).toBeUndefined();
  });

  test('the latest weekly post is opened, else the latest thread', () => {
    const message = (ts: string, more: object) => ({ type: 'message', ts, text: '', ...more });
    const state = (...messages: object[]) => ({ messages }) as unknown as PageState;
    const weekly = message('1.000001', { bot_id: 'B', text: '[TIL 8월 1주차]' });
    const thread = message('1.000002', { reply_count: 1 });
    expect(usualThread(state(weekly, thread, message('1.000003', { bot_id: 'B' })))).toBe('1.000001');
    expect(usualThread(state(message('1.000001', { text: '[TIL 8월 1주차]' }), thread))).toBe('1.000002');
    expect(usualThread(state())).toBeUndefined();
  });
});

// A machine without an emoji font, as a server with a browser is, shows boxes for what is not drawn.
test('every emoji that the bot writes is drawn by the page', () => {
  const source = (path: string): string => readFileSync(new URL(`../../src/${path}`, import.meta.url), 'utf8');
  const texts = readdirSync(new URL('../../src/slack/text/', import.meta.url)).map((name) =>
    source(`slack/text/${name}`),
  );
  const written = texts.flatMap(
    (text) => text.match(/\p{Extended_Pictographic}\uFE0F?|:[a-z]+(?:_[a-z]+)*:(?=[ *])/gu) ?? [],
  );
  const isDrawn = (name: string): boolean =>
    Object.hasOwn(SHAPES, name) || source('sandbox/page/emoji.svelte').includes(`'${name}'`);
  const missing = [...new Set(written)].filter(
    (sign) => !parseMrkdwn(sign).every((piece) => piece.kind === 'emoji' && isDrawn(piece.name)),
  );
  expect(written.length).toBeGreaterThan(30);
  expect(missing).toEqual([]);
});
