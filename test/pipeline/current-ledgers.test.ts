import { expect, test } from 'vitest';
import { withCurrentLedgers } from '../../src/pipeline/current-ledgers.ts';
import { keys } from '../../src/pipeline/keys.ts';
import { publishMonth } from '../../src/pipeline/publish.ts';
import { LEDGER_VERSION, type Ledger } from '../../src/projections/ledger.ts';
import { openDocuments } from '../../src/store/documents.ts';
import { memoryBucket } from '../../src/store/memory.ts';
import { CHANNEL, contents, createWorld, payload } from '../support/world.ts';

const WEEK = '2024-W32';
const KEY = keys.ledger(CHANNEL, WEEK);

/** A week with a weekly post, a reply and a like, whose ledger was then stored by an older version. */
const upgraded = async () => {
  const world = createWorld();
  await world.deliver(payload(1), payload(3), payload(14));
  const expected = await contents(world.state);
  const etag = (await world.state.get(KEY))?.etag as string;
  const old = { ...(JSON.parse(expected[KEY] as string) as Ledger), version: 1, messages: {}, people: {} };
  await world.state.putIf(KEY, new TextEncoder().encode(JSON.stringify(old)), etag);
  return { ...world, expected, documents: openDocuments(world.state) };
};

test('a ledger of another version is folded anew from the log, stored, and published', async () => {
  const { challenge, log, state, documents, expected } = await upgraded();
  const told: unknown[] = [];
  const current = withCurrentLedgers(documents, log, [challenge], (...of) => told.push(of));
  expect((await current.load<Ledger>(KEY)).value?.version).toBe(LEDGER_VERSION);
  await current.load<Ledger>(KEY);
  expect(told).toEqual([[challenge, 'ledgers of version 1 are of version 2 now']]);
  await publishMonth(current, challenge, '2024-08');
  expect(await contents(state)).toEqual(expected);
});

test('what two find of another version at the same time is folded by both, and stored once', async () => {
  const { challenge, log, state, documents, expected } = await upgraded();
  const current = [1, 2].map(() => withCurrentLedgers({ ...documents }, log, [challenge]));
  const loaded = await Promise.all(current.map((each) => each.load<Ledger>(KEY)));
  expect(loaded.map(({ value }) => JSON.stringify(value?.messages) !== '{}')).toEqual([true, true]);
  expect(await contents(state)).toEqual(expected);
});

test('a ledger of another version is never published as it is', async () => {
  const { challenge, state, documents } = await upgraded();
  const before = await contents(state);
  await expect(publishMonth(documents, challenge, '2024-08')).rejects.toThrow(/of version 1, expected 2/);
  expect(await contents(state)).toEqual(before);
});

test('the ledger of a challenge that is not known stays as it is', async () => {
  const { documents } = await upgraded();
  const current = withCurrentLedgers(documents, memoryBucket(), []);
  expect((await current.load<Ledger>(KEY)).value?.version).toBe(1);
});
