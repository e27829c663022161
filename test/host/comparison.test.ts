import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { Unavailable } from '../../src/events/errors.ts';
import { rebuild } from '../../src/history/rebuild.ts';
import { createHost } from '../../src/host/host.ts';
import { tickJob } from '../../src/outbox/tick.ts';
import { keys } from '../../src/pipeline/keys.ts';
import { parseJob } from '../../src/queue/jobs.ts';
import type { Job, NewJob } from '../../src/queue/queue.ts';
import { reconcile } from '../../src/reconcile/reconcile.ts';
import { createSampleWorkspace, SAMPLE } from '../../src/sandbox/sample.ts';
import { seeded } from '../../src/sandbox/seeded.ts';
import type { Workspace } from '../../src/sandbox/workspace.ts';
import type { Reader } from '../../src/slack/reader.ts';
import { translate } from '../../src/slack/translate.ts';
import type { Bucket } from '../../src/store/bucket.ts';
import { openDocuments } from '../../src/store/documents.ts';
import { openLog } from '../../src/store/log.ts';
import { memoryBucket } from '../../src/store/memory.ts';
import { playedWorkspace, SEASON_END } from '../cli/til.ts';
import { sandboxReader } from '../support/sandbox-reader.ts';
import { challengeWith, contents } from '../support/world.ts';

const challenge = challengeWith();
const { channel } = SAMPLE;
const NIGHT = new Date(SEASON_END);
const LEFT = 30_000; // Of a function; twelve seconds of it are kept for recording.

/** What happens to a portion: how often it may ask Slack, and where its process dies. */
interface Portion {
  calls: number;
  dies?: 'before it is kept' | 'before the next is asked for';
  /** Then it hangs, so that it is left alone. */
  hangs?: boolean;
  twice?: boolean;
}

const WHOLE: Portion = { calls: Number.POSITIVE_INFINITY };

interface Written {
  log: Bucket;
  state: Bucket;
}

const copyOf = async (bucket: Bucket): Promise<Bucket> => {
  const copy = memoryBucket();
  for (const [key, body] of Object.entries(await contents(bucket))) await copy.putNew(key, Buffer.from(body));
  return copy;
};

/** A function that compares this with Slack, one portion a run, each as it is told. */
const startFunction = ({ log, state }: Written, slack: Reader, now = () => SEASON_END) => {
  const queued: Job[] = [];
  const alarms: string[] = [];
  /** The other ticks that it has asked for. */
  const asked: string[] = [];
  let portion = WHOLE;
  let calls = 0;
  let over = (): void => {};
  let leaveAlone = (): void => {};
  const limited = <Arguments extends unknown[], Result>(call: (...given: Arguments) => Result) => {
    return (...given: Arguments): Result => {
      if (calls++ < portion.calls) return call(...given);
      if (!portion.hangs) over();
      else leaveAlone();
      return portion.hangs ? (new Promise(() => {}) as Result) : call(...given);
    };
  };
  const reader: Reader = {
    ...slack,
    history: async function* (...window) {
      for await (const page of slack.history(...window)) {
        if (calls++ >= portion.calls) over();
        await Promise.resolve();
        yield page;
      }
    },
    thread: limited(slack.thread),
    reactions: limited(slack.reactions),
    members: limited(slack.members),
    profile: limited(slack.profile),
  };
  const dying = (when: Portion['dies']): void => {
    if (portion.dies === when) throw new Unavailable('the process dies');
  };
  const isKept = (key: string): boolean => key === keys.comparison(channel);
  const mortal: Bucket = {
    ...state,
    putNew: async (key, bytes) => {
      if (isKept(key)) dying('before it is kept');
      return state.putNew(key, bytes);
    },
    putIf: async (key, bytes, etag) => {
      if (isKept(key)) dying('before it is kept');
      return state.putIf(key, bytes, etag);
    },
  };
  const put = async (jobs: NewJob[]): Promise<void> => {
    dying('before the next is asked for');
    for (const job of jobs) {
      const body = parseJob(job.body);
      if (body?.kind !== 'tick' || body.tick === 'due') continue;
      if (body.tick === 'reconcile') queued.push({ ...job, received: 1, handle: '' });
      else asked.push(body.tick);
    }
  };
  const host = createHost({
    settings: { challenges: [challenge] },
    log,
    state: mortal,
    documents: openDocuments(mortal),
    queue: { put },
    clock: { now, elapsed: now, sleep: async () => {} },
    report: (happening, details) => {
      if (happening === 'alarm') alarms.push(String(details?.['subject']));
    },
    changed: () => {},
    reader,
    after: (milliseconds) =>
      new Promise<void>((resolve) => {
        if (milliseconds > LEFT - 12_000) leaveAlone = resolve;
        else over = resolve;
        if (portion.calls <= 0) over();
      }),
  });
  /** Whether the job is done. */
  const runOnce = async (job: Job, as: Portion): Promise<boolean> => {
    [portion, calls] = [as, 0];
    try {
      return (await host.handle([job], () => LEFT)).failed.length === 0;
    } catch {
      return false;
    }
  };
  return {
    alarms,
    asked,
    queued,
    runOnce,
    tick: () => void queued.push({ ...tickJob(channel, 'reconcile', NIGHT), received: 1, handle: '' }),
    /** Runs what is queued, one portion after the other as they are told, until nothing is; gives how many runs it took. */
    runAll: async (portions: readonly Portion[] = [], otherwise = WHOLE): Promise<number> => {
      let runs = 0;
      for (let job = queued.shift(); job; job = queued.shift()) {
        const as = portions[runs++] ?? otherwise;
        if (!(await runOnce(job, as))) queued.unshift({ ...job, received: job.received + 1 });
        else if (as.twice) await runOnce(job, WHOLE);
        if (runs > 500) throw new Error('it never comes to its end');
      }
      return runs;
    },
  };
};

let workspace: Workspace;
let lossy: Written;
let expected: Record<string, string>;
beforeAll(async () => {
  ({ workspace } = playedWorkspace());
  const payloads = workspace.take().map(({ payload }) => payload);
  const random = seeded(5);
  lossy = { log: memoryBucket(), state: memoryBucket() };
  for (const payload of payloads) {
    const translation = translate(payload, new Set([channel]));
    if (translation.to === 'event' && random() > 0.15) await openLog(lossy.log, SAMPLE).append(translation.event);
  }
  await rebuild(challenge, lossy);
  const log = await copyOf(lossy.log);
  const clock = { now: () => SEASON_END, elapsed: () => 0, sleep: async () => {} };
  const ports = { log, state: await copyOf(lossy.state), reader: sandboxReader(workspace), clock };
  await reconcile(challenge, ports, { since: SEASON_END / 1000 - 31 * 86_400, kept: true });
  expected = await contents(log);
}, 120_000);

const fresh = async (): Promise<Written> => ({ log: await copyOf(lossy.log), state: await copyOf(lossy.state) });

describe('a comparison with Slack of which each run can do only a part', () => {
  test('ends with the same events as one that is done at once, wherever it is cut, dies, or is done twice', async () => {
    const before = Object.keys(await contents(lossy.log)).length;
    expect(Object.keys(expected).length).toBeGreaterThan(before + 20);
    const portion = fc.record(
      {
        calls: fc.integer({ min: 2, max: 25 }),
        dies: fc.constantFrom('before it is kept', 'before the next is asked for'),
        twice: fc.constant(true),
        hangs: fc.constant(true),
      },
      { requiredKeys: ['calls'] },
    ) as fc.Arbitrary<Portion>;
    await fc.assert(
      fc.asyncProperty(fc.array(portion, { minLength: 1, maxLength: 8 }), async (portions) => {
        const written = await fresh();
        const lambda = startFunction(written, sandboxReader(workspace));
        lambda.tick();
        await lambda.runAll(portions);
        expect(await contents(written.log)).toEqual(expected);
      }),
      { numRuns: 12 },
    );
  });

  test('closes no month before all of it is compared, tells once what it found, and keeps nothing of what it read', async () => {
    const written = await fresh();
    const lambda = startFunction(written, sandboxReader(workspace));
    lambda.tick();
    let runs = 0;
    for (let job = lambda.queued.shift(); job; job = lambda.queued.shift()) {
      expect([lambda.asked, lambda.alarms]).toEqual([[], []]);
      expect(await lambda.runOnce(job, { calls: 4 })).toBe(true);
      runs += 1;
      const kept = (await contents(written.state, keys.comparison(channel)))[keys.comparison(channel)] ?? '';
      expect(kept).not.toMatch(/https:|text/);
      expect(kept.includes('progress')).toBe(lambda.queued.length > 0);
    }
    expect(runs).toBeGreaterThan(5);
    expect(await contents(written.log)).toEqual(expected);
    expect(new Set(lambda.asked)).toEqual(new Set(['month.result']));
    const found = Object.keys(expected).length - Object.keys(await contents(lossy.log)).length;
    expect(lambda.alarms).toHaveLength(1);
    const counts = [...(lambda.alarms[0] ?? '').matchAll(/(\d+) [a-z]+\.[a-z]+/g)].map(([, count]) => Number(count));
    expect(counts.reduce((sum, count) => sum + count)).toBe(found);
  });

  test('is given up, and told, when it makes no progress; the next night begins anew', async () => {
    const written = await fresh();
    const before = await contents(written.log);
    const lambda = startFunction(written, sandboxReader(workspace));
    lambda.tick();
    expect(await lambda.runAll([], { calls: 0 })).toBe(5);
    expect(lambda.alarms).toEqual([expect.stringMatching(/not finished in time$/)]);
    expect([await contents(written.log), lambda.asked]).toEqual([before, []]);
    lambda.tick();
    await lambda.runAll();
    expect(await contents(written.log)).toEqual(expected);
  });

  test('goes on from where Slack could not be reached for a moment', async () => {
    const written = await fresh();
    const slack = sandboxReader(workspace);
    let threads = 0;
    const reader: Reader = {
      ...slack,
      thread: (...thread) =>
        ++threads === 4 ? Promise.reject(new Unavailable('Slack asks to wait 300 s')) : slack.thread(...thread),
    };
    const lambda = startFunction(written, reader);
    lambda.tick();
    await lambda.runAll();
    expect(await contents(written.log)).toEqual(expected);
    expect(lambda.alarms).toEqual([expect.not.stringContaining('wait 300 s')]);
  });

  test.each([
    ['at first', 1, false],
    ['at all', Number.POSITIVE_INFINITY, true],
  ])('asks again where Slack cannot be reached %s', async (_, times, isGivenUp) => {
    const written = await fresh();
    const slack = sandboxReader(workspace);
    let left = times;
    const reader: Reader = {
      ...slack,
      history: async function* (...window) {
        if (left-- > 0) throw new Unavailable('Slack is away');
        yield* slack.history(...window);
      },
    };
    const lambda = startFunction(written, reader);
    lambda.tick();
    await lambda.runAll();
    expect(lambda.alarms).toEqual([isGivenUp ? expect.stringContaining('away') : expect.not.stringContaining('away')]);
    if (!isGivenUp) expect(await contents(written.log)).toEqual(expected);
  });

  test('does nothing for a portion that comes again after all is compared', async () => {
    const written = await fresh();
    const lambda = startFunction(written, sandboxReader(workspace));
    lambda.tick();
    const jobs: Job[] = [];
    for (let job = lambda.queued.shift(); job; job = lambda.queued.shift()) {
      jobs.push(job);
      await lambda.runOnce(job, { calls: 9 });
    }
    const before = { ...(await contents(written.log)), ...(await contents(written.state)) };
    lambda.asked.length = 0;
    for (const job of jobs.slice(1)) expect(await lambda.runOnce(job, WHOLE)).toBe(true);
    expect({ ...(await contents(written.log)), ...(await contents(written.state)) }).toEqual(before);
    expect([lambda.asked, lambda.queued]).toEqual([[], []]);
  });
});

/** A history that does not show yet that a message has replies. */
const lagging = (reader: Reader, ts: string): Reader => ({
  ...reader,
  history: async function* (...window) {
    for await (const page of reader.history(...window))
      yield page.map((message) => (message.ts === ts ? { ...message, reply_count: 0 } : message));
  },
});

describe('what changes in Slack between two portions', () => {
  /** A channel with a message of last month, of whose thread Slack's history knows nothing yet, and one of this month with replies that were heard. */
  const setUp = async () => {
    let now = Date.parse('2024-07-08T12:00:00+09:00');
    const clock = () => now;
    const slack = createSampleWorkspace(clock);
    slack.post({ user: 'U0MEMBER01', channel, text: '첫 글' });
    now += 86_400_000;
    const old = slack.post({ user: 'U0MEMBER01', channel, text: '오래된 글' });
    now = Date.parse('2024-08-05T12:00:00+09:00');
    const parent = slack.post({ user: 'U0MEMBER01', channel, text: '글' });
    const written: Written = { log: memoryBucket(), state: memoryBucket() };
    const hear = async (): Promise<void> => {
      for (const { payload } of slack.take()) {
        const translation = translate(payload, new Set([channel]));
        if (translation.to === 'event') await openLog(written.log, SAMPLE).append(translation.event);
      }
      await rebuild(challenge, written);
    };
    const replyTo = (thread: string, user = 'U0MEMBER02') => {
      now += 60_000;
      return slack.reply({ user, channel, thread, text: '답' }).ts;
    };
    const replies = [1, 2, 3].map(() => replyTo(parent.ts));
    replyTo(slack.post({ user: 'U0MEMBER01', channel, text: '둘째 글' }).ts);
    await hear();
    now = Date.parse('2024-08-09T04:00:00+09:00');
    const lambda = startFunction(written, lagging(sandboxReader(slack), old.ts), clock);
    const deleted = async () =>
      Object.values(await contents(written.log))
        .map((body) => JSON.parse(body) as { kind: string; ts: string })
        .flatMap(({ kind, ts }) => (kind === 'message.deleted' ? [ts] : []));
    /** The history, and no thread, in the first portion; then something happens, and the rest is compared. */
    const between = async (happens: () => Promise<void> | void, calls = 3): Promise<void> => {
      lambda.tick();
      const job = lambda.queued.shift() as Job;
      expect(await lambda.runOnce(job, { calls })).toBe(true);
      expect(lambda.queued).toHaveLength(1);
      await happens();
      await lambda.runAll();
    };
    return {
      slack,
      old,
      parent,
      replies,
      replyTo,
      hear,
      written,
      between,
      deleted,
      pass: (ms: number) => void (now += ms),
    };
  };

  test('is not taken for deleted when it was heard late, in a thread that was not read', async () => {
    const { old, replyTo, between, hear, deleted, pass } = await setUp();
    const late = replyTo(old.ts); // Slack delivers it half an hour later.
    pass(1_800_000);
    await between(hear);
    expect([late, await deleted()]).toEqual([late, []]);
  });

  test('is found when it goes from a thread that is yet to be read, and by the next comparison when it went after that', async () => {
    const { slack, replies, between, deleted, pass } = await setUp();
    const [first = '', second = ''] = replies;
    await between(() => {
      slack.remove({ user: 'U0MEMBER02', channel, ts: first });
      pass(60_000);
    });
    expect(await deleted()).toEqual([first]);
    pass(86_400_000);
    slack.remove({ user: 'U0MEMBER02', channel, ts: second });
    await between(() => {});
    expect((await deleted()).sort()).toEqual([first, second].sort());
  });

  test('is not taken for deleted when it was written after its thread was read, however long ago that is', async () => {
    const { parent, replyTo, between, hear, deleted, written, pass } = await setUp();
    await between(async () => {
      replyTo(parent.ts);
      await hear();
      pass(1_800_000);
    }, 4);
    expect(await deleted()).toEqual([]);
    expect(Object.keys(await contents(written.log)).filter((key) => key.includes('message.posted'))).toHaveLength(9);
  });

  test('and is heard, wins over what was read before', async () => {
    const { slack, parent, between, hear, written, pass } = await setUp();
    await between(async () => {
      pass(60_000);
      slack.edit({ user: 'U0MEMBER01', channel, ts: parent.ts, text: '고친 글' });
      await hear();
    });
    const texts = Object.values(await contents(written.log))
      .map((body) => JSON.parse(body) as { kind: string; ts: string; at: string; text?: string })
      .filter(({ kind, ts }) => kind.startsWith('message.') && ts === parent.ts)
      .sort((left, right) => (left.at < right.at ? -1 : 1));
    expect(texts.map(({ text }) => text)).toEqual(['글', '고친 글']);
  });
});
