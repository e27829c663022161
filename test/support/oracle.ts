import type { Event } from '../../src/events/catalog.ts';

/**
 * What events amount to, worked out naively from the rules as they are written down, with nothing of the code under test: no ledger, no
 * join, the whole history at once. `weekOf` gives the ISO week of a timestamp, `monthOf` the month of a week's Monday.
 */
export interface OracleRules {
  accepts(host: string): boolean;
  late: 'until-close' | 'never';
  selfLikes: boolean;
  repeats: 'once-a-month' | 'count';
  exclude: readonly string[];
  weekOf(ts: string): string;
  monthOf(week: string): string;
  /** Whether the rules make a week one of rest. */
  rests(week: string): boolean;
}

interface OraclePost {
  ts: string;
  author: string;
  week: string;
  late: boolean;
  likes: number;
  accepted: boolean;
}

/** Of what was said about one thing, the last word: at the same instant, the one whose fields come later in the alphabet. */
const lastWord = <E extends Event>(said: readonly E[], fields: readonly string[]): E | undefined => {
  const text = (event: E): string => {
    const value = event as unknown as Record<string, unknown>;
    return JSON.stringify(Object.fromEntries([...fields].sort().map((field) => [field, value[field]])));
  };
  const order = (left: E, right: E): number =>
    Number(left.at) - Number(right.at) || (text(left) < text(right) ? -1 : 1);
  return [...said].sort(order).at(-1);
};

const ofKind = <K extends Event['kind']>(events: readonly Event[], kind: K): Extract<Event, { kind: K }>[] =>
  events.filter((event): event is Extract<Event, { kind: K }> => event.kind === kind);

/** The instant of what an event is about: a message's own, or else the event's. */
const instantOf = (event: Event): string => {
  if ('item' in event) return event.item;
  return event.kind.startsWith('message.') ? (event as { ts: string }).ts : event.at;
};

/** No front page of Velog, and nothing of its editor. */
const isPost = (url: string): boolean => !/^https:\/\/velog\.io\/(write|$)/.test(url);

/** A link's address as a reader would say it. */
const plainly = (url: string): string =>
  url
    .toLowerCase()
    .replace(/^https?:\/\/(www\.)?/, '')
    .replace(/[?#].*$/, '')
    .replace(/\/$/, '');

export const oracle = (given: readonly Event[], rules: OracleRules) => {
  const events = [...new Map(given.map((event) => [JSON.stringify(event), event])).values()];
  const micros = (ts: string) => BigInt(ts.replace('.', ''));
  const latest = (list: Event[]) => [...list].sort((a, b) => Number(micros(a.at) - micros(b.at))).at(-1);
  type Told = { author?: string; bot: boolean; thread?: string; text: string; links: string[] };
  const messages = new Map<string, Told>();
  const deleted = new Map<string, Told>();
  for (const ts of new Set(
    events.flatMap((event) => (event.kind === 'message.posted' || event.kind === 'message.edited' ? [event.ts] : [])),
  )) {
    const about = events.filter((event) => event.kind.startsWith('message.') && (event as { ts: string }).ts === ts);
    const isGone = about.some((event) => event.kind === 'message.deleted');
    const worded = about.filter((event) => event.kind !== 'message.deleted');
    const last = latest(worded) as Extract<Event, { kind: 'message.posted' }>;
    (isGone ? deleted : messages).set(ts, {
      author: last.author?.user,
      bot: last.author?.bot !== undefined,
      thread: last.thread,
      text: last.text,
      links: last.links,
    });
  }
  const opensWeek = ({ bot, thread, text }: Told) => bot && !thread && /TIL \d+월 \d+주차/.test(text);
  const weekly = new Map<string, string>();
  for (const [ts, told] of messages) if (opensWeek(told)) weekly.set(ts, rules.weekOf(ts));
  // Under a weekly post that was deleted and replaced, replies count as they did.
  const threads = new Map(weekly);
  for (const [ts, told] of deleted)
    if (opensWeek(told) && [...weekly.values()].includes(rules.weekOf(ts))) threads.set(ts, rules.weekOf(ts));
  const endOf = (week: string): string | undefined => {
    const said = ofKind(events, 'week.extended').filter((event) => event.week === week);
    return lastWord(said, ['at', 'until', 'by'])?.until;
  };
  /** What is in a month, and, where its last week was extended into the next, in that. */
  const inMonth = (event: Event, month: string): boolean => {
    const instant = instantOf(event);
    const week = rules.weekOf(instant);
    if (rules.monthOf(week) === month) return true;
    const before = rules.weekOf(`${Number(instant.split('.')[0]) - 7 * 86_400}.000000`);
    const end = endOf(before);
    return rules.monthOf(before) === month && end !== undefined && rules.weekOf(end) >= week;
  };
  /** As Slack last said in that month; of whom it said nothing, whether apps alone wrote for them, and they never reacted. */
  const isBot = (user: string, month: string): boolean => {
    const ofMonth = events.filter((event) => inMonth(event, month));
    const seen = latest(ofMonth.filter((event) => event.kind === 'profile.seen' && event.user === user));
    if (seen?.kind === 'profile.seen') return seen.bot === true;
    if (ofMonth.some((event) => event.kind.startsWith('reaction.') && (event as { user: string }).user === user))
      return false;
    const written = ofMonth.flatMap((event) =>
      'author' in event && event.author?.user === user ? [event.author] : [],
    );
    return written.length > 0 && written.every(({ bot }) => bot !== undefined);
  };
  const isOpen = (week: string): boolean => [...weekly.values()].includes(week);
  const rests = (week: string): boolean => {
    const said = ofKind(events, 'week.rested').filter((event) => event.week === week);
    return lastWord(said, ['at', 'rest', 'reason', 'by'])?.rest ?? rules.rests(week);
  };
  const isExcused = (week: string, user: string): boolean => {
    const said = ofKind(events, 'week.excused').filter((event) => event.week === week && event.user === user);
    return lastWord(said, ['at', 'excused', 'by'])?.excused === true;
  };
  const rulingOf = (ts: string) => {
    const said = ofKind(events, 'post.ruled').filter((event) => event.ts === ts);
    return lastWord(said, ['at', 'verdict', 'week', 'by', 'note']);
  };
  const posts: OraclePost[] = [];
  const taken = new Set<string>();
  const inOrder = [...messages].sort(([a], [b]) => Number(micros(a) - micros(b)));
  for (const [ts, { author, bot, thread, links }] of inOrder) {
    if (!author || bot || rules.exclude.includes(author)) continue;
    const ruling = rulingOf(ts);
    // Under the weekly post of another month nothing counts, unless its week was extended.
    const answered = thread && threads.get(thread);
    const end = answered && endOf(answered);
    const inTime = end !== undefined && end !== '' && micros(ts) <= micros(end);
    const written = rules.monthOf(rules.weekOf(ts));
    const accepted = ruling?.verdict === 'accept';
    const isNamedHere = ruling?.week !== undefined && rules.monthOf(ruling.week) === written;
    const isBeyond = answered !== undefined && answered !== '' && rules.monthOf(answered) !== written;
    // An admin may name a week of the month before, if its last week was extended so far.
    const before = rules.weekOf(`${Number(ts.split('.')[0]) - 7 * 86_400}.000000`);
    const isOfMonthBefore = accepted && ruling.week !== undefined && rules.monthOf(ruling.week) < written;
    const endBefore = rules.monthOf(before) < written ? endOf(before) : undefined;
    const isInTimeBefore = endBefore !== undefined && micros(ts) <= micros(endBefore);
    if (isOfMonthBefore && !(isInTimeBefore && rules.monthOf(ruling.week as string) === rules.monthOf(before)))
      continue;
    const isExtended = isBeyond && inTime && !(accepted && isNamedHere);
    const month = isOfMonthBefore ? rules.monthOf(before) : isExtended ? rules.monthOf(answered as string) : written;
    const ofThread = isBeyond && !isExtended ? undefined : answered;
    let week: string | undefined = ofThread || undefined;
    if (accepted) {
      week = ofThread || (thread ? undefined : rules.weekOf(ts));
      if (ruling.week && rules.monthOf(ruling.week) === month) week = ruling.week;
      if (!week || !isOpen(week)) continue;
    }
    if (!week || ruling?.verdict === 'reject' || isBot(author, month)) continue;
    const until = endOf(week);
    const late = rules.weekOf(ts) > week && !(until && micros(ts) <= micros(until));
    const addresses = links
      .filter((url) => rules.accepts(new URL(url).hostname) && isPost(url))
      .map((url) => `${month} ${plainly(url)}`);
    const counts =
      !(late && rules.late === 'never') &&
      addresses.some((address) => rules.repeats === 'count' || !taken.has(address));
    if (!counts && ruling?.verdict !== 'accept') continue;
    for (const address of addresses) taken.add(address);
    const fans = new Set<string>();
    const reactions = events.flatMap((event) =>
      (event.kind === 'reaction.added' || event.kind === 'reaction.removed') && event.item === ts ? [event] : [],
    );
    for (const { user, name } of reactions) {
      if (!/^(\+1|thumbsup)(::skin-tone-\d)?$/.test(name) || (!rules.selfLikes && user === author)) continue;
      if (isBot(user, month)) continue;
      const same = reactions.filter((event) => event.user === user && event.name === name);
      const end = same.map(({ at }) => micros(at)).reduce((a, b) => (a > b ? a : b));
      if (same.filter(({ at }) => micros(at) === end).every(({ kind }) => kind === 'reaction.added')) fans.add(user);
    }
    posts.push({ ts, author, week, late, likes: fans.size, accepted: ruling?.verdict === 'accept' });
  }
  posts.sort((a, b) => Number(micros(a.ts) - micros(b.ts)));
  const openWeeks = [...new Set(weekly.values())].sort();
  const months = [...new Set(openWeeks.map(rules.monthOf))].map((month) => {
    const open = openWeeks.filter((week) => rules.monthOf(week) === month);
    const ofMonth = posts.filter(({ week }) => open.includes(week));
    const counting = open.filter((week) => !rests(week));
    const authors = [...new Set(ofMonth.map(({ author }) => author))];
    const wrote = (author: string, week: string) =>
      ofMonth.some((post) => post.author === author && post.week === week);
    const weeksOf = (author: string) => counting.filter((week) => wrote(author, week));
    const missesOf = (author: string) => counting.filter((week) => !wrote(author, week) && !isExcused(week, author));
    const ranked = (ids: readonly string[]) =>
      ids
        .map((id) => ({
          id,
          likes: ofMonth.filter(({ author }) => author === id).reduce((sum, { likes }) => sum + likes, 0),
        }))
        .sort((a, b) => b.likes - a.likes || (a.id < b.id ? -1 : 1));
    const challengers = ranked(authors.filter((id) => weeksOf(id).length > 0 && missesOf(id).length === 0));
    const finishers = ranked(authors.filter((id) => weeksOf(id).length >= 2 && missesOf(id).length === 1));
    const most = Math.max(...challengers.map(({ likes }) => likes));
    return {
      month,
      open,
      challengers,
      finishers,
      special: challengers
        .filter(({ likes }) => likes === most)
        .map(({ id }) => id)
        .sort(),
    };
  });
  return { openWeeks, resting: openWeeks.filter(rests), posts, months };
};
