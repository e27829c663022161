import { expect, test } from 'vitest';
import { Unavailable } from '../../src/events/errors.ts';
import { startMachine } from '../../src/host/machine.ts';
import { jobOf } from '../../src/queue/jobs.ts';
import { memoryQueue } from '../../src/queue/memory.ts';
import type { Queue } from '../../src/queue/queue.ts';
import { memoryBucket } from '../../src/store/memory.ts';
import { SETTINGS } from '../support/serving.ts';
import { CHANNEL, contents, payload } from '../support/world.ts';

/** A machine whose queue cannot note for a while what became of a job; its visibility time-out is longer than any test. */
const machineWith = (broken: 'done' | 'retry', failures: number) => {
  const [log, state, queue] = [memoryBucket(), memoryBucket(), memoryQueue({ visibilitySeconds: 3600 })];
  const tries: string[] = [];
  const problems: string[] = [];
  const deed = <Args extends unknown[]>(name: 'done' | 'retry', real: (...args: Args) => Promise<void>) => {
    return async (...args: Args): Promise<void> => {
      tries.push(name);
      if (name === broken && tries.filter((each) => each === name).length <= failures)
        throw new Unavailable('disk full');
      return real(...args);
    };
  };
  const failing: Queue = { ...queue, done: deed('done', queue.done), retry: deed('retry', queue.retry) };
  const machine = startMachine({
    settings: SETTINGS,
    log,
    state,
    queue: failing,
    clock: {
      now: () => Date.now(),
      elapsed: () => performance.now(),
      sleep: () => new Promise((go) => setTimeout(go, 1)),
    },
    report: (happening, fields) => void (happening === 'problem' && problems.push(String(fields?.['error']))),
    gapMilliseconds: 0,
  });
  return { log, state, queue, machine, tries, problems };
};

const event = (number: number) => jobOf(`event-${number}`, CHANNEL, { kind: 'event', payload: payload(number) });
const left = async (queue: ReturnType<typeof memoryQueue>): Promise<void> => {
  while (queue.depth().jobs > 0) await new Promise((go) => setTimeout(go, 5));
};

test('a job that is done, while that cannot be noted, holds up those behind it only as long as that', async () => {
  const { queue, machine, tries, problems } = machineWith('done', 3);
  await queue.put([event(1)]);
  await left(queue);
  await queue.put([event(3)]);
  await left(queue);
  await machine.stop();
  expect(tries).toEqual(['done', 'done', 'done', 'done', 'done']);
  expect(problems).toEqual([expect.stringContaining('disk full')]); // Once, and not at each try.
});

test('a job that failed, while that cannot be noted, comes back all the same', async () => {
  const { log, queue, machine, tries } = machineWith('retry', 2);
  const { putNew } = log;
  let isFull = true;
  log.putNew = async (...args) => {
    if (isFull) throw new Unavailable('disk full');
    return putNew(...args);
  };
  await queue.put([event(1)]);
  while (tries.length < 3) await new Promise((go) => setTimeout(go, 5));
  isFull = false;
  await left(queue);
  await machine.stop();
  expect(Object.keys(await contents(log))).toHaveLength(1);
});

test('whoever stops it does not wait for a queue that stays unavailable', async () => {
  const { queue, machine, tries } = machineWith('done', Number.POSITIVE_INFINITY);
  await queue.put([event(1)]);
  while (tries.length < 2) await new Promise((go) => setTimeout(go, 5));
  await machine.stop();
  expect(queue.depth().jobs).toBe(1);
});
