import { secondsOf, type Ts } from '../events/timestamp.ts';
import { calendarOf, plusWeeks, type Week } from '../events/week.ts';
import { due, withTalk } from '../handlers/personal.ts';
import { personalId } from '../handlers/personal-effect.ts';
import { SLOT_NAMES, slotOf } from '../handlers/slots.ts';
import { keys } from '../pipeline/keys.ts';
import { ASKED_EVERY_MINUTES, type Challenge, rulesOf } from '../projections/challenge.ts';
import type { Ledger } from '../projections/ledger.ts';
import { PERSONAL_KINDS } from '../projections/month-rows.ts';
import { weeklyPostsOf } from '../projections/participation.ts';
import type { NewJob, Queue } from '../queue/queue.ts';
import type { Documents } from '../store/documents.ts';
import { heardSince } from './background.ts';
import { personalJob } from './effect-jobs.ts';
import { loadSeason } from './season.ts';

export interface PersonalDuePorts {
  documents: Documents;
  queue: Pick<Queue, 'put'>;
  /** Whether people can press buttons and so switch off what they are told; absent: they cannot. */
  canTalk?: (() => boolean) | undefined;
}

/** Queues the personal messages whose moment has come by `now`, in seconds. */
export type AskPersonal = (challenge: Challenge, now: number) => Promise<void>;

/** What a tick could not know yet, since it had not been folded, the next one may. */
const OVERLAP_SECONDS = ASKED_EVERY_MINUTES * 60;
/** The longest that somebody is asleep. */
const NIGHT_SECONDS = 13 * 3600;

/** When a challenge was last asked about, in seconds, and which weeks were open as far as was known. */
interface Asked {
  at: number;
  weeks: readonly Week[];
}

interface OpenWeek {
  week: Week;
  /** The ts of its weekly post. */
  openedAt: Ts;
}

/** A week, and since when it has not been asked about, in seconds. */
interface Since extends OpenWeek {
  since: number;
}

/**
 * Asks at each tick for the moments since the tick before: what becomes due later by what people do, such as a tenth like on Wednesday evening,
 * was not due at its moment. A week that this process has not asked about is asked about from its weekly post on, or from when the bot first
 * listened: what is too late by then, however long nobody asked, is recorded so.
 */
export const createAskPersonal = ({ documents, queue, canTalk }: PersonalDuePorts): AskPersonal => {
  const last = new Map<string, Asked>();
  return async (given, now) => {
    const challenge = withTalk(given, canTalk?.() ?? false);
    if (PERSONAL_KINDS.every((kind) => challenge.notify[kind] === 'off')) return;
    const weeks = await openWeeksAt(challenge, now, documents);
    const asked = last.get(challenge.channel);
    const isNew = weeks.some(({ week }) => !asked?.weeks.includes(week));
    const heard = isNew ? await heardSince(challenge, documents, { now: () => now * 1000 }) : undefined;
    const earliest = heard === undefined ? now - OVERLAP_SECONDS : secondsOf(heard);
    const sinces = weeks.map(
      ({ week, openedAt }): Since => ({
        week,
        openedAt,
        since: asked?.weeks.includes(week) ? asked.at - OVERLAP_SECONDS : Math.max(secondsOf(openedAt), earliest),
      }),
    );
    await queue.put(await jobsFor(challenge, sinces, now, documents));
    last.set(challenge.channel, { at: now, weeks: weeks.map(({ week }) => week) });
  };
};

/** The week at an instant and the one before, as far as they are open. */
const openWeeksAt = async (challenge: Challenge, now: number, documents: Documents): Promise<OpenWeek[]> => {
  const week = calendarOf(challenge.timeZone).weekAt(now);
  const both = await Promise.all(
    [plusWeeks(week, -1), week].map(async (each): Promise<OpenWeek[]> => {
      const ledger = (await documents.load<Ledger>(keys.ledger(challenge.channel, each))).value;
      const [openedAt] = (ledger && weeklyPostsOf([ledger], rulesOf(challenge)).get(each)) ?? [];
      return openedAt ? [{ week: each, openedAt }] : [];
    }),
  );
  return both.flat();
};

/** The jobs for what is due to be said in some weeks since an instant of each and by `now`. */
const jobsFor = async (
  challenge: Challenge,
  weeks: readonly Since[],
  now: number,
  documents: Documents,
): Promise<NewJob[]> => {
  const slots = weeks.flatMap(({ week, openedAt, since }) =>
    SLOT_NAMES.map((name) => ({ slot: slotOf(challenge, week, name, openedAt), since })),
  );
  const come = slots.filter(({ slot, since }) => slot.at <= now && slot.at + NIGHT_SECONDS > since);
  if (come.length === 0) return [];
  const people = await loadSeason(challenge, calendarOf(challenge.timeZone).weekAt(now), documents);
  return come
    .flatMap(({ slot, since }) => due(challenge, people, slot).filter(({ at }) => Number(at) > since))
    .filter(({ at }) => Number(at) <= now)
    .map((personal) => personalJob(challenge, { week: personal.week, id: personalId(personal) }, now));
};
