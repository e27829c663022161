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
import { type Result, tellResult } from './month-report.ts';
import { type AddCommand, type CommonOptions, chosen, Failure, optionsOf, parseMonth, type Shell } from './shell.ts';
import { wallClock } from './story.ts';
import { ask, ledgerAsLogged, ledgerNow, parseWait, type System, WAIT_SECONDS, withSystem } from './system.ts';
import type { MonthOutcome } from './text/outcome-text.ts';
import { Told } from './told.ts';

interface CloseMonthOptions {
  month: Month;
  channel?: string;
  dryRun?: boolean;
  yes?: boolean;
  announce?: boolean;
  wait: number;
}

export const closeMonthCommand: AddCommand = (program, shell, text) => {
  const help = text.help.closeMonth;
  program
    .command('close-month')
    .description(help.does)
    .requiredOption('--month <month>', help.options.month, parseMonth)
    .option('--channel <id>', text.help.onlyChallenge)
    .option('--dry-run', help.options.dryRun)
    .option('--yes', help.options.yes)
    .option('--announce', help.options.announce)
    .option('--wait <seconds>', text.help.wait, parseWait, WAIT_SECONDS)
    .addHelpText('after', help.after)
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
      else for (const result of results) tellResult(shell, result, text.month);
      if (results.some(({ outcome }) => !FINE.has(outcome))) throw new Failure('');
    });
};

const FINE = new Set<MonthOutcome>(['nothing to close', 'frozen already', 'dry run', 'announced', 'not announced']);

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
  const until = `${wallClock(tsAt(endOf(challenge, month) * 1000), timeZone)} (${timeZone})`;
  throw new Told((errors) => errors.notOver(month, until));
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
