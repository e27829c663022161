import { expect, test } from 'vitest';
import { renew } from '../../src/history/rebuild.ts';
import { keys } from '../../src/pipeline/keys.ts';
import { publishChallenges } from '../../src/pipeline/publish.ts';
import { openDocuments } from '../../src/store/documents.ts';
import { isDerived } from '../../src/store/doubt.ts';
import { memoryBucket } from '../../src/store/memory.ts';
import { CHANNEL, contents, createWorld, payload } from '../support/world.ts';

test('of each kind of key it is known whether the log gives what lies there, and only that is not forced to the disk', async () => {
  const { challenge, log } = createWorld();
  const world = createWorld(challenge, { log });
  for (const number of [1, 3, 14, 20]) await world.deliver(payload(number));
  const state = memoryBucket();
  await publishChallenges(openDocuments(state), [challenge]);
  await renew(challenge, { log, state });
  const given = Object.keys(await contents(state));
  expect(given.filter((key) => !isDerived(key))).toEqual([]);
  const member = /members\/(\w+)\.json/.exec(given.join(' '))?.[1] as string;
  // Of a kind that has a second part, one of these exists.
  const examples = (key: (typeof keys)[keyof typeof keys]): string[] =>
    typeof key === 'string' ? [key] : ['2024-W32', '2024-08', member].map((part) => key(CHANNEL, part));
  const isGiven = Object.entries(keys).map(([kind, key]) => [kind, examples(key).some((each) => given.includes(each))]);
  const isUnforced = Object.entries(keys).map(([kind, key]) => [kind, examples(key).every(isDerived)]);
  expect(Object.fromEntries(isUnforced)).toEqual(Object.fromEntries(isGiven));
  expect(isGiven.filter(([, is]) => !is).map(([kind]) => kind)).toEqual([
    'seen',
    'reinstall',
    'asked',
    'comparison',
    'homes',
  ]);
});
