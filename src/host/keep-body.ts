import { Refused, Unavailable } from '../events/errors.ts';
import type { KeepBody } from '../queue/stored.ts';
import type { Clock } from '../setup/clock.ts';
import { bucketOf, type Environment } from '../setup/environment.ts';
import { callAws } from './aws-call.ts';

export interface KeepBodyPorts {
  /** The log, `s3://…`. */
  log: string;
  environment: Environment;
  clock: Pick<Clock, 'now'>;
}

/** Keeps bodies in the log's bucket on S3, one try each: Slack sends again what was not stored. Only ever creates. */
export const keepBodyOnS3 = ({ log, environment, clock }: KeepBodyPorts): KeepBody => {
  const { bucket, prefix } = bucketOf(log);
  const region = environment['AWS_REGION'] ?? 'us-east-1';
  const endpoint = environment['AWS_ENDPOINT_URL_S3'];
  const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  const root = endpoint ? `${endpoint}/${bucket}` : `https://${bucket}.s3.${region}.${domain}`;
  return async (key, body) => {
    const url = new URL([root, prefix, key].filter(Boolean).join('/'));
    const headers = { 'content-type': 'application/json', 'if-none-match': '*' };
    const what = `s3:PutObject s3://${bucket}/${key}`;
    const { status } = await callAws(
      { service: 's3', method: 'PUT', url, region, headers, body },
      environment,
      clock.now(),
    ).catch((cause: unknown) => {
      throw new Unavailable(`${what}: no answer`, { cause });
    });
    if (status === 200 || status === 412) return; // Kept, or kept before: the key is the body's digest.
    if (status >= 500 || status === 409 || status === 429) throw new Unavailable(`${what}: answered ${status}`);
    throw new Refused(`${what}: S3 refused with ${status}: may this role write there?`);
  };
};
