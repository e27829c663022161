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
}

interface OraclePost {
  ts: string;
  author: string;
  week: string;
  late: boolean;
  likes: number;
}

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
  const inMonth = (event: Event, month: string): boolean => rules.monthOf(rules.weekOf(instantOf(event))) === month;
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
  const posts: OraclePost[] = [];
  const taken = new Set<string>();
  const inOrder = [...messages].sort(([a], [b]) => Number(micros(a) - micros(b)));
  for (const [ts, { author, bot, thread, links }] of inOrder) {
    const week = thread && threads.get(thread);
    if (!week || bot || !author || rules.exclude.includes(author)) continue;
    const month = rules.monthOf(rules.weekOf(ts));
    if (isBot(author, month)) continue;
    const late = rules.weekOf(ts) !== week;
    if (late && (rules.late === 'never' || month !== rules.monthOf(week))) continue;
    const addresses = links
      .filter((url) => rules.accepts(new URL(url).hostname) && isPost(url))
      .map((url) => `${month} ${plainly(url)}`);
    if (!addresses.some((address) => rules.repeats === 'count' || !taken.has(address))) continue;
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
    posts.push({ ts, author, week, late, likes: fans.size });
  }
  posts.sort((a, b) => Number(micros(a.ts) - micros(b.ts)));
  const openWeeks = [...new Set(weekly.values())].sort();
  const months = [...new Set(openWeeks.map(rules.monthOf))].map((month) => {
    const open = openWeeks.filter((week) => rules.monthOf(week) === month);
    const ofMonth = posts.filter(({ week }) => open.includes(week));
    const challengers = [...new Set(ofMonth.map(({ author }) => author))]
      .filter((author) => open.every((week) => ofMonth.some((post) => post.author === author && post.week === week)))
      .map((id) => ({
        id,
        likes: ofMonth.filter(({ author }) => author === id).reduce((sum, { likes }) => sum + likes, 0),
      }))
      .sort((a, b) => b.likes - a.likes || (a.id < b.id ? -1 : 1));
    const most = Math.max(...challengers.map(({ likes }) => likes));
    return {
      month,
      open,
      challengers,
      special: challengers
        .filter(({ likes }) => likes === most)
        .map(({ id }) => id)
        .sort(),
    };
  });
  return { openWeeks, posts, months };
};
