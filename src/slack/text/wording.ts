import type { Praise } from '../../events/catalog.ts';
import type { EffectKind, EffectOf, PostView } from '../../handlers/effect.ts';
import type { Challenge } from '../../projections/challenge.ts';
import { monthLabel, weekLabel } from '../../projections/label.ts';
import { WEEK_OPEN } from '../../projections/message.ts';
import { permalinkOf } from '../../projections/month-view.ts';
import type { Button } from '../slack.ts';
import { hint } from './hint.ts';
import { personalFoots, personalSayings } from './personal.ts';
import { asCode, safeLink, safeText } from './safe.ts';
import { weeklyFoot } from './weekly-foot.ts';
import type { Words } from './words.ts';

/** What the words of an effect need beside it. `nameOf` may give anything: it is made safe here. Undefined: nobody knows the name. */
export interface RenderContext {
  challenge: Challenge;
  nameOf: (user: string) => string | undefined;
  /** Slack's address of the message to which it links, where that is known. */
  address?: string | undefined;
  /** The slash command, in an app that people can talk to. */
  command?: string | undefined;
}

export type Context = RenderContext & { words: Words };

/** What a message says: lines, and lists of people, of which it may name fewer and say how many it leaves out. */
export type Said = readonly (string | { rows: readonly string[] })[];

/** How a kind of effect reads, and by which metadata type its message is known again. */
export interface Wording<K extends EffectKind> {
  say: (effect: EffectOf<K>, context: Context) => Said;
  mark: typeof WEEK_OPEN | 'til_effect';
  foot?: (effect: EffectOf<K>, context: Context) => Foot | undefined;
}

/** What stands below what is said. */
export interface Foot {
  buttons: readonly Button[];
  /** Why the message came, where that is not plain. */
  because?: string;
}

const MAX_NAMES = 5;

/** A name as one addresses somebody: in Korean with 님, of which one is enough. Never an id, which says nothing to anybody. */
const polite = (user: string, { nameOf, challenge, words }: Context): string => {
  const name = safeText(nameOf(user) ?? '', 60);
  if (!name) return words.someone;
  return challenge.locale === 'ko' && !name.endsWith('님') ? `${name} 님` : name;
};

const weekOpen = ({ opens, rest, lastWeek }: EffectOf<'week.open'>, { challenge, words }: Context): Said => {
  const news = rest ? words.restWeek : lastWeek && words.lastWeek(lastWeek.people, lastWeek.posts);
  const mention = challenge.notify.mention === 'none' ? [] : [`<!${challenge.notify.mention}>`];
  return [
    ...mention,
    ...words.weekOpen(weekLabel(opens, challenge.locale), challenge.blogs.map(asCode), challenge.dashboardUrl, news),
    ...challenge.weekOpenLines,
  ];
};

const announcement = (effect: EffectOf<'participation'>, context: Context): Said => {
  const { post, praise, retracted, rejected } = effect;
  const { words, challenge } = context;
  const name = polite(post.author, context);
  const label = weekLabel(post.week, challenge.locale);
  if (retracted) return [rejected ? words.takenBack(name, label) : words.retracted(name, label)];
  const sentence = words.participation(name, label, post.late === true);
  return [sentence, praise ? praised(praise, name, words) : '', readMore(post, context)].filter((line) => line !== '');
};

const praised = ({ for: what, weeks }: Praise, name: string, words: Words): string => {
  if (what === 'first') return words.firstPost(name);
  return what === 'week' ? words.weeksWritten(weeks) : words.longestRun(weeks);
};

/** The title, linked to the reply where we know Slack's address, else to the post. */
const readMore = (post: PostView, { challenge, words }: Context): string => {
  const title = post.title ? safeText(post.title) : '';
  const { workspaceUrl, channel } = challenge;
  const reply = workspaceUrl ? permalinkOf(workspaceUrl, channel, post.ts, post.thread) : undefined;
  const parts = [
    title ? safeLink(post.url, title) : '',
    reply ? safeLink(reply, words.readReply) : title ? '' : safeLink(post.url, safeText(post.url ?? '')),
  ];
  return parts.filter((part) => part !== '').join(' · ');
};

/** The posts of a catch-up, each with a link. Somebody with several posts is named once. */
const caughtUp = ({ posts }: EffectOf<'catch-up'>, context: Context): Said => {
  const { words } = context;
  const names = [...new Set(posts.map(({ author }) => author))].map((user) => polite(user, context));
  const first = names.slice(0, MAX_NAMES);
  return [
    words.caughtUp(first, names.length - first.length),
    { rows: posts.map((post) => words.caughtUpRow(polite(post.author, context), readMore(post, context))) },
  ];
};

/** The least read posts of a week, each with its author's plain name. Neither ranks nor likes are shown. */
const digest = ({ posts, count, people, together }: EffectOf<'digest'>, context: Context): Said => {
  const { words, challenge } = context;
  if (count === 0) return [words.digestGone];
  const { dashboardUrl } = challenge;
  const more = count - posts.length;
  return [
    words.digestTitle(count),
    { rows: posts.map((post) => words.caughtUpRow(polite(post.author, context), readMore(post, context))) },
    ...(more > 0 ? [words.digestRest(more, dashboardUrl && safeLink(dashboardUrl, words.seeDashboard))] : []),
    words.digestSum(people, together),
  ];
};

const likeNotice = ({ post, added, total, mode }: EffectOf<'like'>, context: Context): Said => {
  const { words, challenge } = context;
  const title = safeLink(post.url, post.title ? `“${safeText(post.title)}”` : words.yourPost);
  if ((mode ?? challenge.notify.likes) === 'card') return [words.likeCard(title, total)];
  if (added.length === 0) return [words.unliked(title, total)];
  const names = added.slice(0, MAX_NAMES).map((user) => polite(user, context));
  return [words.liked(names, added.length - names.length, title, total)];
};

const alarm = ({ code, subject }: EffectOf<'alarm'>, { words }: Context): Said => [
  words.alarm(safeText(code), safeText(subject)),
];

const monthResult = (effect: EffectOf<'month.result'>, context: Context): Said => [
  ...challengersIn(effect, context),
  ...secondTier(effect, context),
  ...(effect.challengers.length > 0 ? ['', ...farewell(effect, context)] : []),
];

const challengersIn = ({ month, challengers, special }: EffectOf<'month.result'>, context: Context): Said => {
  const { challenge, words } = context;
  const name = monthLabel(month, challenge.locale);
  if (challengers.length === 0) return [words.nobody(name)];
  const row = ({ id, likes }: { id: string; likes: number }) => words.row(polite(id, context), likes);
  const first = challengers.filter(({ id }) => special.includes(id));
  return [
    words.specialTitle(name),
    { rows: first.map(row) },
    '',
    words.challengerTitle(name),
    { rows: challengers.map(row) },
  ];
};

/** Who missed just a week, who read, and what all have written: by name, without counts of anybody's. */
const secondTier = (effect: EffectOf<'month.result'>, context: Context): Said => {
  const { month, finishers = [], readers = [], together } = effect;
  const { challenge, words } = context;
  const named = (users: readonly string[]): string[] => users.map((user) => polite(user, context));
  const byName = named(readers).sort((left, right) => left.localeCompare(right, challenge.locale));
  return [
    ...(finishers.length > 0
      ? ['', words.finisherTitle(monthLabel(month, challenge.locale)), { rows: named(finishers) }]
      : []),
    ...(readers.length > 0 ? ['', words.readersTitle, { rows: byName }] : []),
    ...(together ? ['', words.together(together.posts, comparedIn(together))] : []),
  ];
};

/** Fewer than the month before is nothing to speak of. */
const comparedIn = ({
  posts,
  before,
}: NonNullable<EffectOf<'month.result'>['together']>): 'more' | 'as many' | undefined => {
  if (before === undefined || posts < before) return undefined;
  return posts > before ? 'more' : 'as many';
};

const farewell = ({ challengers }: EffectOf<'month.result'>, { words }: Context): string[] =>
  challengers.every(({ likes }) => likes === 0) ? [words.noLikes, words.thanks] : [words.thanks];

/** The words of every kind of effect. What else is to be known of a kind is in handlers/kinds.ts. */
export const wordings: { readonly [K in EffectKind]: Wording<K> } = {
  'week.open': { say: weekOpen, foot: weeklyFoot, mark: WEEK_OPEN },
  participation: { say: announcement, mark: 'til_effect' },
  like: { say: likeNotice, mark: 'til_effect' },
  'catch-up': { say: caughtUp, mark: 'til_effect' },
  digest: { say: digest, mark: 'til_effect' },
  hint: { say: hint, mark: 'til_effect' },
  'month.result': { say: monthResult, mark: 'til_effect' },
  remind: { say: personalSayings.remind, foot: personalFoots.remind, mark: 'til_effect' },
  note: { say: personalSayings.note, foot: personalFoots.note, mark: 'til_effect' },
  comeback: { say: personalSayings.comeback, foot: personalFoots.comeback, mark: 'til_effect' },
  firststep: { say: personalSayings.firststep, foot: personalFoots.firststep, mark: 'til_effect' },
  alarm: { say: alarm, mark: 'til_effect' },
};
