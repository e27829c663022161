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
import type { Place, StoryText } from './text/story-text.ts';

type Said = EventOf<'message.posted'> | EventOf<'message.edited'>;
type AboutEffect = Extract<Event, { effect: string }>;

/** What is known of the messages that events speak of, so that these can be told in words instead of ids. */
export interface Scenes {
  timeZone: string;
  /** The language in which they are told. */
  text: StoryText;
  /** What somebody is called, harmless on a terminal. */
  nameOf: (id: string) => string;
  /** The same within a sentence. */
  personOf: (id: string) => string;
  /** Takes in what an event says of messages. */
  note(event: Event): void;
  /** A message: whose it is, and where. */
  messageAt(ts: Ts): string;
  authorOf(event: Said): string;
  /** What a week is called. */
  labelOf: (week: Week) => string;
  /** Where a message is: of which week, where it is a reply to a weekly post. */
  placeOf(event: Said): Place;
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
export const createScenes = (
  challenge: Challenge,
  known: (id: string) => string | undefined,
  text: StoryText,
): Scenes => {
  const { timeZone, locale } = challenge;
  const calendar = calendarOf(timeZone);
  const messages = new Map<Ts, Said>();
  const names = new Map<string, string>();
  const nameOf = (id: string): string => printable(known(id) ?? names.get(id) ?? id);
  const personOf = (id: string): string => text.person(nameOf(id));
  const says = new Map<string, Says>();

  const labelAt = (ts: Ts): string => weekLabel(calendar.weekOf(ts), locale);

  const authorOf = authorIn(text, nameOf);

  const placeOf: Scenes['placeOf'] = ({ thread }) => {
    if (!thread) return { in: 'channel' };
    const parent = messages.get(thread);
    return parent && isWeekly(parent, challenge) ? { in: 'week', label: labelAt(thread) } : { in: 'thread' };
  };

  const weeklyPost: Scenes['weeklyPost'] = (message) =>
    isWeekly(message, challenge) ? text.weeklyPost(labelAt(message.ts)) : undefined;

  const messageAt = (ts: Ts): string => {
    const message = messages.get(ts);
    if (!message) return text.unknownMessage;
    const weekly = weeklyPost(message);
    if (weekly) return weekly;
    const [link] = message.links;
    return text.message(authorOf(message), placeOf(message), link && readable(link, text));
  };

  const scene: Scene = {
    text: text.effects,
    messageAt,
    personOf,
    isNamed: (id) => nameOf(id) !== id,
    writerOf: (ts) => authorOf(messages.get(ts)),
    labelOf: (week) => weekLabel(week, locale),
    monthOf: (month) => `${monthLabel(month, locale)} (${month})`,
  };

  return {
    timeZone,
    text,
    nameOf,
    personOf,
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
    effectOf: effectIn(scene, says),
  };
};

/** Who wrote a message. */
const authorIn =
  (text: StoryText, nameOf: Scenes['nameOf']) =>
  ({ author, metadata }: Partial<Said> = {}): string => {
    if (metadata) return text.bot;
    const name = author?.user && nameOf(author.user);
    if (author?.bot && (!name || name === author.user)) return text.app;
    return name ? text.person(name) : text.somebody;
  };

/** What the bot sends; `says`: of the attempts so far, by their effect and number. */
const effectIn =
  (scene: Scene, says: ReadonlyMap<string, Says>): Scenes['effectOf'] =>
  (event) => {
    const { effect } = event;
    if (!isEffectId(effect)) return scene.text.unknown;
    const attempt = 'attempt' in event ? event.attempt : undefined;
    const shows = ('says' in event ? event.says : says.get(`${effect}/${attempt}`))?.shows;
    const id = parseId(effect);
    return nouns[id.kind](id, scene, shows);
  };

const defined = <T extends object>(value: T): Partial<T> =>
  Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as Partial<T>;

interface Scene {
  text: StoryText['effects'];
  messageAt: (ts: Ts) => string;
  personOf: (id: string) => string;
  isNamed: (id: string) => boolean;
  writerOf: (ts: Ts) => string;
  labelOf: (week: string) => string;
  monthOf: (month: string) => string;
}

/** What the bot sends, by its kind. */
const nouns: Record<EffectKind, (id: ParsedId, scene: Scene, shows: string | undefined) => string> = {
  'week.open': ({ about, detail }, { text, labelOf }) => text.weekOpen(labelOf(about), Boolean(detail)),
  participation: ({ about, detail }, { text, messageAt }, shows) => {
    const isBack = shows === 'retracted' || shows === 'rejected';
    return text.participation(messageAt(about), detail === '0' ? 'announce' : isBack ? 'withdraw' : 'change');
  },
  like: ({ about }, { text, messageAt, writerOf }) => text.like(writerOf(about), messageAt(about)),
  hint: ({ about }, { text, messageAt, writerOf }, shows) =>
    text.hint(writerOf(about), shows && printable(shows.replace('-', ' ')), messageAt(about)),
  'catch-up': ({ about, detail }, { text }) => text.catchUp(about, Boolean(detail)),
  digest: ({ about, detail }, { text, labelOf }) => text.digest(labelOf(about), Boolean(detail)),
  'month.result': ({ about }, { text, monthOf }) => text.monthResult(monthOf(about)),
  remind: ({ about }, { text, personOf }) => text.remind(personOf(about)),
  note: ({ about }, { text, personOf }) => text.note(personOf(about)),
  comeback: ({ about }, { text, personOf }) => text.comeback(personOf(about)),
  firststep: ({ about }, { text, personOf }) => text.firststep(personOf(about)),
  // Of an admin who never took part nobody knows the name.
  alarm: ({ about, detail = '' }, { text, personOf, isNamed }) =>
    text.alarm(isNamed(detail) ? personOf(detail) : undefined, printable(about.replace(/-[^-]*$/, ''))),
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
