import { monthOf } from '../events/week.ts';
import type { Challenge } from '../projections/challenge.ts';
import type { Ledger } from '../projections/ledger.ts';
import { catchUp, catchUpId, namedCatchUps } from './catch-up.ts';
import { aboutAlone, decide, firstHeardIn } from './decide.ts';
import { digest, digestId } from './digest.ts';
import {
  aboutOf,
  type Background,
  type Carried,
  type Effect,
  type EffectId,
  type EffectKind,
  type EffectRef,
} from './effect.ts';
import { isEffectId, parseId } from './kinds.ts';
import { togetherIn } from './month-result.ts';
import { openingOf, openWeek, weekOpenId } from './open-week.ts';
import { personalEffect } from './personal-effect.ts';
import { praiseOf } from './praise.ts';

interface Asked {
  challenge: Challenge;
  ref: EffectRef;
  /** The month's ledgers; of a catch-up, also those of the month before. */
  ledgers: readonly Ledger[];
  background: Background;
  /** What an alarm says, since no ledger does. */
  alarm: Carried['alarm'] | undefined;
}

type Finder = (asked: Asked) => Effect | undefined;

const inLedgers: Finder = ({ challenge, ref: { week, id }, ledgers, background }) =>
  decide(challenge, monthOf(week), ledgers, aboutAlone(id), background).find((effect) => effect.id === id);

const weeklyPost: Finder = (asked) => {
  const { challenge, ledgers, background } = asked;
  const { week, id } = asked.ref;
  if (id !== weekOpenId(week)) return inLedgers(asked);
  const ledger = ledgers.find((each) => each.week === week);
  const before = [...(background.before ?? []), ...ledgers];
  return openWeek(challenge, week, ledger, openingOf(challenge, week), before);
};

const weekDigest: Finder = (asked) => {
  const { challenge, ledgers, background } = asked;
  const { week, id } = asked.ref;
  if (id !== digestId(week)) return inLedgers(asked);
  return digest(challenge, week, ledgers, firstHeardIn(ledgers, background.firstHeard));
};

/** What it says of the post for its author is said once, and stays. */
const announcement: Finder = (asked) => {
  const effect = inLedgers(asked);
  if (effect?.kind !== 'participation' || effect.change || effect.withdrawn) return effect;
  const praise = praiseOf(asked.challenge, asked.ref.week, asked.ledgers, asked.background, effect.post);
  return praise ? { ...effect, praise, says: { ...effect.says, praise } } : effect;
};

const monthResult: Finder = (asked) => {
  const effect = inLedgers(asked);
  if (effect?.kind !== 'month.result') return effect;
  const together = togetherIn(asked.challenge, effect.month, asked.ledgers, asked.background.before ?? []);
  return together ? { ...effect, together } : effect;
};

const missed: Finder = ({ challenge, ref: { week, id }, ledgers, background }) => {
  const date = aboutOf(id) ?? '';
  if (id === catchUpId(date)) return catchUp(challenge, date, week, ledgers, background);
  return namedCatchUps(challenge, ledgers, background).find((effect) => effect.id === id);
};

const toldAlone: Finder = ({ challenge, ref, background: { season } }) =>
  season && personalEffect(challenge, ref, season);

/** An alarm of a version that did not date them is told, however old it is. */
const NEVER_OLD = '9999999999.000000';

const toldAlarm: Finder = ({ ref: { week, id }, alarm }) =>
  alarm && { kind: 'alarm', id: id as EffectId<'alarm'>, week, due: alarm.at ?? NEVER_OLD, ...alarm };

/** How an effect is found again when its turn comes. */
const finders: Readonly<Record<EffectKind, Finder>> = {
  'week.open': weeklyPost,
  participation: announcement,
  like: inLedgers,
  hint: inLedgers,
  'catch-up': missed,
  digest: weekDigest,
  'month.result': monthResult,
  remind: toldAlone,
  note: toldAlone,
  comeback: toldAlone,
  firststep: toldAlone,
  alarm: toldAlarm,
};

/** The effect that is meant, as it stands now; undefined when it is not owed (any more). */
export const decideOne = (
  challenge: Challenge,
  ref: EffectRef,
  ledgers: readonly Ledger[],
  alarm?: Carried['alarm'],
  background: Background = {},
): Effect | undefined =>
  isEffectId(ref.id) ? finders[parseId(ref.id).kind]({ challenge, ref, ledgers, alarm, background }) : undefined;
