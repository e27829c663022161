import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSampleWorkspace, MEMBERS, SAMPLE } from '../../src/sandbox/sample.ts';
import { seeded } from '../../src/sandbox/seeded.ts';
import { type RunningSandbox, startSandbox } from '../../src/sandbox/server.ts';
import { translate } from '../../src/slack/translate.ts';
import { openLog } from '../../src/store/log.ts';
import { contents } from '../support/world.ts';
import { emptyTil, playedWorkspace, SEASON_END, type Til } from './til.ts';

let sandbox: RunningSandbox;
let til: Til;
beforeAll(async () => {
  // An hour ago, so that nothing is too fresh.
  const workspace = createSampleWorkspace(() => Date.now() - 3_600_000);
  const { ts } = workspace.post({ user: MEMBERS[0]?.id as string, channel: SAMPLE.channel, text: '안녕하세요' });
  workspace.react({ user: MEMBERS[1]?.id as string, channel: SAMPLE.channel, ts, name: '+1' });
  sandbox = await startSandbox({ workspace, signingSecret: 'x' });
  til = emptyTil().with({ SLACK_BOT_TOKEN: SAMPLE.bot.token, SLACK_API_URL: sandbox.apiUrl });
});
afterAll(async () => {
  await sandbox.close();
  til.remove();
});

test('til reconcile reports first, then appends, then finds nothing', async () => {
  const dry = await til.run('reconcile', '--dry-run');
  expect(dry).toMatchObject({ code: 0 });
  expect(dry.out).toContain('would append 1 message.posted');
  const rehearsed = await til.run('reconcile', '--dry-run');
  expect(await contents(til.log)).toEqual({});
  const { out } = await til.run('reconcile');
  expect(out).toMatch(/appended 1 message\.posted\nappended 1 reaction\.added/);
  expect(out.replaceAll('appended', 'would append')).toBe(rehearsed.out);
  expect((await til.run('reconcile')).out).toContain('The log lacked nothing.');
  expect((await til.run('verify')).code).toBe(0);
});

test('what must be mended by a person is said with what to do', async () => {
  const without = await til.with({ SLACK_BOT_TOKEN: undefined }).run('reconcile');
  expect(without).toMatchObject({ code: 2, error: expect.stringContaining('SLACK_BOT_TOKEN') });
  const wrong = await til.with({ SLACK_BOT_TOKEN: 'xoxb-wrong' }).run('reconcile');
  expect(wrong).toMatchObject({ code: 2, error: expect.stringContaining('invalid_auth') });
  expect(wrong.error).not.toContain('xoxb-wrong');
  expect(await til.run('reconcile', '--since', 'yesterday')).toMatchObject({ code: 2 });
});

test('a channel that cannot be read does not keep the others from being compared', async () => {
  const two = emptyTil().with({ SLACK_BOT_TOKEN: SAMPLE.bot.token, SLACK_API_URL: sandbox.apiUrl });
  const challenges = [{ channel: 'C0NOTTHERE' }, { channel: SAMPLE.channel }];
  writeFileSync(join(two.folder, 'til.json'), JSON.stringify({ challenges }));
  const { code, out, error } = await two.run('reconcile');
  expect(code).toBe(1);
  expect(out).toContain('appended 1 message.posted');
  expect(error).toMatch(/C0NOTTHERE: not compared: .*channel_not_found/);
  const { failed } = await two.json<{ failed: unknown }>('reconcile');
  expect(failed).toEqual([{ channel: 'C0NOTTHERE', reason: expect.stringContaining('channel_not_found') }]);
  const alone = await two.run('reconcile', '--channel', 'C0NOTTHERE');
  expect(alone.code).toBe(2);
  two.remove();
});

/** Everything the dashboard reads, but the instants of the readings. */
const shown = async ({ state }: Til): Promise<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(await contents(state, 'snapshots/')).map(([key, body]) => [key, body.replace(/"asOf":"[^"]*"/, '')]),
  );

const factsIn = ({ folder }: Til): number => readdirSync(join(folder, 'log', 'events'), { recursive: true }).length;

test('of a busy season a fifth was never delivered; killed in the middle and run again, it finds all of it', async () => {
  const { workspace, setTime } = playedWorkspace(SEASON_END);
  const { channel } = SAMPLE;
  const [first, second, third] = MEMBERS.map(({ id }) => id) as [string, string, string];
  const minute = (count: number): void => setTime(SEASON_END + count * 60_000);
  // More than a page of messages, of replies and of people under one message; and of each kind of event.
  const parent = workspace.post({ user: first, channel, text: '모두 모여라' });
  for (let at = 0; at < 205; at++) {
    minute(at);
    workspace.post({ user: first, channel, text: `${at}` });
    const reply = {
      user: second,
      channel,
      thread: parent.ts,
      text: `https://velog.io/@x/${at}`,
      broadcast: at % 20 === 0,
    };
    const { ts } = workspace.reply(reply);
    for (const name of ['+1', '+1::skin-tone-3', 'heart']) workspace.react({ user: third, channel, ts, name });
    if (at % 4 === 0) workspace.unreact({ user: third, channel, ts, name: 'heart' });
    if (at % 7 === 0) workspace.remove({ user: second, channel, ts });
    else if (at % 5 === 0) workspace.edit({ user: second, channel, ts, text: `고침 ${at}` });
  }
  workspace.leave({ user: third, channel });
  minute(300);
  const payloads = workspace.take().map(({ payload }) => payload);
  const now = SEASON_END + 24 * 3_600_000;
  const busy = await startSandbox({ workspace, signingSecret: 'x', now: () => now });
  const open = async (wanted: readonly unknown[]): Promise<Til> => {
    const til = emptyTil().with({ SLACK_BOT_TOKEN: SAMPLE.bot.token, SLACK_API_URL: busy.apiUrl });
    for (const payload of wanted) {
      const translation = translate(payload, new Set([channel]));
      if (translation.to === 'event') await openLog(til.log, SAMPLE).append(translation.event);
    }
    await til.run('rebuild');
    return til;
  };
  const random = seeded(11);
  const whole = await open(payloads);
  const lossy = await open(payloads.filter(() => random() >= 0.2));
  const args = ['reconcile', '--since', '2024-07-01', '--yes', '--config', `${lossy.folder}/til.json`];

  // Killed as soon as it has written something, and again later: the next run goes on.
  for (const events of [1, 60]) {
    const before = factsIn(lossy);
    const child = spawn(process.execPath, ['src/cli/main.ts', ...args], {
      env: { ...process.env, ...lossy.environment },
      stdio: 'ignore',
    });
    const ended = once(child, 'exit');
    for (let grown = 0; grown < events && child.exitCode === null; ) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      grown = factsIn(lossy) - before;
    }
    child.kill('SIGKILL');
    expect((await ended)[1]).toBe('SIGKILL');
  }

  // What a killed run appended it may not have folded; and Slack asks to wait in the middle of everything.
  workspace.faults.set(
    ['conversations.history', 'conversations.replies', 'conversations.members', 'users.info'].map((method) => ({
      kind: 'rate-limited' as const,
      retryAfter: 0.1,
      count: 2,
      methods: [method],
    })),
  );
  expect(await lossy.run(...args.slice(0, -2))).toMatchObject({ code: 0 });
  expect(workspace.faults.list()).toEqual([]);
  await whole.run(...args.slice(0, -2));
  expect(await shown(lossy)).toEqual(await shown(whole));
  expect(await lossy.run(...args.slice(0, -2))).toMatchObject({
    code: 0,
    out: expect.stringContaining('The log lacked nothing.'),
  });
  expect((await lossy.run('verify')).code).toBe(0);
  await busy.close();
  for (const each of [whole, lossy]) each.remove();
}, 240_000);
