import type { Ts } from '../events/timestamp.ts';
import type { Week } from '../events/week.ts';
import type { EffectId, EffectKind, EffectOf } from './effect.ts';
import { isLongOver } from './month-result.ts';

/** An effect's id, taken apart. */
export interface ParsedId {
  kind: EffectKind;
  /** The message, week, month or person that it is about. */
  about: string;
  /** What tells effects about the same thing apart: a number in a series, or a person. */
  detail: string | undefined;
}

/** What is to be known of a kind of effect. */
export type Entry<K extends EffectKind> = {
  /**
   * The channel, or a person: the one of the effect, or, when it is not owed any more and only its id is left, the one whom that names,
   * if it names one.
   */
  recipient: 'channel' | { of: (effect: EffectOf<K>) => string; byId: (id: ParsedId) => string | undefined };
  /** How long it is worth saying: for the hours that the challenge sets, for so many, or while this says so of the week and the date it is now. */
  lasts: 'hours' | { hours: number } | ((effect: EffectOf<K>, now: Week, today: string) => boolean);
  /** Which queue group of the challenge its jobs are in: they wait for each other, and for nothing else. */
  group: (id: ParsedId) => string;
  /** The people whom its words name. */
  names: (effect: EffectOf<K>) => string[];
  /** What is done when Slack refuses it for good. */
  whenRefused: 'alarm' | 'nothing';
} & Delivery<K>;

/**
 * How it gets to Slack, and whether Slack's history can be asked what became of an unclear attempt. Where it can not, it is rather not
 * said than twice. A whisper is seen by its reader alone, and is in no history.
 */
type Delivery<K extends EffectKind> =
  | { delivery: 'post'; lookUp: 'history' | 'never' }
  | { delivery: 'whisper'; lookUp: 'never'; thread: (effect: EffectOf<K>) => Ts | undefined };

const nobody = (): string[] => [];
const about = (id: ParsedId): string => id.about;
/** All that the schedule asks for, since a month's result comes before the weekly post. */
const schedule = (): string => 'schedule';

/** The author of a post. The id names only the post. */
const author = { of: ({ post }: EffectOf<'like' | 'hint'>): string => post.author, byId: () => undefined };

/** A message to one person alone, whom its id names. Three hours after its moment it is not worth saying. */
const personal = {
  recipient: { of: ({ user }: { user: string }): string => user, byId: about },
  lasts: { hours: 3 },
  group: about,
  whenRefused: 'alarm',
  delivery: 'post',
  lookUp: 'history',
} as const;

/** Every kind of effect. Its words are in slack/text/wording.ts. */
export const kinds: { readonly [K in EffectKind]: Entry<K> } = {
  'week.open': {
    recipient: 'channel',
    lasts: ({ opens }, now) => now === opens,
    group: schedule,
    names: nobody,
    whenRefused: 'alarm',
    delivery: 'post',
    lookUp: 'history',
  },
  participation: {
    recipient: 'channel',
    lasts: 'hours',
    group: about,
    names: ({ post }) => [post.author],
    whenRefused: 'alarm',
    delivery: 'post',
    lookUp: 'history',
  },
  like: {
    recipient: author,
    lasts: 'hours',
    group: about,
    names: ({ added }) => added,
    whenRefused: 'alarm',
    delivery: 'post',
    lookUp: 'history',
  },
  hint: {
    recipient: author,
    lasts: 'hours',
    group: about,
    names: nobody,
    whenRefused: 'alarm',
    delivery: 'whisper',
    lookUp: 'never',
    thread: ({ post }) => post.thread,
  },
  'catch-up': {
    recipient: 'channel',
    lasts: ({ date }, _, today) => date === today,
    group: () => 'catch-up',
    names: ({ posts }) => [...new Set(posts.map((post) => post.author))],
    whenRefused: 'alarm',
    delivery: 'post',
    lookUp: 'history',
  },
  digest: {
    recipient: 'channel',
    lasts: { hours: 3 },
    group: about,
    names: ({ posts }) => [...new Set(posts.map((post) => post.author))],
    whenRefused: 'alarm',
    delivery: 'post',
    lookUp: 'history',
  },
  'month.result': {
    recipient: 'channel',
    lasts: ({ month }, now) => !isLongOver(month, now),
    group: schedule,
    names: ({ challengers, finishers = [], readers = [] }) => [
      ...new Set([...challengers.map(({ id }) => id), ...finishers, ...readers]),
    ],
    whenRefused: 'alarm',
    delivery: 'post',
    lookUp: 'history',
  },
  remind: { ...personal, names: nobody },
  note: { ...personal, names: nobody },
  comeback: { ...personal, names: nobody },
  firststep: { ...personal, names: ({ user }) => [user] },
  alarm: {
    recipient: { of: ({ admin }) => admin, byId: ({ detail }) => detail },
    // When a token is good again, what it could not tell of for a day is no news.
    lasts: 'hours',
    group: ({ detail }) => `alarm-${detail}`,
    names: nobody,
    // An alarm about an alarm that nobody can get would never end.
    whenRefused: 'nothing',
    delivery: 'post',
    lookUp: 'history',
  },
};

/** Says whether an id is of a kind that is known here. One of the log's, or of a job, may be of another version's. */
export const isEffectId = (id: string): id is EffectId => {
  const [kind = '', about] = id.split(':');
  return about !== undefined && Object.hasOwn(kinds, kind);
};

/** The kind of an effect, and what it is about, by its id. */
export const parseId = (id: EffectId): ParsedId => {
  const [kind, about, detail] = id.split(':') as [EffectKind, string, string?];
  return { kind, about, detail };
};
