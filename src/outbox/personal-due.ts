import { calendarOf, plusWeeks, type Week } from '../events/week.ts';
import { due, withTalk } from '../handlers/personal.ts';
import { personalId } from '../handlers/personal-effect.ts';
import { SLOT_NAMES, type Slot, slotOf } from '../handlers/slots.ts';
import { keys } from '../pipeline/keys.ts';
import { ASKED_EVERY_MINUTES, type Challenge, rulesOf } from '../projections/challenge.ts';
import type { Ledger } from '../projections/ledger.ts';
import { PERSONAL_KINDS } from '../projections/month-rows.ts';
import { weeklyPostsOf } from '../projections/participation.ts';
import type { NewJob, Queue } from '../queue/queue.ts';
import type { Documents } from '../store/documents.ts';
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

/** Whoever has just begun looks so far back: what is too late by then is recorded so. */
const FIRST_LOOK_SECONDS = 86_400;
/** What a tick could not know yet, since it had not been folded, the next one may. */
const OVERLAP_SECONDS = ASKED_EVERY_MINUTES * 60;
/** The longest that somebody is asleep. */
const NIGHT_SECONDS = 13 * 3600;

/**
 * Asks at each tick for the moments since the tick before: what becomes due later by what people do, such as a tenth like on Wednesday evening,
 * was not due at its moment.
 */
export const createAskPersonal = ({ documents, queue, canTalk }: PersonalDuePorts): AskPersonal => {
  const asked = new Map<string, number>();
  return async (given, now) => {
    const challenge = withTalk(given, canTalk?.() ?? false);
    if (PERSONAL_KINDS.every((kind) => challenge.notify[kind] === 'off')) return;
    const since = (asked.get(challenge.channel) ?? now - FIRST_LOOK_SECONDS) - OVERLAP_SECONDS;
    await queue.put(await jobsBetween(challenge, since, now, documents));
    asked.set(challenge.channel, now);
  };
};

/** The jobs for what is due to be said after an instant and up to another. */
const jobsBetween = async (
  challenge: Challenge,
  since: number,
  now: number,
  documents: Documents,
): Promise<NewJob[]> => {
  const week = calendarOf(challenge.timeZone).weekAt(now);
  const slots = await Promise.all([plusWeeks(week, -1), week].map((each) => slotsOf(challenge, each, documents)));
  const asked = slots.flat().filter(({ at }) => at <= now && at + NIGHT_SECONDS > since);
  if (asked.length === 0) return [];
  const people = await loadSeason(challenge, week, documents);
  return asked
    .flatMap((slot) => due(challenge, people, slot))
    .filter(({ at }) => Number(at) > since && Number(at) <= now)
    .map((personal) => personalJob(challenge, { week: personal.week, id: personalId(personal) }, now));
};

/** The slots of a week, if it is open. */
const slotsOf = async (challenge: Challenge, week: Week, documents: Documents): Promise<Slot[]> => {
  const ledger = (await documents.load<Ledger>(keys.ledger(challenge.channel, week))).value;
  const [openedAt] = (ledger && weeklyPostsOf([ledger], rulesOf(challenge)).get(week)) ?? [];
  return openedAt ? SLOT_NAMES.map((name) => slotOf(challenge, week, name, openedAt)) : [];
};
