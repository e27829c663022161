import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Event } from '../../src/events/catalog.ts';
import { keys } from '../../src/pipeline/keys.ts';
import type { IndexSnapshot } from '../../src/projections/contract.ts';
import { SAMPLE } from '../../src/sandbox/sample.ts';
import { openLog } from '../../src/store/log.ts';
import { emptyTil, seasonTil, type Til } from './til.ts';

let til: Til;
let index: IndexSnapshot;
beforeAll(async () => {
  til = await seasonTil();
  index = JSON.parse(new TextDecoder().decode((await til.state.get(keys.index(SAMPLE.channel)))?.bytes));
});
afterAll(() => til.remove());

test('posts, likes and participation agree with the dashboard', async () => {
  const posts = await til.json<{ likes: number; week: string; links: string }[]>('export', '--what', 'posts');
  expect(posts).toHaveLength(index.totals.posts);
  expect(posts.reduce((sum, { likes }) => sum + likes, 0)).toBe(index.totals.likes);
  expect(posts.every(({ links }) => links.startsWith('https://'))).toBe(true);
  expect(await til.json<unknown[]>('export', '--what', 'likes')).toHaveLength(index.totals.likes);
  const matrix = await til.json<Record<string, number>[]>('export', '--what', 'participation');
  for (const { week, posts } of index.weeks) expect(matrix.reduce((sum, row) => sum + (row[week] ?? 0), 0)).toBe(posts);
});

test('without --what it is the posts as CSV, and all tables as JSON', async () => {
  const { out } = await til.run('export', '--csv');
  expect(out).toBe((await til.run('export', '--what', 'posts')).out);
  expect(out.startsWith('\uFEFFweek,label,ts,time,author')).toBe(true);
  const all = await til.json<Record<string, unknown[]>>('export');
  for (const [what, rows] of Object.entries(all)) expect(rows).toEqual(await til.json('export', '--what', what));
  expect(Object.keys(all)).toEqual(['posts', 'likes', 'participation']);
  const empty = emptyTil();
  expect(await empty.json('export')).toEqual({ posts: [], likes: [], participation: [] });
  empty.remove();
});

test('files are written whole, for their owner alone, and not replaced unasked', async () => {
  const out = join(til.folder, 'out');
  const first = await til.run('export', '--csv', '--out', out);
  expect(first).toMatchObject({ code: 0 });
  const file = join(out, `${SAMPLE.channel}-posts.csv`);
  const text = readFileSync(file, 'utf8');
  expect(text.startsWith('\uFEFFweek,label,ts,time,author')).toBe(true);
  expect(text).toContain('TIL 8월 1주차');
  expect(text.trimEnd().split('\r\n')).toHaveLength(index.totals.posts + 1);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const again = await til.run('export', '--csv', '--out', out);
  expect(again.code).toBe(2);
  expect(again.error).toContain('--yes');
  expect((await til.run('export', '--csv', '--out', out, '--yes')).code).toBe(0);
});

test('wrong usage is explained', async () => {
  expect(await til.run('export', '--what', 'everything')).toMatchObject({ code: 2 });
  expect(await til.run('export', '--csv', '--json')).toMatchObject({ code: 2 });
  const taken = join(til.folder, 'til.json');
  expect(await til.run('export', '--out', join(taken, 'x'))).toMatchObject({
    code: 1,
    error: expect.stringContaining(`not a directory, mkdir '${taken}`),
  });
  expect((await til.run('export', '--out', join(taken, 'x'))).error).toMatch(
    /^til: --out .*: that folder cannot be made/,
  );
});

test.skipIf(process.platform !== 'linux')('a place that takes no folders is said, at once', async () => {
  const { code, error } = await til.run('export', '--out', '/proc/nowhere/export');
  expect([code, error]).toEqual([
    1,
    expect.stringMatching(/^til: --out \/proc\/nowhere\/export: that folder cannot be made: ENOENT/),
  ]);
});

test.skipIf(process.platform !== 'linux')(
  'a file that cannot be written to its end is said, and no part of it stays',
  async () => {
    const out = join(til.folder, 'full');
    mkdirSync(out);
    symlinkSync('/dev/full', join(out, `${SAMPLE.channel}-posts.csv.part`));
    const { code, error } = await til.run('export', '--csv', '--what', 'posts', '--out', out);
    expect([code, error]).toEqual([1, expect.stringMatching(/til: .*posts\.csv cannot be written: ENOSPC/)]);
    expect(readdirSync(out)).toEqual([]);
  },
);

test('no table is written into the log or the state', async () => {
  for (const place of ['log', 'state/tables']) {
    const out = join(til.folder, place);
    const before = readdirSync(join(til.folder, 'log')).sort();
    expect(await til.run('export', '--out', out)).toEqual({
      code: 2,
      out: '',
      error: `til: --out: expected a folder outside of ${join(til.folder, place.split('/')[0] as string)}, got ${out}\n`,
    });
    expect(readdirSync(join(til.folder, 'log')).sort()).toEqual(before);
  }
});

test('a cell that a spreadsheet would run is only text', async () => {
  const hostile = emptyTil();
  const base = { v: 1, channel: SAMPLE.channel } as const;
  const events: Event[] = [
    {
      ...base,
      kind: 'message.posted',
      at: '1722817800.000001',
      ts: '1722817800.000001',
      author: { bot: 'B0TILBOT01' },
      text: '[TIL 8월 1주차]',
      links: [],
    },
    {
      ...base,
      kind: 'message.posted',
      at: '1722817900.000001',
      ts: '1722817900.000001',
      author: { user: 'U0EVIL0001' },
      thread: '1722817800.000001',
      text: '',
      links: ['https://velog.io/@e/1'],
      previews: [{ url: 'https://velog.io/@e/1', title: '=HYPERLINK("https://evil.example","x")' }],
    },
    { ...base, kind: 'profile.seen', at: '1722817900.000002', user: 'U0EVIL0001', name: "@SUM(1+1)*cmd|' /C calc'!A0" },
  ];
  for (const event of events) await openLog(hostile.log, SAMPLE).append(event);
  mkdirSync(join(hostile.folder, 'state'), { recursive: true });
  await hostile.run('rebuild');
  const { out } = await hostile.run('export', '--csv', '--what', 'posts');
  expect(out).toContain(`"'=HYPERLINK(""https://evil.example"",""x"")"`);
  expect(out).toContain(`'@SUM(1+1)`);
  expect(out.split(/,|\r\n/).filter((cell) => /^"?[=+@\t\r-]/.test(cell))).toEqual([]);
  hostile.remove();
});
