import type { Event } from '../../src/events/catalog.ts';
import type { SlackMessage } from '../../src/sandbox/shapes.ts';
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
  /** The weeks of rest, and the messages that do not count, by an admin's word; nobody has said any while it is missing. */
  resting?: ReadonlySet<string>;
  rejected?: ReadonlySet<string>;
}

export interface TrueReply {
  ts: string;
  author: string;
  week: string;
  counted: boolean;
  late: boolean;
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

/** The Monday of an ISO week, and its place among the Mondays of its month. */
const mondayOf = (week: string): { month: string; number: number } => {
  const [year, number] = week.split('-W').map(Number) as [number, number];
  const fourth = new Date(Date.UTC(year, 0, 4));
  const monday = new Date(fourth.getTime() + ((number - 1) * 7 - ((fourth.getUTCDay() + 6) % 7)) * 86_400_000);
  return { month: monday.toISOString().slice(0, 7), number: Math.ceil(monday.getUTCDate() / 7) };
};

/** The month of the Monday of an ISO week. */
export const monthOf = (week: string): string => mondayOf(week).month;

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

/**
 * What the channel as it stands in Slack amounts to, worked out from the rules as they are written down, with nothing of the code under
 * test: no events, no ledgers, only what anybody sees who scrolls through it, and remembers which posts were weekly ones before they were
 * deleted (`weeklyOnce`).
 */
export const truthOf = (messages: readonly SlackMessage[], rules: PlainRules, weeklyOnce: ReadonlySet<string>) => {
  const weekly = new Map<string, string>();
  for (const { ts, thread_ts: thread, user, text, subtype, metadata } of messages) {
    const top = thread === undefined || thread === ts;
    const titled = /TIL \d+월 \d+주차/.test(text) && !text.includes('챌린지에 참여');
    const ours = user === BOT.id && metadata?.event_type === 'til_week_open';
    if (top && subtype !== 'tombstone' && titled && (ours || user === ORGANIZER)) weekly.set(ts, weekOf(ts));
  }
  const open = new Set(weekly.values());
  const threads = new Map(weekly);
  for (const ts of weeklyOnce) if (open.has(weekOf(ts))) threads.set(ts, weekOf(ts));
  const { resting = new Set<string>(), rejected = new Set<string>() } = rules;
  const taken = new Set<string>();
  const inOrder = [...messages].sort((one, other) => (one.ts < other.ts ? -1 : 1));
  const replies: TrueReply[] = inOrder.flatMap((message) => {
    const { ts, thread_ts: thread, user, text, subtype, reactions = [], attachments = [] } = message;
    const week = thread !== undefined && thread !== ts ? threads.get(thread) : undefined;
    if (!week || !user || user === BOT.id || user === 'USLACKBOT') return [];
    if (message.bot_id !== undefined || rules.excluded.includes(user)) return [];
    if (subtype && subtype !== 'thread_broadcast' && subtype !== 'file_share') return [];
    const late = weekOf(ts) !== week;
    const accepted = (host: string): boolean =>
      rules.hosts.some((wanted) => host === wanted || (wanted.startsWith('*.') && host.endsWith(wanted.slice(1))));
    const links = [...text.matchAll(/<(https?:\/\/([^/>|]+)[^>|]*)[^>]*>/g)].flatMap(([, url = '', host = '']) => {
      const title = attachments.find(({ from_url: from }) => from === url)?.title;
      return accepted(host.replace(/^www\./, '')) && !isNobodys(url)
        ? [{ url, host, ...(title ? { title } : {}) }]
        : [];
    });
    const inTime = !late || (rules.lateCounts && monthOf(weekOf(ts)) === monthOf(week));
    // A reply that is too late for its month lies in no ledger of it: it is no reply at all.
    if (monthOf(weekOf(ts)) !== monthOf(week)) return [];
    const place = (url: string): string => `${monthOf(week)} ${spokenAddress(url)}`;
    const news = links.filter(({ url }, position) => {
      const first = links.findIndex((other) => place(other.url) === place(url)) === position;
      return first && !(rules.oncePerMonth && taken.has(place(url)));
    });
    const stands = inTime && !rejected.has(ts);
    if (stands) for (const { url } of news) taken.add(place(url));
    const likers = reactions
      .filter(({ name }) => /^(\+1|thumbsup)(::skin-tone-\d)?$/.test(name))
      .flatMap(({ users }) => users)
      .filter((liker) => liker !== BOT.id && (rules.selfLikes || liker !== user));
    const counted = news.length > 0 && stands;
    return [{ ts, author: user, week, late, links: news, counted, likers: [...new Set(likers)].sort() }];
  });
  const counted = replies.filter((reply) => reply.counted);
  const openWeeks = [...new Set(weekly.values())].sort();
  const months = [...new Set(openWeeks.map(monthOf))].map((month) => {
    const open = openWeeks.filter((week) => monthOf(week) === month);
    const ofMonth = counted.filter(({ week }) => open.includes(week));
    const sum = (id: string): number =>
      ofMonth.filter(({ author }) => author === id).reduce((total, { likers }) => total + likers.length, 0);
    const asked = open.filter((week) => !resting.has(week));
    const challengers = [...new Set(ofMonth.filter(({ week }) => asked.includes(week)).map(({ author }) => author))]
      .filter((id) => asked.every((week) => ofMonth.some(({ author, week: other }) => author === id && other === week)))
      .map((id) => ({ id, likes: sum(id) }))
      .sort((a, b) => b.likes - a.likes || (a.id < b.id ? -1 : 1));
    const most = Math.max(...challengers.map(({ likes }) => likes));
    const special = challengers
      .filter(({ likes }) => likes === most)
      .map(({ id }) => id)
      .sort();
    return { month, open, challengers, special };
  });
  return { weekly, openWeeks, replies, counted, months, resting, excluded: rules.excluded, between: rules.between };
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
 * A person's runs, weeks of rest aside: of all stretches of the season, those in which two misses never have too few written weeks between them, by what was
 * written in them. Which misses are in one of them with something written before, and after it unless it is the newest, is kept.
 */
const runsOf = (
  openWeeks: readonly string[],
  written: object,
  between: number | 'off',
  resting: ReadonlySet<string>,
) => {
  // The last one may still come.
  const season = openWeeks.filter((week) => week in written || (week !== openWeeks.at(-1) && !resting.has(week)));
  const marks = season.map((week) => (week in written ? 'x' : ' ')).join('');
  const tooClose = between === 'off' ? / / : new RegExp(` x{0,${between - 1}} `);
  const starts = [...marks, ''].map((_mark, start) => start);
  const stretches = starts.flatMap((start) =>
    starts.slice(start).map((end) => ({ start, end, in: marks.slice(start, end) })),
  );
  const runs = stretches.filter((stretch) => !tooClose.test(stretch.in));
  const longestOf = (some: typeof runs): number => Math.max(...some.map((run) => run.in.replaceAll(' ', '').length));
  const newest = ({ end }: { end: number }): boolean => end === season.length;
  const kept = season.filter((_week, at) => {
    if (marks[at] === 'x') return false;
    const over = runs.filter(({ start, end }) => start < at && at < end && marks.slice(start, at).includes('x'));
    return over.some((run) => marks.slice(at, run.end).includes('x') || (newest(run) && at === season.length - 1));
  });
  const current = longestOf(runs.filter(newest));
  const [first, last] = [Object.keys(written).sort()[0] ?? '', Object.keys(written).sort().at(-1) ?? ''];
  const rested = openWeeks.filter(
    (week) => resting.has(week) && !(week in written) && first !== '' && week > first && (current > 0 || week < last),
  );
  const rests = [...kept.map((week) => [week, 'kept']), ...rested.map((week) => [week, 'rest'])];
  const canRest = between !== 'off' || openWeeks.some((week) => resting.has(week));
  return {
    streak: { current, longest: longestOf(runs) },
    ...(canRest ? { rests: Object.fromEntries(rests) } : {}),
  };
};

const labelOf = (week: string): string => `TIL ${Number(monthOf(week).slice(5))}월 ${mondayOf(week).number}주차`;

/**
 * The snapshots that the truth amounts to, by their names, whole but for what the log alone can know: how fresh they are, and what was
 * frozen when a month was closed.
 */
export const snapshotsOf = (truth: ReturnType<typeof truthOf>, people: readonly TruePerson[]): Map<string, object> => {
  const { weekly, openWeeks, counted, months } = truth;
  const by = (id: string, replies = counted) => replies.filter(({ author }) => author === id);
  const files = new Map<string, object>();

  const summaries = openWeeks.map((week) => {
    const posts = counted.filter((reply) => reply.week === week);
    const participants = [...new Set(posts.map(({ author }) => author))].sort();
    const rest = truth.resting.has(week) ? { rest: true } : {};
    const about = { week, label: labelOf(week), month: monthOf(week), open: true, ...rest };
    const rows = posts.map(({ ts, author, links, likers, late }) => ({
      ts,
      author,
      links,
      likes: likers.length,
      late,
    }));
    files.set(`weeks/${week}`, { version: 1, ...about, participants, posts: rows });
    const opened = [...weekly].filter(([, opens]) => opens === week).map(([ts]) => ts);
    return { ...about, openedAt: opened.sort()[0], participants: participants.length, ...sumsOf(posts) };
  });

  for (const { month, open, challengers, special } of months) {
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
    files.set(`months/${month}`, { version: 1, month, label, weeks: open, members, challengers, special });
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
    const runs = runsOf(openWeeks, weeks, truth.between, truth.resting);
    const member = { version: 1, id, name, weeks, months: Object.fromEntries(ofMonths), totals, ...runs };
    if (here || posts > 0) files.set(`members/${id}`, member);
    // Who runs the challenge is a member once they take part; who was excluded never is.
    const aside = truth.excluded.includes(id) || ((id === ADMIN || id === ORGANIZER) && posts === 0);
    return { here: here && !aside, row: { id, name, ...totals } };
  });
  const members = roster.filter(({ here }) => here).map(({ row }) => row);
  files.set('members', { version: 1, members: members.sort((one, other) => (one.id < other.id ? -1 : 1)) });

  const { posts, likes } = sumsOf(counted);
  const participants = new Set(counted.map(({ author }) => author)).size;
  files.set('index', { version: 1, weeks: summaries, totals: { members: members.length, participants, posts, likes } });
  return files;
};
