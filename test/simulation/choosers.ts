import type { Choice } from '../../src/events/choices.ts';
import { tsAt } from '../../src/events/timestamp.ts';
import { choiceJob } from '../../src/queue/jobs.ts';
import { below } from '../support/random.ts';
import { CHANNEL } from '../support/world.ts';
import { LIKE_MODES } from './like-modes.ts';
import { ADMIN, PEOPLE, READERS } from './people.ts';
import { type Ground, ring, type Station } from './process.ts';
import { mondayOf, monthOf, weekOf } from './truth.ts';

/** A choice that somebody made, and the jobs by which it is to be written. */
export interface Chosen {
  choice: Choice;
  job: string;
  /** When it was asked for first, in milliseconds. */
  at: number;
}

export interface ChoosersOptions {
  ground: Ground;
  station: Station;
  random: () => number;
  /** All that was written, the last at the end. */
  written: readonly string[];
  /** Until when choices come to the queue, in milliseconds. */
  end: () => number;
  /** Told of a week that is extended, and until when, in milliseconds: some write in that time. */
  extended: (week: string, until: number) => void;
}

const HOUR = 3_600_000;
const WEEK_SECONDS = 7 * 86_400;
const MOST_HOURS = 168;
/** Who chooses for themselves. */
const MEMBERS = [...PEOPLE.slice(0, 6), ...READERS];

/** What admins choose for the challenge, and members for themselves: each call is one choice, drawn by chance. */
export const createChoosers = ({ ground, station, random, written, end, extended }: ChoosersOptions) => {
  const { timeline, faults } = ground;
  const made: Chosen[] = [];
  const pick = <Item>(items: readonly Item[]): Item => items[below(random, items.length)] as Item;
  const isLikely = (chance: number): boolean => random() < chance;

  /** This week, mostly, or one near it. */
  const nearWeek = (): string => {
    const ahead = isLikely(0.5) ? 0 : pick([-2, -1, -1, 1]);
    return weekOf(`${Math.floor(timeline.now() / 1000) + ahead * WEEK_SECONDS}.000000`);
  };

  const rule = (): object => {
    const ts = written[written.length - 1 - below(random, Math.min(isLikely(0.8) ? 6 : 40, written.length))];
    const verdict = pick(['accept', 'accept', 'accept', 'reject', 'reject', 'none'] as const);
    const week = verdict !== 'none' && isLikely(0.3) ? { week: nearWeek() } : {};
    return ts
      ? { kind: 'post.ruled', ts, verdict, ...week, ...(isLikely(0.2) ? { note: '발표였어요' } : {}) }
      : excuse();
  };
  const excuse = (): object => ({
    kind: 'week.excused',
    week: nearWeek(),
    user: pick(PEOPLE),
    excused: isLikely(0.75),
  });
  const rest = (): object => ({
    kind: 'week.rested',
    week: nearWeek(),
    ...pick([{ rest: true }, { rest: true, reason: '추석' }, { rest: false }, {}]),
  });
  const extend = (): object => {
    const week = isLikely(0.5) ? weekOf(tsAt(timeline.now())) : nearWeek();
    const hours = 1 + below(random, isLikely(0.5) ? 30 : MOST_HOURS);
    const until = tsAt(mondayOf(week).at + WEEK_SECONDS * 1000 + hours * HOUR);
    return { kind: 'week.extended', week, ...(isLikely(0.8) ? { until } : {}) };
  };
  const plan = (): object => ({
    kind: 'week.planned',
    week: nearWeek(),
    user: pick(MEMBERS),
    plan: pick(['write', 'rest', 'none']),
  });
  const set = (): object => ({
    kind: 'member.set',
    user: pick(MEMBERS),
    ...pick([
      { key: 'remind', value: pick(['on', 'sat', 'sun']) },
      { key: 'remind', value: 'off' },
      { key: 'notes', value: 'on' },
      { key: 'notes', value: 'off' },
      ...LIKE_MODES.map((value) => ({ key: 'likes', value })),
    ]),
  });

  /** Somebody does not want to hear of it: this week, mostly. */
  const silence = (): object => ({
    user: pick(MEMBERS),
    ...(isLikely(0.75)
      ? { kind: 'week.planned', week: weekOf(tsAt(timeline.now())), plan: 'rest' }
      : { kind: 'member.set', key: pick(['remind', 'notes']), value: 'off' }),
  });

  const kinds: [weight: number, draw: () => object][] = [
    [45, rule],
    [13, excuse],
    [12, rest],
    [16, extend],
    [8, plan],
    [12, set],
  ];

  /** The end of the last week of a month is what an extension is about: it is drawn again, so that there are enough. */
  const draw = (): object => {
    const isLastWeek = (week: string): boolean =>
      monthOf(week) !== monthOf(weekOf(tsAt(mondayOf(week).at + 7 * 24 * HOUR)));
    if (isLastWeek(weekOf(tsAt(timeline.now()))) && isLikely(0.35)) return extend();
    let left = random() * kinds.reduce((sum, [weight]) => sum + weight, 0);
    return (kinds.find(([weight]) => (left -= weight) < 0) as (typeof kinds)[number])[1]();
  };

  /** The dates of commands have whole seconds, and nobody's clock is quite right. */
  const date = (): string => {
    const now = timeline.now() + (isLikely(0.1) ? (random() - 0.5) * 4 * 60_000 : 0);
    return isLikely(0.4) ? `${Math.floor(now / 1000)}.000000` : tsAt(now);
  };

  /** What was chosen before, chosen once more. */
  const again = (last: Choice): object =>
    Object.fromEntries(Object.entries(last).filter(([field]) => field !== 'at' && field !== 'by'));

  /** One of the last choices. */
  const recent = (): Choice | undefined => made[made.length - 1 - below(random, Math.min(6, made.length))]?.choice;

  const choiceOf = (draw: () => object): Choice => {
    const last = isLikely(0.12) ? recent() : undefined;
    const by = isLikely(0.5) ? { by: ADMIN } : {};
    return { v: 1, channel: CHANNEL, at: date(), ...(last ? again(last) : draw()), ...by } as Choice;
  };

  const put = (choice: Choice): void => {
    const job = choiceJob(choice);
    made.push({ choice, job: job.id, at: timeline.now() });
    if (choice.kind === 'week.extended' && choice.until) extended(choice.week, Number(choice.until) * 1000);
    const times = faults.strikes('choice doubled') ? 2 : 1;
    for (let time = 0; time < times; time++) {
      const late = faults.strikes('choice late') ? random() * 20 * HOUR : random() * 2000 + time * random() * HOUR;
      timeline.at(Math.min(timeline.now() + late, end()), () =>
        timeline.start(async () => station.queue.put([job]).then(() => ring(station))),
      );
    }
  };

  return {
    made: made as readonly Chosen[],
    /** Somebody chooses for themselves what they are told, or what they mean to do this week. */
    chooseAlone: (): void => put(choiceOf(isLikely(0.6) ? silence : isLikely(0.5) ? plan : set)),
    /** Somebody chooses something; now and then two say something about one thing at the same instant. */
    choose: (): void => {
      const choice = choiceOf(draw);
      put(choice);
      if (!isLikely(0.1)) return;
      const { kind, at, channel, v } = choice;
      if (kind === 'post.ruled') put({ v, kind, channel, at, ts: choice.ts, verdict: pick(['accept', 'reject']) });
      if (kind === 'week.rested') put({ v, kind, channel, at, week: choice.week, rest: isLikely(0.5) });
    },
  };
};
