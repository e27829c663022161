import { describe, expect, test } from 'vitest';
import type { Event } from '../../src/events/catalog.ts';
import { canonical, encodeEvent } from '../../src/events/codec.ts';
import { Corrupt, Unavailable } from '../../src/events/errors.ts';
import { keyOf } from '../../src/events/key.ts';
import { calendarOf } from '../../src/events/week.ts';
import { translate } from '../../src/slack/translate.ts';
import { readDocument } from '../../src/store/documents.ts';
import { openBody, openLog, quarantine, readEvent, sealBody } from '../../src/store/log.ts';
import { memoryBucket } from '../../src/store/memory.ts';
import { mapOrdered } from '../../src/store/together.ts';
import { faultyBucket } from '../support/faulty.ts';
import { withFlippedBit } from '../support/random.ts';
import { CHANNEL, contents, payload } from '../support/world.ts';

const PLACE = { channel: CHANNEL, timeZone: 'Asia/Seoul' };
const calendar = calendarOf(PLACE.timeZone);
const utf8 = new TextEncoder();

const eventOf = (number: number): Event => {
  const translation = translate(payload(number), new Set([CHANNEL]));
  if (translation.to !== 'event') throw new Error(`fixture ${number} is no event`);
  return translation.event;
};

const LIKE = eventOf(14);
const KEY = keyOf(LIKE, calendar);
const BYTES = sealBody(encodeEvent(LIKE));

describe('append', () => {
  test('once and for ever: again it is a duplicate, whatever is in between', async () => {
    const bucket = memoryBucket();
    const log = openLog(bucket, PLACE);
    expect(await log.append(LIKE)).toBe('appended');
    const first = await bucket.get(KEY);
    for (let times = 0; times < 11; times++) expect(await log.append(structuredClone(LIKE))).toBe('duplicate');
    expect(await bucket.get(KEY)).toEqual(first);
    expect(Object.keys(await contents(bucket))).toEqual([KEY]);
  });

  test('a reaction whose emoji has a long Korean name comes into the log like any other', async () => {
    const { event, ...envelope } = payload(14);
    const name = '오늘도_수고하셨습니다_정말_고생_많으셨어요_최고최고';
    const translation = translate({ ...envelope, event: { ...event, reaction: name } }, new Set([CHANNEL]));
    if (translation.to !== 'event') return expect.unreachable();
    const log = openLog(memoryBucket(), PLACE);
    expect(await log.append(translation.event)).toBe('appended');
    expect(await log.append(translation.event)).toBe('duplicate');
    expect(await log.find(keyOf(translation.event, calendar))).toEqual(translation.event);
  });

  test('eleven at once are one object', async () => {
    const bucket = memoryBucket();
    const answers = await Promise.all(Array.from({ length: 11 }, () => openLog(bucket, PLACE).append(LIKE)));
    expect(answers.filter((answer) => answer === 'appended')).toHaveLength(1);
    expect(answers.filter((answer) => answer === 'duplicate')).toHaveLength(10);
  });

  test('a put whose answer was lost is a duplicate of itself', async () => {
    const bucket = faultyBucket(memoryBucket(), (number) => (number === 1 ? 'after' : undefined));
    await expect(openLog(bucket, PLACE).append(LIKE)).rejects.toThrow(Unavailable);
    expect(await openLog(bucket, PLACE).append(LIKE)).toBe('duplicate');
  });

  test('other bytes under the key: the first stays, and the second is told so', async () => {
    const bucket = memoryBucket();
    const log = openLog(bucket, PLACE);
    await log.append(eventOf(3));
    const before = await contents(bucket);
    expect(await log.append({ ...eventOf(3), text: 'other' } as Event)).toBe('conflict');
    expect(await contents(bucket)).toEqual(before);
  });

  test('what is no event is not written', async () => {
    const bucket = memoryBucket();
    await expect(openLog(bucket, PLACE).append({ ...LIKE, name: '' } as Event)).rejects.toThrow(Corrupt);
    expect(await contents(bucket)).toEqual({});
  });

  test('a body is canonical JSON that ends in its digest', () => {
    const body = JSON.parse(new TextDecoder().decode(BYTES)) as Record<string, unknown>;
    const { 'x-digest': digest, ...event } = body;
    expect(digest).toMatch(/^[0-9a-f]{16}$/);
    expect(canonical(event)).toBe(encodeEvent(LIKE));
    expect(readEvent(BYTES, KEY)).toEqual(JSON.parse(encodeEvent(LIKE)));
  });
});

describe('damage', () => {
  test('each single bit of an object, turned over, is found, and the key is named', () => {
    for (let bit = 0; bit < BYTES.length * 8; bit++) {
      expect(() => openBody(withFlippedBit(BYTES, bit), KEY)).toThrow(Corrupt);
      expect(() => readEvent(withFlippedBit(BYTES, bit), KEY)).toThrow(KEY);
    }
  });

  test('each cut, and anything added, is found', () => {
    for (let length = 0; length < BYTES.length; length++)
      expect(() => openBody(BYTES.subarray(0, length), KEY)).toThrow(Corrupt);
    for (const more of [' ', '\n', '\0', '{}'])
      expect(() => openBody(Buffer.concat([BYTES, utf8.encode(more)]), KEY)).toThrow(Corrupt);
  });

  test('a whole object in the wrong place is found', async () => {
    const bucket = memoryBucket();
    for (const [from, to] of [
      ['U0JIHO0001', 'U0JIHO0002'],
      ['.000700', '.000701'],
      ['2024-W32', '2024-W33'],
      [CHANNEL, 'C0TILCHAN2'],
    ] as const)
      await bucket.putNew(KEY.replace(from, to), BYTES);
    for (const [channel, week, count] of [
      [CHANNEL, '2024-W32', 2],
      [CHANNEL, '2024-W33', 1],
      ['C0TILCHAN2', '2024-W32', 1],
    ] as const) {
      const log = openLog(bucket, { ...PLACE, channel });
      const found: string[] = [];
      expect(await log.readWeek(week, ({ message }) => found.push(message))).toEqual([]);
      expect(found).toHaveLength(count);
      for (const message of found) expect(message).toContain(`belongs under ${KEY}`);
      await expect(log.readWeek(week)).rejects.toThrow(Corrupt);
    }
  });

  test('an object of a later version is not guessed at', () => {
    const body = canonical({ ...LIKE, v: 2 });
    expect(() => readEvent(sealBody(body), KEY)).toThrow('expected version 1, got 2');
  });

  test('a kind of tomorrow is kept, and read as it is', async () => {
    const bucket = memoryBucket();
    const tomorrow = { v: 1, kind: 'moon.landed', channel: CHANNEL, at: '1722867172.000700', crew: 3 };
    await bucket.putNew(`events/${CHANNEL}/2024-W32/1722867172.000700-moon.landed.json`, sealBody(canonical(tomorrow)));
    expect(await openLog(bucket, PLACE).readWeek('2024-W32')).toEqual([tomorrow]);
  });

  test('find gives the event that is there, and nothing for none or a damaged one', async () => {
    const bucket = memoryBucket();
    const log = openLog(bucket, PLACE);
    expect(await log.find(KEY)).toBeUndefined();
    await log.append(LIKE);
    expect(await log.find(KEY)).toEqual(LIKE);
    await bucket.putIf(KEY, withFlippedBit(BYTES, 99), (await bucket.get(KEY))?.etag as string);
    expect(await log.find(KEY)).toBeUndefined();
    await expect(
      openLog(
        faultyBucket(bucket, () => 'before'),
        PLACE,
      ).find(KEY),
    ).rejects.toThrow(Unavailable);
  });
});

describe('reading weeks', () => {
  const reply = (seconds: number): Event => ({
    v: 1,
    kind: 'member.joined',
    channel: CHANNEL,
    at: `${seconds}.000000`,
    user: 'U0MINSEO01',
  });

  test.each([0, 1, 3, 4, 10])('%i events, over pages of three, in the order of their keys', async (count) => {
    const bucket = memoryBucket({ pageSize: 3 });
    const log = openLog(bucket, PLACE);
    const events = Array.from({ length: count }, (_, position) => reply(1_722_800_000 + position));
    for (const event of events.toReversed()) await log.append(event);
    expect(await log.readWeek('2024-W32')).toEqual(events);
  });

  test('a page that cannot be had is an error, never half a week', async () => {
    const bucket = memoryBucket({ pageSize: 3 });
    for (let position = 0; position < 10; position++)
      await openLog(bucket, PLACE).append(reply(1_722_800_000 + position));
    for (let failing = 1; failing <= 14; failing++) {
      const faulty = faultyBucket(bucket, (number) => (number === failing ? 'before' : undefined));
      await expect(openLog(faulty, PLACE).readWeek('2024-W32')).rejects.toThrow(Unavailable);
    }
  });

  test('the weeks of a channel, each once, ascending, with one request and no other channel', async () => {
    const bucket = faultyBucket(memoryBucket({ pageSize: 3 }), () => undefined);
    const log = openLog(bucket, PLACE);
    for (const week of [52, 1, 0, 9])
      for (let each = 0; each < 7; each++) await log.append(reply(1_722_800_000 + week * 604_800 + each));
    await log.append({ ...reply(1_722_800_000), channel: 'C0TILCHAN10' });
    bucket.calls.length = 0;
    expect(await log.weeks()).toEqual(['2024-W32', '2024-W33', '2024-W41', '2025-W32']);
    expect(bucket.calls).toHaveLength(1);
    expect(await openLog(bucket, { ...PLACE, channel: 'C0NOBODY01' }).weeks()).toEqual([]);
  });
});

test('mapping keeps the order, the bound, and the first error', async () => {
  let running = 0;
  let most = 0;
  const results = await mapOrdered([5, 1, 4, 2, 3], 2, async (item) => {
    most = Math.max(most, (running += 1));
    for (let moment = 0; moment < item; moment++) await Promise.resolve();
    running -= 1;
    return item * 10;
  });
  expect(results).toEqual([50, 10, 40, 20, 30]);
  expect(most).toBe(2);
  await expect(mapOrdered([1, 2], 2, async () => Promise.reject(new Corrupt('x')))).rejects.toThrow(Corrupt);
});

test('the same thing put aside twice is one object; with another reason it is another', async () => {
  const bucket = memoryBucket();
  expect((await quarantine(bucket, 'reason', { a: 1 })).created).toBe(true);
  expect((await quarantine(bucket, 'reason', { a: 1 })).created).toBe(false);
  expect((await quarantine(bucket, 'other', { a: 1 })).created).toBe(true);
});

test('a document that is no text, or has a mark before it, is not read like the one that was written', async () => {
  const bucket = memoryBucket();
  const written = utf8.encode('{"title":"\ufffd"}');
  await bucket.putNew('right', written);
  // EF BF BD, the sign for what could not be read, is what a lenient reader makes of F0 BF BD too.
  await bucket.putNew(
    'flipped',
    written.map((byte) => (byte === 0xef ? 0xf0 : byte)),
  );
  await bucket.putNew('marked', utf8.encode('\ufeff{"title":"\ufffd"}'));
  expect(await readDocument(bucket, 'right')).toMatchObject({ value: { title: '\ufffd' } });
  for (const key of ['flipped', 'marked']) {
    expect((await readDocument(bucket, key)).value).toBeUndefined();
  }
});
