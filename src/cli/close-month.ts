import { Refused } from '../events/errors.ts';
import { tsAt } from '../events/timestamp.ts';
import { calendarOf, type Month, plusWeeks, type Week, weeksOf } from '../events/week.ts';
import { monthResultId } from '../handlers/month-result.ts';
import { monthAsLogged } from '../history/compare.ts';
import { monthResultJob } from '../outbox/effect-jobs.ts';
import { tickJob } from '../outbox/tick.ts';
import { keys } from '../pipeline/keys.ts';
import type { Challenge } from '../projections/challenge.ts';
import type { MonthSnapshot } from '../projections/contract.ts';
import type { Closed, Ledger } from '../projections/ledger.ts';
import { systemClock } from '../setup/clock.ts';
import {
  type AddCommand,
  type CommonOptions,
  chosen,
  Failure,
  optionsOf,
  parseMonth,
  printable,
  type Shell,
  table,
} from './shell.ts';
import { wallClock } from './story.ts';
import { loadNow, request, type System, withSystem } from './system.ts';

interface CloseMonthOptions {
  month: Month;
  channel?: string;
  dryRun?: boolean;
  yes?: boolean;
}

export const closeMonthCommand: AddCommand = (program, shell) => {
  program
    .command('close-month')
    .description("freezes a month's result and announces it; once, however often it is asked for")
    .requiredOption('--month <month>', 'the month, such as 2024-08', parseMonth)
    .option('--channel <id>', 'only this challenge')
    .option('--dry-run', 'only print the result as it stands; write and say nothing')
    .option('--yes', 'freeze a month that is not over yet')
    .addHelpText(
      'after',
      '\nThe schedule does this on the first Monday of the next month by itself. A frozen result never changes afterwards.\n\nExample:\n  til close-month --month 2024-08 --dry-run\n',
    )
    .action(async (_options, command) => {
      const options = optionsOf<CloseMonthOptions>(command);
      const results = await withSystem(shell, options, async (system) => {
        const all: Result[] = [];
        for (const challenge of chosen(system.settings, options.channel))
          all.push(await closeOne(shell, options, system, challenge));
        return all;
      });
      if (options.json)
        shell.out(
          `${JSON.stringify({ results: results.map(({ nameOf: _, name: __, timeZone: ___, ...rest }) => rest) })}\n`,
        );
      else for (const result of results) tell(shell, result);
      if (results.some(({ outcome }) => outcome === 'waits')) throw new Failure('');
    });
};

type Outcome =
  | 'nothing to close'
  | 'frozen already'
  | 'dry run'
  | 'left to the server'
  | 'waits'
  | 'frozen'
  | 'announced'
  | 'not announced';

interface Result {
  channel: string;
  name: string;
  month: MonthSnapshot;
  timeZone: string;
  nameOf: (id: string) => string;
  outcome: Outcome;
  frozen?: Closed;
}

const closeOne = async (
  shell: Shell,
  options: CloseMonthOptions & CommonOptions,
  system: System,
  challenge: Challenge,
): Promise<Result> => {
  const { channel, name, timeZone } = challenge;
  const { view, nameOf } = await monthAsLogged(challenge, options.month, system);
  const result = { channel, name, timeZone, month: view, nameOf };
  if (view.weeks.length === 0 && !view.closed) return { ...result, outcome: 'nothing to close' };
  if (options.dryRun) return { ...result, outcome: view.closed ? 'frozen already' : 'dry run' };
  const before = await outcomeOf(system, channel, options.month);
  if (before.outcome === 'announced') return { ...result, ...before };
  if (!view.closed) requireOver(challenge, options);
  const done = await request(shell, options, system, jobsFor(challenge, options.month));
  if (!done) return { ...result, outcome: 'left to the server' };
  return { ...result, ...(await outcomeOf(system, channel, options.month)) };
};

const jobsFor = (challenge: Challenge, month: Month) => [
  tickJob(challenge.channel, 'month.result', new Date(systemClock.now()), month),
  // Should it have been frozen earlier, and its announcement lost. When it is not frozen yet, this finds nothing to say.
  monthResultJob(challenge, month),
];

const requireOver = ({ timeZone }: Challenge, { month, yes }: CloseMonthOptions): void => {
  const end = calendarOf(timeZone).instant(plusWeeks(weeksOf(month).at(-1) as Week, 1), 0, 0, 0);
  if (yes || systemClock.now() / 1000 >= end) return;
  throw new Refused(
    `--month ${month} is not over until ${wallClock(tsAt(end * 1000), timeZone)} (${timeZone}), and a frozen result never changes; add --yes to close it all the same`,
  );
};

const lastLedger = (system: System, channel: string, month: Month): Promise<Ledger | undefined> =>
  loadNow<Ledger>(system, keys.ledger(channel, weeksOf(month).at(-1) as Week));

const outcomeOf = async (
  system: System,
  channel: string,
  month: Month,
): Promise<{ outcome: Outcome; frozen?: Closed }> => {
  const ledger = await lastLedger(system, channel, month);
  const frozen = ledger?.closed[month];
  if (!frozen) return { outcome: 'waits' };
  const record = ledger?.effects[monthResultId(month)];
  if (record?.delivered) return { outcome: 'announced', frozen };
  const ended = record?.skipped || Object.values(record?.refused ?? {}).some(({ final }) => final);
  return { outcome: ended ? 'not announced' : 'frozen', frozen };
};

const SAYS: Record<Outcome, string> = {
  'nothing to close': 'no week of it was open, so there is nothing to close.',
  'dry run': 'as it stands; nothing was written, nothing was said.',
  'frozen already': 'frozen already; nothing was written, nothing was said.',
  'left to the server': 'as it stands. The job is on the queue; the running server freezes and announces it.',
  waits: 'could not be frozen yet; the job waits on the queue. "til doctor" looks for the reason.',
  frozen:
    'frozen. It is not announced yet: that waits until "til serve" or this command runs with a SLACK_BOT_TOKEN that works.',
  announced: 'frozen and announced.',
  'not announced':
    'frozen. It was not announced: too old, over before the bot listened, announced by another bot before, or refused by Slack; "til replay" shows which.',
};

const tell = (shell: Shell, { channel, name, timeZone, month, nameOf, outcome, frozen }: Result): void => {
  shell.out(`${printable(name)} (${channel}), ${month.month}: ${SAYS[outcome]}\n`);
  const { challengers, special } = frozen ?? month.closed ?? month;
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
};
