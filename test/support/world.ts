import { readFileSync } from 'node:fs';
import type { Event } from '../../src/events/catalog.ts';
import { createWorker } from '../../src/host/worker.ts';
import { type BookkeepingPorts, createBookkeeping } from '../../src/pipeline/bookkeeping.ts';
import { keys } from '../../src/pipeline/keys.ts';
import { publishMonth } from '../../src/pipeline/publish.ts';
import type { Challenge } from '../../src/projections/challenge.ts';
import type { IndexSnapshot, MembersSnapshot, MonthSnapshot, WeekSnapshot } from '../../src/projections/contract.ts';
import { jobOf } from '../../src/queue/jobs.ts';
import type { Job } from '../../src/queue/queue.ts';
import { parseConfig } from '../../src/setup/config.ts';
import { type Bucket, listAll } from '../../src/store/bucket.ts';
import { openDocuments } from '../../src/store/documents.ts';
import { memoryBucket } from '../../src/store/memory.ts';

export const CHANNEL = 'C0TILCHAN1';

/** A challenge with defaults and what is given. */
export const challengeWith = (fields: Record<string, unknown> = {}): Challenge =>
  parseConfig({ challenges: [{ channel: CHANNEL, ...fields }] }, 'test').challenges[0] as Challenge;

/** A payload as Slack sends it, by the number of its fixture. */
export const payload = (
  number: number,
): { event: Record<string, unknown> & { ts?: string; event_ts?: string } } & Record<string, unknown> => {
  const name = FIXTURES[number - 1] as string;
  return JSON.parse(readFileSync(new URL(`../fixtures/slack-events/${name}.json`, import.meta.url), 'utf8'));
};

export const FIXTURES = [
  '01-weekly-post-by-this-bot',
  '02-weekly-post-by-another-bot',
  '03-reply-with-velog-link',
  '04-link-preview-arrives-as-edit',
  '05-reply-without-link',
  '06-edit-adds-link',
  '07-edit-removes-link',
  '08-reply-deleted',
  '09-deleted-without-previous-message',
  '10-reply-link-in-a-list',
  '11-thread-broadcast',
  '12-file-share-without-blocks',
  '13-reply-with-lookalike-link',
  '14-like-added',
  '15-like-added-skin-tone',
  '16-like-removed',
  '17-like-alias',
  '18-other-reaction',
  '19-like-on-a-file',
  '20-member-joined',
  '21-member-left',
  '22-parent-deleted-with-replies-tombstone',
  '23-other-channel-message',
  '24-hostile-mrkdwn-reply',
  '25-url-verification',
  '26-app-rate-limited',
];

/** A worker that counts, and cannot speak. */
export const createCounter = (ports: BookkeepingPorts) => {
  const bookkeeping = createBookkeeping(ports);
  return { bookkeeping, worker: createWorker({ ...ports, bookkeeping }) };
};

/** A system in memory: deliveries go through the real worker, one batch at a time. */
export const createWorld = (
  challenge: Challenge = challengeWith(),
  { log = memoryBucket(), state = memoryBucket() }: { log?: Bucket; state?: Bucket } = {},
) => {
  const documents = openDocuments(state);
  const alarms: string[] = [];
  const alarm = async (code: string, subject: string) => void alarms.push(`${code} ${subject}`);
  const { worker, bookkeeping } = createCounter({ log, documents, challenges: [challenge], alarm });
  let sequence = 0;
  const read = async <T>(key: string): Promise<T | undefined> => {
    const stored = await state.get(key);
    return stored && (JSON.parse(new TextDecoder().decode(stored.bytes)) as T);
  };
  const deliver = async (...payloads: unknown[]): Promise<void> => {
    const jobs: Job[] = payloads.map((body) => {
      const id = String(sequence++);
      return { ...jobOf(id, CHANNEL, { kind: 'event', payload: body }), received: 1, handle: id };
    });
    const { failed, changed } = await worker.handle(jobs);
    if (failed[0]) throw failed[0].error;
    for (const { month } of changed) await publishMonth(documents, challenge, month);
  };
  return {
    challenge,
    log,
    state,
    documents,
    worker,
    alarms,
    deliver,
    /** Appends events as they are. */
    append: async (...events: Event[]): Promise<void> => {
      for (const event of events) await bookkeeping.appendEvent(event);
      for (const { month } of await bookkeeping.foldEvents(events)) await publishMonth(documents, challenge, month);
    },
    week: (week: string) => read<WeekSnapshot>(keys.week(challenge.channel, week)),
    month: (month: string) => read<MonthSnapshot>(keys.month(challenge.channel, month)),
    index: () => read<IndexSnapshot>(keys.index(challenge.channel)),
    members: () => read<MembersSnapshot>(keys.members(challenge.channel)),
    read,
  };
};

/** All objects of a bucket as text, by key. */
export const contents = async (bucket: Bucket, prefix = ''): Promise<Record<string, string>> => {
  const all: Record<string, string> = {};
  for await (const { key } of listAll(bucket, prefix)) {
    all[key] = new TextDecoder().decode((await bucket.get(key))?.bytes);
  }
  return all;
};
