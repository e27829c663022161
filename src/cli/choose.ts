import type { Command } from 'commander';
import { weekOfEvent } from '../events/key.ts';
import { type Ts, tsAt } from '../events/timestamp.ts';
import { calendarOf } from '../events/week.ts';
import { type Judgement, judge, outlookOf, weeksToRead } from '../handlers/choice.ts';
import { foldWeek } from '../history/fold-week.ts';
import { knownNames } from '../history/known-names.ts';
import { keys } from '../pipeline/keys.ts';
import type { Challenge } from '../projections/challenge.ts';
import type { Ledger } from '../projections/ledger.ts';
import { differenceOf } from '../projections/month-difference.ts';
import { choiceJob } from '../queue/jobs.ts';
import { systemClock } from '../setup/clock.ts';
import { type ChoiceResult, tellChoice } from './choice-report.ts';
import { runsThatDiffer } from './choice-runs.ts';
import { type AdminChoice, commandBack } from './choice-undo.ts';
import { type CommonOptions, chosenOne, Failure, type Shell } from './shell.ts';
import { ask, loadNow, parseWait, type System, WAIT_SECONDS, withSystem } from './system.ts';
import type { CliText } from './text/cli-text.ts';
import type { CommandHelp } from './text/help-text.ts';
import type { ChoiceOutcome } from './text/outcome-text.ts';
import { Told } from './told.ts';

/** The options of every command by which an admin chooses something. */
export interface ChoiceOptions {
  channel?: string;
  undo?: boolean;
  yes?: boolean;
  wait: number;
}

/** What a choice is made in: the challenge that it is about, and the date it gets. */
export interface ChoiceScene {
  challenge: Challenge;
  at: Ts;
  system: System;
}

/** Adds the options that every choice has, and what is said of all of them under --help. */
export const withChoiceOptions = (
  command: Command,
  { help }: CliText,
  { options, after }: CommandHelp<'undo'>,
): Command =>
  command
    .option('--undo', options.undo)
    .option('--yes', help.choice.yes)
    .option('--channel <id>', help.choice.channel)
    .option('--wait <seconds>', help.wait, parseWait, WAIT_SECONDS)
    .addHelpText('after', `${help.choice.after}${after}`);

/** Checks a text of an admin's that is kept in the log: at most 80 characters, on one line. */
export const parseShort =
  (option: string) =>
  (text: string): string => {
    const short = text.trim();
    if (short.length >= 1 && short.length <= 80) return short;
    throw new Told((errors) => errors.length(option, short.length));
  };

/** Makes a choice, prints what it would change, and, with --yes, has it done. Throws `Failure` when that cannot be. */
export const choose = (
  shell: Shell,
  text: CliText,
  options: ChoiceOptions & CommonOptions,
  channel: string | undefined,
  make: (scene: ChoiceScene) => Promise<AdminChoice> | AdminChoice,
): Promise<void> =>
  withSystem(shell, options, async (system) => {
    const challenge = chosenOne(system.settings, channel ?? options.channel);
    const choice = await make({ challenge, at: tsAt(systemClock.now()), system });
    const ledgers = await ledgersAsLogged(system, challenge, choice);
    const before = judge(challenge, choice, ledgers);
    const said = before.is === 'new' && options.yes ? await have(shell, options, system, challenge, choice) : undefined;
    const result = await resultOf(system, challenge, choice, ledgers, said ?? outcomeOf(before, 'would change'));
    if (options.json) shell.out(`${JSON.stringify(result)}\n`);
    else {
      const known = await knownNames(challenge, system.state);
      const nameOf = (id: string): string => lastNameIn(ledgers, id) ?? known(id) ?? id;
      tellChoice(shell, result, { challenge, ledgers, nameOf, text: text.choice });
    }
    if (!FINE.has(result.outcome)) throw new Failure('');
  });

const FINE = new Set<ChoiceOutcome>(['would change', 'changed', 'nothing to change']);

type Said = Pick<ChoiceResult, 'outcome' | 'refusal'>;

const outcomeOf = (judgement: Judgement, isNew: ChoiceOutcome): Said => {
  if (judgement.is === 'refused') return { outcome: 'refused', refusal: judgement.refusal };
  return { outcome: judgement.is === 'said' ? 'nothing to change' : isNew };
};

/** Has a choice written: by the running server, or else here. */
const have = async (
  shell: Shell,
  options: ChoiceOptions & CommonOptions,
  system: System,
  challenge: Challenge,
  choice: AdminChoice,
): Promise<Said> => {
  // Judged as by whoever does the job: a month that was closed meanwhile is found, too.
  const now = async (): Promise<Judgement> => judge(challenge, choice, await ledgersNow(system, challenge, choice));
  const by = await ask(shell, options, system, [choiceJob(choice)], async () => (await now()).is !== 'new');
  const after = await now();
  if (after.is === 'said') return { outcome: 'changed' };
  return outcomeOf(after, by === 'here' ? 'waits' : 'left to the server');
};

const resultOf = async (
  system: System,
  challenge: Challenge,
  choice: AdminChoice,
  ledgers: readonly Ledger[],
  said: Said,
): Promise<ChoiceResult> => {
  const isAbout = said.outcome !== 'refused' && said.outcome !== 'nothing to change';
  const outlook = isAbout ? outlookOf(challenge, choice, ledgers) : [];
  const week = weekOfEvent(choice, calendarOf(challenge.timeZone));
  const own = ledgers.find((ledger) => ledger.week === week);
  const isOnly = system.settings.challenges.length === 1;
  return {
    channel: challenge.channel,
    ...said,
    event: choice,
    months: outlook.map(({ month, before, after }) => ({
      month,
      closed: before.snapshot.closed !== null,
      ...differenceOf(before, after),
    })),
    runs: await runsThatDiffer(challenge, outlook, system.state),
    ...(isAbout ? { undo: commandBack(choice, own, challenge, isOnly) } : {}),
  };
};

/** The ledgers by which a choice is judged, from the log alone: what is stored may be behind when no server runs. */
const ledgersAsLogged = async (system: System, challenge: Challenge, choice: AdminChoice): Promise<Ledger[]> => {
  const ledgers: Ledger[] = [];
  for (const week of weeksToRead(choice, challenge)) {
    const { state, events } = await foldWeek(challenge, week, system, 'readWeek');
    if (events > 0) ledgers.push(state);
  }
  return ledgers;
};

/** The same as they are stored now. */
const ledgersNow = async (system: System, challenge: Challenge, choice: AdminChoice): Promise<Ledger[]> => {
  const weeks = weeksToRead(choice, challenge);
  const all = await Promise.all(weeks.map((week) => loadNow<Ledger>(system, keys.ledger(challenge.channel, week))));
  return all.filter((ledger) => ledger !== undefined);
};

const lastNameIn = (ledgers: readonly Ledger[], id: string): string | undefined =>
  ledgers.findLast(({ people }) => people[id]?.name)?.people[id]?.name?.value;

/** Refuses two options, by their names, that contradict each other. */
export const requireNotBoth = <T extends object>(
  options: T,
  first: keyof T & string,
  second: keyof T & string,
): void => {
  if (options[first] !== undefined && options[second] !== undefined)
    throw new Told((errors) => errors.both(first, second));
};
