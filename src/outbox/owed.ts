import type { Event } from '../events/catalog.ts';
import type { Ts } from '../events/timestamp.ts';
import {
  type Calendar,
  calendarOf,
  dayAt,
  type Month,
  monthOf,
  plusWeeks,
  type Week,
  weeksOf,
} from '../events/week.ts';
import { isStale } from '../handlers/addressing.ts';
import { catchUp, namedCatchUps, unnamedCatchUps } from '../handlers/catch-up.ts';
import { aboutAlone, decide, touchedBy } from '../handlers/decide.ts';
import { type Background, type Effect, type EffectRef, TOO_OLD } from '../handlers/effect.ts';
import { isUnclear } from '../handlers/effect-record.ts';
import { standingUnnamed } from '../handlers/unnamed.ts';
import { keys } from '../pipeline/keys.ts';
import type { Challenge } from '../projections/challenge.ts';
import type { IndexSnapshot } from '../projections/contract.ts';
import type { Ledger } from '../projections/ledger.ts';
import type { Queue } from '../queue/queue.ts';
import type { Clock } from '../setup/clock.ts';
import type { Documents } from '../store/documents.ts';
import { backgroundOf } from './background.ts';
import { effectJob, profileJob } from './effect-jobs.ts';
import { elsewhereOf, ledgersOf, openLedgers } from './month-ledgers.ts';
import { createUnknownNames } from './names.ts';
import type { OwnId } from './own-id.ts';

export interface OwedPorts {
  documents: Documents;
  queue: Pick<Queue, 'put'>;
  clock: Clock;
  ownId: OwnId;
}

/** What is owed to Slack: decided, and put on the queue. Nothing here can speak. */
export interface Owed {
  /** Queues what events of one week have made owed, and the names that are not known yet. */
  decideFor(challenge: Challenge, week: Week, events: readonly Event[]): Promise<void>;
  /** Queues what an effect that has come to its end has made owed. */
  decideAfter(challenge: Challenge, ref: EffectRef, ledgers: readonly Ledger[]): Promise<void>;
  /** Queues everything that is owed about months that are open, or were until lately: what a crash may have left unsaid. */
  sweep(challenge: Challenge): Promise<void>;
  /** Queues the announcements that have become too old and are not recorded so yet; says whether there are any. */
  putStale(challenge: Challenge, ledgers: readonly Ledger[]): Promise<boolean>;
}

const DAY_SECONDS = 86_400;

export const createOwed = (ports: OwedPorts): Owed => {
  const { documents, queue, clock } = ports;
  const unknownNames = createUnknownNames(documents, clock);

  const putOwed = (challenge: Challenge, owed: readonly Effect[]): Promise<void> =>
    queue.put(owed.map((effect) => effectJob(challenge, effect, clock.now())));

  const decideAbout = createDecide(ports);
  const decideAll = createDecideAll(ports);
  const decideMonthOf = async (week: Week, challenge: Challenge, background: Background): Promise<Effect[]> =>
    decideAbout(challenge, monthOf(week), await ledgersOf(documents, challenge, week), undefined, background);

  return {
    decideFor: async (challenge, week, events) => {
      const ledgers = await ledgersOf(documents, challenge, week);
      const ledger = ledgers.find((each) => each.week === week);
      if (!ledger) return;
      const background = await backgroundOf(challenge, documents, clock);
      const touched = touchedBy(challenge, events, ledger, ledgers);
      const owed = await decideAbout(challenge, monthOf(week), ledgers, touched, background);
      const elsewhere = await owedElsewhere(challenge, events, background, ports);
      if (isExtendedBeyond(week, events))
        owed.push(...(await decideMonthOf(plusWeeks(week, 1), challenge, background)));
      const unknown = await unknownNames(challenge, events);
      const now = clock.now();
      await queue.put([
        ...[...owed, ...elsewhere].map((effect) => effectJob(challenge, effect, now)),
        ...unknown.map((user) => profileJob(challenge, user, now)),
      ]);
    },

    decideAfter: async (challenge, { week, id }, ledgers) => {
      const background = await backgroundOf(challenge, documents, clock);
      await putOwed(challenge, await decideAbout(challenge, monthOf(week), ledgers, aboutAlone(id), background));
    },

    sweep: async (challenge) => {
      const background = await backgroundOf(challenge, documents, clock);
      const owed: Effect[] = [];
      const unnamed = new Set<string>();
      for (const month of await sweptMonths(challenge, ports)) {
        const ledgers = await ledgersOf(documents, challenge, weeksOf(month)[0] as Week);
        owed.push(...(await decideAbout(challenge, month, ledgers, undefined, background)));
        for (const { people } of [...standingUnnamed(ledgers), ...unnamedCatchUps(ledgers)])
          for (const user of people) unnamed.add(user);
      }
      owed.push(...(await catchUpsOf(challenge, background, ports)));
      await putOwed(challenge, owed);
      const unknown = [...unnamed].filter((user) => !background.isNamed(user));
      await queue.put(unknown.map((user) => profileJob(challenge, user, clock.now())));
    },

    putStale: async (challenge, ledgers) => {
      const background = await backgroundOf(challenge, documents, clock);
      const stale = (await decideAll(challenge, ledgers, undefined, background))
        .filter((effect) => effect.kind === 'participation' && !effect.withdrawn)
        .filter((effect) => isStale(challenge, effect, clock.now() / 1000))
        // An unclear attempt takes its time to clear up; if it was not sent, another day's catch-up covers it.
        .filter(({ week, id }) => !isUnclear(ledgers.find((ledger) => ledger.week === week)?.effects[id]));
      await putOwed(challenge, stale);
      return stale.length > 0;
    },
  };
};

/** Decides about messages of a month, with all that must be known beside its ledgers. */
const createDecide =
  ({ documents, ownId }: Pick<OwedPorts, 'documents' | 'ownId'>) =>
  async (
    challenge: Challenge,
    month: Month,
    ledgers: readonly Ledger[],
    about: ReadonlySet<Ts> | undefined,
    background: Background,
  ): Promise<Effect[]> => {
    const elsewhere = await elsewhereOf(documents, challenge, ledgers, about);
    return decide(challenge, month, ledgers, about, { ...background, elsewhere, ownId: await ownId(ledgers, about) });
  };

/** The same about messages of several months. */
const createDecideAll =
  (ports: Pick<OwedPorts, 'documents' | 'ownId'>) =>
  async (
    challenge: Challenge,
    ledgers: readonly Ledger[],
    about: ReadonlySet<Ts> | undefined,
    background: Background,
  ): Promise<Effect[]> => {
    const decideAbout = createDecide(ports);
    const byMonth = [...Map.groupBy(ledgers, ({ week }) => monthOf(week))];
    const decided = byMonth.map(([month, ofMonth]) => decideAbout(challenge, month, ofMonth, about, background));
    return (await Promise.all(decided)).flat();
  };

/** Whether events extend a month's last week, or take that back: then something may be owed about replies of the next month. */
const isExtendedBeyond = (week: Week, events: readonly Event[]): boolean =>
  monthOf(plusWeeks(week, 1)) !== monthOf(week) && events.some(({ kind }) => kind === 'week.extended');

/** What events of one week make owed about messages of other weeks. */
const owedElsewhere = async (
  challenge: Challenge,
  events: readonly Event[],
  background: Background,
  ports: OwedPorts,
): Promise<Effect[]> => {
  const named = new Set(events.flatMap((event) => (event.kind === 'profile.seen' && event.name ? [event.user] : [])));
  const renamed = named.size > 0 ? await namesOwed(challenge, named, background, ports) : [];
  const isPassedOver = events.some(
    ({ kind, ...event }) => kind === 'effect.skipped' && 'reason' in event && event.reason === TOO_OLD,
  );
  return [...renamed, ...(isPassedOver ? await catchUpsOf(challenge, background, ports) : [])];
};

/** What stands without the names of people whose names have become known. */
const namesOwed = async (
  challenge: Challenge,
  named: ReadonlySet<string>,
  background: Background,
  ports: OwedPorts,
): Promise<Effect[]> => {
  const { documents, clock } = ports;
  const ledgers = await openLedgers(documents, challenge, weekNow(challenge, clock));
  const isRenamed = ({ people }: { people: string[] }): boolean => people.some((user) => named.has(user));
  const about = new Set(
    standingUnnamed(ledgers)
      .filter(isRenamed)
      .map(({ ts }) => ts),
  );
  const caughtUp = namedCatchUps(challenge, ledgers, background);
  if (about.size === 0) return caughtUp;
  return [...(await createDecideAll(ports)(challenge, ledgers, about, background)), ...caughtUp];
};

/** Today's catch-up, if one is owed, and those that stand and can name now whom they could not. */
const catchUpsOf = async (
  challenge: Challenge,
  background: Background,
  { documents, clock }: OwedPorts,
): Promise<Effect[]> => {
  const calendar = calendarOf(challenge.timeZone);
  const seconds = clock.now() / 1000;
  const week = calendar.weekAt(seconds);
  const ledgers = await openLedgers(documents, challenge, week);
  const effect = catchUp(challenge, dayAt(calendar, seconds), week, ledgers, background);
  return [...(effect ? [effect] : []), ...namedCatchUps(challenge, ledgers, background)];
};

/** The months that something may be owed about: all that are open, and those of the last two weeks. */
const sweptMonths = async (challenge: Challenge, { documents, clock }: OwedPorts): Promise<Set<Month>> => {
  const calendar: Calendar = calendarOf(challenge.timeZone);
  const seconds = clock.now() / 1000;
  const index = (await documents.load<IndexSnapshot>(keys.index(challenge.channel))).value;
  const open = (index?.months ?? []).flatMap(({ month, closed }) => (closed ? [] : [month]));
  return new Set([...open, ...[seconds - 14 * DAY_SECONDS, seconds].map((at) => monthOf(calendar.weekAt(at)))]);
};

const weekNow = ({ timeZone }: Challenge, clock: Clock): Week => calendarOf(timeZone).weekAt(clock.now() / 1000);
