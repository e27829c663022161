import { afterEach, expect, test, vi } from 'vitest';
import { startSchedule } from '../../src/host/schedule.ts';
import { challengeWith } from '../support/world.ts';

afterEach(() => void vi.useRealTimers());

test('one machine asks at once and at the full five minutes, and does the maintenance at its local time', async () => {
  vi.useFakeTimers({ now: Date.parse('2024-08-06T19:26:30Z') });
  const done: string[] = [];
  const time = () => new Date(Date.now()).toISOString().slice(11, 19);
  const schedule = startSchedule([challengeWith({})], {
    ask: async () => done.push(`ask ${time()}`) > 0,
    upkeep: async (tick) => void done.push(`${tick} ${time()}`),
    onError: (error) => expect.unreachable(String(error)),
  });
  await schedule.start();
  await vi.advanceTimersByTimeAsync(40 * 60_000);
  schedule.stop();
  const asked = done.filter((each) => each.startsWith('ask'));
  expect(asked).toEqual([26.5, 30, 35, 40, 45, 50, 55, 60, 65].map((minute) => `ask ${at(minute)}`));
  // 04:30 and 05:00 of a Wednesday in Seoul.
  expect(done.filter((each) => !each.startsWith('ask'))).toEqual(['reconcile 19:30:00', 'seal 20:00:00']);
});

/** So many minutes after 19:00. */
const at = (minutes: number): string => new Date(Date.UTC(2024, 7, 6, 19, 0, minutes * 60)).toISOString().slice(11, 19);
