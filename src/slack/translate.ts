import { type Event, faultOf } from '../events/catalog.ts';
import { isObject, type Json } from '../events/json.ts';
import { hostOf, linksOf } from '../events/links.ts';
import { isWeek } from '../events/week.ts';
import { weeklyTitleIn, weeklyTitleInBlocks } from '../events/weekly-title.ts';

/**
 * A Slack payload, translated: an event; something of which only a trace is kept (`other`), because it does not concern a challenge; or
 * something that should be an event and cannot be read (`broken`).
 */
export type Translation =
  | { to: 'event'; event: Event }
  | { to: 'other'; type: string; channel?: string; at?: string }
  | { to: 'broken'; reason: string };

const MAX_TEXT = 4000;
const MAX_TITLE = 300;
const MAX_PREVIEWS = 50;

/** Translates the body of a delivery. Total: any JSON value gives an answer. `channels` are those that have a challenge. */
export const translate = (payload: unknown, channels: ReadonlySet<string>): Translation => {
  if (!isObject(payload)) return { to: 'broken', reason: 'expected a JSON object' };
  const event = payload['event'];
  if (payload['type'] !== 'event_callback' || !isObject(event)) return trace(payload, payload);
  const channel = channelOf(event);
  if (channel === undefined || !channels.has(channel)) return trace(payload, event, channel);
  const body = eventOf(event, channel, payload['event_time']);
  if (!body) return trace(payload, event, channel);
  const fault = faultOf(body);
  return fault
    ? { to: 'broken', reason: `${String(body['kind'])}: ${fault}` }
    : { to: 'event', event: body as unknown as Event };
};

/** The channel that an inner event is about, if it says. */
export const channelOf = (event: Json): string | undefined => {
  const item = event['item'];
  const channel = event['channel'] ?? (isObject(item) ? item['channel'] : undefined);
  return typeof channel === 'string' ? channel : undefined;
};

const string = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

const trace = (payload: Json, event: Json, channel?: string): Translation => {
  const type = [string(event['type']) ?? 'unknown', string(event['subtype'])].filter(Boolean).join('.');
  const seconds = payload['event_time'] ?? payload['minute_rate_limited'];
  const at = string(event['event_ts']) ?? wholeSeconds(seconds);
  return { to: 'other', type: type.slice(0, 80), ...(channel ? { channel } : {}), ...(at ? { at } : {}) };
};

/** The envelope's own date, as a timestamp: that of an event which has none, as who comes and goes may. */
const wholeSeconds = (seconds: unknown): string | undefined =>
  Number.isSafeInteger(seconds) ? `${String(seconds)}.000000` : undefined;

/** The body of the event, unchecked, or undefined when the event is of a kind that no challenge asks about. */
const eventOf = (event: Json, channel: string, sentAt: unknown): Json | undefined => {
  const envelope = { v: 1, channel, at: event['event_ts'] ?? event['ts'] };
  switch (event['type']) {
    case 'message':
      return messageFact(event, envelope);
    case 'reaction_added':
    case 'reaction_removed':
      return reactionFact(event, envelope);
    case 'member_joined_channel':
      return { ...envelope, at: envelope.at ?? wholeSeconds(sentAt), kind: 'member.joined', user: event['user'] };
    case 'member_left_channel':
      return { ...envelope, at: envelope.at ?? wholeSeconds(sentAt), kind: 'member.left', user: event['user'] };
    default:
      return undefined;
  }
};

const messageFact = (event: Json, envelope: Json): Json | undefined => {
  switch (event['subtype']) {
    case 'message_changed': {
      const message = event['message'];
      if (!isObject(message)) return { ...envelope, kind: 'message.edited' };
      // A deleted parent with replies stays in Slack as a tombstone.
      if (message['subtype'] === 'tombstone') return { ...envelope, kind: 'message.deleted', ts: message['ts'] };
      return { ...envelope, kind: 'message.edited', ...describeMessage(message) };
    }
    case 'message_deleted':
      return { ...envelope, kind: 'message.deleted', ts: event['deleted_ts'] };
    case 'message_replied': // Says of a parent that it has a reply; the reply comes by itself.
      return undefined;
    default:
      // A message is dated by its own ts.
      return { ...envelope, at: event['ts'], kind: 'message.posted', ...describeMessage(event) };
  }
};

const reactionFact = (event: Json, envelope: Json): Json | undefined => {
  const item = event['item'];
  if (!isObject(item) || item['type'] !== 'message') return undefined;
  const kind = event['type'] === 'reaction_added' ? 'reaction.added' : 'reaction.removed';
  return { ...envelope, kind, item: item['ts'], user: event['user'], name: event['reaction'] };
};

/** The allow-listed fields of a message, in Slack's shape from events, history and answers alike. */
export const describeMessage = (message: Json): Json => {
  const text = cut(string(message['text']) ?? '', MAX_TEXT);
  const thread = message['thread_ts'] === message['ts'] ? undefined : message['thread_ts']; // A parent names itself.
  const previews = previewsOf(message['attachments']);
  return {
    ts: message['ts'],
    author: authorOf(message),
    thread,
    subtype: string(message['subtype']),
    text,
    links: linksOf(string(message['text']) ?? '', message['blocks'], message['attachments'], string(message['user'])),
    title: weeklyTitleIn(text) ? undefined : weeklyTitleInBlocks(message['blocks']),
    previews: previews.length > 0 ? previews : undefined,
    metadata: metadataOf(message['metadata']),
  };
};

const authorOf = (message: Json): Json | undefined => {
  const profile = message['bot_profile'];
  const bot = string(message['bot_id']) ?? (isObject(profile) ? string(profile['id']) : undefined);
  const user = string(message['user']);
  const marked =
    bot ?? (user === 'USLACKBOT' || message['subtype'] === 'bot_message' ? (user ?? 'USLACKBOT') : undefined);
  if (!user && !marked) return undefined;
  return { user, bot: marked };
};

const previewsOf = (attachments: unknown): { url: string; title: string }[] => {
  if (!Array.isArray(attachments)) return [];
  return attachments.slice(0, MAX_PREVIEWS).flatMap((attachment) => {
    if (!isObject(attachment)) return [];
    const url =
      string(attachment['from_url']) ?? string(attachment['original_url']) ?? string(attachment['title_link']);
    const title = string(attachment['title']);
    // Titles are kept by address: one such as `constructor` must not come so far.
    return url && title && hostOf(url) ? [{ url, title: cut(title, MAX_TITLE) }] : [];
  });
};

/** Only the bot's own mark is kept of any metadata. */
const metadataOf = (metadata: unknown): Json | undefined => {
  if (!isObject(metadata)) return undefined;
  const type = string(metadata['event_type']);
  const payload = metadata['event_payload'];
  if (!type?.startsWith('til_') || !isObject(payload)) return undefined;
  const { week, effect, attempt } = payload;
  return {
    type: cut(type, 80),
    week: isWeek(week) ? week : undefined,
    effect: string(effect)?.slice(0, 120),
    attempt: Number.isSafeInteger(attempt) && Number(attempt) >= 0 ? attempt : undefined,
  };
};

/** The first characters of a text, never half of one. */
const cut = (text: string, length: number): string => {
  const head = text.slice(0, length);
  return /[\uD800-\uDBFF]$/.test(head) && text.length > length ? head.slice(0, -1) : head;
};
