import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Bucket } from '../../src/store/bucket.ts';
import { memoryBucket } from '../../src/store/memory.ts';
import { siteWriter } from '../../src/web/site.ts';

let folder: string;
let state: Bucket;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'til-site-'));
  mkdirSync(join(folder, 'page/assets'), { recursive: true });
  writeFileSync(join(folder, 'page/index.html'), INDEX);
  for (const name of ['index.html.gz', 'early.js', 'icon.svg', 'assets/index-12345678.js'])
    writeFileSync(join(folder, 'page', name), name);
  state = memoryBucket();
  for (const key of [
    'challenges.json',
    'C0TILCHAN1/index.json',
    'C0TILCHAN1/weeks/2024-W32.json',
    'C0TILCHAN1/members/U1.json',
  ])
    await put(`snapshots/${key}`, `{"is":"${key}"}`);
  await put('ledgers/C0TILCHAN1/2024-W32.json', '{}');
  await put('tables/C0TILCHAN1/people.json', '{}');
});
afterEach(() => rmSync(folder, { recursive: true }));

const INDEX = '<html><head>\n    <meta charset="utf-8">\n    <script src="./early.js"></script></head></html>';
const put = async (key: string, text: string): Promise<void> => {
  const stored = await state.get(key);
  if (stored) await state.putIf(key, Buffer.from(text), stored.etag);
  else await state.putNew(key, Buffer.from(text));
};
const site = () => join(folder, 'site');
const writer = () => siteWriter({ page: join(folder, 'page'), state, folder: site() });
const filesOf = (root: string) =>
  readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .sort();

test('page and snapshots are written, nothing private, and what points comes after what it points at', async () => {
  const { written, removed } = await writer()();
  expect(removed).toEqual([]);
  expect([...written].sort()).toEqual(filesOf(site()));
  expect(filesOf(site())).toEqual([
    '.nojekyll',
    'assets/index-12345678.js',
    'early.js',
    'icon.svg',
    'index.html',
    'snapshots/C0TILCHAN1/index.json',
    'snapshots/C0TILCHAN1/members/U1.json',
    'snapshots/C0TILCHAN1/weeks/2024-W32.json',
    'snapshots/challenges.json',
  ]);
  const at = (name: string) => written.indexOf(name);
  expect(at('snapshots/C0TILCHAN1/index.json')).toBeGreaterThan(at('snapshots/C0TILCHAN1/weeks/2024-W32.json'));
  expect(at('snapshots/challenges.json')).toBeGreaterThan(at('snapshots/C0TILCHAN1/index.json'));
  expect(at('index.html')).toBeGreaterThan(at('assets/index-12345678.js'));
  expect(readFileSync(join(site(), 'index.html'), 'utf8')).toMatch(/content-security-policy.*default-src 'none'/);
  expect(readFileSync(join(site(), 'snapshots/challenges.json'), 'utf8')).toBe('{"is":"challenges.json"}');
});

test('a second round writes only what has changed, by the same writer and by a new one', async () => {
  const round = writer();
  await round();
  expect(await round()).toEqual({ written: [], removed: [] });
  await put('snapshots/C0TILCHAN1/index.json', '{"is":"new"}');
  expect((await round()).written).toEqual(['snapshots/C0TILCHAN1/index.json']);
  expect(await writer()()).toEqual({ written: [], removed: [] });
  rmSync(join(site(), 'snapshots/challenges.json'));
  expect((await round()).written).toEqual(['snapshots/challenges.json']);
});

test('a snapshot that is no more is removed, and nothing that is not ours', async () => {
  mkdirSync(join(site(), 'snapshots/C0TILCHAN1/members'), { recursive: true });
  for (const name of ['CNAME', 'README.md', 'snapshots/notes.txt', 'snapshots/C0TILCHAN1/members/U2.json'])
    writeFileSync(join(site(), name), 'here before');
  expect((await writer()()).removed).toEqual(['snapshots/C0TILCHAN1/members/U2.json']);
  expect(existsSync(join(site(), 'snapshots/C0TILCHAN1/members/U2.json'))).toBe(false);
  expect(['CNAME', 'README.md', 'snapshots/notes.txt'].map((name) => existsSync(join(site(), name)))).toEqual([
    true,
    true,
    true,
  ]);
});

test('another page is not written over', async () => {
  mkdirSync(site());
  writeFileSync(join(site(), 'index.html'), '<p>my home page</p>');
  await expect(writer()()).rejects.toThrow(/holds another page/);
  expect(filesOf(site())).toEqual(['index.html']);
});

test('where there are no snapshots nothing is removed: an address may have a slip in it', async () => {
  await writer()();
  const before = filesOf(site());
  state = memoryBucket();
  await expect(writer()()).rejects.toThrow(/no snapshots to publish/);
  expect(filesOf(site())).toEqual(before);
});

test('a page that is not built, or is another, is not published', async () => {
  writeFileSync(join(folder, 'page/index.html'), '<p>another</p>');
  await expect(writer()()).rejects.toThrow(/expected the page of this project/);
  rmSync(join(folder, 'page/index.html'));
  await expect(writer()()).rejects.toThrow(/npm run build/);
  expect(existsSync(site())).toBe(false);
});
