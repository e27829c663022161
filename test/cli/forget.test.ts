import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { Event } from '../../src/events/catalog.ts';
import { calendarOf } from '../../src/events/week.ts';
import type { IndexSnapshot, MembersSnapshot } from '../../src/projections/contract.ts';
import { openSpool } from '../../src/queue/spool.ts';
import { findTraces, forget } from '../../src/runtime/forget.ts';
import { keys } from '../../src/runtime/publish.ts';
import { MEMBERS, SAMPLE } from '../../src/sandbox/season.ts';
import { openLog, quarantine } from '../../src/store/log.ts';
import { challengeWith } from '../support/world.ts';
import { seasonTil, type Til } from './til.ts';

const used: Til[] = [];
afterEach(() => {
  for (const til of used.splice(0)) til.remove();
});

const { channel } = SAMPLE;
const user = MEMBERS[0]?.id as string;
const NAME = '민서 님';

/** A season in which the person has a name, was announced and was in a result. */
const season = async (): Promise<Til> => {
  const til = await seasonTil();
  used.push(til);
  const [post] = await til
    .json<{ ts: string; author: string }[]>('export', '--what', 'posts')
    .then((all) => all.filter(({ author }) => author === user));
  const ts = post?.ts as string;
  const calendar = calendarOf(SAMPLE.timeZone);
  const week = calendar.weekOf(ts);
  const base = { v: 1, channel } as const;
  const effect = `participation:${ts}:0`;
  const at = `${Number(ts.split('.')[0]) + 60}.000001`;
  const facts: Event[] = [
    { ...base, kind: 'profile.seen', at: ts, user, name: NAME },
    {
      ...base,
      kind: 'effect.attempted',
      at,
      week,
      effect,
      attempt: 1,
      says: { about: ts, shows: 'counted:나만의 제목' },
    },
    {
      ...base,
      kind: 'message.posted',
      at,
      ts: at,
      author: { user: SAMPLE.bot.id, bot: SAMPLE.bot.botId },
      text: `${NAME} 참여하였습니다`,
      links: [`https://velog.io/@${user.toLowerCase()}/x`],
      metadata: { type: 'til_effect', effect, attempt: 1 },
    },
    {
      ...base,
      kind: 'message.posted',
      at: `${at.slice(0, -1)}2`,
      ts: `${at.slice(0, -1)}2`,
      author: { user: MEMBERS[1]?.id as string },
      text: `<@${user}> 잘 읽었어요`,
      links: [],
    },
  ];
  for (const fact of facts) await openLog(til.log).append(fact, calendar);
  await til.run('rebuild');
  await til.run('close-month', '--month', calendar.weekOf(ts) < '2024-W36' ? '2024-08' : '2024-09');
  rmSync(join(til.folder, 'queue'), { recursive: true }); // The announcement that waits for a token.
  await til.run('rebuild');
  return til;
};

/** The bytes and names of all files below a folder. */
const everything = (folder: string): string =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.includes('queue'))
    .map((entry) => `${entry.parentPath}/${entry.name}\n${readFileSync(join(entry.parentPath, entry.name), 'latin1')}`)
    .join('\n');
const holds = (all: string, text: string): boolean =>
  all.toLowerCase().includes(Buffer.from(text).toString('latin1').toLowerCase());

const read = async <T>(til: Til, key: string): Promise<T> =>
  JSON.parse(new TextDecoder().decode((await til.state.get(key))?.bytes));

test('without --yes it counts and changes nothing', async () => {
  const til = await season();
  const before = everything(til.folder);
  const { code, out } = await til.run('forget', user);
  expect(code).toBe(0);
  expect(out).toMatch(/\d+ facts about U0MEMBER01 would be replaced; add --yes/);
  expect(everything(til.folder)).toBe(before);
});

test('id, name, words and links are nowhere, sealed or not, and the totals of all others stay', async () => {
  const til = await season();
  await til.run('seal');
  const index = await read<IndexSnapshot>(til, keys.index(channel));
  const { members } = await read<MembersSnapshot>(til, keys.members(channel));
  const mine = members.find(({ id }) => id === user);
  const { code, out } = await til.run('forget', user, '--yes');
  expect(code).toBe(0);
  expect(out).toContain('What this cannot reach');
  const all = everything(til.folder);
  for (const trace of [user, NAME, '나만의 제목', `@${user}`]) expect(holds(all, trace), trace).toBe(false);
  const after = (await read<MembersSnapshot>(til, keys.members(channel))).members;
  expect(after.filter(({ name }) => name !== '(forgotten)')).toEqual(members.filter(({ id }) => id !== user));
  const gone = after.find(({ name }) => name === '(forgotten)');
  expect(gone).toMatchObject({ weeks: mine?.weeks, posts: mine?.posts, likes: mine?.likes });
  expect((await read<IndexSnapshot>(til, keys.index(channel))).weeks).toEqual(index.weeks);
  expect((await til.run('verify')).code).toBe(0);
  expect((await til.run('forget', user, '--yes')).out).toContain('nothing is known');
}, 120_000);

test('cut short, it goes on under the same pseudonym', async () => {
  const til = await season();
  const challenge = challengeWith();
  const folders = { log: join(til.folder, 'log'), state: join(til.folder, 'state') };
  const members = (await read<MembersSnapshot>(til, keys.members(channel))).members;
  const traces = await findTraces(challenge, user, til.log);
  for (const share of [0.3, 0.9]) {
    const part = { ...traces, keys: traces.keys.slice(0, traces.keys.length * share) };
    await expect(
      forget(challenge, part, folders, (done, total) => {
        if (done === total) throw new Error('killed');
      }),
    ).rejects.toThrow('killed');
  }
  await til.run('forget', user, '--yes');
  const all = everything(til.folder);
  for (const trace of [user, NAME, '나만의 제목']) expect(holds(all, trace), trace).toBe(false);
  const after = (await read<MembersSnapshot>(til, keys.members(channel))).members;
  expect(after).toHaveLength(members.length);
  expect(after.map(({ likes }) => likes).sort()).toEqual(members.map(({ likes }) => likes).sort());
});

test('it refuses while a server runs or jobs wait, on AWS, and for what is no id', async () => {
  const til = await seasonTil();
  used.push(til);
  const server = openSpool(`${til.folder}/queue`);
  await server.openTaker();
  expect(await til.run('forget', user, '--yes')).toMatchObject({
    code: 2,
    error: expect.stringContaining('til serve'),
  });
  await server.put([{ id: '1', group: 'a', body: '{}' }]);
  await server.close();
  expect(await til.run('forget', user, '--yes')).toMatchObject({
    code: 2,
    error: expect.stringContaining('1 jobs wait'),
  });
  const onAws = til.with({ TIL_LOG: 's3://bucket/log' });
  expect(await onAws.run('forget', user, '--yes')).toMatchObject({ code: 2, error: expect.stringContaining('on AWS') });
  expect(await til.run('forget', 'minseo')).toMatchObject({ code: 2 });
});

test('what lies in quarantine is named', async () => {
  const til = await seasonTil();
  used.push(til);
  const { key } = await quarantine(til.log, 'broken', Buffer.from(JSON.stringify({ user })).toString('base64'));
  expect((await til.run('forget', user)).out).toContain(`still in quarantine: ${key}`);
});
