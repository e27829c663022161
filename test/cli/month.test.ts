import { afterEach, describe, expect, test } from 'vitest';
import { tsAt } from '../../src/events/timestamp.ts';
import { calendarOf, monthOf, plusMonths, weeksOf } from '../../src/events/week.ts';
import { openSpool } from '../../src/queue/spool.ts';
import { announcedBefore } from '../../src/reconcile/former-bot.ts';
import { createSampleWorkspace, SAMPLE } from '../../src/sandbox/sample.ts';
import { startSandbox } from '../../src/sandbox/server.ts';
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

  test('leaves the work to whoever takes from the queue', async () => {
    const til = keep(emptyTil());
    const server = openSpool(`${til.folder}/queue`);
    await server.openTaker();
    expect((await til.run('open-week')).out).toContain('the running server posts it');
    expect(await server.list()).toHaveLength(1);
    await server.close();
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
    const til = keep(await seasonTil());
    const first = await til.run('close-month', '--month', '2024-08');
    expect(first.code).toBe(0);
    expect(first.out).toContain('SLACK_BOT_TOKEN');
    await til.run('close-month', '--month', '2024-08');
    const closed = Object.keys(await contents(til.log)).filter((key) => key.includes('month.closed'));
    expect(closed).toEqual([`events/${SAMPLE.channel}/2024-W35/month.closed-2024-08.json`]);
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

/** A month of one open week with one reply. */
const writeMonth = async (til: Til, month: string): Promise<void> => {
  const monday = tsAt(calendar.instant(weeksOf(month)[0] as string, 0, 9, 30) * 1000);
  const base = { v: 1, kind: 'message.posted', channel: SAMPLE.channel, links: [] as string[] } as const;
  const reply = monday.replace('.000000', '.000001');
  const log = openLog(til.log, SAMPLE);
  const bot = { user: SAMPLE.bot.id, bot: SAMPLE.bot.botId };
  await log.append({ ...base, at: monday, ts: monday, author: bot, text: '[TIL 8월 1주차]' });
  const post = { ...base, author: { user: 'U0MEMBER01' }, thread: monday, text: '', links: ['https://velog.io/@a/b'] };
  await log.append({ ...post, at: reply, ts: reply });
};
