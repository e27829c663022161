import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { run } from '../../src/cli/main.ts';
import { loadConfig } from '../../src/setup/config.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'til-init-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const til = async (...args: string[]) => {
  const ran = { code: 0, out: '', error: '' };
  ran.code = await run(['init', ...args], {
    environment: {},
    out: (text) => void (ran.out += text),
    error: (text) => void (ran.error += text),
    isTerminal: false,
    untilSignal: () => new Promise(() => {}),
  });
  return ran;
};

test('the configuration it writes is one that is read, as .ts and as .json, and .env is for its owner alone', async () => {
  for (const name of ['til.config.ts', 'til.json']) {
    const file = join(folder, name);
    const args = [
      '--channel',
      'C0123456789',
      '--name',
      'It\'s "TIL"',
      '--time-zone',
      'Europe/Berlin',
      '--locale',
      'en',
      '--admins',
      'U0ADMIN001, U0ADMIN002',
    ];
    expect(await til('--config', file, ...args)).toMatchObject({ code: 0 });
    expect((await loadConfig(file)).challenges[0]).toMatchObject({
      channel: 'C0123456789',
      name: 'It\'s "TIL"',
      timeZone: 'Europe/Berlin',
      locale: 'en',
      admins: ['U0ADMIN001', 'U0ADMIN002'],
    });
  }
  expect(statSync(join(folder, '.env')).mode & 0o777).toBe(0o600);
  expect(readFileSync(join(folder, '.env'), 'utf8')).toContain('SLACK_SIGNING_SECRET=');
});

test('nothing that is there is replaced', async () => {
  const file = join(folder, 'til.config.ts');
  writeFileSync(join(folder, '.env'), 'SLACK_BOT_TOKEN=mine\n');
  expect((await til('--config', file, '--channel', 'C0123456789')).out).toContain('left as it is');
  expect(readFileSync(join(folder, '.env'), 'utf8')).toBe('SLACK_BOT_TOKEN=mine\n');
  const before = readFileSync(file, 'utf8');
  expect(await til('--config', file, '--channel', 'C0999999999')).toMatchObject({
    code: 2,
    error: expect.stringContaining('there already'),
  });
  expect(readFileSync(file, 'utf8')).toBe(before);
});

/** `til init` in a process of its own, on a disk that takes no byte more: so it is where files may have none. */
const tilOnFullDisk = (...args: string[]) => {
  const words = [process.execPath, resolve('src/cli/main.ts'), 'init', ...args].map((word) => `'${word}'`).join(' ');
  const { status, stderr } = spawnSync('sh', ['-c', `trap '' XFSZ; ulimit -f 0; exec ${words}`], {
    cwd: folder,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'] },
  });
  return { code: status, error: stderr };
};

test.skipIf(process.platform !== 'linux')(
  'where the disk takes no byte more nothing is left behind, and what was there is as it was',
  async () => {
    const file = join(folder, 'til.config.ts');
    expect(tilOnFullDisk('--channel', 'C0123456789')).toEqual({
      code: 2,
      error: `til: ${file}: cannot be written: the disk answered EFBIG (the file is too large for it)\n`,
    });
    expect(readdirSync(folder)).toEqual([]);
    expect(tilOnFullDisk('--channel', 'C0123456789', '--lang', 'ko').error).toBe(
      `til: 저장할 수 없어요: ${file}. 디스크가 받기에는 파일이 너무 커요 (EFBIG)\n`,
    );
    const sample = readFileSync('til.config.ts', 'utf8').replace("'./src/", `'${process.cwd()}/src/`);
    writeFileSync(file, sample);
    expect(tilOnFullDisk('--channel', 'C0123456789')).toMatchObject({ code: 2 });
    expect(readdirSync(folder)).toEqual(['til.config.ts']);
    expect(readFileSync(file, 'utf8')).toBe(sample);
    expect(await til('--config', file, '--channel', 'C0123456789')).toMatchObject({ code: 0 });
  },
);

test('what is no channel is told by a channel, in both languages', async () => {
  const file = join(folder, 'til.config.ts');
  const english = await til('--config', file, '--channel', 'zz');
  expect([english.code, english.error]).toEqual([
    2,
    expect.stringContaining('challenges.0.channel: expected an id such as C0123456789'),
  ]);
  const korean = await til('--config', file, '--channel', 'zz', '--lang', 'ko');
  expect(korean.error).toContain('C0123456789 같은 채널 ID를 적어 주세요. 지금은 "zz"');
  expect(korean.error).not.toContain('U0');
});

test.each(['en', 'ko'])('the secrets that it names are those of the way that it names: %s', async (lang) => {
  const file = join(folder, 'til.config.ts');
  const { out } = await til('--config', file, '--channel', 'C0123456789', '--lang', lang);
  expect(out).toMatch(/SLACK_BOT_TOKEN.*--socket.*--url/s);
  expect(out).toMatch(/SLACK_APP_TOKEN/);
  expect(out).toMatch(/SLACK_SIGNING_SECRET/);
});

test('the sample that came with the project is put aside', async () => {
  const file = join(folder, 'til.config.ts');
  const sample = readFileSync('til.config.ts', 'utf8').replace("'./src/", `'${process.cwd()}/src/`);
  writeFileSync(file, sample);
  const { code, out } = await til('--config', file, '--channel', 'C0999999999');
  expect([code, out]).toEqual([0, expect.stringContaining('til.config.ts.sample')]);
  expect(readFileSync(file, 'utf8')).toContain('"channel": "C0999999999"');
  expect(readFileSync(`${file}.sample`, 'utf8')).toBe(sample);
});

test('answers that are wrong are refused before anything is written', async () => {
  const file = join(folder, 'til.config.ts');
  expect(await til('--config', file)).toMatchObject({ code: 2, error: expect.stringContaining('--channel') });
  const wrong = await til('--config', file, '--channel', 'til-channel', '--time-zone', 'Seoul');
  expect(wrong).toMatchObject({ code: 2 });
  expect(wrong.error).toMatch(/challenges\.0\.channel: expected an id/);
  expect(wrong.error).toMatch(/challenges\.0\.timeZone: ".*" is no time zone; such as Asia\/Seoul/);
  expect(() => statSync(file)).toThrow();
});

/** The challenge that the answers become, as the file has it. */
const written = async (...args: string[]): Promise<unknown> => {
  const file = join(folder, 'til.json');
  expect(await til('--config', file, '--channel', 'C0123456789', ...args)).toMatchObject({ code: 0 });
  await loadConfig(file);
  return JSON.parse(readFileSync(file, 'utf8')).challenges[0];
};

test.each([
  ['-', []],
  ['none', []],
  ['없음', []],
  [' chuseok ', ['chuseok']],
  ['설날,추석, 2024-W52', ['seollal', 'chuseok', '2024-W52']],
  ['Seollal, seollal', ['seollal']],
])('weeks of rest, answered by %j, are %j in the configuration', async (answer, rest) => {
  expect(await written('--rest', answer)).toMatchObject({ schedule: { rest } });
});

test('who was not asked for weeks of rest has the default', async () => {
  expect(await written('--locale', 'ko')).not.toHaveProperty('schedule');
});

test.each(['christmas', '2021-W53', 'none, chuseok'])('%j is no answer for weeks of rest', async (answer) => {
  const file = join(folder, 'til.json');
  expect(await til('--config', file, '--channel', 'C0123456789', '--rest', answer)).toMatchObject({
    code: 2,
    error: expect.stringMatching(
      /challenges\.0\.schedule\.rest\.0: expected seollal, chuseok or a week such as 2024-W38/,
    ),
  });
  expect(() => statSync(file)).toThrow();
});
