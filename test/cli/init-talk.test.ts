import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { interview, talkThrough, textIn } from '../../src/cli/init-talk.ts';
import { type Answers, challengeFrom, taken } from '../../src/cli/setup-answers.ts';
import type { Person } from '../../src/cli/terminal.ts';
import { createSampleWorkspace, SAMPLE } from '../../src/sandbox/sample.ts';
import { startSandbox } from '../../src/sandbox/server.ts';
import { parseConfig } from '../../src/setup/config.ts';
import { startSocketServer } from '../support/socket-server.ts';

const used: (() => unknown)[] = [];
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'til-init-'));
});
afterEach(async () => {
  rmSync(folder, { recursive: true });
  for (const end of used.splice(0)) await end();
});

/** Somebody who gives these answers one after the other, then none, as by Ctrl+C. */
const somebody = (...answers: string[]) => {
  const heard: string[] = [];
  const answer = (question: string, otherwise = ''): string => {
    heard.push(`${question} [${otherwise}]`);
    const next = answers.shift();
    if (next === undefined) throw new Error('stopped');
    return next || otherwise;
  };
  const person: Person = {
    ask: async (question, otherwise) => answer(question, otherwise),
    askHidden: async (question) => answer(question),
    say: (line) => void heard.push(line),
  };
  return { person, heard, left: answers };
};

const ALL = ['en', 'C0123456789', 'Letters', 'Europe/Berlin', '-', 'U0ADMIN001'];

describe('about the challenge', () => {
  test('it asks only for what was not given', async () => {
    const { person, heard } = somebody('', 'C0123456789');
    const given = { name: 'TIL', timeZone: 'Asia/Seoul', rest: 'none', admins: '' };
    expect(await interview(person, given, () => {})).toEqual({ locale: 'ko', channel: 'C0123456789', ...given });
    expect(heard).toHaveLength(2);
  });

  test.each([
    ['ko', 'seollal, chuseok', ['seollal', 'chuseok']],
    ['en', '-', []],
  ])('it suggests the weeks of rest that the language %s has: %s', async (locale, suggestion, rest) => {
    const { person, heard } = somebody(locale, 'C0123456789', '', '', '', '');
    const answers = await interview(person, {}, () => {});
    expect(heard.find((line) => line.startsWith(textIn(locale).questions.rest))).toContain(`[${suggestion}]`);
    expect(challengeFrom(answers)).toMatchObject({ locale, name: 'TIL', schedule: { rest } });
  });

  test.each(['ko', 'en'])('an answer that is none is asked again, with one sentence, in %s', async (locale) => {
    const { person, heard, left } = somebody(
      ...['fr', locale],
      ...['', 'til-channel', 'U0123456789', 'https://team.slack.com/archives/C0123456789'],
      ...['x'.repeat(81), 'TIL'],
      ...['Seoul', 'Asia/Seoul'],
      ...['christmas', '설날, 2024-W52'],
      ...['minseo', 'C0123456789', 'U0ADMIN001, W0ADMIN002'],
    );
    const answers = await interview(person, {}, () => {});
    expect(left).toEqual([]);
    const { locale: noLanguage, ...wrong } = textIn(locale).wrong;
    const told = heard.filter((line) => Object.values(wrong).includes(line));
    expect(told).toEqual([
      ...[wrong.channel, wrong.channel, wrong.channel],
      ...[wrong.name, wrong.timeZone, wrong.rest, wrong.admins, wrong.admins],
    ]);
    expect(heard).toContain(noLanguage);
    expect(challengeFrom(answers)).toMatchObject({
      channel: 'C0123456789',
      schedule: { rest: ['seollal', '2024-W52'] },
      admins: ['U0ADMIN001', 'W0ADMIN002'],
    });
  });

  test('what is given as an option, and is none, is asked for', async () => {
    const { person, heard } = somebody('Europe/Berlin');
    const given = { locale: 'en', channel: 'C0123456789', name: 'TIL', timeZone: 'Berlin', rest: '-', admins: '' };
    expect(await interview(person, given, () => {})).toMatchObject({ timeZone: 'Europe/Berlin' });
    expect(heard[0]).toBe(textIn('en').wrong.timeZone);
  });

  test('whatever is taken makes a configuration that is read', () => {
    const field = fc.constantFrom('locale', 'channel', 'name', 'timeZone', 'rest', 'admins');
    const near = fc.constantFrom('C0123456789', 'U0123456789', 'ko', 'Asia/Seoul', 'seollal,', '-', '2024-W53', ' ');
    fc.assert(
      fc.property(field, fc.oneof(near, fc.string()), (name, answer) => {
        const text = taken(name, answer);
        if (text === undefined) return;
        const challenge = challengeFrom({ channel: 'C0123456789', [name]: text });
        expect(() => parseConfig({ challenges: [challenge] }, 'here')).not.toThrow();
      }),
    );
  });
});

describe('all of it', () => {
  const slack = async () => {
    const sandbox = await startSandbox({ workspace: createSampleWorkspace(() => Date.now()), signingSecret: 'x' });
    used.push(() => sandbox.close());
    return sandbox.apiUrl;
  };
  const talk = async (
    answers: string[],
    {
      given = {},
      isThere = false,
      environment = {},
    }: { given?: Answers; isThere?: boolean; environment?: object } = {},
  ) => {
    const { person, heard, left } = somebody(...answers);
    const told = { out: '' };
    const saved: Answers[] = [];
    const shell = {
      environment: { ...environment },
      out: (text: string) => void (told.out += text),
      error: () => {},
      isTerminal: false,
      untilSignal: async () => {},
    };
    const places = {
      config: join(folder, 'til.config.ts'),
      environment: join(folder, '.env'),
      save: (all: Answers) => {
        saved.push(all);
        return undefined;
      },
    };
    const error = await talkThrough(shell, { person, given, places, isThere, onText: () => {} }).then(
      () => undefined,
      (reason: Error) => reason.message,
    );
    return { heard: heard.join('\n'), left, out: told.out, saved, error };
  };
  const env = () => readFileSync(join(folder, '.env'), 'utf8');

  test('with a socket: both tokens are tried, asked again when Slack does not take them, and stored for their owner alone', async () => {
    const apiUrl = await slack();
    const socket = await startSocketServer();
    used.push(socket.close);
    const api = { SLACK_API_URL: apiUrl };
    const first = await talk([...ALL, 'telephone', 'socket', 'xapp-wrong-kind', 'xoxb-of-nobody', SAMPLE.bot.token], {
      environment: api,
    });
    const en = textIn('en');
    expect(first.error).toBe('stopped');
    expect(first.saved).toEqual([
      {
        locale: 'en',
        channel: 'C0123456789',
        name: 'Letters',
        timeZone: 'Europe/Berlin',
        rest: '-',
        admins: 'U0ADMIN001',
      },
    ]);
    expect(first.heard).toContain(en.wrong.way);
    expect(first.heard).toContain(en.secrets.SLACK_BOT_TOKEN.wrong);
    expect(first.heard).toContain(en.refused('invalid_auth'));
    expect(first.heard).toContain(`Slack knows it: the bot ${SAMPLE.bot.id}`);
    expect(first.heard).toContain(en.noChannel('C0123456789'));
    expect(env()).toContain(`SLACK_BOT_TOKEN=${SAMPLE.bot.token}\n`);
    expect(statSync(join(folder, '.env')).mode & 0o777).toBe(0o600);

    // It goes on there: the configuration stays, and so does the token that is stored.
    socket.served.error = 'invalid_auth';
    const second = await talk(['socket', 'xoxb-again', 'xapp-of-nobody'], {
      given: { locale: 'en' },
      isThere: true,
      environment: { SLACK_API_URL: socket.apiUrl },
    });
    expect([second.error, second.saved]).toEqual(['stopped', []]);
    expect(second.heard).toContain(en.isSet('SLACK_BOT_TOKEN'));
    expect(second.heard).toContain(en.secrets.SLACK_APP_TOKEN.wrong);
    expect(second.heard).toContain(en.refused('invalid_auth'));
    socket.served.error = undefined;
    const third = await talk(['socket', 'xapp-right'], {
      given: { locale: 'en' },
      isThere: true,
      environment: { SLACK_API_URL: socket.apiUrl, npm_lifecycle_event: 'til' },
    });
    expect(third.error).toBeUndefined();
    expect(third.out).toMatch(/npm run --silent til -- doctor\n$/);
    expect(env()).toMatch(/^SLACK_APP_TOKEN=xapp-right$/m);
    for (const { heard, out } of [first, second, third]) expect(heard + out).not.toMatch(/xapp-right|xoxb-sandbox/);
    const fourth = await talk([], { given: { locale: 'en' }, isThere: true });
    expect([fourth.error, fourth.out]).toEqual([undefined, expect.stringContaining('til doctor')]);
  });

  test('it says whether the bot is in the channel', async () => {
    const workspace = createSampleWorkspace(() => Date.now());
    const sandbox = await startSandbox({ workspace, signingSecret: 'x' });
    used.push(() => sandbox.close());
    const hear = async (): Promise<string> => {
      rmSync(join(folder, '.env'), { force: true });
      const given = { locale: 'en', channel: SAMPLE.channel };
      const environment = { SLACK_API_URL: sandbox.apiUrl };
      return (await talk(['url', SAMPLE.bot.token, ''], { given, isThere: true, environment })).heard;
    };
    expect(await hear()).toMatch(/The bot is in #\S+\./);
    workspace.leave({ user: SAMPLE.bot.id, channel: SAMPLE.channel });
    expect(await hear()).toMatch(/not in #\S+ yet: invite it/);
  });

  test('with an address: the signing secret is asked for, and no socket token', async () => {
    const { heard, error, out } = await talk(
      [...ALL.with(0, 'ko'), 'url', SAMPLE.bot.token, 'xoxb-no-secret', 'a b', '0123456789abcdef0123456789abcdef'],
      { environment: { SLACK_API_URL: await slack(), npm_lifecycle_event: 'npx' } },
    );
    expect(error).toBeUndefined();
    expect(heard).not.toContain('xapp');
    expect(heard.split(textIn('ko').secrets.SLACK_SIGNING_SECRET.wrong)).toHaveLength(3);
    expect(env()).toMatch(/^SLACK_SIGNING_SECRET=0123456789abcdef0123456789abcdef$/m);
    expect(out).toMatch(/npx til doctor\n$/);
  });

  test('an interruption keeps the answers, and no secret among them', async () => {
    const stopped = await talk(ALL.slice(0, 3));
    expect([stopped.error, stopped.saved]).toEqual(['stopped', []]);
    const draft = join(folder, '.til-init.json');
    expect(statSync(draft).mode & 0o777).toBe(0o600);
    const { heard, saved } = await talk([...ALL.slice(3), 'url', '', '']);
    expect(heard).toContain(textIn('en').goesOn);
    expect(heard).not.toContain(textIn('en').questions.channel);
    expect(saved).toEqual([expect.objectContaining({ locale: 'en', name: 'Letters', timeZone: 'Europe/Berlin' })]);
    expect(existsSync(draft)).toBe(false);
  });

  test('half of a draft, and one with an answer that is none, do not stop it', async () => {
    for (const text of ['{"locale":"en","chan', '{"locale":"en","channel":"til"}', '[]', '"x"']) {
      writeFileSync(join(folder, '.til-init.json'), text);
      const { saved } = await talk([
        ...(text.includes('"en",') && text.endsWith('}') ? ALL.slice(1) : ALL),
        'url',
        '',
        '',
      ]);
      expect(saved, text).toHaveLength(1);
    }
  });

  test('secrets can come later: it says which, and how to get them', async () => {
    const { out, error } = await talk([...ALL, '', '', '']);
    expect(error).toBeUndefined();
    expect(out).toContain('SLACK_BOT_TOKEN, SLACK_APP_TOKEN');
    expect(out).toMatch(/til manifest --socket\n$/);
    expect(env()).toContain('# SLACK_APP_TOKEN=');
    const other = await talk(['url', '', ''], { given: { locale: 'en' }, isThere: true });
    expect(other.out).toMatch(/til manifest --url https:\/\/…\n$/);
  });

  test('where Slack cannot be reached, a token is kept unchecked, at once, and that is said', async () => {
    const { heard, error } = await talk([...ALL, 'socket', 'xoxb-1', 'xapp-1'], {
      environment: { SLACK_API_URL: 'http://127.0.0.1:9/api/' },
    });
    expect(error).toBeUndefined();
    expect(heard.split(textIn('en').unchecked)).toHaveLength(3);
    expect(env()).toMatch(/^SLACK_BOT_TOKEN=xoxb-1$/m);
  });

  test('a line of .env that somebody wrote stays', async () => {
    writeFileSync(join(folder, '.env'), '# mine\nSLACK_BOT_TOKEN=mine\nPORT=8080\n');
    await talk([...ALL, 'socket', 'xapp-1'], { environment: { SLACK_API_URL: 'http://127.0.0.1:9/api/' } });
    expect(env()).toBe('# mine\nSLACK_BOT_TOKEN=mine\nPORT=8080\nSLACK_APP_TOKEN=xapp-1\n');
  });
});

test('no language lacks a word, and none says what is not said', () => {
  const said = (value: unknown): string[] => {
    if (typeof value === 'string') return [value];
    if (typeof value === 'function') return [String((value as (...all: string[]) => string)('a', 'b'))];
    return Object.values(value as object).flatMap(said);
  };
  for (const locale of ['ko', 'en']) {
    const all = said(textIn(locale));
    expect(all.length).toBeGreaterThan(28);
    expect(all.join('\n')).not.toMatch(/실패|끊겼|failed|broken|undefined/i);
  }
});
