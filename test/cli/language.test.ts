import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { interview } from '../../src/cli/init-talk.ts';
import { languageOf } from '../../src/cli/language.ts';
import { run } from '../../src/cli/main.ts';
import type { Person } from '../../src/cli/terminal.ts';
import { en } from '../../src/cli/text/en.ts';
import { ko } from '../../src/cli/text/ko.ts';
import type { EventOf } from '../../src/events/catalog.ts';
import { tsAt } from '../../src/events/timestamp.ts';
import { calendarOf } from '../../src/events/week.ts';
import { weekOpenId } from '../../src/handlers/open-week.ts';
import { ADMIN, createSampleWorkspace, SAMPLE } from '../../src/sandbox/sample.ts';
import { startSandbox } from '../../src/sandbox/server.ts';
import type { Environment } from '../../src/setup/environment.ts';
import { openLog } from '../../src/store/log.ts';
import { runTil } from '../support/child.ts';
import { englishIn } from '../support/english-left.ts';
import { temporaryFolder } from '../support/serving.ts';
import { startSocketServer } from '../support/socket-server.ts';
import { emptyTil, type Ran, seasonTil, type Til } from './til.ts';

const KOREAN = { LANG: 'ko_KR.UTF-8' };
const HANGUL = /\p{Script=Hangul}/u;
const AWAY = { SLACK_API_URL: 'http://127.0.0.1:9/api/' };

const used: { remove(): unknown }[] = [];
afterEach(async () => {
  for (const each of used.splice(0).reverse()) await each.remove();
});
const keep = <T extends { remove(): unknown }>(each: T): T => {
  used.push(each);
  return each;
};

/** The same in both languages; the exit codes are the same, and no English is left in the Korean. */
const both = async (til: Til, ...args: string[]): Promise<{ english: Ran; korean: Ran; said: [string, string] }> => {
  const english = await til.run(...args);
  const korean = await til.with(KOREAN).run(...args);
  expect(korean.code).toBe(english.code);
  expect(englishIn(korean.out + korean.error)).toEqual([]);
  return { english, korean, said: [english.out + english.error, korean.out + korean.error] };
};

describe('the language', () => {
  test.each<[Environment, 'en' | 'ko' | undefined]>([
    [{}, undefined],
    [{ LANG: '' }, undefined],
    [{ LANG: 'C' }, undefined],
    [{ LANG: 'POSIX' }, undefined],
    [{ LANG: 'C.UTF-8' }, undefined],
    [{ LANG: 'c.utf8' }, undefined],
    [{ LANG: 'ko_KR.UTF-8' }, 'ko'],
    [{ LANG: 'ko' }, 'ko'],
    [{ LANG: 'ko-KR' }, 'ko'],
    [{ LANG: 'ko_KR.eucKR@x' }, 'ko'],
    [{ LANG: 'kok_IN' }, 'en'],
    [{ LANG: 'en_US.UTF-8' }, 'en'],
    [{ LANG: 'de_DE.UTF-8' }, 'en'],
    [{ LANG: 'en_US.UTF-8', LC_MESSAGES: 'ko_KR.UTF-8' }, 'ko'],
    [{ LANG: 'ko_KR.UTF-8', LC_MESSAGES: '', LC_ALL: 'C' }, undefined],
    [{ LANG: 'ko_KR.UTF-8', LC_MESSAGES: 'en_GB' }, 'en'],
    [{ LC_ALL: 'ko_KR.UTF-8', LC_MESSAGES: 'en_GB', LANG: 'C' }, 'ko'],
  ])('that %j names is %s', (environment, language) => {
    expect(languageOf(environment)).toBe(language);
  });

  test('of any locale is found without a fault', () => {
    fc.assert(fc.property(fc.string(), (LANG) => [undefined, 'en', 'ko'].includes(languageOf({ LANG }))));
  });

  const spoken = async (til: Til, environment: Environment, ...args: string[]): Promise<'en' | 'ko'> => {
    const { error } = await til.with(environment).run('replay', '--week', 'x', ...args);
    expect([`til: ${en.errors.week('--week', 'x')}\n`, `til: ${ko.errors.week('--week', 'x')}\n`]).toContain(error);
    return HANGUL.test(error) ? 'ko' : 'en';
  };

  test('is English where neither the environment nor the configuration names one', async () => {
    const til = keep(emptyTil());
    for (const LANG of [undefined, 'C', 'C.UTF-8', 'POSIX']) expect(await spoken(til, { LANG })).toBe('en');
    expect(await spoken(til, KOREAN)).toBe('ko');
  });

  test('that the configuration names counts where the environment names none', async () => {
    const til = keep(emptyTil({ locale: 'ko' }));
    expect(await spoken(til, {})).toBe('ko');
    expect(await spoken(til, { LANG: 'C.UTF-8' })).toBe('ko');
    expect(await spoken(til, { LANG: 'en_US.UTF-8' })).toBe('en');
    expect(await spoken(keep(emptyTil({ locale: 'en' })), KOREAN)).toBe('ko');
  });

  test("that the configuration names is the admins', not that of a script around the server", async () => {
    const til = keep(emptyTil({ locale: 'ko' }));
    const rebuild = async (environment: Environment): Promise<string> =>
      (await til.with(environment).run('rebuild', '--week', 'x')).error;
    expect(await rebuild({})).toBe(`til: ${en.errors.week('--week', 'x')}\n`);
    expect(await rebuild(KOREAN)).toBe(`til: ${ko.errors.week('--week', 'x')}\n`);
    expect((await til.run('--help')).out).toContain(ko.help.program);
    expect((await til.run('help', 'doctor')).out).toContain('사용법: til doctor');
    const file = join(til.folder, 'til.json');
    expect((await til.run('--config', file, 'doctor', '--help')).out).toContain('사용법: til doctor');
    expect((await til.run('--config', file, 'verify', '--help')).out).toContain('Usage: til verify');
  });

  test('of --lang beats both, wherever it stands, and however it is written', async () => {
    const til = keep(emptyTil({ locale: 'ko' }));
    expect(await spoken(til, KOREAN, '--lang', 'en')).toBe('en');
    expect(await spoken(til, { LANG: 'en_US.UTF-8' }, '--lang=ko')).toBe('ko');
    const before = await til.with(KOREAN).run('--lang', 'en', 'replay', '--week', 'x');
    expect(before.error).toBe(`til: ${en.errors.week('--week', 'x')}\n`);
    expect(await til.run('replay', '--lang', 'fr')).toEqual({
      code: 2,
      out: '',
      error: `til: ${ko.errors.language('fr')}\n`,
    });
  });

  test('of several challenges is the one that all name, or that of --channel', async () => {
    const til = keep(emptyTil());
    const write = (...locales: (string | undefined)[]): void =>
      writeFileSync(
        join(til.folder, 'til.json'),
        JSON.stringify({ challenges: locales.map((locale, at) => ({ channel: `C0TILCHAN${at}`, locale })) }),
      );
    write('ko', undefined);
    expect(await spoken(til, {})).toBe('ko');
    write('ko', 'en');
    expect(await spoken(til, {})).toBe('en');
    expect(await spoken(til, {}, '--channel', 'C0TILCHAN0')).toBe('ko');
    // It is known even where something else in it is wrong.
    write('ko', 'fr', 'ko');
    expect((await til.run('replay', '--channel=C0TILCHAN0')).error).toMatch(
      /^til: 설정을 고쳐 주세요: .*\n.*locale: "ko", "en" 가운데/,
    );
  });

  test('for programs is English, in the JSON in every language', async () => {
    const til = keep(emptyTil({ locale: 'ko' })).with({ ...KOREAN, ...AWAY });
    const log = openLog(til.log, SAMPLE);
    const week = calendarOf(SAMPLE.timeZone).weekAt(Date.now() / 1000);
    const event = {
      v: 1,
      channel: SAMPLE.channel,
      at: tsAt(Date.now()),
      week,
      effect: weekOpenId(week),
      attempt: 1,
    } as const;
    await log.append({ ...event, kind: 'effect.attempted' });
    await log.append({ ...event, kind: 'effect.refused', reason: 'not_in_channel', final: true });
    for (const lang of [[], ['--lang', 'ko']]) {
      const { out } = await til.run('doctor', '--json', ...lang);
      expect(JSON.parse(out).findings.length).toBeGreaterThan(8);
      expect(out).not.toMatch(HANGUL);
      expect(await til.json('open-week', '--dry-run', ...lang)).toMatchObject({
        weeks: [{ outcome: 'would post', again: 'Slack refused it before (not_in_channel)' }],
      });
    }
    expect((await til.run('replay', '--week', 'x', '--json')).error).toBe(`til: ${en.errors.week('--week', 'x')}\n`);
    expect((await til.run('open-week', '--dry-run')).out).toContain(
      '다시: 전에는 Slack이 받지 않았어요(not_in_channel)',
    );
  });

  test("is that of the process's environment", async () => {
    const korean = await runTil(['replay', '--help'], KOREAN);
    expect([korean.code, korean.out]).toEqual([0, expect.stringContaining(ko.help.replay.does.slice(0, 20))]);
    const english = await runTil(['replay', '--help'], { ...KOREAN, LC_ALL: 'en_US.UTF-8' });
    expect(english.out).toContain('tells what the log says');
  });
});

const COMMANDS = [
  ...['init', 'doctor', 'open-week', 'close-month', 'replay'],
  ...['accept', 'reject', 'excuse', 'rest-week', 'extend'],
];

describe('help', () => {
  test.each(COMMANDS)('of til %s in both', async (name) => {
    const { said } = await both(keep(emptyTil()), name, '--help');
    const command = `til ${name} [options]`;
    expect(said[0]).toMatch(new RegExp(`^Usage: ${command.replace(/[[\]]/g, '\\$&')}`));
    expect(said[1]).toMatch(new RegExp(`^사용법: ${command.replace(/[[\]]/g, '\\$&')}`));
    expect(said[1]).toMatch(/\n옵션:\n(.|\n)*\n예:\n {2}til /);
    // The same options, each with words.
    const options = (text: string) => [...text.matchAll(/^ {2}(?:-., )?(--[a-z-]+)/gm)].map(([, option]) => option);
    expect(options(said[1])).toEqual(options(said[0]));
    expect(said[1].match(/^ {2}(?:-., )?--.*$/gm)?.filter((line) => !HANGUL.test(line))).toEqual([]);
  });

  test('of everything tells what every command does', async () => {
    const { said } = await both(keep(emptyTil()), '--help');
    const [, list = ''] = said[1].split('명령:\n');
    const lines = list.split('\n\n')[0]?.split('\n') ?? [];
    expect(lines.length).toBeGreaterThan(30);
    expect(lines.filter((line) => !HANGUL.test(line))).toEqual([]);
  });
});

describe('each command says it in both', () => {
  let reply: EventOf<'message.posted'>;
  let til: Til;
  const season = async (): Promise<Til> => keep(await seasonTil()).with(AWAY);
  beforeAll(async () => {
    til = await seasonTil();
    const { replays } = await til.json<{ replays: { events: EventOf<'message.posted'>[] }[] }>(
      'replay',
      '--week',
      '2024-W33',
    );
    reply = replays[0]?.events.find(({ kind, thread }) => kind === 'message.posted' && thread) as never;
    til.remove();
  });

  test('til replay', async () => {
    const { said } = await both(await season(), 'replay', '--month', '2024-08');
    expect(said[0]).toMatch(/ replied to TIL 8월 2주차: https/);
    expect(said[1]).toMatch(/ 님이 TIL 8월 2주차에 댓글을 달았어요: https/);
    expect(said[0]).toMatch(/^member +weeks +posts +likes$/m);
    expect(said[1]).toMatch(/^멤버 +쓴 주 +글 +좋아요$/m);
    expect(said[1]).toMatch(/^U0MEMBER01 +4 .*스페셜 챌린저$/m);
  });

  test('til close-month', async () => {
    const dry = await both(await season(), 'close-month', '--month', '2024-08', '--dry-run');
    expect(dry.said[0]).toContain(
      '2024-08: as it stands; nothing was written, nothing was said. It would be frozen, and',
    );
    expect(dry.said[1]).toContain(
      '2024-08: 지금까지의 결과예요. 적지도 알리지도 않았어요. 마감하고, 발표하지는 않을 거예요: 한 달도',
    );
    const done = await both(await season(), 'close-month', '--month', '2024-08');
    expect(done.said[0]).toMatch(/frozen, and not announced: .*\nfrozen at 2/);
    expect(done.said[1]).toMatch(/마감했고, 발표하지 않았어요: .*--announce를 붙여 주세요\.\n마감한 때: 2/);
    const running = await both(await season(), 'close-month', '--month', '2024-10', '--announce');
    expect(running.said[1]).toContain('마감했어요. 발표는 아직이에요. 맞는 SLACK_BOT_TOKEN으로');
  });

  test('til open-week', async () => {
    const { said } = await both(await season(), 'open-week', '--dry-run');
    expect(said[0]).toContain(': the weekly post would be posted now.\n');
    expect(said[1]).toContain(': 지금 주차 글을 올릴 거예요.\n');
    const waits = await both(await season(), 'open-week');
    expect([waits.korean.code, waits.said[1]]).toEqual([1, expect.stringContaining('아직 올릴 수 없었어요.')]);
  });

  test('til accept and til reject', async () => {
    const accepted = await both(await season(), 'accept', reply.ts, '--note', '발표');
    expect(accepted.said[0]).toMatch(/: accepted \(발표\)\n {2}no count changes by it\nNothing was written/);
    expect(accepted.said[1]).toMatch(
      /님의 2024-08-.* 메시지, https.*: 인정해요 \(발표\)\n {2}세어 둔 수는 그대로예요\n아직 아무것도/,
    );
    const rejected = await both(await season(), 'reject', reply.ts);
    expect(rejected.said[0]).toMatch(/counts for: TIL 8월 1주차 \(2024-W32\), late -> no week\n/);
    expect(rejected.said[1]).toMatch(/님의 2024-08-.* 글: TIL 8월 1주차 \(2024-W32\), 지각 -> 세지 않음\n/);
    for (const each of [accepted, rejected])
      expect(each.said[1]).toMatch(/--yes를 붙여 주세요\.\n되돌리려면: til (accept|reject) [\d.]+ --undo --yes\n$/);
  });

  test('til excuse', async () => {
    const { said } = await both(await season(), 'excuse', 'U0MEMBER07', '2024-W33', '--yes');
    expect(said[0]).toContain('U0MEMBER07 (U0MEMBER07): excused for TIL 8월 2주차 (2024-W33)\n');
    // The English one has done it.
    expect(said[1]).toContain(
      'U0MEMBER07 님 (U0MEMBER07): TIL 8월 2주차 (2024-W33)에 글이 없어도 괜찮아요\n이미 그렇게',
    );
  });

  test('til rest-week', async () => {
    const { said } = await both(await season(), 'rest-week', '2024-W33', '--reason', '쉼');
    expect(said[0]).toMatch(/: a week of rest \(쉼\)\n {2}challengers of 2024-08: 5 -> /);
    expect(said[1]).toMatch(/: 쉬어 가는 주로 해요 \(쉼\)\n {2}2024-08 챌린저: 5명 -> \d+명 \(\+ /);
    expect(said[1]).toMatch(/님의 이어 쓴 기록: \d+주 -> \d+주/);
  });

  test('til extend', async () => {
    const week = calendarOf(SAMPLE.timeZone).weekAt(Date.now() / 1000);
    const { said } = await both(await season(), 'extend', week, '--hours', '24');
    expect(said[0]).toMatch(/: open until \d{4}-.* \(Asia\/Seoul\)\n/);
    expect(said[1]).toMatch(/: \d{4}-.* \(Asia\/Seoul\)까지 열어 둬요\n/);
    expect(said[1]).toContain('이 주에는 아직 주차 글이 없어요. 올라오면 바로 그렇게 돼요\n');
  });

  test('til doctor, alone and with Slack', async () => {
    const alone = await both(await season(), 'doctor');
    expect(alone.said[0]).toMatch(/^NOT OK {2}token: SLACK_BOT_TOKEN is not set/m);
    expect(alone.said[1]).toMatch(/^봐 주세요 {2}토큰: SLACK_BOT_TOKEN이 없어서/m);
    expect(alone.said[1]).toMatch(/^ {3}좋아요 {2}로그 \(file:/m);
    const sandbox = await startSandbox({
      workspace: createSampleWorkspace(() => Date.now() - 3_600_000),
      signingSecret: 'x',
    });
    keep({ remove: () => sandbox.close() });
    const served = keep(emptyTil({ admins: [ADMIN] })).with({
      SLACK_BOT_TOKEN: SAMPLE.bot.token,
      SLACK_API_URL: sandbox.apiUrl,
      SLACK_SIGNING_SECRET: 'x',
    });
    const { said } = await both(served, 'doctor');
    expect(said[0]).toMatch(/^ {4}ok {2}TIL \(\S+\): channel: the bot is in #/m);
    expect(said[1]).toMatch(/^ {3}좋아요 {2}TIL \(\S+\): 채널: 봇이 #\S+ 채널에 있어요$/m);
    expect(said[1]).toMatch(/^ {8}\? {2}버튼 누르기: 아직 아무도 버튼을 누르지 않았어요\./m);
  });

  test('til init', async () => {
    const place = keep(temporaryFolder());
    const init = async (name: string, environment: Environment, ...more: string[]): Promise<Ran> => {
      const ran = { code: 0, out: '', error: '' };
      mkdirSync(join(place.folder, name), { recursive: true });
      ran.code = await run(['init', '--config', join(place.folder, name, 'til.json'), ...more], {
        environment,
        out: (text) => void (ran.out += text),
        error: (text) => void (ran.error += text),
        isTerminal: false,
        untilSignal: async () => {},
      });
      return ran;
    };
    const given = ['--channel', 'C0123456789', '--locale', 'ko'];
    const english = await init('en', {}, ...given);
    const korean = await init('ko', KOREAN, ...given);
    expect([english.code, english.out]).toEqual([
      0,
      expect.stringMatching(/^written: .*\nwritten: .*\nNext: "til manifest/),
    ]);
    expect([korean.code, korean.out]).toEqual([0, expect.stringMatching(/^저장: .*\n저장: .*\n다음: "til manifest/)]);
    expect(englishIn(korean.out)).toEqual([]);
    expect(readFileSync(join(place.folder, 'ko/til.json'), 'utf8')).toBe(
      readFileSync(join(place.folder, 'en/til.json'), 'utf8'),
    );
    // From now on the configuration names the language.
    expect(await init('en', {}, ...given)).toMatchObject({
      code: 2,
      error: expect.stringContaining('설정이 이미 있어요'),
    });
    expect(await init('en', {}, '--lang', 'en')).toMatchObject({
      code: 2,
      error: expect.stringContaining('is there already'),
    });
    expect(await init('none', KOREAN)).toMatchObject({ code: 2, error: `til: ${ko.errors.nobodyToAsk}\n` });
  });

  test('til init asks in the language of --lang, whatever is chosen for the challenge', async () => {
    const heard: string[] = [];
    const person: Person = {
      ask: async (question, otherwise = '') => {
        heard.push(question);
        return question.includes('ko or en')
          ? 'ko'
          : question === en.init.questions.channel
            ? 'C0123456789'
            : otherwise;
      },
      askHidden: async () => '',
      say: (line) => void heard.push(line),
    };
    expect(
      await interview(
        person,
        {},
        () => {},
        () => {},
        'en',
      ),
    ).toMatchObject({ locale: 'ko', rest: 'seollal, chuseok' });
    expect(heard.slice(1)).toEqual(
      ['channel', 'name', 'timeZone', 'rest', 'admins'].map((name) => en.init.questions[name as 'name']),
    );
  });
});

describe('errors say what, expected and got in both', () => {
  const EACH: [args: string[], english: string, korean: string][] = [
    [
      ['replay', '--week', '2024-32'],
      'expected an ISO week',
      '--week에는 2024-W32 같은 주차를 적어 주세요. 지금은 2024-32',
    ],
    [['replay', '--month', '2024-13'], 'expected a month', '--month에는 2024-08 같은 달을 적어 주세요. 지금은 2024-13'],
    [['replay', '--until', 'now'], 'expected a time', '같은 때를 적어 주세요. 지금은 now'],
    [['replay', '--until', '\x1b]0;x\x07'], 'got \\u{1b}]0;x\\u{7}', '지금은 \\u{1b}]0;x\\u{7}'],
    [['replay'], 'there is no log at file:', '에는 로그가 없어요. 서버가 로그를 두는 곳을 TIL_LOG에'],
    [
      ['replay', '--channel', 'C0NOBODY01'],
      'expected one of',
      '이 가운데 하나를 적어 주세요: C0TILCHAN1. 지금은 C0NOBODY01',
    ],
    [
      ['open-week', '--wait', 'x'],
      'expected a number of seconds',
      '--wait에는 0에서 9999까지의 초를 적어 주세요. 지금은 x',
    ],
    [['close-month'], "required option '--month <month>' not specified", '이 옵션이 꼭 있어야 해요: --month <month>'],
    [['close-month', '--month'], 'argument missing', '옵션 뒤에 값을 적어 주세요: --month <month>'],
    [['accept'], "missing required argument 'message'", '이것이 빠졌어요: <message>'],
    [['accept', 'hello'], "expected a message's link", '적어 주세요. 지금은 hello'],
    [['accept', '1722865849.468459', '--undo', '--week', '2024-W33'], 'not both', '--undo, --week 가운데 하나만'],
    [
      ['accept', '1722865849.468459', '--note', 'x'.repeat(81)],
      'got 81',
      '--note에는 1자에서 80자까지 적을 수 있어요. 지금은 81자예요',
    ],
    [
      ['accept', '1722865849.468459'],
      'the log knows no such message',
      '하지 않았고, 아무것도 적지 않았어요. 로그에 없는 메시지예요.',
    ],
    [['excuse', 'U0MINSEO01', 'x'], 'expected an ISO week', '<week>에는 2024-W32 같은 주차를'],
    [
      ['excuse', '서연', '2024-W33'],
      'nobody whom the log knows',
      '서연: 로그에 없는 이름이에요. 이 가운데 한 분의 ID를 적어 주세요:\nID  이름',
    ],
    [['extend', '2024-W33'], '--hours: expected how many', '--hours에 몇 시간인지 적거나, --undo를'],
    [['extend', '2024-W33', '--hours', '0'], 'from 1 to 168, got 0', '1에서 168까지의 수를 적어 주세요. 지금은 0'],
    [['extend', '2024-W33', '--hours', '1'], 'is over already', '이미 지났어요. --hours를 더 길게'],
    [['acept'], 'Did you mean accept?', '없는 명령이에요: acept\n(혹시 accept인가요?)'],
    [['accept', '--nope'], "unknown option '--nope'", '없는 옵션이에요: --nope'],
    [['doctor', 'x', 'y'], 'Expected 0 arguments but got 2', '적은 것이 너무 많아요: 0개까지인데 2개예요'],
  ];

  test.each(EACH)('til %j', async (args, inEnglish, inKorean) => {
    const { english, korean } = await both(keep(emptyTil()), ...args);
    expect(english.error).toContain(inEnglish);
    expect(korean.error).toContain(inKorean);
  });

  test('what a closed month refuses, and a month that is not over', async () => {
    const til = keep(await seasonTil());
    await til.run('close-month', '--month', '2024-08');
    const closed = await both(til, 'rest-week', '2024-W33', '--yes');
    expect([closed.korean.code, closed.said[1]]).toEqual([
      1,
      expect.stringContaining('2024-08 결과는 마감한 그대로 남아요.'),
    ]);
    const now = Date.now() / 1000;
    const calendar = calendarOf(SAMPLE.timeZone);
    const at = tsAt((calendar.beginningOf(calendar.weekAt(now)) + 1) * 1000);
    const weekly = { user: SAMPLE.bot.id, bot: SAMPLE.bot.botId };
    await openLog(til.log, SAMPLE).append({
      ...{ v: 1, kind: 'message.posted', channel: SAMPLE.channel, at, ts: at, author: weekly },
      ...{ text: '[TIL 8월 1주차]', links: [], metadata: { type: 'til_week_open' } },
    } as never);
    const [, month = ''] =
      /"month":"(\d{4}-\d\d)"/.exec((await til.run('replay', '--json', '--week', calendar.weekAt(now))).out) ?? [];
    const { korean } = await both(til, 'close-month', '--month', month);
    expect([korean.code, korean.error]).toEqual([
      2,
      expect.stringMatching(/에 끝나요\(--month\)\. 마감한 결과는 바뀌지 않아요/),
    ]);
  });

  test('no configuration, and one that is not right in every way', async () => {
    const til = keep(emptyTil());
    const file = join(til.folder, 'til.json');
    const wrong = {
      ...{ command: 'til', pageAccess: 'no', alarm: {}, nothing: 1 },
      challenges: [
        {
          ...{
            channel: 'til',
            name: '',
            locale: 'fr',
            timeZone: 'Seoul',
            blogs: ['https://velog.io/'],
            organizers: 'me',
          },
          ...{ schedule: { weekOpen: '2:30', monthResult: 'x', rest: ['xmas'] }, dashboardUrl: 'x', admins: [1] },
          ...{
            rules: { late: 'no', readers: 2, streak: { between: 0 }, selfLikes: 'x' },
            notify: { maxAgeHours: 0, holdout: 1 },
          },
          ...{ weekOpenLines: Array.from({ length: 7 }, () => 'x'.repeat(499)) },
        },
      ],
    };
    for (const config of [
      wrong,
      {},
      { challenges: [] },
      { challenges: [{ channel: 'C01' }, { channel: 'C01' }] },
      { challenges: 1 },
    ]) {
      writeFileSync(file, JSON.stringify(config));
      const { english, korean } = await both(til, 'doctor');
      expect(korean.error).toContain(`설정을 고쳐 주세요: ${file}\n`);
      expect(korean.error.split('\n')).toHaveLength(english.error.split('\n').length);
      const fields = (text: string) => text.match(/^ {2}[\w.]+(?=:)/gm);
      expect(fields(korean.error)).toEqual(fields(english.error));
      expect(korean.error.split('\n').filter((line) => line && !HANGUL.test(line))).toEqual([]);
    }
    writeFileSync(file, '{');
    expect((await both(til, 'doctor')).korean.error).toContain('JSON으로 읽을 수 없어요');
    const none = await runTil(['replay', '--config', '/nowhere/til.json'], KOREAN);
    expect([none.code, none.error]).toEqual([
      2,
      expect.stringContaining('/nowhere/til.json에 설정이 없어요. "til init"으로'),
    ]);
  });

  test.each([
    [{ TIL_LOG: 'ftp://x' }, 'TIL_LOG와 TIL_STATE에는 file:폴더나 s3://버킷/폴더를 적어 주세요. 지금은 ftp://x'],
    [{ TIL_STATE: 'file:' }, 'file: 뒤에 폴더를 적어 주세요. 지금은 file:'],
    [{ TIL_LOG: 'file:package.json' }, 'file:package.json: 폴더여야 하는데 파일이에요'],
    [{ TIL_QUEUE: 'x' }, 'TIL_QUEUE에는 file:폴더나 SQS 큐의 URL을 적어 주세요. 지금은 x'],
  ])('with %j in the environment', async (environment, inKorean) => {
    const { korean } = await both(keep(emptyTil()).with(environment), 'doctor');
    expect([korean.code, korean.error]).toEqual([2, `til: ${inKorean}\n`]);
  });

  test("Slack's, the alarm's and the page's, as til doctor finds them", async () => {
    const sandbox = await startSandbox({
      workspace: createSampleWorkspace(() => Date.now() - 3_600_000),
      signingSecret: 'x',
    });
    keep({ remove: () => sandbox.close() });
    const til = keep(emptyTil());
    const challenges = [{ channel: SAMPLE.channel, admins: [ADMIN] }];
    writeFileSync(
      join(til.folder, 'til.json'),
      JSON.stringify({ challenges, alarm: { command: 'exit 3' }, pageAccess: 'link' }),
    );
    const slack = { SLACK_API_URL: sandbox.apiUrl, SLACK_BOT_TOKEN: 'xoxb-of-nobody', TIL_PAGE_KEY: 'short' };
    const { korean } = await both(til.with(slack), 'doctor');
    expect(korean.out).toMatch(
      /^봐 주세요 {2}토큰: Slack이 읽게 해 주지 않아요: invalid_auth \(Slack이 모르는 토큰이에요\./m,
    );
    expect(korean.out).toMatch(/^봐 주세요 {2}알람: alarm\.command의 종료 코드가 0이어야 하는데 3이에요$/m);
    expect(korean.out).toMatch(/^봐 주세요 {2}페이지: TIL_PAGE_KEY에는 글자/m);
    const server = await startSocketServer();
    keep({ remove: server.close });
    server.served.error = 'not_allowed_token_type';
    const socket = await both(til.with({ SLACK_APP_TOKEN: 'xapp-secret', SLACK_API_URL: server.apiUrl }), 'doctor');
    expect(socket.korean.out).toMatch(
      /^봐 주세요 {2}소켓: Slack이 연결해 주지 않아요: not_allowed_token_type \(다른 종류의/m,
    );
  });
});
