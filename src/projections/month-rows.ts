import { earlierTs, laterTs, type Ts } from '../events/timestamp.ts';
import type { Month, Week } from '../events/week.ts';
import { extensionsIn } from './extension.ts';
import type { EffectRecord, Ledger, Setting } from './ledger.ts';
import { type Look, lookAnew } from './look.ts';
import type { MonthReading, Reply } from './participation.ts';
import { settingsIn } from './settings.ts';

/** The personal messages beside those about likes. */
export const PERSONAL_KINDS = ['remind', 'note', 'comeback', 'firststep'] as const;

/** A kind of personal message; the id of one is `<kind>:<user>`, in the ledger of the week in which it is said. */
export type PersonalKind = (typeof PERSONAL_KINDS)[number];

/**
 * `tables/<channel>/months/<month>.json`: what one month's ledgers say of each person, as far as it decides what they are told. It is
 * private, and never under `snapshots/`. The months of a season are joined in season-people.ts.
 */
export interface MonthRows {
  version: 1;
  month: Month;
  /** The weeks that are open, or of rest. */
  weeks: Record<Week, WeekRow>;
  people: Record<string, PersonRow>;
}

/** A week, as far as what people are told depends on it. */
export interface WeekRow {
  /** The ts of its first weekly post; missing while it is not open. */
  openedAt?: Ts;
  rest?: true;
  /** Until when one may write for it, where it was extended. */
  until?: Ts;
}

/** One person's month. Every field may be missing: there is nothing of it. */
export interface PersonRow {
  /** The earliest instant of what is known of them in these weeks. */
  seen?: Ts;
  /** By week, their counted posts in it: the ts of the first and of the last, and how many. */
  posts?: Record<Week, { first: Ts; last: Ts; count: number }>;
  /** How many of the others' counted posts of the month they like. */
  likes?: number;
  /** The weeks in which not having written is no miss of theirs, ascending. */
  excused?: Week[];
  plans?: Record<Week, Plan>;
  /** By key (`remind`, `likes`, `notes`), what they chose last in these weeks. */
  settings?: Record<string, Setting>;
  /** By week, what they were told, or why they were not. */
  told?: Record<Week, Partial<Record<PersonalKind, Telling>>>;
}

/** What somebody means to do in a week. */
export type Plan = NonNullable<Ledger['plans']>[string];

/** What became of a personal message. */
export interface Telling {
  /** When it was said, skipped, refused, or last tried. */
  at: Ts;
  /** `unclear`: tried, and nobody knows whether it came. */
  became: 'delivered' | 'skipped' | 'refused' | 'unclear';
  /** Of what was skipped or refused. */
  reason?: string;
  /** Which of several wordings it has. */
  shows?: string;
}

/** The private rows of a month. `ledgers` are its own, in order of weeks; `reading` is what they say. */
export const rowsOfMonth = (reading: MonthReading, ledgers: readonly Ledger[], look: Look = lookAnew): MonthRows => {
  const people: MonthRows['people'] = {};
  const rowOf = (user: string): PersonRow => {
    if (!Object.hasOwn(people, user)) people[user] = {};
    return people[user] as PersonRow;
  };
  for (const ledger of ledgers) {
    for (const [user, at] of look.firstSeen(ledger)) rowOf(user).seen = earlierTs(rowOf(user).seen, at) as Ts;
    for (const [user, plan] of Object.entries(ledger.plans ?? {})) (rowOf(user).plans ??= {})[ledger.week] = plan;
    for (const user of reading.excused.get(ledger.week) ?? []) (rowOf(user).excused ??= []).push(ledger.week);
    placeTold(ledger, rowOf);
  }
  placeSettings(ledgers, rowOf);
  const counted = reading.replies.filter((reply) => reply.counted);
  for (const reply of counted) placeReply(reply, rowOf);
  for (const [user, likes] of look.likesGiven(nameOf(reading, ledgers), counted)) rowOf(user).likes = likes;
  return { version: 1, month: reading.month, weeks: weekRows(reading, ledgers), people };
};

const nameOf = ({ month }: MonthReading, [ledger]: readonly Ledger[]): string => `${ledger?.channel}/${month}`;

type RowOf = (user: string) => PersonRow;

const weekRows = ({ weeklyPosts, resting }: MonthReading, ledgers: readonly Ledger[]): MonthRows['weeks'] => {
  const weeks: MonthRows['weeks'] = {};
  const extensions = extensionsIn(ledgers);
  for (const week of new Set([...weeklyPosts.keys(), ...resting])) {
    const [openedAt] = weeklyPosts.get(week) ?? [];
    const until = extensions.get(week);
    weeks[week] = {
      ...(openedAt ? { openedAt } : {}),
      ...(resting.has(week) ? { rest: true } : {}),
      ...(until ? { until } : {}),
    };
  }
  return weeks;
};

const placeSettings = (ledgers: readonly Ledger[], rowOf: RowOf): void => {
  for (const [name, setting] of Object.entries(settingsIn(ledgers))) {
    const [user = '', key = ''] = name.split('/');
    (rowOf(user).settings ??= {})[key] = setting;
  }
};

const PERSONAL_ID = new RegExp(`^(${PERSONAL_KINDS.join('|')}):([A-Z0-9]+)$`);

/** Whether an effect is a personal message, which changes somebody's row. */
export const isPersonalId = (id: string): boolean => PERSONAL_ID.test(id);

const placeTold = ({ week, effects }: Ledger, rowOf: RowOf): void => {
  for (const [id, record] of Object.entries(effects)) {
    const [, kind, user] = PERSONAL_ID.exec(id) ?? [];
    const telling = user && tellingOf(record);
    if (telling) ((rowOf(user).told ??= {})[week] ??= {})[kind as PersonalKind] = telling;
  }
};

const tellingOf = ({ attempts = {}, delivered, skipped, refused = {} }: EffectRecord): Telling | undefined => {
  if (delivered) {
    const { shows } = attempts[delivered.attempt]?.says ?? {};
    return { at: delivered.at, became: 'delivered', ...(shows ? { shows } : {}) };
  }
  if (skipped) return { at: skipped.at, became: 'skipped', reason: skipped.reason };
  const final = Object.values(refused).find((each) => each.final);
  if (final) return { at: final.at, became: 'refused', reason: final.reason };
  const last = Math.max(0, ...Object.keys(attempts).map(Number));
  const attempt = attempts[last];
  // Refused for now: it is known not to have come, and may be tried again.
  if (!attempt || refused[last]) return undefined;
  return { at: attempt.at, became: 'unclear', ...(attempt.says?.shows ? { shows: attempt.says.shows } : {}) };
};

const placeReply = ({ author, week, ts }: Reply, rowOf: RowOf): void => {
  const posts = (rowOf(author).posts ??= {});
  const last = posts[week];
  posts[week] = {
    first: earlierTs(last?.first, ts) as Ts,
    last: laterTs(last?.last, ts) as Ts,
    count: (last?.count ?? 0) + 1,
  };
};
