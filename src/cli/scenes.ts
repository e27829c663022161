import type { Event, EventOf, Says } from '../events/catalog.ts';
import type { Ts } from '../events/timestamp.ts';
import { calendarOf, type Week } from '../events/week.ts';
import { weeklyTitleIn } from '../events/weekly-title.ts';
import type { EffectKind } from '../handlers/effect.ts';
import { isEffectId, type ParsedId, parseId } from '../handlers/kinds.ts';
import type { Challenge } from '../projections/challenge.ts';
import { monthLabel, weekLabel } from '../projections/label.ts';
import { WEEK_OPEN } from '../projections/message.ts';
import { printable } from './shell.ts';
import { readable } from './story.ts';

type Said = EventOf<'message.posted'> | EventOf<'message.edited'>;
type AboutEffect = Extract<Event, { effect: string }>;

/** What is known of the messages that events speak of, so that these can be told in words instead of ids. */
export interface Scenes {
  timeZone: string;
  /** What somebody is called, harmless on a terminal. */
  nameOf: (id: string) => string;
  /** Takes in what an event says of messages. */
  note(event: Event): void;
  /** A message: whose it is, and where. */
  messageAt(ts: Ts): string;
  authorOf(event: Said): string;
  /** What a week is called. */
  labelOf: (week: Week) => string;
  /** What was done, and in the thread of which week where it was a reply to a weekly post. */
  placeOf(event: Said, inThread: string, atTop: string): string;
  /** A weekly post, by its week's title; undefined for any other message. */
  weeklyPost(event: Said): string | undefined;
  /** The first line of what the bot said; undefined when somebody else said it. */
  ownWords(event: Said): string | undefined;
  /** What the bot sends, or would have sent. */
  effectOf(event: AboutEffect): string;
}

const ownWords = ({ metadata, text }: Said): string | undefined =>
  metadata ? plain(text.split('\n')[0] ?? '') : undefined;

const isWeekly = ({ thread, author, metadata, text, title }: Said, { organizers }: Challenge): boolean => {
  if (thread) return false;
  if (metadata) return metadata.type === WEEK_OPEN;
  return (
    (weeklyTitleIn(text) ?? title) !== undefined &&
    (author?.bot !== undefined || organizers.includes(author?.user ?? ''))
  );
};

/** Scenes in which nothing has happened yet. */
export const createScenes = (challenge: Challenge, known: (id: string) => string | undefined): Scenes => {
  const { timeZone, locale } = challenge;
  const calendar = calendarOf(timeZone);
  const messages = new Map<Ts, Said>();
  const names = new Map<string, string>();
  const nameOf = (id: string): string => printable(known(id) ?? names.get(id) ?? id);
  const says = new Map<string, Says>();

  const labelAt = (ts: Ts): string => weekLabel(calendar.weekOf(ts), locale);

  const authorOf = ({ author, metadata }: Partial<Said> = {}): string => {
    if (metadata) return 'the bot';
    const name = author?.user && nameOf(author.user);
    if (author?.bot && (!name || name === author.user)) return 'an app';
    return name ?? 'somebody';
  };

  const placeOf: Scenes['placeOf'] = ({ thread }, inThread, atTop) => {
    if (!thread) return atTop;
    const parent = messages.get(thread);
    return parent && isWeekly(parent, challenge) ? `${inThread} to ${labelAt(thread)}` : `${inThread} in a thread`;
  };

  const weeklyPost: Scenes['weeklyPost'] = (message) =>
    isWeekly(message, challenge) ? `the weekly post ${labelAt(message.ts)}` : undefined;

  const messageAt = (ts: Ts): string => {
    const message = messages.get(ts);
    if (!message) return 'a message of which nothing else is known';
    const weekly = weeklyPost(message);
    if (weekly) return weekly;
    const [link] = message.links;
    return `${authorOf(message)}'s ${placeOf(message, 'reply', 'message')}${link ? ` (${readable(link)})` : ''}`;
  };

  const scene: Scene = {
    messageAt,
    nameOf,
    writerOf: (ts) => authorOf(messages.get(ts)),
    labelOf: (week) => weekLabel(week, locale),
    monthOf: (month) => `${monthLabel(month, locale)} (${month})`,
  };

  return {
    timeZone,
    nameOf,
    messageAt,
    authorOf,
    labelOf: scene.labelOf,
    placeOf,
    weeklyPost,
    note: (event) => {
      if (event.kind === 'message.posted' || event.kind === 'message.edited') {
        // An edit may come without what never changes.
        messages.set(event.ts, { ...messages.get(event.ts), ...defined(event) } as Said);
      }
      if (event.kind === 'profile.seen') names.set(event.user, event.name);
      if (event.kind === 'effect.attempted' && event.says) says.set(`${event.effect}/${event.attempt}`, event.says);
    },
    ownWords,
    effectOf: (event) => {
      const { effect } = event;
      if (!isEffectId(effect)) return 'something of a kind that this version does not know';
      const attempt = 'attempt' in event ? event.attempt : undefined;
      const shows = ('says' in event ? event.says : says.get(`${effect}/${attempt}`))?.shows;
      const id = parseId(effect);
      return nouns[id.kind](id, scene, shows);
    },
  };
};

const defined = <T extends object>(value: T): Partial<T> =>
  Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as Partial<T>;

interface Scene {
  messageAt: (ts: Ts) => string;
  nameOf: (id: string) => string;
  writerOf: (ts: Ts) => string;
  labelOf: (week: string) => string;
  monthOf: (month: string) => string;
}

/** What the bot sends, by its kind. */
const nouns: Record<EffectKind, (id: ParsedId, scene: Scene, shows: string | undefined) => string> = {
  'week.open': ({ about, detail }, { labelOf }) => `${detail ? 'new words for ' : ''}the weekly post ${labelOf(about)}`,
  participation: ({ about, detail }, { messageAt }, shows) => {
    if (detail === '0') return `the announcement of ${messageAt(about)}`;
    return shows === 'retracted' || shows === 'rejected'
      ? `the withdrawal of the announcement of ${messageAt(about)}`
      : `new words for the announcement of ${messageAt(about)}`;
  },
  like: ({ about }, { messageAt, writerOf }) => `a notice to ${writerOf(about)} of likes for ${messageAt(about)}`,
  hint: ({ about }, { messageAt, writerOf }, shows) =>
    `a hint to ${writerOf(about)}${shows ? ` (${printable(shows.replace('-', ' '))})` : ''} about ${messageAt(about)}`,
  'catch-up': ({ about, detail }) => `${detail ? 'the names in ' : ''}a message about what was missed until ${about}`,
  digest: ({ about, detail }, { labelOf }) => `${detail ? 'new words for ' : ''}the digest of ${labelOf(about)}`,
  'month.result': ({ about }, scene) => `the result of ${scene.monthOf(about)}`,
  remind: ({ about }, { nameOf }) => `a reminder to ${nameOf(about)}`,
  note: ({ about }, { nameOf }) => `a note to ${nameOf(about)} after a week off`,
  comeback: ({ about }, { nameOf }) => `an invitation to ${nameOf(about)} to write again`,
  firststep: ({ about }, { nameOf }) => `an invitation to ${nameOf(about)} to write a first post`,
  alarm: ({ about, detail = '' }, { nameOf }) =>
    // Of an admin who never took part nobody knows the name.
    `an alarm to ${nameOf(detail) === detail ? 'an admin' : nameOf(detail)}: ${printable(about.replace(/-[^-]*$/, ''))}`,
};

/** Slack's markup as plain text: names of links, no stars, escapes undone. */
const plain = (text: string): string =>
  printable(
    text
      .replace(/<[^<>|]*\|([^<>]*)>/g, '$1')
      .replace(/<!(\w+)>/g, '@$1')
      .replaceAll('*', '')
      .replaceAll('\u2060', '')
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&amp;', '&'),
  );
