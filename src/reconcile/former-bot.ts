import type { EventOf } from '../events/catalog.ts';
import type { Ts } from '../events/timestamp.ts';
import { type Calendar, type Month, monthOf, plusMonths, type Week, weeksOf } from '../events/week.ts';
import { monthResultId } from '../handlers/month-result.ts';
import { describeMessage } from '../slack/translate.ts';

/** The event that a month's result is not to be announced: the bot that ran the challenge before this one has done it. */
export const announcedBefore = (channel: string, month: Month, at: Ts): EventOf<'effect.skipped'> => ({
  v: 1,
  kind: 'effect.skipped',
  channel,
  at,
  week: weeksOf(month).at(-1) as Week,
  effect: monthResultId(month),
  reason: 'announced by another bot',
});

// The former bot's headings, as Slack writes their brackets. Without brackets it could be a call for next month's challengers.
const HEADING = /(?:<|&lt;)\s*(1[0-2]|[1-9])월\s*(?:스페셜\s*)?챌린저\s*(?:>|&gt;)/;

/** The month whose result a message announces, if it is another bot's: one of the months before it was written, the latest of that number. */
export const resultAnnouncedIn = (
  message: { ts: Ts } & Record<string, unknown>,
  calendar: Calendar,
): Month | undefined => {
  const { author, metadata } = describeMessage(message) as { author?: { bot?: string }; metadata?: unknown };
  if (!author?.bot || metadata) return undefined;
  const number = HEADING.exec(`${String(message['text'] ?? '')} ${JSON.stringify(message['blocks'] ?? '')}`)?.[1];
  if (!number) return undefined;
  let month = plusMonths(monthOf(calendar.weekOf(message.ts)), -1);
  while (Number(month.slice(5)) !== Number(number)) month = plusMonths(month, -1);
  return month;
};
