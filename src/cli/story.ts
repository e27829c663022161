import { type Event, isKind } from '../events/catalog.ts';
import type { Choice } from '../events/choices.ts';
import { secondsOf, type Ts } from '../events/timestamp.ts';
import { isStandIn } from '../projections/worth.ts';
import type { Scenes } from './scenes.ts';
import { printable } from './shell.ts';

/** One line about one event, for a person to read. No member's text; whatever came from outside is harmless on a terminal. */
export const tellStory = (event: Event, scenes: Scenes): string =>
  `${wallClock(event.at, scenes.timeZone)}  ${isKind(event.kind) ? sentence(event, scenes) : `(unknown kind ${printable(String((event as Event).kind))})`}`;

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

const sentence = (event: Event, scenes: Scenes): string => {
  const { nameOf } = scenes;
  switch (event.kind) {
    case 'message.posted':
    case 'message.edited':
      return messageSentence(event, scenes);
    case 'message.deleted':
      return `${scenes.messageAt(event.ts)} was deleted`;
    case 'reaction.added':
      return `${nameOf(event.user)} reacted :${printable(event.name)}: to ${scenes.messageAt(event.item)}`;
    case 'reaction.removed':
      return `${nameOf(event.user)} took :${printable(event.name)}: back from ${scenes.messageAt(event.item)}`;
    case 'member.joined':
      return `${nameOf(event.user)} joined`;
    case 'member.left':
      return `${nameOf(event.user)} left`;
    case 'profile.seen':
      return `the name of ${printable(event.name)} became known`;
    case 'month.closed': {
      const special = event.special.length > 0 ? ` (special: ${event.special.map(nameOf).join(', ')})` : '';
      return `month ${event.month} was closed: ${event.challengers.length} challengers${special}`;
    }
    case 'effect.attempted':
      return `the bot set out to send ${scenes.effectOf(event)}${event.attempt > 1 ? `, attempt ${event.attempt}` : ''}`;
    case 'effect.delivered':
      return `the bot sent ${scenes.effectOf(event)}`;
    case 'effect.refused':
      return `Slack refused ${scenes.effectOf(event)}${event.final ? '' : ' for now'}: ${printable(event.reason)}`;
    case 'effect.skipped':
      return `the bot did not send ${scenes.effectOf(event)}: ${printable(event.reason)}`;
    default:
      return choiceSentence(event, scenes);
  }
};

/** What people chose: members for themselves, admins for the challenge. */
const choiceSentence = (event: Choice, scenes: Scenes): string => {
  const { nameOf, labelOf } = scenes;
  const admin = 'by' in event && event.by ? nameOf(event.by) : 'an admin';
  switch (event.kind) {
    case 'week.rested': {
      const reason = event.reason ? ` (${printable(event.reason)})` : '';
      if (event.rest === undefined)
        return `${admin} left it to the rules whether ${labelOf(event.week)} is a week of rest`;
      return `${admin} made ${labelOf(event.week)} ${event.rest ? 'a week of rest' : 'a week like any other'}${reason}`;
    }
    case 'week.extended':
      return event.until
        ? `${admin} extended ${labelOf(event.week)} until ${wallClock(event.until, scenes.timeZone)}`
        : `${admin} took the extension of ${labelOf(event.week)} back`;
    case 'week.excused':
      return `${admin} ${event.excused ? 'excused' : 'no longer excused'} ${nameOf(event.user)} for ${labelOf(event.week)}`;
    case 'week.planned':
      return `${nameOf(event.user)} ${PLANS[event.plan]} ${labelOf(event.week)}`;
    case 'post.ruled': {
      const week = event.week ? ` for ${labelOf(event.week)}` : '';
      const note = event.note ? ` (${printable(event.note)})` : '';
      return `${admin} ${VERDICTS[event.verdict]} ${scenes.messageAt(event.ts)}${week}${note}`;
    }
    case 'member.set':
      return `${nameOf(event.user)} set ${event.key} to ${event.value}`;
  }
};

const PLANS = { write: 'plans to write in', rest: 'takes a rest in', none: 'has no more plans for' } as const;
const VERDICTS = { accept: 'accepted', reject: 'rejected', none: 'took back what was ruled of' } as const;

type Said = Extract<Event, { kind: 'message.posted' | 'message.edited' }>;

const messageSentence = (event: Said, scenes: Scenes): string => {
  const isNew = event.kind === 'message.posted';
  const words = scenes.ownWords(event);
  if (words !== undefined) return `the bot ${isNew ? 'wrote' : 'changed its words to'}: ${words}`;
  const author = scenes.authorOf(event);
  const weekly = scenes.weeklyPost(event);
  if (weekly) return `${author} ${isNew ? 'posted' : 'edited'} ${weekly}`;
  const links = event.links.length > 0 ? `: ${event.links.map(readable).join(' ')}` : '';
  if (!isNew) return `${author} edited ${scenes.placeOf(event, 'a reply', 'a message')}${links}`;
  return `${author} ${scenes.placeOf(event, 'replied', 'posted')}${links}`;
};

/** An address as one reads it: its escapes undone where that is possible. Harmless on a terminal. A stand-in leads nowhere. */
export const readable = (url: string): string => {
  if (isStandIn(url)) return 'a link that is not known';
  try {
    return printable(decodeURI(url));
  } catch {
    return printable(url);
  }
};
