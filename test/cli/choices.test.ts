import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { EventOf } from '../../src/events/catalog.ts';
import { tsAt } from '../../src/events/timestamp.ts';
import { calendarOf, monthOf, plusMonths, plusWeeks, weeksOf } from '../../src/events/week.ts';
import { rebuild } from '../../src/history/rebuild.ts';
import { serve } from '../../src/host/serve.ts';
import type { Challenge } from '../../src/projections/challenge.ts';
import { openLocalQueue } from '../../src/queue/local.ts';
import { SAMPLE } from '../../src/sandbox/sample.ts';
import { systemClock } from '../../src/setup/clock.ts';
import { parseConfig } from '../../src/setup/config.ts';
import { slackOf } from '../../src/setup/environment.ts';
import { openLog } from '../../src/store/log.ts';
import { contents } from '../support/world.ts';
import { emptyTil, type Til } from './til.ts';

const used: { remove(): unknown }[] = [];
afterEach(async () => {
  for (const each of used.splice(0)) await each.remove();
});

const CHANNEL = SAMPLE.channel;
const calendar = calendarOf(SAMPLE.timeZone);
const NOW = Date.now() / 1000;
const THIS_WEEK = calendar.weekAt(NOW);
/** A month that is over and not closed, and its weeks. */
const MONTH = plusMonths(monthOf(THIS_WEEK), -1);
const [FIRST, SECOND] = weeksOf(MONTH) as [string, string];
const MINSEO = 'U0MINSEO01';
const JIHO = 'U0JIHO0001';

const monday = (week: string): string => tsAt(calendar.instant(week, 0, 9, 30) * 1000);
const secondsAfter = (ts: string, seconds: number): string => tsAt((Number(ts) + seconds) * 1000);
const TALK = secondsAfter(monday(SECOND), 86_400);

const message = (ts: string, fields: Partial<EventOf<'message.posted'>>): EventOf<'message.posted'> => ({
  v: 1,
  kind: 'message.posted',
  channel: CHANNEL,
  at: ts,
  ts,
  text: '',
  links: [],
  ...fields,
});

const weekly = (week: string) =>
  message(monday(week), { author: { user: SAMPLE.bot.id, bot: SAMPLE.bot.botId }, text: '[TIL 8월 1주차]' });

const post = (week: string, user: string, seconds: number) =>
  message(secondsAfter(monday(week), seconds), {
    thread: monday(week),
    author: { user },
    links: [`https://velog.io/@${user.toLowerCase()}/${week}`],
  });

const named = (user: string, name: string): EventOf<'profile.seen'> => ({
  v: 1,
  kind: 'profile.seen',
  channel: CHANNEL,
  at: monday(FIRST),
  user,
  name,
});

const challenge = parseConfig({ challenges: [{ channel: CHANNEL }] }, 'test').challenges[0] as Challenge;

/** Two open weeks of last month and this one: Minseo wrote in both, Jiho in the first; in the second he only said that he gave a talk. */
const tilWithMonth = async (config: Parameters<typeof emptyTil>[0] = {}): Promise<Til> => {
  const til = emptyTil(config);
  used.push(til);
  const log = openLog(til.log, SAMPLE);
  const talk = message(TALK, { thread: monday(SECOND), author: { user: JIHO }, text: 'a talk' });
  const events = [
    ...[FIRST, SECOND].flatMap((week) => [weekly(week), post(week, MINSEO, 3600)]),
    post(FIRST, JIHO, 7200),
    talk,
    weekly(THIS_WEEK),
    named(MINSEO, '민서'),
    named(JIHO, '지호'),
  ];
  for (const event of events) await log.append(event);
  await rebuild(challenge, til);
  return til;
};

const everything = async (til: Til) => ({ ...(await contents(til.log)), ...(await contents(til.state)) });

/** What is in the log of a kind. */
const events = async (til: Til, kind: string): Promise<Record<string, unknown>[]> =>
  Object.entries(await contents(til.log, 'events/'))
    .filter(([key]) => key.includes(`-${kind}-`))
    .map(([, text]) => {
      const { 'x-digest': _, ...event } = JSON.parse(text);
      return event;
    });

const serving = (til: Til) =>
  serve({
    settings: parseConfig({ challenges: [{ channel: CHANNEL }] }, 'test'),
    log: til.log,
    state: til.state,
    queue: openLocalQueue(`${til.folder}/queue`),
    slack: slackOf(til.environment),
    clock: systemClock,
    port: 0,
    host: '127.0.0.1',
    report: () => {},
    quiet: true,
  });

const accepted = {
  posts: [{ ts: TALK, author: JIHO, before: null, after: { week: SECOND, late: false } }],
  challengers: { before: [MINSEO], after: [JIHO, MINSEO].sort() },
};

/** A command, the event that it makes, what changes, and the command that takes it back. */
const COMMANDS: [args: string[], event: Record<string, unknown>, changes: object, undo: string][] = [
  [
    ['accept', TALK, '--note', 'a talk'],
    { kind: 'post.ruled', ts: TALK, verdict: 'accept', note: 'a talk' },
    accepted,
    `til accept ${TALK} --undo --yes`,
  ],
  [
    ['accept', `https://x.slack.com/archives/${CHANNEL}/p${TALK.replace('.', '')}?thread_ts=${monday(SECOND)}`],
    { kind: 'post.ruled', ts: TALK, verdict: 'accept' },
    accepted,
    `til accept ${TALK} --undo --yes`,
  ],
  [
    ['accept', TALK, '--week', FIRST],
    { kind: 'post.ruled', ts: TALK, verdict: 'accept', week: FIRST },
    { posts: [{ ts: TALK, author: JIHO, before: null, after: { week: FIRST, late: true } }] },
    `til accept ${TALK} --undo --yes`,
  ],
  [
    ['reject', secondsAfter(monday(SECOND), 3600)],
    { kind: 'post.ruled', ts: secondsAfter(monday(SECOND), 3600), verdict: 'reject' },
    { challengers: { before: [MINSEO], after: [] } },
    `til reject ${secondsAfter(monday(SECOND), 3600)} --undo --yes`,
  ],
  [
    ['excuse', JIHO, SECOND],
    { kind: 'week.excused', week: SECOND, user: JIHO, excused: true },
    { posts: [], challengers: { before: [MINSEO], after: [JIHO, MINSEO].sort() } },
    `til excuse ${JIHO} ${SECOND} --undo --yes`,
  ],
  [
    ['excuse', '지호', SECOND],
    { kind: 'week.excused', week: SECOND, user: JIHO, excused: true },
    {},
    `til excuse ${JIHO} ${SECOND} --undo --yes`,
  ],
  [
    ['rest-week', SECOND, '--reason', '추석'],
    { kind: 'week.rested', week: SECOND, rest: true, reason: '추석' },
    { posts: [], challengers: { before: [MINSEO], after: [JIHO, MINSEO].sort() } },
    `til rest-week ${SECOND} --undo --yes`,
  ],
  [
    ['rest-week', SECOND, '--work'],
    { kind: 'week.rested', week: SECOND, rest: false },
    { posts: [] },
    `til rest-week ${SECOND} --undo --yes`,
  ],
  [
    ['extend', THIS_WEEK, '--hours', '24'],
    {
      kind: 'week.extended',
      week: THIS_WEEK,
      until: tsAt((calendar.beginningOf(plusWeeks(THIS_WEEK, 1)) + 86_400) * 1000),
    },
    { posts: [] },
    `til extend ${THIS_WEEK} --undo --yes`,
  ],
];

describe.each(COMMANDS)('til %j', (args, event, changes, undo) => {
  test('without --yes says what would change, and changes nothing', async () => {
    const til = await tilWithMonth();
    const before = await everything(til);
    const { code, out } = await til.run(...args);
    expect(code).toBe(0);
    expect(out).toContain('Add --yes to do it.');
    expect(out).toContain(`To take it back: ${undo}`);
    const result = await til.json<{ months: object[] }>(...args);
    expect(result).toMatchObject({ channel: CHANNEL, outcome: 'would change', event, undo });
    expect(result.months[0]).toMatchObject(changes);
    expect(await everything(til)).toEqual(before);
  });

  test('with --yes writes one event, by nobody and dated now, and is taken back by what it prints', async () => {
    const til = await tilWithMonth();
    const before = await contents(til.state, `snapshots/${CHANNEL}/`);
    const result = await til.json<{ event: object }>(...args, '--yes');
    expect(result).toMatchObject({ outcome: 'changed' });
    const kind = String(event['kind']);
    expect(await events(til, kind)).toEqual([result.event]);
    expect(result.event).toMatchObject(event);
    expect(result.event).not.toHaveProperty('by');
    expect(Math.abs(Number((result.event as { at: string }).at) - Date.now() / 1000)).toBeLessThan(60);
    // Once more, it changes nothing and writes nothing.
    const log = await contents(til.log);
    const again = await til.run(...args, '--yes');
    expect([again.code, again.out]).toEqual([0, expect.stringContaining('nothing was written')]);
    expect(await contents(til.log)).toEqual(log);

    expect((await til.run(...undo.split(' ').slice(1))).code).toBe(0);
    expect(await events(til, kind)).toHaveLength(2);
    expect(withoutDates(await contents(til.state, `snapshots/${CHANNEL}/`))).toEqual(withoutDates(before));
    expect((await til.run('verify')).code).toBe(0);
  });
});

/** Snapshots but for when they are from. */
const withoutDates = (all: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(all).map(([key, text]) => [key, text.replace(/"asOf":"[\d.]+"/, '"asOf":""')]));

test('says in words who it is about, and whose counts and runs change', async () => {
  const til = await tilWithMonth();
  const { out } = await til.run('accept', TALK, '--note', 'a talk');
  expect(out).toMatch(/^TIL \(.*\): the message of 지호 of \d{4}-\d\d-\d\d 09:30:00: accepted \(a talk\)$/m);
  expect(out).toMatch(/^ {2}지호's post of .* counts for: no week -> TIL \d+월 2주차 \(.*\)$/m);
  expect(out).toContain(`  challengers of ${MONTH}: 1 -> 2 (+ 지호)\n`);
  expect(out).toContain("  지호's run in weeks: 1 -> 2, the longest 1 -> 2\n");
  const rest = await til.run('rest-week', plusWeeks(THIS_WEEK, 30));
  expect(rest.out).toContain('the week has no weekly post so far; it holds as soon as there is one');
});

test('of a week that is over and never was open says that it makes no difference', async () => {
  const til = await tilWithMonth();
  const past = plusWeeks(THIS_WEEK, -60);
  for (const args of [
    ['excuse', JIHO, past],
    ['rest-week', past],
  ]) {
    const { out } = await til.run(...args);
    expect(out).toContain('  the week is over and never had a weekly post, so this makes no difference\n');
    expect(out).not.toContain('as soon as');
  }
  const korean = await til.run('excuse', JIHO, past, '--lang', 'ko');
  expect(korean.out).toContain('  이미 지났고 주차 글이 없던 주라서, 이걸로 달라지는 것은 없어요\n');
});

test('of an id that the log has not seen says so, and who is near it; whoever is known is no news', async () => {
  const til = await tilWithMonth();
  const slip = await til.run('excuse', 'U0JIHO0002', SECOND);
  expect(slip).toMatchObject({
    code: 0,
    error: `U0JIHO0002: the log knows nobody by this id so far; near it are: ${JIHO} 지호. Is it right? It counts once they take part.\n`,
  });
  const korean = await til.run('excuse', 'U0JIHO0002', SECOND, '--lang', 'ko');
  expect(korean.error).toBe(
    `U0JIHO0002: 아직 로그에 없는 ID예요. 맞는지 봐 주세요. 비슷한 ID: ${JIHO} 지호. 맞다면 참여하는 때부터 세어요.\n`,
  );
  const stranger = await til.run('excuse', 'U0SOMEBODY9', SECOND);
  expect(stranger.error).toBe(
    'U0SOMEBODY9: the log knows nobody by this id so far. Is it right? It counts once they take part.\n',
  );
  expect((await til.run('excuse', JIHO, SECOND)).error).toBe('');
});

test('what is taken back goes to what stood before, not only to nothing', async () => {
  const til = await tilWithMonth();
  await til.run('rest-week', SECOND, '--reason', "it's Chuseok", '--yes');
  expect((await til.run('rest-week', SECOND, '--undo')).out).toContain(
    `To take it back: til rest-week ${SECOND} --reason 'it'\\''s Chuseok' --yes\n`,
  );
  await til.run('accept', TALK, '--week', FIRST, '--yes');
  expect((await til.run('reject', TALK)).out).toContain(`To take it back: til accept ${TALK} --week ${FIRST} --yes\n`);
  await til.run('extend', THIS_WEEK, '--hours', '30', '--yes');
  expect((await til.run('extend', THIS_WEEK, '--undo')).out).toContain(
    `To take it back: til extend ${THIS_WEEK} --hours 30 --yes\n`,
  );
});

test('--undo of a rest says what the configuration decides', async () => {
  const til = await tilWithMonth({ schedule: { rest: [SECOND] } });
  expect((await til.run('rest-week', SECOND, '--work', '--yes')).code).toBe(0);
  expect((await til.run('rest-week', SECOND, '--undo')).out).toContain('as the configuration says, a week of rest');
});

describe('is refused with 1, also with --yes, and writes nothing', () => {
  const refused = async (til: Til, args: string[], expected: string): Promise<void> => {
    const before = await everything(til);
    for (const yes of [[], ['--yes']]) {
      const { code, error } = await til.run(...args, ...yes);
      expect(error).toContain(expected);
      expect(code).toBe(1);
    }
    expect(await til.json(...args, '--yes')).toMatchObject({ outcome: 'refused' });
    expect(await everything(til)).toEqual(before);
  };

  test('what would change a closed month', async () => {
    const til = await tilWithMonth();
    await til.run('close-month', '--month', MONTH);
    const stays = `the result of ${MONTH} is frozen and stays as it was announced`;
    await refused(til, ['accept', TALK], stays);
    await refused(til, ['reject', secondsAfter(monday(SECOND), 3600)], stays);
    await refused(til, ['excuse', JIHO, SECOND], stays);
    await refused(til, ['rest-week', SECOND], stays);
    // What changes nothing of it may be chosen.
    expect((await til.run('excuse', MINSEO, SECOND, '--yes')).code).toBe(0);
    expect((await til.run('verify')).code).toBe(0);
  });

  test('what can be nothing', async () => {
    const til = await tilWithMonth();
    await openLog(til.log, SAMPLE).append({
      v: 1,
      kind: 'message.deleted',
      channel: CHANNEL,
      at: tsAt(Date.now()),
      ts: secondsAfter(monday(FIRST), 7200),
    });
    await refused(til, ['accept', '1722865849.468459'], 'the log knows no such message');
    await refused(til, ['accept', secondsAfter(monday(FIRST), 7200)], 'has been deleted');
    await refused(til, ['reject', monday(FIRST)], 'it is the weekly post itself');
    await refused(til, ['accept', TALK, '--week', THIS_WEEK], `--week must be a week of ${MONTH}`);
    await refused(til, ['extend', FIRST, '--hours', '168'], 'is over already');
  });

  test('somebody who cannot be told from others, or is nobody', async () => {
    const til = await tilWithMonth();
    const log = openLog(til.log, SAMPLE);
    await log.append({ ...named('U0OTHER001', '지호 님') });
    await rebuild(challenge, til);
    const { code, error } = await til.run('excuse', '지호', SECOND, '--yes');
    expect(code).toBe(1);
    expect(error).toContain('지호 is the name of several');
    expect(error).toContain(JIHO);
    expect(error).toContain('U0OTHER001');
    expect(error).not.toContain(MINSEO);
    const nobody = await til.run('excuse', '서연', SECOND, '--yes');
    expect([nobody.code, nobody.error]).toEqual([1, expect.stringContaining(MINSEO)]);
    expect(await events(til, 'week.excused')).toEqual([]);
  });
});

describe('wrong usage exits with 2', () => {
  test.each([
    [['accept', 'hello'], "expected a message's link"],
    [['accept', `https://x.slack.com/archives/C0OTHER001/p${TALK.replace('.', '')}`], 'expected one of'],
    [['accept', TALK, '--week', '2024-37'], '--week: expected an ISO week such as 2024-W32'],
    [['accept', TALK, '--note', 'x'.repeat(81)], '--note: expected 1 to 80 characters, got 81'],
    [['accept', TALK, '--undo', '--week', FIRST], 'expected --undo or --week, not both'],
    [['excuse', JIHO, 'September'], '<week>: expected an ISO week such as 2024-W32, got September'],
    [['rest-week', '2021-W53'], '<week>: expected an ISO week'],
    [['rest-week', SECOND, '--reason', 'x'.repeat(81)], '--reason: expected 1 to 80 characters, got 81'],
    [['rest-week', SECOND, '--undo', '--work'], 'expected --undo or --work, not both'],
    [['extend', THIS_WEEK], '--hours: expected how many hours, or --undo'],
    [['extend', THIS_WEEK, '--hours', '0'], '--hours: expected a whole number from 1 to 168, got 0'],
    [['extend', THIS_WEEK, '--hours', '169'], '--hours: expected a whole number from 1 to 168, got 169'],
    [['extend', THIS_WEEK, '--hours', '1.5'], '--hours: expected a whole number from 1 to 168, got 1.5'],
    [['extend', THIS_WEEK, '--hours', '24', '--undo'], 'expected --undo or --hours, not both'],
  ])('til %j', async (args, expected) => {
    const til = emptyTil();
    used.push(til);
    const { code, error } = await til.run(...args, '--yes');
    expect(error).toContain(expected);
    expect(code).toBe(2);
  });
});

test('of several challenges, --channel or the link says which', async () => {
  const til = await tilWithMonth();
  const other = 'C0OTHER001';
  writeFileSync(
    join(til.folder, 'til.json'),
    JSON.stringify({ challenges: [{ channel: CHANNEL }, { channel: other }] }),
  );
  const unsaid = await til.run('rest-week', SECOND);
  expect([unsaid.code, unsaid.error]).toEqual([2, expect.stringContaining(`expected one of ${CHANNEL}, ${other}`)]);
  expect((await til.run('rest-week', SECOND, '--channel', CHANNEL)).out).toContain(`--undo --channel ${CHANNEL} --yes`);
  const link = `https://x.slack.com/archives/${CHANNEL}/p${TALK.replace('.', '')}`;
  expect(await til.json('accept', link, '--yes')).toMatchObject({ outcome: 'changed', channel: CHANNEL });
  expect((await til.run('accept', link, '--channel', other)).code).toBe(2);
});

describe('with a server that takes from the queue', () => {
  test('waits until that has done it', async () => {
    const til = await tilWithMonth();
    const server = await serving(til);
    for (const [args, event] of COMMANDS.filter(([, { kind }]) => kind !== 'post.ruled'))
      expect(await til.json(...args, '--yes')).toMatchObject({ event });
    expect(await til.json('accept', TALK, '--yes')).toMatchObject({ outcome: 'changed' });
    await server.stop();
    expect(await events(til, 'post.ruled')).toHaveLength(1);
    expect(await events(til, 'week.excused')).toHaveLength(1);
    expect(await events(til, 'week.rested')).toHaveLength(2);
    expect(await events(til, 'week.extended')).toHaveLength(1);
    expect((await til.run('verify')).code).toBe(0);
  });

  test('fails while that has not done it, and it is done later', async () => {
    const til = await tilWithMonth();
    const server = openLocalQueue(`${til.folder}/queue`);
    await server.openTaker();
    const { code, out } = await til.run('excuse', JIHO, SECOND, '--yes', '--wait', '1');
    expect(code).toBe(1);
    expect(out).toContain('the running server does it; it has not done so yet');
    expect(await server.list()).toHaveLength(1);
    await server.close();
    // Whoever asks again finds the first job on the queue, too: both are one choice.
    expect((await til.run('excuse', JIHO, SECOND, '--yes')).code).toBe(0);
    expect(await events(til, 'week.excused')).toHaveLength(1);
  });

  test('tells that the month was closed before its turn came', async () => {
    const til = await tilWithMonth();
    const server = openLocalQueue(`${til.folder}/queue`);
    await server.openTaker();
    const asked = til.run('excuse', JIHO, SECOND, '--yes', '--wait', '10');
    while ((await server.list()).length === 0) await systemClock.sleep(20);
    const waiting = await server.take(10, 0);
    await server.close();
    // The job is in another's hands when somebody closes the month.
    const other = emptyTil();
    used.push(other);
    const elsewhere = til.with({ TIL_QUEUE: other.environment['TIL_QUEUE'] as string });
    await elsewhere.run('close-month', '--month', MONTH);
    const { code, error } = await asked;
    expect(waiting).toHaveLength(1);
    expect([code, error]).toEqual([1, expect.stringContaining('is frozen and stays as it was announced')]);
    expect(await events(til, 'week.excused')).toEqual([]);
  });
});
