import type { Event } from '../events/catalog.ts';
import { type Ts, tsAt } from '../events/timestamp.ts';
import type { Homes } from '../pipeline/homes.ts';
import { keys } from '../pipeline/keys.ts';
import { again } from '../pipeline/ledgers.ts';
import type { Challenge } from '../projections/challenge.ts';
import type { People } from '../projections/people.ts';
import type { Again } from '../queue/jobs.ts';
import type { Clock } from '../setup/clock.ts';
import type { Report } from '../setup/report.ts';
import type { Slack } from '../slack/slack.ts';
import { homeBlocks } from '../slack/text/home.ts';
import type { Documents } from '../store/documents.ts';
import { homePart, type MyAnswerPorts } from './my-answer.ts';

export interface HomePorts extends Pick<MyAnswerPorts, 'mayTalk'> {
  challenges: readonly Challenge[];
  documents: Documents;
  clock: Clock;
  report: Report;
  /** Absent: nobody is shown anything. */
  writer?: Slack | undefined;
}

/** People's App Home: a picture of what stands, which is never owed. */
export interface Home {
  /** Shows it to somebody who has just opened it, or chose something in it. Throws what the store throws. */
  open(user: string, at: Ts): Promise<Again>;
  /** Shows it anew to those of these who have opened it. Never throws. */
  refresh(users: Iterable<string>): Promise<void>;
}

/** Opens people's App Home on the ports. */
export const createHome = (ports: HomePorts): Home => {
  const { documents, clock, report } = ports;
  const refresh = async (users: ReadonlySet<string>): Promise<void> => {
    if (users.size === 0 || !ports.writer?.publishHome) return;
    const { value } = await documents.load<Homes>(keys.homes);
    for (const user of value?.users ?? []) if (users.has(user)) await show(user, tsAt(clock.now()), ports);
  };
  return {
    open: async (user, at) => {
      if (!ports.writer?.publishHome) return undefined;
      await noteOpened(documents, user);
      return show(user, at, ports);
    },
    refresh: async (users) => {
      try {
        await refresh(new Set(users));
      } catch (error) {
        report('problem', { error: `App Home was not shown anew: ${String(error)}` });
      }
    },
  };
};

/** Those who said something in these events. */
export const authorsOf = (events: readonly Event[]): Set<string> =>
  new Set(events.flatMap((event) => ('author' in event && event.author?.user ? [event.author.user] : [])));

const noteOpened = (documents: Documents, user: string): Promise<void> =>
  again(documents, async () => {
    // Past what is remembered: it may have been deleted since.
    const document = await documents.reload<Homes>(keys.homes);
    const users = document.value?.users ?? [];
    if (!users.includes(user)) await documents.save(document, { version: 1, users: [...users, user].sort() });
  });

const show = async (user: string, at: Ts, ports: HomePorts): Promise<Again> => {
  const challenges = await challengesOf(user, ports);
  const parts = await Promise.all(challenges.map((challenge) => homePart(challenge, user, at, ports)));
  const sent = await ports.writer?.publishHome?.(user, homeBlocks(parts));
  if (sent?.outcome !== 'refused') return undefined;
  if (!sent.final && sent.retryAfterSeconds !== undefined && !sent.pause)
    return { retryAfterSeconds: sent.retryAfterSeconds };
  ports.report('problem', { error: `App Home is not shown: ${sent.reason}` });
  return undefined;
};

/** Of several challenges those in which somebody is known and has not left; all when they are known in none. */
const challengesOf = async (user: string, { challenges, documents }: HomePorts): Promise<readonly Challenge[]> => {
  if (challenges.length === 1) return challenges;
  const isKnown = await Promise.all(
    challenges.map(async ({ channel }) => {
      const { value } = await documents.load<People>(keys.people(channel));
      const person = value && Object.hasOwn(value.roster, user) ? value.roster[user] : undefined;
      return person !== undefined && person.presence?.live !== false;
    }),
  );
  const known = challenges.filter((_, position) => isKnown[position]);
  return known.length > 0 ? known : challenges;
};
