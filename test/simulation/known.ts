import type { Event, EventOf } from '../../src/events/catalog.ts';
import { choicesIn } from './choices.ts';
import { ORGANIZER } from './people.ts';
import type { Store } from './store.ts';
import { monthOf, type PlainMessage, type PlainRules, truthOf, weeklyOnce, weekOf } from './truth.ts';

/** The log as it was at some instants: its events in the order in which they came. */
export interface Known {
  /** Those that were there by an instant, in milliseconds. */
  by(milliseconds: number): Event[];
  /** From an instant until another, when there was something new; the last first. */
  instants(from: number, until: number): number[];
}

export const knownOf = (log: Store, events: ReadonlyMap<string, Event>): Known => {
  const all = [...events]
    .map(([key, event]) => ({ event, at: log.createdAt.get(key) as number }))
    .sort((one, other) => one.at - other.at);
  return {
    by: (milliseconds) => all.filter(({ at }) => at <= milliseconds).map(({ event }) => event),
    instants: (from, until) => {
      const between = all.map(({ at }) => at).filter((at) => at > from && at <= until);
      return [...new Set([from, ...between])].reverse();
    },
  };
};

type Worded = EventOf<'message.posted'> | EventOf<'message.edited'>;

/** The channel as it looks to whoever knows of it by these events alone. */
const channelOf = (events: readonly Event[]): PlainMessage[] => {
  const worded = new Map<string, Worded[]>();
  const gone = new Set<string>();
  const pressed = new Map<string, { at: string; live: boolean; item: string; user: string; name: string }>();
  for (const event of events) {
    if (event.kind === 'message.deleted') gone.add(event.ts);
    if (event.kind === 'message.posted' || event.kind === 'message.edited')
      worded.set(event.ts, [...(worded.get(event.ts) ?? []), event]);
    if (event.kind !== 'reaction.added' && event.kind !== 'reaction.removed') continue;
    const { item, user, name, at } = event;
    const live = event.kind === 'reaction.added';
    const before = pressed.get(`${item} ${user} ${name}`);
    if (!before || at > before.at || (at === before.at && !live))
      pressed.set(`${item} ${user} ${name}`, { at, live, item, user, name });
  }
  const likes = Map.groupBy(
    [...pressed.values()].filter(({ live }) => live),
    ({ item }) => item,
  );
  return [...worded].flatMap(([ts, wordings]) => {
    if (gone.has(ts)) return [];
    const last = wordings.reduce((one, other) => (other.at > one.at ? other : one));
    const { user, bot } = wordings.find(({ author }) => author)?.author ?? {};
    const { thread } = wordings.find((each) => each.thread !== undefined) ?? {};
    const { metadata } = wordings.find((each) => each.metadata) ?? {};
    const reactions = (likes.get(ts) ?? []).map(({ name, user }) => ({ name, count: 1, users: [user] }));
    return [
      {
        ts,
        text: last.text,
        reactions,
        ...(user ? { user } : {}),
        ...(bot ? { bot_id: bot } : {}),
        ...(thread ? { thread_ts: thread } : {}),
        ...(last.subtype ? { subtype: last.subtype } : {}),
        ...(metadata ? { metadata: { event_type: metadata.type, event_payload: {} } } : {}),
      },
    ];
  });
};

/** What the channel amounts to for whoever knows these events, and no others. */
export const truthBy = (events: readonly Event[], rules: PlainRules) => {
  const messages = channelOf(events);
  const opened = [...new Set(events.flatMap((event) => (isWeeklyPost(event) ? [event.ts] : [])))];
  const once = weeklyOnce(opened, new Map(events.map((event, position) => [String(position), event])));
  return { messages, ...truthOf(messages, rules, once, choicesIn(events)) };
};

const isWeeklyPost = (event: Event): event is EventOf<'message.posted'> => {
  if (event.kind !== 'message.posted') return false;
  const byHand = event.author?.user === ORGANIZER && event.thread === undefined && /TIL \d+월 \d+주차/.test(event.text);
  return byHand || event.metadata?.type === 'til_week_open';
};

/** Who had left in a month, and not come back, by its end: as Slack told, or as a line of Slack's own shows; whoever writes is there. */
export const goneIn = (events: readonly Event[], month: string): Set<string> => {
  const last = new Map<string, Sign>();
  for (const sign of events.flatMap(signOf)) {
    if (monthOf(weekOf(sign.at)) !== month) continue;
    const before = last.get(sign.user);
    if (!before || sign.at > before.at || (sign.at === before.at && sign.left)) last.set(sign.user, sign);
  }
  return new Set([...last].flatMap(([user, { left }]) => (left ? [user] : [])));
};

interface Sign {
  user: string;
  at: string;
  left: boolean;
}

/** What an event shows of whether somebody is there. */
const signOf = (event: Event): Sign[] => {
  if (event.kind === 'member.joined' || event.kind === 'member.left')
    return [{ user: event.user, at: event.at, left: event.kind === 'member.left' }];
  if (event.kind !== 'message.posted' || !event.author?.user || event.author.bot) return [];
  return [{ user: event.author.user, at: event.ts, left: event.subtype === 'channel_leave' }];
};
