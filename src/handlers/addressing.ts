import type { Event } from '../events/catalog.ts';
import { secondsOf } from '../events/timestamp.ts';
import { calendarOf, monthOf, plusMonths } from '../events/week.ts';
import type { Challenge } from '../projections/challenge.ts';
import type { Effect } from './effect.ts';

/** Too late to be worth saying: a weekly post after its week, a result after its month, anything else after some hours. */
export const isStale = ({ timeZone, notify }: Challenge, effect: Effect, nowSeconds: number): boolean => {
  const now = calendarOf(timeZone).weekAt(nowSeconds);
  switch (effect.kind) {
    case 'week.open':
      return now !== effect.opens;
    case 'month.result':
      return monthOf(now) > plusMonths(effect.month, 1);
    case 'alarm':
      return false;
    default:
      return nowSeconds - secondsOf(effect.due) > notify.maxAgeHours * 3600;
  }
};

/** Whom an effect goes to: the channel, or a person. */
export const recipientOf = ({ channel }: Challenge, effect: Effect | undefined, otherwise?: string): string => {
  switch (effect?.kind) {
    case 'like':
    case 'hint':
      return effect.post.author;
    case 'alarm':
      return effect.admin;
    default:
      return otherwise ?? channel;
  }
};

/** The people whom an effect names. */
export const mentionedBy = (effect: Effect): string[] => {
  switch (effect.kind) {
    case 'participation':
    case 'participation.retracted':
      return [effect.post.author];
    case 'like':
      return effect.added;
    case 'month.result':
      return effect.challengers.map(({ id }) => id);
    default:
      return [];
  }
};

/** The human whom an event is about, if it shows one. */
export const personOf = (event: Event): string | undefined => {
  switch (event.kind) {
    case 'message.posted':
      return event.author?.bot ? undefined : event.author?.user;
    case 'reaction.added':
    case 'member.joined':
      return event.user;
    default:
      return undefined;
  }
};
