import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { commands } from '../../src/cli/commands.ts';
import { run } from '../../src/cli/main.ts';
import { createProgress, printable, type Shell, table } from '../../src/cli/shell.ts';
import { loadConfig } from '../../src/setup/config.ts';
import { runTil } from '../support/child.ts';
import { commandsOf } from '../support/program.ts';
import { temporaryFolder } from '../support/serving.ts';

const { folder, remove } = temporaryFolder();
afterAll(remove);

const ENVIRONMENT = {
  TIL_LOG: `file:${folder}/log`,
  TIL_STATE: `file:${folder}/state`,
  TIL_QUEUE: `file:${folder}/queue`,
};

/** Runs the command line in this process, on an empty folder. */
const til = async (args: readonly string[], environment: Record<string, string | undefined> = ENVIRONMENT) => {
  const ran = { code: 0, out: '', error: '' };
  const shell: Shell = {
    environment,
    out: (text) => void (ran.out += text),
    error: (text) => void (ran.error += text),
    isTerminal: false,
    untilSignal: async () => {},
  };
  ran.code = await run(args, shell);
  return ran;
};

const NAMES = commandsOf().map((command) => command.name());

describe('help', () => {
  test('of everything names every command', async () => {
    const { code, out, error } = await til(['--help']);
    expect([code, error]).toEqual([0, '']);
    for (const name of NAMES) expect(out).toMatch(new RegExp(`^  ${name} `, 'm'));
    expect(commands).toHaveLength(NAMES.length);
    expect(out).toMatch(/Example:\n {2}til /);
  });

  test.each(NAMES)('of %s says what it does, its options, and an example', async (name) => {
    const { code, out, error } = await til([name, '--help']);
    expect([code, error]).toEqual([0, '']);
    expect(out).toMatch(new RegExp(`^Usage: til ${name} `));
    expect(out).toContain('--config <file>');
    expect(out).toContain('--json');
    expect(out).toMatch(/Example:\n {2}.*til /);
  });
});

describe('wrong usage exits with 2 and says what was expected', () => {
  test.each([
    [[], 'Usage: til'],
    [['tomorrow'], "unknown command 'tomorrow'"],
    [['verfiy'], 'Did you mean verify?'],
    [['verify', '--tomorrow'], "unknown option '--tomorrow'"],
    [['verify', 'more'], 'too many arguments'],
    [['rebuild', '--week'], 'argument missing'],
    [['rebuild', '--week', '2024-32'], '--week: expected an ISO week such as 2024-W32, got 2024-32'],
    [['rebuild', '--week', '2021-W53'], '--week: expected an ISO week'],
    [['replay', '--month', '2024-13'], '--month: expected a month such as 2024-08, got 2024-13'],
    [['replay', '--until', 'yesterday'], '--until: expected a time such as 2024-08-11, 2024-08-11T23:59'],
    [['replay', '--until', '\x1b]0;x\x07'], 'got \\u{1b}]0;x\\u{7}'],
    [['verify', '--channel', 'C0NOBODY01'], '--channel: expected one of C0TILCHAN1, got C0NOBODY01'],
    [['verify', '--config', 'none.json'], 'there is no configuration at '],
    [['--config', 'none.json', 'verify'], 'there is no configuration at '],
  ])('til %j', async (args, expected) => {
    const { code, out, error } = await til(args);
    expect(error).toContain(expected);
    expect([code, out]).toEqual([2, '']);
  });

  test('of the version tells that of the package', async () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
    expect(await til(['--version'])).toEqual({ code: 0, out: `${version}\n`, error: '' });
  });

  test.each([
    [{ TIL_LOG: 'ftp://x' }, 'expected file:PATH or s3://BUCKET/PREFIX, got ftp://x'],
    [{ TIL_STATE: 'file:' }, 'expected file:PATH, got file:'],
    [{ TIL_LOG: 'file:package.json' }, 'file:package.json: expected a folder, got a file'],
    [{ TIL_STATE: 's3://bucket', AWS_CONFIG_FILE: '/nowhere' }, 'AWS_REGION: expected the region of s3://bucket'],
  ])('with %j in the environment', async (environment, expected) => {
    const { code, error } = await til(['verify'], { ...ENVIRONMENT, ...environment });
    expect(error).toContain(expected);
    expect(code).toBe(2);
  });

  test.each([
    [{ PORT: 'x' }, 'PORT: expected a number from 0 to 65535, got x'],
    [{ PORT: '65536' }, 'PORT: expected'],
    [{ TIL_QUEUE: 'x' }, 'expected file:PATH or the URL of an SQS queue, got x'],
    [{ TIL_QUEUE: 'http://x' }, 'expected file:PATH or the URL of an SQS queue, got http://x'],
    [{ TIL_QUEUE: 'https://:/1/til' }, 'expected file:PATH or the URL of an SQS queue, got https://:/1/til'],
  ])('serve with %j in the environment', async (environment, expected) => {
    const { code, error } = await til(['serve'], { ...ENVIRONMENT, ...environment });
    expect(error).toContain(expected);
    expect(code).toBe(2);
  });
});

describe('a configuration that is not right names the file and the field', () => {
  const withConfig = async (name: string, text: string) => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return til(['verify', '--config', path]);
  };
  const channel = 'C0TILCHAN1';

  test.each([
    ['{', 'expected JSON'],
    ['null', 'expected'],
    ['{}', 'challenges: expected'],
    ['{"challenges":[]}', 'challenges: expected at least one challenge, got []'],
    ['{"challenges":[{}]}', 'challenges.0.channel: expected'],
    [JSON.stringify({ challenges: [{ channel: 'til' }] }), 'challenges.0.channel: expected an id such as'],
    [JSON.stringify({ challenges: [{ channel }, { channel }] }), 'challenges: expected each channel once'],
    [
      JSON.stringify({ challenges: [{ channel, timeZone: 'Seoul' }] }),
      'challenges.0.timeZone: "Seoul" is no time zone; such as Asia/Seoul',
    ],
    [JSON.stringify({ challenges: [{ channel, rules: { late: 'no' } }] }), 'challenges.0.rules.late: expected'],
    [
      JSON.stringify({ challenges: [{ channel, blogs: ['https://velog.io/'] }] }),
      'challenges.0.blogs.0: expected a host such as velog.io or *.github.io, without https:// and without a path, got "https://velog.io/"',
    ],
    [
      JSON.stringify({ challenges: [{ channel, schedule: { weekOpen: '02:30' } }] }),
      'challenges.0.schedule.weekOpen: expected 04:00 or later',
    ],
    [JSON.stringify({ challenges: [{ channel, blog: [] }] }), 'challenges.0.blog: expected no such field'],
    [
      JSON.stringify({ challenges: [{ channel, notify: { maxAgeHours: '24' } }] }),
      'challenges.0.notify.maxAgeHours: expected number',
    ],
  ])('%s', async (text, expected) => {
    const { code, error } = await withConfig('bad.json', text);
    expect(error).toContain(join(folder, 'bad.json'));
    expect(error).toContain(expected);
    expect(code).toBe(2);
  });

  test('all faults are named at once, each with its value, unless that may be a token', async () => {
    const { error } = await withConfig(
      'bad.json',
      JSON.stringify({ challenges: [{ channel: 'xoxb-1234', name: '', locale: 'fr', admins: ['x'.repeat(500)] }] }),
    );
    expect(error.match(/^ {2}challenges\.0\./gm)).toHaveLength(4);
    expect(error).toMatch(/locale: expected .*, got "fr"$/m);
    expect(error).not.toContain('xoxb-1234');
    expect(error).toMatch(/admins\.0: .*, got "x{40,100}…$/m);
  });

  test('a byte order mark before it is no fault, nor an hour of one digit', async () => {
    const text = JSON.stringify({ challenges: [{ channel, schedule: { weekOpen: '9:30' } }] });
    writeFileSync(join(folder, 'marked.json'), `\ufeff${text}`);
    writeFileSync(join(folder, 'marked.ts'), `\ufeffexport default ${text};`);
    for (const name of ['marked.json', 'marked.ts']) {
      const { challenges } = await loadConfig(join(folder, name));
      expect(challenges[0]?.schedule.weekOpen).toBe('09:30');
    }
  });

  test('a TypeScript file that cannot be read, or has no default', async () => {
    expect((await withConfig('broken.ts', 'export default {')).error).toContain('broken.ts: cannot be read');
    expect((await withConfig('empty.ts', 'export const x = 1;')).error).toContain('empty.ts is not right');
  });
});

test('serve listens, says where, and ends at a signal', async () => {
  const { code, out, error } = await til(['serve'], { ...ENVIRONMENT, PORT: '0' });
  expect(out).toMatch(/^Listening on http:\/\/localhost:\d+\n$/);
  expect(error).toContain('SLACK_SIGNING_SECRET is not set: every event is refused with 503.');
  expect(code).toBe(0);
  const json = await til(['serve', '--json'], { ...ENVIRONMENT, PORT: '0', SLACK_SIGNING_SECRET: 'one, two' });
  expect(JSON.parse(json.out)).toEqual({ listening: true, port: expect.any(Number) });
  const reports = json.error.split('\n').filter((line) => line.startsWith('{'));
  expect(reports.map((line) => JSON.parse(line).happening)).toContain('ready');
  expect(json.error).not.toContain('two');
});

test('serve hears a signal that comes the moment it has said where it is', async () => {
  let signal: (() => void) | undefined;
  let isHeard = false;
  const ended = run(['serve', '--json'], {
    environment: { ...ENVIRONMENT, PORT: '0' },
    out: () => {
      isHeard = signal !== undefined;
      setImmediate(() => signal?.());
    },
    error: () => {},
    isTerminal: false,
    untilSignal: () => new Promise((resolve) => (signal = () => resolve(undefined))),
  });
  expect(await ended).toBe(0);
  expect(isHeard).toBe(true);
});

test('an error that is none of ours is told by its kind alone, and exits with 1', async () => {
  const { code, error } = await til(['verify'], {
    ...ENVIRONMENT,
    TIL_LOG: 's3://bucket/x',
    AWS_REGION: 'us-east-1',
    AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:1',
    AWS_ACCESS_KEY_ID: 'my-secret-id',
    AWS_SECRET_ACCESS_KEY: 'my-secret-key',
  });
  expect(error).toMatch(/^til: \w+/m);
  expect(error).not.toContain('my-secret');
  expect(code).toBe(1);
});

test('the program itself gives its exit codes to the shell', async () => {
  expect((await runTil(['--help'], ENVIRONMENT)).code).toBe(0);
  expect((await runTil(['verify'], ENVIRONMENT)).code).toBe(0);
  mkdirSync(join(folder, 'other/snapshots'), { recursive: true });
  writeFileSync(join(folder, 'other/snapshots/challenges.json'), '{}');
  expect((await runTil(['verify'], { ...ENVIRONMENT, TIL_STATE: `file:${folder}/other` })).code).toBe(1);
  expect((await runTil(['verify'], { ...ENVIRONMENT, TIL_STATE: `file:${folder}/empty` })).code).toBe(2);
  expect((await runTil(['verify', '--tomorrow'], ENVIRONMENT)).code).toBe(2);
});

describe('output', () => {
  test('text from outside cannot steer a terminal, and everything readable stays', () => {
    expect(printable('한글 é 🔥 a-z\t\n\x1b\x7f\x9b\u200b\u202e\ufeff\u2028')).toBe(
      '한글 é 🔥 a-z\\u{9}\\u{a}\\u{1b}\\u{7f}\\u{9b}\\u{200b}\\u{202e}\\u{feff}\\u{2028}',
    );
  });

  test('tables are aligned, Hangul included', () => {
    expect(
      table([
        ['name', 'n'],
        ['김민서', 3],
        ['Jiho', 12],
      ]),
    ).toBe('name    n\n김민서  3\nJiho    12\n');
  });

  test('progress is a bar on a terminal, some lines elsewhere, nothing when it is not wanted', () => {
    const written = (isTerminal: boolean, quiet = false): string => {
      let text = '';
      const shell: Shell = {
        environment: {},
        out: () => {},
        error: (more) => void (text += more),
        isTerminal,
        untilSignal: async () => {},
      };
      const progress = createProgress(shell, 'weeks', quiet);
      for (let done = 1; done <= 100; done++) progress.step(done, 100);
      progress.end();
      return text;
    };
    expect(written(true)).toContain('\rweeks ██████████████████████████████ 100/100');
    expect(written(true).endsWith('\r\x1b[K')).toBe(true);
    expect(written(false).split('\n')).toHaveLength(11);
    expect(written(false)).not.toContain('\r');
    expect(written(true, true)).toBe('');
  });
});
