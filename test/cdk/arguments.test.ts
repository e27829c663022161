import { spawn } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { RegionInfo } from 'aws-cdk-lib/region-info';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { givenToDeploy, givenToDestroy } from '../../cdk/arguments.ts';
import { asking } from '../../cdk/ask.ts';
import { deploy } from '../../cdk/deploy.ts';
import type { Deployment } from '../../cdk/deployment.ts';
import { destroy } from '../../cdk/destroy.ts';
import { textFor } from '../../cdk/language.ts';
import { nearest } from '../../cdk/nearest.ts';
import { check } from '../../cdk/setting-values.ts';
import { en } from '../../cdk/text/en.ts';
import { ko } from '../../cdk/text/ko.ts';
import { HelpAsked, Unanswered, WrongUsage } from '../../cdk/usage.ts';
import { languageOf } from '../../src/cli/language.ts';

/** A world of which nothing may be asked. */
const untouchable = new Proxy({} as Deployment, {
  get: (_, name) => {
    throw new Error(`the world was asked for ${String(name)}`);
  },
});
const never = async () => {
  throw new Error('a question was asked');
};
const errorOf = (work: Promise<void>): Promise<unknown> => work.catch((error: unknown) => error);
const deploying = (args: string[], words = en) => errorOf(deploy(untouchable, args, words));
const destroying = (args: string[], words = en) => errorOf(destroy(untouchable, args, never, words));

describe('wrong usage is said in a sentence, and nothing is done', () => {
  test.each<[args: string[], says: string]>([
    [['--withlog'], '--withlog: there is no such option, expected --with-log'],
    [['--hotswap'], '--hotswap: there is no such option, expected one that --help names'],
    [['-x'], '-x: there is no such option'],
    [['--with-log=yes'], '--with-log=yes: there is no such option'],
    [['old-bucket'], 'expected options alone, got "old-bucket"'],
    [['--kept'], '--kept <bucket>: expected a value behind it, got none'],
    [['--kept', '--with-log'], '--kept <bucket>: expected a value behind it, got "--with-log"'],
    [['--kept='], '--kept: expected the name of a bucket, without s3://, got ""'],
    [['--kept', 's3://old'], '--kept: expected the name of a bucket, without s3://, got "s3://old"'],
    [['--kept=old', '--with-log'], '--with-log: expected without --kept'],
    [['--kept=old', '-c', 'stackName=Til'], '-c: expected without --kept'],
    [['-c', 'stacName=Til'], '-c stacName: there is no such setting, expected stackName'],
    [['-c', 'alarmEmail=you@example.com'], '-c alarmEmail: expected with "npm run deploy"'],
    [['--', '--all'], 'behind the --: expected options of the CDK that choose neither settings nor stacks, got --all'],
    [['--', '--with-log'], 'got --with-log'],
    [['--', 'TilReplica'], 'got TilReplica'],
  ])('npm run destroy -- %j', async (args, says) => {
    const error = await destroying(args);
    expect(error).toBeInstanceOf(WrongUsage);
    expect((error as Error).message).toContain(says);
    expect((error as Error).message).not.toContain('\n');
  });

  test.each<[args: string[], says: string]>([
    [['-c', 'alarmMail=x'], '-c alarmMail: there is no such setting, expected alarmEmail, the nearest of stackName, '],
    [['-c', 'email=x'], 'expected alarmEmail, the nearest of'],
    [['-c', 'zzzzzz=x'], '-c zzzzzz: there is no such setting, expected one of stackName, alarmEmail, '],
    [['-c', 'keepLog=false'], '-c keepLog: there is no such setting'],
    [['-c', 'toString=x'], '-c toString: there is no such setting'],
    [['-c', 'alarmEmail'], '-c: expected name=value, got "alarmEmail"'],
    [['-c', 'alarmEmail=nomail'], '-c alarmEmail: expected an e-mail address, such as you@example.com, got "nomail"'],
    [['-c', 'alarmEmail=you@example'], 'got "you@example"'],
    [['--context=alarmEmail=you@exam ple.com'], 'got "you@exam ple.com"'],
    [['-c', 'replicaRegion=mars'], '-c replicaRegion: expected a region of AWS, such as ap-northeast-2, got "mars"'],
    [['-c', 'replicaRegion=ap-northeas-2'], 'got "ap-northeas-2"'],
    [['--region', 'ap-northeast-2a'], '--region: expected a region of AWS, such as ap-northeast-2, got'],
    [['-c', 'budget=1.5'], '-c budget: expected whole US dollars a month, such as 10, or off, got "1.5"'],
    [['-c', 'budget=0'], 'got "0"'],
    [['-c', 'stackName='], '-c stackName: expected a letter, then at most 127 letters, digits and hyphens, got ""'],
    [['-c', 'stackName=my_stack'], 'got "my_stack"'],
    [['-c', 'ci=role'], '-c ci: expected the ARN of a role'],
    [['-c', 'readFrom=s3://old'], '-c readFrom: expected names of buckets'],
    [['-c', 'edgePolicies=one'], '-c edgePolicies: expected the output EdgePolicies'],
    [['-c', '@aws-cdk/core:bootstrapQualifier=TOO-LONG-FOR-IT'], 'the qualifier of "cdk bootstrap"'],
    [['--require-approval', 'sometimes'], 'expected never, any-change, broadening or destructive, got "sometimes"'],
    [['--role-arn', 'me'], '--role-arn: expected the ARN of a role'],
    [['--profile='], '--profile: expected a name, got ""'],
    [['--profile', '--region', 'x'], '--profile <name>: expected a value behind it, got "--region"'],
    [['--with-log'], '--with-log: there is no such option'],
    [['--', '-c', 'alarmMail=x'], 'behind the --: expected options of the CDK'],
  ])('npm run deploy -- %j', async (args, says) => {
    const error = await deploying(args);
    expect(error).toBeInstanceOf(WrongUsage);
    expect((error as Error).message).toContain(says);
    expect((error as Error).message).not.toContain('\n');
  });

  test('in Korean, too', async () => {
    expect(await deploying(['-c', 'alarmMail=x'], ko)).toMatchObject({
      message: expect.stringContaining('-c alarmMail: 없는 설정이에요. 혹시 alarmEmail인가요?'),
    });
    expect(await destroying(['--withlog'], ko)).toMatchObject({
      message: '--withlog: 없는 옵션이에요. 혹시 --with-log인가요?',
    });
    expect(await destroying(['--kept'], ko)).toMatchObject({ message: expect.stringContaining('값을 적어 주세요') });
  });
});

describe('what can be right is taken', () => {
  test('every region that the CDK knows, and none with a letter too much', () => {
    const fits = (name: string) => {
      try {
        check('', 'region', name, en);
        return true;
      } catch {
        return false;
      }
    };
    const all = RegionInfo.regions.map(({ name }) => name);
    expect(all.length).toBeGreaterThan(30);
    expect(all.filter((name) => !fits(name))).toEqual([]);
    expect(all.filter((name) => fits(`${name}a`) || fits(name.replace('-', '')) || fits(` ${name}`))).toEqual([]);
  });

  test('each setting, and an empty one that takes it away', () => {
    const settings = {
      alarmEmail: "o'neil+til@mail.example.co.kr",
      budget: '50',
      replicaRegion: 'ap-southeast-1',
      readFrom: 'til-log-1,til-log-2',
      ci: 'arn:aws:iam::123456789012:role/ci/build',
      edgePolicies: '658327ea-f89d-4fab,b2c1,c-3',
      '@aws-cdk/core:bootstrapQualifier': 'team1',
    };
    const args = (entries: [string, string][]) => entries.flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    expect(givenToDeploy(args(Object.entries(settings)), en).settings).toEqual(settings);
    const none = Object.keys(settings).map((name): [string, string] => [name, '']);
    expect(givenToDeploy(args(none), en).settings).toEqual(Object.fromEntries(none));
  });

  test('profile and region are for us and for the CDK', () => {
    expect(givenToDestroy(['--region=us-east-1', '--profile', 'til', '-c', 'stackName=A', '--', '--ci'], en)).toEqual({
      stackName: 'A',
      settings: {},
      profile: 'til',
      region: 'us-east-1',
      rest: ['--profile', 'til', '--region', 'us-east-1', '--ci'],
      withLog: false,
    });
  });
});

test('a name with one slip in it is known again', () => {
  const names = ['stackName', 'alarmEmail', 'budget', 'replicaRegion', 'readFrom', 'edgePolicies'];
  const slip = fc
    .record({ name: fc.constantFrom(...names), at: fc.nat(), letter: fc.constantFrom('', 'x', 'Q'), cut: fc.nat(1) })
    .map(({ name, at, letter, cut }) => {
      const place = at % name.length;
      return { name, typed: name.slice(0, place) + letter + name.slice(place + cut) };
    });
  fc.assert(fc.property(slip, ({ name, typed }) => void expect(nearest(typed, names)).toBe(name)));
  expect(nearest('bugdet', names)).toBe('budget');
  expect(nearest('zzzz', names)).toBeUndefined();
});

test('help says every setting and option, in both languages', async () => {
  for (const [words, title] of [
    [en, 'Options:'],
    [ko, '옵션:'],
  ] as const) {
    const [deploys, destroys] = [await deploying(['--help'], words), await destroying(['-h'], words)];
    expect(deploys).toBeInstanceOf(HelpAsked);
    expect(destroys).toBeInstanceOf(HelpAsked);
    for (const part of [
      title,
      'alarmEmail=',
      'budget=',
      'replicaRegion=',
      'stackName=',
      'ci=',
      'readFrom=',
      '--region',
    ])
      expect((deploys as Error).message).toContain(part);
    for (const part of ['edgePolicies=', 'bootstrapQualifier=', '--require-approval'])
      expect((deploys as Error).message).toContain(part);
    for (const part of [title, '--with-log', '--kept <bucket>', '--profile', 'stackName='])
      expect((destroys as Error).message).toContain(part);
  }
});

test('the language is the one that the command line chooses', () => {
  const locale = fc.constantFrom('', 'C', 'POSIX', 'C.UTF-8', 'ko_KR.UTF-8', 'ko', 'korean', 'en_US.UTF-8', 'kok_IN');
  const environment = fc.record({ LC_ALL: locale, LC_MESSAGES: locale, LANG: locale }, { requiredKeys: [] });
  fc.assert(
    fc.property(environment, (given) => void expect(textFor(given)).toBe(languageOf(given) === 'ko' ? ko : en)),
  );
});

describe('a question', () => {
  const asked = async (typed: string | undefined) => {
    const [input, output] = [new PassThrough(), new PassThrough()];
    input.end(typed);
    const answer = asking(input, output, 'Nobody answered.')('Name? ', 'Til').catch((error: unknown) => error);
    return [await answer, String(output.read())];
  };

  test('is agreed to by what is expected alone', async () => {
    expect(await asked('Til\n')).toEqual([true, 'Name? ']);
    expect(await asked(' Til ')).toEqual([true, 'Name? ']);
    expect(await asked('til\n')).toEqual([false, 'Name? ']);
    expect(await asked('\n')).toEqual([false, 'Name? ']);
  });

  test('that nobody can answer is a no', async () => {
    const [error, shown] = await asked(undefined);
    expect(error).toBeInstanceOf(Unanswered);
    expect([(error as Error).message, shown]).toEqual(['Nobody answered.', 'Name? \n']);
  });
});

describe('as programs', () => {
  let cloud: Server;
  let asked = 0;
  beforeAll(async () => {
    cloud = createServer((_, response) => {
      asked++;
      response.end(
        '<DescribeStacksResponse><DescribeStacksResult><Stacks/></DescribeStacksResult></DescribeStacksResponse>',
      );
    });
    await new Promise<void>((resolve) => cloud.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => new Promise((resolve) => cloud.close(resolve)));

  const ROOT = join(import.meta.dirname, '../..');
  const run = async (name: 'deploy' | 'destroy', args: string[], environment: Record<string, string> = {}) => {
    const program = spawn(process.execPath, [`cdk/${name}.ts`, ...args], {
      cwd: ROOT,
      env: {
        PATH: process.env['PATH'],
        HOME: join(ROOT, 'test/fixtures'),
        AWS_EC2_METADATA_DISABLED: 'true',
        ...environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const code = new Promise((resolve) => program.once('close', resolve));
    const [out, error] = await Promise.all([text(program.stdout), text(program.stderr)]);
    return { code: await code, out, error };
  };

  test('help needs neither region nor credentials', async () => {
    for (const name of ['deploy', 'destroy'] as const) {
      const { code, out, error } = await run(name, ['--help']);
      expect([code, error]).toEqual([0, '']);
      expect(out).toMatch(new RegExp(`^Usage: npm run ${name} -- .*\n`));
    }
    expect((await run('deploy', ['--help'], { LANG: 'ko_KR.UTF-8' })).out).toMatch(/^사용법: /);
  });

  test('wrong usage ends with 2, before a region is looked for; a region that is not there with 1', async () => {
    const wrong = await run('deploy', ['-c', 'alarmMail=x']);
    expect(wrong).toMatchObject({ code: 2, out: '', error: expect.stringMatching(/^-c alarmMail: .*\n$/) });
    const nowhere = await run('destroy', []);
    expect(nowhere).toMatchObject({ code: 1, out: '', error: expect.stringContaining('expected a region') });
  });

  test('a question to a closed standard input is a no, with a sentence and exit code 1', async () => {
    const { port } = cloud.address() as AddressInfo;
    const ended = await run('destroy', ['--kept=foo'], {
      AWS_REGION: 'ap-northeast-2',
      AWS_ACCESS_KEY_ID: 'key',
      AWS_SECRET_ACCESS_KEY: 'secret',
      AWS_ENDPOINT_URL_CLOUDFORMATION: `http://127.0.0.1:${port}/`,
    });
    expect(ended.code).toBe(1);
    expect(ended.error).toBe(
      'Nothing was done: expected an answer to the question, got the end of the standard input.\n',
    );
    expect(ended.out).toContain('This deletes s3://foo');
    expect(asked).toBe(1);
  });
});
