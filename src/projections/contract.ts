/**
 * The public contract: the JSON under `snapshots/` that the dashboard reads. Canonical JSON, no clock inside, no liker ids, no
 * member's text. Fields may be added, never renamed. `week` is an ISO week (`2024-W32`), `month` a `2024-08`, `ts` a Slack
 * timestamp as a string, `label` the challenge's own name for it (`TIL 8월 1주차`, `8월`).
 */

/** `snapshots/challenges.json` */
export interface ChallengesSnapshot {
  version: 1;
  challenges: ChallengeSummary[];
}

export interface ChallengeSummary {
  channel: string;
  name: string;
  timeZone: string;
  locale: 'ko' | 'en';
  /** Who has not written yet may be named. Missing: only how many they are. */
  notYet?: true;
}

/** `snapshots/<channel>/index.json`: open weeks and their months, ascending. */
export interface IndexSnapshot {
  version: 1;
  challenge: ChallengeSummary;
  /** So many weeks are written between two missed ones, so that a run goes on. Missing where any missed week ends it. */
  streak?: { between: number };
  /** The largest `at` of what the log says of the channel, or null while it says nothing. */
  asOf: string | null;
  weeks: WeekSummary[];
  months: MonthSummary[];
  totals: { members: number; participants: number; posts: number; likes: number };
}

export interface WeekSummary {
  week: string;
  label: string;
  month: string;
  open: true;
  /** The ts of the week's first weekly post. */
  openedAt: string;
  posts: number;
  participants: number;
  likes: number;
  /** How many of the posts are late. */
  late: number;
  /** A week of rest: not having written in it counts against nobody. */
  rest?: true;
}

export interface MonthSummary {
  month: string;
  label: string;
  weeks: string[];
  closed: boolean;
  /** How many; as announced when closed, else as it stands. */
  challengers: number;
  special: string[];
}

/** `snapshots/<channel>/weeks/<week>.json` */
export interface WeekSnapshot {
  version: 1;
  week: string;
  label: string;
  month: string;
  open: boolean;
  rest?: true;
  participants: string[];
  posts: PostRow[];
}

/** A counted reply. */
export interface PostRow {
  ts: string;
  author: string;
  links: { url: string; host: string; title?: string }[];
  likes: number;
  late: boolean;
  /** It counts because an admin says so. */
  accepted?: true;
  permalink?: string;
}

/** What one member did in one week; `late` is how many of the posts were late. */
export interface MemberWeek {
  posts: number;
  likes: number;
  late: number;
}

/** `snapshots/<channel>/months/<month>.json`; members are those who took part in it. */
export interface MonthSnapshot {
  version: 1;
  month: string;
  label: string;
  weeks: string[];
  members: MonthMember[];
  challengers: { id: string; likes: number }[];
  special: string[];
  /** Those who missed just one week; missing where there is no such tier. */
  finishers?: { id: string; likes: number }[];
  closed: null | {
    at: string;
    challengers: { id: string; likes: number }[];
    special: string[];
    finishers?: { id: string; likes: number }[];
  };
}

export interface MonthMember {
  id: string;
  posts: number;
  likes: number;
  weeks: Record<string, MemberWeek>;
  challenger: boolean;
}

/** `snapshots/<channel>/members/<id>.json` */
export interface MemberSnapshot {
  version: 1;
  id: string;
  name: string;
  weeks: Record<string, MemberWeek>;
  months: Record<string, { weeks: number; posts: number; likes: number; challenger: boolean }>;
  totals: { weeks: number; posts: number; likes: number };
  /** Runs of weeks with a post, which one missed week does not end (see streak.ts), by how many were written. */
  streak: { current: number; longest: number };
  /** Open weeks without a post that end no run: `kept` by the run, or `rest` for all. Missing where no week can be either. */
  rests?: Record<string, 'kept' | 'rest'>;
}

/** `snapshots/<channel>/members.json`: everybody known (humans who have not left), by id. */
export interface MembersSnapshot {
  version: 1;
  members: { id: string; name: string; weeks: number; posts: number; likes: number }[];
}
