import { openSlackSecret } from '../host/secret.ts';
import { systemClock } from '../setup/clock.ts';
import { type SlackSettings, slackOf } from '../setup/environment.ts';
import type { Shell } from './shell.ts';

/**
 * Slack's settings as the environment has them. Where it names a deployment's secret (`TIL_SECRET`, an ARN) and no token, that is read, with
 * the keys that the AWS SDK finds. Throws `Refused` when it may not be.
 */
export const slackFrom = async ({ environment }: Shell): Promise<SlackSettings> => {
  const own = slackOf(environment);
  const arn = environment['TIL_SECRET'];
  if (!arn || own.botToken) return own;
  // Loaded only when it is used: one machine needs no AWS SDK.
  const { keysOf } = await import('../store/s3.ts');
  const keys = await keysOf(environment);
  const secret = openSlackSecret({
    arn,
    environment: { ...environment, ...keys },
    clock: systemClock,
    report: () => {},
  });
  return { ...own, ...(await secret()) };
};
