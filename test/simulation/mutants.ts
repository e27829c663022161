import type { EventOf } from '../../src/events/catalog.ts';
import type { IngestRequest } from '../../src/host/ingest.ts';
import { ledger } from '../../src/projections/ledger-fold.ts';
import type { NewJob, Queue } from '../../src/queue/queue.ts';
import { trustingCheck } from '../../src/setup/clock-check.ts';
import { sign } from '../../src/slack/verify.ts';
import type { Bucket, Stored } from '../../src/store/bucket.ts';
import { isDocument } from '../../src/store/documents.ts';
import { CHOICE_MUTANTS } from './choice-mutants.ts';
import type { Site } from './faults.ts';
import { SECRET } from './front.ts';
import type { Reach } from './host.ts';
import type { LikeMode } from './like-modes.ts';
import { type On, patched } from './patch.ts';
import { PERSONAL_MUTANTS } from './personal-mutants.ts';
import type { Kind, Process } from './process.ts';
import type { Store } from './store.ts';
import type { Timeline } from './timeline.ts';

/** A way to switch one safeguard off: at a port, so that the product has no such switch. */
export interface Mutant {
  /** The safeguard that is off. */
  name: string;
  /** The simulation must fail within so many seeds. */
  within: number;
  /** What the failure must say: the safeguard is missed for what it guards. */
  says: RegExp;
  kind?: Kind;
  /** Off too, since it makes right every night what this safeguard guards. */
  withoutNights?: true;
  /** The chance of some faults, where the usual one would take too many seeds. */
  often?: Partial<Record<Site, number>>;
  /** By how much Slack's history may lag, where that is more than what an attempt settles for. */
  historyLagSeconds?: number;
  config?: Record<string, unknown>;
  /** How authors are to hear of likes, from the first to the last; else drawn. */
  likes?: LikeMode;
  log?: (store: Store) => Store;
  state?: (store: Store) => Store;
  station?: (queue: Queue) => Queue;
  reach?: (reach: Reach, process: Process) => Reach;
  throughQueue?: (timeline: Timeline) => (put: Queue['put']) => Queue['put'];
  disguise?: (request: IngestRequest, nowSeconds: number) => IngestRequest;
  /** Changes a module for the time of a run; gives the way back. */
  patch?: () => () => void;
}

const resigned = (request: IngestRequest, timestamp: string): IngestRequest => ({
  ...request,
  headers: {
    'x-slack-request-timestamp': timestamp,
    'x-slack-signature': sign(SECRET, timestamp, request.body),
  },
});

/** The request, if its signature is right whenever it was made. */
const rightButForTime = (request: IngestRequest): boolean => {
  const timestamp = request.headers['x-slack-request-timestamp'] ?? '';
  return request.headers['x-slack-signature'] === sign(SECRET, timestamp, request.body);
};

const without = (kind: RegExp, store: Store): Store => ({
  ...store,
  putNew: async (key, bytes) => (kind.test(key) ? { created: true, etag: 'none' } : store.putNew(key, bytes)),
});

const overwriting = (store: Store): Store => ({
  ...store,
  putNew: async (key, bytes) => ({ created: true, etag: store.overwrite(key, bytes) }),
});

/** Every object that is found in the way counts as one's own. */
const trusting =
  (kind: RegExp) =>
  (store: Store): Store => ({
    ...store,
    putNew: async (key, bytes) => {
      const put = await store.putNew(key, bytes);
      return put.created || !kind.test(key) ? put : { created: true, etag: 'ours' };
    },
  });

/** No object that is found in the way counts as one's own: what is read after a refused put looks like another's. */
const distrusting = (store: Store): Store => {
  const refused = new Set<string>();
  return {
    ...store,
    putNew: async (key, bytes) => {
      const put = await store.putNew(key, bytes);
      if (!put.created) refused.add(key);
      return put;
    },
    get: async (key) => {
      const found = await store.get(key);
      if (!found || !refused.delete(key)) return found;
      return { ...found, bytes: Buffer.concat([found.bytes, Buffer.from(' ')]) };
    },
  };
};

/** A bucket of which a process believes that nobody else writes there: what it has seen is what is stored, until a write proves it wrong. */
const believing = (bucket: Bucket): Bucket => {
  const seen = new Map<string, Stored | undefined>();
  return {
    ...bucket,
    get: async (key) => {
      if (!seen.has(key)) seen.set(key, await bucket.get(key));
      return seen.get(key);
    },
    putNew: async (key, bytes) => {
      seen.delete(key);
      return bucket.putNew(key, bytes);
    },
    putIf: async (key, bytes, etag) => {
      seen.delete(key);
      const written = await bucket.putIf(key, bytes, etag);
      seen.set(key, { bytes, etag: written });
      return written;
    },
  };
};

/** Ledgers are written after what is published from them: they are answered from memory, and reach the store a second later. */
const savingLate = (bucket: Bucket, process: Process): Bucket => {
  const unsaved = new Map<string, Stored>();
  let count = 0;
  const hold = (key: string, bytes: Uint8Array, save: () => Promise<unknown>): string => {
    const etag = `unsaved ${(count += 1)}`;
    const held = { bytes, etag };
    unsaved.set(key, held);
    void process.wait(1000).then(async () => {
      await save().catch(() => {});
      if (unsaved.get(key) === held) unsaved.delete(key);
    });
    return etag;
  };
  const isLedger = (key: string): boolean => key.startsWith('ledgers/');
  return {
    ...bucket,
    get: async (key) => unsaved.get(key) ?? bucket.get(key),
    putNew: async (key, bytes) =>
      isLedger(key)
        ? { created: true, etag: hold(key, bytes, () => bucket.putNew(key, bytes)) }
        : bucket.putNew(key, bytes),
    putIf: async (key, bytes, etag) =>
      isLedger(key)
        ? hold(key, bytes, async () => bucket.putIf(key, bytes, (await bucket.get(key))?.etag ?? etag))
        : bucket.putIf(key, bytes, etag),
  };
};

/** Reactions of one person on one message under one name are one object: the key lacks the instant. */
const withoutInstant = (store: Store): Store => {
  const known = new Map<string, string>();
  const nameOf = (key: string): string | undefined => /\/[\d.]+-(reaction\..*)$/.exec(key)?.[1];
  const inTheWay = new Map<string, Uint8Array>();
  return {
    ...store,
    putNew: async (key, bytes) => {
      const name = nameOf(key);
      const first = name && known.get(name);
      if (name && first && first !== key) {
        inTheWay.set(key, bytes);
        return { created: false };
      }
      if (name) known.set(name, key);
      return store.putNew(key, bytes);
    },
    get: async (key) => {
      const bytes = inTheWay.get(key);
      return bytes ? { bytes, etag: 'same' } : store.get(key);
    },
  };
};

type Reactions = { messages: Record<string, { reactions?: Record<string, { at: string; live: boolean }> }> };

/** What comes last is believed. */
const byArrival = patched(['reaction.added', 'reaction.removed'], (kind) => (state, event) => {
  const { item, user, name, at } = event as EventOf<'reaction.added'>;
  const message = ((state as Reactions).messages[item] ??= {});
  (message.reactions ??= {})[`${user}/${name}`] = { at, live: kind === 'reaction.added' };
});

const isEffect = ({ group }: NewJob): boolean => group.startsWith('effect/');

/** The safeguards, each switched off. */
export const MUTANTS: Mutant[] = [
  {
    name: 'the signature is checked',
    within: 5,
    says: /was accepted|never delivered/,
    disguise: (request, now) => (rightButForTime(request) ? request : resigned(request, String(now))),
  },
  {
    name: 'the time of a request is checked',
    within: 5,
    says: /too (old|new) was accepted/,
    disguise: (request, now) => (rightButForTime(request) ? resigned(request, String(now)) : request),
  },
  {
    name: 'acknowledged only when it is durable',
    within: 10,
    says: /was acknowledged and is not in the log/,
    throughQueue: (timeline) => (put) => async (jobs) => timeline.start(() => put(jobs).catch(() => {})),
  },
  {
    name: 'done only when it is in the log and the ledger',
    within: 10,
    says: /not in the log|differs from a rebuild/,
    reach: (reach) => ({
      ...reach,
      queue: {
        ...reach.queue,
        take: async (max, wait) => {
          const jobs = await reach.queue.take(max, wait);
          await reach.queue.done(jobs.filter((job) => !isEffect(job))).catch(() => {});
          return jobs;
        },
      },
    }),
  },
  {
    name: 'decided before it is done',
    within: 30,
    says: /not announced|not told|no weekly post/,
    often: { 'queue: not put': 0.25 },
    reach: (reach) => ({
      ...reach,
      queue: { ...reach.queue, put: async (jobs) => reach.queue.put(jobs).catch(() => {}) },
    }),
    kind: 'lambda',
    withoutNights: true,
  },
  {
    name: 'effects wait until they are done',
    within: 10,
    says: /no end|not announced|not told/,
    kind: 'lambda',
    reach: (reach) => ({
      ...reach,
      queue: {
        ...reach.queue,
        take: async (max, wait) => {
          const jobs = await reach.queue.take(max, wait);
          await reach.queue.done(jobs.filter(isEffect)).catch(() => {});
          return jobs;
        },
      },
    }),
  },
  {
    name: 'the log is created, never overwritten',
    within: 10,
    says: /was changed|visible \d+ times/,
    log: overwriting,
  },
  {
    name: 'what is in the way is compared: it may be another',
    within: 20,
    says: /visible \d+ times/,
    log: trusting(/effect\.attempted/),
  },
  { name: 'what is in the way is compared: it may be our own', within: 5, says: /in quarantine/, log: distrusting },
  { name: 'the instant is part of the key', within: 5, says: /not in the log/, log: withoutInstant },
  {
    name: 'a ledger is replaced by compare-and-swap',
    within: 10,
    withoutNights: true,
    often: { 'queue: a job given out twice': 0.5 },
    says: /differs from a rebuild/,
    kind: 'lambda',
    state: (store) => ({ ...store, putIf: async (key, bytes) => store.overwrite(key, bytes) }),
  },
  {
    name: 'the later word wins, not the later arrival',
    within: 20,
    says: /differs from a rebuild|: expected/,
    withoutNights: true,
    often: { 'delivery disordered': 0.5, 'delivery delayed': 0.3 },
    patch: byArrival,
  },
  {
    name: 'a deletion is for ever',
    within: 40,
    says: /differs|: expected/,
    patch: patched(['message.deleted'], () => (state, event) => {
      const { ts } = event as EventOf<'message.deleted'>;
      delete (state as Reactions).messages[ts];
    }),
  },
  // The four protocols that look safe and are not.
  {
    name: 'an attempt is in the log before the call: to send, then record, and again after an error, says things twice',
    within: 10,
    says: /visible \d+ times/,
    log: (store) => without(/effect\.attempted/, store),
  },
  {
    name: 'what is recorded is not taken for sent: to record, then send, loses',
    within: 10,
    says: /recorded as delivered, and is not visible/,
    reach: (reach) => ({
      ...reach,
      slack: {
        ...reach.slack,
        find: async (_, channel, { oldest: ts }) => ({
          outcome: 'found',
          channel,
          ts,
          attempt: 1,
          message: { thread_ts: ts },
        }),
      },
    }),
  },
  {
    name: 'a look-up is no lock: to look up, then send, says things twice',
    within: 20,
    says: /visible \d+ times/,
    log: (store) => without(/effect\.attempted/, store),
    reach: ({ slack, ...reach }) => ({
      ...reach,
      settleSeconds: 20,
      slack: {
        ...slack,
        post: async (message) => {
          const always = { oldest: '0000000000.000000', latest: '9999999999.000000' };
          const found = await slack.find(String(message.metadata?.event_payload['effect']), message.to, always);
          return found.outcome === 'found' ? { ...found, outcome: 'sent' } : slack.post(message);
        },
      },
    }),
  },
  {
    name: 'an attempt settles for longer than the history lags',
    within: 20,
    says: /visible \d+ times/,
    historyLagSeconds: 300,
  },
  {
    name: 'a delivery is recorded',
    within: 5,
    says: /no end|not recorded|differs/,
    log: (store) => without(/effect\.delivered/, store),
  },
  {
    name: 'a month is frozen before it is announced',
    within: 20,
    says: /not frozen in the log|differs/,
    log: (store) => without(/month\.closed/, store),
  },
  {
    name: 'an unclear attempt is left to settle',
    within: 20,
    says: /visible \d+ times/,
    reach: (reach) => ({ ...reach, settleSeconds: 0 }),
  },
  {
    name: 'an unclear attempt is looked up',
    within: 10,
    says: /visible \d+ times/,
    reach: (reach) => ({ ...reach, slack: { ...reach.slack, find: async () => ({ outcome: 'absent' }) } }),
  },
  {
    name: 'a look-up that fails proves nothing',
    within: 40,
    says: /visible \d+ times/,
    reach: (reach) => ({
      ...reach,
      slack: {
        ...reach.slack,
        find: async (...about) => {
          const found = await reach.slack.find(...about);
          return found.outcome === 'unknown' ? { outcome: 'absent' } : found;
        },
      },
    }),
  },
  {
    name: 'the look-up begins before the attempt, by more than clocks are off',
    within: 40,
    says: /visible \d+ times/,
    // A clock that is further off is known to be, and dates nothing.
    often: { 'clock wrong': 1, 'slack: time-out, deed done': 0.2 },
    reach: (reach) => ({
      ...reach,
      slack: {
        ...reach.slack,
        find: (effect, to, { oldest, latest }) =>
          reach.slack.find(effect, to, { oldest: `${Number(oldest.split('.')[0]) + 600}.000000`, latest }),
      },
    }),
  },
  {
    name: 'no answer is not taken for a refusal',
    within: 10,
    says: /visible \d+ times/,
    reach: (reach) => ({
      ...reach,
      slack: {
        ...reach.slack,
        post: async (message) => {
          const sent = await reach.slack.post(message);
          return sent.outcome === 'unclear'
            ? { outcome: 'refused', reason: 'unclear', final: false, retryAfterSeconds: 5 }
            : sent;
        },
      },
    }),
  },
  {
    name: 'no answer is not taken for an end',
    within: 10,
    says: /not announced|not told|not recorded/,
    reach: (reach) => ({
      ...reach,
      slack: {
        ...reach.slack,
        post: async (message) => {
          const sent = await reach.slack.post(message);
          return sent.outcome === 'unclear' ? { outcome: 'sent', channel: message.to } : sent;
        },
      },
    }),
  },
  {
    name: 'what was appended before a death is folded after it',
    within: 10,
    says: /differs from a rebuild|no end/,
    kind: 'lambda',
    log: (store) => ({ ...store, get: async (key) => (key.includes('/effect.') ? undefined : store.get(key)) }),
  },
  {
    name: 'what an earlier try may have left undone is done by the next',
    within: 20,
    says: /differs from a rebuild|missing from a rebuild|not announced|not told|no end/,
    kind: 'lambda',
    withoutNights: true,
    reach: (reach) => ({
      ...reach,
      queue: {
        ...reach.queue,
        take: async (max, wait) => (await reach.queue.take(max, wait)).map((job) => ({ ...job, received: 1 })),
      },
    }),
  },
  {
    name: 'what a worker remembers is checked against what is stored',
    within: 40,
    says: /differs from a rebuild|not announced|not told/,
    kind: 'lambda',
    withoutNights: true,
    reach: (reach) => ({ ...reach, state: believing(reach.state) }),
  },
  {
    name: 'what a machine left undone is made right when it starts',
    within: 150,
    withoutNights: true,
    says: /differs from a rebuild|missing from a rebuild/,
    kind: 'machine',
    often: { 'crash after a write': 0.02, 'crash before a write': 0.02 },
    reach: (reach) => ({ ...reach, careless: true }),
  },
  {
    name: 'the disk has sworn before a write counts',
    within: 20,
    says: /not in the log|differs|no attempt|never delivered|no end/,
    kind: 'machine',
    reach: (reach, process) => {
      // What was written lately may be lost in a crash, although it was answered.
      const late = process.unforced;
      late.delete = () => false;
      return reach;
    },
  },
  {
    name: 'what is left of a torn snapshot is written over',
    within: 5,
    says: /differs from a rebuild/,
    kind: 'machine',
    often: { 'crash after a write': 0.02, 'disk: unforced write lost': 0, 'disk: derived document torn': 1 },
    state: (store) => ({
      ...store,
      putIf: async (key, bytes, etag) => {
        const before = store.objects.get(key);
        const isTorn = before !== undefined && !isDocument(before.bytes);
        return isTorn && key.startsWith('snapshots/') ? etag : store.putIf(key, bytes, etag);
      },
    }),
  },
  {
    name: 'what an app writes in a member’s name is no participation',
    within: 20,
    says: /expected/,
    patch: (() => {
      const own = { ...(ledger.on as unknown as On) };
      return patched(['message.posted'], (kind) => (state, event) => {
        const { author } = event as { author: { user?: string } };
        const asPerson = author.user === undefined ? author : { user: author.user };
        return own[kind]?.(state, { ...(event as object), author: asPerson } as never);
      });
    })(),
  },
  // What is news.
  {
    name: 'what was read from history is not taken for heard',
    within: 20,
    says: /is history|was not heard|has listened since/,
    patch: (() => {
      const own = { ...(ledger.on as unknown as On) };
      return patched(
        ['message.posted', 'message.edited', 'reaction.added'],
        (kind) => (state, event) => own[kind]?.(state, { ...(event as object), inferred: undefined } as never),
      );
    })(),
  },
  {
    name: 'between two steps no message comes',
    within: 5,
    says: /a message at no step/,
    likes: 'steps',
    config: { notify: { likes: 'each' } },
  },
  {
    name: 'a step has a message of its own',
    within: 40,
    says: /a step without a message/,
    likes: 'steps',
    config: { notify: { likes: 'card' } },
  },
  {
    name: 'what stands is changed, and not only recorded to be',
    within: 5,
    says: /and its author reads/,
    likes: 'steps',
    often: { 'delivery dropped': 0 },
    reach: (reach) => ({
      ...reach,
      slack: {
        ...reach.slack,
        change: async ({ channel, ts }) => ({ outcome: 'sent', channel, ts }),
      },
    }),
  },
  {
    name: 'what was missed is caught up on',
    within: 40,
    says: /is in no catch-up/,
    often: { 'delivery delayed': 0.5, 'delivery dropped': 0 },
    reach: (reach) => ({
      ...reach,
      queue: {
        ...reach.queue,
        put: (jobs) => reach.queue.put(jobs.filter(({ group }) => !group.endsWith('/catch-up'))),
      },
    }),
  },
  {
    name: 'a digest is asked for until it is told or recorded',
    within: 40,
    says: /posts by Friday, and no digest/,
    reach: (reach) => ({
      ...reach,
      queue: { ...reach.queue, put: (jobs) => reach.queue.put(jobs.filter(({ id }) => !id.startsWith('digest/'))) },
    }),
  },
  {
    name: 'a post that counts no more goes from its digest',
    within: 40,
    says: /the digest of .* tells of .*, which does not count/,
    reach: (reach) => ({
      ...reach,
      queue: {
        ...reach.queue,
        put: (jobs) => reach.queue.put(jobs.filter(({ body }) => !/"effect":"digest:[^:"]*:/.test(body))),
      },
    }),
  },
  {
    name: 'what a digest is changed to is what the log says of it',
    within: 40,
    says: /the digest of .* tells of \d+ posts, not \d+/,
    reach: (reach) => ({
      ...reach,
      slack: {
        ...reach.slack,
        change: async (message) => {
          const isDigest = String(message.metadata?.event_payload['effect']).startsWith('digest:');
          return isDigest ? { outcome: 'sent', channel: message.channel, ts: message.ts } : reach.slack.change(message);
        },
      },
    }),
  },
  {
    name: 'a wrong clock freezes nothing',
    within: 5,
    says: /was frozen early|was opened early|was skipped as too old/,
    kind: 'machine',
    often: { 'clock set ahead by days': 0.3 },
    reach: (reach, process) => ({ ...reach, clockCheck: trustingCheck(process.clock) }),
  },
  {
    name: 'how long to wait is measured by a clock that nobody sets',
    within: 10,
    says: /nothing was published/,
    kind: 'machine',
    often: { 'clock set back by hours': 0.3 },
    reach: (reach, process) => {
      // What it knows of Slack's time goes on by the other.
      process.clock = { ...process.clock, elapsed: process.clock.now };
      return reach;
    },
  },
  // How a job comes back, in which order, and what is shown when.
  {
    name: 'a job that must wait waits',
    within: 10,
    says: /was given out \d+ times/,
    reach: (reach) => ({ ...reach, queue: { ...reach.queue, retry: (job) => reach.queue.retry(job, 0) } }),
  },
  {
    name: 'after a failure nothing more of its group is done',
    within: 10,
    says: /was done before what stands before it/,
    kind: 'lambda',
    reach: (reach) => ({
      ...reach,
      queue: {
        ...reach.queue,
        take: async (max, wait) =>
          (await reach.queue.take(max, wait)).map((job, position) => ({ ...job, group: `${job.group}#${position}` })),
      },
    }),
  },
  {
    name: 'what is published has been saved',
    within: 20,
    says: /differs from a rebuild/,
    kind: 'lambda',
    withoutNights: true,
    often: { 'crash before a write': 0.02, 'crash after a write': 0.02 },
    reach: (reach, process) => ({ ...reach, state: savingLate(reach.state, process) }),
  },
  // What people chose.
  ...CHOICE_MUTANTS,
  ...PERSONAL_MUTANTS,
];
