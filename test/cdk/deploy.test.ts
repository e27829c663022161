import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Agree } from '../../cdk/ask.ts';
import { deploy } from '../../cdk/deploy.ts';
import { countJobs, type Deployment } from '../../cdk/deployment.ts';
import { destroy } from '../../cdk/destroy.ts';
import { openStacks } from '../../cdk/stacks.ts';
import { emptyBucket, uploadSite } from '../../cdk/upload.ts';
import { WrongUsage } from '../../cdk/usage.ts';
import { sqsClient, sqsQueue } from '../../src/queue/sqs.ts';
import { s3Bucket, s3Client } from '../../src/store/s3.ts';
import { type S3Server, startS3Server } from '../support/s3-server.ts';
import { startSqsServer } from '../support/sqs-server.ts';

let server: S3Server;
let folder: string;
beforeEach(async () => {
  server = await startS3Server({ buckets: ['site', 'log', 'state'], deletable: true });
  folder = mkdtempSync(join(tmpdir(), 'til-site-'));
});
afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

const write = (...files: string[]) => {
  for (const file of files) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), `content of ${file}`);
  }
};
const PAGE = ['index.html', 'assets/index-BqX3_k-9.js', 'assets/index-DiwrgTda.css', 'favicon.svg'];

const OUTPUTS: Record<string, string> = {
  RequestUrl: 'https://api.example/slack/events',
  DashboardUrl: 'https://d1.cloudfront.net',
  SiteBucket: 'site',
  LogBucket: 'log',
  StateBucket: 'state',
  SecretArn: 'arn:secret',
  QueueUrl: 'https://sqs/jobs.fifo',
  DeadLettersUrl: 'https://sqs/dead.fifo',
  Region: 'ap-northeast-2',
};

/** A world that notes what is run. Its stacks tell what the last `cdk deploy` was told. */
const worldOf = (known: Record<string, Record<string, string>> = {}, jobs: Record<string, number> = {}) => {
  const ran: string[] = [];
  const printed: string[] = [];
  const stacks = new Map(Object.entries(known));
  let remembered: string | undefined;
  const world: Deployment = {
    run: (program, ...args) => void ran.push([program === process.execPath ? 'node' : program, ...args].join(' ')),
    cdk(command, name, ...args) {
      const settings = args.find((arg) => arg.startsWith('settings='))?.slice('settings='.length) ?? '';
      ran.push(['cdk', command, name, ...args.filter((arg) => arg !== '-c' && !arg.startsWith('settings='))].join(' '));
      if (command === 'deploy') stacks.set(name as string, { ...OUTPUTS, Settings: settings });
    },
    stacks: {
      find: async (name) => {
        const outputs = stacks.get(name);
        return outputs && { name, outputs, tags: {} };
      },
      ours: async () => [...stacks.keys()],
      protect: async (name, on) => void ran.push(`${on ? 'protect' : 'unprotect'} ${name}`),
      remove: async (name) => void ran.push(`remove ${name}`),
    },
    region: 'ap-northeast-2',
    jobs: async (url) => jobs[url] ?? 0,
    remembered: () => remembered,
    remember: (name) => void (remembered = name),
    s3: () => s3Client(server.environment),
    now: () => '2024-08-05T00:00:00.000Z',
    print: (line) => void printed.push(line),
    folder,
    challenges: [{ channel: 'C0TILCHAN1' }],
  };
  return { world, ran, printed };
};

const keysIn = (bucket: string) => [...server.objects(bucket).objects.keys()];
const fill = (bucket: string, count: number) => {
  for (let n = 0; n < count; n++) {
    const object = { bytes: Buffer.from('x'), contentType: '', cacheControl: undefined };
    server.objects(bucket).put(`${n}`, object, { none: undefined, match: undefined });
  }
};

describe('the upload', () => {
  test('the page goes last, and each file says what it is and how long it may be kept', async () => {
    write(...PAGE);
    const keys = await uploadSite({ client: s3Client(server.environment), bucket: 'site', folder });
    expect(keys).toEqual(['assets/index-BqX3_k-9.js', 'assets/index-DiwrgTda.css', 'favicon.svg', 'index.html']);
    const stored = keysIn('site').map((key) => {
      const { contentType, cacheControl } = server.objects('site').get(key);
      return [key, contentType, cacheControl];
    });
    expect(stored).toEqual([
      ['assets/index-BqX3_k-9.js', 'text/javascript; charset=utf-8', 'public, max-age=31536000, immutable'],
      ['assets/index-DiwrgTda.css', 'text/css; charset=utf-8', 'public, max-age=31536000, immutable'],
      ['favicon.svg', 'image/svg+xml', 'no-cache'],
      ['index.html', 'text/html; charset=utf-8', 'no-cache'],
    ]);
    expect(server.objects('site').get('index.html').bytes.toString()).toBe('content of index.html');
  });

  test('the page names its picture in full, which who shows a link to it must be able to fetch', async () => {
    write(...PAGE);
    const built = readFileSync(join(import.meta.dirname, '../../dashboard/index.html'), 'utf8');
    writeFileSync(join(folder, 'index.html'), built.replaceAll('content="/', 'content="./')); // As Vite has it.
    const challenges = [{ channel: 'C1', name: '<b> $& "글쓰기"' }, { channel: 'C2' }];
    const page = { address: 'https://d1.example', challenges };
    await uploadSite({ client: s3Client(server.environment), bucket: 'site', folder, page });
    const stored = server.objects('site').get('index.html').bytes.toString();
    expect(stored.match(/content="https:\/\/d1\.example\/card\.png"/g)).toHaveLength(2);
    const title = '&#60;b&#62; $&#38; &#34;글쓰기&#34; · TIL';
    expect(stored).toContain(`<title>${title}</title>`);
    expect(stored).toContain(`<meta property="og:title" content="${title}">`);
    expect(stored).toContain('<meta name="til" content="C1 C2">');
    expect(stored).not.toContain('<b>');
  });

  test('when a file cannot go, the old page stays', async () => {
    write(...PAGE);
    server.faults.add({ fault: 'forbidden', operation: 'PutObject', key: /css$/ });
    await expect(uploadSite({ client: s3Client(server.environment), bucket: 'site', folder })).rejects.toThrow(
      'Access Denied',
    );
    expect(keysIn('site')).toEqual(['assets/index-BqX3_k-9.js']);
  });

  test('a folder without a page, and a file of unknown type, are refused before the page goes', async () => {
    write('assets/index-BqX3_k-9.js');
    const upload = () => uploadSite({ client: s3Client(server.environment), bucket: 'site', folder });
    await expect(upload()).rejects.toThrow(/holds no built page: expected an index.html, got 1 other files/);
    write('index.html', 'notes.docx');
    await expect(upload()).rejects.toThrow(/notes.docx: expected a type of file/);
    expect(keysIn('site')).not.toContain('index.html');
  });
});

describe('emptying a bucket', () => {
  test('2,500 objects go, in three calls', async () => {
    fill('log', 2_500);
    expect(await emptyBucket(s3Client(server.environment), 'log')).toBe(2_500);
    expect(keysIn('log')).toEqual([]);
    expect(server.counters.DeleteObjects.requests).toBe(3);
  });

  test('what a policy keeps is named', async () => {
    const guarded = await startS3Server({ buckets: ['log'] });
    await s3Bucket({ client: s3Client(guarded.environment), bucket: 'log' }).putNew('events/1', Buffer.from('x'));
    await expect(emptyBucket(s3Client(guarded.environment), 'log')).rejects.toThrow(
      's3://log/events/1 cannot be deleted: AccessDenied',
    );
    await guarded.close();
  });
});

describe('deploying', () => {
  const DEPLOYED = 'deployedAt=2024-08-05T00:00:00.000Z';
  const deployed = (ran: string[]) => ran.filter((line) => line.startsWith('cdk deploy'));

  test('builds, deploys, uploads and says what is left to do', async () => {
    write(...PAGE);
    const { world, ran, printed } = worldOf();
    await deploy(world, ['-c', 'alarmEmail=admin@example.com', '--profile', 'til']);
    expect(ran).toEqual([
      'npm run --silent build',
      `cdk deploy Til stackName=Til alarmEmail=admin@example.com ${DEPLOYED} --profile til`,
      'node src/cli/main.ts manifest --url https://api.example/slack/events',
    ]);
    expect(keysIn('site')).toHaveLength(4);
    expect(printed.join()).toContain('put-secret-value --region ap-northeast-2 --secret-id arn:secret');
    expect(printed.join()).toContain('Request URL: https://api.example/slack/events');
    expect(printed.join()).toContain(
      'Alarms go to admin@example.com, once the mail that AWS has sent there is confirmed',
    );
  });

  test('keeps what an earlier deployment was given, also one from elsewhere, until it is taken away', async () => {
    write(...PAGE);
    const { world, ran, printed } = worldOf();
    await deploy(world, ['--context=alarmEmail=admin@example.com', '-c', 'budget=50', '-c', 'stackName=Autumn']);
    await deploy(world, []);
    expect(printed).toContain('As at the last deployment: alarmEmail=admin@example.com');
    await deploy(world, ['-c', 'budget=']);
    const elsewhere = { ...world, remembered: () => undefined };
    await deploy(elsewhere, ['-c', 'stackName=Autumn']);
    expect(deployed(ran)).toEqual([
      `cdk deploy Autumn stackName=Autumn alarmEmail=admin@example.com budget=50 ${DEPLOYED}`,
      `cdk deploy Autumn stackName=Autumn alarmEmail=admin@example.com budget=50 ${DEPLOYED}`,
      `cdk deploy Autumn stackName=Autumn alarmEmail=admin@example.com ${DEPLOYED}`,
      `cdk deploy Autumn stackName=Autumn alarmEmail=admin@example.com ${DEPLOYED}`,
    ]);
  });

  test('from a checkout that does not know the stack’s name makes no second one by mistake', async () => {
    const { world, ran } = worldOf({ Autumn: OUTPUTS });
    await expect(deploy(world, [])).rejects.toThrow('there is no stack Til here, but Autumn: say which is meant');
    expect(ran).toEqual([]);
  });

  test('over a stack from before settings were kept asks for them once, instead of dropping them', async () => {
    write(...PAGE);
    const { world, ran, printed } = worldOf({ Til: OUTPUTS });
    await expect(deploy(world, [])).rejects.toThrow('the stack Til does not tell yet what it was given');
    expect(ran).toEqual([]);
    await deploy(world, ['-c', 'alarmEmail=']);
    expect(deployed(ran)).toEqual([`cdk deploy Til stackName=Til ${DEPLOYED}`]);
    expect(printed.join()).toContain('Nobody hears of alarms');
  });

  test('what the CDK takes itself is passed on, by name or behind another --', async () => {
    write(...PAGE);
    const { world, ran } = worldOf();
    const named = ['--require-approval', 'never', '--region=us-east-1', '-v'];
    await deploy(world, ['-c=budget=off', ...named, '--', '--no-rollback', '--concurrency', '2']);
    expect(deployed(ran)).toEqual([
      `cdk deploy Til stackName=Til budget=off ${DEPLOYED} --region us-east-1 --require-approval never --verbose --no-rollback --concurrency 2`,
    ]);
  });

  test('what an earlier deployment let through is kept no longer: a slip in a name is said, one in a value refused', async () => {
    write(...PAGE);
    const slip = { Til: { ...OUTPUTS, Settings: '{"alarmMail":"x","budget":"20"}' } };
    const { world, ran, printed } = worldOf(slip);
    await deploy(world, []);
    expect(printed[0]).toBe('Not kept any more, since there is no such setting: alarmMail=x');
    expect(deployed(ran)).toEqual([`cdk deploy Til stackName=Til budget=20 ${DEPLOYED}`]);

    const wrong = worldOf({ Til: { ...OUTPUTS, Settings: '{"alarmEmail":"nomail"}' } });
    await expect(deploy(wrong.world, [])).rejects.toThrow(WrongUsage);
    expect(wrong.ran).toEqual([]);
    await deploy(wrong.world, ['-c', 'alarmEmail=you@example.com']);
    expect(deployed(wrong.ran)).toHaveLength(1);
  });

  test.each([
    [['-c', 'replicaRegion=ap-northeast-2'], 'expected another region than ap-northeast-2, where the log is'],
    [['-c', 'replicaRegion=us-east-1', '-c', `stackName=${'A'.repeat(25)}`], 'expected at most 24 characters'],
  ])('a replica that cannot be is refused before anything is built: %j', async (args, says) => {
    const { world, ran } = worldOf();
    await expect(deploy(world, args)).rejects.toThrow(says);
    await expect(deploy(world, args)).rejects.toThrow(WrongUsage);
    expect([ran, world.remembered()]).toEqual([[], undefined]);
  });
});

describe('destroying', () => {
  const yes: Agree = async () => true;
  const TIL = { Til: { ...OUTPUTS, Settings: '{"alarmEmail":"admin@example.com"}' } };
  const CONTEXT = 'stackName=Til alarmEmail=admin@example.com';

  test('the log and the state are kept, and named', async () => {
    for (const bucket of ['site', 'log', 'state']) fill(bucket, 2);
    const { world, ran, printed } = worldOf(TIL);
    await destroy(world, [], yes);
    expect(ran).toEqual(['unprotect Til', `cdk destroy Til ${CONTEXT} --force`]);
    expect([keysIn('site').length, keysIn('log').length, keysIn('state').length]).toEqual([0, 2, 2]);
    expect(printed.at(-1)).toMatch(/^Kept: s3:\/\/log \(the log\) and s3:\/\/state/);
  });

  test('touches the stack that it was told, and asks for its name', async () => {
    fill('site', 1);
    server.createBucket('other-site');
    fill('other-site', 1);
    const { world, ran } = worldOf({ ...TIL, Other: { ...OUTPUTS, SiteBucket: 'other-site' } });
    const asked: string[] = [];
    await destroy(world, ['-c', 'stackName=Other'], async (_, expected) => asked.push(expected) > 0);
    expect(asked).toEqual(['Other']);
    expect(ran).toEqual(['unprotect Other', 'cdk destroy Other stackName=Other --force']);
    expect([keysIn('site').length, keysIn('other-site').length]).toEqual([1, 0]);
    await expect(destroy(world, ['-c', 'stackName=Third'], yes)).rejects.toThrow('there is no stack Third here');
  });

  test.each([
    [OUTPUTS['QueueUrl'] as string, 'Til still holds 3 jobs and 0 dead letters'],
    [OUTPUTS['DeadLettersUrl'] as string, 'Til still holds 0 jobs and 3 dead letters'],
  ])('while %s holds jobs nothing is touched', async (url, says) => {
    fill('site', 1);
    const { world, ran } = worldOf(TIL, { [url]: 3 });
    await expect(destroy(world, ['--with-log'], yes)).rejects.toThrow(says);
    expect([ran, keysIn('site').length]).toEqual([[], 1]);
  });

  test('with the log, the guards are lifted before anything is emptied', async () => {
    for (const bucket of ['site', 'log', 'state']) fill(bucket, 2);
    const { world, ran } = worldOf(TIL);
    await destroy(world, ['--with-log'], yes);
    expect(ran).toEqual([
      `cdk deploy Til ${CONTEXT} keepLog=false --require-approval never`,
      'unprotect Til',
      `cdk destroy Til ${CONTEXT} keepLog=false --force`,
    ]);
    expect([keysIn('site'), keysIn('log'), keysIn('state')]).toEqual([[], [], []]);
  });

  test('without agreement nothing is touched', async () => {
    fill('log', 1);
    const { world, ran, printed } = worldOf(TIL);
    await destroy(world, ['--with-log'], async () => false);
    expect([ran, printed, keysIn('log').length]).toEqual([[], ['Nothing was done.'], 1]);
  });

  test('when it fails, the stack is protected again', async () => {
    fill('site', 1);
    server.faults.add({ fault: 'forbidden', operation: 'DeleteObjects' });
    const { world, ran } = worldOf(TIL);
    await expect(destroy(world, [], yes)).rejects.toThrow('Access Denied');
    expect(ran).toEqual(['unprotect Til', 'protect Til']);
  });

  const COPIED = {
    ...OUTPUTS,
    ReplicaBucket: 'til-log-replica-1',
    Settings: '{"replicaRegion":"us-east-1"}',
  };

  test('the log’s copy in another region stays, and that is said before and after', async () => {
    const { world, printed } = worldOf({ Til: COPIED });
    const asked: string[] = [];
    await destroy(world, ['--with-log'], async (question) => asked.push(question) > 0);
    expect(asked[0]).toContain(
      'deletes every event there ever was, but not the copy in us-east-1, s3://til-log-replica-1',
    );
    expect(printed.at(-1)).toMatch(/^Kept as well: .* s3:\/\/til-log-replica-1 in us-east-1, and its stack TilReplica/);
  });

  test('the stack of a copy, which is protected too, goes alone, and only once its name is typed', async () => {
    const { world, ran, printed } = worldOf({ TilReplica: { ReplicaBucket: 'til-log-replica-1' } });
    const args = ['-c', 'stackName=TilReplica', '--region', 'us-east-1'];
    const asked: string[] = [];
    await destroy(world, args, async (_, expected) => asked.push(expected) === 0);
    expect([asked, ran, printed]).toEqual([['TilReplica'], [], ['Nothing was done.']]);
    await expect(destroy(world, [...args, '--with-log'], yes)).rejects.toThrow('expected a stack with a log');
    expect(ran).toEqual([]);
    await destroy(world, args, yes);
    expect(ran).toEqual(['unprotect TilReplica', 'remove TilReplica']);
    expect(printed.at(-1)).toBe('CloudFormation removes TilReplica now. Kept: s3://til-log-replica-1.');
  });

  test('a bucket that was left is named with a blank or with =, and no stack is touched', async () => {
    for (const args of [['--kept', 'log'], ['--kept=state']]) {
      fill(args.join().includes('log') ? 'log' : 'state', 1);
      const { world, ran, printed } = worldOf();
      await destroy(world, args, yes);
      expect([ran, printed.at(-1)]).toEqual([[], expect.stringMatching(/^(log|state) is gone\.$/)]);
    }
  });
});

test('the messages of a queue are counted, those in somebody’s hands included', async () => {
  const sqs = await startSqsServer();
  const url = await sqs.createQueue('jobs');
  const client = sqsClient(sqs.environment);
  const queue = sqsQueue({ client, url });
  await queue.put(['1', '2', '3'].map((id) => ({ id, group: id, body: 'x' })));
  await queue.take(1, 1);
  expect(await countJobs(client, url)).toBe(3);
  client.destroy();
  await sqs.close();
});

describe('asking CloudFormation', () => {
  const XML = (...stacks: string[]) =>
    `<DescribeStacksResponse><DescribeStacksResult><Stacks>${stacks.join('')}</Stacks></DescribeStacksResult></DescribeStacksResponse>`;
  const STACK_XML = `<member><StackName>Til</StackName><StackStatus>UPDATE_COMPLETE</StackStatus><Parameters/><Outputs>
    <member><OutputKey>Settings</OutputKey><OutputValue>{&quot;alarmEmail&quot;:&quot;a&amp;b@example.com&quot;}</OutputValue><Description>x</Description></member>
    <member><OutputKey>Region</OutputKey><OutputValue>ap-northeast-2</OutputValue></member></Outputs>
    <Tags><member><Key>application</Key><Value>til-challenge</Value></member></Tags></member>`;
  const OTHER_XML = '<member><StackName>CDKToolkit</StackName><StackStatus>CREATE_COMPLETE</StackStatus></member>';

  const asked = async (...answers: [status: number, xml: string][]) => {
    const bodies: Record<string, string>[] = [];
    const http = createServer(async (request, response) => {
      const body = Object.fromEntries(new URLSearchParams(await text(request)));
      const { authorization = '' } = request.headers;
      bodies.push({
        ...body,
        signed: String(/Credential=key\/\d{8}\/ap-northeast-2\/cloudformation\//.test(authorization)),
      });
      const [status, xml] = answers[bodies.length - 1] as [number, string];
      response.writeHead(status).end(xml);
    });
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    const stacks = openStacks({
      region: 'ap-northeast-2',
      credentials: async () => ({ accessKeyId: 'key', secretAccessKey: 'secret' }),
      endpoint: `http://127.0.0.1:${(http.address() as AddressInfo).port}/`,
    });
    return { stacks, bodies, close: () => new Promise((resolve) => http.close(resolve)) };
  };

  test('a stack tells its outputs and tags, and among all of them ours are known by their tag', async () => {
    const page = XML(OTHER_XML).replace('</Stacks>', '</Stacks><NextToken>more</NextToken>');
    const { stacks, bodies, close } = await asked([200, XML(STACK_XML)], [200, page], [200, XML(STACK_XML)]);
    expect(await stacks.find('Til')).toEqual({
      name: 'Til',
      outputs: { Settings: '{"alarmEmail":"a&b@example.com"}', Region: 'ap-northeast-2' },
      tags: { application: 'til-challenge' },
    });
    expect(await stacks.ours()).toEqual(['Til']);
    expect(bodies).toMatchObject([
      { Action: 'DescribeStacks', StackName: 'Til', Version: '2010-05-15', signed: 'true' },
      { Action: 'DescribeStacks', signed: 'true' },
      { Action: 'DescribeStacks', NextToken: 'more' },
    ]);
    await close();
  });

  test('a stack that is not there is none, and whatever else goes wrong is said', async () => {
    const error = (code: string, message: string) =>
      `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`;
    const { stacks, bodies, close } = await asked(
      [400, error('ValidationError', 'Stack with id Til does not exist')],
      [403, error('AccessDenied', 'User: x is not authorized')],
      [200, '<UpdateTerminationProtectionResponse/>'],
      [200, '<DeleteStackResponse/>'],
    );
    expect(await stacks.find('Til')).toBeUndefined();
    await expect(stacks.find('Til')).rejects.toThrow(
      'cloudformation:DescribeStacks in ap-northeast-2: answered 403 AccessDenied: User: x is not authorized',
    );
    await stacks.protect('Til', false);
    await stacks.remove('Til');
    expect(bodies.at(-1)).toMatchObject({ Action: 'DeleteStack', StackName: 'Til' });
    await close();
  });
});
