import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Deployment } from '../../cdk/deployment.ts';
import { destroy } from '../../cdk/destroy.ts';
import { commands } from '../../src/cli/commands.ts';
import { createProgram } from '../../src/cli/main.ts';
import { rebuild } from '../../src/history/rebuild.ts';
import { publishChallenges } from '../../src/pipeline/publish.ts';
import { jobOf } from '../../src/queue/jobs.ts';
import { sqsClient, sqsQueue } from '../../src/queue/sqs.ts';
import { createSampleWorkspace, SAMPLE } from '../../src/sandbox/sample.ts';
import { type RunningSandbox, startSandbox } from '../../src/sandbox/server.ts';
import { parseConfig } from '../../src/setup/config.ts';
import { translate } from '../../src/slack/translate.ts';
import type { Bucket } from '../../src/store/bucket.ts';
import { openDocuments } from '../../src/store/documents.ts';
import { filesBucket } from '../../src/store/files.ts';
import { openLog, quarantine } from '../../src/store/log.ts';
import { memoryBucket } from '../../src/store/memory.ts';
import { s3Client } from '../../src/store/s3.ts';
import { emptyTil, type Ran, type Til } from '../cli/til.ts';
import { type GuardedAws, startGuardedAws } from '../support/guarded-aws.ts';
import { policiesOf } from '../support/policies.ts';
import { type SqsServer, startSqsServer } from '../support/sqs-server.ts';
import { contents, payload } from '../support/world.ts';
import { resourcesOf, stackFor } from './stack.ts';

const [channel, ts] = [SAMPLE.channel, '1722865849.468459'];
const member = 'U0MINSEO01';
const policies = policiesOf(resourcesOf(stackFor().stack));

const ROLES = ['OperatorsOperator', 'OperatorsEraser', 'administrator'] as const;
const [YES, NO] = ['allowed', 'denied'];

let sandbox: RunningSandbox;
let sqs: SqsServer;
let urls: { main: string; dead: string };
let til: Til;
let stored: { log: Record<string, string>; state: Record<string, string> };
const folder = mkdtempSync(join(tmpdir(), 'til-roles-'));

beforeAll(async () => {
  const workspace = createSampleWorkspace(() => Date.now() - 3_600_000);
  workspace.post({ user: 'U0MEMBER01', channel, text: '안녕하세요' });
  sandbox = await startSandbox({ workspace, signingSecret: 'x' });
  sqs = await startSqsServer();
  urls = { main: await sqs.createQueue('jobs'), dead: await sqs.createQueue('dead') };
  til = emptyTil();
  const [log, state] = [memoryBucket(), memoryBucket()];
  for (const number of [1, 3]) await append(log, payload(number));
  await quarantine(log, 'a defect of then', payload(4));
  const { challenges } = parseConfig({ challenges: [{ channel }] }, 'test');
  await publishChallenges(openDocuments(state), challenges);
  for (const challenge of challenges) await rebuild(challenge, { log, state });
  stored = { log: await contents(log), state: await contents(state) };
  for (const [key, text] of Object.entries(stored.log))
    await filesBucket(join(folder, 'from')).putNew(`${key}`, Buffer.from(text));
  await filesBucket(join(folder, 'from')).putNew('events/new.json', Buffer.from('{}'));
  writeFileSync(join(folder, 'rules.json'), '{"finishers":"off"}');
});
afterAll(async () => {
  await Promise.all([sandbox.close(), sqs.close()]);
  til.remove();
  rmSync(folder, { recursive: true });
});

const append = async (log: Bucket, delivery: unknown): Promise<void> => {
  const translation = translate(delivery, new Set([channel]));
  if (translation.to !== 'event') throw new Error(`a delivery of the tests is ${translation.to}`);
  await openLog(log, SAMPLE).append(translation.event);
};

const start = async (): Promise<GuardedAws> => {
  const aws = await startGuardedAws({
    policies,
    sqs,
    buckets: { log: 'LogBucket', state: 'StateBucket' },
    queues: { [new URL(urls.main).pathname]: 'QueueJobs', [new URL(urls.dead).pathname]: 'QueueDeadLetters' },
    secret: {
      arn: 'arn:aws:secretsmanager:us-east-1:123456789012:secret:Slack-AbCdEf',
      name: 'SecretsSlack',
      text: JSON.stringify({ SLACK_BOT_TOKEN: SAMPLE.bot.token, SLACK_SIGNING_SECRET: 'x' }),
    },
  });
  const none = { none: undefined, match: undefined };
  for (const [bucket, objects] of Object.entries(stored))
    for (const [key, text] of Object.entries(objects))
      aws.s3.objects(bucket).put(key, { bytes: Buffer.from(text), contentType: '', cacheControl: undefined }, none);
  return aws;
};

/** Runs a command on AWS as somebody, in a deployment of its own. */
const runAs = async (who: string, args: readonly string[]): Promise<Ran> => {
  const aws = await start();
  const { main, dead } = urls;
  const client = sqsClient(sqs.environment);
  if (args[0] === 'dlq') {
    const job = jobOf(`dead-${who}-${args[1]}`, who, { kind: 'event', payload: payload(3) });
    await sqsQueue({ client, url: dead }).put([job]);
  }
  const environment = {
    ...aws.environment(who),
    ...{ TIL_LOG: 's3://log', TIL_STATE: 's3://state', TIL_QUEUE: main, TIL_DLQ: dead, SLACK_API_URL: sandbox.apiUrl },
  };
  try {
    return await til.with(environment).run(...args);
  } finally {
    client.destroy();
    await aws.close();
  }
};

/** The outcome that is documented: for the operator, the eraser, and an administrator who took neither role. */
const TABLE: [command: string, ...outcomes: [operator: string, eraser: string, administrator: string]][] = [
  // What asks for something puts a job on the queue.
  ['open-week --wait 0', YES, NO, YES],
  [`accept ${ts} --yes --wait 0`, YES, NO, YES],
  [`reject ${ts} --yes --wait 0`, YES, NO, YES],
  [`excuse ${member} 2024-W32 --yes --wait 0`, YES, NO, YES],
  ['rest-week 2024-W32 --yes --wait 0', YES, NO, YES],
  ['close-month --month 2024-08 --wait 0', YES, NO, YES],
  ['quarantine redrive --yes', YES, NO, YES],
  // What reads.
  [`accept ${ts}`, YES, YES, YES],
  ['extend 2024-W32 --hours 24', YES, YES, YES],
  ['replay', YES, YES, YES],
  ['verify', YES, YES, YES],
  ['seal --dry-run', YES, YES, YES],
  [`compare --rules ${folder}/rules.json`, YES, YES, YES],
  ['rehearse', YES, YES, YES],
  ['effect', YES, YES, YES],
  ['members', YES, YES, YES],
  ['export --what posts', YES, YES, YES],
  [`forget ${member}`, YES, YES, YES],
  ['quarantine list', YES, YES, YES],
  [`backup ${folder}/{who}.til`, YES, YES, YES],
  [`publish-page ${folder}/{who}`, YES, YES, YES],
  // What writes the state alone.
  ['rebuild', YES, YES, YES],
  // What writes the log; of that, what nobody but a role may.
  ['seal', YES, YES, NO],
  [`copy --from file:${folder}/from --to s3://log`, YES, YES, NO],
  [`copy --from s3://log --to file:${folder}/to`, YES, YES, YES],
  // What asks Slack reads the secret, too.
  ['reconcile', YES, NO, NO],
  ['reconcile --dry-run', YES, NO, YES],
  ['doctor', YES, NO, NO],
  // What takes away.
  [`forget ${member} --yes`, NO, YES, NO],
  // Dead letters.
  ['dlq list', YES, NO, YES],
  ['dlq redrive --yes', YES, NO, YES],
];

/** Commands of one machine: they keep a server there, or touch nothing of AWS; and `restore`, which fills an empty log alone. */
const LOCAL = ['start', 'serve', 'service', 'page-link', 'init', 'manifest', 'import', 'restore'];

describe('every command, as the policies of the template let it be done', () => {
  test('the table names all commands', () => {
    const shell = { environment: {}, out: () => {}, error: () => {}, isTerminal: false, untilSignal: async () => {} };
    const names = createProgram(shell).commands.map((command) => command.name());
    expect(names).toHaveLength(commands.length);
    const tabled = new Set([...TABLE.map(([command]) => command.split(' ')[0]), ...LOCAL]);
    expect(names.filter((name) => !tabled.has(name))).toEqual([]);
  });

  test.each(TABLE)('til %s: operator %s, eraser %s, administrator %s', async (command, ...expected) => {
    for (const [index, who] of ROLES.entries()) {
      const { code, out, error } = await runAs(who, command.replace('{who}', who).split(' '));
      const said = `${who} ${code}: ${out}${error}`;
      expect(/AccessDenied/.test(out + error) ? NO : YES, said).toBe(expected[index]);
      // What is allowed is no slip in the command either, and what is denied does not end as if it were done.
      expect(code, said).not.toBe(expected[index] === YES ? 2 : 0);
    }
  });

  test('what reconcile and doctor need of Slack comes with the role, and what is missing is said', async () => {
    const found = await runAs('OperatorsOperator', ['reconcile', '--dry-run']);
    expect(found.out).toContain('would append 1 message.posted');
    const { out } = await runAs('OperatorsOperator', ['doctor']);
    expect(out).toMatch(/ok {2}token: /);
    const denied = await runAs('OperatorsEraser', ['doctor']);
    expect(denied.out).toMatch(/NOT OK {2}secret: .*secretsmanager:GetSecretValue/);
  });
});

describe('a bucket that a stack left', () => {
  const kept = { log: 'LogBucket', state: 'StateBucket' };

  /** `npm run destroy -- --kept=…` as somebody, who types what is expected. */
  const destroyAs = async (aws: GuardedAws, who: string, bucket: string, ours: string[] = []): Promise<void> => {
    const client = s3Client(aws.environment(who));
    const world = {
      s3: () => client,
      print: () => {},
      stacks: {
        ours: async () => ours,
        find: async (name: string) => ({ name, outputs: { LogBucket: 'log' }, tags: {} }),
      },
    } as unknown as Deployment;
    await destroy(world, [`--kept=${bucket}`], async (_, expected) => expected === bucket);
  };

  test('goes with all its versions when the eraser says so, and for nobody else', async () => {
    const aws = await start();
    await expect(destroyAs(aws, 'OperatorsOperator', 'log')).rejects.toThrow('not authorized');
    await expect(destroyAs(aws, 'administrator', 'log')).rejects.toThrow('cannot be deleted: AccessDenied');
    expect(aws.s3.objects('log').history.size).toBeGreaterThan(0);
    for (const bucket of Object.keys(kept)) {
      await destroyAs(aws, 'OperatorsEraser', bucket);
      expect(() => aws.s3.objects(bucket)).toThrow('does not exist');
    }
    await aws.close();
  });

  test('is not deleted while a stack has it', async () => {
    const aws = await start();
    await expect(destroyAs(aws, 'OperatorsEraser', 'log', ['Til'])).rejects.toThrow('belongs to the stack Til');
    await aws.close();
  });

  test('is read by the operator of another stack that names it, and by no other', async () => {
    const attempt = (readFrom: string[], action: string) =>
      policiesOf(resourcesOf(stackFor({ readFrom }).stack)).isAllowed({
        who: 'OperatorsOperator',
        action,
        resource: `arn:<AWS::Partition>:s3:::old-log${action === 's3:ListBucket' ? '' : '/events/1.json'}`,
      });
    for (const action of ['s3:GetObject', 's3:ListBucket'])
      expect([attempt(['old-log'], action), attempt([], action)]).toEqual([true, false]);
    expect(attempt(['old-log'], 's3:PutObject')).toBe(false);
  });
});
