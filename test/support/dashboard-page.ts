import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import axe, { type Result, type RunOptions } from 'axe-core';
import type { Browser, Page } from 'playwright-core';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Builds the dashboard into a folder of the project, and gives the folder. In its own process: under a test runner's NODE_ENV it would be slower and larger than what is served. */
export const buildDashboard = async (folder = 'build/dashboard'): Promise<string> => {
  const vite = fileURLToPath(import.meta.resolve('vite/package.json')).replace(/package\.json$/, 'bin/vite.js');
  const outDir = `${root}${folder}`;
  const options = ['--config', `${root}dashboard/vite.config.ts`, '--outDir', outDir, '--logLevel', 'warn'];
  await promisify(execFile)(process.execPath, [vite, 'build', ...options], {
    env: { ...process.env, NODE_ENV: 'production' },
  });
  return outDir;
};

/** How a page is opened. */
export interface Look {
  language: 'ko' | 'en';
  theme: 'light' | 'dark';
  size: 'phone' | 'desk';
}

const SIZES = { phone: { width: 390, height: 844 }, desk: { width: 1280, height: 800 } };

/** A page that remembers everything it complained of, and every request that left its own origin. */
export interface WatchedPage {
  page: Page;
  complaints: string[];
}

/** Opens an empty page of that look. Answers of 404 and 503 are the browser's complaints, not the page's. */
export const openPage = async (browser: Browser, look: Look, origin: string): Promise<WatchedPage> => {
  const page = await browser.newPage({
    viewport: SIZES[look.size],
    colorScheme: look.theme,
    locale: look.language === 'ko' ? 'ko-KR' : 'en-US',
    hasTouch: look.size === 'phone',
  });
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    const expected = /status of (404|503)/.test(message.text());
    if (['error', 'warning'].includes(message.type()) && !expected) complaints.push(message.text());
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(origin)) complaints.push(`request to ${request.url()}`);
  });
  return { page, complaints };
};

/** Waits until the view has all that it asked for, and has drawn what it leaves for later. */
export const drawn = async (page: Page): Promise<void> => {
  await page.locator('main:has(h1, .message):not(:has(.skeleton, .later))').waitFor();
};

/** All that axe finds, best practices and small targets too, as `rule: element` lines. It stays in the page for the next view. */
export const findingsIn = async (page: Page): Promise<string[]> => {
  if (await page.evaluate("typeof axe === 'undefined'")) await page.evaluate(axe.source);
  const options: RunOptions = {
    resultTypes: ['violations'],
    preload: false,
    rules: { 'target-size': { enabled: true } }, // 24 pixels; axe asks for it only when told to.
  };
  const violations = await page.evaluate<Result[]>(
    `axe.run(${JSON.stringify(options)}).then((found) => found.violations)`,
  );
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`));
};

/** How far the page is wider than its window, in pixels. */
export const overflow = (page: Page): Promise<number> =>
  page.evaluate('document.documentElement.scrollWidth - window.innerWidth');

/** Keeps a picture under `build/screenshots/`. Very long pages are cut. */
export const picture = async (page: Page, name: string): Promise<void> => {
  const folder = `${root}build/screenshots`;
  await mkdir(folder, { recursive: true });
  await page.evaluate('window.scrollTo(0, 0)');
  const height: number = await page.evaluate('Math.min(document.documentElement.scrollHeight, 3000)');
  const { width } = page.viewportSize() ?? SIZES.desk;
  await page.screenshot({ path: `${folder}/${name}.png`, fullPage: true, clip: { x: 0, y: 0, width, height } });
};
