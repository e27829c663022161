import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';

test('the installed command says what it can do', () => {
  const { status, stdout } = spawnSync(process.execPath, ['bin/til.mjs', '--help'], { encoding: 'utf8' });
  expect([status, stdout.split('\n')[0]]).toEqual([0, 'Usage: til [options] [command]']);
});
