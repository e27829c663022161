import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Event } from '../../src/events/catalog.ts';
import { calendarOf } from '../../src/events/week.ts';
import { SAMPLE } from '../../src/sandbox/sample.ts';
import { openLog } from '../../src/store/log.ts';
import { challengeWith, contents, createWorld } from '../support/world.ts';
import { emptyTil, seasonTil, type Til } from './til.ts';

let til: Til;
beforeAll(async () => {
  til = await seasonTil();
});
afterAll(() => til.remove());

// Control characters but for the line feed, and what turns the direction of text.
const STEERING = /[^\P{Cc}\n]|[\u202a-\u202e\u2066-\u2069]/u;

/** Turns over one bit of a file; done again it mends it. */
const damage = (part: 'log' | 'state', key: string, at: number): void => {
  const path = join(til.folder, part, key);
  const bytes = readFileSync(path);
  bytes[at % bytes.length] = (bytes[at % bytes.length] ?? 0) ^ 4;
  writeFileSync(path, bytes);
};

const oneOf = async (part: 'log' | 'state', prefix: string): Promise<string> =>
  Object.keys(await contents(til[part], prefix)).at(3) as string;

describe('til verify', () => {
  test('says that all agrees', async () => {
    const { code, out, error } = await til.run('verify');
    expect(out).toMatch(/^All agrees: \d{3,} events in \d{2} weeks give exactly what is stored\.\n$/);
    expect(code).toBe(0);
    expect(error).toMatch(/weeks, \d+ events/); // Progress does not get into the output.
    expect(await til.json('verify')).toMatchObject({ ok: true, differences: [] });
  });

  test.each([
    ['log', 'events/', 'damaged'],
    ['state', 'ledgers/', 'differs'],
    ['state', `snapshots/${SAMPLE.channel}/weeks/`, 'differs'],
    ['state', `snapshots/${SAMPLE.channel}/members/`, 'differs'],
    ['state', 'tables/', 'differs'],
  ] as const)(
    'names the one object of %s %s of which one byte changed, and exits with 1',
    async (part, prefix, problem) => {
      const key = (await oneOf(part, prefix)) ?? Object.keys(await contents(til[part], prefix))[0];
      damage(part, key, 60);
      const { code, out } = await til.run('verify', '--json');
      damage(part, key, 60);
      expect(JSON.parse(out)).toMatchObject({ ok: false, differences: [{ key, problem }] });
      expect(code).toBe(1);
    },
  );

  test('names the list of challenges', async () => {
    damage('state', 'snapshots/challenges.json', 5);
    const { code, out } = await til.run('verify');
    damage('state', 'snapshots/challenges.json', 5);
    expect(out).toMatch(/^differs: snapshots\/challenges\.json\n1 object is not what the log of \d+ events says\./);
    expect(code).toBe(1);
  });

  test('says what to do about each kind of difference, and shows its progress once', async () => {
    const stray = join(til.folder, 'state/ledgers', SAMPLE.channel, '1999-W01.json');
    writeFileSync(stray, '{}');
    const { out, error } = await til.run('verify');
    rmSync(stray);
    expect(out).toMatch(/^unexpected: ledgers\/\w+\/1999-W01\.json\n1 object is not .* delete it by hand/);
    expect(out).not.toContain('rebuild');
    expect(error.match(/ (\d+)\/\1 weeks/g)).toHaveLength(1);
  });

  test('and the others say of a place where no log is that there is none, and exit with 2', async () => {
    const empty = emptyTil();
    const rules = join(empty.folder, 'rules.json');
    writeFileSync(rules, '{"selfLikes": false}');
    for (const command of [['verify'], ['replay'], ['seal'], ['compare', '--rules', rules]]) {
      const { code, out, error } = await empty.run(...command);
      expect([code, out, error], command[0]).toEqual([
        2,
        '',
        expect.stringMatching(/^til: there is no log at file:.*TIL_LOG/),
      ]);
    }
    // A slip in the address of the log alone.
    const slip = til.with({ TIL_LOG: `file:${til.folder}/logg` });
    expect(await slip.run('verify')).toMatchObject({ code: 2, error: expect.stringContaining('logg') });
    // Where a server has heard nothing yet, there is a log, and nothing in it.
    expect((await empty.run('rebuild')).code).toBe(0);
    expect(await empty.json('verify')).toEqual({ ok: true, events: 0, weeks: 0, differences: [] });
    expect((await empty.run('replay')).code).toBe(0);
    empty.remove();
  });

  test('beside a server that works all the while calls nothing a difference, and names what is wrong all the same', async () => {
    const busy = await seasonTil();
    const challenge = challengeWith({ channel: SAMPLE.channel });
    const world = createWorld(challenge, busy);
    const log = openLog(busy.log, SAMPLE);
    let at = 1_732_000_000;
    let working = true;
    const work = async (): Promise<void> => {
      while (working) {
        const event: Event = {
          v: 1,
          kind: 'member.joined',
          channel: SAMPLE.channel,
          at: `${at++}.000001`,
          user: 'U0NEWCOMER',
        };
        await log.append(event);
        await new Promise((resolve) => setTimeout(resolve, 30)); // It is in the log, and not in its ledger.
        await world.append(event);
      }
    };
    const server = work();
    const beside = await busy.run('verify');
    expect([beside.code, beside.out]).toEqual([0, expect.not.stringMatching(/^(differs|missing|unexpected)/m)]);
    const key = `snapshots/${SAMPLE.channel}/weeks/2024-W32.json`;
    const stored = await busy.state.get(key);
    await busy.state.putIf(key, new TextEncoder().encode('{}'), stored?.etag ?? '');
    const wrong = await busy.json<{ differences: unknown }>('verify');
    expect(wrong.differences).toEqual([{ key, problem: 'differs' }]);
    working = false;
    await server;
    await busy.state.putIf(key, stored?.bytes as Uint8Array, (await busy.state.get(key))?.etag ?? '');
    expect((await busy.run('verify')).out).toMatch(/^All agrees/);
    busy.remove();
  });
});

describe('til rebuild', () => {
  test('mends what verify names, to the same bytes', async () => {
    const before = await contents(til.state);
    const keys = [
      await oneOf('state', 'ledgers/'),
      await oneOf('state', `snapshots/${SAMPLE.channel}/members/`),
      'snapshots/challenges.json',
    ];
    for (const key of keys) damage('state', key, 40);
    const { code, out } = await til.run('rebuild');
    expect(code).toBe(0);
    expect(out).toMatch(/: \d+ events in \d+ weeks folded, 2 objects written, [\d.]+ s\n$/);
    expect(await contents(til.state)).toEqual(before);
    expect((await til.run('verify')).code).toBe(0);
  });

  test('of one week mends its ledger', async () => {
    const before = await contents(til.state);
    const key = await oneOf('state', 'ledgers/');
    damage('state', key, 40);
    const week = key.slice(-'2024-W32.json'.length, -'.json'.length);
    const { reports } = await til.json<{ reports: { written: string[] }[] }>('rebuild', '--week', week);
    expect(reports.map(({ written }) => written)).toEqual([[key]]);
    expect(await contents(til.state)).toEqual(before);
  });

  test('of a week of which the log holds nothing stores nothing', async () => {
    const before = await contents(til.state);
    expect(await til.run('rebuild', '--week', '1999-W01')).toMatchObject({
      code: 0,
      out: `${SAMPLE.channel}: the log holds nothing of 1999-W01\n`,
    });
    expect(await til.json('rebuild', '--week', '1999-W01')).toMatchObject({ ok: true, reports: [{ written: [] }] });
    expect(await contents(til.state)).toEqual(before);
  });

  test('of a log with a damaged event says which, and exits with 1', async () => {
    const key = await oneOf('log', 'events/');
    damage('log', key, 40);
    for (const args of [['rebuild'], ['rebuild', '--week', key.split('/')[2] as string]]) {
      const { code, error } = await til.run(...args);
      expect(error).toContain(`damaged: ${key}`);
      expect(code).toBe(1);
    }
    damage('log', key, 40);
    expect((await til.run('rebuild')).code).toBe(0);
    expect((await til.run('verify')).code).toBe(0);
  });
});

describe('til replay', () => {
  interface Replayed {
    replays: {
      events: { at: string; kind: string; ts?: string; item?: string }[];
      weeks: { week: string }[];
      months: { month: string; challengers: unknown[] }[];
    }[];
  }
  const replay = async (...args: string[]) =>
    (await til.json<Replayed>('replay', ...args)).replays[0] as Replayed['replays'][number];

  test('of everything tells each event of the log once, in the order of time, and adds up to what is stored', async () => {
    const { events, weeks, months } = await replay();
    expect(events).toHaveLength(Object.keys(await contents(til.log, 'events/')).length);
    expect(events.map(({ at }) => Number(at))).toEqual(
      events.map(({ at }) => Number(at)).sort((left, right) => left - right),
    );
    for (const event of events) expect(event).not.toHaveProperty('x-digest');
    const stored = await contents(til.state, `snapshots/${SAMPLE.channel}/`);
    for (const week of weeks)
      expect(week).toEqual(JSON.parse(stored[`snapshots/${SAMPLE.channel}/weeks/${week.week}.json`] as string));
    for (const month of months)
      expect(month).toEqual(JSON.parse(stored[`snapshots/${SAMPLE.channel}/months/${month.month}.json`] as string));
  });

  test('of a month or a week tells only theirs', async () => {
    const all = await replay();
    const month = all.months.at(-2)?.month as string;
    const ofMonth = await replay('--month', month);
    expect(ofMonth.months).toEqual(all.months.filter((each) => each.month === month));
    const week = ofMonth.weeks[0]?.week as string;
    const ofWeek = await replay('--week', week);
    const calendar = calendarOf(SAMPLE.timeZone);
    expect(ofWeek.events.length).toBeGreaterThan(0);
    for (const { at, ts, item } of ofWeek.events) expect(calendar.weekOf(ts ?? item ?? at)).toBe(week);
    expect(ofWeek.events.length).toBeLessThan(ofMonth.events.length);
  });

  test('until a moment tells what was known then', async () => {
    const all = await replay();
    const middle = all.events[Math.floor(all.events.length / 2)]?.at as string;
    const half = await replay('--until', middle);
    expect(half.events).toEqual(all.events.filter(({ at }) => Number(at) <= Number(middle)));
    const iso = new Date(Math.ceil(Number(middle)) * 1000).toISOString();
    expect((await replay('--until', iso)).events.length).toBeGreaterThanOrEqual(half.events.length);
    expect((await replay('--until', '2001-01-01')).events).toEqual([]);
    // A day is the challenge's, and whole: a Sunday ends in Seoul at 15:00 UTC.
    const sunday = await replay('--until', '2024-09-08');
    const end = Date.parse('2024-09-08T15:00:00Z') / 1000;
    expect(sunday.events).toEqual(all.events.filter(({ at }) => Number(at) < end));
    expect(sunday.events.some(({ at }) => Number(at) > end - 9 * 3600)).toBe(true);
  });

  test('of a week calls people by the names that another week told', async () => {
    const named = await seasonTil();
    const user = 'U0MEMBER02'; // Writes every week, and likes a post of their own in August.
    const event: Event = {
      v: 1,
      kind: 'profile.seen',
      channel: SAMPLE.channel,
      at: '1720000000.000001',
      user,
      name: '민서',
    };
    await openLog(named.log, SAMPLE).append(event);
    await named.run('rebuild');
    const rules = join(named.folder, 'rules.json');
    writeFileSync(rules, '{"selfLikes":false,"late":"never"}');
    for (const args of [
      ['replay', '--week', '2024-W36'],
      ['close-month', '--month', '2024-08', '--dry-run'],
      ['compare', '--rules', rules, '--month', '2024-08'],
    ]) {
      const { out } = await named.run(...args);
      expect(out, args[0]).toMatch(/^민서 | {2}민서 /m);
      expect(out, args[0]).not.toContain(user);
    }
    named.remove();
  });

  test('for people shows a line an event, a table of weeks and one of members, and no text of anybody', async () => {
    const { code, out } = await til.run('replay', '--month', '2024-09');
    expect(code).toBe(0);
    expect(out).toMatch(/^# TIL \(C\w+\)\n\d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}/);
    expect(out).toMatch(/\nweek +posts +participants +likes +late\nTIL 9월 1주차 /);
    expect(out).toMatch(/\nmember +weeks +posts +likes\n/);
    expect(out).toMatch(/ special\n/);
  });

  test('reads the log alone and writes nothing', async () => {
    const before = [await contents(til.log), await contents(til.state)];
    await til.run('replay');
    await til.run('replay', '--month', '2024-09', '--json');
    expect([await contents(til.log), await contents(til.state)]).toEqual(before);
  });

  test('names and links with control characters come out harmless', async () => {
    const { channel } = SAMPLE;
    const at = (seconds: number) => `${1_727_000_000 + seconds}.000100`;
    const evil = '\x1b]0;owned\x07\x1b[2J\u202e\u2066\r\n\x00';
    const log = openLog(til.log, SAMPLE);
    await log.append({ v: 1, kind: 'profile.seen', channel, at: at(1), user: 'U0EVIL0001', name: `${evil}name` });
    await log.append({
      v: 1,
      kind: 'message.posted',
      channel,
      at: at(2),
      ts: at(2),
      author: { user: 'U0EVIL0001' },
      text: '',
      links: [`https://velog.io/${evil}`],
    });
    await log.append({
      v: 1,
      kind: 'reaction.added',
      channel,
      at: at(3),
      item: at(2),
      user: 'U0EVIL0001',
      name: `+1${evil}`,
    });
    const { out, error } = await til.run('replay', '--month', '2024-09');
    expect(out).toContain('\\u{1b}]0;owned\\u{7}');
    for (const text of [out, error]) expect(text).not.toMatch(STEERING);
    // Whoever damages storage cannot speak to the terminal either.
    writeFileSync(join(til.folder, 'state', 'snapshots', channel, 'index.json'), evil);
    expect((await til.run('verify')).out).not.toMatch(STEERING);
  });
});
