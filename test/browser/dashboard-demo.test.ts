import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { launchChromium } from '../support/chromium.ts';
import { buildDashboard, drawn, findingsIn, openPage, overflow, picture } from '../support/dashboard-page.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const C = 'C0TILCHAN1';

let folder = '';
let demo: ChildProcess;
let browser: Browser;
let address = '';

/** Starts the demo in a folder of its own and waits until it says where it is. */
const startDemo = (): Promise<string> =>
  new Promise((resolve, reject) => {
    let said = '';
    const hear = (text: Buffer): void => {
      said += text;
      const found = /Dashboard\s+(http:\S+)/.exec(said)?.[1];
      if (found) resolve(found);
    };
    const environment = { PATH: process.env['PATH'], PORT: '0' }; // No Slack variable, hence the demo.
    demo = spawn(process.execPath, [`${root}src/cli/main.ts`, 'start'], { cwd: folder, env: environment });
    demo.stdout?.on('data', hear);
    demo.stderr?.on('data', hear);
    demo.once('exit', (code) => reject(new Error(`the demo ended with ${code}: ${said.slice(-500)}`)));
  });

beforeAll(async () => {
  await buildDashboard('dist/dashboard');
  folder = mkdtempSync(join(tmpdir(), 'til-demo-'));
  address = await startDemo();
  browser = await launchChromium();
});

afterAll(async () => {
  await browser?.close();
  const ended = new Promise((done) => demo.once('exit', done));
  demo.kill('SIGTERM');
  await ended;
  rmSync(folder, { recursive: true, force: true });
});

const act = async (deed: Record<string, unknown>): Promise<void> => {
  const answer = await fetch(`${address}sandbox/actions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-sandbox': '1' },
    body: JSON.stringify({ channel: C, ...deed }),
  });
  expect(answer.status, await answer.clone().text()).toBe(200);
};

const snapshot = async <Data>(path: string): Promise<Data> =>
  (await fetch(`${address}snapshots/${C}/${path}`)).json() as Promise<Data>;

test('the demo’s season opens in every view without a complaint', async () => {
  const { page, complaints } = await openPage(browser, { language: 'ko', theme: 'light', size: 'phone' }, address);
  for (const view of ['now', 'week', 'month', 'members', 'member/U0MEMBER01', 'hall', 'ranking', 'replay']) {
    await page.goto(`${address}#/${C}/${view}`);
    await drawn(page);
    expect(await overflow(page), view).toBeLessThanOrEqual(0);
    expect(await findingsIn(page), view).toEqual([]);
    await picture(page, `demo-${view.replace('/', '-')}`);
  }
  expect(complaints).toEqual([]);
});

test('a like pressed in the sandbox appears on the open page within 20 seconds, without a reload', async () => {
  const { weeks } = await snapshot<{ weeks: { week: string; openedAt: string }[] }>('index.json');
  const { week, openedAt: thread } = weeks.at(-1) ?? { week: '', openedAt: '' };
  await act({
    do: 'post',
    as: 'U0MEMBER01',
    thread,
    text: '이번 주 글입니다 https://velog.io/@seoyeon/fresh-from-the-test',
  });
  const ts = await vi.waitFor(async () => {
    const { posts } = await snapshot<{ posts: { ts: string; author: string }[] }>(`weeks/${week}.json`);
    const mine = posts.find(({ author }) => author === 'U0MEMBER01');
    expect(mine).toBeDefined();
    return mine?.ts;
  }, 10_000);

  const { page } = await openPage(browser, { language: 'ko', theme: 'light', size: 'desk' }, address);
  await page.goto(`${address}#/${C}/now`);
  await page.evaluate('window.stillTheSame = true');
  const post = page.getByRole('listitem').filter({ hasText: /fresh.from.the.test/ });
  await post.getByText('첫 독자를 기다려요').waitFor({ state: 'attached' });

  await act({ do: 'react', as: 'U0MEMBER02', ts, name: '+1' });
  await post.getByText('좋아요 1개').waitFor({ timeout: 20_000, state: 'attached' });
  expect(await page.evaluate('window.stillTheSame')).toBe(true);
});
