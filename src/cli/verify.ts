import type { Difference, Findings } from '../history/month.ts';
import { verify, verifyChallenges } from '../history/rebuild.ts';
import {
  type AddCommand,
  chosen,
  createProgress,
  Failure,
  type History,
  openHistory,
  optionsOf,
  printable,
  type Shell,
} from './shell.ts';

const LOOKS = 3;

export const verifyCommand: AddCommand = (program, shell) => {
  program
    .command('verify')
    .description('folds the log again and compares all that is stored, byte for byte; names what differs')
    .option('--channel <id>', 'only this challenge')
    .addHelpText(
      'after',
      '\nWrites nothing. Exit code 0: all agrees; 1: something differs or is damaged.\n\nExample:\n  til verify\n',
    )
    .action(async (_options, command) => {
      const options = optionsOf<{ channel?: string }>(command);
      const history = await openHistory(shell, options);
      const found = await look(shell, history, options);
      if (options.json) shell.out(`${JSON.stringify({ ok: found.differences.length === 0, ...found })}\n`);
      else tell(shell, found);
      if (found.differences.length > 0) throw new Failure('');
    });
};

interface Found {
  events: number;
  weeks: number;
  differences: Difference[];
}

/** Looks again when something differs: a server beside us may just be writing. What is damaged stays damaged. */
const look = async (shell: Shell, history: History, options: { channel?: string; json?: boolean }): Promise<Found> => {
  for (let times = 1; ; times++) {
    // One look's progress is enough.
    const found = await once(shell, history, { ...options, quiet: options.json === true || times > 1 });
    const settled = found.differences.every(({ problem }) => problem === 'damaged');
    if (settled || times === LOOKS) return found;
    await new Promise((resolve) => setTimeout(resolve, 700));
  }
};

const once = async (
  shell: Shell,
  history: History,
  { channel, quiet }: { channel?: string; quiet: boolean },
): Promise<Found> => {
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
    events: reports.reduce((sum, { events }) => sum + events, 0),
    weeks: reports.reduce((sum, { weeks }) => sum + weeks, 0),
    differences: [
      ...(await verifyChallenges(history.settings.challenges, history.state)),
      ...reports.flatMap(({ differences }) => differences),
    ],
  };
};

const tell = (shell: Shell, { events, weeks, differences }: Found): void => {
  for (const { key, problem, detail } of differences)
    shell.out(`${problem}: ${printable(key)}${detail ? ` (${printable(detail)})` : ''}\n`);
  if (differences.length === 0)
    shell.out(`All agrees: ${events} events in ${weeks} weeks give exactly what is stored.\n`);
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
