import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Event } from '../../src/events/catalog.ts';
import { type Month, weeksOf } from '../../src/events/week.ts';
import { decide } from '../../src/handlers/decide.ts';
import { closeMonth } from '../../src/handlers/month-result.ts';
import { ledgersFromLog } from '../../src/history/compare.ts';
import { exportRows } from '../../src/history/export.ts';
import { rebuild, verify } from '../../src/history/rebuild.ts';
import { foldSafely } from '../../src/pipeline/fold-safely.ts';
import { keys } from '../../src/pipeline/keys.ts';
import type { IndexSnapshot, MembersSnapshot, MonthSnapshot } from '../../src/projections/contract.ts';
import type { Ledger } from '../../src/projections/ledger.ts';
import { appendEvents, eventsOf, totalsOf } from '../../src/reconcile/import.ts';
import { readLegacy } from '../../src/reconcile/legacy.ts';
import { memoryBucket } from '../../src/store/memory.ts';
import { CHANNEL, challengeWith, contents } from '../support/world.ts';

const fixture = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../fixtures/legacy/${name}.json`, import.meta.url), 'utf8'));
const legacyOf = (users: unknown = fixture('user_info'), timestamps: unknown = fixture('til_timestamp'), year = 2024) =>
  readLegacy({ users, usersFile: 'u.json', timestamps, timestampsFile: 't.json' }, year, 'Asia/Seoul');
const challenge = challengeWith();

const imported = async (legacy = legacyOf()) => {
  const ports = { log: memoryBucket(), state: memoryBucket() };
  const report = await appendEvents(ports.log, challenge, eventsOf(challenge, legacy));
  await rebuild(challenge, ports);
  const read = async <T>(key: string): Promise<T> =>
    JSON.parse(new TextDecoder().decode((await ports.state.get(key))?.bytes));
  return { ...ports, report, read };
};

describe("the original bot's data", () => {
  test('its totals and months are those that the files imply', async () => {
    const { read, log, state } = await imported();
    const { members } = await read<MembersSnapshot>(keys.members(CHANNEL));
    const likes = Object.fromEntries(members.map(({ id, likes }) => [id, likes]));
    expect(likes).toEqual({ U0MINSEO01: 5, U0JIHO0001: 0, U0SEOYEON1: 0, U0HAEUN001: 2, U0DOYUN001: 1, U0SIWOO001: 0 });
    expect(members.find(({ id }) => id === 'U0SIWOO001')?.name).toBe('시우 님');
    const july = await read<MonthSnapshot>(keys.month(CHANNEL, '2024-07'));
    expect(july.weeks).toEqual(['2024-W30', '2024-W31']);
    expect(july.challengers).toEqual([
      { id: 'U0MINSEO01', likes: 5 },
      { id: 'U0JIHO0001', likes: 0 },
    ]);
    expect(july.special).toEqual(['U0MINSEO01']);
    const { weeks } = await read<IndexSnapshot>(keys.index(CHANNEL));
    expect(weeks.map(({ week, posts, likes, late }) => [week, posts, likes, late])).toEqual([
      ['2024-W30', 3, 5, 0],
      ['2024-W31', 2, 2, 0],
      ['2024-W32', 1, 1, 1], // Written a week late.
      ['2024-W33', 0, 0, 0],
    ]);
    const { months } = totalsOf(legacyOf());
    for (const [month, { posts, likes }] of months) {
      const ofMonth = weeks.filter((week) => week.month === month);
      expect(ofMonth.reduce((sum, week) => sum + week.posts, 0)).toBe(posts);
      expect(ofMonth.reduce((sum, week) => sum + week.likes, 0)).toBe(likes);
    }
    expect((await verify(challenge, { log, state })).differences).toEqual([]);
  });

  test('no view shows a link that is not known, and each of these replies counts', async () => {
    const { state, log } = await imported();
    const derived = Object.entries(await contents(state)).filter(([key]) => key.startsWith('snapshots/'));
    expect(derived.filter(([, text]) => text.includes('/imported/'))).toEqual([]);
    const rows = [];
    for await (const some of exportRows(challenge, 'posts', { log, state })) rows.push(...some);
    expect(rows).toHaveLength(6);
    expect(rows.every(({ links }) => links === '')).toBe(true);
    expect(Object.values(await contents(log)).join()).toContain('/imported/');
  });

  test('a second run changes nothing', async () => {
    const { log, state, report } = await imported();
    const before = { ...(await contents(log)), ...(await contents(state)) };
    const again = await appendEvents(log, challenge, eventsOf(challenge, legacyOf()));
    await rebuild(challenge, { log, state });
    expect(again).toEqual({ appended: 0, known: report.appended, conflicts: [], failed: [] });
    expect({ ...(await contents(log)), ...(await contents(state)) }).toEqual(before);
  });

  test('months that the original bot has announced are not announced again, others are', async () => {
    expect(legacyOf().announced).toEqual(['2024-07']);
    const { log } = await imported();
    const owed = async (month: Month): Promise<string[]> => {
      const ledgers = await ledgersFromLog(challenge, month, log);
      const last = ledgers.find(({ week }) => week === weeksOf(month).at(-1)) as Ledger;
      const closed = closeMonth(challenge, month, ledgers, '1725000000.000000') as Event;
      const states = ledgers.map((each) => (each === last ? foldSafely(each, [closed]).state : each));
      return decide(challenge, month, states).flatMap(({ kind, id }) => (kind === 'month.result' ? [id] : []));
    };
    expect(await owed('2024-07')).toEqual([]);
    // Its last week has nothing in the log, so that week's ledger is made for this.
    const august: Event = {
      v: 1,
      kind: 'member.joined',
      channel: CHANNEL,
      at: '1724700000.000000',
      user: 'U0MINSEO01',
    };
    await appendEvents(log, challenge, [august]);
    expect(await owed('2024-08')).toEqual(['month.result:2024-08']);
  });

  test('which month the files were in is what they say, else the last one with a post', () => {
    const announced = (current?: string) => {
      const { timestamps } = fixture('til_timestamp') as { timestamps: Record<string, unknown> };
      const { this_month: _, ...months } = timestamps;
      return legacyOf(undefined, { timestamps: { ...months, ...(current ? { this_month: current } : {}) } }).announced;
    };
    expect(announced()).toEqual(['2024-07']);
    expect(announced('7')).toEqual([]);
    expect(announced('9')).toEqual(['2024-07', '2024-08']);
    expect(announced('1')).toEqual(['2024-07', '2024-08']);
    expect(announced('soon')).toEqual(['2024-07']);
  });

  test('each broken row is reported with what was done', () => {
    expect(legacyOf().repairs.map(({ where, found, done }) => `${where}: ${found} -> ${done}`)).toEqual([
      'u.json U0SEOYEON1.join_week.1723422610.378419.1723426203.064129.total: -1 -> recomputed: 0, since it has no link (its 2 likes count once it has one)',
      'u.json U0SEOYEON1.reaction_count: -1 -> recomputed from the likers of linked replies: 0',
      'u.json U0HAEUN001.join_week.1721629662.494939.1722174991.640519.has_link: a table of likers instead of true or false -> linked, liked by these 2',
      'u.json U0HAEUN001.reaction_count: 9 -> recomputed from the likers of linked replies: 2',
    ]);
  });

  test('months roll over the year', () => {
    const timestamps = {
      timestamps: { '1': { '1736125200.000001': 'TIL 1월 1주차' }, '12': { '1733101200.000001': 'TIL 12월 1주차' } },
    };
    expect(legacyOf({}, timestamps, 2024).weeks.map(({ week, month }) => [week, month])).toEqual([
      ['2024-W49', '2024-12'],
      ['2025-W02', '2025-01'],
    ]);
  });

  test('a wrong year and a wrong shape are refused, naming file and field', () => {
    expect(() => legacyOf(undefined, undefined, 2023)).toThrow(
      /t\.json timestamps\.7\.1721629662\.494939: expected .*2023-07/,
    );
    expect(() => legacyOf({ U0MINSEO01: { join_week: { '1721629662.494939': [], x: 3 } } })).toThrow(
      /u\.json: U0MINSEO01\.join_week\.x/,
    );
    expect(() => legacyOf([])).toThrow(/u\.json/);
    expect(() => legacyOf({}, { months: {} })).toThrow(/t\.json: timestamps: expected/);
  });

  test('a member and a weekly post that cannot be read are named, and all others are taken in', () => {
    const users = fixture('user_info') as Record<string, unknown>;
    const { timestamps } = fixture('til_timestamp') as { timestamps: Record<string, Record<string, unknown>> };
    const odd = { ...users, U0BROKEN01: { name: 7 }, U0BROKEN02: null };
    const months = { ...timestamps, '8': { ...timestamps['8'], yesterday: 'TIL', '1723000000.000001': 5 } };
    const { unread, ...rest } = legacyOf(odd, { timestamps: months });
    expect(rest).toEqual({ ...legacyOf(), unread: undefined });
    expect(unread.map(({ where }) => where)).toEqual([
      't.json timestamps.8.yesterday',
      't.json timestamps.8.1723000000.000001',
      'u.json U0BROKEN01',
      'u.json U0BROKEN02',
    ]);
    expect(unread[2]?.found).toMatch(/u\.json: U0BROKEN01\.name: expected string/);
    expect(() => legacyOf(undefined, { timestamps: { '8': { yesterday: 'TIL' } } })).toThrow(
      /timestamps\.8\.yesterday/,
    );
  });

  test('an event that the log cannot take is named, and the others are appended', async () => {
    const log = memoryBucket();
    const events = eventsOf(challenge, legacyOf());
    const bad = { ...events[1], text: 7 } as unknown as Event;
    const { appended, failed } = await appendEvents(log, challenge, [bad, ...events]);
    expect(appended).toBe(events.length);
    expect(failed).toEqual([{ event: bad, reason: expect.stringContaining('text: expected string') }]);
  });

  test('what Slack itself told of a reply stays', async () => {
    const ports = { log: memoryBucket(), state: memoryBucket() };
    const events = eventsOf(challenge, legacyOf());
    const reply = events.find((event) => event.kind === 'message.posted' && event.thread !== undefined) as Extract<
      (typeof events)[0],
      { kind: 'message.posted' }
    >;
    const { inferred: _, ...observed } = { ...reply, links: ['https://velog.io/@minseo/real'] };
    await appendEvents(ports.log, challenge, [observed]);
    const report = await appendEvents(ports.log, challenge, events);
    expect(report.conflicts).toEqual([reply]);
    expect(Object.values(await contents(ports.log)).filter((body) => body.includes('minseo/real'))).toHaveLength(1);
  });
});
