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

const [SECOND_WEEK, THIRD_WEEK, FOURTH_WEEK] = [7, 14, 21].map((days) => (AUGUST ?? 0) + days * 86_400);
const deleted = (ts: string, at: string): Event =>
  ({ v: 1, kind: 'message.deleted', channel: CHANNEL, at, ts }) as Event;
const excused = (is: boolean, seconds: number): Event =>
  ({
    v: 1,
    kind: 'week.excused',
    channel: CHANNEL,
    at: tsAfter(AUGUST, seconds),
    week: '2024-W33',
    user: 'U0MINSEO01',
    excused: is,
  }) as Event;
const named = (name: string, seconds: number): Event =>
  ({ v: 1, kind: 'profile.seen', channel: CHANNEL, at: tsAfter(AUGUST, seconds), user: 'U0MINSEO01', name }) as Event;

/** What happens, and what takes it back. */
const CAUSES: Readonly<Record<string, readonly [Event, Event]>> = {
  'a like': [reaction('reaction.added', 90), reaction('reaction.removed', 95)],
  'a reply': [reply(AUGUST, 'U0MINSEO01'), deleted(tsAfter(AUGUST, 60), tsAfter(AUGUST, 96))],
  'an excuse': [excused(true, 90), excused(false, 95)],
  'a name': [named('민서', 90), named('민서 님', 95)],
  'a week': [weekly(FOURTH_WEEK, '[TIL 8월 4주차]'), deleted(tsAfter(FOURTH_WEEK, 0), tsAfter(FOURTH_WEEK, 60))],
};

/** A challenge in which two people are known, whose state can be away at its n-th write from then on. */
const cuttable = async (without: string) => {
  const inner = memoryBucket();
  let [writes, away] = [0, Number.POSITIVE_INFINITY];
  const may = (key: string): void => {
    if (!key.startsWith('ledgers/') && ++writes >= away) throw new Unavailable(`${key}: the store is away`);
  };
  const state = {
    ...inner,
    putNew: async (key: string, bytes: Uint8Array) => {
      may(key);
      return inner.putNew(key, bytes);
    },
    putIf: async (key: string, bytes: Uint8Array, etag: string) => {
      may(key);
      return inner.putIf(key, bytes, etag);
    },
  };
  const world = createWorld(challengeWith({ rules: { streak: { between: 'off' } } }), { state });
  await world.append(weekly(AUGUST, '[TIL 8월 1주차]'));
  if (without !== 'a reply') await world.append(reply(AUGUST, 'U0MINSEO01'));
  await world.append(reaction('reaction.removed', 80), named('옛 이름', 70));
  await world.append(weekly(SECOND_WEEK, '[TIL 8월 2주차]'), weekly(THIRD_WEEK, '[TIL 8월 3주차]'));
  await world.append(reply(THIRD_WEEK, 'U0MINSEO01'));
  /** Appends an event while the state is away from its n-th write on; says whether all had been written. */
  const cutAt = async (nth: number, event: Event): Promise<boolean> => {
    [writes, away] = [0, nth];
    const done = await world.append(event).then(
      () => true,
      () => false,
    );
    away = Number.POSITIVE_INFINITY;
    return done;
  };
  return { world, cutAt };
};

test.each(Object.entries(CAUSES))(
  '%s that is taken back leaves nothing, wherever both steps are cut short',
  async (what, [cause, back]) => {
    for (let first = 1, isWhole = false; !isWhole; first += 1) {
      for (let second = 1, isHealed = false; !isHealed; second += 1) {
        const { world, cutAt } = await cuttable(what);
        isWhole = await cutAt(first, cause);
        isHealed = await cutAt(second, back);
        // Whoever failed comes again.
        await publishMonth(openDocuments(world.state), world.challenge, '2024-08');
        const { differences } = await verify(world.challenge, world);
        expect([what, first, second, differences]).toEqual([what, first, second, []]);
      }
      expect(first).toBeLessThan(20);
    }
  },
);
