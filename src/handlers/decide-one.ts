import { monthOf } from '../events/week.ts';
import type { Challenge } from '../projections/challenge.ts';
import type { Ledger } from '../projections/ledger.ts';
import { aboutAlone, decide } from './decide.ts';
import type { Carried, Effect, EffectId, EffectKind, EffectRef } from './effect.ts';
import { isEffectId, parseId } from './kinds.ts';
import { openingOf, openWeek, weekOpenId } from './open-week.ts';

interface Asked {
  challenge: Challenge;
  ref: EffectRef;
  /** The month's ledgers. */
  ledgers: readonly Ledger[];
  /** The ledgers of other months' weeks in whose thread the message is, if there are any. */
  elsewhere: readonly Ledger[];
  /** What an alarm says, since no ledger does. */
  alarm: Carried['alarm'] | undefined;
}

type Finder = (asked: Asked) => Effect | undefined;

const inLedgers: Finder = ({ challenge, ref: { week, id }, ledgers, elsewhere }) =>
  decide(challenge, monthOf(week), ledgers, aboutAlone(id), elsewhere).find((effect) => effect.id === id);

const weeklyPost: Finder = ({ challenge, ref: { week, id }, ledgers }) => {
  if (id !== weekOpenId(week)) return undefined;
  const ledger = ledgers.find((each) => each.week === week);
  return openWeek(challenge, week, ledger, openingOf(challenge, week));
};

/** An alarm is always worth sending, so it needs no date. */
const NO_DATE = '0000000000.000000';

const toldAlarm: Finder = ({ ref: { week, id }, alarm }) =>
  alarm && { kind: 'alarm', id: id as EffectId<'alarm'>, week, due: NO_DATE, ...alarm };

/** How an effect is found again when its turn comes. */
const finders: Readonly<Record<EffectKind, Finder>> = {
  'week.open': weeklyPost,
  participation: inLedgers,
  like: inLedgers,
  hint: inLedgers,
  'month.result': inLedgers,
  alarm: toldAlarm,
};

/** The effect that is meant, as it stands now; undefined when it is not owed (any more). */
export const decideOne = (
  challenge: Challenge,
  ref: EffectRef,
  ledgers: readonly Ledger[],
  elsewhere: readonly Ledger[],
  alarm?: Carried['alarm'],
): Effect | undefined =>
  isEffectId(ref.id) ? finders[parseId(ref.id).kind]({ challenge, ref, ledgers, elsewhere, alarm }) : undefined;
