import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { IndexSnapshot, MembersSnapshot, WeekSnapshot } from '../../src/projections/contract.ts';
import { launchChromium } from '../support/chromium.ts';
import {
  buildDashboard,
  drawn,
  findingsIn,
  type Look,
  openPage,
  overflow,
  picture,
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
  'ranking/2024-08',
  'certificate/2024-07/U000001',
  'certificate/2024-11/U000001',
  'nowhere',
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
      findings.push(...(await findingsIn(page)).map((finding) => `${view} ${finding}`));
      await picture(page, `${look.size}-${look.language}-${look.theme}-${view.replaceAll('/', '-')}`);
    }
    expect(findings).toEqual([]);
    expect(complaints).toEqual([]);
    expect(await page.locator('html').getAttribute('lang')).toBe(look.language);
  });
});

const SEASONS: [name: string, snapshots: () => Map<string, unknown>, now: string][] = [
  ['hostile', () => sampleSnapshots({ members: 28, weeks: 19, hostile: true }), '2024-11-07T03:00:00Z'],
  ['alone', () => sampleSnapshots({ members: 1, weeks: 1 }), '2024-07-03T03:00:00Z'],
  ['two hundred', () => sampleSnapshots({ members: 200, weeks: 24 }), '2024-12-11T03:00:00Z'],
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
      for (const view of [
        'now',
        'week',
        'month',
        'members',
        'member/U000002',
        'hall',
        'ranking',
        'certificate/2024-07/U000001',
        'replay',
      ]) {
        await page.goto(`${server.address}#/${C}/${view}`);
        await drawn(page);
        expect(await overflow(page), view).toBeLessThanOrEqual(0);
        if (size === 'phone') expect(await findingsIn(page), view).toEqual([]);
        await picture(page, `${name}-${size}-${view.replaceAll('/', '-')}`);
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

describe('the first glance', () => {
  test.each([
    { width: 1440, height: 900 },
    { width: 390, height: 844 },
  ])('has the week’s numbers, its ranking and the weeks before above the fold: $width', async (size) => {
    const server = await serve(sampleSnapshots({ members: 28, weeks: 19 }));
    const { page } = await openPage(browser, { language: 'ko', theme: 'light', size: 'desk' }, server.address);
    await page.setViewportSize(size);
    await page.clock.setFixedTime(THURSDAY);
    await page.goto(server.address);
    await drawn(page);
    const bottom = async (selector: string) => {
      const box = await page.locator(selector).first().boundingBox();
      return box === null ? Number.NaN : box.y + box.height;
    };
    for (const part of ['main dl', '.by-week', 'main table tr:nth-child(3)'])
      expect(await bottom(part), part).toBeLessThan(size.height);
    if (size.width > 1000) expect(await bottom('main ol > li:has(a[target=_blank])')).toBeLessThan(size.height);
    await picture(page, `glance-${size.width}`);
  });

  test('the running week is an open mark in the season’s chart, and no line falls to it', async () => {
    const server = await serve(sampleSnapshots({ members: 28, weeks: 19 }));
    const { page } = await openPage(browser, { language: 'ko', theme: 'light', size: 'desk' }, server.address);
    const marks = async (now: string) => {
      await page.clock.setFixedTime(new Date(now));
      await page.goto(`${server.address}?${now}`);
      await drawn(page);
      const points = (await page.locator('polyline').getAttribute('points')) ?? '';
      return [
        points.split(' ').length,
        await page.locator('circle.open').count(),
        await page.locator('.bar.open').count(),
      ];
    };
    expect(await marks('2024-11-07T03:00:00Z')).toEqual([18, 1, 1]);
    expect(await marks('2024-11-11T03:00:00Z')).toEqual([19, 0, 0]);
  });

  test('long numbers take a line of their own, and touch nothing', async () => {
    const snapshots = sampleSnapshots({ members: 28, weeks: 19 });
    const index = snapshots.get(`${C}/index.json`) as IndexSnapshot;
    const weeks = index.weeks.map((week) => ({ ...week, posts: 12_345, likes: 1_234_567, late: 1_234 }));
    snapshots.set(`${C}/index.json`, { ...index, weeks });
    const server = await serve(snapshots);
    const { page } = await openPage(browser, { language: 'ko', theme: 'light', size: 'phone' }, server.address);
    await page.setViewportSize({ width: 320, height: 844 });
    await page.clock.setFixedTime(THURSDAY);
    await page.goto(server.address);
    await drawn(page);
    const numbers = await page.locator('main dd > strong').all();
    const boxes = (await Promise.all(numbers.map((number) => number.boundingBox()))).filter((box) => box !== null);
    expect(boxes).toHaveLength(4);
    const beside = (a: (typeof boxes)[number], b: typeof a) => a.x + a.width < b.x || a.y + a.height <= b.y;
    for (const a of boxes) for (const b of boxes) expect(a === b || beside(a, b) || beside(b, a)).toBe(true);
  });

  test.each([390, 360])('every view is in sight in the navigation of a phone %d pixels wide', async (width) => {
    const server = await serve(sampleSnapshots({ members: 5, weeks: 3 }));
    const { page } = await openPage(browser, { language: 'en', theme: 'light', size: 'phone' }, server.address);
    await page.setViewportSize({ width, height: 844 });
    await page.goto(server.address);
    await drawn(page);
    for (const link of await page.getByRole('navigation').first().getByRole('link').all()) {
      const box = await link.boundingBox();
      expect(box && box.x >= 0 && box.x + box.width <= width).toBe(true);
    }
  });

  test.each(['desk', 'phone'] as const)('the keyboard goes where the eye does, on a %s', async (size) => {
    const server = await serve(sampleSnapshots({ members: 28, weeks: 19 }));
    const { page } = await openPage(browser, { language: 'ko', theme: 'light', size }, server.address);
    await page.clock.setFixedTime(THURSDAY);
    await page.goto(server.address);
    await drawn(page);
    const cards = await page
      .locator('.now .card')
      .evaluateAll((all) =>
        all.map((card) => ({ left: card.getBoundingClientRect().left, top: card.getBoundingClientRect().top })),
      );
    expect(cards.length).toBeGreaterThan(2);
    for (const [place, card] of cards.slice(1).entries()) {
      const before = cards[place] as typeof card;
      expect(card.top > before.top || card.left > before.left).toBe(true);
    }
  });
});

describe('on paper', () => {
  test.each([
    ['certificate/2024-07/U000001', 1],
    ['member/U000001', 3],
    ['month/2024-08', 2],
    ['now', 3],
    ['members', 2],
  ])('%s is light, has no bars of the screen, and fits on %d sheets of A4', async (view, most) => {
    const server = await serve(sampleSnapshots({ members: 28, weeks: 19 }));
    const { page } = await openPage(browser, { language: 'ko', theme: 'dark', size: 'desk' }, server.address);
    await page.clock.setFixedTime(THURSDAY);
    await page.goto(`${server.address}#/${C}/${view}`);
    await drawn(page);
    await page.emulateMedia({ media: 'print' });
    expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe('rgb(255, 255, 255)');
    expect(await page.evaluate('getComputedStyle(document.body).color')).toBe('rgb(43, 36, 29)');
    for (const part of ['body > #app > header', '.fresh', '.print', 'footer'])
      expect(await page.locator(part).isVisible(), part).toBe(false);
    await page.setViewportSize({ width: 703, height: 1031 });
    expect(await overflow(page)).toBeLessThanOrEqual(0);
    await picture(page, `paper-${view.replaceAll('/', '-')}`);
    const sheets = (await page.pdf({ preferCSSPageSize: true })).toString('latin1');
    expect(sheets.match(/\/Type\s*\/Page\b(?!s)/g)?.length).toBeLessThanOrEqual(most);
    expect(sheets).toMatch(/MediaBox\s*\[\s*0 0 59[45]\.\d+ 84[12]\.\d+/);
  });
});

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
    await page.getByText('연결이 불안정해요').waitFor({ timeout: 5_000 });
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

  test('whose other views cannot be fetched says so, is loaded anew once and no more, and keeps the first', async () => {
    const server = await serve(sampleSnapshots({ members: 5, weeks: 3 }));
    const { page } = await openPage(browser, { language: 'ko', theme: 'light', size: 'phone' }, server.address);
    await page.clock.install({ time: THURSDAY });
    await page.route('**/assets/other-*.js', (route) => route.abort());
    let loads = 0;
    page.on('domcontentloaded', () => (loads += 1));
    await page.goto(`${server.address}#/${C}/hall`);
    await expect.poll(() => loads).toBe(2);
    for (let minute = 0; minute < 10; minute += 1) await page.clock.runFor(60_000);
    await page.getByText('지금은 불러올 수 없어요').waitFor();
    expect(loads).toBe(2);
    await page.getByRole('link', { name: '이번 주', exact: true }).click();
    await page.locator('h1', { hasText: 'TIL' }).waitFor();
  });

  test('whose other views come back is shown them by itself', async () => {
    const server = await serve(sampleSnapshots({ members: 5, weeks: 3 }));
    const { page } = await openPage(browser, { language: 'ko', theme: 'light', size: 'phone' }, server.address);
    let away = true;
    await page.route('**/assets/other-*.js', (route) => (away ? route.abort() : route.continue()));
    await page.goto(`${server.address}#/${C}/now`);
    await drawn(page);
    await page.route(server.address, (route) => (away ? route.abort() : route.continue()));
    await page.getByRole('link', { name: '명예의 전당' }).click();
    await page.getByText('지금은 불러올 수 없어요').waitFor();
    away = false;
    await page.getByRole('heading', { level: 1, name: '명예의 전당' }).waitFor();
  });

  test('shows the week though what is below it cannot be fetched, and that as soon as it can', async () => {
    const server = await serve(sampleSnapshots({ members: 28, weeks: 19 }));
    const { page } = await openPage(browser, { language: 'ko', theme: 'light', size: 'phone' }, server.address);
    await page.clock.setFixedTime(THURSDAY);
    let away = true;
    await page.route('**/assets/rest-of-now-*.js', (route) => (away ? route.abort() : route.continue()));
    // Nothing newer is there to be loaded: it comes by itself.
    await page.route('**/*', (route) =>
      route.request().resourceType() === 'fetch' && route.request().url() === server.address
        ? route.abort()
        : route.fallback(),
    );
    await page.goto(server.address);
    await page.getByRole('table', { name: '이번 주 좋아요 순위' }).waitFor();
    await page.getByText('지금은 불러올 수 없어요').waitFor();
    await picture(page, 'state-rest-away');
    away = false;
    await page.getByRole('heading', { name: '올라온 글' }).waitFor();
    await drawn(page);
    expect(await page.getByText('지금은 불러올 수 없어요').count()).toBe(0);
  });

  test('of an older deployment is loaded anew when its files have gone', async () => {
    const server = await serve(sampleSnapshots({ members: 5, weeks: 3 }));
    const { page } = await openPage(browser, { language: 'ko', theme: 'light', size: 'phone' }, server.address);
    // As the older page had it: scripts of its own, and a file that is gone by the time it is wanted.
    const NAMES = /(index|first|other)-[\w-]{8}\.js/g;
    const now = new Map<string, string>();
    const old = '/assets/index-00000000.js';
    const aged = (text: string) =>
      text.replace(NAMES, (name, kind: string) => {
        now.set(`${kind}-00000000.js`, name);
        return `${kind}-00000000.js`;
      });
    await page.route(server.address, async (route) => {
      const answer = await route.fetch();
      await route.fulfill({ response: answer, body: aged(await answer.text()) });
    });
    await page.route(/\/(index|first)-00000000\.js$/, async (route) => {
      const name = now.get(route.request().url().split('/').at(-1) ?? '');
      const answer = await route.fetch({ url: `${server.address}assets/${name}` });
      await route.fulfill({ response: answer, body: aged(await answer.text()) });
    });
    await page.goto(server.address);
    await drawn(page);
    await page.unroute(server.address);
    await page.getByRole('link', { name: '명예의 전당' }).click();
    await page.getByRole('heading', { level: 1, name: '명예의 전당' }).waitFor();
    expect(await page.content()).not.toContain(old);
  });

  test.each([
    ['on a Monday before its post', '2024-11-11T00:10:00Z'],
    ['when the season is over', '2025-03-03T03:00:00Z'],
  ])('asks for nothing that is not there %s', async (_, now) => {
    const server = await serve(sampleSnapshots({ members: 28, weeks: 19 }));
    const { page } = await openPage(browser, { language: 'ko', theme: 'light', size: 'phone' }, server.address);
    await page.clock.setFixedTime(new Date(now));
    const missing: string[] = [];
    page.on('response', (answer) => answer.status() >= 400 && missing.push(answer.url()));
    for (const visit of ['', '?again']) {
      await page.goto(server.address + visit);
      await drawn(page);
    }
    expect(missing).toEqual([]);
  });

  test('asks for the running week before its code is here, as it knows from the last visit, and not again', async () => {
    const server = await serve(sampleSnapshots({ members: 28, weeks: 19 }));
    const { page } = await openPage(browser, { language: 'ko', theme: 'light', size: 'phone' }, server.address);
    await page.clock.setFixedTime(THURSDAY);
    await page.goto(server.address);
    await drawn(page);
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url().replace(server.address, '')));
    const early = page.waitForRequest(/months\/2024-11\.json$/);
    await page.route('**/assets/*.js', async (route) => {
      await early;
      await route.continue();
    });
    await page.goto(`${server.address}?again`);
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
    expect(await page.evaluate('document.activeElement.textContent')).toContain('본문 바로가기');
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
