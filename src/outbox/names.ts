import type { Event } from '../events/catalog.ts';
import { tsAt } from '../events/timestamp.ts';
import { calendarOf } from '../events/week.ts';
import { personOf } from '../handlers/addressing.ts';
import { keys } from '../pipeline/keys.ts';
import type { Recorder } from '../pipeline/recorder.ts';
import type { Challenge } from '../projections/challenge.ts';
import type { Ledger } from '../projections/ledger.ts';
import type { People } from '../projections/people.ts';
import type { Again } from '../queue/jobs.ts';
import type { Queue } from '../queue/queue.ts';
import type { Clock } from '../setup/clock.ts';
import { profileFields, type Slack } from '../slack/slack.ts';
import type { Documents } from '../store/documents.ts';
import { profileJob } from './effect-jobs.ts';

export interface NamePorts {
  documents: Documents;
  slack: Pick<Slack, 'profile'>;
  clock: Clock;
  recorder: Recorder;
  queue: Pick<Queue, 'put'>;
}

/** The people of events whose names this week's ledger lacks and who have not been asked for yet. Asks nobody. */
export const createUnknownNames = (documents: Documents, clock: Clock) => {
  const asked = new Set<string>();
  return async ({ channel, timeZone }: Challenge, events: readonly Event[]): Promise<string[]> => {
    const week = calendarOf(timeZone).weekAt(clock.now() / 1000);
    const people = new Set(
      events.flatMap((event) => personOf(event) ?? []).filter((user) => !asked.has(`${week}/${channel}/${user}`)),
    );
    if (people.size === 0) return [];
    const ledger = (await documents.load<Ledger>(keys.ledger(channel, week))).value;
    for (const user of people) asked.add(`${week}/${channel}/${user}`);
    return [...people].filter((user) => !ledger?.people[user]?.name);
  };
};

/** How soon another job may ask for a name again; while Slack does not give it, each message that needs it asks by itself. */
const LOOK_UP_MILLISECONDS = 600_000;

/** After so many seconds Slack is asked again for a name that it did not give; after that at night, or when the name is needed. */
const ASK_AGAIN_SECONDS = [30, 120, 300];

/** When to ask again for a name that was asked for so many times. */
export const askAgain = (times: number): Again => {
  const seconds = ASK_AGAIN_SECONDS[times - 1];
  return seconds === undefined ? undefined : { retryAfterSeconds: seconds };
};

/** People's names: asked of Slack once a week per person and kept in the log, so that a rebuild needs no Slack. */
export const createNames = (ports: NamePorts) => {
  /** Since when somebody's name is looked up by a job. */
  const lookingUp = new Map<string, number>();
  /**
   * The names of people, as far as anybody knows them. One that is not known is asked of Slack, and kept by a job of its own: if this
   * process died while keeping it, nobody would finish that; and if Slack does not tell now, it is asked again.
   */
  const of = async (challenge: Challenge, users: readonly string[]): Promise<Map<string, string>> => {
    const people = (await ports.documents.load<People>(keys.people(challenge.channel))).value?.roster ?? {};
    const names = new Map<string, string>();
    for (const user of users) {
      const known = people[user]?.name?.value;
      const name = known ?? (await ports.slack.profile(user))?.name;
      if (name) names.set(user, name);
      const elapsed = ports.clock.elapsed();
      if (known !== undefined || elapsed - (lookingUp.get(user) ?? Number.NEGATIVE_INFINITY) < LOOK_UP_MILLISECONDS)
        continue;
      lookingUp.set(user, elapsed);
      await ports.queue.put([profileJob(challenge, user, ports.clock.now())]);
    }
    return names;
  };

  /** Asks Slack for a person's name, unless this week's ledger has it already. */
  const ask = async (challenge: Challenge, user: string): Promise<string | undefined> => {
    const calendar = calendarOf(challenge.timeZone);
    const week = calendar.weekAt(ports.clock.now() / 1000);
    const ledger = (await ports.documents.load<Ledger>(keys.ledger(challenge.channel, week))).value;
    const known = ledger?.people[user]?.name?.value;
    if (known) return known;
    // Once a week: the key contains no time, so that another try after a failure finds the first answer.
    const at = tsAt(calendar.instant(week, 0, 0, 0) * 1000);
    const event = { v: 1, kind: 'profile.seen', channel: challenge.channel, at, user } as const;
    const kept = await ports.recorder.recall({ ...event, name: '' });
    if (kept?.kind === 'profile.seen') return kept.name;
    const found = await ports.slack.profile(user);
    if (!found) return undefined;
    await ports.recorder.record({ ...event, ...profileFields(found) });
    return found.name;
  };

  return { of, ask };
};
