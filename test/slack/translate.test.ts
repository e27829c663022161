import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { faultOf } from '../../src/events/catalog.ts';
import { encodeEvent } from '../../src/events/codec.ts';
import { keyOf } from '../../src/events/key.ts';
import { calendarOf } from '../../src/events/week.ts';
import { foldSafely } from '../../src/pipeline/fold-safely.ts';
import { emptyLedger } from '../../src/projections/ledger.ts';
import { translate } from '../../src/slack/translate.ts';
import { validKey } from '../../src/store/bucket.ts';
import { CHANNEL, FIXTURES, payload } from '../support/world.ts';

const CHANNELS = new Set([CHANNEL]);
const calendar = calendarOf('Asia/Seoul');

const eventOf = (body: unknown) => {
  const translation = translate(body, CHANNELS);
  if (translation.to !== 'event') throw new Error(`expected an event, got ${JSON.stringify(translation)}`);
  return translation.event;
};

/** A payload with fields of its inner event replaced. */
const changed = (number: number, fields: Record<string, unknown>) => {
  const body = payload(number);
  return { ...body, event: { ...body.event, ...fields } };
};

describe('an event holds allow-listed fields only', () => {
  test('a reply', () => {
    expect(JSON.parse(encodeEvent(eventOf(payload(3))))).toEqual({
      v: 1,
      kind: 'message.posted',
      channel: CHANNEL,
      at: '1722865849.468459',
      ts: '1722865849.468459',
      author: { user: 'U0MINSEO01' },
      thread: '1722817810.000100',
      text: '개발 블로그입니다 <https://velog.io/@minseo-dev/Python-%EC%95%84%EB%82%98%EC%BD%98%EB%8B%A4-%EC%84%A4%EC%B9%98>',
      links: ['https://velog.io/@minseo-dev/Python-%EC%95%84%EB%82%98%EC%BD%98%EB%8B%A4-%EC%84%A4%EC%B9%98'],
    });
  });

  test('a like', () => {
    expect(JSON.parse(encodeEvent(eventOf(payload(15))))).toEqual({
      v: 1,
      kind: 'reaction.added',
      channel: CHANNEL,
      at: '1722867180.000800',
      item: '1722865849.468459',
      user: 'U0JIHO0001',
      name: '+1::skin-tone-3',
    });
  });

  test('nothing of the envelope, and nothing of a token or a file', () => {
    for (const number of [1, 3, 4, 8, 12, 14, 20, 22]) {
      const text = encodeEvent(eventOf(payload(number)));
      for (const word of ['token', 'event_id', 'Ev0TIL', 'authorizations', 'event_context', 'url_private', 'image_url'])
        expect(text).not.toContain(word);
    }
  });
});

describe('one event, whatever the envelope', () => {
  test.each(FIXTURES.slice(0, 24).map((name, position) => [name, position + 1] as const))('%s', (_name, number) => {
    const first = translate(payload(number), CHANNELS);
    for (let delivery = 0; delivery < 11; delivery++) {
      const again = {
        ...payload(number),
        event_id: `Ev${delivery}`,
        event_time: delivery,
        event_context: 'other',
        token: 'x',
      };
      expect(translate(again, CHANNELS)).toEqual(first);
    }
  });

  test('a reaction that is taken back and made again is another event', () => {
    const again = eventOf(changed(14, { event_ts: '1722867900.000100' }));
    expect(keyOf(again, calendar)).not.toBe(keyOf(eventOf(payload(14)), calendar));
  });
});

describe('what Slack leaves out, adds, or sends in another form', () => {
  test('an edit without an inner message is broken', () => {
    expect(translate(changed(4, { message: undefined }), CHANNELS)).toMatchObject({ to: 'broken' });
  });

  test('a message says of itself that it is its own parent: it has none', () => {
    expect(eventOf(changed(1, { thread_ts: '1722817810.000100' }))).not.toHaveProperty('thread', '1722817810.000100');
  });

  test('a weekly title that stands only in blocks is kept', () => {
    const section = { type: 'section', text: { type: 'mrkdwn', text: '*[TIL 8월 1주차]* 시작!' } };
    const bold = { type: 'text', text: '8월', style: { bold: true } };
    const elements = [{ type: 'text', text: '[TIL ' }, bold, { type: 'text', text: ' 1주차]' }];
    const rich = { type: 'rich_text', elements: [{ type: 'rich_text_section', elements }] };
    const header = { type: 'header', text: { type: 'plain_text', text: '[TIL 8월 1주차]' } };
    for (const block of [section, rich, header])
      expect(eventOf(changed(2, { text: 'new message', blocks: [block] }))).toMatchObject({ title: 'TIL 8월 1주차' });
    expect(eventOf(changed(2, { text: '[TIL 8월 1주차]', blocks: [section] }))).toMatchObject({ title: undefined });
  });

  test('message_replied says nothing new', () => {
    expect(translate(changed(4, { subtype: 'message_replied' }), CHANNELS)).toMatchObject({ to: 'other' });
  });

  test('a message has its bot by bot_id, by bot_profile, or by being a bot_message', () => {
    expect(eventOf(changed(3, { bot_id: 'B0OTHER001' }))).toMatchObject({ author: { bot: 'B0OTHER001' } });
    expect(eventOf(changed(3, { bot_profile: { id: 'B0OTHER001' } }))).toMatchObject({ author: { bot: 'B0OTHER001' } });
    expect(eventOf(changed(3, { subtype: 'bot_message', user: undefined }))).toMatchObject({
      author: { bot: 'USLACKBOT' },
    });
  });

  test('a text of 40,000 characters is cut at 4,000, never in the middle of an emoji, and its links are found beyond the cut', () => {
    const text = `${'a'.repeat(3999)}🔥${'b'.repeat(36_000)} <https://velog.io/@x/y>`;
    const event = eventOf(changed(3, { text, blocks: undefined }));
    expect(event).toMatchObject({ text: 'a'.repeat(3999), links: ['https://velog.io/@x/y'] });
  });

  test('metadata of others is not kept', () => {
    const metadata = { event_type: 'someone_else', event_payload: { week: '2024-W32', secret: 'x' } };
    expect(eventOf(changed(1, { metadata }))).toMatchObject({ metadata: undefined });
    const ours = { event_type: 'til_week_open', event_payload: { week: '2024-W99', attempt: -1, secret: 'x' } };
    expect(eventOf(changed(1, { metadata: ours }))).toMatchObject({ metadata: { type: 'til_week_open' } });
    expect(encodeEvent(eventOf(changed(1, { metadata: ours })))).not.toContain('secret');
  });

  test('a link preview without an http address is not kept', () => {
    for (const url of ['constructor', '__proto__', 'toString', 'javascript:alert(1)', 'data:text/html,x', ''])
      expect(eventOf(changed(3, { attachments: [{ title: 'x', title_link: url }] }))).toMatchObject({
        previews: undefined,
      });
  });
});

describe('ids that would be dangerous in a key are broken, not events', () => {
  const hostile = [
    '../../x',
    'a/b',
    'U0\0',
    '%2e%2e',
    'constructor',
    '__proto__',
    'toString',
    'U'.repeat(33),
    '',
    'u0minseo01',
    'U0 1',
    5,
    null,
    {},
    [],
  ];
  test.each(hostile.map((id) => [JSON.stringify(id), id]))('%s', (_name, id) => {
    expect(translate(changed(14, { user: id }), CHANNELS)).toMatchObject({
      to: 'broken',
      reason: expect.stringContaining('user'),
    });
    expect(translate(changed(20, { user: id }), CHANNELS)).toMatchObject({ to: 'broken' });
    expect(translate(changed(14, { item: { type: 'message', channel: CHANNEL, ts: id } }), CHANNELS)).toMatchObject({
      to: 'broken',
    });
    expect(translate(changed(14, { event_ts: id }), CHANNELS)).toMatchObject({ to: 'broken' });
  });

  test('the reason names the field and the form, never the value', () => {
    const translation = translate(changed(14, { user: 'my secret text' }), CHANNELS);
    expect(translation).toEqual({
      to: 'broken',
      reason: 'reaction.added: user: expected an id such as U0MINSEO01, got a string',
    });
  });
});

const HOSTILE = fc.constantFrom<unknown>(
  null,
  [],
  {},
  '',
  'x',
  '../../x',
  0,
  -1,
  1e308,
  true,
  '1722865849.468459',
  '9'.repeat(400),
  '\ud800',
  '\u0000',
  '\u202e',
  { type: 'rich_text', elements: [{ elements: 5 }] },
  [[[[[]]]]],
  JSON.parse('{"__proto__":{"polluted":true},"constructor":{"prototype":1}}'),
);

/** A fixture with one to four of its fields, anywhere, taken out or replaced by something hostile. */
const mutated = fc
  .tuple(
    fc.integer({ min: 1, max: 26 }),
    fc.array(fc.tuple(fc.nat(), fc.option(HOSTILE, { nil: undefined })), { minLength: 1, maxLength: 4 }),
  )
  .map(([number, changes]) => {
    const body = payload(number);
    for (const [at, value] of changes) {
      const places: [Record<string, unknown>, string][] = [];
      const walk = (node: unknown): void => {
        if (typeof node !== 'object' || node === null) return;
        for (const name of Object.keys(node)) {
          places.push([node as Record<string, unknown>, name]);
          walk((node as Record<string, unknown>)[name]);
        }
      };
      walk(body);
      const place = places[at % places.length];
      if (!place) continue;
      if (value === undefined) delete place[0][place[1]];
      else place[0][place[1]] = structuredClone(value);
    }
    return body;
  });

describe('any JSON gives an answer', () => {
  const answers = (body: unknown): void => {
    const translation = translate(body, CHANNELS);
    if (translation.to !== 'event') return;
    // What is called an event can be written, stored and folded.
    expect(faultOf(translation.event)).toBeUndefined();
    expect(validKey(keyOf(translation.event, calendar))).toBe(true);
    expect(encodeEvent(translation.event).length).toBeLessThan(200_000);
    expect(foldSafely(emptyLedger(CHANNEL, '2024-W32'), [translation.event]).poisoned).toEqual([]);
  };

  test('any value', () => {
    fc.assert(fc.property(fc.jsonValue(), answers), { numRuns: 2000 });
    fc.assert(
      fc.property(fc.jsonValue(), (event) =>
        answers({ type: 'event_callback', event: Object.assign({ channel: CHANNEL, type: 'message' }, event) }),
      ),
      { numRuns: 2000 },
    );
  });

  test('a real payload with hostile fields', () => {
    fc.assert(fc.property(mutated, answers), { numRuns: 5000 });
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });
});
