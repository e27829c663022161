import { Cron } from 'croner';
import type { Challenge } from '../projections/challenge.ts';

export interface SchedulePorts {
  /** Queues what is due; false when that must be asked again, since nobody knows what time it is. */
  ask: (challenge: Challenge) => Promise<boolean>;
  /** Compares with Slack every night, and seals on Wednesdays, when last week has been quiet for 48 hours. */
  upkeep: (tick: 'reconcile' | 'seal', challenge: Challenge) => Promise<void>;
  onError: (error: unknown) => void;
}

/**
 * Asks every ten minutes, at the scheduled minutes and at once, what is due; every ten seconds while the time is not certain. A machine that
 * was off or asleep thereby makes up for what it missed.
 */
export const startSchedule = (challenges: readonly Challenge[], ports: SchedulePorts) => {
  const unasked = new Set<Challenge>();
  const ask = async (challenge: Challenge): Promise<void> => {
    try {
      if (await ports.ask(challenge)) unasked.delete(challenge);
      else unasked.add(challenge);
    } catch (error) {
      ports.onError(error);
    }
  };
  const askAll = async (): Promise<void> => {
    await Promise.all(challenges.map(ask));
  };
  let crons: Cron[] = [];
  return {
    /** Asks at once. */
    ask: askAll,
    /** Asks at once, and from now on. */
    start: async (): Promise<void> => {
      crons = challenges.flatMap((challenge) => cronsOf(challenge, { ask, unasked }, ports));
      await askAll();
    },
    stop: (): void => {
      for (const cron of crons) cron.stop();
    },
  };
};

const cronsOf = (
  challenge: Challenge,
  { ask, unasked }: { ask: (challenge: Challenge) => Promise<void>; unasked: ReadonlySet<Challenge> },
  { upkeep, onError }: SchedulePorts,
): Cron[] => {
  const { timeZone: timezone, schedule } = challenge;
  const at = (time: string): string => `${Number(time.slice(3))} ${Number(time.slice(0, 2))} * * 1`;
  const every = (pattern: string, work: () => Promise<void>): Cron =>
    new Cron(pattern, { timezone, unref: true, protect: true, catch: onError }, work);
  return [
    ...['*/10 * * * *', at(schedule.monthResult), at(schedule.weekOpen)].map((pattern) =>
      every(pattern, () => ask(challenge)),
    ),
    every('*/10 * * * * *', async () => {
      if (unasked.has(challenge)) await ask(challenge);
    }),
    every('30 4 * * *', () => upkeep('reconcile', challenge)),
    every('0 5 * * 3', () => upkeep('seal', challenge)),
  ];
};
