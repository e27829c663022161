import { performance } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import type { Browser } from 'playwright-core';
import { launchChromium } from '../test/support/chromium.ts';
import { buildDashboard, drawn, openPage } from '../test/support/dashboard-page.ts';
import { sampleSnapshots } from '../test/support/sample-snapshots.ts';
import { type StaticServer, serveStatic } from '../test/support/static-server.ts';
import { type Network, type Phone, reach, startPhone } from './phone.ts';

// How long each view takes to open, cold, with 1,000 members and 104 weeks; how smoothly it scrolls; and the first view of a usual
// season on a simulated phone of the middle range.
const C = 'C0TILCHAN1';
const VIEW_MILLISECONDS = 2000;
const VIEWS = ['now', 'week/2025-W20', 'month/2025-05', 'members', 'member/U000001', 'hall', 'ranking', 'replay'];
const ROUNDS = 3;
// By the score of Chromium's own developer tools, to which they slow a machine down for a phone of the middle range (like a Pixel 5).
const PHONE_SCORE = 1000;
const NETWORKS: Record<string, Network> = {
  // WebPageTest's "LTE": 70 ms round trip, 12 Mbit/s.
  LTE: { roundTrip: 70, bytesPerSecond: 1_500_000 },
  // Lighthouse's "Slow 4G": 150 ms round trip, 1.6 Mbit/s down.
  'slow 4G': { roundTrip: 150, bytesPerSecond: 204_800 },
};
const VISITS = 9;

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

// Milliseconds from the beginning of the navigation until what a phone's window holds (the week's heading, its figures and its
// ranking) is drawn, and until the posts below are: a frame that holds them is out, and the main thread is free to take a press.
const NOTE_DRAWN = `{
  const drawn = (...selectors) => new Promise((done) => {
    new MutationObserver((_, observer) => {
      if (selectors.some((selector) => document.querySelector(selector) === null)) return;
      observer.disconnect();
      requestAnimationFrame(() => setTimeout(() => done(performance.now())));
    }).observe(document, { childList: true, subtree: true });
  });
  window.drawn = Promise.all([drawn('main h1', 'main dl', 'main table a[href*="/member/"]'), drawn('main ol a[target=_blank]')]);
}`;

// How many texts of 10,000 letters are put together, and how many lists of 100,000 numbers are copied, in a tenth of a second: the mean
// of the two is the score.
const SCORE = `{
  const score = () => {
    const tenths = (work) => {
      const began = performance.now();
      let times = 0;
      while (performance.now() - began < 250) work(times++);
      return times / 10 / ((performance.now() - began) / 1000);
    };
    const texts = tenths(() => {
      let text = '';
      for (let at = 0; at < 10_000; at++) text += 'a';
      if (text.length === 1) throw new Error('so that nothing is left out');
    });
    const lists = [0, 1].map(() => Array.from({ length: 100_000 }, (_, at) => at));
    const copies = tenths((times) => {
      const [from, to] = [lists[times % 2], lists[1 - (times % 2)]];
      for (let at = 0; at < from.length; at++) to[at] = from[at];
    });
    return (texts + copies) / 2;
  };
  score(); // So that it is compiled.
  score();
}`;

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

/** By how much this machine must be slowed down now to score as the phone does. Measured before each visit: a shared machine's speed drifts. */
const slowdownOf = async (phone: Phone): Promise<number> => {
  await wait(500); // The page before has gone.
  return Math.max(1, Number(await phone.evaluate(SCORE, 1)) / PHONE_SCORE);
};

/** When the first window was drawn, and when the posts were. */
const visit = async (phone: Phone, address: string, slowdown: number): Promise<{ window: number; posts: number }> => {
  const script = onDate('2024-11-07T03:00:00Z') + NOTE_DRAWN;
  const times = await phone.open(address, script, 'window.drawn.then((times) => times.join())', slowdown);
  const [window = Number.NaN, posts = Number.NaN] = String(times).split(',').map(Number);
  return { window, posts };
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
  await browser.close();

  const phone = await startPhone();
  process.stdout.write(
    `\n28 members, phone of the middle range (score ${PHONE_SCORE}): ms, median (best)\n` +
      `${''.padEnd(25)}CPU slowed by       first window         with posts\n`,
  );
  for (const [fixed, networks] of [
    [undefined, Object.keys(NETWORKS)],
    [4, ['LTE']],
  ] as const) {
    for (const network of networks) {
      const reached = await reach(usual.address, NETWORKS[network] as Network);
      for (const [name, hash] of [
        ['first visit', ''],
        ['shared link', `#/${C}/now`],
      ] as const) {
        const rounds = [];
        for (let round = 0; round < VISITS; round += 1) {
          const slowdown = fixed ?? (await slowdownOf(phone));
          rounds.push({ slowdown, ...(await visit(phone, reached.address + hash, slowdown)) });
        }
        const cell = (times: number[]): string =>
          `${median(times).toFixed(0)} (${Math.min(...times).toFixed(0)})`.padStart(19);
        const slowed = median(rounds.map(({ slowdown }) => slowdown)).toFixed(1);
        const cells = [rounds.map(({ window }) => window), rounds.map(({ posts }) => posts)].map(cell);
        process.stdout.write(`${`${name}, ${network}`.padEnd(25)}${slowed.padStart(13)}${cells.join('')}\n`);
      }
      reached.close();
    }
  }
  await phone.close();
  await Promise.all([crowd.close(), usual.close()]);
  process.exitCode = slowest <= VIEW_MILLISECONDS ? 0 : 1;
};

await main();
