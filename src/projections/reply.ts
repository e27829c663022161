import type { Ts } from '../events/timestamp.ts';
import type { Week } from '../events/week.ts';
import type { Rules } from './challenge.ts';
import { isInTime } from './extension.ts';
import { countLikes, type Likes, likesOf } from './likes.ts';
import type { Content, Message, Ruling } from './message.ts';
import { isStandIn, linksOfAccepted, type Shortcoming, worthOf } from './worth.ts';

/** A human's reply in the thread of a weekly post. */
export interface Reply {
  ts: Ts;
  author: string;
  /** The message that it answers: a weekly post, unless an admin accepted it from elsewhere. */
  thread?: Ts;
  /** The week it belongs to: its thread's, or the one for which an admin accepted it. */
  week: Week;
  /** The week it was written in, whose ledger holds it. */
  writtenIn: Week;
  late: boolean;
  /** A participation. */
  counted: boolean;
  /** Why it is none. */
  shortcoming?: Shortcoming;
  /** It is one because an admin says so. */
  accepted?: true;
  /** The links that make it one; of a reply that was imported it is only known that there was one. */
  links: { url: string; host: string; title?: string }[];
  /** By user: likes, or liked and does no more. */
  readonly likes: Likes;
  /** How many like it. */
  readonly likeCount: number;
}

/** A message in the thread of a weekly post, or accepted, said by a person. */
export interface Spoken {
  ts: Ts;
  message: Message;
  week: Week;
  writtenIn: Week;
}

/** What a reply follows from, beside its message. */
interface Ground extends Omit<Spoken, 'message'> {
  late: boolean;
  worth: ReturnType<typeof worthOf>;
  shortcoming: Shortcoming | undefined;
  rules: Rules;
  bots: ReadonlySet<string>;
}

/** A message is replaced and never changed, so what it was judged to be is remembered, and is the same reply as long as it follows from the same. */
const judged = new WeakMap<Message, { ground: Ground; reply: Reply }>();

/** What a reply is worth, after those before it. The addresses for which it counts are taken then. */
export const judge = (
  { ts, message, week, writtenIn }: Spoken,
  rules: Rules,
  bots: ReadonlySet<string>,
  taken: Set<string>,
  extendedUntil: Ts | undefined,
): Reply => {
  const content = message.content as Content;
  const late = writtenIn > week && !isInTime(ts, extendedUntil);
  const { verdict } = message.ruling ?? {};
  const worth = verdict === 'accept' ? linksOfAccepted(content, rules) : worthOf(content, rules, taken);
  const shortcoming = shortcomingOf(worth, verdict, late && rules.late === 'never');
  if (typeof worth !== 'string' && !shortcoming && rules.repeats !== 'count')
    for (const address of worth.keys()) taken.add(address);
  const ground: Ground = { ts, week, writtenIn, late, worth, shortcoming, rules, bots };
  const last = judged.get(message);
  if (last && isSame(last.ground, ground)) return last.reply;
  const reply = replyOf(message, ground);
  judged.set(message, { ground, reply });
  return reply;
};

const isSame = (last: Ground, ground: Ground): boolean =>
  last.worth === ground.worth &&
  last.rules === ground.rules &&
  last.ts === ground.ts &&
  last.week === ground.week &&
  last.writtenIn === ground.writtenIn &&
  last.late === ground.late &&
  last.shortcoming === ground.shortcoming &&
  isSameSet(last.bots, ground.bots);

const isSameSet = (last: ReadonlySet<string>, next: ReadonlySet<string>): boolean =>
  last === next || (last.size === next.size && [...last].every((each) => next.has(each)));

const replyOf = (message: Message, { ts, week, writtenIn, late, worth, shortcoming, rules, bots }: Ground): Reply => {
  const { author, thread, titles, ruling } = message;
  let likeCount: number | undefined;
  return {
    ts,
    author: author as string,
    ...(thread ? { thread } : {}),
    week,
    writtenIn,
    late,
    counted: shortcoming === undefined,
    ...(shortcoming ? { shortcoming } : {}),
    ...(ruling?.verdict === 'accept' ? { accepted: true } : {}),
    links: typeof worth === 'string' ? [] : shown([...worth.values()], titles),
    // Read when somebody asks, and not kept: most who read a month ask only of a few replies, and these are the most of what is known.
    get likes() {
      return likesOf(message, rules, bots);
    },
    get likeCount() {
      return (likeCount ??= countLikes(this.likes));
    },
  };
};

const shortcomingOf = (
  worth: ReturnType<typeof worthOf>,
  verdict: Ruling['verdict'] | undefined,
  isTooLate: boolean,
): Shortcoming | undefined => {
  if (verdict === 'accept') return undefined;
  if (verdict === 'reject') return 'rejected';
  if (typeof worth === 'string') return worth;
  return isTooLate ? 'late' : undefined;
};

const shown = (links: readonly { url: string; host: string }[], titles: Message['titles']): Reply['links'] =>
  links
    .filter(({ url }) => !isStandIn(url))
    .map(({ url, host }) => {
      const title = titles?.[url]?.title;
      return title ? { url, host, title } : { url, host };
    });
