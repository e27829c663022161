import { calendarOf, type Week } from '../events/week.ts';
import type { Effect } from '../handlers/effect.ts';
import { weekOpenId } from '../handlers/open-week.ts';
import type { Challenge } from '../projections/challenge.ts';
import { jobOf } from '../queue/jobs.ts';
import type { NewJob } from '../queue/queue.ts';
import { digestOf } from '../store/digest.ts';

/**
 * The job for an effect. All about one post wait for each other, and for nothing else. Its id has the time in it: an effect that was
 * owed, then not, and is owed again within minutes must not be taken for a repetition of itself.
 */
export const effectJob = ({ channel }: Challenge, { id, week }: Effect, now: number): NewJob =>
  jobOf(`${channel}/${id}/${now}`, effectGroup(channel, id), { kind: 'effect', channel, week, effect: id });

/** The queue group of an effect: by post; the scheduled ones in one, since the month's result comes before the weekly post. */
const effectGroup = (channel: string, id: string): string => {
  const [kind, about] = id.split(':');
  return kind === 'week.open' || kind === 'month.result' ? `effect/${channel}/schedule` : `effect/${channel}/${about}`;
};

/** The job that asks for a person's name. */
export const profileJob = ({ channel }: Challenge, user: string, now: number): NewJob =>
  jobOf(`${channel}/profile/${user}/${now}`, `profile/${channel}`, { kind: 'profile', channel, user });

/** The job for a weekly post. */
export const weekOpenJob = ({ channel }: Challenge, week: Week): NewJob =>
  jobOf(`${channel}/${weekOpenId(week)}`, `effect/${channel}/schedule`, {
    kind: 'effect',
    channel,
    week,
    effect: weekOpenId(week),
  });

/** The jobs that tell every admin of something, once. */
export const alarmJobs = (
  { channel, admins, timeZone }: Challenge,
  code: string,
  subject: string,
  now: number,
): NewJob[] => {
  const week = calendarOf(timeZone).weekAt(now / 1000);
  const digest = digestOf(subject, 12);
  return admins.map((admin) => {
    const effect = `alarm:${code}-${digest}:${admin}`;
    return jobOf(`${channel}/${effect}`, `effect/${channel}/alarm-${admin}`, {
      kind: 'effect',
      channel,
      week,
      effect,
      alarm: { code, subject, admin },
    });
  });
};
