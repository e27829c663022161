import { type ForgetPorts, type Forgetting, findTraces, forget } from '../admin/forget.ts';
import { mentions } from '../admin/redact.ts';
import { Refused } from '../events/errors.ts';
import { addressesOf, type Environment, openEraser } from '../setup/wire.ts';
import { type Bucket, listAll } from '../store/bucket.ts';
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
  what still lies in quarantine, or was set aside from the queue, is listed by the command; it must be deleted by hand
`;

const HELP = `
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
  const { log } = ports;
  await queue.openTaker?.(); // Throws while a server runs: nothing may be written meanwhile.
  const waiting = (await queue.list?.())?.length ?? 0;
  if (waiting > 0)
    throw new Refused(`${waiting} jobs wait on the queue and may be about them: let "til serve" do them first`);
  const results: ({ channel: string; found: number } & Partial<Forgetting>)[] = [];
  for (const challenge of chosen(settings, options.channel)) {
    const { channel } = challenge;
    const progress = createProgress(shell, channel, options.json);
    const traces = await findTraces(challenge, user, log);
    const done = options.yes ? await forget(challenge, traces, ports, progress.step) : {};
    progress.end();
    results.push({ channel, found: traces.keys.length, ...done });
  }
  // What was done has left its bytes in the queue's file.
  if (options.yes) await queue.eraseTraces?.();
  const left = [...(await quarantined(log, user)), ...((await queue.setAside?.()) ?? [])];
  if (options.json) shell.out(`${JSON.stringify({ results, quarantined: left })}\n`);
  else tell(shell, user, results, left, options.yes === true);
  if (results.some(({ unchanged }) => unchanged === false)) throw new Failure('');
};

/** Whatever lies in quarantine and names them, also where it is wrapped in base64. */
const quarantined = async (log: Bucket, user: string): Promise<string[]> => {
  const found: string[] = [];
  for await (const { key } of listAll(log, 'quarantine/')) {
    const text = Buffer.from((await log.get(key))?.bytes ?? []).toString();
    const raw = /"content":"([A-Za-z0-9+/=]+)"/.exec(text)?.[1];
    if (mentions(text, user) || (raw && mentions(Buffer.from(raw, 'base64').toString(), user))) found.push(key);
  }
  return found;
};

const tell = (
  shell: Shell,
  user: string,
  results: readonly ({ channel: string; found: number } & Partial<Forgetting>)[],
  left: readonly string[],
  isDone: boolean,
): void => {
  for (const { channel, found, pseudonym, unchanged } of results) {
    if (!isDone)
      shell.out(
        `${channel}: ${found} events about ${user} would be replaced; add --yes to do it. It cannot be undone.\n`,
      );
    else if (found === 0) shell.out(`${channel}: nothing is known of ${user}.\n`);
    else shell.out(`${channel}: ${found} events were replaced; what they did counts for ${pseudonym} now.\n`);
    if (unchanged === false)
      shell.error(`${channel}: totals of others are not what they were; compare with a backup\n`);
  }
  for (const key of left) shell.out(`still in quarantine: ${key}\n`);
  shell.out(CANNOT);
};
