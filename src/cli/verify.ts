import type { Difference, Findings } from '../history/month.ts';
import { verify, verifyChallenges } from '../history/rebuild.ts';
import { lookUntilSettled, type Settled } from '../history/settled.ts';
import { systemClock } from '../setup/clock.ts';
import { type History, openHistory, requireLog } from './history.ts';
import { type AddCommand, chosen, createProgress, Failure, optionsOf, printable, type Shell } from './shell.ts';

type Found = Pick<Settled, 'events' | 'weeks' | 'differences' | 'unsettled'>;

export const verifyCommand: AddCommand = (program, shell) => {
  program
    .command('verify')
    .description('folds the log again and compares all that is stored, byte for byte; names what differs')
    .option('--channel <id>', 'only this challenge')
    .addHelpText(
      'after',
      '\nWrites nothing. Beside a running server it looks again before it names a difference. Exit code 0: all agrees; 1: something\ndiffers or is damaged; 2: there is no log.\n\nExample:\n  til verify\n',
    )
    .action(async (_options, command) => {
      const options = optionsOf<{ channel?: string }>(command);
      const history = await openHistory(shell, options, 'asItLies');
      await requireLog(shell, history, options);
      // One look's progress is enough.
      const look = (times: number) => once(shell, history, { ...options, quiet: options.json === true || times > 1 });
      const { events, weeks, ...rest } = await lookUntilSettled(look, systemClock.sleep);
      const differences = rest.differences.map(({ compared: _, ...difference }) => difference);
      const { unsettled } = rest;
      const found = { ok: differences.length === 0, events, weeks, differences };
      if (options.json) shell.out(`${JSON.stringify(unsettled.length > 0 ? { ...found, unsettled } : found)}\n`);
      else tell(shell, { ...found, unsettled });
      if (!found.ok) throw new Failure('');
    });
};

const once = async (
  shell: Shell,
  history: History,
  { channel, quiet }: { channel?: string; quiet: boolean },
): Promise<Findings> => {
  const reports: Findings[] = [];
  for (const challenge of chosen(history.settings, channel)) {
    const progress = createProgress(shell, challenge.channel, quiet);
    reports.push(
      await verify(challenge, {
        ...history,
        progress: (done, total, events) => progress.step(done, total, `weeks, ${events} events`),
      }),
    );
    progress.end();
  }
  return {
    written: [],
    events: reports.reduce((sum, { events }) => sum + events, 0),
    weeks: reports.reduce((sum, { weeks }) => sum + weeks, 0),
    differences: [
      ...(await verifyChallenges(history.settings.challenges, history.state)),
      ...reports.flatMap(({ differences }) => differences),
    ],
  };
};

const tell = (shell: Shell, { events, weeks, differences, unsettled }: Found): void => {
  for (const { key, problem, detail } of differences)
    shell.out(`${problem}: ${printable(key)}${detail ? ` (${printable(detail)})` : ''}\n`);
  for (const key of unsettled)
    shell.out(`not compared: ${printable(key)} was written at every look; try again when it is quieter\n`);
  if (differences.length === 0 && unsettled.length === 0)
    shell.out(`All agrees: ${events} events in ${weeks} weeks give exactly what is stored.\n`);
  else if (differences.length === 0) shell.out(`All the rest agrees: ${events} events in ${weeks} weeks.\n`);
  else {
    const what = differences.length === 1 ? '1 object is' : `${differences.length} objects are`;
    const problems = new Set(differences.map(({ problem }) => problem));
    const advice = ADVICE.flatMap(([problem, text]) => (problems.has(problem) ? [text] : []));
    shell.out(`${what} not what the log of ${events} events says. ${[...new Set(advice)].join(' ')}\n`);
  }
};

const REBUILD = '"til rebuild" stores what the log says.';

/** What to do about each problem. */
const ADVICE: [Difference['problem'], string][] = [
  ['missing', REBUILD],
  ['differs', REBUILD],
  [
    'unexpected',
    'What is unexpected follows from nothing in the log: delete it by hand, or look whether TIL_LOG is right.',
  ],
  ['damaged', 'What is damaged in the log must come back from a copy of it.'],
];
