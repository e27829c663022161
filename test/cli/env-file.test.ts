import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readEnvFile, setInEnvFile } from '../../src/cli/env-file.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'til-env-'));
  file = join(folder, '.env');
});
afterEach(() => rmSync(folder, { recursive: true }));

test('a new file holds what it is made of, and is for its owner alone', () => {
  setInEnvFile(file, { A: '1' }, '# said before\nA=\n');
  expect(readFileSync(file, 'utf8')).toBe('# said before\nA=1\n');
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test('a file that others could read is for its owner alone afterwards', () => {
  writeFileSync(file, 'A=1\n', { mode: 0o644 });
  setInEnvFile(file, { B: '2' });
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder)).toEqual(['.env']);
});

test.each([
  ['', 'A=x\n'],
  ['A=\n', 'A=x\n'],
  ['# A=\nB=1', '# A=\nB=1', 'B'],
  ['# what A is\n# A=\nB=1', '# what A is\nA=x\nB=1'],
  ['B=1', 'B=1\nA=x\n'],
  ['export A="old" # why\nB=1\n', 'A=x\nB=1\n'],
  ['AA=1\n', 'AA=1\nA=x\n'],
])('of %j the one line is set, and no other touched', (before, after, name = 'A') => {
  writeFileSync(file, before);
  setInEnvFile(file, { [name]: name === 'A' ? 'x' : '1' });
  expect(readFileSync(file, 'utf8')).toBe(after);
});

test('a value is taken as it is, and read back', () => {
  setInEnvFile(file, { A: 'xoxb-$&-1' });
  expect(readEnvFile(file)).toEqual({ A: 'xoxb-$&-1' });
  expect(readEnvFile(join(folder, 'none'))).toEqual({});
});
