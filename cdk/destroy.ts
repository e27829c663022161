import { createInterface } from 'node:readline/promises';
import { DeleteBucketCommand } from '@aws-sdk/client-s3';
import { type Deployment, fromHere } from './deployment.ts';
import { contextOf, givenIn, parseSettings, STACK } from './settings.ts';
import type { FoundStack } from './stacks.ts';
import { emptyBucket } from './upload.ts';

/** Whether the person types what is expected. */
export type Agree = (question: string, expected: string) => Promise<boolean>;

/**
 * Removes one stack, the one that is named. The log and the state stay, guarded as they were, unless `--with-log` says otherwise and the
 * person agrees. `--kept=BUCKET` deletes a bucket that an earlier stack left instead. What else there is in `args` goes to the CDK.
 */
export const destroy = async (world: Deployment, args: string[], agree: Agree): Promise<void> => {
  const kept = args.find((arg) => arg.startsWith('--kept='))?.slice('--kept='.length);
  if (kept !== undefined) return destroyKept(world, kept, agree);
  const withLog = args.includes('--with-log');
  const given = givenIn(args.filter((arg) => arg !== '--with-log'));
  const name = given.stackName ?? world.remembered() ?? STACK;
  const stack = await world.stacks.find(name);
  if (!stack) throw new Error(`there is no stack ${name} here: -c stackName=… names another, --region another place`);
  await refuseWaiting(world, stack);
  if (!(await agree(...questionOf(stack, withLog)))) return world.print('Nothing was done.');
  const settings = parseSettings(stack.outputs['Settings'] ?? '{}');
  const context = contextOf(name, settings, withLog ? { keepLog: 'false' } : {});
  // Lifts the guards, which bind administrators too.
  if (withLog) world.cdk('deploy', name, ...context, '--require-approval', 'never', ...given.rest);
  await unprotected(world, name, async () => {
    const { SiteBucket = '', LogBucket = '', StateBucket = '' } = stack.outputs;
    // CloudFormation removes only what is empty.
    for (const bucket of withLog ? [SiteBucket, LogBucket, StateBucket] : [SiteBucket])
      world.print(`${await emptyBucket(world.s3(), bucket)} objects removed from ${bucket}`);
    world.cdk('destroy', name, ...context, '--force', ...given.rest);
    if (!withLog)
      world.print(
        `Kept: s3://${LogBucket} (the log) and s3://${StateBucket}. RUNBOOK.md, "Destroy a deployment", says how to use them again.`,
      );
  });
};

/** Deletes a bucket that an earlier stack left. Of a log only the eraser's role may, with its keys in the environment. */
const destroyKept = async (world: Deployment, bucket: string, agree: Agree): Promise<void> => {
  const owners = await ownersOf(world, bucket);
  if (owners.length > 0) throw new Error(`${bucket} belongs to the stack ${owners.join(', ')}, which is there`);
  const question = `This deletes s3://${bucket} and every version of all that is in it. There is no way back. Type its name to go on: `;
  if (!(await agree(question, bucket))) return world.print('Nothing was done.');
  world.print(`${await emptyBucket(world.s3(), bucket)} objects removed from ${bucket}`);
  await world.s3().send(new DeleteBucketCommand({ Bucket: bucket }));
  world.print(`${bucket} is gone.`);
};

/** The stacks here that use a bucket. Who may delete it need not be allowed to look at stacks: then that is not known. */
const ownersOf = async (world: Deployment, bucket: string): Promise<string[]> => {
  const stacks = await world.stacks.ours().catch(() => []);
  const found = await Promise.all(stacks.map((name) => world.stacks.find(name)));
  return found.flatMap((stack) => (stack && Object.values(stack.outputs).includes(bucket) ? [stack.name] : []));
};

/** A job that waits would be gone with its queue. */
const refuseWaiting = async (world: Deployment, { name, outputs }: FoundStack): Promise<void> => {
  const { QueueUrl = '', DeadLettersUrl = '' } = outputs;
  const [waiting, dead] = [await world.jobs(QueueUrl), await world.jobs(DeadLettersUrl)];
  if (waiting + dead === 0) return;
  throw new Error(
    `${name} still holds ${waiting} jobs and ${dead} dead letters, which would go with it: wait until the queue is empty, ` +
      'put the dead letters back ("til dlq redrive --yes"), or, if they are not wanted, ' +
      `"aws sqs purge-queue --queue-url ${dead > 0 ? DeadLettersUrl : QueueUrl}"`,
  );
};

const questionOf = (
  { name, outputs: { Region } }: FoundStack,
  withLog: boolean,
): [question: string, expected: string] =>
  withLog
    ? [
        `This removes the stack ${name} in ${Region} and deletes every event there ever was. There is no way back. Type "delete the log" to go on: `,
        'delete the log',
      ]
    : [`This removes the stack ${name} in ${Region}; its log and state stay. Type its name to go on: `, name];

/** Does what only an unprotected stack lets be done. If that fails, it is protected again. */
const unprotected = async (world: Deployment, name: string, work: () => Promise<void>): Promise<void> => {
  await world.stacks.protect(name, false);
  try {
    await work();
  } catch (error) {
    await world.stacks.protect(name, true).catch(() => world.print(`The stack ${name} is not protected any more.`));
    throw error;
  }
};

const ask: Agree = async (question, expected) => {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question(question);
  terminal.close();
  return answer.trim() === expected;
};

if (import.meta.main) await fromHere((world, args) => destroy(world, args, ask));
