import { calendarOf, monthOf, type Week, weeksOf } from '../events/week.ts';
import { firstHeardIn } from '../handlers/decide.ts';
import { digest, digestId } from '../handlers/digest.ts';
import { digestOf } from '../handlers/digest-due.ts';
import { isFinal, isUnclear } from '../handlers/effect-record.ts';
import { missedMonths } from '../handlers/missed-months.ts';
import { closeMonth, isExtended } from '../handlers/month-result.ts';
import type { Due } from '../handlers/open-week.ts';
import { dueAt, dueTs, openWeek } from '../handlers/open-week.ts';
import { keys } from '../pipeline/keys.ts';
import { loadLedgers } from '../pipeline/ledgers.ts';
import type { Challenge } from '../projections/challenge.ts';
import type { IndexSnapshot } from '../projections/contract.ts';
import type { Ledger } from '../projections/ledger.ts';
import type { NewJob } from '../queue/queue.ts';
import type { Documents } from '../store/documents.ts';
import { heardSince } from './background.ts';
import { tickJob } from './tick.ts';

/** The results that are overdue by more than a month, as jobs. To be asked only when no event of theirs is still on its way. */
export const missedJobs = async (challenge: Challenge, documents: Documents, now: number): Promise<NewJob[]> => {
  const { channel } = challenge;
  const index = (await documents.load<IndexSnapshot>(keys.index(channel))).value;
  return missedMonths(challenge, index?.months ?? [], now).map(({ tick, at, month }) =>
    tickJob(channel, tick, new Date(at * 1000), month),
  );
};

/** What is due and not yet done, as jobs. A month in which no week was open has no result, however often it is asked for. */
export const dueJobs = async (challenge: Challenge, documents: Documents, now: number): Promise<NewJob[]> => {
  const calendar = calendarOf(challenge.timeZone);
  const jobs: NewJob[] = [];
  for (const due of dueAt(challenge, calendar, now)) {
    if (!(await isOwed(challenge, due, documents, now))) continue;
    jobs.push(tickJob(challenge.channel, due.tick, new Date(due.at * 1000), due.month));
  }
  return jobs;
};

/** Whether what is due is not done yet. Of what is done, as it mostly is, one ledger tells. */
const isOwed = async (
  challenge: Challenge,
  { tick, at, month, week }: Due,
  documents: Documents,
  now: number,
): Promise<boolean> => {
  const { channel } = challenge;
  const ledgerOf = async (of: Week) => (await documents.load<Ledger>(keys.ledger(channel, of))).value;
  if (week && tick === 'digest') return isDigestOwed(challenge, week, await ledgerOf(week), documents, now);
  if (week) return openWeek(challenge, week, await ledgerOf(week), dueTs(at)) !== undefined;
  if (!month || (await ledgerOf(weeksOf(month).at(-1) as Week))?.closed[month]) return false;
  const ledgers = (await loadLedgers(documents, channel, month)).map(({ value }) => value);
  return closeMonth(challenge, month, ledgers, dueTs(at)) !== undefined && !isExtended(month, ledgers, dueTs(now));
};

/** The same of a week's digest: mostly there is nothing in the week itself to tell of, or it is told. */
const isDigestOwed = async (
  challenge: Challenge,
  week: Week,
  ledger: Ledger | undefined,
  documents: Documents,
  now: number,
): Promise<boolean> => {
  const record = ledger?.effects[digestId(week)];
  if (!ledger || isFinal(record) || !(isUnclear(record) || digestOf(challenge, week, [ledger]))) return false;
  const ledgers = (await loadLedgers(documents, challenge.channel, monthOf(week))).map(({ value }) => value);
  const firstHeard = await heardSince(challenge, documents, { now: () => now * 1000 });
  return digest(challenge, week, ledgers, firstHeardIn(ledgers, firstHeard)) !== undefined;
};
