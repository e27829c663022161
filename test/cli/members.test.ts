import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Event } from '../../src/events/catalog.ts';
import { keys } from '../../src/pipeline/keys.ts';
import type { IndexSnapshot, MembersSnapshot } from '../../src/projections/contract.ts';
import { SAMPLE } from '../../src/sandbox/sample.ts';
import { openLog } from '../../src/store/log.ts';
import { seasonTil, type Til } from './til.ts';

const channel = SAMPLE.channel;
const ADMIN = 'U0ADMIN001';
const GONE = 'U0LEFT0001';
const OFF = 'U0OFF00001';
const OUT = 'U0MEMBER02';

let til: Til;
beforeAll(async () => {
  til = await seasonTil({ admins: [ADMIN, 'U0MEMBER01'], members: { exclude: [OUT] } });
  const event = { v: 1, channel, at: '1732000000.000100' } as const;
  const events: Event[] = [
    ...[ADMIN, GONE, OFF].map((user): Event => ({ ...event, kind: 'member.joined', user })),
    { ...event, at: '1732000001.000100', kind: 'member.left', user: GONE },
    { ...event, kind: 'profile.seen', user: OFF, name: '휴면', deleted: true },
    { ...event, kind: 'profile.seen', user: ADMIN, name: '매니저' },
  ];
  for (const each of events) await openLog(til.log, SAMPLE).append(each);
  await til.run('rebuild');
});
afterAll(() => til.remove());

interface Listed {
  challenges: [
    { channel: string; members: { id: string; name: string; weeks: number; standing: string; why: string }[] },
  ];
}

test('til members says who counts as what, and why; the dashboard lists the members among them', async () => {
  const { challenges } = await til.json<Listed>('members');
  const [{ members }] = challenges;
  const found = new Map(members.map(({ id, standing }) => [id, standing]));
  expect([ADMIN, 'U0MEMBER01', OUT, GONE, OFF, SAMPLE.bot.id].map((id) => found.get(id))).toEqual([
    'organizer',
    'member', // An admin who takes part.
    'excluded',
    'left',
    'deactivated',
    'bot',
  ]);
  expect(members.every(({ why }) => why.length > 10)).toBe(true);
  const read = async <T>(key: string): Promise<T> =>
    JSON.parse(new TextDecoder().decode((await til.state.get(key))?.bytes)) as T;
  const listed = (await read<MembersSnapshot>(keys.members(channel))).members.map(({ id }) => id);
  expect(listed).toEqual(members.filter(({ standing }) => standing === 'member').map(({ id }) => id));
  expect((await read<IndexSnapshot>(keys.index(channel))).totals.members).toBe(listed.length);
});

test('til members is a table for people', async () => {
  const { code, out } = await til.run('members');
  expect(code).toBe(0);
  expect(out).toMatch(/^# TIL \(C0TILCHAN1\): \d+ members$/m);
  expect(out).toMatch(/^U0ADMIN001 +매니저 +0 +organizer +runs the challenge/m);
});

test('organizers count as members from the first where the configuration says so', async () => {
  const counting = await seasonTil({ admins: [ADMIN], members: { organizers: 'count' } });
  const { out } = await counting.run('members');
  expect(out).not.toContain('organizer');
  counting.remove();
});
