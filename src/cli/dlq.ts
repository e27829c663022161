import { Argument } from 'commander';
import { Refused } from '../events/errors.ts';
import { byGroup } from '../host/batch.ts';
import { parseJob } from '../queue/jobs.ts';
import type { Job, NewJob, Queue } from '../queue/queue.ts';
import { systemClock } from '../setup/clock.ts';
import { addressesOf, type Environment } from '../setup/environment.ts';
import { openQueue } from '../setup/open.ts';
import { type AddCommand, Failure, optionsOf, printable, type Shell, table } from './shell.ts';

const HELP = `
On AWS, jobs that fail too often go to the dead letter queue whose URL TIL_DLQ holds. On one machine there is none: a bad job goes to
quarantine ("til quarantine list"), and what only cannot be done now stays in the queue, which "list" shows then. Exit code 1 while dead
letters are left.

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
  const { jobs, dead } = await listJobs(shell.environment);
  if (json) shell.out(`${JSON.stringify({ jobs: jobs.map(describeJob) })}\n`);
  else tell(shell, jobs);
  // What waits in the queue of one machine is no dead letter.
  if (dead && jobs.length > 0) throw new Failure('');
};

const redrive = async (
  { environment, out, error }: Shell,
  { json, yes }: { json?: boolean; yes?: boolean },
): Promise<void> => {
  const dead = await openDead(environment);
  if (!yes) {
    const waiting = (await peek(dead)).length;
    out(
      json ? `${JSON.stringify({ waiting })}\n` : `${waiting} jobs would be put back, or more; add --yes to do it.\n`,
    );
    if (waiting > 0) throw new Failure('');
    return;
  }
  const { redriven, stuck } = await putBack(dead, await openQueue(addressesOf(environment).queue, environment));
  const left = stuck.map(({ job, reason }) => ({ ...describeJob(job), reason }));
  out(
    json
      ? `${JSON.stringify({ redriven, ...(left.length > 0 && { left }) })}\n`
      : `${redriven} jobs are back on the queue.\n`,
  );
  if (left.length === 0) return;
  if (!json) for (const { id, group, reason } of left) error(`left: ${printable(`${group} ${id}: ${reason}`)}\n`);
  throw new Failure('');
};

const openDead = async (environment: Environment): Promise<Queue> => {
  const url = environment['TIL_DLQ'];
  if (!url || !/^https?:\/\//.test(url))
    throw new Refused(
      `TIL_DLQ: expected the URL of the dead letter queue, got ${url ? 'something else' : 'nothing'}; on one machine there is none`,
    );
  return openQueue(url, environment);
};

/** The jobs to show, and whether they are dead letters. */
const listJobs = async (environment: Environment): Promise<{ jobs: NewJob[]; dead: boolean }> => {
  const { queue } = addressesOf(environment);
  if (environment['TIL_DLQ'] || !queue.startsWith('file:'))
    return { jobs: await peek(await openDead(environment)), dead: true };
  const local = await openQueue(queue, environment);
  const jobs = (await local.list?.()) ?? [];
  await local.close?.();
  return { jobs, dead: false };
};

/**
 * All jobs that may be taken now: of each group some ten, since a group's next ones wait for those. They are not removed, and may be taken
 * again at once: who has looked can put them back.
 */
const peek = async (queue: Queue): Promise<Job[]> => {
  const all = new Map<string, Job>();
  for (;;) {
    const some = (await queue.take(10, 1)).filter(({ id, group }) => !all.has(`${group} ${id}`));
    for (const job of some) all.set(`${job.group} ${job.id}`, job);
    if (some.length > 0) continue;
    const jobs = [...all.values()];
    await release(queue, jobs);
    return jobs;
  }
};

/** Each group's last job first, so that none overtakes. */
const release = async (queue: Queue, jobs: readonly Job[]): Promise<void> => {
  for (const job of jobs.toReversed()) await queue.retry(job, 0);
};

/**
 * A job is removed there only when it is safe here; twice does no harm. What the queue refuses stays a dead letter and keeps no other from
 * being put back but those behind it in its group.
 */
const putBack = async (
  dead: Queue,
  queue: Queue,
): Promise<{ redriven: number; stuck: { job: Job; reason: string }[] }> => {
  const stuck: { job: Job; reason: string }[] = [];
  let redriven = 0;
  for (let some = await dead.take(10, 1); some.length > 0; some = await dead.take(10, 1)) {
    for (const group of byGroup(some)) {
      const refused = await putInOrder(group, dead, queue);
      stuck.push(...refused);
      redriven += group.length - refused.length;
    }
  }
  await release(
    dead,
    stuck.map(({ job }) => job),
  );
  return { redriven, stuck };
};

/** Puts back a group's jobs, up to one that the queue refuses; gives that one and those behind it. */
const putInOrder = async (jobs: readonly Job[], dead: Queue, queue: Queue): Promise<{ job: Job; reason: string }[]> => {
  for (const [position, job] of jobs.entries()) {
    const { id, group, body } = job;
    try {
      // Under a new id: under its own, SQS would drop a job that it has seen within five minutes.
      await queue.put([{ id: `redrive/${systemClock.now()}/${id}`, group, body }]);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      const behind = { reason: `behind ${id} in its group` };
      return jobs
        .slice(position)
        .map((each) => ({ job: each, ...(each === job ? { reason: error.message } : behind) }));
    }
    await dead.done([job]);
  }
  return [];
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
