import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { deploy } from '../../cdk/deploy.ts';
import type { Deployment, Outputs } from '../../cdk/deployment.ts';
import { destroy } from '../../cdk/destroy.ts';
import { emptyBucket, uploadSite } from '../../cdk/upload.ts';
import { s3Bucket, s3Client } from '../../src/store/s3.ts';
import { type S3Server, startS3Server } from '../support/s3-server.ts';

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

const OUTPUTS: Outputs = {
  RequestUrl: 'https://api.example/slack/events',
  DashboardUrl: 'https://d1.cloudfront.net',
  SiteBucket: 'site',
  LogBucket: 'log',
  StateBucket: 'state',
  SecretArn: 'arn:secret',
  Region: 'ap-northeast-2',
};

/** A world that notes what is run; `cdk deploy` makes the outputs known. */
const worldOf = (known?: Outputs) => {
  const ran: string[] = [];
  const printed: string[] = [];
  let outputs = known;
  const world: Deployment = {
    run: (program, ...args) => void ran.push([program === process.execPath ? 'node' : program, ...args].join(' ')),
    cdk(command, ...args) {
      ran.push(['cdk', command, ...args].join(' '));
      if (command === 'deploy') outputs = OUTPUTS;
    },
    outputs: () => outputs,
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

test('a deployment builds, deploys, uploads and says what is left to do', async () => {
  write(...PAGE);
  const { world, ran, printed } = worldOf();
  await deploy(world, ['-c', 'alarmEmail=admin@example.com']);
  expect(ran).toEqual([
    'npm run --silent build',
    'cdk deploy -c deployedAt=2024-08-05T00:00:00.000Z -c alarmEmail=admin@example.com',
    'node src/cli/main.ts manifest --url https://api.example/slack/events',
  ]);
  expect(keysIn('site')).toHaveLength(4);
  expect(printed.join()).toContain('put-secret-value --region ap-northeast-2 --secret-id arn:secret');
  expect(printed.join()).toContain('Request URL: https://api.example/slack/events');
});

describe('destroying', () => {
  const yes = async () => true;

  test('the log and the state are kept, and named', async () => {
    for (const bucket of ['site', 'log', 'state']) fill(bucket, 2);
    const { world, ran, printed } = worldOf(OUTPUTS);
    await destroy(world, [], yes);
    expect(ran).toEqual(['cdk destroy']);
    expect([keysIn('site').length, keysIn('log').length, keysIn('state').length]).toEqual([0, 2, 2]);
    expect(printed.at(-1)).toMatch(/^Kept: s3:\/\/log \(the log\) and s3:\/\/state/);
  });

  test('from another checkout the names are asked for first', async () => {
    const { world, ran } = worldOf();
    await destroy(world, ['-c', 'stackName=Other'], yes);
    expect(ran).toEqual(['cdk deploy -c stackName=Other', 'cdk destroy -c stackName=Other']);
  });

  test('with the log, the guards are lifted before anything is emptied', async () => {
    for (const bucket of ['site', 'log', 'state']) fill(bucket, 2);
    const { world, ran } = worldOf();
    await destroy(world, ['--with-log'], yes);
    expect(ran).toEqual([
      'cdk deploy -c keepLog=false --require-approval never',
      'cdk destroy -c keepLog=false --force',
    ]);
    expect([keysIn('site'), keysIn('log'), keysIn('state')]).toEqual([[], [], []]);
  });

  test('without agreement nothing is touched', async () => {
    fill('log', 1);
    const { world, ran, printed } = worldOf(OUTPUTS);
    await destroy(world, ['--with-log'], async () => false);
    expect([ran, printed, keysIn('log').length]).toEqual([[], ['Nothing was done.'], 1]);
  });
});
