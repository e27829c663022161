import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type RunningSandbox, startSandbox } from '../../src/sandbox/server.ts';
import { startApp } from '../sandbox/app.ts';
import { botToken, cast, channel, jiho, minseo } from '../sandbox/small-workspace.ts';
import { launchChromium } from '../support/chromium.ts';
import {
  buildSandboxPage,
  findings,
  inThread,
  NOTHING_FOUND,
  openSandbox,
  pane,
  reply,
  SCHEMES,
  soon,
} from '../support/sandbox-page.ts';

let pageDirectory: string;
let remove: () => Promise<void>;
let browser: Browser;
let sandbox: RunningSandbox;
let app: Awaited<ReturnType<typeof startApp>>;
let problems: string[];

beforeAll(async () => {
  ({ pageDirectory, remove } = await buildSandboxPage());
  browser = await launchChromium();
});
afterAll(async () => {
  await browser?.close();
  await remove();
});
beforeEach(async () => {
  problems = [];
  app = await startApp(() => 200);
  sandbox = await startSandbox({ workspace: cast, signingSecret: 's', eventsUrl: app.eventsUrl, pageDirectory });
  const { body } = sandbox.workspace.call('chat.postMessage', botToken, { channel, text: '*[TIL 8월 1주차]*' });
  sandbox.workspace.reply({ user: jiho, channel, thread: String(body['ts']), text: '글 https://velog.io/@jiho/a' });
});
afterEach(async () => {
  for (const context of browser.contexts()) await context.close();
  await sandbox.close();
  await app.close();
});

const open = (options: BrowserContextOptions = {}): Promise<Page> =>
  openSandbox(browser, sandbox.url, minseo, problems, options);
const steps = (page: Page): Locator => pane(page, '처음이라면');
const ticked = (page: Page): Promise<string[]> => steps(page).locator('li.done').allInnerTexts();

test('each step is ticked once it is done, and after the last nothing is suggested any more', async () => {
  const page = await open();
  await reply(page, '링크를 깜빡');
  await inThread(page, '링크를 깜빡').waitFor(soon);
  expect(await ticked(page)).toEqual([]);

  await reply(page, '이번 주 글 https://velog.io/@minseo/first');
  await steps(page).locator('li.done', { hasText: '스레드에 글 링크 올리기' }).waitFor(soon);

  await inThread(page, '이번 주 글').getByRole('button', { name: '좋아요 누르기' }).click();
  await inThread(page, '이번 주 글').getByRole('button', { name: '좋아요 1' }).waitFor(soon);
  expect(await ticked(page)).toHaveLength(1); // One's own post does not count.
  await inThread(page, '글 https://velog.io/@jiho').getByRole('button', { name: '좋아요 누르기' }).click();
  await steps(page).locator('li.done', { hasText: '다른 사람 글에 좋아요 누르기' }).waitFor(soon);

  await page.getByRole('button', { name: '홈', exact: true }).click();
  await steps(page).locator('li.done', { hasText: '홈을 열거나 봇의 버튼 누르기' }).waitFor(soon);

  await page.reload();
  await steps(page).locator('li.next', { hasText: '대시보드에서 확인하기' }).waitFor(soon);
  const dashboard = page.context().waitForEvent('page');
  await steps(page).getByRole('link', { name: '대시보드에서 확인하기' }).click();
  expect(new URL((await dashboard).url()).pathname).toBe('/');
  await steps(page).waitFor({ state: 'detached', ...soon });
});

test('the keyboard closes them, for good', async () => {
  const page = await open();
  await steps(page).getByRole('button', { name: '안내 닫기' }).focus();
  await page.keyboard.press('Enter');
  await steps(page).waitFor({ state: 'detached', ...soon });
  await page.reload();
  await inThread(page, '[TIL 8월 1주차]').waitFor(soon);
  expect(await steps(page).count()).toBe(0);
});

test.each(SCHEMES)('they are for everybody, and in nobody’s way: %s', async (look, options) => {
  const page = await open(options);
  await steps(page).waitFor(soon);
  expect(await findings(page)).toEqual(NOTHING_FOUND);
  expect((await steps(page).boundingBox())?.height).toBeLessThan(60);
  expect(await steps(page).getByRole('listitem').count()).toBe(look.endsWith('phone') ? 1 : 4);
  await page.getByLabel('언어').selectOption('en');
  await pane(page, 'New here?').getByText('Reply in the thread with a link').waitFor();
  expect((await pane(page, 'New here?').boundingBox())?.height).toBeLessThan(60);
});
