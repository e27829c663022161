import { afterEach, describe, expect, test } from 'vitest';
import type { Job, NewJob, Queue } from '../../src/queue/queue.ts';

/** An empty queue for one test. */
export interface OpenQueue {
  queue: Queue;
  visibilitySeconds: number;
  /** Lets time pass: sleeps, or moves a clock. */
  advance(seconds: number): Promise<void>;
  /** How long a take waits in which a job is expected. 0 by default; an emulator may need more. */
  waitSeconds?: number;
  close?(): Promise<void>;
}

interface Bench extends OpenQueue {
  take(max?: number): Promise<Job[]>;
  /** Takes and is done until nothing comes: the bodies in the order in which they came. */
  drain(): Promise<string[]>;
}

const job = (group: string, body: string): NewJob => ({ id: `${group}-${body}`, group, body });
const jobs = (group: string, from: number, to: number): NewJob[] =>
  Array.from({ length: to - from + 1 }, (_, at) => job(group, String(from + at)));
const bodies = (taken: Job[]): string[] => taken.map(({ body }) => body);
const numbers = (from: number, to: number): string[] => jobs('', from, to).map(({ body }) => body);

const bench = (opened: OpenQueue): Bench => {
  const take = (max = 10): Promise<Job[]> => opened.queue.take(max, opened.waitSeconds ?? 0);
  const drain = async (): Promise<string[]> => {
    const all: string[] = [];
    for (let taken = await take(); taken.length > 0; taken = await take()) {
      all.push(...bodies(taken));
      await opened.queue.done(taken);
    }
    return all;
  };
  return { ...opened, take, drain };
};

/** The first of what was taken; the test ends when there is none. */
const first = (taken: Job[]): Job => {
  const [head] = taken;
  if (!head) throw new Error('nothing was taken');
  return head;
};

/** What every queue promises: a true sentence and its proof on an empty queue. */
const promises = {
  'an empty queue gives nothing': async ({ queue, take }) => {
    expect(await queue.take(10, 0)).toEqual([]);
    await queue.put([]);
    expect(await take()).toEqual([]);
  },
  'a job comes as it was put': async ({ queue, take }) => {
    const put = { id: 'event-1', group: 'channel-C1', body: JSON.stringify({ text: '오늘 배운 것 🔥\n"\\\u2028' }) };
    await queue.put([put]);
    expect(await take()).toEqual([{ ...put, received: 1, handle: expect.any(String) }]);
  },
  'a job of 100,000 characters comes whole': async ({ queue, take }) => {
    const body = 'abcdefghij'.repeat(10_000);
    await queue.put([{ id: 'large', group: 'g', body }]);
    expect(first(await take()).body === body).toBe(true);
  },
  'jobs of one group come in the order of the puts': async ({ queue, drain }) => {
    for (const each of jobs('g', 1, 25)) await queue.put([each]);
    expect(await drain()).toEqual(numbers(1, 25));
  },
  'jobs of one put come in its order': async ({ queue, drain }) => {
    await queue.put(jobs('g', 1, 25));
    await queue.put(jobs('g', 26, 30));
    expect(await drain()).toEqual(numbers(1, 30));
  },
  'a take gives no more than was asked for': async ({ queue, take }) => {
    await queue.put(jobs('g', 1, 5));
    const taken = await take(3);
    expect(taken.length).toBeLessThanOrEqual(3);
    expect(bodies(taken)).toEqual(numbers(1, taken.length));
  },
  'a group of which a job is taken gives nothing more until that is done': async ({ queue, take }) => {
    await queue.put(jobs('g', 1, 3));
    const taken = await take(1);
    expect(bodies(taken)).toEqual(['1']);
    expect(await queue.take(10, 0)).toEqual([]);
    await queue.done(taken);
    expect(bodies(await take(1))).toEqual(['2']);
  },
  'a group does not hold up another': async ({ queue, take }) => {
    await queue.put([...jobs('a', 1, 2), ...jobs('b', 11, 12)]);
    const one = first(await take(1));
    const other = first(await take(1));
    expect([one.body, other.body].sort()).toEqual(['1', '11']);
    expect(await queue.take(10, 0)).toEqual([]);
    await queue.done([other]);
    expect(bodies(await take(1))).toEqual([other.group === 'a' ? '2' : '12']);
  },
  'jobs of several groups keep the order of each': async ({ queue, drain }) => {
    const mixed = numbers(1, 8).flatMap((body) => [job('a', `a${body}`), job('b', `b${body}`), job('c', `c${body}`)]);
    await queue.put(mixed);
    const came = await drain();
    expect(came).toHaveLength(24);
    for (const group of ['a', 'b', 'c']) {
      expect(came.filter((body) => body.startsWith(group))).toEqual(numbers(1, 8).map((body) => `${group}${body}`));
    }
  },
  'a job that is done never comes back': async ({ queue, take, advance, visibilitySeconds }) => {
    await queue.put(jobs('g', 1, 2));
    await queue.done(await take());
    await queue.done(await take());
    await advance(visibilitySeconds + 0.2);
    expect(await take()).toEqual([]);
  },
  'a job that was not done comes back after the time-out, counted, before those behind it': async (world) => {
    const { queue, take, advance, visibilitySeconds, drain } = world;
    await queue.put(jobs('g', 1, 3));
    expect(await take(1)).toMatchObject([{ body: '1', received: 1 }]);
    await advance(visibilitySeconds + 0.2);
    const again = first(await take(1));
    expect(again).toMatchObject({ body: '1', received: 2 });
    await queue.done([again]);
    expect(await drain()).toEqual(['2', '3']);
  },
  'a job does not come back before the time-out': async ({ queue, take, advance, visibilitySeconds }) => {
    await queue.put(jobs('g', 1, 2));
    await take(1);
    await advance(visibilitySeconds * 0.4);
    expect(await queue.take(10, 0)).toEqual([]);
  },
  'of jobs taken together those not done come back': async ({ queue, take, advance, visibilitySeconds, drain }) => {
    await queue.put(jobs('g', 1, 3));
    const taken = await take(2);
    await queue.done(taken.slice(1));
    await advance(visibilitySeconds + 0.2);
    expect(await drain()).toEqual(taken.length === 2 ? ['1', '3'] : ['1', '2', '3']);
  },
  'a retry without delay brings the job back at once, at the head': async ({ queue, take, drain }) => {
    await queue.put(jobs('g', 1, 3));
    await queue.retry(first(await take(1)), 0);
    const again = first(await take(1));
    expect(again).toMatchObject({ body: '1', received: 2 });
    await queue.done([again]);
    expect(await drain()).toEqual(['2', '3']);
  },
  'a retry with a delay holds its group that long, and no other': async ({ queue, take, advance, drain }) => {
    await queue.put(jobs('a', 1, 2));
    await queue.retry(first(await take(1)), 2);
    await queue.put(jobs('b', 11, 11));
    expect(await drain()).toEqual(['11']);
    await advance(2.2);
    expect(await drain()).toEqual(['1', '2']);
  },
  'a retry may hold a job for longer than the time-out': async ({ queue, take, advance, visibilitySeconds, drain }) => {
    await queue.put(jobs('g', 1, 2));
    await queue.retry(first(await take(1)), visibilitySeconds * 2);
    await advance(visibilitySeconds + 0.2);
    expect(await queue.take(10, 0)).toEqual([]);
    await advance(visibilitySeconds + 0.2);
    expect(await drain()).toEqual(['1', '2']);
  },
  'a job counts how often it was taken': async ({ queue, take }) => {
    await queue.put(jobs('g', 1, 1));
    for (const received of [1, 2, 3, 4]) {
      const taken = first(await take(1));
      expect(taken.received).toBe(received);
      await queue.retry(taken, 0);
    }
  },
  'whoever took a job that has been taken again cannot end it': async ({ queue, take, advance, visibilitySeconds }) => {
    await queue.put(jobs('g', 1, 2));
    const slow = await take(1);
    await advance(visibilitySeconds + 0.2);
    expect(first(await take(1)).received).toBe(2);
    await queue.done(slow);
    await queue.retry(first(slow), 0);
    expect(await queue.take(10, 0)).toEqual([]);
    await advance(visibilitySeconds + 0.2);
    expect(await take(1)).toMatchObject([{ body: '1', received: 3 }]);
  },
  'two takes at once share no job': async ({ queue, take }) => {
    await queue.put(numbers(1, 20).map((body) => job(`group-${body}`, body)));
    const taken = (await Promise.all([take(), take(), take()])).flatMap(bodies);
    expect(new Set(taken).size).toBe(taken.length);
    expect(taken.length).toBeGreaterThan(0);
  },
  'a waiting take gets a job that is put meanwhile': async ({ queue }) => {
    const waiting = queue.take(1, 10);
    await queue.put(jobs('g', 1, 1));
    expect(bodies(await waiting)).toEqual(['1']);
  },
  'an id is dropped for five minutes, also in another group and when its job is done; afterwards it is not': async (
    world,
  ) => {
    const { queue, advance, drain } = world;
    const [one, other] = [job('g', 'one'), job('g', 'other')];
    await queue.put([one, { ...one, group: 'h' }]);
    await queue.put([{ ...one, body: 'again' }]);
    expect(await drain()).toEqual(['one']);
    await advance(290);
    await queue.put([one, other]);
    expect(await drain()).toEqual(['other']);
    await advance(20);
    await queue.put([one, other]);
    expect(await drain()).toEqual(['one']);
  },
  'fifty puts at once lose nothing': async ({ queue, drain }) => {
    await Promise.all(numbers(1, 50).map((body) => queue.put([job(`g${Number(body) % 5}`, body)])));
    expect((await drain()).sort()).toEqual(numbers(1, 50).sort());
  },
} satisfies Record<string, (world: Bench) => Promise<void>>;

/** A promise that a queue may be excused from, with a reason. */
export type QueuePromise = keyof typeof promises;

/** Registers a test per promise of the port. `open` gives an empty queue each time; `skips` names what cannot hold and why. */
export const queueContract = (
  name: string,
  open: () => Promise<OpenQueue>,
  skips: Partial<Record<QueuePromise, string>> = {},
): void => {
  describe(`${name} as a queue`, () => {
    let opened: OpenQueue | undefined;
    afterEach(async () => {
      await opened?.close?.();
      opened = undefined;
    });

    for (const [promise, prove] of Object.entries(promises)) {
      test(promise, async (context) => {
        const reason = skips[promise as QueuePromise];
        if (reason !== undefined) return context.skip(reason);
        opened = await open();
        await prove(bench(opened));
      });
    }
  });
};
