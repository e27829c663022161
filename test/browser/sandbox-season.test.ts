import { type AddressInfo, createServer } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Running } from '../../src/host/serve.ts';
import { jobOf, SCHEDULE_GROUP } from '../../src/queue/jobs.ts';
import type { LocalQueue } from '../../src/queue/local.ts';
import { createSandbox, type Sandbox } from '../../src/sandbox/server.ts';
import { systemClock } from '../../src/setup/clock.ts';
import { parseConfig } from '../../src/setup/config.ts';
import { addressesOf } from '../../src/setup/environment.ts';
import { openQueue } from '../../src/setup/open.ts';
import { botToken, cast, channel, jiho, minseo } from '../sandbox/small-workspace.ts';
import { launchChromium } from '../support/chromium.ts';
import { buildDashboard, picture } from '../support/dashboard-page.ts';
import { buildSandboxPage, inChannel, inThread, openSandbox, pane, reply, soon } from '../support/sandbox-page.ts';
import { serveIn, temporaryFolder } from '../support/serving.ts';
import { SECRET } from '../support/signed.ts';

// The whole bot on a small Slack, both on one port as in the demo, and in a browser: three weeks in some seconds.

const ADMIN = 'U0ADMIN001';

/** A clock that goes on from wherever it is set. */
const createTime = (start: string) => {
  let base = Date.parse(start);
  let since = performance.now();
  const now = (): number => base + performance.now() - since;
  return {
    now,
    set: (to: string): void => void ([base, since] = [Math.max(Date.parse(to), now()), performance.now()]),
  };
};

const time = createTime('2024-08-05T09:31:00+09:00');
let page: { pageDirectory: string; remove(): Promise<void> };
let files: ReturnType<typeof temporaryFolder>;
let queue: LocalQueue;
let sandbox: Sandbox;
let running: Running;
let browser: Browser;
let url: string;
const problems: string[] = [];

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });

beforeAll(async () => {
  files = temporaryFolder();
  page = await buildSandboxPage();
  const dashboard = await buildDashboard('build/dashboard-season');
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  sandbox = createSandbox({
    workspace: { ...cast, previewMilliseconds: 50 },
    signingSecret: SECRET,
    now: time.now,
    pageDirectory: page.pageDirectory,
  });
  sandbox.workspace.setUrl(`${url}/sandbox/`);
  queue = (await openQueue(addressesOf({}, files.folder).queue, {})) as LocalQueue;
  running = await serveIn(files.folder, {
    settings: parseConfig({ challenges: [{ channel, admins: [ADMIN], workspaceUrl: `${url}/sandbox` }] }, 'test'),
    slack: { signingSecrets: [SECRET], botToken, apiUrl: `${url}/api/` },
    clock: { ...systemClock, now: time.now },
    queue,
    port,
    quiet: true,
    dashboard,
    mount: sandbox.handle,
  });
  sandbox.deliverTo(`${url}/slack/events`);
  browser = await launchChromium();
});
afterAll(async () => {
  await browser?.close();
  await sandbox?.close();
  await running?.stop();
  await page?.remove();
  files?.remove();
});

/** Waits until nothing is on its way, here or there, and all is published. */
const settle = async (): Promise<void> => {
  let version: number;
  do {
    version = sandbox.workspace.version();
    await sandbox.idle();
    await running.settled();
  } while (version !== sandbox.workspace.version());
};

/** Lets it become a time, at which the schedule asks what is due. */
const on = async (at: string): Promise<void> => {
  time.set(at);
  await queue.put([
    jobOf(`due/${at}`, SCHEDULE_GROUP, { kind: 'tick', tick: 'due', scheduledAt: new Date(at).toISOString() }),
  ]);
  await settle();
};

const open = (who: string): Promise<Page> => openSandbox(browser, url, who, problems);
const told = (user: string): string[] => sandbox.workspace.directMessages(user).map(({ text }) => text);

/** What the dashboard shows of the present week: its figures, by their names. */
const figures = async (viewer: Page): Promise<string> => {
  await settle();
  await viewer.goto(`${url}/#/${channel}/now`);
  await viewer.reload();
  return (await viewer.getByLabel('이번 주', { exact: true }).locator('dl').innerText()).replace(/\s+/g, ' ');
};

/** The weekly post under a label, as the channel has it. */
const threadOf = (label: string): string =>
  sandbox.workspace.messages(channel).find(({ text }) => text.includes(`[${label}]`))?.ts ?? '';

const write = (user: string, label: string, text: string) =>
  sandbox.workspace.reply({ user, channel, thread: threadOf(label), text });

// One story, told in order: each test goes on where the last one ended.
let member: Page;
let admin: Page;
let viewer: Page;

test('in the first week both members write', async () => {
  [member, admin, viewer] = [await open(minseo), await open(ADMIN), await browser.newPage({ locale: 'ko-KR' })];
  await on('2024-08-05T09:35:00+09:00');
  await inThread(member, 'TIL 8월 1주차').waitFor(soon);
  await reply(member, '첫 글 https://velog.io/@minseo/first');
  await inChannel(member, /민서 님.*참여하였습니다/).waitFor(soon);
  write(jiho, 'TIL 8월 1주차', 'https://velog.io/@jiho/first');
  await inChannel(member, /지호 님.*참여하였습니다/).waitFor(soon);
  expect(await figures(viewer)).toBe('참여 2 / 2 글 2 좋아요 0');
});

test('in the second one rests and hears nothing; the other is reminded', async () => {
  await on('2024-08-12T09:35:00+09:00');
  await inChannel(member, '[TIL 8월 2주차]').getByRole('button', { name: '이번 주는 쉬어요' }).click();
  await inChannel(member, '이번 주는 쉬시는 걸로').getByText('나에게만 보여요').waitFor(soon);
  await on('2024-08-17T10:05:00+09:00');
  await on('2024-08-18T18:05:00+09:00');
  expect(told(jiho)).toEqual([expect.stringContaining('자정까지예요')]);
  expect(told(minseo)).toEqual([]);
});

test('in the third the one who rested is told that the run goes on, and comes back', async () => {
  await on('2024-08-19T09:35:00+09:00');
  await on('2024-08-19T10:10:00+09:00');
  await pane(member, '내 DM').getByText('지난주는 쉬어 갔어요').waitFor(soon);
  expect(told(minseo)).toHaveLength(1);
  await inThread(member, 'TIL 8월 3주차').waitFor(soon);
  await reply(member, '돌아왔어요 https://velog.io/@minseo/back');
  await expect.poll(() => inChannel(member, /민서 님.*참여하였습니다/).count(), soon).toBe(2);
  expect(await figures(viewer)).toBe('참여 1 / 2 글 1 좋아요 0');
});

test('an admin counts a post at an address that does not count, and takes that back; the page follows', async () => {
  write(jiho, 'TIL 8월 3주차', '발표 자료예요 https://slides.example.org/talk');
  const row = inThread(admin, '발표 자료예요').first();
  await row.waitFor(soon);
  expect(await figures(viewer)).toBe('참여 1 / 2 글 1 좋아요 0');
  const rule = async (name: string): Promise<void> => {
    await row.getByRole('button', { name: '메시지 메뉴' }).click();
    await row.getByRole('button', { name, exact: true }).click();
  };
  await rule('이 글 인정하기');
  await inChannel(admin, '이 글을 인정했어요').getByText('나에게만 보여요').waitFor(soon);
  expect(await figures(viewer)).toBe('참여 2 / 2 글 2 좋아요 0');
  await picture(viewer, 'season-accepted');
  await rule('판정 지우기');
  await inChannel(admin, '판정을 지웠어요').getByText('나에게만 보여요').waitFor(soon);
  expect(await figures(viewer)).toBe('참여 1 / 2 글 1 좋아요 0');
  await inChannel(member, /\(취소됨\) 지호 님.*알림을 거두었어요/).waitFor(soon);
  expect(await member.getByText('이 글을 인정했어요').count()).toBe(0);
  expect(problems).toEqual([]);
  await admin.screenshot({ path: 'build/screenshots/season-admin.png' });
});
