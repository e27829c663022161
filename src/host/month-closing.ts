import { compareTs, tsAt } from '../events/timestamp.ts';
import { calendarOf, type Month, plusWeeks, type Week, weeksOf } from '../events/week.ts';
import { ENDED_BEFORE, isLongOver, monthResultId } from '../handlers/month-result.ts';
import { endedAttempt, refusalOf, silenceOf, sinceAsked } from '../handlers/second-chance.ts';
import { firstListened } from '../history/first-listened.ts';
import type { Wanted } from '../outbox/tick.ts';
import type { Challenge } from '../projections/challenge.ts';
import type { Closed, EffectRecord, Ledger } from '../projections/ledger.ts';
import type { Clock } from '../setup/clock.ts';
import type { Bucket } from '../store/bucket.ts';

/** What planning needs: the log, and what time it is. */
export interface ClosingPorts {
  log: Bucket;
  clock: Pick<Clock, 'now'>;
}

/** What has become of a month so far. */
export interface MonthState {
  frozen: Closed | undefined;
  /** Of its announcement. */
  record: EffectRecord | undefined;
}

/** What closing a month would do about its announcement. `reason`: why it is said once more, or not said. */
export type Plan =
  | { does: 'nothing' }
  | { does: 'announce'; reason?: string }
  | { does: 'keep silent'; reason: string };

/** Why a month from before the bot first listened is not announced: nobody knows whether somebody did it by hand. */
export const BEFORE_LISTENING = ENDED_BEFORE;

/** The state of a month, in the ledger of its last week. */
export const monthState = ({ closed, effects }: Ledger, month: Month): MonthState => ({
  frozen: closed[month],
  record: effects[monthResultId(month)],
});

/** The week whose ledger holds a month's result. */
export const lastWeekOf = (month: Month): Week => weeksOf(month).at(-1) as Week;

/** The first instant after a month, in seconds. */
export const endOf = ({ timeZone }: Challenge, month: Month): number =>
  calendarOf(timeZone).instant(plusWeeks(lastWeekOf(month), 1), 0, 0, 0);

/** What is to be done about a month's announcement: what is long over is said only when that is wanted expressly. */
export const planOf = async (
  challenge: Challenge,
  month: Month,
  { record }: MonthState,
  isWanted: boolean,
  ports: ClosingPorts,
): Promise<Plan> => {
  if (record?.delivered) return { does: 'nothing' };
  const silence = silenceOf(record) ?? (await lateness(challenge, month, ports));
  if (silence !== undefined && !isWanted) return { does: 'keep silent', reason: silence };
  const reason = refusalOf(record) ?? silence;
  return { does: 'announce', ...(reason === undefined ? {} : { reason }) };
};

/** The reason for which a month is long over; undefined when it is not. */
const lateness = async (
  challenge: Challenge,
  month: Month,
  { log, clock }: ClosingPorts,
): Promise<string | undefined> => {
  const calendar = calendarOf(challenge.timeZone);
  if (isLongOver(month, calendar.weekAt(clock.now() / 1000))) return 'too old';
  const first = await firstListened(challenge, { log });
  const end = tsAt(endOf(challenge, month) * 1000);
  const isOver = clock.now() / 1000 >= endOf(challenge, month);
  return isOver && (!first || compareTs(end, first) <= 0) ? BEFORE_LISTENING : undefined;
};

/** A plan as the job asks for it. */
export const wantedBy = (plan: Plan, { record }: MonthState, isWanted: boolean): Wanted =>
  plan.does === 'keep silent'
    ? { unsaid: plan.reason }
    : { asked: { by: 'person', after: endedAttempt(record), ...(isWanted ? { late: true } : {}) } };

/** How a month has come out. */
export type Ending = 'announced' | 'not announced' | 'refused';

/** What has come of a plan that was made of an earlier state; undefined while nothing has. */
export const endingOf = (plan: Plan, before: MonthState, { frozen, record }: MonthState): Ending | undefined => {
  if (!frozen) return undefined;
  if (record?.delivered) return 'announced';
  if (plan.does === 'keep silent') return record?.skipped ? 'not announced' : undefined;
  return refusalOf(sinceAsked(record, endedAttempt(before.record))) === undefined ? undefined : 'refused';
};
