import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { Policies } from './policies.ts';
import { type S3Server, startS3Server } from './s3-server.ts';
import type { SqsServer } from './sqs-server.ts';

/** AWS, where everybody may do what the policies of a template let them, and is known by their access key: a role's name in the template. */
export interface GuardedAws {
  s3: S3Server;
  /** The variables for somebody. */
  environment(who: string): Record<string, string>;
  close(): Promise<void>;
}

export interface GuardedAwsOptions {
  policies: Policies;
  /** The buckets, with their names in the template: `{ log: 'LogBucket' }`. */
  buckets: Record<string, string>;
  /** The queues by their addresses, with their names in the template. */
  queues: Record<string, string>;
  sqs: SqsServer;
  secret: { arn: string; name: string; text: string };
}

/** Starts S3, and what stands before SQS and Secrets Manager, on loopback. */
export const startGuardedAws = async ({ policies, ...given }: GuardedAwsOptions): Promise<GuardedAws> => {
  const { buckets, queues, sqs, secret } = given;
  const s3 = await startS3Server({
    buckets: Object.keys(buckets),
    versioned: true,
    authorize: (who, { action, bucket, key, context }) => {
      const arn = `<${buckets[bucket]}.Arn>`;
      return policies.isAllowed({ who, action, resource: key === undefined ? arn : `${arn}/${key}`, context });
    },
  });
  const may = (who: string, action: string, resource: string) => policies.isAllowed({ who, action, resource });
  const gate = await startGate(async (who, target, body) => {
    if (target === 'secretsmanager.GetSecretValue') {
      const isRead = may(who, 'secretsmanager:GetSecretValue', `<${secret.name}>`);
      return isRead ? { SecretString: secret.text } : 'denied';
    }
    const { QueueUrl = '' } = body as { QueueUrl?: string };
    const action = `sqs:${target.replace('AmazonSQS.', '').replace('Batch', '')}`;
    return may(who, action, `<${queues[new URL(QueueUrl).pathname]}.Arn>`) ? 'pass' : 'denied';
  }, sqs.environment['AWS_ENDPOINT_URL_SQS'] as string);
  return {
    s3,
    environment: (who) => ({
      ...s3.environment,
      AWS_ACCESS_KEY_ID: who,
      AWS_ENDPOINT_URL_SQS: gate.url,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: gate.url,
      TIL_SECRET: secret.arn,
    }),
    close: async () => void (await Promise.all([s3.close(), gate.close()])),
  };
};

type Verdict = 'pass' | 'denied' | Record<string, unknown>;

/** Asks of each call whether it may be made; passes it on, refuses it, or answers it. */
const startGate = async (
  judge: (who: string, target: string, body: unknown) => Promise<Verdict>,
  behind: string,
): Promise<{ url: string; close(): Promise<void> }> => {
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await buffer(request);
    const { authorization = '', 'x-amz-target': target = '' } = request.headers;
    const who = /Credential=([^/]+)\//.exec(authorization)?.[1] ?? '';
    const verdict = await judge(who, String(target), JSON.parse(body.toString()));
    if (verdict === 'pass') {
      const { host: _, ...headers } = request.headers as Record<string, string>;
      const answer = await fetch(behind, { method: 'POST', headers: withoutLength(headers), body });
      response.writeHead(answer.status, { 'content-type': 'application/x-amz-json-1.0' }).end(await answer.text());
      return;
    }
    const denied = { __type: 'AccessDeniedException', message: `${who} is not authorized to perform ${target}` };
    response
      .writeHead(verdict === 'denied' ? 403 : 200, { 'content-type': 'application/x-amz-json-1.0' })
      .end(JSON.stringify(verdict === 'denied' ? denied : verdict));
  };
  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

const withoutLength = (headers: Record<string, string>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).filter(([name]) => !['content-length', 'connection', 'transfer-encoding'].includes(name)),
  );
