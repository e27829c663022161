import { expect, test } from 'vitest';
import { createNames } from '../../src/outbox/names.ts';
import { challengeWith } from '../support/world.ts';

const START = Date.parse('2024-08-06T09:00:00+09:00');
const MINUTE = 60_000;

test('a name that Slack does not give is asked for by a job again after ten minutes, however the clock is set meanwhile', async () => {
  let [elapsed, ahead] = [0, 0];
  const jobs: string[] = [];
  const names = createNames({
    documents: { load: async () => ({ value: undefined }) },
    slack: { profile: async () => undefined },
    clock: { now: () => START + elapsed + ahead, elapsed: () => elapsed, sleep: async () => {} },
    queue: { put: async (put: { id: string }[]) => void jobs.push(...put.map(({ id }) => id)) },
  } as never);
  const ask = async () => names.of(challengeWith(), ['U0MINSEO01']);
  await ask();
  ahead = 5 * 60 * MINUTE;
  await ask();
  expect(jobs).toHaveLength(1);
  ahead = -5 * 60 * MINUTE;
  elapsed = 10 * MINUTE;
  await ask();
  expect(jobs).toHaveLength(2);
});
