import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { closeMonth } from '../../src/handlers/month-result.ts';
import { ledgersFromLog, type MonthComparison } from '../../src/history/compare.ts';
import { rebuild } from '../../src/history/rebuild.ts';
import { SAMPLE } from '../../src/sandbox/sample.ts';
import { openLog } from '../../src/store/log.ts';
import { challengeWith, contents } from '../support/world.ts';
import { seasonTil, type Til } from './til.ts';

let til: Til;
beforeAll(async () => {
  til = await seasonTil();
});
afterAll(() => til.remove());

const rulesFile = (rules: unknown): string => {
  const file = join(til.folder, 'rules.json');
  writeFileSync(file, JSON.stringify(rules));
  return file;
};
const compared = async (rules: unknown, ...args: string[]): Promise<MonthComparison[]> =>
  (await til.json<{ comparisons: [{ months: MonthComparison[] }] }>('compare', '--rules', rulesFile(rules), ...args))
    .comparisons[0].months;

test('the rules that hold make no difference', async () => {
  for (const { is, would, weeks, members } of await compared({ late: 'until-close', selfLikes: true })) {
    expect(would).toEqual(is);
    expect(members).toEqual([]);
    expect(weeks.every((week) => JSON.stringify(week.is) === JSON.stringify(week.would))).toBe(true);
  }
});

test('late replies, self-likes, hosts and emojis each make the difference that they should', async () => {
  const sum = (months: MonthComparison[], which: 'is' | 'would', field: 'posts' | 'likes' | 'late') =>
    months.flatMap(({ weeks }) => weeks).reduce((total, week) => total + week[which][field], 0);
  const never = await compared({ late: 'never' });
  expect(sum(never, 'is', 'late')).toBeGreaterThan(0);
  expect(sum(never, 'would', 'posts')).toBe(sum(never, 'is', 'posts') - sum(never, 'is', 'late'));
  const velog = await compared({ blogs: ['velog.io'] });
  expect(sum(velog, 'would', 'posts')).toBeLessThan(sum(velog, 'is', 'posts'));
  const selfless = await compared({ selfLikes: false });
  expect(sum(selfless, 'would', 'likes')).toBeLessThan(sum(selfless, 'is', 'likes'));
  const hearts = await compared({ likes: ['+1', 'thumbsup', 'heart', 'tada'] });
  expect(sum(hearts, 'would', 'likes')).toBeGreaterThan(sum(hearts, 'is', 'likes'));
});

test('repeated addresses and excluded people make a difference only where there are some', async () => {
  for (const { is, would } of await compared({ repeats: 'count' })) expect(would).toEqual(is);
  const [some] = await compared({ exclude: ['U0MEMBER02'] }, '--month', '2024-08');
  expect(some?.members).toMatchObject([{ id: 'U0MEMBER02', would: { posts: 0 } }]);
});

test('of a month that was announced, what was announced stands beside what would be, whatever came later', async () => {
  const own = await seasonTil();
  try {
    const challenge = challengeWith({ channel: SAMPLE.channel });
    const { log, state } = own;
    const ledgers = await ledgersFromLog(challenge, '2024-08', log);
    const closed = closeMonth(challenge, '2024-08', ledgers, '1725236400.000000') ?? expect.unreachable();
    const [first] = closed.challengers;
    const [row] = closed.members.filter(({ id }) => id === first?.id);
    const announced = {
      ...closed,
      members: closed.members.map((member) => (member === row ? { ...member, likes: 99 } : member)),
      challengers: [{ id: first?.id as string, likes: 99 }],
      special: [first?.id as string],
    };
    await openLog(log, challenge).append(announced);
    await rebuild(challenge, { log, state });
    const [month] = (
      await own.json<{ comparisons: [{ months: MonthComparison[] }] }>(
        'compare',
        '--rules',
        rulesFile({ selfLikes: true }),
        '--month',
        '2024-08',
      )
    ).comparisons[0].months;
    expect(month).toMatchObject({ closed: true, is: { challengers: 1, special: [first?.id] } });
    expect(month?.would.challengers).toBe(closed.challengers.length);
    const member = month?.members.find(({ id }) => id === first?.id);
    expect(member).toMatchObject({ is: { likes: 99, result: 'special' }, would: { likes: row?.likes } });
    for (const { is, would } of month?.weeks ?? []) expect(would).toEqual(is);
    const { out } = await own.run('compare', '--rules', rulesFile({ selfLikes: true }), '--month', '2024-08');
    expect(out).toContain('(announced; stays as it is)');
    expect(out).toMatch(new RegExp(`challengers 1 -> ${closed.challengers.length}, special 1 -> `));
  } finally {
    own.remove();
  }
});

test('a month is shown as a table, and nothing is written', async () => {
  const before = { ...(await contents(til.log)), ...(await contents(til.state)) };
  const { code, out } = await til.run('compare', '--rules', rulesFile({ late: 'never' }), '--month', '2024-08');
  expect(code).toBe(0);
  expect(out).toContain('## 2024-08');
  expect(out).toMatch(/TIL 8월 1주차 +\d+ +\d+/);
  expect(out).not.toContain('2024-09');
  expect({ ...(await contents(til.log)), ...(await contents(til.state)) }).toEqual(before);
});

test('rules that are none are refused, naming the field', async () => {
  for (const [rules, said] of [
    [{ late: 'sometimes' }, 'late: expected'],
    [{ selflikes: true }, 'selflikes'],
    [{}, 'expected at least one of'],
    [{ blogs: ['https://velog.io'] }, 'blogs.0: expected a host'],
  ] as const) {
    const { code, error } = await til.run('compare', '--rules', rulesFile(rules));
    expect(code).toBe(2);
    expect(error).toContain(said);
  }
  expect((await til.run('compare', '--rules', 'nowhere.json')).error).toContain('nowhere.json');
});
