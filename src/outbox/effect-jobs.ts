import { tsAt } from '../events/timestamp.ts';
import { calendarOf, type Month, type Week, weeksOf } from '../events/week.ts';
import { groupOf } from '../handlers/addressing.ts';
import { digestId } from '../handlers/digest.ts';
import { type Effect, type EffectId, type EffectRef, effectId } from '../handlers/effect.ts';
import { monthResultId } from '../handlers/month-result.ts';
import { weekOpenId } from '../handlers/open-week.ts';
import type { Challenge } from '../projections/challenge.ts';
import { type Asked, type EffectJob, jobOf } from '../queue/jobs.ts';
import type { NewJob } from '../queue/queue.ts';
import { digestOf } from '../store/digest.ts';

/** The effect that a job is for. */
export const refOf = ({ week, effect }: EffectJob): EffectRef => ({ week, id: effect });

/** Whether a queue group holds what is owed to Slack. */
export const isOwedGroup = (group: string | undefined): boolean => group?.startsWith('effect/') === true;

/** The job for an effect, under an id of its own. */
const jobFor = (
  { channel }: Challenge,
  jobId: string,
  { week, id }: { week: Week; id: EffectId },
  more: Pick<EffectJob, 'alarm' | 'asked'> = {},
): NewJob => jobOf(jobId, groupOf(channel, id), { kind: 'effect', channel, week, effect: id, ...more });

/**
 * The job for an effect that is owed. Its id contains the time: the queue must not drop an effect that was owed, then not, and is owed
 * again within minutes.
 */
export const effectJob = (challenge: Challenge, effect: Effect, now: number): NewJob =>
  jobFor(challenge, `${challenge.channel}/${effect.id}/${now}`, effect);

/** The job for a personal message; like that for an effect that is owed. */
export const personalJob = (challenge: Challenge, ref: { week: Week; id: EffectId }, now: number): NewJob =>
  jobFor(challenge, `${challenge.channel}/${ref.id}/${now}`, ref);

/** The job that asks for a person's name, in a group of its own, so that a person whom Slack does not know holds up nobody. */
export const profileJob = ({ channel }: Challenge, user: string, now: number): NewJob =>
  jobOf(`${channel}/profile/${user}/${now}`, `profile/${channel}/${user}`, { kind: 'profile', channel, user });

/** The job for a weekly post. */
export const weekOpenJob = (challenge: Challenge, week: Week, wish?: Wish): NewJob =>
  scheduledJob(challenge, { week, id: weekOpenId(week) }, wish);

/** The job for a week's digest. */
export const digestJob = (challenge: Challenge, week: Week): NewJob =>
  scheduledJob(challenge, { week, id: digestId(week) });

/** The job for the announcement of a month's result. */
export const monthResultJob = (challenge: Challenge, month: Month, wish?: Wish): NewJob =>
  scheduledJob(challenge, { week: weeksOf(month).at(-1) as Week, id: monthResultId(month) }, wish);

/** That a person asks, and when (an ISO instant): who asks again within minutes must not be taken for a repetition. */
interface Wish {
  asked: Asked;
  at: string;
}

const scheduledJob = (challenge: Challenge, ref: { week: Week; id: EffectId }, wish?: Wish): NewJob => {
  const jobId = `${challenge.channel}/${ref.id}`;
  return wish ? jobFor(challenge, `${jobId}/${wish.at}`, ref, { asked: wish.asked }) : jobFor(challenge, jobId, ref);
};

/** The jobs that tell every admin of something, once in the week in whose ledger they are recorded: that of `now` (milliseconds), if none is given. */
export const alarmJobs = (
  challenge: Challenge,
  code: string,
  subject: string,
  now: number,
  week: Week = calendarOf(challenge.timeZone).weekAt(now / 1000),
): NewJob[] => {
  const digest = digestOf(subject, 12);
  return challenge.admins.map((admin) => {
    const id = effectId('alarm', `${code}-${digest}`, admin);
    const alarm = { code, subject, admin, at: tsAt(now) };
    return jobFor(challenge, `${challenge.channel}/${id}`, { week, id }, { alarm });
  });
};
