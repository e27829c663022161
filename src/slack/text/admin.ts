import { secondsOf, type Ts } from '../../events/timestamp.ts';
import { calendarOf } from '../../events/week.ts';
import type { Verdict } from '../../handlers/admin-command.ts';
import type { AdminChoice, AdminReply, Status, WayBack } from '../../handlers/admin-reply.ts';
import type { Challenge } from '../../projections/challenge.ts';
import { monthLabel, weekLabel } from '../../projections/label.ts';
import type { Counting } from '../../projections/month-difference.ts';
import { SHORTCUTS } from '../manifest.ts';
import type { Block } from '../slack.ts';
import type { AdminWords } from './admin-words.ts';
import { enAdmin } from './en-admin.ts';
import { koAdmin } from './ko-admin.ts';
import { cutText, safeText } from './safe.ts';

const WORDS = { ko: koAdmin, en: enAdmin };
const NAME = { ko: '운영', en: 'admin' };

/** What an admin's answers need beside the challenge. */
interface AdminContext {
  /** The slash command, such as `/til`. */
  command: string;
  /** The language of the app's manifest, in which the menu of a message is; the challenge's unless given. */
  menu?: 'ko' | 'en';
  /** They did not speak in the challenge's channel, so that it is said which one was taken to be meant. */
  isElsewhere?: boolean;
}

/** The words of a language, and what the entries in the menu of a message are called. */
type Spoken = AdminWords & { shortcuts: Record<Verdict, string> };

const shortcutsIn = (menu: 'ko' | 'en'): Spoken['shortcuts'] => ({
  accept: SHORTCUTS['post.accept'][menu].name,
  reject: SHORTCUTS['post.reject'][menu].name,
  none: SHORTCUTS['post.clear'][menu].name,
});

/** Those that are about no challenge in particular. */
const ABOUT_NONE = new Set<AdminReply['says']>([
  'not admin',
  'elsewhere',
  'where',
  'help',
  'usage',
  'mention',
  'shorter',
]);

/** What an admin is told, as one text of Slack's. */
export const adminText = (reply: AdminReply, challenge: Challenge, context: AdminContext): string => {
  const { locale, channel } = challenge;
  const { command, menu = locale, isElsewhere } = context;
  const words = { ...WORDS[locale], shortcuts: shortcutsIn(menu) };
  const taken = isElsewhere && !ABOUT_NONE.has(reply.says) ? [words.taken(`<#${channel}>`)] : [];
  const lines = linesOf(reply, challenge, words, `${safeText(command, 40)} ${NAME[locale]}`);
  return cutText([...taken, ...lines].join('\n'));
};

/** The question and its button, as Slack's blocks. */
export const closeButton = (
  reply: Extract<AdminReply, { says: 'sure?' }>,
  challenge: Challenge,
  context: AdminContext,
): Block[] => [
  { type: 'section', text: { type: 'mrkdwn', text: adminText(reply, challenge, context) } },
  {
    type: 'actions',
    block_id: 'admin',
    elements: [
      {
        type: 'button',
        action_id: 'admin.close',
        style: 'danger',
        value: `${challenge.channel}/${reply.month}`,
        text: {
          type: 'plain_text',
          text: WORDS[challenge.locale].closeNow(monthLabel(reply.month, challenge.locale)),
        },
      },
    ],
  },
];

const linesOf = (reply: AdminReply, challenge: Challenge, words: Spoken, command: string): string[] => {
  const { locale } = challenge;
  switch (reply.says) {
    case 'not admin':
      return [words.notAdmin];
    case 'elsewhere':
      return [words.elsewhere];
    case 'where':
      return [words.where(reply.channels.map((channel) => `<#${channel}>`))];
    case 'help':
      return words.help(command);
    case 'usage':
      return [words.usage, ...words.help(command)];
    case 'mention':
      return [words.mention(command, reply.week)];
    case 'shorter':
      return [words.shorter];
    case 'said':
      return [words.said];
    case 'chosen':
      return chosenLines(reply, challenge, words, command);
    case 'refused':
      return [words.refused(command)[reply.refusal.why]];
    case 'open already':
      return [words.openAlready];
    case 'opening':
      return [words.opening];
    case 'nothing to close':
      return [words.nothingToClose(monthLabel(reply.month, locale))];
    case 'closed already':
      return [words.closedAlready(monthLabel(reply.month, locale))];
    case 'not over':
      return [words.notOver(monthLabel(reply.month, locale), clockOf(reply.until, challenge))];
    case 'sure?':
      return [words.sure(monthLabel(reply.month, locale), reply.isSilent)];
    case 'closing':
      return [words.closing(monthLabel(reply.month, locale), reply.isSilent)];
    case 'status':
      return statusLines(reply.status, challenge, words, command);
  }
};

const chosenLines = (
  { choice, changes, back }: Extract<AdminReply, { says: 'chosen' }>,
  challenge: Challenge,
  words: Spoken,
  command: string,
): string[] => {
  const { locale } = challenge;
  const countingOf = (counting: Counting | null): string | undefined =>
    counting ? `${weekLabel(counting.week, locale)}${counting.late ? ` ${words.late}` : ''}` : undefined;
  const lines = changes.flatMap(({ month, posts, challengers }) => [
    ...posts.map(({ author, before, after }) => words.post(`<@${author}>`, countingOf(before), countingOf(after))),
    ...(challengers
      ? [words.challengers(monthLabel(month, locale), challengers.before.length, challengers.after.length)]
      : []),
  ]);
  return [
    subjectOf(choice, challenge, words),
    ...(lines.length > 0 ? lines : [words.unchanged]),
    backOf(back, words, command),
  ];
};

const subjectOf = (choice: AdminChoice, challenge: Challenge, words: Spoken): string => {
  if (choice.kind === 'post.ruled') return words.ruled[choice.verdict];
  const label = `${weekLabel(choice.week, challenge.locale)} (${choice.week})`;
  switch (choice.kind) {
    case 'week.rested':
      return words.rested(label, choice.rest, choice.reason && safeText(choice.reason, 80));
    case 'week.excused':
      return words.excused(`<@${choice.user}>`, label, choice.excused);
    case 'week.extended':
      return words.extended(label, choice.until && clockOf(choice.until, challenge));
  }
};

const backOf = (back: WayBack, words: Spoken, command: string): string => {
  if ('shortcut' in back) return words.backByShortcut(words.shortcuts[back.shortcut]);
  const verb = words.verbs[back.verb as keyof AdminWords['verbs']];
  const said = back.words.map((each) => (each.is === 'word' ? wordOf(each.text) : words[each.is]));
  return words.backByCommand([command, verb, ...said].join(' '));
};

// A mention of ours stays one.
const wordOf = (text: string): string => (/^<@[A-Z0-9]+>$/.test(text) ? text : safeText(text, 80));

const clockOf = (ts: Ts, { timeZone }: Challenge): string =>
  new Date(calendarOf(timeZone).wallClock(secondsOf(ts)) * 1000).toISOString().slice(0, 16).replace('T', ' ');

const statusLines = (status: Status, challenge: Challenge, words: Spoken, command: string): string[] => {
  const { heard, queue, deadLetters, clock, storage, overdue } = status;
  const at = heard && heard !== 'never' ? clockOf(heard, challenge) : undefined;
  return [
    words.heard(at, heard === 'never'),
    words.queue(queue?.jobs, queue?.seconds ?? 0),
    words.deadLetters(deadLetters),
    words.clock(clock?.isRight, clock?.seconds ?? 0),
    words.storage(storage && storage === 'ok'),
    words.schedule(overdue, command),
  ];
};
