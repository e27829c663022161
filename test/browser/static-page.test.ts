import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { IndexSnapshot } from '../../src/projections/contract.ts';
import { memoryBucket } from '../../src/store/memory.ts';
import { siteWriter } from '../../src/web/site.ts';
import { launchChromium } from '../support/chromium.ts';
import { buildDashboard, drawn, openPage, picture } from '../support/dashboard-page.ts';
import { type PlainServer, servePlain } from '../support/plain-server.ts';
import { sampleSnapshots } from '../support/sample-snapshots.ts';

// What a static host does and no more: files by their names, no headers of ours.
const C = 'C0TILCHAN1';
const snapshots = sampleSnapshots({ members: 28, weeks: 19 });
let folder = '';
let browser: Browser;
const servers: PlainServer[] = [];

beforeAll(async () => {
  const page = await buildDashboard('build/static-page');
  folder = mkdtempSync(join(tmpdir(), 'til-static-'));
  const state = memoryBucket();
  for (const [address, snapshot] of snapshots)
    await state.putNew(`snapshots/${address}`, Buffer.from(JSON.stringify(snapshot)));
  await siteWriter({ page, state, folder })();
  browser = await launchChromium();
});
afterAll(async () => {
  await browser?.close();
  await Promise.all(servers.map((server) => server.close()));
  rmSync(folder, { recursive: true });
});

test.each(['/', '/repository/', '/a/long/way/'])('under %s the published files show the counts', async (path) => {
  const server = await servePlain(folder, path);
  servers.push(server);
  const { page, complaints } = await openPage(
    browser,
    { language: 'en', theme: 'light', size: 'desk' },
    server.address,
  );
  await page.clock.setFixedTime(new Date('2024-11-07T03:00:00Z'));
  const { totals, weeks } = snapshots.get(`${C}/index.json`) as IndexSnapshot;
  await page.goto(server.address);
  await drawn(page);
  await page.goto(`${server.address}#/${C}/week/2024-W38`);
  await drawn(page);
  const counted = weeks.find(({ week }) => week === '2024-W38')?.participants;
  expect(counted).toBeGreaterThan(3);
  expect(await page.locator('main').innerText()).toMatch(new RegExp(`\\b${counted}\\b`));
  await page.goto(`${server.address}#/${C}/members`);
  await drawn(page);
  expect(await page.locator('main').innerText()).toMatch(new RegExp(`\\b${totals.members}\\b`));
  await picture(page, `static${path.replaceAll('/', '-')}`);
  expect(complaints).toEqual([]);
  // The policy that the page brings along holds: no header says it here.
  const blocked = page.evaluate<string>("fetch('https://example.org/').then(() => 'went out', () => 'stayed')");
  expect(await blocked).toBe('stayed');
  expect(complaints.join()).toMatch(/Content Security Policy/i);
});
