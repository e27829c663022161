import { Cron } from 'croner';
import { UPKEEP, type Upkeep } from '../handlers/upkeep-due.ts';
import { ASKED_EVERY_MINUTES, type Challenge } from '../projections/challenge.ts';

export interface SchedulePorts {
  /** Queues what is due; false when that must be asked again, since nobody knows what time it is. */
  ask: (challenge: Challenge) => Promise<boolean>;
  /** Does the periodic maintenance. */
  upkeep: (tick: Upkeep, challenge: Challenge) => Promise<void>;
  onError: (error: unknown) => void;
}

/**
 * Asks every five minutes and at once what is due; every ten seconds while the time is not certain. A machine that was off or asleep thereby
 * makes up for what it missed.
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
  const { timeZone: timezone } = challenge;
  const every = (pattern: string, work: () => Promise<void>): Cron =>
    new Cron(pattern, { timezone, unref: true, protect: true, catch: onError }, work);
  return [
    every(`*/${ASKED_EVERY_MINUTES} * * * *`, () => ask(challenge)),
    every('*/10 * * * * *', async () => {
      if (unasked.has(challenge)) await ask(challenge);
    }),
    ...(Object.keys(UPKEEP) as Upkeep[]).map((tick) => every(patternOf(tick), () => upkeep(tick, challenge))),
  ];
};

/** As cron says it: Monday is 1 there. */
const patternOf = (tick: Upkeep): string => {
  const { hour, minute, weekday }: { hour: number; minute: number; weekday?: number } = UPKEEP[tick];
  return `${minute} ${hour} * * ${weekday === undefined ? '*' : weekday + 1}`;
};
