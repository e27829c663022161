import { BEFORE_LISTENING, type Plan } from '../host/month-closing.ts';
import type { MonthSnapshot } from '../projections/contract.ts';
import type { Closed } from '../projections/ledger.ts';
import { printable, type Shell, table } from './shell.ts';
import { wallClock } from './story.ts';

/** What has come of closing a month. */
export type Outcome =
  | 'nothing to close'
  | 'frozen already'
  | 'dry run'
  | 'left to the server'
  | 'waits'
  | 'frozen'
  | 'announced'
  | 'not announced'
  | 'refused';

/** What has come of closing a month, and how the month stands. */
export interface Result {
  channel: string;
  name: string;
  month: MonthSnapshot;
  timeZone: string;
  nameOf: (id: string) => string;
  outcome: Outcome;
  frozen?: Closed;
  /** What a dry run found that would be done. */
  would?: Plan['does'];
  /** Why it is not announced, was refused, or would be announced once more. */
  reason?: string;
  /** The option with which it would be closed, or announced. */
  needs?: '--yes' | '--announce';
}

const SAYS: Record<Outcome, string> = {
  'nothing to close': 'no week of it was open, so there is nothing to close.',
  'dry run': 'as it stands; nothing was written, nothing was said.',
  'frozen already': 'frozen already; nothing was written, nothing was said.',
  'left to the server':
    'the job is on the queue, and the running server freezes and announces it; it has not done so yet. "til doctor" looks for the reason.',
  waits: 'could not be frozen yet; the job waits on the queue. "til doctor" looks for the reason.',
  frozen:
    'frozen. It is not announced yet: that waits until "til serve" or this command runs with a SLACK_BOT_TOKEN that works.',
  announced: 'frozen and announced.',
  'not announced': 'frozen, and not announced:',
  refused: 'frozen. Slack refused the announcement',
};

/** Reasons of skips, as a person reads them. */
const REASONS: Record<string, string> = {
  'too old': 'it is more than a month late',
  [BEFORE_LISTENING]: 'it is from before the bot first listened, and nobody knows whether it was announced by hand',
  'announced by another bot': 'it was announced by another bot before',
};

const inWords = (reason: string): string => REASONS[reason] ?? printable(reason);

const sentences = ({ outcome, would, reason, needs }: Result): string => {
  const [head, why] = [SAYS[outcome], inWords(reason ?? '')];
  const flag = needs === '--announce' ? ` With ${needs} it is announced all the same.` : '';
  if (outcome === 'not announced') return `${head} ${why}.${flag}`;
  if (outcome === 'refused')
    return `${head} (${why}); "til doctor" looks at token and channel. When that is mended, call this command again.`;
  if (!would) return head;
  if (needs === '--yes') return `${head} The month is not over: to close it now needs ${needs}.`;
  if (would === 'nothing') return `${head} It is announced: there is nothing left to do.`;
  const isFrozen = outcome === 'frozen already';
  if (would === 'keep silent')
    return `${head} ${isFrozen ? 'It is not announced' : 'It would be frozen, and not announced'}: ${why}.${flag}`;
  return `${head} It would be ${isFrozen ? '' : 'frozen and '}announced${reason ? `; before, it was not: ${why}` : ''}.`;
};

/** Prints a result. */
export const tellResult = (shell: Shell, result: Result): void => {
  const { channel, name, timeZone, month, nameOf, outcome, frozen } = result;
  shell.out(`${printable(name)} (${channel}), ${month.month}: ${sentences(result)}\n`);
  const { challengers, special, finishers = [] } = frozen ?? month.closed ?? month;
  if (outcome === 'nothing to close') return;
  if (frozen) shell.out(`frozen at ${wallClock(frozen.at, timeZone)} (${timeZone})\n`);
  if (challengers.length === 0) shell.out('nobody took part in every week\n');
  else
    shell.out(
      table([
        ['challenger', 'likes', ''],
        ...challengers.map(({ id, likes }) => [nameOf(id), likes, special.includes(id) ? 'special' : '']),
      ]),
    );
  if (finishers.length > 0)
    shell.out(`missed one week: ${finishers.map(({ id }) => printable(nameOf(id))).join(', ')}\n`);
  if (frozen?.readers && frozen.readers.length > 0)
    shell.out(`readers of the month: ${frozen.readers.map((id) => printable(nameOf(id))).join(', ')}\n`);
};
