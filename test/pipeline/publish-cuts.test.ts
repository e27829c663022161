import { describe, expect, test } from 'vitest';
import type { Event } from '../../src/events/catalog.ts';
import { Unavailable } from '../../src/events/errors.ts';
import { verify } from '../../src/history/rebuild.ts';
import { createBookkeeping } from '../../src/pipeline/bookkeeping.ts';
import { keys } from '../../src/pipeline/keys.ts';
import { publishMonth } from '../../src/pipeline/publish.ts';
import type { Bucket } from '../../src/store/bucket.ts';
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
  tsIn,
  weekly,
  weeklyDeleted,
} from '../support/publishing.ts';
import { CHANNEL, challengeWith, createWorld } from '../support/world.ts';

const [MINSEO, JIHO, HAEUN] = ['U0MINSEO01', 'U0JIHO0001', 'U0HAEUN001'];
const [AUGUST, SEPTEMBER] = MONTHS;
const at = (seconds: number): string => tsIn(2, 2 * 86_400 + seconds);

/** Two weeks of August with replies and the first of September, on a state of which some writes can be cut. */
const createLife = async () => {
  let isCut = (_: string): boolean => false;
  const inner = memoryBucket();
  const state = hookedBucket(async (key) => {
    if (isCut(key)) throw new Unavailable(`${key}: the store is away`);
  }, inner);
  const world = createWorld(challengeWith({ rules: { streak: { between: 'off' } } }), { state });
  const { challenge, log, append } = world;
  await append(weekly(0), reply(0, MINSEO), weekly(1), reply(1, MINSEO), weekly(2), reply(2, JIHO));
  for (const week of [0, 1, 2]) await append(like(week, at(1), false)); // So that the liker is known.
  return {
    world,
    inner,
    append,
    /** What happens while writes of some keys are cut. */
    cut: async (which: (key: string) => boolean, ...events: Event[]): Promise<void> => {
      isCut = which;
      await expect(append(...events)).rejects.toThrow('the store is away');
      isCut = () => false;
    },
    /** Folds events, and publishes nothing. */
    fold: async (documents: Documents, ...events: Event[]): Promise<void> => {
      const { appendEvent, foldEvents } = createBookkeeping({ log, documents, challenges: [challenge] });
      for (const event of events) await appendEvent(event);
      await foldEvents(events);
    },
    publish: (month: string, documents = openDocuments(state)): Promise<void> =>
      publishMonth(documents, challenge, month),
    differences: async (): Promise<unknown[]> => {
      for (const month of MONTHS) await publishMonth(openDocuments(state), challenge, month);
      return (await verify(challenge, world)).differences;
    },
  };
};

const isPeople = (key: string): boolean => key === keys.people(CHANNEL);
const isIndex = (key: string): boolean => key === keys.index(CHANNEL);

test('a step that is cut short while it writes the weeks leaves a note of what an earlier cut has left', async () => {
  const { cut, append, differences } = await createLife();
  await cut((key) => isPeople(key) || isIndex(key), like(0, at(10), true));
  await cut((key) => key === keys.week(CHANNEL, '2024-W35'), like(0, at(20), false), like(1, at(20), true));
  await append(like(1, at(30), false));
  expect(await differences()).toEqual([]);
});

test.each([
  ['the index', isIndex],
  ['the table of people', isPeople],
])('everybody is looked at again when a week has opened, %s could not be written, and it is gone', async (_, which) => {
  const { cut, append, differences } = await createLife();
  let writes = 0;
  // The table is written twice: with the note, and without.
  await cut((key) => which(key) && (which === isIndex || ++writes > 1), weekly(3));
  await append(weeklyDeleted(3, tsIn(3, 60)));
  expect(await differences()).toEqual([]);
});

test('whoever is only known to the month after an extended week is counted, though all are looked at', async () => {
  const { world, append, fold, publish, differences } = await createLife();
  await append(extended(at(10), true));
  await fold(openDocuments(world.state), lateReply(HAEUN), rested(0, at(20), true));
  for (const month of [AUGUST, SEPTEMBER]) await publish(month);
  expect(await differences()).toEqual([]);
});

test('and is taken out again, although the step that counted them was cut short', async () => {
  const { world, append, cut, fold, publish, differences } = await createLife();
  await append(extended(at(10), true));
  await fold(openDocuments(world.state), lateReply(HAEUN));
  await cut(isIndex, like(0, at(20), true));
  await fold(openDocuments(world.state), lateReplyDeleted(at(30)));
  for (const month of [AUGUST, SEPTEMBER, AUGUST]) await publish(month);
  expect(await differences()).toEqual([]);
});

test.each<[string, Event[], Event[]]>([
  ['a like moves to another post', [like(0, at(10), true)], [like(0, at(20), false), like(2, at(20), true)]],
  ['a like is taken back', [like(0, at(10), true)], [like(0, at(20), false)]],
  ['an excuse is taken back', [excused(2, at(10), MINSEO, true)], [excused(2, at(20), MINSEO, false)]],
])('a slow worker that writes after a quicker one has found nothing to do looks again: %s', async (_, cause, back) => {
  const { inner, append, fold, publish, differences } = await createLife();
  await append(weekly(3)); // Else whoever has not written in the third week may still do so.
  const [{ kind }] = cause as [Event];
  const month = kind === 'week.excused' ? SEPTEMBER : AUGUST;
  let meanwhile: (() => Promise<void>) | undefined;
  const slow = hookedBucket(async (key) => {
    if (!key.includes('/members/')) return;
    const quicker = meanwhile;
    meanwhile = undefined;
    await quicker?.();
  }, inner);
  const [ours, theirs] = [slow, inner].map((bucket) => openDocuments(bucket)) as [Documents, Documents];
  await fold(ours, ...cause);
  meanwhile = async () => {
    theirs.forget();
    await fold(theirs, ...back);
    await publish(month, theirs);
  };
  await publish(month, ours);
  expect([meanwhile, await differences()]).toEqual([undefined, []]);
});

describe('two months that are published at once', () => {
  /** August's step heals somebody of a like that was taken back; September's changes everybody's run. */
  const createBoth = async () => {
    const life = await createLife();
    await life.append(weekly(3));
    await life.cut(isIndex, like(0, at(10), true));
    await life.fold(openDocuments(life.inner), like(0, at(20), false), rested(2, at(20), true));
    return life;
  };

  test('tell each other by the table that both have noted', async () => {
    const { inner, publish, differences } = await createBoth();
    let august: Promise<void> | undefined;
    const slow = hookedBucket(async (key) => {
      if (isIndex(key)) await (august ??= publish(AUGUST, openDocuments(inner)));
    }, inner);
    await publish(SEPTEMBER, openDocuments(slow));
    expect([august, await differences()]).toEqual([expect.any(Promise), []]);
  });

  test('tell no runs by an index that is older than the table', async () => {
    const { inner, publish, differences } = await createBoth();
    let september: Promise<void> | undefined;
    const slow: Bucket = {
      ...inner,
      get: async (key, known) => {
        if (isPeople(key)) await (september ??= publish(SEPTEMBER, openDocuments(inner)));
        return inner.get(key, known);
      },
    };
    await publish(AUGUST, openDocuments(slow));
    expect([september, await differences()]).toEqual([expect.any(Promise), []]);
  });
});

test('whoever has written what another worker has made old meanwhile begins again', async () => {
  const { world, inner, fold, publish } = await createLife();
  let meanwhile: Promise<void> | undefined;
  const slow = hookedBucket(async (key) => {
    if (key !== keys.month(CHANNEL, AUGUST)) return;
    meanwhile ??= fold(openDocuments(inner), like(0, at(20), false));
    await meanwhile;
  }, inner);
  const ours = openDocuments(slow);
  await fold(ours, like(0, at(10), true));
  await publish(AUGUST, ours);
  expect((await verify(world.challenge, world)).differences).toEqual([]);
});
