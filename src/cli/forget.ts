import { type ForgetPorts, type Forgetting, findTraces, forget, type Traces } from '../admin/forget.ts';
import { forgetHome, hasHome } from '../admin/forget-home.ts';
import { eraseLeftovers, findLeftovers, type Leftovers } from '../admin/leftovers.ts';
import { Refused } from '../events/errors.ts';
import type { Challenge } from '../projections/challenge.ts';
import { addressesOf, type Environment } from '../setup/environment.ts';
import { openEraser } from '../setup/open.ts';
import {
  type AddCommand,
  type CommonOptions,
  chosen,
  createProgress,
  Failure,
  optionsOf,
  printable,
  type Shell,
} from './shell.ts';
import { type System, withSystem } from './system.ts';

interface ForgetOptions {
  yes?: boolean;
  channel?: string;
}

export const forgetCommand: AddCommand = (program, shell) => {
  program
    .command('forget')
    .description("a person's wish: takes their name, words, links and id out of the log and of all that is derived")
    .argument('<user>', 'their id, such as U0MINSEO01')
    .option('--yes', 'do it; it cannot be undone. Without, it only counts')
    .option('--channel <id>', 'only in this challenge')
    .addHelpText('after', HELP)
    .action(async (user: string, _options, command) => {
      const options = optionsOf<ForgetOptions>(command);
      if (!/^[UW][A-Z0-9]{2,31}$/.test(user))
        throw new Refused(`expected the id of a person, such as U0MINSEO01, got ${printable(user)}`);
      const erasers = await erasersOf(shell.environment);
      await withSystem(shell, options, (system) => run(shell, options, user, { ...system, erasers }));
    });
};

const CANNOT = `What this cannot reach, and you must see to yourself:
  Slack itself: delete their messages there, or "til reconcile" fetches them again
  backups, replicas and copies of the log, exported files, and whatever other members wrote about them by name
  caches: CloudFront and browsers may show an older page for some minutes
  logs of requests (CloudTrail, access logs): they name objects, not what was in them; some objects' names hold a person's id
  what the command lists as left: it could not be read, or is about another challenge; it must be deleted by hand
`;

const HELP = `
What lies in quarantine, or was set aside by the queue, and names them is erased: it never came into the log. Who wants it to count
runs "til quarantine redrive --yes" first.
Their posts and likes go on counting under an id made by chance, with a stand-in for each link; so nobody else's totals change. The
server must be stopped, and a backup of the log taken first is wise (and must go later). Interrupted, the same command goes on.

On AWS only the eraser's role may do this (EraserRole among the stack's outputs); all earlier versions of the objects go too. What runs
there must rest meanwhile: events wait in the queue, and nothing is lost.
  aws lambda update-event-source-mapping --uuid <WorkerMapping> --no-enabled     (afterwards: --enabled)
What waits in that queue is not looked at: run the command once more when the worker has taken it.

${CANNOT}
Example:
  til forget U0MINSEO01
  til forget U0MINSEO01 --yes
`;

const erasersOf = async (environment: Environment): Promise<ForgetPorts['erasers']> => {
  const { log, state } = addressesOf(environment);
  return { log: await openEraser(log, environment), state: await openEraser(state, environment) };
};

const run = async (
  shell: Shell,
  options: ForgetOptions & CommonOptions,
  user: string,
  { settings, queue, ...ports }: System & ForgetPorts,
): Promise<void> => {
  await queue.openTaker?.(); // Throws while a server runs: nothing may be written meanwhile.
  const waiting = (await queue.list?.())?.length ?? 0;
  if (waiting > 0)
    throw new Refused(`${waiting} jobs wait on the queue and may be about them: let "til serve" do them first`);
  const challenges = chosen(settings, options.channel);
  const traces = new Map<Challenge, Traces>();
  for (const challenge of challenges) traces.set(challenge, await findTraces(challenge, user, ports.log));
  requireWhole([...traces.values()], options);

  const messages = new Set([...traces.values()].flatMap(({ person }) => [...person.messages]));
  const beside = { ...ports, setAside: queue.setAside };
  const found = await findLeftovers({ user, messages }, beside, isAbout(challenges, settings.challenges));
  // Before the log is changed: from it is known which messages are theirs.
  if (options.yes) await eraseLeftovers(found.ours, beside);
  // It is one for all challenges: who is in others, too, is in it again when they open it.
  const home = await hasHome(user, ports.state);
  if (options.yes) await forgetHome(user, ports);
  const results: Told['results'] = [];
  for (const [challenge, found] of traces) {
    const { channel } = challenge;
    const progress = createProgress(shell, channel, options.json);
    const done = options.yes ? await forget(challenge, found, ports, progress.step) : {};
    progress.end();
    results.push({ channel, found: found.keys.length, ...done });
  }
  // What was done has left its bytes in the queue's file.
  if (options.yes) await queue.eraseTraces?.();
  const left = options.yes ? [found.others] : [found.ours, found.others];
  const report: Told = {
    results,
    quarantined: left.flatMap(({ quarantine }) => quarantine),
    setAside: left.flatMap((each) => each.queue),
    unreadable: found.unreadable,
    home,
    ...(options.yes ? { erased: found.ours } : {}),
  };
  if (options.json) shell.out(`${JSON.stringify(report)}\n`);
  else tell(shell, user, report);
  if (results.some(({ unchanged }) => unchanged === false) || (options.yes && found.unreadable.length > 0))
    throw new Failure('');
};

/** What was done, and what is left: keys in quarantine, and names of what the queue has set aside. */
interface Told {
  results: ({ channel: string; found: number } & Partial<Forgetting>)[];
  quarantined: string[];
  setAside: string[];
  /** Keys in quarantine that cannot be read. */
  unreadable: string[];
  /** Whether they were known to have opened App Home. */
  home: boolean;
  /** Absent when nothing was to be done yet. */
  erased?: Leftovers;
}

/** All derived state is computed again from the log, so it would lose whatever an unreadable object says. */
const requireWhole = (traces: readonly Traces[], { yes }: ForgetOptions): void => {
  const damaged = traces.flatMap((each) => each.damaged);
  if (damaged.length === 0 || !yes) return;
  throw new Failure(
    `til: ${damaged.length} objects of the log cannot be read, and may name them: ${damaged.join(', ')}. Put them back from a copy first`,
  );
};

/** Whether a text concerns the chosen challenges: it names one of them, or none at all. */
const isAbout =
  (chosen: readonly Challenge[], all: readonly Challenge[]) =>
  (text: string): boolean =>
    chosen.some(({ channel }) => text.includes(channel)) || !all.some(({ channel }) => text.includes(channel));

const tell = (shell: Shell, user: string, { results, erased, home, ...left }: Told): void => {
  for (const { channel, found, pseudonym, unchanged } of results) {
    if (!erased)
      shell.out(
        `${channel}: ${found} events about ${user} would be replaced; add --yes to do it. It cannot be undone.\n`,
      );
    else if (found === 0) shell.out(`${channel}: nothing is known of ${user}.\n`);
    else shell.out(`${channel}: ${found} events were replaced; what they did counts for ${pseudonym} now.\n`);
    if (unchanged === false)
      shell.error(`${channel}: totals of others are not what they were; compare with a backup\n`);
  }
  if (home) shell.out(`App Home: that they have opened it ${erased ? 'is' : 'would be'} forgotten.\n`);
  for (const key of erased?.quarantine ?? []) shell.out(`erased from quarantine: ${key}\n`);
  for (const name of erased?.queue ?? []) shell.out(`erased from what the queue had set aside: ${printable(name)}\n`);
  for (const key of left.quarantined) shell.out(`still in quarantine: ${key}\n`);
  for (const name of left.setAside) shell.out(`still set aside by the queue: ${printable(name)}\n`);
  for (const key of left.unreadable) shell.out(`still in quarantine, and cannot be read: ${key}\n`);
  shell.out(CANNOT);
};
