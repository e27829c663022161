import * as v from 'valibot';
import { isTs, type Ts } from './timestamp.ts';
import { isMonth, isWeek } from './week.ts';

/** Slack's id of a person, bot, channel or team. */
export const Id = v.pipe(v.string(), v.regex(/^[A-Z0-9]{2,32}$/, 'expected an id such as U0MINSEO01'));
/** The id of a channel. */
export const ChannelId = v.pipe(v.string(), v.regex(/^[A-Z0-9]{2,32}$/, 'expected an id such as C0123456789'));
const Timestamp = v.custom<Ts>(isTs, 'expected a timestamp such as 1722865849.468459');
const Week = v.custom<string>(isWeek, 'expected a week such as 2024-W32');
const Month = v.custom<string>(isMonth, 'expected a month such as 2024-08');
const Short = v.pipe(v.string(), v.maxLength(300));
const Count = v.pipe(v.number(), v.integer(), v.minValue(0));

const Message = {
  ts: Timestamp,
  /** Who wrote it. A bot may have no user id, and an edit may come without an author. */
  author: v.optional(v.object({ user: v.optional(Id), bot: v.optional(Id) })),
  /** The parent's ts when this is a reply. */
  thread: v.optional(Timestamp),
  subtype: v.optional(Short),
  text: v.string(),
  links: v.array(v.string()),
  /** The `TIL N월 N주차` that stands in its blocks and not in its text. */
  title: v.optional(Short),
  /** Titles from Slack's link previews, which arrive as an edit. */
  previews: v.optional(v.array(v.object({ url: v.string(), title: v.string() }))),
  /** The bot's own mark on its own messages. */
  metadata: v.optional(
    v.object({ type: Short, week: v.optional(Week), effect: v.optional(Short), attempt: v.optional(Count) }),
  ),
  /** Read from Slack's history, not heard from it. */
  inferred: v.optional(v.literal(true)),
};

const Reaction = {
  item: Timestamp,
  user: Id,
  name: v.pipe(v.string(), v.minLength(1), v.maxLength(150)),
  inferred: v.optional(v.literal(true)),
};

const Row = v.object({
  id: Id,
  posts: Count,
  likes: Count,
  weeks: v.record(v.string(), v.object({ posts: Count, likes: Count, late: Count })),
});
const Ranked = v.object({ id: Id, likes: Count });

/** Who did it; absent: whoever was at the command line. */
const by = v.optional(Id);
/** An admin's few words. */
const Note = v.pipe(v.string(), v.maxLength(80));

const Effect = { week: Week, effect: v.pipe(v.string(), v.minLength(1), v.maxLength(120)) };

/** What an effect says, as far as later decisions depend on it. */
const Says = v.object({
  /** The post it is about. */
  about: v.optional(Timestamp),
  /** Of an announcement: what it shows. */
  shows: v.optional(v.string()),
  /** Of a like notice: the instant of each liker's like or unlike that it covers. */
  covers: v.optional(v.record(v.string(), v.object({ at: Timestamp, live: v.boolean() }))),
  /** Of a like notice that was posted: the likers whom it names. One that changes what stands has none. */
  names: v.optional(v.array(Id)),
  /** Of a like notice in steps: the total that it shows. */
  total: v.optional(Count),
  /** Of a catch-up: the posts that it tells of. Of a digest: all of its posts, in its order. */
  posts: v.optional(v.array(Timestamp)),
  /** It speaks of somebody whose name was not known. */
  unnamed: v.optional(v.literal(true)),
  /** Of an announcement: what it says of the post for its author, such as that it is of their tenth week; `weeks`: how many. */
  praise: v.optional(v.object({ for: v.picklist(['first', 'week', 'run']), weeks: Count })),
});

/** Every event the log may hold. A new kind is one entry; types and decoders follow from it. */
export const catalog = {
  'message.posted': v.object(Message),
  'message.edited': v.object(Message),
  'message.deleted': v.object({ ts: Timestamp, inferred: v.optional(v.literal(true)) }),
  'reaction.added': v.object(Reaction),
  'reaction.removed': v.object(Reaction),
  'member.joined': v.object({ user: Id }),
  'member.left': v.object({ user: Id }),
  'profile.seen': v.object({
    user: Id,
    name: v.pipe(v.string(), v.maxLength(200)),
    bot: v.optional(v.boolean()),
    /** The account is deactivated. */
    deleted: v.optional(v.literal(true)),
    /** Their own time zone. */
    tz: v.optional(v.pipe(v.string(), v.maxLength(64))),
  }),
  /** A week of rest, or none whatever the rules say. `rest` absent: undone, so that the rules decide. */
  'week.rested': v.object({ week: Week, rest: v.optional(v.boolean()), reason: v.optional(Note), by }),
  /** What somebody means to do in a week. */
  'week.planned': v.object({ week: Week, user: Id, plan: v.picklist(['write', 'rest', 'none']) }),
  /** Not having written in a week counts as no miss of theirs. */
  'week.excused': v.object({ week: Week, user: Id, excused: v.boolean(), by }),
  /** Whether a message counts, whatever the rules say; `none`: undone. `week`: for which it counts. */
  'post.ruled': v.object({
    ts: Timestamp,
    verdict: v.picklist(['accept', 'reject', 'none']),
    week: v.optional(Week),
    by,
    note: v.optional(Note),
  }),
  /** What is written until then counts for the week; `until` absent: undone. */
  'week.extended': v.object({ week: Week, until: v.optional(Timestamp), by }),
  /** What somebody wants to be told. */
  'member.set': v.variant('key', [
    v.object({ user: Id, key: v.literal('remind'), value: v.picklist(['on', 'off', 'sat', 'sun']) }),
    v.object({ user: Id, key: v.literal('likes'), value: v.picklist(['steps', 'each', 'card', 'off']) }),
    v.object({ user: Id, key: v.literal('notes'), value: v.picklist(['on', 'off']) }),
  ]),
  'month.closed': v.object({
    month: Month,
    weeks: v.array(Week),
    rules: v.record(v.string(), v.unknown()),
    members: v.array(Row),
    challengers: v.array(Ranked),
    special: v.array(Id),
    /** Those who missed just one week; absent: there was no such tier. */
    finishers: v.optional(v.array(Ranked)),
    /** Those who liked most of what the others wrote; absent: they were not looked for. */
    readers: v.optional(v.array(Id)),
  }),
  'effect.attempted': v.object({ ...Effect, attempt: Count, says: v.optional(Says) }),
  'effect.delivered': v.object({ ...Effect, attempt: Count, to: Id, ts: v.optional(Timestamp) }),
  /** `final`: never to be tried again. Otherwise it is known not to have been done, so the next attempt need not wait. */
  'effect.refused': v.object({ ...Effect, attempt: Count, reason: Short, final: v.boolean() }),
  /** `attempt`: the one that was claimed so that nobody makes it. */
  'effect.skipped': v.object({ ...Effect, reason: Short, attempt: v.optional(Count), says: v.optional(Says) }),
};

/** The names of the events. */
export type Kind = keyof typeof catalog;

/** An event of one kind: the envelope that all share, and its own fields. */
export type EventOf<K extends Kind> = { v: 1; kind: K; channel: string; at: Ts } & v.InferOutput<(typeof catalog)[K]>;

/** Any event. */
export type Event = { [K in Kind]: EventOf<K> }[Kind];

/** What an effect says, as far as later decisions depend on it. */
export type Says = v.InferOutput<typeof Says>;

/** What an announcement says of a post for its author: their first, or how many weeks they have written, in all or in a run. */
export type Praise = NonNullable<Says['praise']>;

export const isKind = (kind: unknown): kind is Kind => typeof kind === 'string' && Object.hasOwn(catalog, kind);

const Envelope = v.object({ v: v.literal(1), kind: v.string(), channel: Id, at: Timestamp });

/** What is wrong with a value that claims to be an event, or undefined when nothing is: field, expected, got. */
export const faultOf = (value: unknown): string | undefined => {
  const envelope = v.safeParse(Envelope, value);
  if (!envelope.success) return describeIssue(envelope.issues[0]);
  const { kind } = envelope.output;
  if (!isKind(kind)) return undefined; // Kinds of tomorrow are kept and skipped.
  const fields = v.safeParse(catalog[kind], value);
  return fields.success ? undefined : describeIssue(fields.issues[0]);
};

/** Says which field is wrong and what was expected. `show` gives the value; by default only its type, since it may be a member's text. */
export const describeIssue = (issue: v.BaseIssue<unknown>, show: (value: unknown) => string = typeName): string => {
  const path = issue.path?.map((item) => String(item.key)).join('.') ?? '(the whole)';
  if (issue.type === 'strict_object' && issue.expected === 'never') return `${path}: expected no such field`;
  const got = show(issue.input);
  if (issue.message.startsWith('is no ')) return `${path}: ${got} ${issue.message}`;
  const own = issue.message.startsWith('expected ');
  return `${path}: ${own ? issue.message : `expected ${issue.expected ?? 'something else'}`}, got ${got}`;
};

const typeName = (value: unknown): string => {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  return Array.isArray(value) ? 'a list' : `a ${typeof value}`;
};
