import { expect, test } from 'vitest';
import { Refused, Unavailable } from '../../src/events/errors.ts';
import { createHealth } from '../../src/host/health.ts';
import { type Stores, watchStores } from '../../src/host/stores.ts';
import { memoryQueue } from '../../src/queue/memory.ts';
import { systemClock } from '../../src/setup/clock.ts';
import { memoryBucket } from '../../src/store/memory.ts';

const BYTES = new Uint8Array([1]);
const job = { id: '1', group: 'a', body: '{}' };

const setUp = (probe?: () => Promise<void>) => {
  const faults = new Map<string, Error>();
  const failing =
    <A extends unknown[], T>(name: string, work: (...args: A) => Promise<T>) =>
    async (...args: A): Promise<T> => {
      const error = faults.get(name);
      if (error) throw error;
      return work(...args);
    };
  const bucket = (name: string) => {
    const real = memoryBucket();
    return { ...real, get: failing(`${name}.get`, real.get), putNew: failing(`${name}.putNew`, real.putNew) };
  };
  const queue = memoryQueue({ clock: systemClock });
  const stores: Stores = {
    log: bucket('log'),
    state: bucket('state'),
    queue: { ...queue, put: failing('put', queue.put) },
  };
  const time = { now: 0 };
  let opened = 0;
  const open = async (): Promise<Stores> => {
    opened += 1;
    return stores;
  };
  const health = createHealth(() => {});
  const watched = watchStores(stores, { health, open, probe, now: () => time.now });
  return { faults, time, health, watched, opened: () => opened };
};

test('what cannot be stored is known by its kind until a success of the same kind', async () => {
  const { faults, time, health, watched } = setUp();
  faults.set('log.putNew', new Unavailable('full')).set('put', new Unavailable('full'));
  await expect(watched.log.putNew('events/a.json', BYTES)).rejects.toThrow('full');
  expect(health.reasons()).toEqual(['disk']);
  time.now = 1000;
  await expect(watched.queue.put([job])).rejects.toThrow('full');
  expect(health.reasons()).toEqual(['disk', 'queue']);
  time.now = 3000;
  expect(watched.lasting()).toBe(3000);
  await watched.log.get('events/a.json'); // That it can be read proves nothing about writing.
  await watched.queue.take(1, 0);
  expect(health.reasons()).toEqual(['disk', 'queue']);
  faults.clear();
  await watched.log.putNew('events/a.json', BYTES);
  expect([health.reasons(), watched.lasting()]).toEqual([['queue'], 2000]);
  await watched.queue.put([job]);
  expect([health.reasons(), watched.lasting()]).toEqual([[], 0]);
});

test('a probe that fails is the disk, and all is forgiven when it was opened anew', async () => {
  const { health, watched, opened } = setUp(() => Promise.reject(new Unavailable('no room')));
  await expect(watched.probe()).rejects.toThrow('no room');
  expect(health.reasons()).toEqual(['disk']);
  await watched.reopen();
  expect([opened(), health.reasons()]).toEqual([1, ['disk']]);
  watched.forgive();
  expect(health.reasons()).toEqual([]);
});

test('what lies in the way is told with the variable that names the place', async () => {
  const { faults, health, watched } = setUp();
  const cause = Object.assign(new Error('ENOTDIR'), { syscall: 'mkdir' });
  faults.set('state.putNew', new Refused('cannot make /x: a file lies there', { cause }));
  faults.set('log.putNew', new Refused('key: expected another'));
  await expect(watched.state.putNew('a.json', BYTES)).rejects.toThrow(
    'cannot make /x: a file lies there; move it away, or let TIL_STATE name another folder',
  );
  await expect(watched.log.putNew('a.json', BYTES)).rejects.toThrow(/another$/);
  expect(health.reasons()).toEqual([]);
});
