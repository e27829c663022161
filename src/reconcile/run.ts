import type { Event } from '../events/catalog.ts';
import { canonical } from '../events/codec.ts';
import { tsAt } from '../events/timestamp.ts';
import type { Month } from '../events/week.ts';
import type { HistoryPorts } from '../history/rebuild.ts';
import { createBookkeeping } from '../pipeline/bookkeeping.ts';
import type { Challenge } from '../projections/challenge.ts';
import type { Clock } from '../setup/clock.ts';
import type { Reader } from '../slack/reader.ts';
import type { Bucket } from '../store/bucket.ts';
import { openDocuments } from '../store/documents.ts';
import type { SlackReading } from './differences.ts';
import { appendEach } from './import.ts';
import { PortionEnds } from './limit.ts';
import type { Progress } from './progress.ts';
import type { Reconciled } from './result.ts';

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
  /** A portion ends when it has found so many events, or when Slack cannot be reached after it has done something. Absent: all is one portion. */
  events?: number;
}

/** A run under way. */
export interface Run {
  challenge: Challenge;
  ports: ReconcilePorts;
  /** The state itself, also of a dry run. */
  stored: Bucket;
  /** The texts of events that are in the log of a dry run alone. */
  rehearsed: Set<string>;
  options: ReconcileOptions;
  progress: Progress;
  /** What this portion has found. */
  result: Pick<Reconciled, 'found' | 'unfolded'>;
  /** Found, and not appended yet. */
  pending: Event[];
  skip: (what: string, reason: string) => void;
  /** The months in which something was found. */
  changed: Set<Month>;
}

/** What is read now: nothing younger than some minutes is doubted. */
export const readAtNow = ({ ports }: Run): SlackReading['readAt'] => tsAt(ports.clock.now() - FRESH_SECONDS * 1000);

/** Notes a step that is done for good, with what it has found. Throws `PortionEnds` when that is enough for a portion. */
export const stepDone = ({ progress, pending, options }: Run, events: readonly Event[] = []): void => {
  pending.push(...events);
  progress.steps += 1;
  if (options.events !== undefined && pending.length >= options.events) throw new PortionEnds();
};

/** Appends what was found, and folds it into its ledgers at once: a run that is cut short leaves nothing behind that is only half there. */
export const takePending = async (run: Run): Promise<void> => {
  const { challenge, ports, options, result, rehearsed, skip, changed, pending } = run;
  const there: Event[] = [];
  for (const outcome of await appendEach(ports.log, challenge, pending.splice(0))) {
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
