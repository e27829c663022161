import type { Event } from '../../src/events/catalog.ts';
import type { SlackMessage } from '../../src/sandbox/shapes.ts';
import type { PlainChoices } from './choices.ts';
import { ADMIN, BOT, ORGANIZER } from './people.ts';

/** The rules, as far as they differ between runs, in the oracle's own words. */
export interface PlainRules {
  hosts: readonly string[];
  selfLikes: boolean;
  lateCounts: boolean;
  /** An address counts once a month, for whoever posted it first. */
  oncePerMonth: boolean;
  /** Those who take no part. */
  excluded: readonly string[];
  /** How many weeks one writes between two that one misses, to be in one run all the while; none may be missed in `off`. */
  between: number | 'off';
  /** Weeks of rest: `chuseok`, and weeks by their names. */
  rest: readonly string[];
  /** Whether those are named who missed one week. */
  finishers: boolean;
  /** Which part of what others wrote one must like to be named a reader; nobody is in `off`. */
  readers: number | 'off';
}

export interface TrueReply {
  ts: string;
  author: string;
  week: string;
  counted: boolean;
  late: boolean;
  /** By an admin's word. */
  accepted: boolean;
  /** It would count, but for an admin's word. */
  rejected: boolean;
  /** The accepted ones. */
  links: { url: string; host: string; title?: string }[];
  likers: string[];
}

/** The ISO week of a ts in Seoul, which has had one offset all these years. */
export const weekOf = (ts: string): string => {
  const day = new Date((Number(ts.split('.')[0]) + 9 * 3600) * 1000);
  const thursday = new Date(day.getTime() + (3 - ((day.getUTCDay() + 6) % 7)) * 86_400_000);
  const first = Date.UTC(thursday.getUTCFullYear(), 0, 1);
  return `${thursday.getUTCFullYear()}-W${String(Math.floor((thursday.getTime() - first) / (7 * 86_400_000)) + 1).padStart(2, '0')}`;
};

/** The Monday of an ISO week: its month, its place among the Mondays there, and when it begins, in milliseconds. */
export const mondayOf = (week: string): { month: string; number: number; at: number } => {
  const [year, number] = week.split('-W').map(Number) as [number, number];
  const fourth = new Date(Date.UTC(year, 0, 4));
  const monday = new Date(fourth.getTime() + ((number - 1) * 7 - ((fourth.getUTCDay() + 6) % 7)) * 86_400_000);
  const month = monday.toISOString().slice(0, 7);
  return { month, number: Math.ceil(monday.getUTCDate() / 7), at: monday.getTime() - 9 * 3_600_000 };
};

/** The month of the Monday of an ISO week. */
export const monthOf = (week: string): string => mondayOf(week).month;

/** The week in which the eighth month's full moon was in 2024, on Tuesday 17 September; no other Chuseok is in reach. */
export const CHUSEOK = '2024-W38';

/** Nobody's post: the front page of Velog, and the place where one writes there. */
const isNobodys = (url: string): boolean => /^https:\/\/velog\.io\/?$|^https:\/\/velog\.io\/write/.test(url);

/** An address as people would compare two of them. */
const spokenAddress = (url: string): string =>
  url
    .replace(/^https?:\/\//, '')
    .replace(/^(www|m)\.(?=blog|velog)/, '')
    .replace(/\?utm_[^#]*/, '')
    .replace(/#.*$/, '')
    .replace(/\/$/, '');

/** The weekly posts of which anybody could know, whatever became of them: of what Slack never told and deleted, nobody does. */
export const weeklyOnce = (weekly: readonly string[], events: ReadonlyMap<string, Event>): Set<string> => {
  const posted = new Set([...events.values()].flatMap((event) => (event.kind === 'message.posted' ? [event.ts] : [])));
  return new Set(weekly.filter((ts) => posted.has(ts)));
};

/** A message as far as its worth depends on it. */
export type PlainMessage = Pick<
  SlackMessage,
  'ts' | 'thread_ts' | 'user' | 'bot_id' | 'text' | 'subtype' | 'metadata' | 'reactions' | 'attachments'
>;

/**
 * What the channel as it stands in Slack amounts to, worked out from the rules as they are written down, with nothing of the code under
 * test: no ledgers, only what anybody sees who scrolls through it, knows what people chose, and remembers which posts were weekly ones
 * before they were deleted (`weeklyOnce`).
 */
export const truthOf = (
  messages: readonly PlainMessage[],
  rules: PlainRules,
  weeklyOnce: ReadonlySet<string>,
  choices: PlainChoices,
) => {
  const weekly = new Map<string, string>();
  for (const message of messages) if (opensWeek(message)) weekly.set(message.ts, weekOf(message.ts));
  const open = new Set(weekly.values());
  const threads = new Map(weekly);
  for (const ts of weeklyOnce) if (open.has(weekOf(ts))) threads.set(ts, weekOf(ts));
  const taken = new Set<string>();
  const inOrder = [...messages].sort((one, other) => (one.ts < other.ts ? -1 : 1));
  const replies: TrueReply[] = inOrder.flatMap((message) => {
    const { ts, user, reactions = [] } = message;
    const ruling = choices.ruling(ts);
    const week = weekFor(message, threads, choices);
    if (!week || !open.has(week) || !user || !isSpokenByPerson(message) || rules.excluded.includes(user)) return [];
    const until = choices.until(week);
    const late = weekOf(ts) > week && !(until !== undefined && ts <= until);
    const accepted = ruling?.verdict === 'accept';
    const found = linksIn(message);
    const good = found.filter(({ url, host }) => isAccepted(host, rules) && !isNobodys(url));
    const links = accepted && good.length === 0 ? found : good;
    const place = (url: string): string => `${monthOf(week)} ${spokenAddress(url)}`;
    const news = links.filter(({ url }, position) => {
      const first = links.findIndex((other) => place(other.url) === place(url)) === position;
      return first && (accepted || !(rules.oncePerMonth && taken.has(place(url))));
    });
    const wouldCount = news.length > 0 && (!late || rules.lateCounts);
    const counted = accepted || (wouldCount && ruling?.verdict !== 'reject');
    if (counted) for (const { url } of news) taken.add(place(url));
    const likers = reactions
      .filter(({ name }) => /^(\+1|thumbsup)(::skin-tone-\d)?$/.test(name))
      .flatMap(({ users }) => users)
      .filter((liker) => liker !== BOT.id && (rules.selfLikes || liker !== user));
    const by = { accepted, rejected: ruling?.verdict === 'reject' };
    return [{ ts, author: user, week, late, ...by, links: news, counted, likers: [...new Set(likers)].sort() }];
  });
  const counted = replies.filter((reply) => reply.counted);
  const openWeeks = [...new Set(weekly.values())].sort();
  const rests = (week: string): boolean =>
    choices.rests(week) ?? (rules.rest.includes(week) || (rules.rest.includes('chuseok') && week === CHUSEOK));
  const months = [...new Set(openWeeks.map(monthOf))].map((month) =>
    monthIn(month, openWeeks, counted, rests, choices),
  );
  return { weekly, openWeeks, rests, replies, counted, months, rules, choices };
};

/** A weekly post: the bot's own, or an organizer's by its title. */
const opensWeek = ({ ts, thread_ts: thread, user, text, subtype, metadata }: PlainMessage): boolean => {
  const top = thread === undefined || thread === ts;
  const titled = /TIL \d+월 \d+주차/.test(text) && !text.includes('챌린지에 참여');
  const ours = user === BOT.id && metadata?.event_type === 'til_week_open';
  return top && subtype !== 'tombstone' && titled && (ours || user === ORGANIZER);
};

const isSpokenByPerson = ({ user, bot_id: bot, subtype }: PlainMessage): boolean =>
  user !== BOT.id &&
  user !== 'USLACKBOT' &&
  bot === undefined &&
  /^(|thread_broadcast|file_share)$/.test(subtype ?? '');

/**
 * The week for which something was written: that in whose thread it is, if it came in the same month, or before the end to which the week
 * was extended; or the one for which an admin accepted it, or in which they found it beside the threads.
 */
const weekFor = (
  message: PlainMessage,
  threads: ReadonlyMap<string, string>,
  choices: PlainChoices,
): string | undefined => {
  const { ts, thread_ts: thread } = message;
  const isReply = thread !== undefined && thread !== ts;
  const written = weekOf(ts);
  const answered = isReply ? threads.get(thread) : undefined;
  const until = answered && choices.until(answered);
  const isTimely =
    answered !== undefined && (monthOf(answered) === monthOf(written) || (until !== undefined && ts <= until));
  const own = isTimely ? answered : undefined;
  const ruling = choices.ruling(ts);
  if (ruling?.verdict !== 'accept') return own;
  if (opensWeek(message) || threads.has(ts)) return undefined;
  const { week: named } = ruling;
  if (!named) return own ?? (isReply ? undefined : written);
  // Into the next month one may write for the month whose last week was extended.
  const before = weekOf(`${Number(ts.split('.')[0]) - 7 * 86_400}.000000`);
  const end = choices.until(before);
  const isMonthBefore = monthOf(named) === monthOf(before) && end !== undefined && ts <= end;
  return monthOf(named) === monthOf(written) || isMonthBefore ? named : undefined;
};

const linksIn = ({ text, attachments = [] }: PlainMessage): TrueReply['links'] =>
  [...text.matchAll(/<(https?:\/\/([^/>|]+)[^>|]*)[^>]*>/g)].map(([, url = '', host = '']) => {
    const title = attachments.find(({ from_url: from }) => from === url)?.title;
    return { url, host, ...(title ? { title } : {}) };
  });

const isAccepted = (host: string, { hosts }: PlainRules): boolean => {
  const plain = host.replace(/^www\./, '');
  return hosts.some((wanted) => plain === wanted || (wanted.startsWith('*.') && plain.endsWith(wanted.slice(1))));
};

/** Who wrote in all weeks that count, and who missed just one of them. */
const monthIn = (
  month: string,
  openWeeks: readonly string[],
  counted: readonly TrueReply[],
  rests: (week: string) => boolean,
  choices: PlainChoices,
) => {
  const open = openWeeks.filter((week) => monthOf(week) === month);
  const ofMonth = counted.filter(({ week }) => open.includes(week));
  const counting = open.filter((week) => !rests(week));
  const wrote = (id: string, week: string): boolean =>
    ofMonth.some(({ author, week: other }) => author === id && other === week);
  const written = (id: string): number => counting.filter((week) => wrote(id, week)).length;
  const missed = (id: string): number =>
    counting.filter((week) => !wrote(id, week) && !choices.isExcused(week, id)).length;
  const sum = (id: string): number =>
    ofMonth.filter(({ author }) => author === id).reduce((total, { likers }) => total + likers.length, 0);
  const ranked = (ids: readonly string[]) =>
    ids.map((id) => ({ id, likes: sum(id) })).sort((a, b) => b.likes - a.likes || (a.id < b.id ? -1 : 1));
  const authors = [...new Set(ofMonth.map(({ author }) => author))];
  const challengers = ranked(authors.filter((id) => written(id) > 0 && missed(id) === 0));
  const finishers = ranked(authors.filter((id) => written(id) > 1 && missed(id) === 1));
  const most = Math.max(...challengers.map(({ likes }) => likes));
  const special = challengers
    .filter(({ likes }) => likes === most)
    .map(({ id }) => id)
    .sort();
  return { month, open, ofMonth, challengers, special, finishers };
};

/** Those who like so much of what the others wrote in a month, and have not left: if the others wrote at least five. */
export const readersOf = (
  { ofMonth }: ReturnType<typeof truthOf>['months'][number],
  part: number,
  gone: ReadonlySet<string>,
): string[] => {
  const everybody = [...new Set(ofMonth.flatMap(({ likers }) => likers))].sort();
  return everybody.filter((id) => {
    const others = ofMonth.filter(({ author }) => author !== id);
    const liked = others.filter(({ likers }) => likers.includes(id));
    return others.length >= 5 && liked.length >= part * others.length && !gone.has(id);
  });
};

/** A person as Slack has them. */
export interface TruePerson {
  id: string;
  /** The one they have, or had when they were last asked. */
  name: string;
  here: boolean;
}

const sumsOf = (replies: readonly TrueReply[]) => ({
  posts: replies.length,
  likes: replies.reduce((total, { likers }) => total + likers.length, 0),
  late: replies.filter(({ late }) => late).length,
});

const weeksOf = (replies: readonly TrueReply[]): string[] => [...new Set(replies.map(({ week }) => week))].sort();

const cellsOf = (replies: readonly TrueReply[]) =>
  Object.fromEntries(weeksOf(replies).map((week) => [week, sumsOf(replies.filter((reply) => reply.week === week))]));

/**
 * A person's runs: of all stretches of the season, those in which two misses never have too few written weeks between them, by what was
 * written in them. Which misses are in one of them with something written before, and after it unless it is the newest, is kept; so is
 * a week for which they were excused. Weeks without a post that rest, or are excused, are taken out before.
 */
const runsOf = (id: string, written: object, { openWeeks, rests, rules, choices }: ReturnType<typeof truthOf>) => {
  const { between } = rules;
  const off = (week: string): boolean => !(week in written) && (rests(week) || choices.isExcused(week, id));
  const season = openWeeks.filter((week) => !off(week) && (week in written || week !== openWeeks.at(-1))); // The last one may still come.
  const marks = season.map((week) => (week in written ? 'x' : ' ')).join('');
  const tooClose = between === 'off' ? / / : new RegExp(` x{0,${between - 1}} `);
  const starts = [...marks, ''].map((_mark, start) => start);
  const stretches = starts.flatMap((start) =>
    starts.slice(start).map((end) => ({ start, end, in: marks.slice(start, end) })),
  );
  const runs = stretches.filter((stretch) => !tooClose.test(stretch.in));
  const longestOf = (some: typeof runs): number => Math.max(...some.map((run) => run.in.replaceAll(' ', '').length));
  const newest = ({ end }: { end: number }): boolean => end === season.length;
  const isKept = (at: number): boolean => {
    const over = runs.filter(({ start, end }) => start < at && at < end && marks.slice(start, at).includes('x'));
    return over.some((run) => marks.slice(at, run.end).includes('x') || (newest(run) && at === season.length - 1));
  };
  const current = longestOf(runs.filter(newest));
  const [first = '9999', last = ''] = [Object.keys(written).sort()[0], Object.keys(written).sort().at(-1)];
  const kinds = openWeeks.flatMap((week): [string, 'rest' | 'kept'][] => {
    if (week in written || week < first) return [];
    if (rests(week) && (current > 0 || week < last)) return [[week, 'rest']];
    const kept = choices.isExcused(week, id) || (season.includes(week) && isKept(season.indexOf(week)));
    return kept ? [[week, 'kept']] : [];
  });
  const canRest = between !== 'off' || openWeeks.some(rests);
  return {
    streak: { current, longest: longestOf(runs) },
    rests: canRest ? Object.fromEntries(kinds) : undefined,
  };
};

const labelOf = (week: string): string => `TIL ${Number(monthOf(week).slice(5))}월 ${mondayOf(week).number}주차`;

/**
 * The snapshots that the truth amounts to, by their names, whole but for what the log alone can know: how fresh they are, and what was
 * frozen when a month was closed. `withoutFinishers`: the months that were closed without a second tier. A field that is undefined must
 * not be there.
 */
export const snapshotsOf = (
  truth: ReturnType<typeof truthOf>,
  people: readonly TruePerson[],
  withoutFinishers: ReadonlySet<string>,
): Map<string, object> => {
  const { weekly, openWeeks, rests, counted, months, rules } = truth;
  const by = (id: string, replies = counted) => replies.filter(({ author }) => author === id);
  const files = new Map<string, object>();

  const summaries = openWeeks.map((week) => {
    const posts = counted.filter((reply) => reply.week === week);
    const participants = [...new Set(posts.map(({ author }) => author))].sort();
    const rest = rests(week) ? true : undefined;
    const about = { week, label: labelOf(week), month: monthOf(week), open: true, rest };
    const rows = posts.map(({ ts, author, links, likers, late, accepted }) => ({
      ts,
      author,
      links,
      likes: likers.length,
      late,
      ...(accepted ? { accepted } : {}),
    }));
    files.set(`weeks/${week}`, { version: 1, ...about, participants, posts: rows });
    const opened = [...weekly].filter(([, opens]) => opens === week).map(([ts]) => ts);
    return { ...about, openedAt: opened.sort()[0], participants: participants.length, ...sumsOf(posts) };
  });

  for (const { month, open, challengers, special, ...rest } of months) {
    const finishers = rules.finishers && !withoutFinishers.has(month) ? rest.finishers : undefined;
    const ofMonth = counted.filter(({ week }) => open.includes(week));
    const members = [...new Set(ofMonth.map(({ author }) => author))].sort().map((id) => {
      const { posts, likes } = sumsOf(by(id, ofMonth));
      return {
        id,
        posts,
        likes,
        weeks: cellsOf(by(id, ofMonth)),
        challenger: challengers.some((one) => one.id === id),
      };
    });
    const label = `${Number(month.slice(5))}월`;
    files.set(`months/${month}`, { version: 1, month, label, weeks: open, members, challengers, special, finishers });
  }

  const roster = people.map(({ id, name, here }) => {
    const weeks = cellsOf(by(id));
    const { posts, likes } = sumsOf(by(id));
    const totals = { weeks: Object.keys(weeks).length, posts, likes };
    const ofMonths = months.flatMap(({ month, open, challengers }) => {
      const those = by(id).filter(({ week }) => open.includes(week));
      const { posts, likes } = sumsOf(those);
      const row = { weeks: weeksOf(those).length, posts, likes, challenger: challengers.some((one) => one.id === id) };
      return those.length > 0 ? [[month, row] as const] : [];
    });
    const runs = runsOf(id, weeks, truth);
    const member = { version: 1, id, name, weeks, months: Object.fromEntries(ofMonths), totals, ...runs };
    if (here || posts > 0) files.set(`members/${id}`, member);
    // Who runs the challenge is a member once they take part; who was excluded never is.
    const aside = rules.excluded.includes(id) || ((id === ADMIN || id === ORGANIZER) && posts === 0);
    return { here: here && !aside, row: { id, name, ...totals } };
  });
  const members = roster.filter(({ here }) => here).map(({ row }) => row);
  files.set('members', { version: 1, members: members.sort((one, other) => (one.id < other.id ? -1 : 1)) });

  const { posts, likes } = sumsOf(counted);
  const participants = new Set(counted.map(({ author }) => author)).size;
  files.set('index', { version: 1, weeks: summaries, totals: { members: members.length, participants, posts, likes } });
  return files;
};
