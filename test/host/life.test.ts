import { expect, test } from 'vitest';
import { Conflict, Corrupt, Refused, Unavailable } from '../../src/events/errors.ts';
import { type LifePorts, type Living, startLife } from '../../src/host/life.ts';

const never = new Promise<never>(() => {});
const worker = (running: Promise<void> = never): Living & { stopped: number } => {
  const made = { running, stopped: 0, stop: async () => void (made.stopped += 1) };
  return made;
};

const begin = (ports: Partial<LifePorts<Living>>) => {
  const lines: unknown[] = [];
  const pauses: number[] = [];
  const life = startLife<Living>({
    start: async () => worker(),
    onStarted: async () => {},
    lasting: () => 0,
    report: (happening, fields) => void lines.push({ happening, ...fields }),
    pauseMilliseconds: (failures) => {
      pauses.push(failures);
      return 1;
    },
    ...ports,
  });
  return { life, lines, pauses };
};

test('what may pass is tried again, each pause after one more failure, until it has passed', async () => {
  const errors = [
    new Unavailable('away'),
    new Conflict('somebody else'),
    Object.assign(new Error('EACCES'), { syscall: 'open', errno: -13 }),
  ];
  const again: boolean[] = [];
  const { life, lines } = begin({
    start: async (isAgain) => {
      again.push(isAgain);
      const error = errors.shift();
      if (error) throw error;
      return worker();
    },
  });
  await life.ready;
  expect(again).toEqual([false, true, true, true]);
  expect(lines).toHaveLength(3);
  expect([life.isBroken(), life.worker() !== undefined]).toEqual([false, true]);
  await life.stop();
  expect(life.worker()).toBeUndefined();
});

test.each([new Refused('a file lies there'), new Corrupt('x'), new TypeError('a defect')])(
  'what would fail again ends it: %s',
  async (error) => {
    const { life } = begin({ start: () => Promise.reject(error) });
    await expect(life.failed).rejects.toBe(error);
    await expect(life.ready).rejects.toBe(error);
    await life.stop();
  },
);

test('a worker that cannot go on is stopped, and another begins', async () => {
  const made: ReturnType<typeof worker>[] = [];
  const { life } = begin({
    start: async () => {
      made.push(worker(made.length === 0 ? Promise.reject(new Unavailable('away')) : never));
      return made.at(-1) as Living;
    },
  });
  await life.ready;
  while (made.length < 2) await new Promise(setImmediate);
  expect(made[0]?.stopped).toBe(1);
  await life.stop();
  expect(made[1]?.stopped).toBe(1);
});

test('what has been away for longer than patience has everything opened anew', async () => {
  let away = 5_001;
  const again: boolean[] = [];
  const { life, lines } = begin({
    lasting: () => away,
    start: async (isAgain) => {
      again.push(isAgain);
      if (isAgain) away = 0;
      return worker();
    },
  });
  while (again.length < 2) await new Promise(setImmediate);
  expect(lines).toEqual([{ happening: 'problem', error: expect.stringContaining('opened anew') }]);
  away = 5_000;
  await life.stop();
  expect(again).toEqual([false, true]);
});

test('a pause, however long, ends with the life', async () => {
  const { life } = begin({ start: () => Promise.reject(new Unavailable('away')), pauseMilliseconds: () => 3_600_000 });
  await new Promise(setImmediate);
  expect(life.isBroken()).toBe(true);
  await life.stop();
});
