import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { keys } from '../../src/pipeline/keys.ts';
import { SAMPLE } from '../../src/sandbox/sample.ts';
import { bootId } from '../../src/store/boot.ts';
import { filesBucket } from '../../src/store/files.ts';
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
    /^The machine was started, or the folder copied, [^\n]* made anew from the log first\.\nMade anew in [\d.]+ s\.\n/,
  );
  expect(await stored()).toEqual(sound);
  expect(readFileSync(fileOf('.boot'), 'utf8').split(' ')[0]).toBe(bootId() ?? 'another');
});

test('in Korean it is said in Korean', async () => {
  const { error } = await til.run('members', '--lang', 'ko');
  expect(error).toMatch(/^집계를 마지막으로 저장한 뒤에 [^\n]*새로 만들게요\.\n[\d.]+초 만에 새로 만들었어요\.\n/);
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

test('state that may be torn is not copied, as nothing would tell it from sound state there', async () => {
  const to = join(til.folder, 'elsewhere');
  const places = ['--from', `file:${til.folder}/log`, '--to', `file:${to}/log`];
  const ofState = ['--state-from', `file:${til.folder}/state`, '--state-to', `file:${to}/state`];
  const refused = await til.run('copy', ...places, ...ofState);
  expect([refused.code, existsSync(join(to, 'state'))]).toEqual([2, false]);
  expect(refused.error).toContain('was not forced to the disk before the machine was started anew');
  await til.run('rebuild');
  if (!bootId()) return; // Then nothing says that it was made anew.
  expect((await til.run('copy', ...places, ...ofState)).code).toBe(0);
  expect(await contents(filesBucket(join(to, 'state')))).toEqual(sound);
});

test.runIf(bootId())('a command for other challenges says nothing of these', async () => {
  const config = join(til.folder, 'til.json');
  const own = readFileSync(config);
  writeFileSync(config, JSON.stringify({ challenges: [{ channel: 'C0OTHERS01' }] }));
  expect((await til.run('members')).error).toContain('Made anew');
  writeFileSync(config, own);
  const { error } = await til.run('members');
  expect(error).toContain('Made anew');
  expect(await contents(til.state)).toMatchObject({ ...sound, [keys.challenges]: expect.anything() });
});
