import type { Draft } from 'immer';
import type { EventOf } from '../events/catalog.ts';
import { mentionsIn } from '../events/mentions.ts';
import { earlierTs, type Ts } from '../events/timestamp.ts';
import type { Week } from '../events/week.ts';
import { weeklyTitleIn } from '../events/weekly-title.ts';
import { type Register, wins } from './register.ts';

/** A message, as far as it is known: a reaction may have come before it, or only its deletion. */
export interface Message {
  author?: string;
  /** Posted by an app, in its own name or in a member's. */
  bot?: true;
  thread?: Ts;
  /** Its first wording is known, and not only edits of it. */
  posted?: true;
  content?: Content;
  /** The links of its other wordings, ascending: who posted one of them later counts, or not, as this message is changed. */
  former?: string[];
  /** By URL, the earliest wording that is known to have held it. */
  since?: Record<string, Ts>;
  /** By URL, from link previews. */
  titles?: Record<string, { at: Ts; title: string }>;
  /** The week that the bot's own mark names: this is a weekly post. */
  mark?: Week;
  deleted?: true;
  /** What an admin says of it, whatever the rules do. */
  ruling?: Ruling;
  /** By `<user>/<reaction name>`: was it last added or removed, and when. */
  reactions?: Record<string, Register>;
}

/** Whether a message counts, and for which week, by an admin's word; `none`: by the rules again. */
export interface Ruling {
  at: Ts;
  verdict: 'accept' | 'reject' | 'none';
  week?: Week;
  by?: string;
  note?: string;
}

/** The latest wording of a message, reduced to what any rule may ask. */
export interface Content {
  at: Ts;
  links: string[];
  subtype?: string;
  /** The `TIL N월 N주차` found in it. */
  title?: string;
  /** Whom a person mentions in it. */
  mentions?: string[];
}

const SPOKEN = new Set(['file_share', 'thread_broadcast', 'me_message']);

/** Whether a message of a subtype is something that a person said, and no line of Slack's own about them. */
export const isSpoken = (subtype: string | undefined): boolean => subtype === undefined || SPOKEN.has(subtype);

/** The metadata type of the bot's weekly post. */
export const WEEK_OPEN = 'til_week_open';

/** The later wording wins. Author and thread never change, so any wording may bring them; titles are kept per link. */
export const setWording = (
  message: Draft<Message>,
  event: EventOf<'message.posted'> | EventOf<'message.edited'>,
): void => {
  const author = event.author?.user ?? event.author?.bot;
  if (author && !(message.author && message.author >= author)) message.author = author;
  if (event.author?.bot) message.bot = true;
  if (event.thread && !(message.thread && message.thread >= event.thread)) message.thread = event.thread;
  const { metadata } = event;
  if (metadata?.type === WEEK_OPEN && metadata.week && !(message.mark && message.mark >= metadata.week))
    message.mark = metadata.week;
  if (event.kind === 'message.posted') message.posted = true;
  for (const url of event.links) setSince(message, url, event.at);
  for (const { url, title } of event.previews ?? []) setTitle(message, url, { at: event.at, title });
  const content = contentOf(event);
  const last = message.content;
  if (!last || wins(content, last)) message.content = content;
  if (last) setFormer(message, [...last.links, ...event.links]);
};

/** Of the links that a message had at any time, so many are kept: the first in order, whatever comes first. */
const MAX_FORMER = 100;

const setFormer = (message: Draft<Message>, links: readonly string[]) => {
  const ever = [...new Set([...(message.former ?? []), ...links])].sort().slice(0, MAX_FORMER);
  const former = ever.filter((url) => !message.content?.links.includes(url));
  if (former.length > 0) message.former = former;
  else delete message.former;
};

const contentOf = ({
  at,
  author,
  links,
  subtype,
  text,
  title: inBlocks,
  metadata,
}: EventOf<'message.posted'> | EventOf<'message.edited'>): Content => {
  const ours = metadata !== undefined && metadata.type !== WEEK_OPEN;
  const title = ours ? undefined : (weeklyTitleIn(text) ?? inBlocks);
  const mentions = author?.bot ? [] : mentionsIn(text);
  return {
    at,
    links,
    ...(subtype ? { subtype } : {}),
    ...(title ? { title } : {}),
    ...(mentions.length > 0 ? { mentions } : {}),
  };
};

const setSince = (message: Draft<Message>, url: string, at: Ts) => {
  const since = (message.since ??= {});
  since[url] = earlierTs(since[url], at) ?? at;
};

const setTitle = (message: Draft<Message>, url: string, next: { at: Ts; title: string }) => {
  const titles = (message.titles ??= {});
  const last = titles[url];
  if (!last || wins(next, last)) titles[url] = next;
};
