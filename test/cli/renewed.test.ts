import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { SAMPLE } from '../../src/sandbox/sample.ts';
import { bootId } from '../../src/store/boot.ts';
import { contents } from '../support/world.ts';
import { seasonTil, type Til } from './til.ts';

let til: Til;
let sound: Record<string, string>;
beforeEach(async () => {
  til = await seasonTil();
  sound = await contents(til.state);
  lose();
});
afterEach(() => til.remove());

const fileOf = (name: string): string => join(til.folder, 'state', name);

/** What a loss of power may leave: the note of another boot, a torn document, and one that is older than the log. */
const lose = (): void => {
  writeFileSync(fileOf('.boot'), 'another boot');
  writeFileSync(fileOf(`snapshots/${SAMPLE.channel}/members.json`), '{"members":[{"id"');
  const ledger = fileOf(`ledgers/${SAMPLE.channel}/2024-W45.json`);
  writeFileSync(ledger, readFileSync(ledger, 'utf8').replace(/"asOf":"\d{10}/, '"asOf":"1700000000'));
  expect(readFileSync(ledger, 'utf8')).not.toBe(sound[`ledgers/${SAMPLE.channel}/2024-W45.json`]);
};

const stored = (): Promise<Record<string, string>> => contents(til.state);

test('the first command after a loss of power makes all state anew, and says so once', async () => {
  const { code, out, error } = await til.run('export', '--what', 'participation');
  expect(code).toBe(0);
  expect(out).toContain('U0');
  expect(error).toMatch(
    /^\d\d:\d\d:\d\d renewing meaning=the machine has been started[^\n]*\n\d\d:\d\d:\d\d renewed seconds=[\d.]+\n/,
  );
  expect(await stored()).toEqual(sound);
  expect(readFileSync(fileOf('.boot'), 'utf8')).toBe(bootId() ?? 'another boot');
});

test.runIf(bootId())('the next one finds it as it is', async () => {
  await til.run('members');
  expect((await til.run('members')).error).toBe('');
});

test('for programs it is said in JSON, beside the output', async () => {
  const { out, error } = await til.run('members', '--json');
  expect(JSON.parse(out)).toMatchObject({ challenges: [{ channel: SAMPLE.channel }] });
  expect(
    error
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).happening),
  ).toEqual(['renewing', 'renewed']);
});

test('til verify looks at it as it lies, names what is torn or old, and writes nothing', async () => {
  const before = await stored();
  const { code, out } = await til.run('verify', '--json');
  expect(code).toBe(1);
  const keys = JSON.parse(out).differences.map(({ key }: { key: string }) => key);
  expect(keys).toEqual(
    expect.arrayContaining([`snapshots/${SAMPLE.channel}/members.json`, `ledgers/${SAMPLE.channel}/2024-W45.json`]),
  );
  expect(await stored()).toEqual(before);
  expect(readFileSync(fileOf('.boot'), 'utf8')).toBe('another boot');
});

test('nothing is made of a log that is not there', async () => {
  const before = await stored();
  const lost = til.with({ TIL_LOG: `file:${til.folder}/nowhere` });
  await lost.run('export', '--what', 'participation');
  expect(await stored()).toEqual(before);
  expect(existsSync(join(til.folder, 'nowhere'))).toBe(false);
});
