import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import { lookAtBucket, lookAtClock } from '../../src/admin/doctor.ts';
import { enDoctor } from '../../src/cli/text/en-doctor.ts';
import { openLocalQueue } from '../../src/queue/local.ts';
import { ADMIN, createSampleWorkspace, MEMBERS, SAMPLE } from '../../src/sandbox/sample.ts';
import { startSandbox } from '../../src/sandbox/server.ts';
import { createWorkspace } from '../../src/sandbox/workspace.ts';
import { systemClock } from '../../src/setup/clock.ts';
import { manifestOf } from '../../src/slack/manifest.ts';
import { memoryBucket } from '../../src/store/memory.ts';
import { startS3Server } from '../support/s3-server.ts';
import { startSocketServer } from '../support/socket-server.ts';
import { emptyTil, type Til } from './til.ts';

const used: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of used.splice(0).reverse()) await end();
});

const slack = async (til: Til, now = () => Date.now() - 3_600_000) => {
  const workspace = createSampleWorkspace(now);
  const sandbox = await startSandbox({ workspace, signingSecret: 'x' });
  used.push(() => sandbox.close());
  const environment = { SLACK_BOT_TOKEN: SAMPLE.bot.token, SLACK_API_URL: sandbox.apiUrl, SLACK_SIGNING_SECRET: 'x' };
  return { workspace, til: til.with(environment) };
};
const fresh = (): Til => {
  const til = emptyTil();
  used.push(() => til.remove());
  return til;
};
const look = async (til: Til): Promise<Record<string, [boolean | undefined, string]>> => {
  const { findings } = await til.json<{ findings: { what: string; ok?: boolean; says: string }[] }>('doctor');
  return Object.fromEntries(findings.map(({ what, ok, says }) => [what.replace(/ \(.*\)/, ''), [ok, says]]));
};

test('without any Slack variable it says what is missing, and fails', async () => {
  const til = fresh().with({ SLACK_API_URL: 'http://127.0.0.1:9/api/' });
  const { code, out } = await til.run('doctor');
  expect(code).toBe(1);
  expect(out).toMatch(/NOT OK {2}token: SLACK_BOT_TOKEN/);
  expect(out).toMatch(/NOT OK {2}deliveries: SLACK_SIGNING_SECRET/);
  expect(out).toMatch(/NOT OK {2}queue: no server takes from it/);
  expect(out).toMatch(/NOT OK {2}clock: .*network/);
  expect(out).toMatch(/ok {2}log \(file:/);
  expect(out).toMatch(/ok {2}state \(file:/);
  expect(out).toMatch(/ok {2}disk: /);
  expect(out.match(/ok {2}hard links \(.*\): there are/g)).toHaveLength(2);
});

test('a system that runs is ok, but for what its schedule has left undone', async () => {
  const { workspace, til } = await slack(fresh());
  await til.run('open-week');
  await til.run('reconcile');
  const server = openLocalQueue(`${til.folder}/queue`);
  await server.openTaker();
  used.push(() => server.close());
  const found = await look(til);
  const not = Object.entries(found).filter(([, [ok]]) => ok !== true);
  expect(not).toEqual([
    ['Home tab', [undefined, expect.stringContaining('no admin')]],
    ['presses', [undefined, expect.stringMatching(/no press was ever seen.*til manifest.*\/til,/)]],
  ]);
  expect(found['token']?.[1]).toContain(SAMPLE.bot.id);
  workspace.post({ user: MEMBERS[0]?.id as string, channel: SAMPLE.channel, text: '새 글' });
  expect((await look(til))['TIL: events']).toEqual([false, expect.stringContaining('til reconcile')]);
});

test('of the app it says whether it was installed again, has a Home tab, and ever sent a press', async () => {
  const { workspace, til } = await slack(fresh());
  const write = (fields: object): void =>
    writeFileSync(
      `${til.folder}/til.json`,
      JSON.stringify({ ...fields, challenges: [{ channel: SAMPLE.channel, admins: [ADMIN] }] }),
    );
  write({ command: '/글' });
  const found = await look(til);
  expect(found['buttons and commands']).toEqual([true, 'has the scope commands']);
  expect(found['Home tab']).toEqual([true, 'is on']);
  expect(JSON.stringify(workspace.home(ADMIN))).toContain('다시 열면');
  expect(found['presses']?.[1]).toContain('the command /글,');
  await til.state.putNew('seen/interactions.json', Buffer.from('{"press":"2026-11-30"}\n'));
  expect((await look(til))['presses']).toEqual([true, 'a press was seen (first press on 2026-11-30)']);
});

test('an app that was not installed again is told so, and is not wrong; a Home tab that is off is', async () => {
  const served = async (options: { manifest?: Record<string, unknown>; reinstalled?: boolean }) => {
    const workspace = createWorkspace({
      now: () => Date.now() - 3_600_000,
      bot: SAMPLE.bot,
      members: [{ id: ADMIN, name: 'admin', admin: true }],
      channels: [{ id: SAMPLE.channel, name: 'til', members: [SAMPLE.bot.id, ADMIN] }],
      ...options,
    });
    const sandbox = await startSandbox({ workspace, signingSecret: 'x' });
    used.push(() => sandbox.close());
    const til = fresh().with({
      SLACK_BOT_TOKEN: SAMPLE.bot.token,
      SLACK_API_URL: sandbox.apiUrl,
      SLACK_SIGNING_SECRET: 'x',
    });
    writeFileSync(
      `${til.folder}/til.json`,
      JSON.stringify({ challenges: [{ channel: SAMPLE.channel, admins: [ADMIN] }] }),
    );
    return look(til);
  };
  const old = await served({ reinstalled: false });
  expect(old['token']?.[0]).toBe(true);
  expect(old['buttons and commands']).toEqual([
    undefined,
    expect.stringMatching(/lacks the scope commands.*til manifest.*install/),
  ]);
  expect(old).not.toHaveProperty('Home tab');
  const manifest = manifestOf({ name: 'TIL', socket: true }) as { features: Record<string, unknown> };
  const off = await served({ manifest: { ...manifest, features: { ...manifest.features, app_home: {} } } });
  expect(off['Home tab']).toEqual([false, expect.stringContaining('not_enabled')]);
});

test('a bot that is not in the channel, an archived one, and a wrong token are named', async () => {
  const { workspace, til } = await slack(fresh());
  workspace.leave({ user: SAMPLE.bot.id, channel: SAMPLE.channel });
  expect((await look(til))['TIL: channel']).toEqual([false, expect.stringContaining('/invite')]);
  workspace.archive(SAMPLE.channel);
  expect((await look(til))['TIL: channel']).toEqual([false, expect.stringContaining('archived')]);
  const wrong = await look(til.with({ SLACK_BOT_TOKEN: 'xoxb-secret-wrong' }));
  expect(wrong['token']).toEqual([false, expect.stringContaining('invalid_auth')]);
  expect(JSON.stringify(wrong)).not.toContain('xoxb-secret-wrong');
});

test('the second way for alarms is tried', async () => {
  const til = fresh();
  const withAlarm = (command: string): void =>
    writeFileSync(
      `${til.folder}/til.json`,
      JSON.stringify({ challenges: [{ channel: SAMPLE.channel }], alarm: { command } }),
    );
  const away = til.with({ SLACK_API_URL: 'http://127.0.0.1:9/api/' });
  withAlarm(`cat > ${til.folder}/told`);
  expect((await look(away))['alarm']).toEqual([true, expect.stringContaining('did it come?')]);
  expect(readFileSync(`${til.folder}/told`, 'utf8')).toContain('this is a test by "til doctor"');
  withAlarm('exit 3');
  expect((await look(away))['alarm']).toEqual([false, expect.stringContaining('expected exit code 0, got 3')]);
});

test('with Socket Mode it opens a connection, and says what Slack said', async () => {
  const server = await startSocketServer();
  used.push(server.close);
  const til = fresh().with({ SLACK_APP_TOKEN: 'xapp-secret', SLACK_API_URL: server.apiUrl });
  expect((await look(til))['socket']).toEqual([true, 'Slack opens a connection; the app has 0 others']);
  server.served.error = 'not_allowed_token_type';
  const { code, out } = await til.run('doctor');
  expect(code).toBe(1);
  expect(out).toMatch(
    /NOT OK {2}socket: Slack opens no connection: not_allowed_token_type \(SLACK_APP_TOKEN is a token of/,
  );
  expect(out).not.toContain('xapp-secret');
});

test('a clock that is wrong by minutes is named', async () => {
  const { til } = await slack(fresh());
  const url = til.environment['SLACK_API_URL'] as string;
  const clockOff = (seconds: number) => ({ ...systemClock, now: () => Date.now() + seconds * 1000 });
  expect((await lookAtClock(clockOff(0), url, enDoctor)).ok).toBe(true);
  expect(await lookAtClock(clockOff(-200), url, enDoctor)).toEqual({
    ok: false,
    says: expect.stringMatching(/(199|200|201) s behind/),
  });
});

test('storage that does not keep its promises is named', async () => {
  const sound = memoryBucket();
  expect((await lookAtBucket(sound, { swaps: true }, enDoctor)).ok).toBe(true);
  expect((await lookAtBucket(sound, { swaps: true }, enDoctor)).ok).toBe(true);
  const careless = { ...sound, putNew: async () => ({ created: true as const, etag: 'x' }) };
  expect((await lookAtBucket(careless, { swaps: false }, enDoctor)).says).toContain('conditional writes do not work');
  const forgetful = { ...sound, get: async () => undefined };
  expect((await lookAtBucket(forgetful, { swaps: false }, enDoctor)).says).toContain('cannot be read');
  const blind = { ...sound, putIf: async () => 'x' };
  expect((await lookAtBucket(blind, { swaps: true }, enDoctor)).says).toContain('wrong ETag');
});

describe('on AWS', () => {
  const s3 = async (): Promise<Record<string, string>> => {
    const server = await startS3Server({ buckets: ['til-log', 'til-state'] });
    used.push(server.close);
    return { ...server.environment, TIL_LOG: 's3://til-log', TIL_STATE: 's3://til-state' };
  };
  const QUEUE = { TIL_QUEUE: 'http://127.0.0.1:9/1234/til.fifo' };
  const AWAY = { SLACK_API_URL: 'http://127.0.0.1:9/api/' };

  test("what only the functions have is not missing on an operator's machine", async () => {
    const til = fresh();
    writeFileSync(
      `${til.folder}/til.json`,
      JSON.stringify({
        challenges: [{ channel: SAMPLE.channel }],
        alarm: { command: `touch ${til.folder}/told` },
        pageAccess: 'link',
      }),
    );
    const found = await look(til.with({ ...(await s3()), ...QUEUE, ...AWAY }));
    for (const what of ['queue', 'clock', 'alarm', 'deliveries', 'token', 'page'])
      expect([what, found[what]?.[0]]).toEqual([what, undefined]);
    expect(found['token']?.[1]).toMatch(/Secrets Manager.*With SLACK_BOT_TOKEN here too/);
    expect(found['log']?.[0]).toBe(true);
    expect(found['state']?.[0]).toBe(true);
    expect(found).not.toHaveProperty('disk');
    expect(existsSync(`${til.folder}/told`)).toBe(false);
  });

  test('a queue that nobody named is told, where the log lies on S3', async () => {
    const til = fresh().with({ ...(await s3()), ...AWAY });
    expect((await look(til))['queue']).toEqual([false, expect.stringMatching(/til serve.*TIL_QUEUE is its QueueUrl/)]);
  });
});

test('it says who may look at the page', async () => {
  const til = fresh();
  const page = async (pageAccess: string, environment: Record<string, string> = {}) => {
    writeFileSync(`${til.folder}/til.json`, JSON.stringify({ challenges: [{ channel: SAMPLE.channel }], pageAccess }));
    return (await look(til.with({ SLACK_API_URL: 'http://127.0.0.1:9/api/', ...environment })))['page'];
  };
  const link = { TIL_PAGE_KEY: 'a-key-that-nobody-guesses' };
  expect(await page('open')).toEqual([
    true,
    'is shown to whoever reaches the server, at every address of this machine',
  ]);
  expect(await page('open', { HOST: '10.0.0.1' })).toEqual([true, expect.stringMatching(/at 10\.0\.0\.1 \(HOST\)$/)]);
  expect(await page('off')).toEqual([true, 'is off']);
  expect(await page('link')).toEqual([false, expect.stringContaining('til page-link')]);
  expect(await page('link', link)).toEqual([true, expect.stringContaining('who has its link')]);
});
