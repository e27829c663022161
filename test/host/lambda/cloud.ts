import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { AwsV4Signer } from 'aws4fetch';
import { build } from 'esbuild';
import { BUNDLING } from '../../../cdk/bundling.ts';

const ROOT = join(import.meta.dirname, '../../..');

/** The keys that Lambda would give to a function. */
export const KEYS = {
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  AWS_SESSION_TOKEN: 'the session of the tests',
};

/** The two functions as a deployment would upload them, in a folder far from any node_modules. */
export const bundleFunctions = async (
  config?: unknown,
): Promise<{ folder: string; bytes: Record<'ingest' | 'worker', number>; remove(): void }> => {
  const folder = mkdtempSync(join(tmpdir(), 'til-lambda-'));
  const { metafile } = await build({
    ...BUNDLING,
    entryPoints: ['ingest', 'worker'].map((name) => join(ROOT, `src/host/lambda/${name}.ts`)),
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    metafile: true,
    absWorkingDir: folder,
    plugins: [
      {
        name: 'config',
        setup: (builder) => {
          builder.onLoad({ filter: /\/til\.config\.ts$/ }, () =>
            config === undefined ? undefined : { contents: JSON.stringify(config), loader: 'json' },
          );
        },
      },
    ],
  });
  const sizeOf = (name: string): number => metafile.outputs[`${name}.mjs`]?.bytes ?? 0;
  return {
    folder,
    bytes: { ingest: sizeOf('ingest'), worker: sizeOf('worker') },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
};

// Lambda's part: loads the file, gives it events and says what time is left. Time is the test's, so that a week takes seconds.
const PROGRAM = `
  let now = Number(process.env.TEST_NOW) || undefined;
  const { now: real } = Date;
  Date.now = () => now ?? real();
  const elapsed = performance.now.bind(performance);
  performance.now = () => now ?? elapsed();
  // What is written goes along with the answer, so that it is there when the answer is.
  let written = '';
  process.stdout.write = (text) => Boolean((written += text));
  const began = elapsed();
  const { handler } = await import(process.env.TEST_BUNDLE);
  process.on('message', async ({ id, event, at, milliseconds }) => {
    now = at;
    const cpu = process.cpuUsage();
    try {
      const answer = await handler(event, { getRemainingTimeInMillis: () => milliseconds });
      const end = elapsed();
      const { user, system } = process.cpuUsage(cpu);
      process.send({ id, answer, written, took: end - began, sinceStart: end, cpu: (user + system) / 1000 });
      written = '';
    } catch (error) {
      process.send({ id, error: String(error) });
    }
  });
  process.on('disconnect', () => process.exit());
  process.send({ id: 0 });
`;

/** A function that is called as Lambda would. */
export interface CloudFunction {
  /** Gives the answer; `at` is the time (ms), `milliseconds` what is left of it. */
  call<T>(event: unknown, at?: number, milliseconds?: number): Promise<T>;
  /** Milliseconds from before the import, and from the start of the process, to the first answer; `cpu`: of a core, for that call alone. */
  firstAnswer(): { took: number; sinceStart: number; cpu: number };
  /** What it wrote: each line is JSON. */
  lines: Record<string, unknown>[];
  close(): Promise<void>;
}

/** Starts a bundled function in a plain Node with the environment that Lambda would give it, and nothing else. */
export const startFunction = async (bundle: string, environment: Record<string, string>): Promise<CloudFunction> => {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', PROGRAM], {
    cwd: tmpdir(),
    env: { ...environment, TEST_BUNDLE: pathToFileURL(bundle).href },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const lines: Record<string, unknown>[] = [];
  const answers = answersOf(child);
  await answers.of(0);
  let calls = 0;
  let first: { took: number; sinceStart: number; cpu: number } | undefined;
  return {
    lines,
    firstAnswer: () => first ?? { took: Number.NaN, sinceStart: Number.NaN, cpu: Number.NaN },
    async call<T>(event: unknown, at?: number, milliseconds = 30_000) {
      calls += 1;
      child.send({ id: calls, event, at, milliseconds });
      const { answer, error, written = '', took = 0, sinceStart = 0, cpu = 0 } = await answers.of(calls);
      lines.push(
        ...written
          .split('\n')
          .filter(Boolean)
          .map((line) => JSON.parse(line) as Record<string, unknown>),
      );
      first ??= { took, sinceStart, cpu };
      if (error !== undefined) throw new Error(error);
      return answer as T;
    },
    async close() {
      if (child.connected) child.disconnect();
      await answers.ended;
    },
  };
};

interface Answer {
  id: number;
  answer?: unknown;
  error?: string;
  written?: string;
  took?: number;
  sinceStart?: number;
  cpu?: number;
}

const answersOf = (child: ChildProcess) => {
  const waiting = new Map<number, (answer: Answer) => void>();
  const early = new Map<number, Answer>();
  child.on('message', (message) => {
    const answer = message as Answer;
    const resolve = waiting.get(answer.id);
    if (resolve) resolve(answer);
    else early.set(answer.id, answer);
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const of = (id: number): Promise<Answer> =>
    Promise.race([
      new Promise<Answer>((resolve) => {
        const known = early.get(id);
        if (known) resolve(known);
        else waiting.set(id, resolve);
      }),
      ended.then(() => Promise.reject(new Error(`the function ended before it answered`))),
    ]);
  return { of, ended };
};

/** A Secrets Manager with one secret, which only gives it to who has signed rightly. */
export interface SecretServer {
  environment: Record<string, string>;
  arn: string;
  /** What is kept; may be replaced. */
  secret: string;
  /** Answers this instead, while it is set. */
  fault?: { status: number; body: string } | 'silent';
  requests: number;
  /** The session of the last request, if it had one. */
  session: string | undefined;
  close(): Promise<void>;
}

const ARN = 'arn:aws:secretsmanager:ap-northeast-2:123456789012:secret:Slack-AbCdEf';

/** Starts a Secrets Manager on loopback. Signatures are checked by another signer than ours. */
export const startSecretServer = async (secret: unknown): Promise<SecretServer> => {
  const server = createServer(async (request, response) => {
    running.requests += 1;
    running.session = request.headers['x-amz-security-token'] as string | undefined;
    const body = await text(request);
    if (running.fault === 'silent') return;
    const right = await isSigned(request.headers as Record<string, string>, body);
    const refused = { status: 400, body: '{"__type":"InvalidSignatureException","message":"…"}' };
    const { status, body: answer } = running.fault ?? (right ? { status: 200, body: found(body) } : refused);
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(answer);
  });
  const found = (body: string): string => {
    const { SecretId } = JSON.parse(body) as { SecretId: string };
    return JSON.stringify({ ARN: SecretId, Name: 'Slack', SecretString: running.secret });
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const running: SecretServer = {
    environment: { AWS_ENDPOINT_URL_SECRETS_MANAGER: url },
    arn: ARN,
    secret: typeof secret === 'string' ? secret : JSON.stringify(secret),
    requests: 0,
    session: undefined,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return running;
};

const isSigned = async (headers: Record<string, string>, body: string): Promise<boolean> => {
  const { authorization, 'x-amz-date': datetime = '', 'x-amz-security-token': sessionToken } = headers;
  if (headers['x-amz-target'] !== 'secretsmanager.GetSecretValue') return false;
  const signer = new AwsV4Signer({
    url: `http://${headers['host']}/`,
    body,
    headers: { 'content-type': headers['content-type'] ?? '', 'x-amz-target': headers['x-amz-target'] },
    accessKeyId: KEYS.AWS_ACCESS_KEY_ID,
    secretAccessKey: KEYS.AWS_SECRET_ACCESS_KEY,
    ...(sessionToken ? { sessionToken } : {}),
    service: 'secretsmanager',
    region: ARN.split(':')[3] as string,
    datetime,
    allHeaders: true,
  });
  const expected = (await signer.sign()).headers.get('authorization');
  return authorization?.replaceAll(', ', ',') === expected?.replaceAll(', ', ',');
};
