/** A challenge as `til.config.ts` has it, as far as the clock is concerned. */
export interface ScheduledChallenge {
  channel: string;
  schedule?: { weekOpen?: string; monthResult?: string };
}

// The functions take times so, by `src/projections/challenge.ts`; this folder imports no source. A test compares the two.
const MINUTES = 5;
const LAST = '23:55';

/** What has to be said of times that are taken as others, a sentence each. Throws on a time that the functions would refuse when they start. */
export const roundedTimes = (challenges: readonly ScheduledChallenge[]): string[] =>
  challenges.flatMap(({ channel, schedule = {} }) =>
    (['weekOpen', 'monthResult'] as const).flatMap((name) => {
      const given = schedule[name];
      if (given === undefined) return [];
      const taken = takenAs(given, `schedule.${name} of ${channel}`);
      if (given.padStart(5, '0') === taken) return [];
      return `schedule.${name} of ${channel}: ${given} is taken as ${taken}, since what is due is asked every five minutes`;
    }),
  );

/** The next full five minutes of the day. Nothing between 00:00 and 03:59, where summer time makes hours that come twice or never. */
const takenAs = (time: string, where: string): string => {
  const [, hour, minute] = /^(0?[4-9]|1\d|2[0-3]):([0-5]\d)$/.exec(time) ?? [];
  if (hour === undefined) throw new Error(`${where}: expected a time from 04:00 to 23:59, got ${JSON.stringify(time)}`);
  const minutes = Number(hour) * 60 + Math.ceil(Number(minute) / MINUTES) * MINUTES;
  if (minutes >= 24 * 60) return LAST;
  return [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, '0')).join(':');
};
