import type { BrowserContextOptions, Locator, Page } from 'playwright-core';
import { beforeEach, expect, test } from 'vitest';
import type { RunningSandbox } from '../../src/sandbox/server.ts';
import { botToken, channel, jiho, minseo } from '../sandbox/small-workspace.ts';
import {
  findings,
  inThread,
  NOTHING_FOUND,
  pane,
  reply,
  SCHEMES,
  soon,
  useSandboxes,
} from '../support/sandbox-page.ts';

const sandboxes = useSandboxes();
let sandbox: RunningSandbox;
let problems: string[];

beforeEach(async () => {
  problems = [];
  ({ sandbox } = await sandboxes.start(() => 200));
  const { body } = sandbox.workspace.call('chat.postMessage', botToken, { channel, text: '*[TIL 8월 1주차]*' });
  sandbox.workspace.reply({ user: jiho, channel, thread: String(body['ts']), text: '글 https://velog.io/@jiho/a' });
});
const open = (options: BrowserContextOptions = {}): Promise<Page> =>
  sandboxes.open(sandbox.url, minseo, problems, options);
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
