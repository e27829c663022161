import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { contents } from '../support/world.ts';
import { seasonTil, type Til } from './til.ts';

let til: Til;
beforeAll(async () => {
  til = await seasonTil();
});
afterAll(() => til.remove());

test('til seal: a dry run changes nothing; sealed, rebuilt and verified, all is as it was', async () => {
  const before = await contents(til.state);
  const log = await contents(til.log);
  expect((await til.run('seal', '--dry-run')).out).toMatch(/21 weeks with \d+ events would be sealed/);
  expect(await contents(til.log)).toEqual(log);
  expect((await til.run('seal')).out).toMatch(/21 weeks with \d+ events sealed/);
  expect((await til.run('seal')).out).toContain('0 weeks');
  expect((await til.run('rebuild')).out).toContain(' 0 objects written');
  expect((await til.run('verify')).code).toBe(0);
  expect(await contents(til.state)).toEqual(before);
  expect(Object.keys(await contents(til.log)).filter((key) => key.startsWith('events/'))).toEqual(Object.keys(log));
});

test('til verify names a damaged object and a damaged segment', async () => {
  const keys = Object.keys(await contents(til.log));
  const damaged = [keys.find((key) => key.endsWith('.zst')), keys[7]] as [string, string];
  for (const key of damaged) writeFileSync(join(til.folder, 'log', key), 'rotten');
  const { code, out } = await til.run('verify');
  expect(code).toBe(1);
  for (const key of damaged) expect(out).toContain(key);
  expect((await til.run('rebuild')).out).not.toContain('rotten');
});
