import { createInterface } from 'node:readline/promises';
import { type Deployment, deployment } from './deployment.ts';
import { emptyBucket } from './upload.ts';

/**
 * Removes the stack. The log and the state stay, guarded as they were, unless `--with-log` says otherwise and the person agrees.
 * What else there is in `args` goes to the CDK.
 */
export const destroy = async (
  world: Deployment,
  args: string[],
  agree: (question: string) => Promise<boolean>,
): Promise<void> => {
  const withLog = args.includes('--with-log');
  const rest = args.filter((arg) => arg !== '--with-log');
  if (withLog) {
    const sure = await agree(
      'This deletes every event there ever was. There is no way back. Type "delete the log" to go on: ',
    );
    if (!sure) return world.print('Nothing was done.');
    // Lifts the guards, which bind administrators too.
    world.cdk('deploy', '-c', 'keepLog=false', '--require-approval', 'never', ...rest);
  } else if (!world.outputs()) {
    world.cdk('deploy', ...rest); // Deployed from elsewhere: changes nothing, but tells the names.
  }
  const outputs = world.outputs();
  if (!outputs) throw new Error('the stack’s outputs are not known; expected build/outputs.json after cdk deploy');
  const { SiteBucket, LogBucket, StateBucket, Region } = outputs;
  // CloudFormation removes only what is empty.
  for (const bucket of withLog ? [SiteBucket, LogBucket, StateBucket] : [SiteBucket]) {
    world.print(`${await emptyBucket(world.s3(Region), bucket)} objects removed from ${bucket}`);
  }
  world.cdk('destroy', ...(withLog ? ['-c', 'keepLog=false', '--force'] : []), ...rest);
  if (!withLog)
    world.print(
      `Kept: s3://${LogBucket} (the log) and s3://${StateBucket}. RUNBOOK.md, "Destroy a deployment", says how to use them again.`,
    );
};

const ask = async (question: string) => {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question(question);
  terminal.close();
  return answer.trim() === 'delete the log';
};

if (import.meta.main) await destroy(deployment(), process.argv.slice(2), ask);
