import type { Plan } from '../host/month-closing.ts';
import type { MonthSnapshot } from '../projections/contract.ts';
import type { Closed } from '../projections/ledger.ts';
import { printable, type Shell, table } from './shell.ts';
import { wallClock } from './story.ts';
import type { MonthOutcome, MonthText } from './text/outcome-text.ts';

/** What has come of closing a month, and how the month stands. */
export interface Result {
  channel: string;
  name: string;
  month: MonthSnapshot;
  timeZone: string;
  nameOf: (id: string) => string;
  outcome: MonthOutcome;
  frozen?: Closed;
  /** What a dry run found that would be done. */
  would?: Plan['does'];
  /** Why it is not announced, was refused, or would be announced once more. */
  reason?: string;
  /** The option with which it would be closed, or announced. */
  needs?: '--yes' | '--announce';
}

const sentences = ({ outcome, would, reason, needs }: Result, text: MonthText): string => {
  const why = printable(text.reason(reason ?? ''));
  const flag = needs === '--announce' ? ` ${text.flag}` : '';
  if (outcome === 'not announced') return `${text.notAnnounced(why)}${flag}`;
  if (outcome === 'refused') return text.refused(why);
  const head = text.says[outcome];
  if (!would) return head;
  if (needs === '--yes') return `${head} ${text.notOver}`;
  if (would === 'nothing') return `${head} ${text.nothingLeft}`;
  const isFrozen = outcome === 'frozen already';
  if (would === 'keep silent') return `${head} ${text.wouldKeepSilent(isFrozen, why)}${flag}`;
  return `${head} ${text.wouldAnnounce(isFrozen, reason ? why : undefined)}`;
};

/** Prints a result. */
export const tellResult = (shell: Shell, result: Result, text: MonthText): void => {
  const { channel, name, timeZone, month, nameOf, outcome, frozen } = result;
  shell.out(`${printable(name)} (${channel}), ${month.month}: ${sentences(result, text)}\n`);
  const { challengers, special, finishers = [] } = frozen ?? month.closed ?? month;
  if (outcome === 'nothing to close') return;
  if (frozen) shell.out(`${text.frozenAt(`${wallClock(frozen.at, timeZone)} (${timeZone})`)}\n`);
  if (challengers.length === 0) shell.out(`${text.nobody}\n`);
  else
    shell.out(
      table([
        [...text.heads, ''],
        ...challengers.map(({ id, likes }) => [nameOf(id), likes, special.includes(id) ? text.special : '']),
      ]),
    );
  const names = (ids: readonly string[]): string => ids.map((id) => printable(nameOf(id))).join(', ');
  if (finishers.length > 0) shell.out(`${text.missedOne(names(finishers.map(({ id }) => id)))}\n`);
  if (frozen?.readers && frozen.readers.length > 0) shell.out(`${text.readers(names(frozen.readers))}\n`);
};
