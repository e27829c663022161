import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { contents } from '../support/world.ts';
import { emptyTil } from './til.ts';

const files = ['user_info', 'til_timestamp'].map(
  (name) => new URL(`../fixtures/legacy/${name}.json`, import.meta.url).pathname,
);
const til = emptyTil();
afterAll(() => til.remove());

test('til import reports, imports once, and leaves a history that verifies', async () => {
  const dry = await til.run('import', ...files, '--year', '2024', '--dry-run');
  expect(dry.code).toBe(0);
  expect(dry.out).toContain('announced by the original bot, so not again: 2024-07\nNothing was written');
  expect(dry.out.match(/^mended: /gm)).toHaveLength(4);
  expect(await contents(til.log)).toEqual({});

  const first = await til.json<{ appended: number; months: unknown[] }>('import', ...files, '--year', '2024');
  expect(first).toMatchObject({
    appended: 28,
    announced: ['2024-07'],
    months: [
      { month: '2024-07', posts: 5, likes: 7, now: { posts: 5, likes: 7 } },
      { month: '2024-08', posts: 1, likes: 1, now: { posts: 1, likes: 1 } },
    ],
  });
  expect(await til.json('import', ...files, '--year', '2024')).toMatchObject({ appended: 0, known: first.appended });
  expect((await til.run('verify')).code).toBe(0);
});

test('errors name the file and what was expected', async () => {
  const missing = await til.run('import', 'nowhere.json', files[1] as string, '--year', '2024');
  expect(missing).toMatchObject({ code: 2 });
  expect(missing.error).toMatch(/nowhere\.json: expected JSON, got no readable file \(ENOENT\)/);
  expect((await til.run('import', ...files)).code).toBe(2);
  expect((await til.run('import', ...files, '--year', '24')).error).toContain('--year: expected');
  expect((await til.run('import', ...files, '--year', '2024', '--channel', 'C0OTHER001')).error).toContain('--channel');
});

test('a member that cannot be read is named and counted, the others are taken in, and the exit code is 1', async () => {
  const other = emptyTil();
  const users = JSON.parse(readFileSync(files[0] as string, 'utf8'));
  const broken = `${other.folder}/users.json`;
  writeFileSync(broken, JSON.stringify({ ...users, U0BROKEN01: { name: [] } }));
  const { code, out, error } = await other.run('import', broken, files[1] as string, '--year', '2024');
  expect(code).toBe(1);
  expect(out).toContain('28 events appended');
  expect(error).toMatch(/left out: .*U0BROKEN01.*name: expected string/);
  expect(error).toContain('1 members or weekly posts could not be read');
  expect((await other.run('verify')).code).toBe(0);
  other.remove();
});
