import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { removeWhole, writeWhole } from '../../src/store/whole-file.ts';
import { temporaryFolder } from '../support/serving.ts';

let folder: string;
let remove: () => void;
beforeEach(() => ({ folder, remove } = temporaryFolder()));
afterEach(() => remove());

test('a file is written, replaced, and taken away; nothing else is left beside it', () => {
  const path = join(folder, 'file');
  for (const content of ['one', new Uint8Array([116, 119, 111])]) writeWhole(path, content, 0o600);
  expect(readFileSync(path, 'utf8')).toBe('two');
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder)).toEqual(['file']);
  removeWhole(path);
  removeWhole(path);
  expect(readdirSync(folder)).toEqual([]);
});

test('what a process of the same number left half written is in the way of nobody', () => {
  const path = join(folder, 'file');
  writeFileSync(`${path}.${process.pid}.tmp`, 'half', { mode: 0o644 });
  writeWhole(path, 'whole', 0o600);
  expect([readdirSync(folder), statSync(path).mode & 0o777]).toEqual([['file'], 0o600]);
});

test.skipIf(process.platform !== 'linux')('where the disk takes no more, the file is as it was', () => {
  const path = join(folder, 'file');
  writeFileSync(path, 'before');
  const code = `import { writeWhole } from ${JSON.stringify(resolve('src/store/whole-file.ts'))};
try { writeWhole(${JSON.stringify(path)}, 'after'); } catch (error) { process.stdout.write(error.code); }`;
  const { stdout } = spawnSync(
    'sh',
    ['-c', `trap '' XFSZ; ulimit -f 0; exec "$@"`, 'sh', process.execPath, '--input-type=module', '-e', code],
    { encoding: 'utf8', env: { PATH: process.env['PATH'] } },
  );
  expect([stdout, readFileSync(path, 'utf8'), readdirSync(folder)]).toEqual(['EFBIG', 'before', ['file']]);
});
