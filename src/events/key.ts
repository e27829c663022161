import { type Event, isKind } from './catalog.ts';
import { canonical } from './codec.ts';
import { sha256 } from './sha256.ts';
import type { Ts } from './timestamp.ts';
import { type Calendar, type Week, weeksOf } from './week.ts';

/**
 * Where an event lies in the log: `events/<channel>/<week>/<name>.json`. The key follows from the event alone, so the same event, however
 * often and in whatever envelope Slack delivers it, is one object; and different events have different keys.
 */
export const keyOf = (event: Event, calendar: Calendar): string =>
  `${prefixOf(event.channel, weekOfEvent(event, calendar))}${bounded(nameOf(event))}.json`;

/** The prefix under which all events about one week of a channel lie. */
export const prefixOf = (channel: string, week: Week): string => `events/${channel}/${week}/`;

/** The week that an event is about: that of the message it speaks of, so that a week folds by itself. */
export const weekOfEvent = (event: Event, calendar: Calendar): Week => {
  switch (event.kind) {
    case 'message.posted':
    case 'message.edited':
    case 'message.deleted':
      return calendar.weekOf(event.ts);
    case 'reaction.added':
    case 'reaction.removed':
      return calendar.weekOf(event.item);
    case 'post.ruled':
      return calendar.weekOf(event.ts);
    case 'month.closed':
      return weeksOf(event.month).at(-1) as Week;
    case 'week.rested':
    case 'week.planned':
    case 'week.excused':
    case 'week.extended':
    case 'effect.attempted':
    case 'effect.delivered':
    case 'effect.refused':
    case 'effect.skipped':
      return event.week;
    default:
      return calendar.weekOf((event as { at: Ts }).at);
  }
};

const nameOf = (event: Event): string => {
  if (!isKind(event.kind)) throw new RangeError('a key can only be made for a kind that the catalog knows');
  switch (event.kind) {
    case 'message.posted':
    case 'message.edited':
    case 'message.deleted':
      return `${event.at}-${event.kind}-${event.ts}`;
    case 'reaction.added':
    case 'reaction.removed':
      return `${event.at}-${event.kind}-${event.item}-${event.user}-${escapeName(event.name)}`;
    case 'member.joined':
    case 'member.left':
    case 'profile.seen':
      return `${event.at}-${event.kind}-${event.user}`;
    // Of two in one second, as commands have no finer clock, both are in the log, and the content decides.
    case 'week.rested':
    case 'week.extended':
      return `${event.at}-${event.kind}-${digestOf(event)}`;
    case 'week.planned':
    case 'week.excused':
    case 'member.set':
      return `${event.at}-${event.kind}-${event.user}-${digestOf(event)}`;
    case 'post.ruled':
      return `${event.at}-${event.kind}-${event.ts}-${digestOf(event)}`;
    // Events of which there may be only one have no clock in their key: the conditional create decides who is first.
    case 'month.closed':
      return `${event.kind}-${event.month}`;
    case 'effect.skipped':
      return `${event.kind}-${escapeName(event.effect)}`;
    case 'effect.attempted':
    case 'effect.delivered':
    case 'effect.refused':
      return `${event.kind}-${escapeName(event.effect)}-${event.attempt}`;
  }
};

const utf8 = new TextEncoder();

const digestOf = (event: Event): string => sha256(utf8.encode(canonical(event))).slice(0, CONTENT_DIGEST_LENGTH);

/** No file system and no adapter takes a longer name. */
const LONGEST_NAME = 255 - '.json'.length;
const DIGEST_LENGTH = 64;
const CONTENT_DIGEST_LENGTH = 16;

/**
 * A name that is too long ends in the digest of all of it: Slack allows reactions of 100 characters of any script, and each may need nine
 * bytes here. `__` is in no other name, since an escape is `_` and two digits; so a shortened name is never that of another event.
 */
const bounded = (name: string): string => {
  if (name.length <= LONGEST_NAME) return name;
  const head = name.slice(0, LONGEST_NAME - DIGEST_LENGTH - '__'.length).replace(/_[0-9a-f]?$/, '');
  return `${head}__${sha256(utf8.encode(name))}`;
};

/** Writes any text in `[A-Za-z0-9.-]` and `_hh` for every other byte: different texts give different names. */
export const escapeName = (name: string): string => name.replace(/[^A-Za-z0-9.-]/gu, escapeCharacter);

const escapeCharacter = (character: string): string => {
  const code = character.charCodeAt(0);
  const bytes = code < 128 ? [code] : [...utf8.encode(character)]; // Most are the plus of +1.
  return bytes.map((byte) => `_${byte.toString(16).padStart(2, '0')}`).join('');
};
