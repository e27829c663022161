import { Unavailable } from '../events/errors.ts';
import { tsAt } from '../events/timestamp.ts';
import { calendarOf, type Month, monthOf, monthsBetween } from '../events/week.ts';
import { rebuild } from '../history/rebuild.ts';
import { publishMonth } from '../pipeline/publish.ts';
import type { Challenge } from '../projections/challenge.ts';
import type { Clock } from '../setup/clock.ts';
import { openDocuments } from '../store/documents.ts';
import { overlayOf } from '../store/overlay.ts';
import { announcedElsewhere } from './announced.ts';
import { PortionEnds } from './limit.ts';
import { comparePeople } from './people.ts';
import { beginProgress, type Progress } from './progress.ts';
import type { Reconciled } from './result.ts';
import { type ReconcileOptions, type ReconcilePorts, type Run, takePending } from './run.ts';
import { noteSkipped } from './skipped.ts';
import { compareMonth } from './slack-month.ts';

/**
 * Reads a channel's history, threads, reactions and members from Slack and appends what the log lacks, month by month, so that it may be
 * interrupted and begun again. It sends nothing: a running server works out what is owed when it next starts, or at night. A dry run is the
 * same run on a copy that is thrown away, so it finds exactly what a run appends.
 */
export const reconcile = async (
  challenge: Challenge,
  ports: ReconcilePorts,
  options: ReconcileOptions,
): Promise<Reconciled> =>
  (await reconcilePortion(challenge, ports, options, beginReconciling(challenge, options, ports))).result;

/** A comparison of which nothing is done yet. */
export const beginReconciling = (
  challenge: Challenge,
  { since }: ReconcileOptions,
  { clock }: Pick<ReconcilePorts, 'clock'>,
): Progress => beginProgress(monthsSince(challenge, since, clock), tsAt(clock.now()));

/**
 * Goes on with a comparison, and moves its progress on, until it is whole or its portion ends: when the reader says so, or when it has found as
 * many events as a portion may. `found` and `unfolded` are this portion's, all else is the whole comparison's so far. Of a dry run, whoever
 * goes on must first have recorded what was found.
 */
export const reconcilePortion = async (
  challenge: Challenge,
  given: ReconcilePorts,
  options: ReconcileOptions,
  progress: Progress,
): Promise<{ result: Reconciled; isWhole: boolean }> => {
  const { findings } = progress;
  const run: Run = {
    challenge,
    ports: options.dryRun ? rehearsalOf(given) : given,
    stored: given.state,
    rehearsed: new Set(),
    options,
    progress,
    result: { found: [], unfolded: new Map() },
    pending: [],
    skip: noteSkipped(findings.skipped),
    changed: new Set(),
  };
  const before = progress.steps;
  let isWhole = true;
  try {
    await compareAll(run);
  } catch (error) {
    // Of a portion that has done something, what passes is only the end: the next one asks again.
    const isPassing = options.events !== undefined && error instanceof Unavailable && progress.steps > before;
    if (!isPassing && !(error instanceof PortionEnds)) throw error;
    isWhole = false;
    await takePending(run);
  }
  return { result: { ...findings, ...run.result }, isWhole };
};

const compareAll = async (run: Run): Promise<void> => {
  const { ports, options, progress } = run;
  const { months } = progress.findings;
  // Before the posts of last month are there: a running server must not announce what another bot has announced.
  await announcedElsewhere(run);
  await takePending(run);
  for (const [position, month] of months.entries()) {
    if (progress.months[month] !== 'done') await compareMonth(run, month);
    await takePending(run);
    ports.progress?.(position + 1, months.length);
  }
  await renew(run);
  const before = run.result.found.length;
  await comparePeople(run);
  await takePending(run);
  if (!options.dryRun && run.result.found.length > before) await renew(run);
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
