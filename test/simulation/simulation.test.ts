import { describe, expect, test } from 'vitest';
import { MUTANTS } from './mutants.ts';
import { reproduce, simulateMany } from './pool.ts';
import { simulate } from './run.ts';

const EVENTS = 300;
/** How many seeds each run of the tests tries; `npm run simulate` tries any others. */
const SEEDS = 100;
/** In milliseconds: what takes a minute on two idle cores takes ten beside other work. */
const WHILE_BUSY = 1_800_000;

test(
  'whatever goes wrong, nothing is lost, said twice, or counted otherwise than by its rules',
  async () => {
    const { failures, fired, alone } = await simulateMany({ from: 1, runs: SEEDS, events: EVENTS, processes: 2 });
    expect(failures.map(({ seed, fault }) => `${fault}: ${reproduce(seed, EVENTS)}`)).toEqual([]);
    const never = Object.entries(fired).filter(([, { struck }]) => struck === 0);
    expect(never).toEqual([]);
    expect(Object.entries(alone).filter(([, { sent }]) => sent === 0)).toEqual([]);
    // The other kinds come too seldom for an outage to meet one in so few seasons.
    const [remind, note] = [alone.remind.skipped, alone.note.skipped];
    expect([remind, note].map((skipped) => 'too old' in skipped)).toEqual([true, true]);
  },
  WHILE_BUSY,
);

test('the same seed gives the same run, another seed another', async () => {
  const traces = [];
  for (const seed of [7, 7, 8]) traces.push((await simulate({ seed, events: 60 })).trace);
  expect(traces[1]).toBe(traces[0]);
  expect(traces[2]).not.toBe(traces[0]);
});

describe('without this safeguard it fails:', () => {
  test.each(MUTANTS)(
    '$name',
    async (mutant) => {
      const seen: string[] = [];
      for (let seed = 1; seed <= mutant.within; seed++) {
        const { faults } = await simulate({ seed, events: EVENTS, mutant });
        seen.push(...faults);
        if (faults.some((fault) => mutant.says.test(fault))) return;
      }
      expect.unreachable(`survived ${mutant.within} seeds; instead: ${seen.slice(0, 3).join('; ')}`);
    },
    WHILE_BUSY,
  );
});
