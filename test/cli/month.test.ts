import { afterEach, describe, expect, test } from 'vitest';
import { tsAt } from '../../src/events/timestamp.ts';
import { calendarOf, monthOf, plusMonths, weeksOf } from '../../src/events/week.ts';

import { serve } from '../../src/host/serve.ts';
import { openLocalQueue } from '../../src/queue/local.ts';

import { announcedBefore } from '../../src/reconcile/former-bot.ts';
import type { Fault } from '../../src/sandbox/faults.ts';
import { createSampleWorkspace, SAMPLE } from '../../src/sandbox/sample.ts';
import { startSandbox } from '../../src/sandbox/server.ts';
import { systemClock } from '../../src/setup/clock.ts';
import { parseConfig } from '../../src/setup/config.ts';
import { slackOf } from '../../src/setup/environment.ts';
import { openLog } from '../../src/store/log.ts';
import { contents } from '../support/world.ts';
import { emptyTil, seasonTil, type Til } from './til.ts';

const used: { remove(): unknown }[] = [];
const keep = (til: Til): Til => {
  used.push(til);
  return til;
};
afterEach(async () => {
  for (const each of used.splice(0)) await each.remove();
});

const slack = async () => {
  const sandbox = await startSandbox({ workspace: createSampleWorkspace(Date.now), signingSecret: 'x' });
  used.push({ remove: () => sandbox.close() });
  const environment = { SLACK_BOT_TOKEN: SAMPLE.bot.token, SLACK_API_URL: sandbox.apiUrl };
  const said = () => sandbox.workspace.messages(SAMPLE.channel).map(({ text }) => text);
  return { sandbox, environment, said };
};

describe('til open-week', () => {
  test('posts one weekly post, however often it is asked for', async () => {
    const { environment, said } = await slack();
    const til = keep(emptyTil()).with(environment);
    expect(await til.json('open-week')).toMatchObject({ weeks: [{ outcome: 'posted' }] });
    expect(await til.json('open-week')).toMatchObject({ weeks: [{ outcome: 'open already' }] });
    expect(said().filter((text) => text?.includes('[TIL'))).toHaveLength(1);
  });

  test('two at the same moment post once', async () => {
    const { environment, said } = await slack();
    const til = keep(emptyTil()).with(environment);
    const both = await Promise.all([til.run('open-week'), til.run('open-week')]);
    expect(both.map(({ code }) => code)).toEqual([0, 0]);
    expect(said().filter((text) => text?.includes('[TIL'))).toHaveLength(1);
  });

  test('a dry run says what it would do and does nothing', async () => {
    const { environment, said } = await slack();
    const til = keep(emptyTil()).with(environment);
    expect((await til.run('open-week', '--dry-run')).out).toContain('would be posted now');
    expect(said()).toEqual([]);
    expect(await contents(til.log)).toEqual({});
  });

  test('without a token it says so, fails, and loses nothing', async () => {
    const til = keep(emptyTil());
    const { code, out } = await til.run('open-week');
    expect(code).toBe(1);
    expect(out).toContain('SLACK_BOT_TOKEN');
    const { environment, said } = await slack();
    expect(await til.with(environment).json('open-week')).toMatchObject({ weeks: [{ outcome: 'posted' }] });
    expect(said()).toHaveLength(1);
  });

  test('leaves the work to whoever takes from the queue, waits for it, and fails while it is not done', async () => {
    const til = keep(emptyTil());
    const server = openLocalQueue(`${til.folder}/queue`);
    await server.openTaker();
    const { code, out } = await til.run('open-week', '--wait', '1');
    expect(code).toBe(1);
    expect(out).toContain('the running server posts it; it has not done so yet');
    expect(await server.list()).toHaveLength(1);
    await server.close();
  });

  test('waits for the running server, and tells what came of it', async () => {
    const { environment, said } = await slack();
    const til = keep(emptyTil()).with(environment);
    const server = await serving(til);
    expect(await til.json('open-week')).toMatchObject({ weeks: [{ outcome: 'posted' }] });
    expect(said()).toHaveLength(1);
    await server.stop();
  });

  test('tries again what Slack refused for good, one attempt a call, and posts when it may', async () => {
    const { sandbox, environment, said } = await slack();
    const til = keep(emptyTil()).with(environment);
    sandbox.workspace.faults.add(refusing('not_in_channel'));
    const refused = await til.run('open-week');
    expect(refused.code).toBe(1);
    expect(refused.out).toContain('not_in_channel');
    expect(await til.json('open-week')).toMatchObject({ weeks: [{ outcome: 'refused', reason: 'not_in_channel' }] });
    expect(await attempts(til, 'week.open')).toEqual([1, 2]);
    sandbox.workspace.faults.clear();
    expect((await til.run('open-week', '--dry-run')).out).toContain(
      'would be posted now, once more: Slack refused it before (not_in_channel)',
    );
    expect(await til.json('open-week')).toMatchObject({ weeks: [{ outcome: 'posted' }] });
    expect(await til.json('open-week')).toMatchObject({ weeks: [{ outcome: 'open already' }] });
    expect(await attempts(til, 'week.open')).toEqual([1, 2, 3]);
    expect(said()).toHaveLength(1);
    expect((await til.run('verify')).code).toBe(0);
  });

  test('posts again when the weekly post was deleted, and two who ask at once post one', async () => {
    const { sandbox, environment, said } = await slack();
    const til = keep(emptyTil()).with(environment);
    await til.run('open-week');
    const { ts } = sandbox.workspace.messages(SAMPLE.channel)[0] as { ts: string };
    sandbox.workspace.remove({ user: SAMPLE.bot.id, channel: SAMPLE.channel, ts });
    const at = tsAt(Date.now());
    const deletion = { v: 1, kind: 'message.deleted', channel: SAMPLE.channel, at, ts } as const;
    await openLog(til.log, SAMPLE).append(deletion);
    expect((await til.run('open-week', '--dry-run')).out).toContain('has been deleted');
    const both = await Promise.all([til.run('open-week'), til.run('open-week')]);
    expect(both.map(({ code }) => code)).toEqual([0, 0]);
    expect(said()).toHaveLength(1);
    expect(await attempts(til, 'week.open')).toEqual([1, 2]);
    expect((await til.run('verify')).code).toBe(0);
  });
});

describe('til close-month', () => {
  test('a dry run prints the result table and writes nothing', async () => {
    const til = keep(await seasonTil());
    const before = { ...(await contents(til.log)), ...(await contents(til.state)) };
    const { code, out } = await til.run('close-month', '--month', '2024-08', '--dry-run');
    expect(code).toBe(0);
    expect(out).toMatch(/challenger +likes/);
    expect(out).toContain('special');
    expect({ ...(await contents(til.log)), ...(await contents(til.state)) }).toEqual(before);
  });

  test('freezes without a token, once, and says that the announcement waits', async () => {
    const til = keep(emptyTil());
    await writeMonth(til, lastMonth);
    const first = await til.run('close-month', '--month', lastMonth);
    expect(first.code).toBe(1);
    expect(first.out).toContain('SLACK_BOT_TOKEN');
    await til.run('close-month', '--month', lastMonth);
    expect(await events(til, 'month.closed')).toHaveLength(1);
    expect((await til.run('verify')).code).toBe(0);
  });

  test('freezes what is long over without a token, records once that it is not announced, and names the flag', async () => {
    const til = keep(await seasonTil());
    const dry = await til.run('close-month', '--month', '2024-08', '--dry-run');
    expect(dry.out).toContain('would be frozen, and not announced: it is more than a month late. With --announce');
    for (let times = 0; times < 2; times++) {
      const { code, out } = await til.run('close-month', '--month', '2024-08');
      expect(code).toBe(0);
      expect(out).toContain('frozen, and not announced: it is more than a month late. With --announce');
    }
    expect(await events(til, 'month.closed')).toEqual([`events/${SAMPLE.channel}/2024-W35/month.closed-2024-08.json`]);
    expect(await events(til, 'effect.')).toEqual([
      `events/${SAMPLE.channel}/2024-W35/effect.attempted-month.result_3a2024-08-1.json`,
      `events/${SAMPLE.channel}/2024-W35/effect.skipped-month.result_3a2024-08.json`,
    ]);
    expect(await til.json('close-month', '--month', '2024-08')).toMatchObject({
      results: [{ outcome: 'not announced', reason: 'too old', needs: '--announce' }],
    });
    expect((await til.run('verify')).code).toBe(0);
  });

  test('announces what is long over when that is wanted, frozen and skipped before or not, once', async () => {
    const { environment, said } = await slack();
    const til = keep(await seasonTil()).with(environment);
    expect(await til.json('close-month', '--month', '2024-08')).toMatchObject({ results: [{ needs: '--announce' }] });
    expect(said()).toEqual([]);
    for (let times = 0; times < 2; times++)
      for (const month of ['2024-08', '2024-09'])
        expect(await til.json('close-month', '--month', month, '--announce')).toMatchObject({
          results: [{ outcome: 'announced' }],
        });
    expect(said()).toEqual([expect.stringContaining('8월 챌린저'), expect.stringContaining('9월 챌린저')]);
    expect(await til.json('close-month', '--month', '2024-08')).toMatchObject({ results: [{ outcome: 'announced' }] });
    expect((await til.run('verify')).code).toBe(0);
  });

  test('from before the bot first listened is frozen and not announced', async () => {
    const { environment, said } = await slack();
    const til = keep(emptyTil()).with(environment);
    await writeMonth(til, lastMonth, { inferred: true });
    expect(await til.json('close-month', '--month', lastMonth)).toMatchObject({
      results: [{ outcome: 'not announced', reason: 'ended before the bot first listened', needs: '--announce' }],
    });
    expect(said()).toEqual([]);
    expect(await til.json('close-month', '--month', lastMonth, '--announce')).toMatchObject({
      results: [{ outcome: 'announced' }],
    });
    expect(said()).toHaveLength(1);
  });

  test('tries again what Slack refused for good, one attempt a call', async () => {
    const { sandbox, environment, said } = await slack();
    const til = keep(emptyTil()).with(environment);
    await writeMonth(til, lastMonth);
    sandbox.workspace.faults.add(refusing('is_archived'));
    const { code, out } = await til.run('close-month', '--month', lastMonth);
    expect(code).toBe(1);
    expect(out).toContain('Slack refused the announcement (is_archived)');
    sandbox.workspace.faults.clear();
    expect((await til.run('close-month', '--month', lastMonth, '--dry-run')).out).toContain(
      'It would be announced; before, it was not: is_archived.',
    );
    const both = await Promise.all([1, 2].map(() => til.run('close-month', '--month', lastMonth)));
    expect(both.map((ran) => ran.code)).toEqual([0, 0]);
    expect(said()).toHaveLength(1);
    expect(await attempts(til, 'month.result')).toEqual([1, 2]);
    expect((await til.run('verify')).code).toBe(0);
  });

  test('announces once, however often and from wherever it is asked for', async () => {
    const { environment, said } = await slack();
    const til = keep(emptyTil());
    const month = plusMonths(monthOf(calendar.weekAt(Date.now() / 1000)), -1);
    await writeMonth(til, month);
    expect(await til.json('close-month', '--month', month)).toMatchObject({ results: [{ outcome: 'frozen' }] });
    const speaking = til.with(environment);
    expect(await speaking.json('close-month', '--month', month)).toMatchObject({ results: [{ outcome: 'announced' }] });
    expect(await speaking.json('close-month', '--month', month)).toMatchObject({ results: [{ outcome: 'announced' }] });
    expect(said()).toHaveLength(1);
    expect(said()[0]).toContain('챌린저');
  });

  test('freezes, and says nothing about, a month that another bot has announced', async () => {
    const { environment, said } = await slack();
    const til = keep(emptyTil()).with(environment);
    const month = plusMonths(monthOf(calendar.weekAt(Date.now() / 1000)), -1);
    await writeMonth(til, month);
    await openLog(til.log, SAMPLE).append(announcedBefore(SAMPLE.channel, month, '1722865849.000001'));
    const { out } = await til.run('close-month', '--month', month);
    expect(out).toContain('announced by another bot before');
    expect(out).toMatch(/^frozen at .* \(Asia\/Seoul\)$/m);
    expect(await til.json('close-month', '--month', month)).toMatchObject({ results: [{ outcome: 'not announced' }] });
    expect(said()).toEqual([]);
  });

  test('refuses a month that is not over, and one that does not exist', async () => {
    const til = keep(emptyTil());
    const month = monthOf(calendar.weekAt(Date.now() / 1000));
    expect((await til.run('close-month', '--month', month)).out).toContain('nothing to close');
    await writeMonth(til, month);
    const early = await til.run('close-month', '--month', month);
    expect(early.code).toBe(2);
    expect(early.error).toContain('--yes');
    expect(early.error).toMatch(/is not over until \d{4}-\d\d-\d\d 00:00:00 \(Asia\/Seoul\)/);
    expect(Object.keys(await contents(til.log)).filter((key) => key.includes('closed'))).toEqual([]);
    expect((await til.run('close-month', '--month', '2024-13')).code).toBe(2);
    expect((await til.run('close-month')).code).toBe(2);
  });
});

const calendar = calendarOf(SAMPLE.timeZone);
const lastMonth = plusMonths(monthOf(calendar.weekAt(Date.now() / 1000)), -1);
const refusing = (error: string): Fault => ({ kind: 'error', error, when: 'before', methods: ['chat.postMessage'] });

const events = async (til: Til, kind: string): Promise<string[]> =>
  Object.keys(await contents(til.log)).filter((key) => key.includes(`/${kind}`));

/** The numbers of the attempts to say something. */
const attempts = async (til: Til, effect: string): Promise<number[]> =>
  (await events(til, `effect.attempted-${effect}`)).map((key) => Number(/-(\d+)\.json$/.exec(key)?.[1]));

/** A server on the folder of a command line. */
const serving = async (til: Til) =>
  serve({
    settings: parseConfig({ challenges: [{ channel: SAMPLE.channel }] }, 'test'),
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

/** A month of one open week with one reply. */
const writeMonth = async (til: Til, month: string, more: { inferred?: true } = {}): Promise<void> => {
  const monday = tsAt(calendar.instant(weeksOf(month)[0] as string, 0, 9, 30) * 1000);
  const base = { v: 1, kind: 'message.posted', channel: SAMPLE.channel, links: [] as string[], ...more } as const;
  const reply = monday.replace('.000000', '.000001');
  const log = openLog(til.log, SAMPLE);
  const bot = { user: SAMPLE.bot.id, bot: SAMPLE.bot.botId };
  await log.append({ ...base, at: monday, ts: monday, author: bot, text: '[TIL 8월 1주차]' });
  const post = { ...base, author: { user: 'U0MEMBER01' }, thread: monday, text: '', links: ['https://velog.io/@a/b'] };
  await log.append({ ...post, at: reply, ts: reply });
};
