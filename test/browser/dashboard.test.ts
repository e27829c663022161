import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { IndexSnapshot, MembersSnapshot, WeekSnapshot } from '../../src/projections/contract.ts';
import { launchChromium } from '../support/chromium.ts';
import {
  buildDashboard,
  drawn,
  type Look,
  openPage,
  overflow,
  picture,
  seriousFindings,
} from '../support/dashboard-page.ts';
import { sampleSnapshots } from '../support/sample-snapshots.ts';
import { SECURITY_HEADERS, type StaticServer, serveStatic } from '../support/static-server.ts';

const C = 'C0TILCHAN1';
const THURSDAY = new Date('2024-11-07T03:00:00Z');
const VIEWS = [
  'now',
  'week/2024-W35',
  'week/2024-W38',
  'month/2024-07',
  'month/2024-09',
  'month/2024-11',
  'members',
  'member/U000001',
  'member/U000005',
  'hall',
  'ranking',
  'ranking/2024-W35',
  'replay',
];
// Of the eight, four in which each pair of language, theme and size comes once.
const LOOKS: Look[] = [
  { language: 'ko', theme: 'light', size: 'phone' },
  { language: 'ko', theme: 'dark', size: 'desk' },
  { language: 'en', theme: 'light', size: 'desk' },
  { language: 'en', theme: 'dark', size: 'phone' },
];

let folder = '';
let browser: Browser;
const servers: StaticServer[] = [];

const serve = async (snapshots: Map<string, unknown>): Promise<StaticServer> => {
  const server = await serveStatic(folder, snapshots);
  servers.push(server);
  return server;
};

beforeAll(async () => {
  folder = await buildDashboard();
  browser = await launchChromium();
});

afterEach(async () => {
  await Promise.all(browser.contexts().map((context) => context.close()));
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

afterAll(() => browser.close());

describe('every view', () => {
  test.each(LOOKS)('opens without a complaint, fits, and is accessible: $language $theme $size', async (look) => {
    const server = await serve(sampleSnapshots({ members: 28, weeks: 19 }));
    const { page, complaints } = await openPage(browser, look, server.address);
    await page.clock.setFixedTime(THURSDAY);
    const findings: string[] = [];
    for (const view of VIEWS) {
      await page.goto(`${server.address}#/${C}/${view}`);
      await drawn(page);
      expect(await page.locator('h1').count(), view).toBe(1);
      expect(await overflow(page), view).toBeLessThanOrEqual(0);
      findings.push(...(await seriousFindings(page)).map((finding) => `${view} ${finding}`));
      await picture(page, `${look.size}-${look.language}-${look.theme}-${view.replace('/', '-')}`);
    }
    expect(findings).toEqual([]);
    expect(complaints).toEqual([]);
    expect(await page.locator('html').getAttribute('lang')).toBe(look.language);
  });
});

const SEASONS: [name: string, snapshots: () => Map<string, unknown>, now: string][] = [
  ['hostile', () => sampleSnapshots({ members: 28, weeks: 19, hostile: true }), '2024-11-07T03:00:00Z'],
  ['alone', () => sampleSnapshots({ members: 1, weeks: 1 }), '2024-07-03T03:00:00Z'],
  ['crowd', () => sampleSnapshots({ members: 1000, weeks: 30 }), '2025-01-22T03:00:00Z'],
  ['weekless', () => withoutWeeks(), '2024-07-03T03:00:00Z'],
];

const withoutWeeks = (): Map<string, unknown> => {
  const whole = sampleSnapshots({ members: 3, weeks: 1 });
  const challenge = { channel: C, name: 'TIL', timeZone: 'Asia/Seoul', locale: 'ko' };
  const totals = { members: 3, participants: 0, posts: 0, likes: 0 };
  const { members } = whole.get(`${C}/members.json`) as MembersSnapshot;
  return new Map<string, unknown>([
    ['challenges.json', { version: 1, challenges: [challenge] }],
    [`${C}/index.json`, { version: 1, challenge, asOf: null, weeks: [], months: [], totals }],
    [
      `${C}/members.json`,
      { version: 1, members: members.map((member) => ({ ...member, weeks: 0, posts: 0, likes: 0 })) },
    ],
  ]);
};

describe('seasons of every kind', () => {
  test.each(SEASONS)('%s: every view holds, on a phone and on a desk', async (name, snapshots, now) => {
    const server = await serve(snapshots());
    for (const size of ['phone', 'desk'] as const) {
      const { page, complaints } = await openPage(browser, { language: 'ko', theme: 'light', size }, server.address);
      await page.clock.setFixedTime(new Date(now));
      for (const view of ['now', 'week', 'month', 'members', 'member/U000002', 'hall', 'ranking', 'replay']) {
        await page.goto(`${server.address}#/${C}/${view}`);
        await drawn(page);
        expect(await overflow(page), view).toBeLessThanOrEqual(0);
        if (size === 'phone') expect(await seriousFindings(page), view).toEqual([]);
        await picture(page, `${name}-${size}-${view.replace('/', '-')}`);
      }
      expect(complaints).toEqual([]);
    }
  });
});

const openNow = async (snapshots: Map<string, unknown>, view = 'now') => {
  const server = await serve(snapshots);
  const look = { language: 'ko', theme: 'light', size: 'desk' } as const;
  const { page, complaints } = await openPage(browser, look, server.address);
  await page.clock.install({ time: THURSDAY });
  await page.goto(`${server.address}#/${C}/${view}`);
  await drawn(page);
  return { server, page, complaints };
};

describe('an open page', () => {
  test('shows a new like within 15 seconds, without a reload, and unchanged snapshots cost a 304', async () => {
    const { server, page } = await openNow(sampleSnapshots({ members: 28, weeks: 19 }), 'week/2024-W45');
    const address = `${C}/weeks/2024-W45.json`;
    const week = server.snapshots.get(address) as WeekSnapshot;
    await page.evaluate('window.stillTheSame = true');
    const [first, ...rest] = week.posts;
    if (!first) throw new Error('the sample week has no post');
    server.snapshots.set(address, { ...week, posts: [{ ...first, likes: 4321 }, ...rest] });
    await page.clock.runFor(15_000);
    await page.getByText('4,321').first().waitFor({ timeout: 5_000 });
    expect(await page.evaluate('window.stillTheSame')).toBe(true);
    expect(server.answers.unchanged).toBeGreaterThan(0);
  });

  test('does not ask while nobody looks', async () => {
    const { server, page } = await openNow(sampleSnapshots({ members: 5, weeks: 3 }));
    await page.evaluate("Object.defineProperty(document, 'hidden', { value: true })");
    const before = server.answers.full + server.answers.unchanged;
    await page.clock.runFor(60_000);
    expect(server.answers.full + server.answers.unchanged).toBe(before);
  });

  test('says that it is old while the server is away, keeps what it has, and recovers', async () => {
    const { server, page } = await openNow(sampleSnapshots({ members: 28, weeks: 19 }));
    server.failing = true;
    await page.clock.runFor(15_000);
    await page.getByText('연결이 고르지 않아요').waitFor({ timeout: 5_000 });
    expect(await page.locator('h1').textContent()).toContain('TIL 11월 1주차');
    await picture(page, 'state-stale');
    server.failing = false;
    await page.getByRole('button', { name: '다시 시도' }).click();
    await page.getByText('방금 확인').waitFor({ timeout: 5_000 });
  });

  test('that could never load says so, and loads once it can', async () => {
    const server = await serve(sampleSnapshots({ members: 5, weeks: 3 }));
    server.failing = true;
    const { page } = await openPage(browser, { language: 'ko', theme: 'light', size: 'phone' }, server.address);
    await page.goto(server.address);
    await page.getByText('지금은 불러올 수 없어요').waitFor();
    await picture(page, 'state-failed');
    server.failing = false;
    await page.getByRole('button', { name: '다시 시도' }).click();
    await page.locator('h1').waitFor({ timeout: 5_000 });
  });

  test('changes between challenges, whatever their names', async () => {
    const long = '긴 이름 '.repeat(40);
    const other = sampleSnapshots({ members: 5, weeks: 3, channel: 'C0SECOND22', name: long });
    const both = new Map([...sampleSnapshots({ members: 28, weeks: 19 }), ...other]);
    const challenges = [C, 'C0SECOND22'].map(
      (channel) => (both.get(`${channel}/index.json`) as IndexSnapshot).challenge,
    );
    both.set('challenges.json', { version: 1, challenges });
    const server = await serve(both);
    const { page } = await openPage(browser, { language: 'ko', theme: 'dark', size: 'phone' }, server.address);
    await page.goto(server.address);
    await drawn(page);
    await page.getByLabel('챌린지').selectOption('C0SECOND22');
    await page.locator('h1', { hasText: '7월 3주차' }).waitFor();
    expect(page.url()).toContain('#/C0SECOND22/now');
    expect(await overflow(page)).toBeLessThanOrEqual(0);
    await picture(page, 'state-several');
    await page.goto(server.address);
    await page.locator('h1', { hasText: '7월 3주차' }).waitFor();
  });

  test('whose other views cannot be fetched says so, and keeps the first', async () => {
    const server = await serve(sampleSnapshots({ members: 5, weeks: 3 }));
    const { page } = await openPage(browser, { language: 'ko', theme: 'light', size: 'phone' }, server.address);
    await page.route('**/assets/other-*.js', (route) => route.abort());
    await page.goto(`${server.address}#/${C}/hall`);
    await page.getByText('지금은 불러올 수 없어요').waitFor();
    await page.getByRole('link', { name: '이번 주', exact: true }).click();
    await page.locator('h1', { hasText: 'TIL' }).waitFor();
  });

  test('asks for the running week before its code is here, and not again', async () => {
    const server = await serve(sampleSnapshots({ members: 28, weeks: 19 }));
    const { page } = await openPage(browser, { language: 'ko', theme: 'light', size: 'phone' }, server.address);
    await page.clock.setFixedTime(THURSDAY);
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url().replace(server.address, '')));
    const early = page.waitForRequest(/months\/2024-11\.json$/);
    await page.route('**/assets/*.js', async (route) => {
      await early;
      await route.continue();
    });
    await page.goto(server.address);
    await page.getByText('이어 쓰는 중').waitFor();
    const snapshots = asked.filter((address) => address.startsWith('snapshots/'));
    expect(snapshots).toContain(`snapshots/${C}/weeks/2024-W45.json`);
    expect(new Set(snapshots).size).toBe(snapshots.length);
  });

  test('goes back with the back button', async () => {
    const { page } = await openNow(sampleSnapshots({ members: 28, weeks: 19 }));
    await page.getByRole('link', { name: '월간', exact: true }).click();
    await page.getByRole('heading', { level: 1, name: '2024년 11월' }).waitFor();
    await page.getByRole('link', { name: '이전: 2024년 10월' }).click();
    await page.getByRole('heading', { level: 1, name: '2024년 10월' }).waitFor();
    await page.goBack();
    await page.getByRole('heading', { level: 1, name: '2024년 11월' }).waitFor();
    await page.goBack();
    await page.getByRole('heading', { level: 1, name: 'TIL 11월 1주차' }).waitFor();
    expect(page.url()).toContain(`#/${C}/now`);
  });

  test('is used with the keyboard alone', async () => {
    const { page } = await openNow(sampleSnapshots({ members: 28, weeks: 19 }), 'replay');
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toContain('본문으로 건너뛰기');
    await page.keyboard.press('Enter');
    expect(await page.evaluate('document.activeElement.id')).toBe('content');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Home');
    await page.getByText('2024년 7월 1주차까지').first().waitFor();
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Enter');
    await page.clock.runFor(2_000);
    await page.getByText('2024년 7월 3주차까지').first().waitFor();
  });

  test('keeps language and theme for the next visit, from the first paint', async () => {
    const { page, server } = await openNow(sampleSnapshots({ members: 5, weeks: 3 }));
    await page.getByRole('button', { name: 'English' }).click();
    await page.getByRole('button', { name: 'Switch to dark' }).click();
    await page.goto(`${server.address}?again`, { waitUntil: 'commit' });
    await page.locator('html[data-theme=dark]').waitFor();
    await page.getByRole('link', { name: 'Hall of fame' }).waitFor();
  });

  test('is served under a policy that forbids all but its own', async () => {
    const { page, server, complaints } = await openNow(sampleSnapshots({ members: 5, weeks: 3 }));
    const answer = await page.request.get(server.address);
    expect(answer.headers()).toMatchObject(SECURITY_HEADERS);
    await page.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"window.hurt = true\">')");
    await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
    expect(await page.evaluate('window.hurt')).toBeUndefined();
    expect(complaints.join(' ')).toContain('Content Security Policy');
  });
});
