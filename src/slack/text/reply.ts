import type { Reply } from '../../handlers/reply.ts';
import type { Challenge } from '../../projections/challenge.ts';
import { weekLabel } from '../../projections/label.ts';
import { enReplies } from './en-replies.ts';
import { koReplies } from './ko-replies.ts';
import { safeText } from './safe.ts';
import { stateText } from './state.ts';

/** What a reply's words need beside it. */
export interface ReplyContext {
  challenge: Pick<Challenge, 'channel' | 'locale' | 'rules' | 'timeZone'>;
  /** The slash command, such as `/til`. */
  command: string;
  /** They spoke neither in a challenge's channel nor to the bot alone. */
  isElsewhere?: boolean;
}

const WORDS = { ko: koReplies, en: enReplies };

/** Replies in words, as one text of Slack's. */
export const replyText = (replies: readonly Reply[], { challenge, command, isElsewhere }: ReplyContext): string => {
  const words = WORDS[challenge.locale];
  const lines = replies.map((reply) => lineOf(reply, challenge, safeText(command, 40)));
  const isAboutOne = replies.some(({ says }) => says === 'planned' || says === 'set' || says === 'state');
  return [...(isElsewhere && isAboutOne ? [words.elsewhere(`<#${challenge.channel}>`)] : []), ...lines].join('\n');
};

const lineOf = (reply: Reply, challenge: ReplyContext['challenge'], command: string): string => {
  const { locale, rules } = challenge;
  const words = WORDS[locale];
  const { between } = rules.streak;
  switch (reply.says) {
    case 'planned':
      return words.planned(between === 'off' ? undefined : between)[reply.plan];
    case 'set':
      if (reply.isUnsent) return words.notSent;
      return words.set(command)[`${reply.key}.${reply.value}`] as string;
    case 'over':
      return words.over(weekLabel(reply.week, locale), command);
    case 'overtaken':
      return words.overtaken;
    case 'values':
      return words.values(command, reply.key, reply.values);
    case 'state':
      return stateText(reply.state, reply.thread, challenge);
    case 'help':
      return [...(reply.unknown ? [words.notUnderstood] : []), ...words.help(command)].join('\n');
    case 'where':
      return words.where(reply.channels.map((channel) => `<#${channel}>`));
  }
};
