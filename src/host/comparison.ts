import { canonical } from '../events/codec.ts';
import { Conflict, Unavailable } from '../events/errors.ts';
import { isObject } from '../events/json.ts';
import { calendarOf, type Month, monthOf, plusMonths, type Week, weeksOf } from '../events/week.ts';
import { alarmJobs } from '../outbox/effect-jobs.ts';
import { keys } from '../pipeline/keys.ts';
import type { Challenge } from '../projections/challenge.ts';
import { jobOf } from '../queue/jobs.ts';
import type { NewJob } from '../queue/queue.ts';
import { readerUntil } from '../reconcile/limit.ts';
import type { Progress } from '../reconcile/progress.ts';
import { beginReconciling, reconcilePortion } from '../reconcile/reconcile.ts';
import { countKinds } from '../reconcile/result.ts';
import { describeError } from '../setup/report.ts';
import type { Reader } from '../slack/reader.ts';
import { type Document, readDocument, writeDocument } from '../store/documents.ts';
import type { UpkeepPorts } from './upkeep.ts';
import { afterMilliseconds, within } from './within.ts';

/** A comparison with Slack: the instant (ISO) of the tick that began it, and how many portions of it are done. */
export interface Comparison {
  scheduledAt: string;
  portion: number;
}

/** What is kept of a comparison between its portions: `seen/<channel>/comparison.json`. `progress` is absent when it has come to its end. */
interface Kept {
  version: 1;
  scheduledAt: string;
  portion: number;
  /** How many of the last portions made no progress. */
  idle: number;
  /** How many events of each kind were found so far. */
  counts: Record<string, number>;
  progress?: Progress;
}

/** More events than a function can record in the time that it keeps for that are no portion. */
const EVENTS = 150;
/** A comparison that makes no progress in so many portions is given up: Slack asks nobody to wait longer than a minute or so. */
const MOST_IDLE = 5;
/** With some 18 s each, an hour. What takes longer is not for a night. */
const MOST_PORTIONS = 200;
/** What reading the log may take beyond the time for Slack, of which a call is cut off in the middle. */
const GRACE_MILLISECONDS = 3_000;

/**
 * Reads last month and this one from Slack and records what the log lacks; whoever looks after the challenge hears of it when all is compared.
 * What is not done in time goes on as a job of its own, which holds up nobody. Says whether all was compared and nothing is doubtful.
 */
export const compareWithSlack = async (
  challenge: Challenge,
  ports: UpkeepPorts,
  milliseconds: number,
  comparison: Comparison,
): Promise<boolean | 'goes on'> => {
  const { reader, queue } = ports;
  if (!reader) return false;
  const document = await readDocument<Kept>(ports.state, keys.comparison(challenge.channel));
  const kept = keptFor(comparison, document);
  if (!kept) return 'goes on'; // It came to its end, or another night's took its place: the job is a repetition.
  if (comparison.portion < kept.portion) {
    // Whoever did this portion may have died before the next one was asked for.
    await queue.put([portionJob(challenge, kept)]);
    return 'goes on';
  }
  const options = { since: sinceLastMonth(challenge, ports), dryRun: true, kept: true, events: EVENTS };
  const before = kept.progress ?? beginReconciling(challenge, options, ports);
  const progress = structuredClone(before);
  const work = readPortion(challenge, { ...ports, reader }, milliseconds, options, progress);
  const read = await within(milliseconds + GRACE_MILLISECONDS, work, ports.after).catch(asError);
  if (read instanceof Error && !(read instanceof Unavailable))
    return giveUp(challenge, document, kept, describeError(read), ports);
  // What was away for a moment is asked again: an earlier try may have appended what nobody has folded yet.
  const done = read instanceof Error ? undefined : read;
  if (done) await record(done.result, ports);
  const next = nextOf(kept, before, progress, done);
  if (done?.isWhole) return conclude(challenge, document, next, progress, ports);
  const why = read instanceof Error ? describeError(read) : 'not finished in time';
  if (next.idle >= MOST_IDLE || next.portion >= MOST_PORTIONS) return giveUp(challenge, document, next, why, ports);
  await keep(document, next, ports);
  await queue.put([portionJob(challenge, next)]);
  return 'goes on';
};

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));

type Portion = Awaited<ReturnType<typeof reconcilePortion>>;

/** A tick begins a comparison, unless one of its own is under way. What was kept and is damaged is begun again. */
const keptFor = ({ scheduledAt, portion }: Comparison, { value, etag }: Document<Kept>): Kept | undefined => {
  const isKept = isObject(value) && value.version === 1;
  const begun: Kept = { version: 1, scheduledAt, portion, idle: 0, counts: {} };
  if (!isKept) return portion === 0 || etag !== undefined ? begun : undefined;
  if (value.scheduledAt === scheduledAt && value.progress) return value;
  return portion === 0 ? begun : undefined;
};

const sinceLastMonth = ({ timeZone }: Challenge, { clock }: UpkeepPorts): number => {
  const calendar = calendarOf(timeZone);
  const last: Month = plusMonths(monthOf(calendar.weekAt(clock.now() / 1000)), -1);
  return calendar.instant(weeksOf(last)[0] as Week, 0, 0, 0);
};

/** Compares as much as there is time for. It changes nothing but the progress, so it may be left alone with that. */
const readPortion = (
  challenge: Challenge,
  { reader, ...ports }: UpkeepPorts & { reader: Reader },
  milliseconds: number,
  options: Parameters<typeof reconcilePortion>[2],
  progress: Progress,
): Promise<Portion> => {
  const { after = afterMilliseconds } = ports;
  // Whoever has no time begins nothing: a timer of 0 ms would let Slack's answers race with it.
  const limited = readerUntil(reader, milliseconds > 0 ? after(milliseconds) : Promise.resolve());
  return reconcilePortion(challenge, { ...ports, reader: limited }, options, progress);
};

const record = async ({ unfolded, found }: Portion['result'], { recorder }: UpkeepPorts): Promise<void> => {
  // A try that ended halfway may have appended what it had not folded yet, and what is in the log is not found again.
  for (const events of unfolded.values()) await recorder.refold(events);
  await recorder.record(...found);
};

/** What is kept after a portion. Of one that was left alone, nothing is believed. */
const nextOf = (kept: Kept, before: Progress, progress: Progress, read: Portion | undefined): Kept => {
  const portion = kept.portion + 1;
  if (!read) return { ...kept, progress: before, portion, idle: kept.idle + 1 };
  const counts = { ...kept.counts };
  for (const [kind, count] of Object.entries(countKinds(read.result.found))) counts[kind] = (counts[kind] ?? 0) + count;
  return { ...kept, portion, counts, progress, idle: progress.steps > before.steps ? 0 : kept.idle + 1 };
};

/** The job that goes on, in a group of its own: it stands in nobody's way. */
const portionJob = ({ channel }: Challenge, { scheduledAt, portion }: Kept): NewJob =>
  jobOf(`reconcile/${channel}/${scheduledAt}/${portion}`, `reconcile/${channel}`, {
    kind: 'tick',
    tick: 'reconcile',
    channel,
    scheduledAt,
    portion,
  });

/** Keeps how far it has come, if nobody else has gone on with it meanwhile. */
const keep = async ({ key, etag }: Document<Kept>, kept: Kept, { state }: UpkeepPorts): Promise<void> => {
  try {
    await writeDocument(state, key, Buffer.from(canonical(kept)), etag);
  } catch (error) {
    if (!(error instanceof Conflict)) throw error;
  }
};

/** Tells of what was found, and of what is doubtful. */
const conclude = async (
  challenge: Challenge,
  document: Document<Kept>,
  kept: Kept,
  { findings }: Progress,
  ports: UpkeepPorts,
): Promise<boolean> => {
  const doubtful = findings.doubtful.map(({ month, messages }) => `${messages.length} messages of ${month} not shown`);
  if (findings.doubtfulMembers.length > 0) doubtful.push(`${findings.doubtfulMembers.length} members not listed`);
  if (findings.skipped.length > 0) doubtful.push(`${findings.skipped.length} things that could not be read`);
  const subject = [...countsOf(kept), ...doubtful];
  if (subject.length > 0) await raise(challenge, subject.join(', '), ports);
  await end(document, kept, ports);
  return doubtful.length === 0;
};

/** Tells that it came to no end, and what was found until then. */
const giveUp = async (
  challenge: Challenge,
  document: Document<Kept>,
  kept: Kept,
  reason: string,
  ports: UpkeepPorts,
): Promise<false> => {
  await raise(challenge, [reason, ...countsOf(kept)].join(', '), ports);
  await end(document, kept, ports);
  return false;
};

const countsOf = ({ counts }: Kept): string[] => Object.entries(counts).map(([kind, count]) => `${count} ${kind}`);

/** Of a comparison that was done at once, nothing was kept, and nothing is. */
const end = async (document: Document<Kept>, { progress: _, ...kept }: Kept, ports: UpkeepPorts): Promise<void> => {
  if (document.value?.progress) await keep(document, kept, ports);
};

const raise = async (challenge: Challenge, what: string, { queue, clock, report }: UpkeepPorts): Promise<void> => {
  const code = 'reconcile-differences';
  const subject = `${challenge.channel}, ${new Date(clock.now()).toISOString().slice(0, 10)}: ${what}`;
  report('alarm', { code, subject });
  await queue.put(alarmJobs(challenge, code, subject, clock.now()));
};
