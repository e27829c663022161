import { expect, test } from 'vitest';
import type { Event } from '../../src/events/catalog.ts';
import { Unavailable } from '../../src/events/errors.ts';
import { verify } from '../../src/history/rebuild.ts';
import { keys } from '../../src/pipeline/keys.ts';
import { publishMonth } from '../../src/pipeline/publish.ts';
import { openDocuments } from '../../src/store/documents.ts';
import { memoryBucket } from '../../src/store/memory.ts';
import { createBot } from '../support/bot.ts';
import { CHANNEL, challengeWith, createWorld } from '../support/world.ts';

test('a process that has just begun reads the snapshots of nobody whose row is as it was', async () => {
  const state = memoryBucket();
  const bot = createBot({ state });
  await bot.pass(1800);
  await bot.tick('week.open');
  const ts = await bot.reply('U0MINSEO01', 'https://velog.io/@minseo/1');
  await bot.reply('U0JIHO0001', 'https://velog.io/@jiho/1');
  await bot.like('U0SEOYEON1', ts);
  const read: string[] = [];
  const documents = openDocuments({
    ...state,
    get: async (key) => {
      read.push(key);
      return state.get(key);
    },
  });
  await publishMonth(documents, bot.challenge, '2024-08');
  expect(read.filter((key) => key.includes('/members/'))).toEqual([]);
  expect(read.filter((key) => key.includes('/months/'))).not.toEqual([]);
});

const [AUGUST, SEPTEMBER] = ['2024-08-05T09:30:00+09:00', '2024-09-02T09:30:00+09:00'].map(
  (at) => Date.parse(at) / 1000,
);
const tsAfter = (start: number | undefined, seconds: number): string => `${(start ?? 0) + seconds}.000001`;

const posted = (ts: string, fields: object): Event =>
  ({ v: 1, kind: 'message.posted', channel: CHANNEL, at: ts, ts, links: [], text: '', ...fields }) as Event;
const weekly = (start: number | undefined, text: string): Event =>
  posted(tsAfter(start, 0), { author: { bot: 'B0TILBOT01' }, text });
const reply = (start: number | undefined, user: string): Event =>
  posted(tsAfter(start, 60), {
    author: { user },
    thread: tsAfter(start, 0),
    links: ['https://velog.io/@x/1'],
  });
const reaction = (kind: 'reaction.added' | 'reaction.removed', seconds: number): Event =>
  ({
    v: 1,
    kind,
    channel: CHANNEL,
    at: tsAfter(AUGUST, seconds),
    item: tsAfter(AUGUST, 60),
    user: 'U0JIHO0001',
    name: '+1',
  }) as Event;

test.each([
  ['at once', []],
  ['after another month has been published', [weekly(SEPTEMBER, '[TIL 9월 1주차]'), reply(SEPTEMBER, 'U0MINSEO01')]],
])('a step that was cut short is made right when what it was about is taken back %s', async (_, between) => {
  const inner = memoryBucket();
  let away: string | undefined;
  const state = {
    ...inner,
    putIf: async (key: string, bytes: Uint8Array, etag: string) => {
      if (key === away) throw new Unavailable(`${key}: the store is away`);
      return inner.putIf(key, bytes, etag);
    },
  };
  const world = createWorld(challengeWith(), { state });
  await world.append(weekly(AUGUST, '[TIL 8월 1주차]'), reply(AUGUST, 'U0MINSEO01'));
  await world.append(reaction('reaction.removed', 80)); // So that the liker is known.
  away = keys.month(CHANNEL, '2024-08');
  await expect(world.append(reaction('reaction.added', 90))).rejects.toThrow('the store is away');
  away = undefined;
  await world.append(...between);
  await world.append(reaction('reaction.removed', 95));
  expect((await verify(world.challenge, world)).differences).toEqual([]);
});
