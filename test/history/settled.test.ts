import { expect, test } from 'vitest';
import { type Difference, noFindings } from '../../src/history/month.ts';
import { lookUntilSettled } from '../../src/history/settled.ts';

/** Looks that find these differences one after the other, and the last ones for ever; and for how long was waited. */
const watch = async (...looks: Difference[][]) => {
  let times = 0;
  let waited = 0;
  const settled = await lookUntilSettled(
    async (number) => {
      expect(number).toBe(++times);
      return { ...noFindings(), differences: looks[Math.min(times, looks.length) - 1] as Difference[] };
    },
    async (milliseconds) => void (waited += milliseconds),
  );
  return { differences: settled.differences.map(({ key }) => key), unsettled: settled.unsettled, times, waited };
};
const differs = (key: string, compared: string): Difference => ({ key, problem: 'differs', compared });
const damaged: Difference = { key: 'events/a', problem: 'damaged' };

test('where all agrees, one look is enough, and also where the log is damaged', async () => {
  expect(await watch([])).toEqual({ differences: [], unsettled: [], times: 1, waited: 0 });
  expect(await watch([damaged])).toMatchObject({ differences: ['events/a'], times: 1 });
});

test('work under way is no difference', async () => {
  expect(await watch([differs('ledger', '1 2')], [])).toMatchObject({ differences: [], unsettled: [], times: 2 });
  const lagging = [differs('ledger', '1 2')];
  expect(await watch(lagging, lagging, lagging, [])).toMatchObject({ differences: [], times: 4 });
});

test('what nobody changes for three seconds is one, also beside others that are at work', async () => {
  const stale = differs('stale', '1 2');
  expect(await watch([stale])).toEqual({ differences: ['stale'], unsettled: [], times: 4, waited: 3000 });
  const beside = [1, 2, 3, 4, 5].map((at) => [stale, differs('busy', `${at} ${at + 1}`)]);
  expect(await watch(...beside, [stale])).toMatchObject({ differences: ['stale'], unsettled: [], times: 6 });
});

test('what is written at every look is neither right nor wrong', async () => {
  const busy = Array.from({ length: 99 }, (_, at) => [damaged, differs('busy', `${at} ${at + 1}`)]);
  expect(await watch(...busy)).toMatchObject({ differences: ['events/a'], unsettled: ['busy'], times: 8 });
});
