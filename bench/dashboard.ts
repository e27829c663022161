import { performance } from 'node:perf_hooks';
import type { Browser } from 'playwright-core';
import { launchChromium } from '../test/support/chromium.ts';
import { buildDashboard, drawn, openPage } from '../test/support/dashboard-page.ts';
import { sampleSnapshots } from '../test/support/sample-snapshots.ts';
import { type StaticServer, serveStatic } from '../test/support/static-server.ts';
import { reach, startPhone } from './phone.ts';
import { NETWORKS, PHONE_SCORE, slowdownOf, visit } from './visit.ts';

// How long each view takes to open, cold, with 1,000 members and 104 weeks; how smoothly it scrolls; and the first view of a usual
// season on a simulated phone of the middle range.
const C = 'C0TILCHAN1';
const VIEW_MILLISECONDS = 2000;
const VIEWS = ['now', 'week/2025-W20', 'month/2025-05', 'members', 'member/U000001', 'hall', 'ranking', 'replay'];
const ROUNDS = 3;
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
    [undefined, Object.keys(NETWORKS) as (keyof typeof NETWORKS)[]],
    [4, ['LTE']],
  ] as const) {
    for (const network of networks) {
      const reached = await reach(usual.address, NETWORKS[network]);
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
