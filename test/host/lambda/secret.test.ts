import { afterEach, beforeEach, expect, test } from 'vitest';
import { Refused, Unavailable } from '../../../src/events/errors.ts';
import { FRESH_MILLISECONDS, openSlackSecret } from '../../../src/host/secret.ts';
import { KEYS, type SecretServer, startSecretServer } from './cloud.ts';

let server: SecretServer;
let now: number;
let reported: string[];
beforeEach(async () => {
  server = await startSecretServer({ SLACK_BOT_TOKEN: 'xoxb-1', SLACK_SIGNING_SECRET: 'new, old' });
  now = Date.parse('2024-08-05T00:30:00Z');
  reported = [];
});
afterEach(() => server.close());

const open = (environment: Record<string, string> = {}) =>
  openSlackSecret({
    arn: server.arn,
    environment: { ...KEYS, ...server.environment, ...environment },
    clock: { now: () => now, elapsed: () => now, sleep: async () => {} },
    report: (happening, fields) => void reported.push(`${happening} ${JSON.stringify(fields)}`),
  });

test('the secrets are asked for once, by a request signed as AWS wants it', async () => {
  const secret = open({ SLACK_API_URL: 'http://slack.example/api/' });
  const expected = { botToken: 'xoxb-1', signingSecrets: ['new', 'old'], apiUrl: 'http://slack.example/api/' };
  expect(await Promise.all([secret(), secret(), secret()])).toEqual([expected, expected, expected]);
  now += FRESH_MILLISECONDS - 1;
  expect(await secret()).toEqual(expected);
  expect([server.requests, server.session]).toEqual([1, KEYS.AWS_SESSION_TOKEN]);
});

test('keys of a user, which have no session, sign as well', async () => {
  expect(await open({ AWS_SESSION_TOKEN: '' })()).toMatchObject({ botToken: 'xoxb-1' });
  expect(server.session).toBeUndefined();
});

test('a wrong key is refused, and the error names the action and not the secret', async () => {
  const error = await open({ AWS_SECRET_ACCESS_KEY: 'wrong' })().catch((error: unknown) => error);
  expect(error).toBeInstanceOf(Refused);
  expect((error as Error).message).toBe(
    `secretsmanager:GetSecretValue ${server.arn}: answered 400 InvalidSignatureException; may this role read it?`,
  );
});

test('a replaced secret is known after five minutes', async () => {
  const secret = open();
  await secret();
  server.secret = '{"SLACK_BOT_TOKEN":"xoxb-2","SLACK_SIGNING_SECRET":"newest"}';
  now += FRESH_MILLISECONDS;
  expect(await secret()).toMatchObject({ botToken: 'xoxb-2', signingSecrets: ['newest'] });
});

test('while Secrets Manager does not answer, the last known secrets are used, and the trouble is told once', async () => {
  const secret = open();
  await secret();
  server.fault = { status: 503, body: '' };
  now += FRESH_MILLISECONDS;
  expect(await secret()).toMatchObject({ botToken: 'xoxb-1' });
  expect(await secret()).toMatchObject({ botToken: 'xoxb-1' });
  expect(reported).toEqual([
    `problem {"error":"Unavailable: secretsmanager:GetSecretValue ${server.arn}: answered 503; try again"}`,
  ]);
});

test('without any known secret each call asks again, until one is answered', async () => {
  const secret = open();
  server.fault = { status: 500, body: '' };
  await expect(secret()).rejects.toThrow(Unavailable);
  server.fault = 'silent';
  await expect(secret()).rejects.toThrow(/no answer/);
  delete server.fault;
  expect(await secret()).toMatchObject({ botToken: 'xoxb-1' });
});

test('nothing filled in is no token and no signing secret', async () => {
  server.secret = '{"SLACK_BOT_TOKEN":"","SLACK_SIGNING_SECRET":" ","unused":"x"}';
  expect(await open()()).toEqual({ botToken: undefined, signingSecrets: [], apiUrl: undefined });
});

test('a secret that is no JSON is refused and not shown', async () => {
  server.secret = 'xoxb-pasted-alone';
  const error = (await open()().catch((error: unknown) => error)) as Error;
  expect(error).toBeInstanceOf(Refused);
  expect(error.message).toContain('expected JSON with SLACK_BOT_TOKEN and SLACK_SIGNING_SECRET');
  expect(error.message).not.toContain('xoxb');
});
