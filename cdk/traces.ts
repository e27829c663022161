import { Effect, PolicyStatement, StarPrincipal } from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { allow, denyAll } from './statements.ts';

/** Where traces lie of what concerns no challenge: the one part of the log that may go, once it is counted. */
export const TRACES = 'other/*';

/** What the worker needs to take traces away, in all their versions. */
export const allowTraces = (log: IBucket): PolicyStatement[] => [
  allow('Traces', ['s3:DeleteObjectVersion'], [log.arnForObjects(TRACES)]),
  allow('TraceVersions', ['s3:ListBucketVersions'], [log.bucketArn]),
];

/** Who may take away what: traces the worker, anything the eraser, and nobody else anything. How old a trace is, no policy can ask. */
export const denyDeletes = (
  log: IBucket,
  { eraser, worker }: { eraser: string; worker: string },
): PolicyStatement[] => {
  const [actions, traces] = [['s3:DeleteObjectVersion'], [log.arnForObjects(TRACES)]];
  const unless = (arns: string | string[]) => ({ ArnNotEquals: { 'aws:PrincipalArn': arns } });
  return [
    new PolicyStatement({
      sid: 'OnlyEraserDeletes',
      effect: Effect.DENY,
      principals: [new StarPrincipal()],
      actions,
      notResources: traces,
      conditions: unless(eraser),
    }),
    denyAll('OnlyWorkerSumsUp', actions, traces, unless([worker, eraser])),
  ];
};
