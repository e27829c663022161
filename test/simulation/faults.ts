import type { Timeline } from './timeline.ts';

/** Everything that can go wrong, with the largest chance it has in a run. Each run draws for each whether and how often it strikes. */
export const SITES = {
  'log: not written': 0.03,
  'log: written, answer lost': 0.03,
  'log: 412 after an own success': 0.03,
  'log: not read': 0.0005,
  'log: not listed': 0.02,
  'state: not written': 0.03,
  'state: written, answer lost': 0.03,
  'state: 412 after an own success': 0.1,
  'state: not read': 0.003,
  'state: not listed': 0.1, // Seldom asked.
  'disk: unforced write lost': 0.5,
  'queue: not put': 0.02,
  'queue: put, answer lost': 0.02,
  'queue: not taken': 0.01,
  'queue: not removed': 0.03,
  'queue: not put back': 0.03,
  'queue: a job given out twice': 0.1,
  'slack: 429': 0.1,
  'slack: time-out before the deed': 0.06,
  'slack: time-out, deed done': 0.06,
  'slack: time-out, deed done late': 0.06,
  'slack: 5xx before the deed': 0.06,
  'slack: 5xx after the deed': 0.06,
  'slack: internal_error after the deed': 0.06,
  'slack: 200 without an answer, before the deed': 0.03,
  'slack: 200 without an answer, deed done': 0.03,
  'slack: an error code that nobody knows': 0.03,
  'slack: does not say what time it is': 0.3, // Seldom asked.
  'slack: look-up fails': 0.2,
  'slack: profile fails': 0.2,
  'slack: not read': 0.02,
  'slack: history lags': 0.6,
  'slack: refused for good': 0.01,
  'slack: token no good for a while': 0.008,
  'crash before a write': 0.004,
  'crash after a write': 0.004,
  'crash before a read': 0.0002,
  'crash before a call to Slack': 0.01,
  'crash during a call to Slack': 0.01,
  'stall of a call': 0.005,
  'process held up': 0.0008,
  'worker stopped by its time-out': 1,
  'delivery doubled': 0.5,
  'delivery delayed': 0.1,
  'delivery disordered': 0.5,
  'delivery dropped': 0.05,
  'delivery refused by an outage': 1,
  'acknowledgement lost': 0.05,
  'front door died before it answered': 0.02,
  'tick doubled': 0.5,
  'tick late': 0.3,
  'tick missing': 0.3,
  'choice doubled': 0.5,
  'choice late': 0.3,
  'clock wrong': 0.5,
  'clock set back by hours': 0.1,
  'clock set ahead by hours': 0.1,
  'clock set ahead by days': 0.1,
  'machine asleep while it is held up': 0.5,
  'disk: derived document torn': 0.5,
} as const;

/** The name of a place where something can go wrong. */
export type Site = keyof typeof SITES;

/** How often each place was asked and struck. */
export type Fired = Record<Site, { asked: number; struck: number }>;

export interface Faults {
  /** Says whether it strikes here and now. */
  strikes(site: Site): boolean;
  /** The chance of this run, 0 for what it leaves out. */
  rate(site: Site): number;
  stop(): void;
  stopped(): boolean;
  fired: Fired;
  /** Counts what strikes elsewhere. */
  count(site: Site): void;
}

/** A table in which nothing was asked yet. */
export const nothingFired = (): Fired =>
  Object.fromEntries(Object.keys(SITES).map((site) => [site, { asked: 0, struck: 0 }])) as Fired;

/** Draws a run's own mixture: a third of the places is left out, others strike rarely or as often as they may. */
export const createFaults = (
  random: () => number,
  timeline: Timeline,
  without: ReadonlySet<Site>,
  often: Partial<Record<Site, number>> = {},
): Faults => {
  const rates = Object.fromEntries(
    (Object.entries(SITES) as [Site, number][]).map(([site, most]) => {
      const draw = random();
      return [site, often[site] ?? (without.has(site) || draw < 0.34 ? 0 : most * (draw < 0.67 ? 0.2 : 1))];
    }),
  ) as Record<Site, number>;
  const fired = nothingFired();
  let isStopped = false;
  return {
    fired,
    rate: (site) => rates[site],
    stop: () => {
      isStopped = true;
    },
    stopped: () => isStopped,
    count: (site) => {
      fired[site].asked += 1;
      fired[site].struck += 1;
    },
    strikes: (site) => {
      if (isStopped) return false;
      const count = fired[site];
      count.asked += 1;
      const rate = rates[site];
      if (rate === 0 || random() >= rate) return false;
      count.struck += 1;
      timeline.note(site);
      return true;
    },
  };
};
