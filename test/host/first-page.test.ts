import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { Unavailable } from '../../src/events/errors.ts';
import { firstPage } from '../../src/host/first-page.ts';
import { startHttp } from '../../src/host/http.ts';
import { systemClock } from '../../src/setup/clock.ts';
import { memoryBucket } from '../../src/store/memory.ts';
import { sampleSnapshots } from '../support/sample-snapshots.ts';

const BUILT =
  '<!--til:head--><title>TIL</title><!--/til:head--><noscript><!--til:body-->no script<!--/til:body--></noscript>';
const snapshots = sampleSnapshots({ members: 28, weeks: 19 });
const state = memoryBucket();
for (const [address, snapshot] of snapshots)
  await state.putNew(`snapshots/${address}`, new TextEncoder().encode(JSON.stringify(snapshot)));

const asked = (headers: Record<string, string>, url = '/') => ({ headers, url }) as unknown as IncomingMessage;
const filled = (headers: Record<string, string>, url?: string, dashboardUrl?: string) =>
  firstPage(state, dashboardUrl)(BUILT, asked(headers, url));
const pictureIn = (html: string) => /og:image" content="([^"]*)"/.exec(html)?.[1];

describe('the page as it is served', () => {
  test('has the latest week of its snapshots', async () => {
    const html = await filled({ host: 'localhost:3000' });
    expect(html).toContain('<p lang="ko">TIL 11월 1주차: 28명 중 8명 참여');
    expect(html).toContain('content="C0TILCHAN1/2024-W45/2024-11"');
  });

  test.each([
    [{ host: 'localhost:3000' }, '/', undefined, 'http://localhost:3000/card.png'],
    [
      { host: 'til.example', 'x-forwarded-proto': 'https, http' },
      '/til/?x',
      undefined,
      'https://til.example/til/card.png',
    ],
    [{ host: '"><script>' }, '/', undefined, './card.png'],
    [{}, '/', undefined, './card.png'],
    [{ host: 'til.example' }, '/"><script>/', undefined, 'http://til.example/card.png'],
    [{ host: 'inside:3000' }, '/', 'https://til.example.org', 'https://til.example.org/card.png'],
    [{ host: 'inside:3000' }, '/', 'https://til.example.org/til#/C1/now', 'https://til.example.org/til/card.png'],
    [{ host: 'inside:3000' }, '/', 'https://til.example.org/til/index.html', 'https://til.example.org/til/card.png'],
  ])(
    'asked with %j at %s, and configured with %s, it names its picture %s',
    async (headers, url, dashboardUrl, picture) => {
      expect(pictureIn(await filled(headers as Record<string, string>, url, dashboardUrl))).toBe(picture);
    },
  );

  test('is as built while the state is away', async () => {
    const away = { ...state, get: () => Promise.reject(new Unavailable('the disk is away')) };
    expect(await firstPage(away, undefined)(BUILT, asked({ host: 'localhost' }))).toBe(BUILT);
  });
});

describe('over HTTP', () => {
  const folder = mkdtempSync(join(tmpdir(), 'til-first-page-'));
  const closed: (() => Promise<void>)[] = [];
  afterAll(async () => {
    await Promise.all(closed.map((close) => close()));
    rmSync(folder, { recursive: true });
  });

  test('it is small when it may be, and a week’s new numbers are a new page', async () => {
    writeFileSync(join(folder, 'index.html'), BUILT);
    writeFileSync(join(folder, 'index.html.gz'), 'of the page as built');
    const bucket = { ...state };
    const ingest = { queue: { put: async () => {} }, clock: systemClock, secrets: [] };
    const ports = { ingest, state: bucket, health: () => ({}), dashboard: folder };
    const { port, close } = await startHttp(ports, 0, '127.0.0.1');
    closed.push(close);
    const address = `http://127.0.0.1:${port}/`;
    const first = await fetch(address);
    expect(first.headers.get('content-encoding')).toBe('gzip');
    expect(await first.text()).toContain('28명 중 8명');
    const etag = first.headers.get('etag') ?? '';
    expect((await fetch(address, { headers: { 'if-none-match': etag } })).status).toBe(304);
    const index = snapshots.get('C0TILCHAN1/index.json') as { weeks: object[] };
    const weeks = index.weeks.map((week) => ({ ...week, likes: 4321 }));
    const bytes = new TextEncoder().encode(JSON.stringify({ ...index, weeks }));
    bucket.get = async (key) => (key.endsWith('/index.json') ? { bytes, etag: 'new' } : state.get(key));
    const second = await fetch(address, { headers: { 'if-none-match': etag, 'accept-encoding': 'identity' } });
    expect(second.status).toBe(200);
    expect(await second.text()).toContain('좋아요 4,321개');
  });
});
