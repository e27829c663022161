import { isDeepStrictEqual } from 'node:util';
import { Conflict } from '../events/errors.ts';
import { isObject } from '../events/json.ts';
import { secondsOf, type Ts } from '../events/timestamp.ts';
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
import type { Document, Documents } from '../store/documents.ts';
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

/**
 * `seen/<channel>/asked.json`: how far has been asked, in seconds, and the weekly posts that were known then, by week. It is the same for whoever
 * asks next, in this process or another. Lost, it begins with the next tick.
 */
interface Asked {
  version: 1;
  at: number;
  weeks: Record<Week, Ts>;
}

/** A note that is damaged counts as none. */
const isAsked = (value: unknown): value is Asked =>
  isObject(value) && value['version'] === 1 && Number.isFinite(value['at']) && isObject(value['weeks']);

/** One slot of an open week, and since when it has not been asked about, in seconds. */
interface Open {
  slot: Slot;
  since: number;
}

/**
 * Asks at each tick for the moments since the tick before, however long ago that was and whoever asked then: what becomes due later by what
 * people do, such as a tenth like on Wednesday evening, was not due at its moment. A week whose weekly post was not known then is asked about
 * from that post on. What is too late when its turn comes is recorded so.
 */
export const createAskPersonal =
  ({ documents, queue, canTalk }: PersonalDuePorts): AskPersonal =>
  async (given, now) => {
    const challenge = withTalk(given, canTalk?.() ?? false);
    const document = await documents.load<Asked>(keys.asked(challenge.channel));
    const isOn = PERSONAL_KINDS.some((kind) => challenge.notify[kind] !== 'off');
    if (!isOn && document.etag === undefined) return;
    const last = isAsked(document.value) ? document.value : undefined;
    const weeks = await openWeeks(challenge, last?.at ?? now, now, documents);
    const slots = [...weeks].flatMap(([week, openedAt]): Open[] => {
      const since = sinceOf(last, week, openedAt, now);
      return SLOT_NAMES.map((name) => ({ slot: slotOf(challenge, week, name, openedAt), since }));
    });
    const come = slots.filter(({ slot, since }) => slot.at <= now && slot.at + NIGHT_SECONDS > since);
    const next: Asked = { version: 1, at: now, weeks: Object.fromEntries(weeks) };
    if (last && come.length === 0 && isDeepStrictEqual(last.weeks, next.weeks)) return;
    // While all is off, its moments pass unasked: once it is on, nothing is recorded of what was before.
    if (isOn && come.length > 0) await queue.put(await jobsFor(challenge, come, now, documents));
    await keep(documents, document, next);
  };

/** Where another process has asked meanwhile, its note stands: what both have asked for is said once. */
const keep = async (documents: Documents, document: Document<Asked>, next: Asked): Promise<void> => {
  try {
    await documents.save(document, next);
  } catch (error) {
    if (!(error instanceof Conflict)) throw error;
  }
};

/** The weekly posts of the weeks in which something may be due that has not been asked for, by week: the last one at least, and this. */
const openWeeks = async (
  challenge: Challenge,
  since: number,
  now: number,
  documents: Documents,
): Promise<Map<Week, Ts>> => {
  const { weekAt } = calendarOf(challenge.timeZone);
  const open = new Map<Week, Ts>();
  const [week, asked] = [weekAt(now), weekAt(since)];
  for (let each = asked < week ? asked : plusWeeks(week, -1); each <= week; each = plusWeeks(each, 1)) {
    const ledger = (await documents.load<Ledger>(keys.ledger(challenge.channel, each))).value;
    const [openedAt] = (ledger && weeklyPostsOf([ledger], rulesOf(challenge)).get(each)) ?? [];
    if (openedAt) open.set(each, openedAt);
  }
  return open;
};

const sinceOf = (last: Asked | undefined, week: Week, openedAt: Ts, now: number): number => {
  if (!last) return now - OVERLAP_SECONDS;
  return last.weeks[week] === openedAt ? last.at - OVERLAP_SECONDS : secondsOf(openedAt);
};

/** The jobs for what is due to be said at some slots by an instant. */
const jobsFor = async (
  challenge: Challenge,
  slots: readonly Open[],
  now: number,
  documents: Documents,
): Promise<NewJob[]> => {
  const people = await loadSeason(challenge, calendarOf(challenge.timeZone).weekAt(now), documents);
  return slots
    .flatMap(({ slot, since }) => due(challenge, people, slot).filter(({ at }) => Number(at) > since))
    .filter(({ at }) => Number(at) <= now)
    .map((personal) => personalJob(challenge, { week: personal.week, id: personalId(personal) }, now));
};
