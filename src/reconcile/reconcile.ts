import type { Event } from '../events/catalog.ts';
import { canonical } from '../events/codec.ts';
import { tsAt } from '../events/timestamp.ts';
import { calendarOf, type Month, monthOf, monthsBetween, weeksOf } from '../events/week.ts';
import { type HistoryPorts, rebuild } from '../history/rebuild.ts';
import { createBookkeeping } from '../pipeline/bookkeeping.ts';
import { publishMonth } from '../pipeline/publish.ts';
import type { Challenge } from '../projections/challenge.ts';
import type { Ledger } from '../projections/ledger.ts';
import type { Clock } from '../setup/clock.ts';
import type { Reader } from '../slack/reader.ts';
import type { Bucket } from '../store/bucket.ts';
import { openDocuments } from '../store/documents.ts';
import { overlayOf } from '../store/overlay.ts';
import { deletionOf, lackingAbout, type SlackReading } from './differences.ts';
import { announcedElsewhere } from './former-bot.ts';
import { appendEach } from './import.ts';
import { comparePeople } from './people.ts';
import { emptyResult, type Reconciled } from './result.ts';
import { noteSkipped } from './skipped.ts';
import { goneFrom, type Horizon, looksHidden, readSlackMonth, withAllReactions } from './slack-month.ts';
import { remember, unfoldedIn } from './week-memory.ts';

/** What is younger may still be on its way: Slack tries for some six minutes, and clocks differ. */
const FRESH_SECONDS = 600;

export interface ReconcilePorts {
  log: Bucket;
  state: Bucket;
  /** There is no way to write to Slack among these. */
  reader: Reader;
  clock: Clock;
  /** Told after each month. */
  progress?: (done: number, total: number) => void;
  /** The worker pool for rebuilding a long history. */
  pool?: HistoryPorts['pool'];
}

export interface ReconcileOptions {
  /** Seconds since 1970; whole months from the one that holds it are read. */
  since: number;
  dryRun?: boolean;
  /** Believe it when very much is gone. */
  yes?: boolean;
  /** A running worker keeps the state as the log says, so it need not be made anew before people are compared. */
  kept?: boolean;
}

/** A run under way. */
interface Run {
  challenge: Challenge;
  ports: ReconcilePorts;
  /** The state itself, also of a dry run. */
  stored: Bucket;
  /** The texts of events that are in the log of a dry run alone. */
  rehearsed: Set<string>;
  options: ReconcileOptions;
  result: Reconciled;
  skip: (what: string, reason: string) => void;
  /** The months in which something was found. */
  changed: Set<Month>;
}

/**
 * Reads a channel's history, threads, reactions and members from Slack and appends what the log lacks, month by month, so that it may be
 * interrupted and begun again. It sends nothing: a running server works out what is owed when it next starts, or at night. A dry run is the
 * same run on a copy that is thrown away, so it finds exactly what a run appends.
 */
export const reconcile = async (
  challenge: Challenge,
  given: ReconcilePorts,
  options: ReconcileOptions,
): Promise<Reconciled> => {
  const { dryRun } = options;
  const ports = dryRun ? rehearsalOf(given) : given;
  const result = emptyResult(monthsSince(challenge, options.since, given.clock));
  const skip = noteSkipped(result.skipped);
  const run: Run = {
    challenge,
    ports,
    stored: given.state,
    rehearsed: new Set(),
    options,
    result,
    skip,
    changed: new Set(),
  };
  const { months } = result;
  const horizon: Horizon = {};
  // Before the posts of last month are there: a running server must not announce what another bot has announced.
  await take(run, await announcedElsewhere(challenge, ports, run.skip));
  for (const [position, month] of months.entries()) {
    await take(run, await compareMonth(run, month, horizon));
    ports.progress?.(position + 1, months.length);
  }
  await renew(run);
  const people = await comparePeople(challenge, ports, readingNow(run), options);
  result.doubtfulMembers = people.doubtful;
  await take(run, people.events);
  if (!dryRun && people.events.length > 0) await renew(run);
  return result;
};

/** The same ports on a copy. Helper processes would write to the real state, so none are used. */
const rehearsalOf = ({ pool: _, ...ports }: ReconcilePorts): ReconcilePorts => ({
  ...ports,
  log: overlayOf(ports.log),
  state: overlayOf(ports.state),
});

const monthsSince = ({ timeZone }: Challenge, since: number, clock: Clock): Month[] => {
  const calendar = calendarOf(timeZone);
  return monthsBetween(monthOf(calendar.weekAt(since)), monthOf(calendar.weekAt(clock.now() / 1000)));
};

const readingNow = ({ challenge, ports, skip }: Run): SlackReading => ({
  channel: challenge.channel,
  readAt: tsAt(ports.clock.now() - FRESH_SECONDS * 1000),
  skip,
});

/** Brings all that is derived up to date with what was found. */
const renew = async ({ challenge, ports, options, changed, skip }: Run): Promise<void> => {
  if (options.kept) {
    for (const month of changed) await publishMonth(openDocuments(ports.state), challenge, month);
    return;
  }
  const { log, state, pool } = ports;
  const { differences } = await rebuild(challenge, { log, state, ...(pool ? { pool } : {}) });
  for (const { key, detail } of differences) skip(key, detail ?? 'damaged');
};

/** Appends events, and folds them into their ledgers at once: a run that is cut short leaves nothing behind that is only half there. */
const take = async (
  { challenge, ports, options, result, rehearsed, skip, changed }: Run,
  events: readonly Event[],
): Promise<void> => {
  const there: Event[] = [];
  for (const outcome of await appendEach(ports.log, challenge, events)) {
    const { event } = outcome;
    if ('reason' in outcome) skip(`${event.kind} at ${event.at}`, outcome.reason);
    else if (outcome.appended !== 'conflict') there.push(event);
    if (!('appended' in outcome) || outcome.appended !== 'appended') continue;
    result.found.push(event);
    if (options.dryRun) rehearsed.add(canonical(event));
  }
  const { log, state } = ports;
  const bookkeeping = createBookkeeping({ log, documents: openDocuments(state), challenges: [challenge] });
  for (const { month } of await bookkeeping.foldEvents(there)) changed.add(month);
};

const noteUnfolded = async (run: Run, ledger: Ledger, events: readonly Event[]): Promise<void> => {
  const { options, result, rehearsed, stored } = run;
  const unfolded = options.dryRun ? await unfoldedIn(ledger, events, rehearsed, stored) : [];
  if (unfolded.length > 0) result.unfolded.set(ledger.week, unfolded);
};

const compareMonth = async (run: Run, month: Month, horizon: Horizon): Promise<Event[]> => {
  const { challenge, ports, options, result, skip } = run;
  const reading = readingNow(run);
  const memory = remember(challenge, ports.log, skip, (ledger, events) => noteUnfolded(run, ledger, events));
  const ledgers = await Promise.all(weeksOf(month).map(memory.ledger));
  const slack = await readSlackMonth(challenge, month, ledgers, ports.reader, horizon, skip);
  const events: Event[] = [];
  for (const message of slack.shown.values()) {
    const { message: whole, unnamed } = await withAllReactions(message, reading.channel, ports.reader, skip);
    result.unnamed += unnamed;
    events.push(...lackingAbout(whole, await memory.known(message.ts), reading));
  }
  result.messages += slack.shown.size;
  const gone = goneFrom(ledgers, slack, reading, horizon);
  if (looksHidden(gone, ledgers) && !options.yes) {
    result.doubtful.push({ month, messages: gone });
    return events;
  }
  return [...events, ...gone.map((ts) => deletionOf(ts, reading))];
};
