import { type Event, isKind } from '../events/catalog.ts';
import { secondsOf, type Ts } from '../events/timestamp.ts';
import { printable } from './shell.ts';

/** One line about one event, for a person to read. No member's text; whatever came from outside is harmless on a terminal. */
export const tellStory = (event: Event, timeZone: string, nameOf: (id: string) => string): string =>
  `${wallClock(event.at, timeZone)}  ${isKind(event.kind) ? sentence(event, nameOf) : `(unknown kind ${printable(String((event as Event).kind))})`}`;

const formats = new Map<string, Intl.DateTimeFormat>();

/** An instant as the clocks in a time zone show it. */
export const wallClock = (ts: Ts, timeZone: string): string => {
  let format = formats.get(timeZone);
  if (!format)
    formats.set(
      timeZone,
      (format = new Intl.DateTimeFormat('sv', { timeZone, dateStyle: 'short', timeStyle: 'medium' })),
    );
  return format.format(secondsOf(ts) * 1000);
};

const sentence = (event: Event, nameOf: (id: string) => string): string => {
  switch (event.kind) {
    case 'message.posted':
    case 'message.edited': {
      const author = nameOf(event.author?.user ?? event.author?.bot ?? 'somebody');
      const deed = event.kind === 'message.posted' ? (event.thread ? 'replied' : 'posted') : 'edited a message';
      const links = event.links.length > 0 ? `, links: ${event.links.map(printable).join(' ')}` : '';
      return `${author} ${deed} (${event.ts})${links}`;
    }
    case 'message.deleted':
      return `message ${event.ts} was deleted`;
    case 'reaction.added':
      return `${nameOf(event.user)} reacted :${printable(event.name)}: to ${event.item}`;
    case 'reaction.removed':
      return `${nameOf(event.user)} took :${printable(event.name)}: back from ${event.item}`;
    case 'member.joined':
      return `${nameOf(event.user)} joined`;
    case 'member.left':
      return `${nameOf(event.user)} left`;
    case 'profile.seen':
      return `${event.user} is called ${printable(event.name)}`;
    case 'month.closed':
      return `month ${event.month} was closed: ${event.challengers.length} challengers, ${event.special.length} special`;
    case 'effect.attempted':
      return `the bot set out to say ${event.effect} (attempt ${event.attempt})`;
    case 'effect.delivered':
      return `the bot said ${event.effect}`;
    case 'effect.refused':
      return `Slack refused ${event.effect}: ${printable(event.reason)}`;
    case 'effect.skipped':
      return `the bot did not say ${event.effect}: ${printable(event.reason)}`;
  }
};
