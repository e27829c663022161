import type { Effect, PostView } from '../../handlers/effect.ts';
import type { Challenge } from '../../projections/challenge.ts';
import { monthLabel, weekLabel } from '../../projections/label.ts';
import { WEEK_OPEN } from '../../projections/ledger.ts';
import { permalinkOf } from '../../projections/month-view.ts';
import type { OutgoingMessage } from '../slack.ts';
import { en } from './en.ts';
import { ko } from './ko.ts';
import { cutText, safeLink, safeText } from './safe.ts';
import type { Words } from './words.ts';

/** What the words of an effect need beside it. `nameOf` may give anything: it is made safe here. */
export interface RenderContext {
  challenge: Challenge;
  nameOf: (user: string) => string;
}

const WORDS: Record<'ko' | 'en', Words> = { ko, en };
const MAX_NAMES = 5;

/** An effect in words, for one attempt of it. The metadata is how we find our own message again. */
export const render = (effect: Effect, attempt: number, context: RenderContext): OutgoingMessage => {
  const text = cutText(sentences(effect, { ...context, words: WORDS[context.challenge.locale] }));
  return {
    text,
    blocks: [
      {
        type: 'section',
        text: { type: 'mrkdwn', text: text.length > 3000 ? `${text.slice(0, text.lastIndexOf('\n', 2990))}\n…` : text },
      },
    ],
    metadata: {
      event_type: effect.kind === 'week.open' ? WEEK_OPEN : 'til_effect',
      event_payload: { effect: effect.id, attempt, week: effect.week },
    },
  };
};

type Context = RenderContext & { words: Words };

const sentences = (effect: Effect, context: Context): string => {
  const { words, challenge } = context;
  switch (effect.kind) {
    case 'week.open':
      return weekOpen(effect.opens, context);
    case 'participation':
      return [
        words.participation(called(effect.post.author, context), label(effect.post, challenge)),
        readMore(effect.post, context),
      ]
        .filter((line) => line !== '')
        .join('\n');
    case 'participation.retracted':
      return words.retracted(called(effect.post.author, context), label(effect.post, challenge));
    case 'like':
      return likeSentence(effect, context);
    case 'hint':
      return words.hint(challenge.blogs.map((host) => `\`${host}\``));
    case 'month.result':
      return monthResult(effect, context);
    case 'alarm':
      return words.alarm(safeText(effect.code), safeText(effect.subject));
  }
};

/** A name as one addresses somebody: in Korean with 님, of which one is enough. */
const polite = (user: string, { nameOf, challenge }: RenderContext): string => {
  const name = safeText(nameOf(user), 60);
  return challenge.locale === 'ko' && !name.endsWith('님') ? `${name} 님` : name;
};

/** The one who did something, as the subject of a sentence. */
const called = (user: string, context: RenderContext): string =>
  `${polite(user, context)}${context.challenge.locale === 'ko' ? '이' : ''}`;

const label = ({ week }: PostView, { locale }: Challenge): string => weekLabel(week, locale);

const weekOpen = (week: string, { challenge, words }: Context): string => {
  const mention = challenge.notify.mention === 'none' ? [] : [`<!${challenge.notify.mention}>`];
  const blogs = challenge.blogs.map((host) => `\`${host}\``);
  return [
    ...mention,
    ...words.weekOpen(weekLabel(week, challenge.locale), blogs, challenge.dashboardUrl),
    ...challenge.weekOpenLines,
  ].join('\n');
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

const likeSentence = (effect: Extract<Effect, { kind: 'like' }>, context: Context): string => {
  const { words, challenge } = context;
  const { post, added, total } = effect;
  const title = safeLink(post.url, post.title ? `“${safeText(post.title)}”` : words.yourPost);
  if (challenge.notify.likes === 'card') return words.likeCard(title, total);
  if (added.length === 0) return words.unliked(title, total);
  const names = added.slice(0, MAX_NAMES).map((user) => polite(user, context));
  return words.liked(names, added.length - names.length, title, total);
};

const monthResult = (
  { month, challengers, special }: Extract<Effect, { kind: 'month.result' }>,
  context: Context,
): string => {
  const { challenge, words } = context;
  const name = monthLabel(month, challenge.locale);
  if (challengers.length === 0) return words.nobody(name);
  const row = ({ id, likes }: { id: string; likes: number }) => words.row(polite(id, context), likes);
  const first = challengers.filter(({ id }) => special.includes(id));
  const nobodyLiked = challengers.every(({ likes }) => likes === 0);
  return [
    words.specialTitle(name),
    ...first.map(row),
    '',
    words.challengerTitle(name),
    ...challengers.map(row),
    '',
    nobodyLiked ? words.noLikes : '',
    words.thanks,
  ]
    .filter((line, position, lines) => line !== '' || lines[position - 1] !== '')
    .join('\n');
};
