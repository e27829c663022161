import { Refused, Unavailable } from '../events/errors.ts';
import { isObject, type Json, parseJson } from '../events/json.ts';
import { type Clock, type Moment, millisecondsSince, momentOf } from '../setup/clock.ts';
import type { Environment, SlackSettings } from '../setup/environment.ts';
import { describeError, type Report } from '../setup/report.ts';
import { callAws } from './aws-call.ts';

export interface SecretPorts {
  /** The ARN of a secret in Secrets Manager: JSON with SLACK_BOT_TOKEN and SLACK_SIGNING_SECRET. */
  arn: string;
  environment: Environment;
  clock: Clock;
  report: Report;
}

/** How long a secret is trusted before it is asked for again, so that a replaced one is known soon. */
export const FRESH_MILLISECONDS = 300_000;

/**
 * Slack's settings with the secrets that a deployment keeps: asked for once, and again after five minutes. While Secrets Manager does
 * not answer, the last known ones go on being used.
 */
export const openSlackSecret = ({ arn, environment, clock, report }: SecretPorts): (() => Promise<SlackSettings>) => {
  let known: SlackSettings | undefined;
  let asked: Moment | undefined;
  let asking: Promise<SlackSettings> | undefined;

  const ask = async (): Promise<SlackSettings> => {
    try {
      known = settingsOf(await fetchSecret(arn, environment, clock.now()), environment);
    } catch (error) {
      if (!known) throw error;
      report('problem', { error: describeError(error) });
    }
    asked = momentOf(clock);
    return known;
  };

  return async () => {
    if (known && asked && millisecondsSince(asked, clock) < FRESH_MILLISECONDS) return known;
    asking ??= ask().finally(() => (asking = undefined));
    return asking;
  };
};

/** Slack's settings from the JSON of a secret. */
const settingsOf = (secret: Record<string, unknown>, { SLACK_API_URL }: Environment): SlackSettings => {
  const value = (name: string): string => String(secret[name] ?? '').trim();
  const signingSecrets = value('SLACK_SIGNING_SECRET')
    .split(',')
    .map((each) => each.trim());
  return {
    signingSecrets: signingSecrets.filter((each) => each !== ''),
    botToken: value('SLACK_BOT_TOKEN') || undefined,
    apiUrl: SLACK_API_URL || undefined,
  };
};

const fetchSecret = async (arn: string, environment: Environment, now: number): Promise<Record<string, unknown>> => {
  const region = arn.split(':')[3] ?? '';
  const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  const url = new URL(environment['AWS_ENDPOINT_URL_SECRETS_MANAGER'] ?? `https://secretsmanager.${region}.${domain}`);
  const { status, content } = await callAws(
    {
      service: 'secretsmanager',
      method: 'POST',
      url,
      region,
      headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'secretsmanager.GetSecretValue' },
      body: JSON.stringify({ SecretId: arn }),
    },
    environment,
    now,
  ).catch((cause) => {
    throw new Unavailable(`secretsmanager:GetSecretValue ${arn}: no answer`, { cause });
  });
  if (status >= 500 || status === 429)
    throw new Unavailable(`secretsmanager:GetSecretValue ${arn}: answered ${status}; try again`);
  if (status !== 200)
    throw new Refused(
      `secretsmanager:GetSecretValue ${arn}: answered ${status} ${typeOf(content)}; may this role read it?`,
    );
  return secretIn(content, arn);
};

const parse = (content: string): Json | undefined => {
  const value = parseJson(content);
  return isObject(value) ? value : undefined;
};

const typeOf = (content: string): string => String(parse(content)?.['__type'] ?? '').slice(0, 100);

const secretIn = (content: string, arn: string): Record<string, unknown> => {
  const secret = parse(String(parse(content)?.['SecretString'] ?? ''));
  if (secret) return secret;
  // The value that was found is not quoted: it may be the secret itself.
  throw new Refused(`the secret ${arn}: expected JSON with SLACK_BOT_TOKEN and SLACK_SIGNING_SECRET`);
};
