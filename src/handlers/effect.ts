import type { Praise, Says } from '../events/catalog.ts';
import { compareTs, type Ts } from '../events/timestamp.ts';
import type { Month, Week } from '../events/week.ts';
import type { Challenge } from '../projections/challenge.ts';
import type { Ledger } from '../projections/ledger.ts';
import type { MonthReading, Reply } from '../projections/participation.ts';
import type { SeasonPeople } from '../projections/season-people.ts';
import type { ChosenSettings } from '../projections/settings.ts';
import type { Remarks } from './remarks.ts';
import type { Reason } from './why-not.ts';

/** A message of the bot's that stands in Slack. */
export interface StandingMessage {
  channel: string;
  ts: Ts;
}

/** Which effect is meant. */
export interface EffectRef {
  /** The week whose log holds its events: that of the message it is about. */
  week: Week;
  /** `<kind>:<about>` or `<kind>:<about>:<detail>`: a function of the kind and of what it is about, never of a clock. */
  id: string;
}

/** What every effect has. */
interface Common extends EffectRef {
  /** What made it owed: its age decides whether it is still worth saying. */
  due: Ts;
  /** What later decisions need to know of what was said. */
  says?: Says;
  /** No longer to be said; but an unclear attempt of it has still to be cleared up. */
  withdrawn?: true;
  /** Not to be said, for this reason; which is recorded, so that it is never taken for forgotten. */
  unsaid?: string;
  /** The bot's message that is to be changed, instead of a new one. */
  change?: StandingMessage;
  /** The message of the channel to which it points, such as the weekly post under which to write. */
  here?: Ts;
}

/**
 * The kinds of effects, and what each carries beside what all have. A new kind begins here; the compiler then asks for the rest: what is
 * done with it (kinds.ts), how it is found again (decide-one.ts), and its words (slack/text/wording.ts).
 */
export interface Carried {
  /** `rest`: it is a week of rest. `lastWeek`: how many people wrote how many posts in the week before, if any. */
  'week.open': { opens: Week; rest?: true; lastWeek?: { people: number; posts: number } };
  /** `retracted`: the announcement stands, and its reply no longer counts; `rejected`: since an admin says so. */
  participation: { post: PostView; praise?: Praise; retracted?: true; rejected?: true };
  /** `mode`: how its author chose to hear of likes; missing: as the challenge says. */
  like: { post: PostView; added: string[]; removed: number; total: number; mode?: LikeMode };
  hint: { post: PostView; reason: Reason };
  /** Participations that became too old to be announced one by one, because the bot could not speak. */
  'catch-up': { date: string; posts: PostView[] };
  /** The first `posts` of `count` of a week, the least read first; `people` wrote these. `together`: all of its month so far. */
  digest: { posts: PostView[]; count: number; people: number; together: number };
  /** `together`: how many posts counted in the month and, if any did, in the one before. */
  'month.result': {
    month: Month;
    challengers: { id: string; likes: number }[];
    special: string[];
    weeks: Week[];
    finishers?: string[];
    readers?: string[];
    together?: { posts: number; before?: number };
  };
  /** `wording`: which of four. `ends`: when the week does, as seen from the day of the message; 'later' where it was extended. */
  remind: Addressed & {
    why: 'wrote lately' | 'planned to write';
    wording: number;
    ends: 'today' | 'tomorrow' | 'later';
  };
  /** `run`: how many weeks their run has, if it goes on; else what they have written, and how long their longest was. */
  note: Addressed & { run?: number; posts: number; longest: number };
  /** `recent`: up to three posts of theirs, the newest first; `posts`: how many there are. */
  comeback: Addressed & { why: 'a month begins' | 'a week of rest is over'; posts: number; recent: PostView[] };
  firststep: Addressed;
  /** `at`: when it was raised. */
  alarm: { code: string; subject: string; admin: string; at?: Ts };
}

/** How an author hears of likes. */
export type LikeMode = Challenge['notify']['likes'];

/** To one person alone. */
interface Addressed {
  user: string;
}

export type EffectKind = keyof Carried;

/** An id begins with its kind. */
export type EffectId<K extends EffectKind = EffectKind> = `${K}:${string}`;

export type EffectOf<K extends EffectKind> = Common & { kind: K; id: EffectId<K> } & Carried[K];

/** A request to Slack, as data. What it says in words is decided where it is sent. */
export type Effect = { [K in EffectKind]: EffectOf<K> }[EffectKind];

/** The id of an effect. */
export const effectId = <K extends EffectKind>(kind: K, about: string, detail?: string | number): EffectId<K> =>
  detail === undefined ? `${kind}:${about}` : `${kind}:${about}:${detail}`;

/** What an effect's id says it is about, also of a kind that is not known (any more): a message, a week, a month or a person. */
export const aboutOf = (id: string): string | undefined => id.split(':')[1];

/** A reply as the texts need it. */
export interface PostView {
  ts: Ts;
  author: string;
  /** The week it counts for. */
  week: Week;
  thread?: Ts;
  /** Written after its week. */
  late?: true;
  url?: string;
  title?: string;
}

/** What effects about one month depend on outside its ledgers. */
export interface Background {
  /** Since when the bot has listened, as far as other months tell. */
  firstHeard?: Ts | undefined;
  /** The first month whose result is not due yet; of those before it nothing is caught up on. */
  openFrom?: Month;
  /** Whether it is known what a person is called. */
  isNamed?: (user: string) => boolean;
  /** The bot's own id, by which it is mentioned; what it has written this month tells it, too. */
  ownId?: string | undefined;
  /** What people chose last to be told, as far as other months tell. */
  settings?: ChosenSettings;
  /** The ledgers of the month before. */
  before?: readonly Ledger[];
  /** What is known of somebody from the months before that one. */
  pastOf?: (user: string) => Past | undefined;
  /** Of a personal message: everybody's season, and the newest posts of the one whom it is for. */
  season?: { people: SeasonPeople; recent: PostView[] };
  /** The ledgers of other months' weeks in whose threads there are messages of this month; if such a week was extended, all of its month's. */
  elsewhere?: readonly Ledger[];
}

/** What is known of a person's weeks of some months. */
export interface Past {
  /** The open weeks, and whether they were of rest. */
  weeks: readonly { week: Week; rest?: true }[];
  /** Those in which something of theirs counts. */
  written: readonly Week[];
  /** Those in which they need not have written. */
  excused: readonly Week[];
}

/** What the handlers of a message see. */
export interface Scene {
  challenge: Challenge;
  /** The ledger that holds the message and its effects. */
  ledger: Ledger;
  reading: MonthReading;
  ts: Ts;
  /** The message as a reply in a weekly post's thread; undefined when it is none, or none any more. */
  reply: Reply | undefined;
  /** What was before is history, and no news. Undefined: the bot has heard nothing yet. */
  firstHeard: Ts | undefined;
  isNamed: (user: string) => boolean;
  /** What people chose last to be told. */
  settings: ChosenSettings;
  /** The month's result is frozen, or due. */
  isClosed: boolean;
  /** Whether a reply got its link only after its month's result was told. */
  isAfterResult: (reply: Reply) => boolean;
  remarks: Remarks;
}

/** What is owed about a message, if anything is. Pure: no clock, no chance. */
export type Handler = (scene: Scene) => Effect | undefined;

/** The reason of what was passed over because nobody could say it in time. */
export const TOO_OLD = 'too old';

/** Whether something was written before the bot listened. Then it is no news, however it came to be known. */
export const isHistory = (ts: Ts, firstHeard: Ts | undefined): boolean =>
  firstHeard === undefined || compareTs(ts, firstHeard) < 0;

/** A reply as the texts need it. */
export const postView = (reply: Reply): PostView => {
  const [link] = reply.links;
  return {
    ts: reply.ts,
    author: reply.author,
    week: reply.week,
    thread: reply.thread,
    ...(reply.late ? { late: true as const } : {}),
    ...(link ? { url: link.url } : {}),
    ...(link?.title ? { title: link.title } : {}),
  };
};
