import { type Event, isKind } from '../events/catalog.ts';
import type { Choice } from '../events/choices.ts';
import { secondsOf, type Ts } from '../events/timestamp.ts';
import { isStandIn } from '../projections/worth.ts';
import type { Scenes } from './scenes.ts';
import { printable } from './shell.ts';
import type { StoryText } from './text/story-text.ts';

/** One line about one event, for a person to read. No member's text; whatever came from outside is harmless on a terminal. */
export const tellStory = (event: Event, scenes: Scenes): string =>
  `${wallClock(event.at, scenes.timeZone)}  ${isKind(event.kind) ? sentence(event, scenes) : scenes.text.unknownKind(printable(String((event as Event).kind)))}`;

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
  const { text, nameOf, personOf } = scenes;
  switch (event.kind) {
    case 'message.posted':
    case 'message.edited':
      return messageSentence(event, scenes);
    case 'message.deleted':
      return text.deleted(scenes.messageAt(event.ts));
    case 'reaction.added':
      return text.reacted(personOf(event.user), printable(event.name), scenes.messageAt(event.item));
    case 'reaction.removed':
      return text.tookBack(personOf(event.user), printable(event.name), scenes.messageAt(event.item));
    case 'member.joined':
      return text.joined(personOf(event.user));
    case 'member.left':
      return text.left(personOf(event.user));
    case 'profile.seen':
      return text.named(printable(event.name));
    case 'month.closed':
      return text.closed(event.month, event.challengers.length, event.special.map(nameOf).join(', '));
    case 'effect.attempted':
      return text.sending(scenes.effectOf(event), event.attempt);
    case 'effect.delivered':
      return text.sent(scenes.effectOf(event));
    case 'effect.refused':
      return text.refused(scenes.effectOf(event), event.final, printable(event.reason));
    case 'effect.skipped':
      return text.unsent(scenes.effectOf(event), printable(event.reason));
    default:
      return choiceSentence(event, scenes);
  }
};

/** What people chose: members for themselves, admins for the challenge. */
const choiceSentence = (event: Choice, scenes: Scenes): string => {
  const { text, personOf, labelOf } = scenes;
  const admin = 'by' in event && event.by ? personOf(event.by) : text.admin;
  switch (event.kind) {
    case 'week.rested':
      return text.rested(admin, labelOf(event.week), event.rest, event.reason && printable(event.reason));
    case 'week.extended':
      return text.extended(admin, labelOf(event.week), event.until && wallClock(event.until, scenes.timeZone));
    case 'week.excused':
      return text.excused(admin, personOf(event.user), labelOf(event.week), event.excused);
    case 'week.planned':
      return text.planned[event.plan](personOf(event.user), labelOf(event.week));
    case 'post.ruled': {
      const { verdict, ts, week, note } = event;
      return text.ruled(admin, verdict, scenes.messageAt(ts), week && labelOf(week), note && printable(note));
    }
    case 'member.set':
      return text.set(personOf(event.user), event.key, event.value);
  }
};

type Said = Extract<Event, { kind: 'message.posted' | 'message.edited' }>;

const messageSentence = (event: Said, scenes: Scenes): string => {
  const { text } = scenes;
  const isNew = event.kind === 'message.posted';
  const words = scenes.ownWords(event);
  if (words !== undefined) return text.said(words, isNew);
  const author = scenes.authorOf(event);
  const weekly = scenes.weeklyPost(event);
  if (weekly) return text.weekly(author, weekly, isNew);
  const links = event.links.map((link) => readable(link, text)).join(' ');
  return (isNew ? text.posted : text.edited)(author, scenes.placeOf(event), links);
};

/** An address as one reads it: its escapes undone where that is possible. Harmless on a terminal. A stand-in leads nowhere. */
export const readable = (url: string, { unknownLink }: Pick<StoryText, 'unknownLink'>): string => {
  if (isStandIn(url)) return unknownLink;
  try {
    return printable(decodeURI(url));
  } catch {
    return printable(url);
  }
};
