import type { Choice } from '../events/choices.ts';
import { secondsOf } from '../events/timestamp.ts';
import { calendarOf, plusWeeks } from '../events/week.ts';
import type { Challenge } from '../projections/challenge.ts';
import type { Ledger } from '../projections/ledger.ts';
import { printable } from './shell.ts';

/** What an admin chooses for the challenge. */
export type AdminChoice = Exclude<Choice, { kind: 'week.planned' | 'member.set' }>;

/**
 * The command that makes it again as it was. `ledger`: that of the choice's week as it was; `isOnly`: there is no other challenge that
 * could be meant.
 */
export const commandBack = (
  choice: AdminChoice,
  ledger: Ledger | undefined,
  challenge: Challenge,
  isOnly: boolean,
): string => {
  const words = ['til', ...wordsBack(choice, ledger, challenge), ...(isOnly ? [] : ['--channel', choice.channel])];
  return [...words, '--yes'].map(quoted).join(' ');
};

const wordsBack = (choice: AdminChoice, ledger: Ledger | undefined, challenge: Challenge): string[] => {
  switch (choice.kind) {
    case 'post.ruled': {
      const { verdict = 'none', week, note } = ledger?.messages[choice.ts]?.ruling ?? {};
      if (verdict === 'none') return [choice.verdict === 'reject' ? 'reject' : 'accept', choice.ts, '--undo'];
      return [verdict, choice.ts, ...option('--week', week), ...option('--note', note)];
    }
    case 'week.rested': {
      const { rest, reason } = ledger?.rested ?? {};
      if (rest === undefined) return ['rest-week', choice.week, '--undo'];
      return ['rest-week', choice.week, ...(rest ? [] : ['--work']), ...option('--reason', reason)];
    }
    case 'week.excused':
      return ['excuse', choice.user, choice.week, ...(ledger?.excuses?.[choice.user]?.excused ? [] : ['--undo'])];
    case 'week.extended': {
      const until = ledger?.extended?.until;
      if (until === undefined) return ['extend', choice.week, '--undo'];
      const hours = Math.round((secondsOf(until) - endOfWeek(challenge, choice.week)) / 3600);
      return ['extend', choice.week, '--hours', String(hours)];
    }
  }
};

/** The first second after a week, since 1970. */
export const endOfWeek = ({ timeZone }: Challenge, week: string): number =>
  calendarOf(timeZone).beginningOf(plusWeeks(week, 1));

const option = (name: string, value: string | undefined): string[] => (value === undefined ? [] : [name, value]);

/** A word as one types it to a shell. */
const quoted = (word: string): string =>
  /^[\w.-]+$/.test(word) ? word : `'${printable(word).replaceAll("'", `'\\''`)}'`;
