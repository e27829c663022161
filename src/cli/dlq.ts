import { Argument } from 'commander';
import { Refused } from '../events/errors.ts';
import { parseJob } from '../queue/jobs.ts';
import type { Job, NewJob, Queue } from '../queue/queue.ts';
import { systemClock } from '../setup/clock.ts';
import { addressesOf, type Environment } from '../setup/environment.ts';
import { openQueue } from '../setup/open.ts';
import { type AddCommand, optionsOf, type Shell, table } from './shell.ts';

const HELP = `
On AWS, jobs that fail too often go to the dead letter queue whose URL TIL_DLQ holds. On one machine there is none: a bad job goes to
quarantine ("til quarantine list"), and what only cannot be done now stays in the queue, which "list" shows then.

Example:
  TIL_DLQ=https://sqs.ap-northeast-2.amazonaws.com/1234/til-dead.fifo til dlq list
`;

export const dlqCommand: AddCommand = (program, shell) => {
  program
    .command('dlq')
    .description('jobs that failed too often: shows them, or puts them back on the queue')
    .addArgument(
      new Argument('<action>', 'list shows them; redrive puts all back, in their order').choices(['list', 'redrive']),
    )
    .option('--yes', 'put them back; without, redrive only counts them')
    .addHelpText('after', HELP)
    .action(async (action: 'list' | 'redrive', _options, command) => {
      const options = optionsOf<{ yes?: boolean }>(command);
      await (action === 'list' ? list(shell, options.json) : redrive(shell, options));
    });
};

const list = async (shell: Shell, json: boolean | undefined): Promise<void> => {
  const jobs = await listJobs(shell.environment);
  if (json) shell.out(`${JSON.stringify({ jobs: jobs.map(describeJob) })}\n`);
  else tell(shell, jobs);
};

const redrive = async (
  { environment, out }: Shell,
  { json, yes }: { json?: boolean; yes?: boolean },
): Promise<void> => {
  const dead = await openDead(environment);
  if (!yes) {
    const waiting = (await takeAll(dead)).length;
    out(
      json ? `${JSON.stringify({ waiting })}\n` : `${waiting} jobs would be put back, or more; add --yes to do it.\n`,
    );
    return;
  }
  const redriven = await putBack(dead, await openQueue(addressesOf(environment).queue, environment));
  out(json ? `${JSON.stringify({ redriven })}\n` : `${redriven} jobs are back on the queue.\n`);
};

const openDead = async (environment: Environment): Promise<Queue> => {
  const url = environment['TIL_DLQ'];
  if (!url || !/^https?:\/\//.test(url))
    throw new Refused(
      `TIL_DLQ: expected the URL of the dead letter queue, got ${url ? 'something else' : 'nothing'}; on one machine there is none`,
    );
  return openQueue(url, environment);
};

const listJobs = async (environment: Environment): Promise<NewJob[]> => {
  const { queue } = addressesOf(environment);
  if (environment['TIL_DLQ'] || !queue.startsWith('file:')) return takeAll(await openDead(environment));
  const local = await openQueue(queue, environment);
  const jobs = (await local.list?.()) ?? [];
  await local.close?.();
  return jobs;
};

/**
 * All jobs that may be taken now: of each group some ten, since a group's next ones wait for those. They are not removed, and come back
 * when their visibility time-out has passed.
 */
const takeAll = async (queue: Queue): Promise<Job[]> => {
  const all = new Map<string, Job>();
  for (;;) {
    const some = (await queue.take(10, 1)).filter(({ id, group }) => !all.has(`${group} ${id}`));
    if (some.length === 0) return [...all.values()];
    for (const job of some) all.set(`${job.group} ${job.id}`, job);
  }
};

/** A job is removed there only when it is safe here; twice does no harm. */
const putBack = async (dead: Queue, queue: Queue): Promise<number> => {
  let count = 0;
  for (let some = await dead.take(10, 1); some.length > 0; some = await dead.take(10, 1)) {
    // Under a new id: under its own, SQS would drop a job that it has seen within five minutes.
    await queue.put(some.map(({ id, group, body }) => ({ id: `redrive/${systemClock.now()}/${id}`, group, body })));
    await dead.done(some);
    count += some.length;
  }
  return count;
};

const describeJob = ({ id, group, body }: NewJob): { id: string; group: string; what: string } => {
  const job = parseJob(body);
  if (!job) return { id, group, what: 'no job of a known kind' };
  if (job.kind === 'event') {
    const { event } = job.payload as { event?: { type?: unknown } };
    return { id, group, what: `event ${String(event?.type ?? '')}`.slice(0, 80) };
  }
  if (job.kind === 'effect') return { id, group, what: `effect ${job.effect}` };
  return { id, group, what: job.kind === 'tick' ? `tick ${job.tick}` : job.kind };
};

const tell = (shell: Shell, jobs: readonly NewJob[]): void => {
  if (jobs.length === 0) shell.out('There are none.\n');
  else
    shell.out(
      table([['group', 'what', 'id'], ...jobs.map(describeJob).map(({ group, what, id }) => [group, what, id])]),
    );
};
