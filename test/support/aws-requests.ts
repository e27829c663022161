import { createBatchHandler } from '../../src/host/lambda/batch.ts';
import { jobOf } from '../../src/queue/jobs.ts';
import { memoryQueue } from '../../src/queue/memory.ts';
import type { Job } from '../../src/queue/queue.ts';
import type { SqsEvent } from '../../src/queue/sqs-event.ts';
import { entryOf } from '../../src/queue/sqs-message.ts';
import { createWorkspace } from '../../src/sandbox/workspace.ts';
import type { Bucket } from '../../src/store/bucket.ts';
import { memoryBucket } from '../../src/store/memory.ts';
import { BOT } from './bot.ts';
import { sandboxSlack } from './sandbox-slack.ts';
import { CHANNEL, challengeWith } from './world.ts';

/** What was asked of the storage for one deed, until all that follows from it was done and published. */
export interface Requests {
  put: number;
  get: number;
  list: number;
  /** Bytes of objects that were moved by GETs; what was known already is not. */
  read: number;
  written: number;
  /** How often the worker was called. */
  invocations: number;
}

const nothing = (): Requests => ({ put: 0, get: 0, list: 0, read: 0, written: 0, invocations: 0 });

/** Both buckets of the worker, with everything that is asked of them counted. */
const counted = (bucket: Bucket, count: () => Requests): Bucket => ({
  get: async (key, known) => {
    const stored = await bucket.get(key, known);
    count().get += 1;
    count().read += stored === known ? 0 : (stored?.bytes.length ?? 0);
    return stored;
  },
  list: (prefix, after) => {
    count().list += 1;
    return bucket.list(prefix, after);
  },
  folders: (prefix) => {
    count().list += 1;
    return bucket.folders(prefix);
  },
  putNew: (key, bytes) => {
    count().put += 1;
    count().written += bytes.length;
    return bucket.putNew(key, bytes);
  },
  putIf: (key, bytes, etag) => {
    count().put += 1;
    count().written += bytes.length;
    return bucket.putIf(key, bytes, etag);
  },
});

/** How long what a deed leads to may take in virtual time: what is said waits for what was heard. */
const DEED_SECONDS = 120;

/**
 * A challenge behind the worker's function, one message an invocation, as on AWS while little happens. Everything in it is virtual, so the
 * counts are the same on every machine.
 */
export const awsChallenge = ({ members, startsAt }: { members: number; startsAt: string }) => {
  let time = Date.parse(startsAt);
  let requests = nothing();
  const clock = { now: () => time, elapsed: () => time, sleep: async () => {}, after: () => () => {} };
  const people = Array.from({ length: members }, (_, number) => `U0MEMBER${String(number).padStart(3, '0')}`);
  const workspace = createWorkspace({
    now: () => time,
    bot: BOT,
    members: people.map((id) => ({ id, name: id.toLowerCase(), displayName: `${id} 님`, admin: false })),
    channels: [{ id: CHANNEL, name: 'til', members: [BOT.id, ...people] }],
  });
  const queue = memoryQueue({ clock });
  const handler = createBatchHandler({
    bodies: { get: async () => undefined, remove: async () => {} }, // Nothing here is too large.
    settings: { challenges: [challengeWith({})] },
    log: counted(memoryBucket(), () => requests),
    state: counted(memoryBucket(), () => requests),
    queue,
    secret: async () => ({ botToken: BOT.token, signingSecrets: [] }),
    connect: () => ({ writer: sandboxSlack(workspace, BOT.token) }),
    clock,
    report: () => {},
    yieldTurn: async () => {},
    after: async () => {},
  });
  let sequence = 0;

  const hear = async (): Promise<void> => {
    const heard = workspace.take().map(({ payload }) => jobOf(`${sequence++}`, CHANNEL, { kind: 'event', payload }));
    await queue.put(heard);
  };

  const settle = async (): Promise<void> => {
    const end = time + DEED_SECONDS * 1000;
    while (time < end) {
      await hear();
      const [job] = await queue.take(1, 0);
      if (!job) {
        time = (await queue.list()).length === 0 ? end : time + 1000;
        continue;
      }
      requests.invocations += 1;
      const { batchItemFailures } = await handler(eventOf(job), { getRemainingTimeInMillis: () => 30_000 });
      if (batchItemFailures.length === 0) await queue.done([job]);
    }
  };

  return {
    people,
    /** Asks what is due at an instant, as the schedule does. */
    due: async (at: string): Promise<void> => {
      time = Math.max(time, Date.parse(at));
      const scheduledAt = new Date(time).toISOString();
      await queue.put([jobOf(`due/${scheduledAt}`, 'due', { kind: 'tick', tick: 'due', scheduledAt })]);
      await settle();
    },
    /** The weekly post as it stands in Slack. */
    thread: (): string => workspace.messages(CHANNEL).findLast(({ text }) => /\[TIL /.test(text ?? ''))?.ts as string,
    reply: async (user: string, thread: string, text: string): Promise<string> => {
      const { ts } = workspace.reply({ user, channel: CHANNEL, thread, text });
      await settle();
      return ts;
    },
    like: async (user: string, ts: string): Promise<void> => {
      workspace.react({ user, channel: CHANNEL, ts, name: '+1' });
      await settle();
    },
    /** What was asked since the last time. */
    take: (): Requests => {
      const last = requests;
      requests = nothing();
      return last;
    },
  };
};

/** A job as Lambda's event source passes it. */
const eventOf = (job: Job): SqsEvent => {
  const { message } = entryOf(job);
  const attributes = { MessageGroupId: message.MessageGroupId, MessageDeduplicationId: message.MessageDeduplicationId };
  return {
    Records: [
      {
        messageId: job.handle,
        receiptHandle: job.handle,
        body: message.MessageBody,
        attributes: { ...attributes, ApproximateReceiveCount: String(job.received) },
        messageAttributes: {},
      },
    ],
  };
};

const WEEKS = ['2024-08-05', '2024-08-12', '2024-08-19', '2024-08-26'];

/** Requests for a like and for a reply, each alone, in the fourth week of a month, and their mean as the original had them (107 replies, 814 likes). */
export const requestsOfDeeds = async (members = 28): Promise<{ like: Requests; reply: Requests; mixed: Requests }> => {
  const challenge = awsChallenge({ members, startsAt: `${WEEKS[0]}T08:00:00+09:00` });
  const { people } = challenge;
  const writers = people.slice(0, 12);
  const deeds: Record<'like' | 'reply', Requests[]> = { like: [], reply: [] };
  for (const [week, monday] of WEEKS.entries()) {
    await challenge.due(`${monday}T10:00:00+09:00`);
    const thread = challenge.thread();
    for (const [number, writer] of writers.entries()) {
      challenge.take();
      const ts = await challenge.reply(writer, thread, `<https://velog.io/@${writer}/week-${week}>`);
      if (week === 3) deeds.reply.push(challenge.take());
      for (let liker = 0; liker < 7; liker += 1) {
        challenge.take();
        await challenge.like(people[(number + 1 + liker * 3) % members] as string, ts);
        if (week === 3) deeds.like.push(challenge.take());
      }
    }
  }
  const [like, reply] = [meanOf(deeds.like), meanOf(deeds.reply)];
  return { like, reply, mixed: weighted(like, 814 / 921, reply, 107 / 921) };
};

const combine = (of: (name: keyof Requests) => number): Requests =>
  Object.fromEntries(
    (Object.keys(nothing()) as (keyof Requests)[]).map((name) => [name, of(name)]),
  ) as unknown as Requests;

const meanOf = (all: readonly Requests[]): Requests =>
  combine((name) => all.reduce((sum, each) => sum + each[name], 0) / all.length);

const weighted = (left: Requests, byLeft: number, right: Requests, byRight: number): Requests =>
  combine((name) => left[name] * byLeft + right[name] * byRight);
