import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { verify, verifyChallenges } from '../../../src/history/rebuild.ts';
import { keys } from '../../../src/pipeline/keys.ts';
import type { IndexSnapshot, MembersSnapshot, MonthSnapshot, WeekSnapshot } from '../../../src/projections/contract.ts';
import { SAMPLE } from '../../../src/sandbox/sample.ts';
import { parseConfig } from '../../../src/setup/config.ts';
import { listAll } from '../../../src/store/bucket.ts';
import { type Aws, startAws } from './aws.ts';

const { channel } = SAMPLE;
const CONFIG = { challenges: [{ channel, admins: ['U0ADMIN001'] }] };
const [MINSEO, JIHO, SEOYEON] = ['U0MEMBER01', 'U0MEMBER02', 'U0MEMBER03'] as const;
const DAY = 86_400;

let aws: Aws;
beforeAll(async () => {
  aws = await startAws(CONFIG, '2024-08-05T09:30:05+09:00');
});
afterAll(() => aws.close());

const said = (): string[] =>
  aws.workspace.messages(channel).flatMap(({ user, text }) => (user === SAMPLE.bot.id ? [text ?? ''] : []));
const told = (user: string): string[] => aws.workspace.directMessages(user).map(({ text }) => text ?? '');
const thread = (): string =>
  aws.workspace.messages(channel).findLast(({ text }) => /\[TIL /.test(text ?? ''))?.ts ?? '';
const read = async <T>(key: string): Promise<T> =>
  JSON.parse(Buffer.from((await aws.state.get(key))?.bytes ?? []).toString() || 'null');

// One story, told in order: each test goes on where the last one ended.
describe('a whole week through the uploaded functions', () => {
  test('Slack’s challenge is answered', async () => {
    expect(await aws.sandbox.verify()).toBe(true);
  });

  test('on Monday the Scheduler’s tick opens the week, once, however often it comes', async () => {
    await aws.due('2024-08-05T00:30:00Z');
    await aws.pass(400);
    await aws.due('2024-08-05T00:30:00Z');
    expect(said()).toEqual([expect.stringContaining('[TIL 8월 1주차]')]);
    expect(await read<WeekSnapshot>(keys.week(channel, '2024-W32'))).toMatchObject({
      label: 'TIL 8월 1주차',
      open: true,
    });
  });

  test('a reply with a link is announced with the member’s name', async () => {
    await aws.pass(DAY);
    aws.workspace.reply({ user: MINSEO, channel, thread: thread(), text: '글입니다 https://velog.io/@minseo/글' });
    await aws.settle();
    expect(said().at(-1)).toMatch(/민서 님.*TIL 8월 1주차 챌린지에 참여하였습니다/);
  });

  test('a reply without a link gets a hint, and counts when the link comes', async () => {
    const { ts } = aws.workspace.reply({ user: JIHO, channel, thread: thread(), text: '곧 올릴게요' });
    await aws.settle();
    expect(aws.workspace.hints(JIHO)).toHaveLength(1);
    await aws.pass(60);
    aws.workspace.edit({ user: JIHO, channel, ts, text: 'https://jiho.github.io/til/1' });
    await aws.settle();
    expect(said().at(-1)).toMatch(/지호 님/);
  });

  test('likes are told to the author by direct message, and taken back', async () => {
    const ts = aws.workspace.messages(channel).find(({ user }) => user === MINSEO)?.ts ?? '';
    for (const user of [JIHO, SEOYEON]) aws.workspace.react({ user, channel, ts, name: '+1' });
    await aws.settle();
    await aws.pass(10);
    aws.workspace.unreact({ user: JIHO, channel, ts, name: '+1' });
    await aws.settle();
    expect(told(MINSEO)).toEqual([expect.stringMatching(/좋아요가 이제 1개/)]);
    const { posts } = await read<WeekSnapshot>(keys.week(channel, '2024-W32'));
    expect(posts.map(({ author, likes }) => [author, likes])).toEqual([
      [MINSEO, 1],
      [JIHO, 0],
    ]);
  });

  test('every event of Slack’s was acknowledged, and no job had to come again', () => {
    expect(aws.again()).toBe(0);
    expect(aws.ingest.lines.length).toBeGreaterThan(0);
    expect(aws.ingest.lines.filter(({ happening }) => happening !== 'accepted')).toEqual([]);
    expect(aws.worker.lines.filter(({ happening }) => happening !== 'handled')).toEqual([]);
  });

  test('on the first Monday of the next month the result is frozen and told', async () => {
    await aws.pass((Date.parse('2024-09-02T00:20:05Z') - aws.now()) / 1000);
    await aws.due('2024-09-02T00:20:00Z');
    expect(said().at(-1)).toMatch(/8월 챌린저[\s\S]*민서/);
    const month = await read<MonthSnapshot>(keys.month(channel, '2024-08'));
    expect(month).toMatchObject({ challengers: [{ id: MINSEO }, { id: JIHO }], special: [MINSEO] });
    expect(month.closed).not.toBeNull();
  });

  test('what is stored is, byte for byte, what the log says', async () => {
    const { challenges } = parseConfig(CONFIG, 'test');
    const [challenge] = challenges;
    if (!challenge) throw new Error('no challenge');
    const { events, differences } = await verify(challenge, aws);
    expect([differences, await verifyChallenges(challenges, aws.state)]).toEqual([[], []]);
    expect(events).toBeGreaterThan(15);
    expect(await read<IndexSnapshot>(keys.index(channel))).toMatchObject({
      totals: { participants: 2, posts: 2, likes: 1 },
    });
    expect((await read<MembersSnapshot>(keys.members(channel))).members).toContainEqual(
      expect.objectContaining({ id: MINSEO, name: '민서 님', weeks: 1 }),
    );
  });

  test('nothing was put aside, and every line of the functions’ logs is JSON without a text or a secret', async () => {
    for await (const { key } of listAll(aws.log, 'quarantine/')) expect(key).toBe('none');
    const lines = JSON.stringify([...aws.ingest.lines, ...aws.worker.lines]);
    expect(lines).not.toMatch(/velog|글입니다|xoxb|the signing secret/);
  });
});
