import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { calendarOf } from '../../src/events/week.ts';
import { rebuild, verify } from '../../src/history/rebuild.ts';
import { type Running, serve } from '../../src/host/serve.ts';
import type { WeekSnapshot } from '../../src/projections/contract.ts';
import { openLocalQueue } from '../../src/queue/local.ts';
import { createSampleWorkspace, MEMBERS, SAMPLE } from '../../src/sandbox/sample.ts';
import { type RunningSandbox, startSandbox } from '../../src/sandbox/server.ts';
import { systemClock } from '../../src/setup/clock.ts';
import { filesBucket } from '../../src/store/files.ts';
import { challengeWith } from '../support/world.ts';

const SECRET = 'a signing secret';
const channel = SAMPLE.channel;
const [writer, fan, other] = MEMBERS.map(({ id }) => id) as [string, string, string];

let clean: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const step of clean.toReversed()) await step();
  clean = [];
});

/** The real server, the real client and the sandbox, over HTTP, on temporary folders. */
const start = async (): Promise<{ sandbox: RunningSandbox; running: Running; folder: string }> => {
  const folder = mkdtempSync(join(tmpdir(), 'til-http-'));
  clean.push(async () => rmSync(folder, { recursive: true, force: true }));
  const sandbox = await startSandbox({ workspace: createSampleWorkspace(Date.now), signingSecret: SECRET });
  clean.push(sandbox.close);
  const running = await serve({
    settings: {
      challenges: [challengeWith({ admins: ['U0ADMIN001'], schedule: { weekOpen: '04:00', monthResult: '04:00' } })],
    },
    log: filesBucket(join(folder, 'log')),
    state: filesBucket(join(folder, 'state')),
    queue: openLocalQueue(join(folder, 'queue'), { clock: systemClock }),
    slack: { signingSecrets: [SECRET], botToken: SAMPLE.bot.token, apiUrl: sandbox.apiUrl },
    clock: systemClock,
    port: 0,
    host: '127.0.0.1',
    report: () => {},
    quiet: true,
  });
  clean.push(running.stop);
  sandbox.deliverTo(`http://127.0.0.1:${running.port}/slack/events`);
  return { sandbox, running, folder };
};

const until = async (what: () => boolean | Promise<boolean>, seconds = 15): Promise<void> => {
  for (const end = Date.now() + seconds * 1000; Date.now() < end; ) {
    if (await what()) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`still not so after ${seconds} s: ${what}`);
};

test('over HTTP, channel, hints, messages and snapshots tell what members did', async () => {
  const { sandbox, running, folder } = await start();
  const { workspace } = sandbox;
  expect(await sandbox.verify()).toBe(true);
  // The week's post is put there by the bot's own hand, whatever the hour: the schedule is for Mondays after four.
  const week = calendarOf('Asia/Seoul').weekAt(Date.now() / 1000);
  workspace.call('chat.postMessage', SAMPLE.bot.token, {
    channel,
    text: '*[TIL 1월 1주차]*',
    metadata: JSON.stringify({ event_type: 'til_week_open', event_payload: { week } }),
  });
  const thread = workspace.messages(channel).at(-1)?.ts as string;
  const said = () =>
    workspace
      .messages(channel)
      .filter(({ user, ts }) => user === SAMPLE.bot.id && ts !== thread)
      .map(({ text }) => text ?? '');
  const told = () =>
    workspace
      .directMessages(writer)
      .filter(({ user }) => user === SAMPLE.bot.id)
      .map(({ text }) => text ?? '');
  const snapshot = async (): Promise<WeekSnapshot | undefined> => {
    const response = await fetch(`http://127.0.0.1:${running.port}/snapshots/${channel}/weeks/${week}.json`);
    return response.ok ? ((await response.json()) as WeekSnapshot) : undefined;
  };

  const { ts } = workspace.reply({ user: writer, channel, thread, text: '링크는 곧 올릴게요' });
  await until(() => workspace.hints(writer).length === 1);
  workspace.edit({ user: writer, channel, ts, text: '올렸어요 https://velog.io/@minseo/first', title: '첫 글' });
  await until(() => said().some((text) => text.includes('|첫 글>')));
  expect(said()).toEqual([expect.stringContaining('민서 님이')]);

  workspace.react({ user: fan, channel, ts, name: '+1::skin-tone-4' });
  await until(() => told().length === 1);
  workspace.react({ user: other, channel, ts, name: 'thumbsup' });
  await until(() => told()[0]?.includes('좋아요 2개') === true);
  workspace.unreact({ user: fan, channel, ts, name: '+1::skin-tone-4' });
  // Neither a second like nor what is taken back is news: the total changes in the message that stands.
  await until(() => told()[0]?.includes('좋아요가 이제 1개') === true);
  expect(told()).toHaveLength(1);

  await until(async () => (await snapshot())?.posts[0]?.likes === 1);
  expect((await snapshot())?.posts).toMatchObject([
    { ts, author: writer, links: [{ host: 'velog.io', title: '첫 글' }], likes: 1, late: false },
  ]);

  workspace.remove({ user: writer, channel, ts });
  await until(() => said()[0]?.includes('취소됨') === true);
  await until(async () => (await snapshot())?.posts.length === 0);
  expect(workspace.hints(writer)).toHaveLength(1);
  expect(said()).toHaveLength(1);

  await sandbox.idle();
  await running.settled();
  const [challenge, ports] = [
    challengeWith(),
    { log: filesBucket(join(folder, 'log')), state: filesBucket(join(folder, 'state')) },
  ];
  expect((await verify(challenge, ports)).differences).toEqual([]);
  // Folding all of it again says nothing to Slack: not one call of any kind.
  const calls = workspace.callCount();
  await rebuild(challenge, ports);
  expect(workspace.callCount()).toBe(calls);
}, 60_000);
