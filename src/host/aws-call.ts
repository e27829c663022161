import { createHmac } from 'node:crypto';
import { request } from 'node:https';
import { text } from 'node:stream/consumers';
import type { Environment } from '../setup/environment.ts';
import { digestOf } from '../store/digest.ts';

/** A call of AWS's. The path of `url` holds nothing that would have to be escaped, and there is no query. */
export interface AwsCall {
  service: 'secretsmanager' | 's3';
  method: 'POST' | 'PUT';
  url: URL;
  region: string;
  /** Names in lower case. */
  headers: Record<string, string>;
  body: string;
}

/** Slack waits 3 s in all, and the event must still go onto the queue. */
const CALL_MILLISECONDS = 1_000;

/** Makes a signed call, with the keys that Lambda puts into the environment; `now` in milliseconds. Rejects when there is no answer in a second. */
export const callAws = async (
  call: AwsCall,
  environment: Environment,
  now: number,
): Promise<{ status: number; content: string }> => {
  const { url, method, body } = call;
  const headers = { ...sign(call, environment, now), 'content-length': `${Buffer.byteLength(body)}` };
  // Only tests use plain HTTP; a static import of `node:http` would load everything that `fetch` needs (nodejs/node#59686).
  const send = url.protocol === 'http:' ? (await import('node:http')).request : request;
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(CALL_MILLISECONDS);
    send(url, { method, headers, signal }, (answer) => {
      text(answer).then((content) => resolve({ status: answer.statusCode ?? 0, content }), reject);
    })
      .on('error', reject)
      .end(body);
  });
};

const hmac = (key: string | Buffer, content: string): Buffer => createHmac('sha256', key).update(content).digest();

/**
 * The headers of a call, signed as AWS wants it
 * (docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html). Written here because ingest makes only two such
 * calls: the SDK's clients would add 100 kB and more to each cold start, and a signer on `fetch` the time that `fetch` takes to load.
 */
const sign = (
  { service, method, url, region, headers, body }: AwsCall,
  environment: Environment,
  now: number,
): Record<string, string> => {
  const instant = new Date(now).toISOString().replace(/[:-]|\.\d{3}/g, '');
  const date = instant.slice(0, 8);
  const token = environment['AWS_SESSION_TOKEN'];
  const signed: Record<string, string> = {
    ...headers,
    host: url.host,
    'x-amz-date': instant,
    ...(service === 's3' && { 'x-amz-content-sha256': digestOf(body) }),
    ...(token ? { 'x-amz-security-token': token } : {}),
  };
  const names = Object.keys(signed).sort();
  const lines = names.map((name) => `${name}:${signed[name]}\n`).join('');
  const canonical = [method, url.pathname, '', lines, names.join(';'), digestOf(body)].join('\n');
  const scope = [date, region, service, 'aws4_request'];
  const key = scope.reduce<string | Buffer>(hmac, `AWS4${environment['AWS_SECRET_ACCESS_KEY'] ?? ''}`);
  const signature = hmac(key, ['AWS4-HMAC-SHA256', instant, scope.join('/'), digestOf(canonical)].join('\n'));
  const credential = `${environment['AWS_ACCESS_KEY_ID'] ?? ''}/${scope.join('/')}`;
  return {
    ...signed,
    authorization: `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${names.join(';')}, Signature=${signature.toString('hex')}`,
  };
};
