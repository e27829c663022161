import { performance } from 'node:perf_hooks';
import type { Browser } from 'playwright-core';
import { launchChromium } from '../test/support/chromium.ts';
import { buildDashboard, drawn, openPage } from '../test/support/dashboard-page.ts';
import { sampleSnapshots } from '../test/support/sample-snapshots.ts';
import { type StaticServer, serveStatic } from '../test/support/static-server.ts';

// How long each view takes to open, cold, with 1,000 members and 104 weeks; how smoothly it scrolls; and the first view of a usual
// season on a simulated phone of the middle range.
const C = 'C0TILCHAN1';
const VIEW_MILLISECONDS = 2000;
const VIEWS = ['now', 'week/2025-W20', 'month/2025-05', 'members', 'member/U000001', 'hall', 'ranking', 'replay'];
const ROUNDS = 3;
const CPU_SLOWDOWN = 4;
const PHONE_NETWORKS = {
  // WebPageTest's "LTE": 70 ms round trip, 12 Mbit/s.
  LTE: { offline: false, latency: 70, downloadThroughput: 1_500_000, uploadThroughput: 1_500_000 },
  // Lighthouse's "Slow 4G": 150 ms round trip, 1.6 Mbit/s down.
  'slow 4G': { offline: false, latency: 150, downloadThroughput: 204_800, uploadThroughput: 96_000 },
};
type Network = keyof typeof PHONE_NETWORKS;

const look = { language: 'ko', theme: 'light', size: 'phone' } as const;
const median = (values: number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

const SCROLL = `new Promise((done) => {
  const gaps = [];
  let last = performance.now();
  const step = (now) => {
    gaps.push(now - last);
    last = now;
    window.scrollBy(0, 120);
    if (gaps.length < 90) requestAnimationFrame(step);
    else done(gaps.slice(5).sort((a, b) => a - b)[Math.floor(85 * 0.95)]);
  };
  requestAnimationFrame(step);
})`;

// Milliseconds from the beginning of the navigation until the week's heading, who has written and the posts are drawn: a frame that
// holds them is out, and the main thread is free to take a press.
const NOTE_USABLE = `window.usable = new Promise((usable) => {
  new MutationObserver((_, observer) => {
    const missing = (selector) => document.querySelector(selector) === null;
    if (['main h1', 'main ul a[href*="/member/"]', 'main ol a[target=_blank]'].some(missing)) return;
    observer.disconnect();
    requestAnimationFrame(() => setTimeout(() => usable(performance.now())));
  }).observe(document, { childList: true, subtree: true });
})`;

// Playwright's clock would put its own timers under the page, and time them; this moves the date and nothing else.
const onDate = (date: string): string =>
  `{ const now = Date.now, ahead = Date.parse('${date}') - now(); Date.now = () => now() + ahead;
     const Real = Date; Date = class extends Real { constructor(...given) { super(...(given.length > 0 ? given : [Date.now()])); } static now = Date.now; }; }`;

const openCold = async (browser: Browser, server: StaticServer, view: string) => {
  const { page, complaints } = await openPage(browser, look, server.address);
  await page.clock.setFixedTime(new Date('2026-06-25T03:00:00Z'));
  const begin = performance.now();
  await page.goto(`${server.address}#/${C}/${view}`, { waitUntil: 'commit' });
  await drawn(page);
  const opened = performance.now() - begin;
  const frame = await page.evaluate<number>(SCROLL);
  const nodes = await page.evaluate<number>("document.querySelectorAll('*').length");
  await page.context().close();
  if (complaints.length > 0) throw new Error(`${view}: ${complaints.join('; ')}`);
  return { opened, frame, nodes };
};

const onPhone = async (browser: Browser, server: StaticServer, hash: string, network: Network): Promise<number> => {
  const { page } = await openPage(browser, look, server.address);
  await page.addInitScript(onDate('2024-11-07T03:00:00Z'));
  await page.addInitScript(NOTE_USABLE);
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: CPU_SLOWDOWN });
  await devtools.send('Network.enable');
  await devtools.send('Network.emulateNetworkConditions', PHONE_NETWORKS[network]);
  await page.goto(`${server.address}${hash}`, { waitUntil: 'commit' });
  // Asked by the protocol: a locator would bring a library into the slowed page while it is being timed.
  const usable = await devtools.send('Runtime.evaluate', { expression: 'window.usable', awaitPromise: true });
  await page.context().close();
  return Number(usable.result.value);
};

const main = async (): Promise<void> => {
  const folder = await buildDashboard();
  const browser = await launchChromium();
  const crowd = await serveStatic(folder, sampleSnapshots({ members: 1000, weeks: 104 }));
  const usual = await serveStatic(folder, sampleSnapshots({ members: 28, weeks: 19 }));
  let slowest = 0;
  process.stdout.write('1,000 members x 104 weeks      opened, ms   frame p95, ms   elements\n');
  for (const view of VIEWS) {
    const rounds = [];
    for (let round = 0; round < ROUNDS; round += 1) rounds.push(await openCold(browser, crowd, view));
    const opened = median(rounds.map((round) => round.opened));
    const frame = median(rounds.map((round) => round.frame));
    slowest = Math.max(slowest, opened);
    const cells = [
      opened.toFixed(0).padStart(12),
      frame.toFixed(1).padStart(15),
      String(rounds[0]?.nodes).padStart(10),
    ];
    process.stdout.write(`${view.padEnd(28)} ${cells.join(' ')}\n`);
  }
  process.stdout.write(`slowest view: ${slowest.toFixed(0)} ms (at most ${VIEW_MILLISECONDS})\n`);
  const visits = [
    ['first visit', ''],
    ['shared link', `#/${C}/now`],
  ] as const;
  for (const network of Object.keys(PHONE_NETWORKS) as Network[]) {
    for (const [visit, hash] of visits) {
      const usable: number[] = [];
      for (let round = 0; round < ROUNDS; round += 1) usable.push(await onPhone(browser, usual, hash, network));
      const conditions = `28 members, phone (CPU / ${CPU_SLOWDOWN}, ${network})`;
      process.stdout.write(
        `${visit}, ${conditions}: usable after ${median(usable).toFixed(0)} ms, at best ${Math.min(...usable).toFixed(0)}\n`,
      );
    }
  }
  await browser.close();
  await Promise.all([crowd.close(), usual.close()]);
  process.exitCode = slowest <= VIEW_MILLISECONDS ? 0 : 1;
};

await main();
