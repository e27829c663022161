import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import axe, { type AxeResults } from 'axe-core';
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { build } from 'vite';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { type RunningSandbox, startSandbox } from '../../src/sandbox/server.ts';
import { type Received, startApp } from '../sandbox/app.ts';
import { cast } from '../sandbox/small-workspace.ts';
import { launchChromium } from './chromium.ts';

/** Long enough for a busy machine. */
export const soon = { timeout: 10_000 };

/** How the page is looked at by everybody: each a name and a browser's options. */
export const SCHEMES: [string, BrowserContextOptions][] = [
  ['light on a desk', { colorScheme: 'light' }],
  ['dark on a desk', { colorScheme: 'dark' }],
  ['light on a phone', { colorScheme: 'light', viewport: { width: 390, height: 844 } }],
  ['dark on a phone', { colorScheme: 'dark', viewport: { width: 390, height: 844 } }],
];

/** Builds the sandbox's page into a folder of its own. */
export const buildSandboxPage = async (): Promise<{ pageDirectory: string; remove(): Promise<void> }> => {
  const pageDirectory = await mkdtemp(join(tmpdir(), 'sandbox-page-'));
  await build({
    configFile: fileURLToPath(new URL('../../src/sandbox/page/vite.config.ts', import.meta.url)),
    logLevel: 'error',
    build: { outDir: pageDirectory, emptyOutDir: true },
  });
  return { pageDirectory, remove: () => rm(pageDirectory, { recursive: true, force: true }) };
};

/** The workspace that a sandbox begins with. */
type Setting = Parameters<typeof startSandbox>[0]['workspace'];

/** The page, built once, and a browser for the tests of a file; each test begins sandboxes of its own, which end with it. */
export const useSandboxes = () => {
  let page: Awaited<ReturnType<typeof buildSandboxPage>>;
  let browser: Browser;
  const running: { close(): Promise<unknown> }[] = [];
  beforeAll(async () => {
    page = await buildSandboxPage();
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await page.remove();
  });
  afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
    for (const each of running.splice(0).reverse()) await each.close();
  });
  const startBeside = async (eventsUrl: string, workspace: Setting): Promise<RunningSandbox> => {
    const { pageDirectory } = page;
    const sandbox = await startSandbox({ workspace, signingSecret: 's', eventsUrl, pageDirectory });
    running.push(sandbox);
    return sandbox;
  };
  return {
    /** An app that answers so, and the sandbox that calls it. */
    start: async (respond: (received: Received) => number, workspace: Setting = cast) => {
      const app = await startApp(respond);
      running.push(app);
      return { app, sandbox: await startBeside(app.eventsUrl, workspace) };
    },
    startBeside,
    /** Opens a sandbox as somebody; what the page complains of is put into `problems`. */
    open: (url: string, who: string, problems: string[], options?: BrowserContextOptions): Promise<Page> =>
      openSandbox(browser, url, who, problems, options),
  };
};

/** Opens the sandbox at `url` as somebody, in a browser of their own; what the page complains of is put into `problems`. */
export const openSandbox = async (
  browser: Browser,
  url: string,
  who: string,
  problems: string[],
  options: BrowserContextOptions = {},
): Promise<Page> => {
  const context = await browser.newContext({ viewport: { width: 1_300, height: 850 }, locale: 'ko-KR', ...options });
  const page = await context.newPage();
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });
  page.on('pageerror', (error) => problems.push(error.message));
  await page.goto(`${url}/sandbox/`);
  await page.getByLabel('지금 나는').selectOption(who);
  await page.getByText('실시간 연결됨').waitFor();
  return page;
};

/** A part of the page by its name. */
export const pane = (page: Page, name: string): Locator => page.getByRole('region', { name, exact: true });

/** The messages of the open thread that hold a text. */
export const inThread = (page: Page, text: string): Locator =>
  pane(page, '스레드').getByRole('article').filter({ hasText: text });

/** The messages of the channel that hold a text. */
export const inChannel = (page: Page, text: string | RegExp): Locator =>
  pane(page, '# til').getByRole('article').filter({ hasText: text });

/** Writes a reply into the open thread. */
export const reply = async (page: Page, text: string): Promise<void> => {
  await pane(page, '스레드')
    .getByLabel(/답글 쓰기/)
    .fill(text);
  await page.keyboard.press('Enter');
};

/** What axe finds, as a rule and its elements, and by how many pixels the page is wider than its window. */
export const findings = async (page: Page): Promise<{ found: [string, string[]][]; overhang: number }> => {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate<AxeResults>('axe.run()');
  return {
    found: violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]),
    overhang: Math.max(0, await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth')),
  };
};

/** What `findings` gives of a page that is for everybody. */
export const NOTHING_FOUND = { found: [], overhang: 0 };
