import { prefixOf } from '../events/key.ts';
import { laterTs, type Ts } from '../events/timestamp.ts';
import { calendarOf, plusWeeks } from '../events/week.ts';
import type { Status } from '../handlers/admin-reply.ts';
import { dueJobs } from '../outbox/due-jobs.ts';
import { keys } from '../pipeline/keys.ts';
import type { Challenge } from '../projections/challenge.ts';
import { parseJob } from '../queue/jobs.ts';
import type { LocalQueue } from '../queue/local.ts';
import type { Clock } from '../setup/clock.ts';
import type { ClockCheck } from '../setup/clock-check.ts';
import { type Bucket, listAll } from '../store/bucket.ts';
import type { Documents } from '../store/documents.ts';

export interface StatusPorts {
  log: Bucket;
  documents: Documents;
  queue: Partial<Pick<LocalQueue, 'depth'>>;
  clock: Pick<Clock, 'now'>;
  clockCheck?: ClockCheck | undefined;
}

/** What is due has so long before it is overdue. */
const PATIENCE_SECONDS = 900;

/** Looks at all that can be seen without asking Slack, and writes nothing. What cannot be looked at is missing. */
export const lookAtStatus = async (challenge: Challenge, ports: StatusPorts): Promise<Status> => {
  const { log, documents, queue, clock, clockCheck } = ports;
  const storage = await storageOf(challenge, ports);
  const depth = queue.depth?.();
  const parts = await Promise.allSettled([
    lastHeard(challenge, log, clock),
    countIn(log, 'quarantine/'),
    dueJobs(challenge, documents, clock.now() / 1000 - PATIENCE_SECONDS),
  ]);
  const [heard, dead, due] = parts;
  return {
    storage,
    ...(heard.status === 'fulfilled' ? { heard: heard.value ?? 'never' } : {}),
    ...(depth ? { queue: { jobs: depth.jobs, seconds: Math.round(depth.oldestMs / 1000) } } : {}),
    ...(dead.status === 'fulfilled' ? { deadLetters: dead.value } : {}),
    ...(clockCheck?.isSure()
      ? { clock: { isRight: !clockCheck.isWrong(), seconds: Math.round(clockCheck.differenceSeconds()) } }
      : {}),
    ...(due.status === 'fulfilled' ? { overdue: due.value.flatMap(({ body }) => tickIn(body)) } : {}),
  };
};

const tickIn = (body: string): NonNullable<Status['overdue']>[number][] => {
  const job = parseJob(body);
  if (job?.kind !== 'tick') return [];
  return job.tick === 'week.open' || job.tick === 'month.result' || job.tick === 'digest' ? [job.tick] : [];
};

const storageOf = async (
  { channel, timeZone }: Challenge,
  { log, documents, clock }: StatusPorts,
): Promise<NonNullable<Status['storage']>> => {
  const week = calendarOf(timeZone).weekAt(clock.now() / 1000);
  try {
    await Promise.all([log.list(prefixOf(channel, week)), documents.reload(keys.ledger(channel, week))]);
    return 'ok';
  } catch {
    return 'unreadable';
  }
};

const HEARD = /^(\d+\.\d+)-(?:message|reaction|member)\./;

/** When the newest event of this week and of the one before happened that came from Slack. */
const lastHeard = async (
  { channel, timeZone }: Challenge,
  log: Bucket,
  clock: Pick<Clock, 'now'>,
): Promise<Ts | undefined> => {
  const week = calendarOf(timeZone).weekAt(clock.now() / 1000);
  let last: Ts | undefined;
  for (const prefix of [plusWeeks(week, -1), week].map((each) => prefixOf(channel, each)))
    for await (const { key } of listAll(log, prefix)) last = laterTs(last, HEARD.exec(key.slice(prefix.length))?.[1]);
  return last;
};

const countIn = async (log: Bucket, prefix: string): Promise<number> => {
  let count = 0;
  for await (const _ of listAll(log, prefix)) count += 1;
  return count;
};
