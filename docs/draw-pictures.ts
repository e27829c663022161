import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';

// npm run pictures: draws what README shows, docs/pictures/*.png, from the demo. Done when what is seen has changed, on a machine with
// Chromium and a Korean font; the pictures are kept, so that nobody who reads needs either.

/** The instant at which the demo's season ends: a Thursday evening in a week that is well under way. */
const NOW = Date.parse('2026-11-19T20:00:00+09:00');
const CHANNEL = 'C0TILCHAN1';
/** Who looks: a member who has not written yet this week, so that Home has something to say. */
const READER = 'U0MEMBER01';

const LANGUAGES = [
  { language: 'en', locale: 'en-US', ending: '' },
  { language: 'ko', locale: 'ko-KR', ending: '.ko' },
] as const;
type Language = (typeof LANGUAGES)[number];

const root = fileURLToPath(new URL('../', import.meta.url));
const fileOf = (name: string, { ending }: Language): string => `${root}docs/pictures/${name}${ending}.png`;

/** Moves the clock of the process that loads it, and of those that it starts. */
const clockAt = (now: number): string => {
  const code = `const real = Date.now, ahead = ${now} - real(); Date.now = () => real() + ahead;`;
  return `--import=data:text/javascript,${encodeURIComponent(code)}`;
};

/** Starts the demo in a folder and gives the address of its page once it says so. */
const startDemo = (folder: string, { language }: Language): Promise<{ demo: ChildProcess; address: string }> =>
  new Promise((resolve, reject) => {
    const env = { PATH: process.env['PATH'], PORT: '0', NODE_OPTIONS: clockAt(NOW) };
    const options = ['start', '--locale', language];
    const demo = spawn(process.execPath, [`${root}src/cli/main.ts`, ...options], { cwd: folder, env });
    let said = '';
    const hear = (text: Buffer): void => {
      said += text;
      const address = /(http:\S+\/)sandbox/.exec(said)?.[1];
      if (address) resolve({ demo, address });
    };
    demo.stdout.on('data', hear);
    demo.stderr.on('data', hear);
    demo.once('exit', (code) => reject(new Error(`the demo ended with ${code}: ${said.slice(-500)}`)));
  });

const open = async (browser: Browser, { locale }: Language, width: number, height: number): Promise<Page> => {
  const page = await browser.newPage({
    viewport: { width, height },
    locale,
    colorScheme: 'light',
    timezoneId: 'Asia/Seoul',
  });
  await page.clock.setFixedTime(NOW + 60_000);
  return page;
};

const drawPage = async (browser: Browser, address: string, look: Language): Promise<void> => {
  const page = await open(browser, look, 1120, 700);
  await page.goto(`${address}#/${CHANNEL}/now`);
  await page.locator('main:has(h1):not(:has(.skeleton, .later))').waitFor();
  await page.screenshot({ path: fileOf('page', look) });
};

/** Keeps what a pane shows, from its head to the end of the last part that is seen whole. */
const drawPane = async (page: Page, parts: string, path: string): Promise<void> => {
  const pane = await page.locator('section.shown').boundingBox();
  const list = await page.locator('section.shown .list').boundingBox();
  if (!pane || !list) throw new Error('expected a pane with a list, got none');
  const boxes = await Promise.all(
    (await page.locator(`section.shown ${parts}`).all()).map((part) => part.boundingBox()),
  );
  const ends = boxes.flatMap((box) => (box && box.y + box.height <= list.y + list.height ? [box.y + box.height] : []));
  await page.screenshot({ path, clip: { ...pane, height: Math.max(...ends) + 8 - pane.y } });
};

/** Scrolls to the latest weekly post. */
const showWeekly = async (page: Page): Promise<void> => {
  const weekly = page.locator('section.shown article').filter({ hasText: /\[TIL [^\]]+\]/ });
  await weekly.last().evaluate((article) => {
    (article as unknown as { scrollIntoView(): void }).scrollIntoView();
  });
};

const drawSlack = async (browser: Browser, address: string, look: Language): Promise<void> => {
  const page = await open(browser, look, 600, 1_040);
  await page.addInitScript(`sessionStorage.setItem('sandbox-as', '${READER}')`);
  await page.goto(`${address}sandbox/`);
  await page.locator('section.shown article').first().waitFor();
  await showWeekly(page);
  await drawPane(page, 'article', fileOf('channel', look));
  await page
    .getByRole('navigation')
    .getByRole('button', { name: look.language === 'ko' ? '홈' : 'Home', exact: true })
    .click();
  await page.locator('section.shown .home').waitFor();
  await drawPane(page, '.home > *', fileOf('home', look));
};

const browser = await chromium.launch({
  executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'],
});
try {
  for (const look of LANGUAGES) {
    const folder = mkdtempSync(join(tmpdir(), 'til-pictures-'));
    const { demo, address } = await startDemo(folder, look);
    const ended = new Promise((done) => demo.once('exit', done));
    try {
      await drawPage(browser, address, look);
      await drawSlack(browser, address, look);
    } finally {
      demo.kill('SIGTERM');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    }
  }
} finally {
  await browser.close();
}
