import { DeleteBucketCommand } from '@aws-sdk/client-s3';
import { givenToDestroy } from './arguments.ts';
import { type Agree, asking } from './ask.ts';
import { type Deployment, fromHere } from './deployment.ts';
import { contextOf, parseSettings, replicaNameOf, STACK } from './settings.ts';
import type { FoundStack } from './stacks.ts';
import type { CommandText, Replica } from './text/command-text.ts';
import { en } from './text/en.ts';
import { emptyBucket } from './upload.ts';
import { WrongUsage } from './usage.ts';

/**
 * Removes one stack, the one that is named. The log and the state stay, guarded as they were, unless `--with-log` says otherwise and the
 * person agrees; the log's copy in another region stays in any case. `--kept=BUCKET` deletes a bucket that an earlier stack left instead.
 * Throws `WrongUsage` before any of it when `args` cannot be meant so.
 */
export const destroy = async (
  world: Deployment,
  args: readonly string[],
  agree: Agree,
  text: CommandText = en,
): Promise<void> => {
  const { kept, withLog, stackName, rest } = givenToDestroy(args, text);
  const says = text.destroy;
  if (kept !== undefined) return destroyKept(world, kept, agree, text);
  const name = stackName ?? world.remembered() ?? STACK;
  const stack = await world.stacks.find(name);
  if (!stack) throw new Error(says.noStack(name));
  if (isReplica(stack)) {
    if (withLog) throw new WrongUsage(says.noLog(name));
    return destroyReplica(world, stack, agree, text);
  }
  await refuseWaiting(world, stack, text);
  if (!(await agree(...questionOf(stack, withLog, text)))) return world.print(says.nothing);
  const context = contextOf(name, settingsIn(stack), withLog ? { keepLog: 'false' } : {});
  // Lifts the guards, which bind administrators too.
  if (withLog) world.cdk('deploy', name, ...context, '--require-approval', 'never', ...rest);
  await unprotected(world, name, text, async () => {
    const { SiteBucket = '', LogBucket = '', StateBucket = '' } = stack.outputs;
    // CloudFormation removes only what is empty.
    for (const bucket of withLog ? [SiteBucket, LogBucket, StateBucket] : [SiteBucket])
      world.print(says.emptied(await emptyBucket(world.s3(), bucket), bucket));
    world.cdk('destroy', name, ...context, '--force', ...rest);
    if (!withLog) world.print(says.kept(LogBucket, StateBucket));
    const replica = replicaOf(stack);
    if (replica) world.print(says.keptReplica(replica));
  });
};

/** Deletes a bucket that an earlier stack left. Of a log only the eraser's role may, with its keys in the environment. */
const destroyKept = async (world: Deployment, bucket: string, agree: Agree, text: CommandText): Promise<void> => {
  const says = text.destroy;
  const owners = await ownersOf(world, bucket);
  if (owners.length > 0) throw new Error(says.owned(bucket, owners.join(', ')));
  if (!(await agree(says.askKept(bucket), bucket))) return world.print(says.nothing);
  world.print(says.emptied(await emptyBucket(world.s3(), bucket), bucket));
  await world.s3().send(new DeleteBucketCommand({ Bucket: bucket }));
  world.print(says.gone(bucket));
};

/** The stacks here that use a bucket. Who may delete it need not be allowed to look at stacks: then that is not known. */
const ownersOf = async (world: Deployment, bucket: string): Promise<string[]> => {
  const stacks = await world.stacks.ours().catch(() => []);
  const found = await Promise.all(stacks.map((name) => world.stacks.find(name)));
  return found.flatMap((stack) => (stack && Object.values(stack.outputs).includes(bucket) ? [stack.name] : []));
};

/** Whether a stack holds the copy of another one's log, and nothing else. */
const isReplica = ({ outputs }: FoundStack): boolean => 'ReplicaBucket' in outputs && !('LogBucket' in outputs);

/** Removes the stack of a copy, whose bucket stays. Not by the CDK, which would take the stack that replicates into it along. */
const destroyReplica = async (
  world: Deployment,
  { name, outputs }: FoundStack,
  agree: Agree,
  text: CommandText,
): Promise<void> => {
  const says = text.destroy;
  const bucket = outputs['ReplicaBucket'] as string;
  if (!(await agree(says.askReplica(name, bucket), name))) return world.print(says.nothing);
  await unprotected(world, name, text, () => world.stacks.remove(name));
  world.print(says.replicaGoes(name, bucket));
};

const settingsIn = ({ outputs }: FoundStack): Record<string, string> => parseSettings(outputs['Settings'] ?? '{}');

/** The copy in another region into which a stack's log is replicated, if there is one. */
const replicaOf = (stack: FoundStack): Replica | undefined => {
  const bucket = stack.outputs['ReplicaBucket'];
  return bucket === undefined
    ? undefined
    : { bucket, stack: replicaNameOf(stack.name), region: settingsIn(stack)['replicaRegion'] ?? '' };
};

/** A job that waits would be gone with its queue. */
const refuseWaiting = async (world: Deployment, { name, outputs }: FoundStack, text: CommandText): Promise<void> => {
  const { QueueUrl = '', DeadLettersUrl = '' } = outputs;
  const [waiting, dead] = [await world.jobs(QueueUrl), await world.jobs(DeadLettersUrl)];
  if (waiting + dead === 0) return;
  throw new Error(text.destroy.waiting(name, waiting, dead, dead > 0 ? DeadLettersUrl : QueueUrl));
};

const questionOf = (
  stack: FoundStack,
  withLog: boolean,
  { destroy: says }: CommandText,
): [question: string, expected: string] => {
  const { name, outputs } = stack;
  const region = outputs['Region'] ?? '';
  return withLog ? [says.askWithLog(name, region, replicaOf(stack)), 'delete the log'] : [says.ask(name, region), name];
};

/** Does what only an unprotected stack lets be done. If that fails, it is protected again. */
const unprotected = async (
  world: Deployment,
  name: string,
  text: CommandText,
  work: () => Promise<void>,
): Promise<void> => {
  await world.stacks.protect(name, false);
  try {
    await work();
  } catch (error) {
    await world.stacks.protect(name, true).catch(() => world.print(text.destroy.unprotected(name)));
    throw error;
  }
};

if (import.meta.main)
  await fromHere(givenToDestroy, (world, args, text) =>
    destroy(world, args, asking(process.stdin, process.stdout, text.destroy.unanswered), text),
  );
