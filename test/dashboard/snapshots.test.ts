import { beforeEach, expect, test } from 'vitest';
import { Snapshots } from '../../dashboard/src/lib/snapshots.svelte.ts';

let asked: string[] = [];
let answer: () => Response = () => new Response();
let now = 0;

const store = () =>
  new Snapshots({
    fetch: async (address, { cache }) => {
      asked.push(`${address} ${cache}`);
      return answer();
    },
    now: () => now,
  });

const json =
  (body: unknown, etag = '"1"') =>
  () =>
    Response.json(body, { headers: { etag } });

beforeEach(() => {
  asked = [];
  now = 1_000_000;
  answer = json({ version: 1, value: 1 });
});

const shown = async (snapshots: Snapshots, address = 'C1/index.json', pace: 'live' | 'slow' = 'live') => {
  const snapshot = snapshots.at<{ value: number }>(address);
  const release = snapshots.hold(snapshot, pace);
  await snapshot.pending;
  return { snapshot, release };
};

test('a snapshot is fetched when it is first shown, and the browser is told to ask again', async () => {
  const { snapshot } = await shown(store());
  expect(snapshot.status).toBe('ready');
  expect(snapshot.data?.value).toBe(1);
  expect(asked).toEqual(['./snapshots/C1/index.json no-cache']);
});

test('two parts that show the same snapshot fetch it once', async () => {
  const snapshots = store();
  await Promise.all([shown(snapshots), shown(snapshots)]);
  expect(asked).toHaveLength(1);
});

test('an unchanged ETag keeps the very same data, so that nothing is drawn again', async () => {
  const snapshots = store();
  const { snapshot } = await shown(snapshots);
  const before = snapshot.data;
  await snapshots.refresh();
  expect(asked).toHaveLength(2);
  expect(snapshot.data).toBe(before);
  answer = json({ version: 1, value: 2 }, '"2"');
  await snapshots.refresh();
  expect(snapshot.data?.value).toBe(2);
});

test('what is no longer shown is no longer asked for', async () => {
  const snapshots = store();
  const { release } = await shown(snapshots);
  release();
  await snapshots.refresh();
  expect(asked).toHaveLength(1);
});

test('what seldom changes is asked for every two minutes', async () => {
  const snapshots = store();
  await shown(snapshots, 'C1/months/2024-08.json', 'slow');
  now += 15_000;
  await snapshots.refresh();
  expect(asked).toHaveLength(1);
  now += 120_000;
  await snapshots.refresh();
  expect(asked).toHaveLength(2);
});

test('what seldom changes and could not be had is asked for with the next round', async () => {
  answer = () => new Response('', { status: 503 });
  const snapshots = store();
  await shown(snapshots, 'C1/months/2024-08.json', 'slow');
  expect(snapshots.failing).toBe(true);
  answer = json({ version: 1, value: 1 });
  now += 15_000;
  await snapshots.refresh();
  expect(snapshots.failing).toBe(false);
});

test('a 404 is an empty state and no failure', async () => {
  answer = () => new Response('', { status: 404 });
  const snapshots = store();
  const { snapshot } = await shown(snapshots);
  await snapshots.refresh();
  expect(snapshot.status).toBe('missing');
  expect(snapshots.failing).toBe(false);
});

test.each([
  ['a server in trouble', () => new Response('', { status: 503 })],
  ['a page in the snapshot’s place', () => new Response('<!doctype html>')],
  ['a version of later days', json({ version: 2 }, '"9"')],
  ['null', json(null, '"9"')],
])('%s leaves what is shown, marks it as old, and is got over', async (_, trouble) => {
  const snapshots = store();
  const { snapshot } = await shown(snapshots);
  const checkedAt = snapshots.checkedAt;
  now += 15_000;
  answer = trouble;
  await snapshots.refresh();
  expect(snapshot).toMatchObject({ status: 'ready', data: { value: 1 } });
  expect(snapshots).toMatchObject({ failing: true, checkedAt });
  answer = json({ version: 1, value: 3 });
  await snapshots.refresh();
  expect(snapshot.data?.value).toBe(3);
  expect(snapshots.failing).toBe(false);
});

test('what could never be fetched has failed, until it can be', async () => {
  answer = () => {
    throw new TypeError('network');
  };
  const snapshots = store();
  const { snapshot } = await shown(snapshots);
  expect(snapshot.status).toBe('failed');
  answer = json({ version: 1, value: 1 });
  await snapshots.refresh();
  expect(snapshot.status).toBe('ready');
});
