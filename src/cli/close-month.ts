import { Refused } from '../events/errors.ts';
import { tsAt } from '../events/timestamp.ts';
import type { Month } from '../events/week.ts';
import { endedAttempt, refusalOf, sinceAsked } from '../handlers/second-chance.ts';
import { monthAsLogged } from '../history/compare.ts';
import {
  endingOf,
  endOf,
  lastWeekOf,
  type MonthState,
  monthState,
  type Plan,
  planOf,
  wantedBy,
} from '../host/month-closing.ts';
import { tickJob } from '../outbox/tick.ts';
import type { Challenge } from '../projections/challenge.ts';
import { systemClock } from '../setup/clock.ts';
import { type Outcome, type Result, tellResult } from './month-report.ts';
import { type AddCommand, type CommonOptions, chosen, Failure, optionsOf, parseMonth, type Shell } from './shell.ts';
import { wallClock } from './story.ts';
import { ask, ledgerAsLogged, ledgerNow, parseWait, type System, WAIT_SECONDS, withSystem } from './system.ts';

interface CloseMonthOptions {
  month: Month;
  channel?: string;
  dryRun?: boolean;
  yes?: boolean;
  announce?: boolean;
  wait: number;
}

export const closeMonthCommand: AddCommand = (program, shell) => {
  program
    .command('close-month')
    .description("freezes a month's result and announces it, once; also after a refusal")
    .requiredOption('--month <month>', 'the month, such as 2024-08', parseMonth)
    .option('--channel <id>', 'only this challenge')
    .option('--dry-run', 'only print the result as it stands, and what would be done; write and say nothing')
    .option('--yes', 'freeze a month that is not over yet')
    .option('--announce', 'announce it although it is long over, or was announced by another bot')
    .option('--wait <seconds>', 'how long to wait for a running server to do it', parseWait, WAIT_SECONDS)
    .addHelpText(
      'after',
      `
The schedule does this on the first Monday of the next month by itself, once. A frozen result never changes afterwards. What Slack has refused
since (the bot was not invited yet, the channel was archived), this command tries again, one new attempt each time it is called. A result that
is more than a month late, or from before the bot first listened, is frozen and recorded as not announced, unless --announce is there. Exit
code 0 only when that is done.

Example:
  til close-month --month 2024-08 --dry-run
`,
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
      else for (const result of results) tellResult(shell, result);
      if (results.some(({ outcome }) => !FINE.has(outcome))) throw new Failure('');
    });
};

const FINE = new Set<Outcome>(['nothing to close', 'frozen already', 'dry run', 'announced', 'not announced']);

const closeOne = async (
  shell: Shell,
  options: CloseMonthOptions & CommonOptions,
  system: System,
  challenge: Challenge,
): Promise<Result> => {
  const { channel, name, timeZone } = challenge;
  const { month } = options;
  const { view, nameOf } = await monthAsLogged(challenge, month, system);
  const result = { channel, name, timeZone, month: view, nameOf };
  if (view.weeks.length === 0 && !view.closed) return { ...result, outcome: 'nothing to close' };
  const week = lastWeekOf(month);
  const before = monthState(await ledgerAsLogged(system, challenge, week), month);
  const isWanted = options.announce === true;
  const plan = await planOf(challenge, month, before, isWanted, { log: system.log, clock: systemClock });
  const why = 'reason' in plan && plan.reason !== undefined ? { reason: plan.reason } : {};
  const hint = plan.does === 'keep silent' ? ({ needs: '--announce' } as const) : {};
  if (options.dryRun) {
    const outcome = view.closed ? 'frozen already' : 'dry run';
    const needs = !view.closed && !options.yes && !isOver(challenge, month) ? ({ needs: '--yes' } as const) : hint;
    return { ...result, outcome, would: plan.does, ...why, ...needs };
  }
  if (!view.closed && !options.yes) requireOver(challenge, month);
  const now = async (): Promise<MonthState> => monthState(await ledgerNow(system, challenge, week), month);
  const isDone = async (): Promise<boolean> => endingOf(plan, before, await now()) !== undefined;
  if (endingOf(plan, before, before)) return { ...result, ...outcomeOf(plan, before, before, 'here'), ...hint };
  const wanted = wantedBy(plan, before, isWanted);
  const tick = tickJob(channel, 'month.result', new Date(systemClock.now()), month, wanted);
  const by = await ask(shell, options, system, [tick], isDone);
  return { ...result, ...outcomeOf(plan, before, await now(), by), ...hint };
};

const isOver = (challenge: Challenge, month: Month): boolean => systemClock.now() / 1000 >= endOf(challenge, month);

const requireOver = (challenge: Challenge, month: Month): void => {
  if (isOver(challenge, month)) return;
  const { timeZone } = challenge;
  throw new Refused(
    `--month ${month} is not over until ${wallClock(tsAt(endOf(challenge, month) * 1000), timeZone)} (${timeZone}), and a frozen result never changes; add --yes to close it all the same`,
  );
};

const outcomeOf = (
  plan: Plan,
  before: MonthState,
  after: MonthState,
  by: 'here' | 'server',
): Pick<Result, 'outcome' | 'frozen' | 'reason'> => {
  const { frozen, record } = after;
  if (!frozen) return { outcome: by === 'here' ? 'waits' : 'left to the server' };
  const ending = endingOf(plan, before, after);
  if (ending === 'not announced') return { outcome: ending, frozen, reason: record?.skipped?.reason ?? '' };
  if (ending === 'refused')
    return { outcome: ending, frozen, reason: refusalOf(sinceAsked(record, endedAttempt(before.record))) ?? '' };
  return { outcome: ending ?? (by === 'here' ? 'frozen' : 'left to the server'), frozen };
};
