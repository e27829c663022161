import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSampleWorkspace, MEMBERS, SAMPLE } from '../../src/sandbox/season.ts';
import { type RunningSandbox, startSandbox } from '../../src/sandbox/server.ts';
import { contents } from '../support/world.ts';
import { emptyTil, type Til } from './til.ts';

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
  expect(await contents(til.log)).toEqual({});
  const { out } = await til.run('reconcile');
  expect(out).toMatch(/appended 1 message\.posted\nappended 1 reaction\.added/);
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
