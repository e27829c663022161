import { createHmac } from 'node:crypto';
import { request } from 'node:https';
import { text } from 'node:stream/consumers';
import { Refused, Unavailable } from '../events/errors.ts';
import { isObject, type Json, parseJson } from '../events/json.ts';
import { type Clock, type Moment, millisecondsSince, momentOf } from '../setup/clock.ts';
import type { Environment, SlackSettings } from '../setup/environment.ts';
import { describeError, type Report } from '../setup/report.ts';
import { digestOf } from '../store/digest.ts';

export interface SecretPorts {
  /** The ARN of a secret in Secrets Manager: JSON with SLACK_BOT_TOKEN and SLACK_SIGNING_SECRET. */
  arn: string;
  environment: Environment;
  clock: Clock;
  report: Report;
}

/** How long a secret is trusted before it is asked for again, so that a replaced one is known soon. */
export const FRESH_MILLISECONDS = 300_000;

/** Slack waits 3 s in all, and the event must still go onto the queue. */
const CALL_MILLISECONDS = 1_000;

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
  const body = JSON.stringify({ SecretId: arn });
  const headers = {
    'content-type': 'application/x-amz-json-1.1',
    host: url.host,
    'x-amz-target': 'secretsmanager.GetSecretValue',
  };
  const { status, content } = await post(url, sign({ region, headers, body, environment, now }), body).catch(
    (cause) => {
      throw new Unavailable(`secretsmanager:GetSecretValue ${arn}: no answer`, { cause });
    },
  );
  if (status >= 500 || status === 429)
    throw new Unavailable(`secretsmanager:GetSecretValue ${arn}: answered ${status}; try again`);
  if (status !== 200)
    throw new Refused(
      `secretsmanager:GetSecretValue ${arn}: answered ${status} ${typeOf(content)}; may this role read it?`,
    );
  return secretIn(content, arn);
};

const post = async (url: URL, headers: Record<string, string>, body: string) => {
  // Only tests use plain HTTP; a static import of `node:http` would load everything that `fetch` needs (nodejs/node#59686).
  const send = url.protocol === 'http:' ? (await import('node:http')).request : request;
  return new Promise<{ status: number; content: string }>((resolve, reject) => {
    const signal = AbortSignal.timeout(CALL_MILLISECONDS);
    send(url, { method: 'POST', headers, signal }, (answer) => {
      text(answer).then((content) => resolve({ status: answer.statusCode ?? 0, content }), reject);
    })
      .on('error', reject)
      .end(body);
  });
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

interface Signable {
  region: string;
  headers: Record<string, string>;
  body: string;
  environment: Environment;
  now: number;
}

const hmac = (key: string | Buffer, content: string): Buffer => createHmac('sha256', key).update(content).digest();

/**
 * The headers of a POST to `/`, signed as AWS wants it
 * (docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html). Written here because this is the only such call:
 * the SDK's client would add 100 kB to each cold start, and a signer on `fetch` the time that `fetch` takes to load.
 */
const sign = ({ region, headers, body, environment, now }: Signable): Record<string, string> => {
  const instant = new Date(now).toISOString().replace(/[:-]|\.\d{3}/g, '');
  const date = instant.slice(0, 8);
  const token = environment['AWS_SESSION_TOKEN'];
  const signed: Record<string, string> = {
    ...headers,
    'x-amz-date': instant,
    ...(token ? { 'x-amz-security-token': token } : {}),
  };
  const names = Object.keys(signed).sort();
  const lines = names.map((name) => `${name}:${signed[name]}\n`).join('');
  const canonical = ['POST', '/', '', lines, names.join(';'), digestOf(body)].join('\n');
  const scope = [date, region, 'secretsmanager', 'aws4_request'];
  const key = scope.reduce<string | Buffer>(hmac, `AWS4${environment['AWS_SECRET_ACCESS_KEY'] ?? ''}`);
  const signature = hmac(key, ['AWS4-HMAC-SHA256', instant, scope.join('/'), digestOf(canonical)].join('\n'));
  const credential = `${environment['AWS_ACCESS_KEY_ID'] ?? ''}/${scope.join('/')}`;
  return {
    ...signed,
    authorization: `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${names.join(';')}, Signature=${signature.toString('hex')}`,
  };
};
