import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Event } from '../../src/events/catalog.ts';
import { Conflict, Unavailable } from '../../src/events/errors.ts';
import { verify } from '../../src/history/rebuild.ts';
import { createBookkeeping } from '../../src/pipeline/bookkeeping.ts';
import { publishMonth } from '../../src/pipeline/publish.ts';
import { seeded } from '../../src/sandbox/seeded.ts';
import { type Documents, openDocuments } from '../../src/store/documents.ts';
import { memoryBucket } from '../../src/store/memory.ts';
import {
  excused,
  extended,
  hookedBucket,
  lateReply,
  lateReplyDeleted,
  like,
  MONTHS,
  reply,
  rested,
  ruled,
  tsIn,
  weekly,
} from '../support/publishing.ts';
import { challengeWith, createWorld } from '../support/world.ts';

const USERS = ['U0MINSEO01', 'U0JIHO0001', 'U0HAEUN001'] as const;

/** Something that happens in one of the weeks, without its instant. */
type Deed = (at: string) => Event;

const week = fc.nat({ max: 3 });
const user = fc.constantFrom(...USERS);
const deed: fc.Arbitrary<Deed> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.tuple(week, fc.boolean(), user).map(
      ([in_, ...rest]): Deed =>
        (at) =>
          like(in_, at, ...rest),
    ),
  },
  fc.tuple(week, user).map(
    ([in_, by]): Deed =>
      () =>
        reply(in_, by),
  ),
  user.map(
    (by): Deed =>
      () =>
        lateReply(by),
  ),
  fc.constant<Deed>((at) => lateReplyDeleted(at)),
  fc.constant<Deed>(() => weekly(3)),
  fc.tuple(week, user, fc.boolean()).map(
    ([in_, ...rest]): Deed =>
      (at) =>
        excused(in_, at, ...rest),
  ),
  fc.tuple(week, fc.boolean()).map(
    ([in_, is]): Deed =>
      (at) =>
        rested(in_, at, is),
  ),
  fc.boolean().map(
    (is): Deed =>
      (at) =>
        extended(at, is),
  ),
  fc.tuple(week, fc.constantFrom('accept', 'reject', 'none')).map(
    ([in_, verdict]): Deed =>
      (at) =>
        ruled(in_, at, verdict),
  ),
);

/** What happens at once, and how it goes wrong: each write of what is derived fails with a chance, and from the first on, if it lasts. */
const spell = fc.record({
  deeds: fc.array(deed, { minLength: 1, maxLength: 2 }),
  chance: fc.constantFrom(0, 0.1, 0.3),
  lasts: fc.boolean(),
});

/** A challenge of two months with two workers on a state that is slow, or away now and then. */
const createLife = async (seed: number, isSlow: boolean) => {
  const random = seeded(seed);
  const inner = memoryBucket();
  let [chance, lasts, isAway] = [0, false, false];
  const dawdle = async (key: string, most: number): Promise<void> => {
    if (!isSlow || key.startsWith('ledgers/')) return;
    for (let turn = Math.floor(random() * most); turn > 0; turn -= 1)
      await new Promise((resolve) => setImmediate(resolve));
  };
  const may = async (key: string): Promise<void> => {
    if (key.startsWith('ledgers/')) return;
    await dawdle(key, 6);
    if (!isAway && random() >= chance) return;
    isAway = lasts;
    throw new Unavailable(`${key}: the store is away`);
  };
  const state: typeof inner = {
    ...hookedBucket(may, inner),
    get: async (key, known) => {
      await dawdle(key, 3);
      return inner.get(key, known);
    },
  };
  const world = createWorld(challengeWith({ rules: { streak: { between: 'off' } } }), { state });
  const { challenge, log } = world;
  await world.append(weekly(0), weekly(1), weekly(2), reply(0, USERS[0]), reply(1, USERS[1]), reply(2, USERS[0]));
  let seconds = 4 * 86_400;

  /** A worker that publishes what it has changed, again and again until that has gone well. */
  const createWorker = (documents: Documents) => {
    const { appendEvent, foldEvents } = createBookkeeping({ log, documents, challenges: [challenge] });
    const dirty = new Set<string>();
    return async (deeds: readonly Deed[]): Promise<void> => {
      documents.forget();
      const kept: Event[] = [];
      for (const each of deeds)
        kept.push((await appendEvent(each(tsIn(3, (seconds += 10))))) ?? each(tsIn(3, seconds)));
      for (const { month } of await foldEvents(kept)) dirty.add(month);
      for (const month of dirty) {
        await publishMonth(documents, challenge, month);
        dirty.delete(month);
      }
    };
  };
  const workers = [0, 1].map(() => createWorker(openDocuments(state)));
  return {
    world,
    work: async (worker: number, deeds: readonly Deed[]): Promise<void> =>
      workers[worker]?.(deeds).catch((error: unknown) => {
        if (!(error instanceof Unavailable || error instanceof Conflict)) throw error;
      }),
    goWrong: (next: number, isLasting: boolean): void => {
      [chance, lasts, isAway] = [next, isLasting, false];
    },
    /** What `verify` names once every month has been published again. */
    differences: async (): Promise<unknown[]> => {
      [chance, isAway] = [0, false];
      for (const month of [...MONTHS, ...MONTHS]) await publishMonth(openDocuments(state), challenge, month);
      return (await verify(challenge, world)).differences;
    },
  };
};

test('whatever writes of a step fail, the next steps make it right, whatever has been taken back meanwhile', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(spell, { minLength: 2, maxLength: 8 }), fc.nat(), async (spells, seed) => {
      const life = await createLife(seed, false);
      for (const { deeds, chance, lasts } of spells) {
        life.goWrong(chance, lasts);
        await life.work(0, deeds);
      }
      expect(await life.differences()).toEqual([]);
    }),
    { numRuns: 400 },
  );
});

test('so do two workers that publish the same months at once', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(spell, spell), { minLength: 2, maxLength: 8 }),
      fc.nat(),
      async (spells, seed) => {
        const life = await createLife(seed, true);
        for (const both of spells) {
          life.goWrong(both[0].chance, both[0].lasts);
          await Promise.all(both.map(({ deeds }, worker) => life.work(worker, deeds)));
        }
        expect(await life.differences()).toEqual([]);
      },
    ),
    { numRuns: 60 },
  );
});
