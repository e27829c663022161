import { describe, expect, test } from 'vitest';
import { secondsOf, tsAt } from '../../src/events/timestamp.ts';
import { challengeWith, contents, createWorld, payload } from '../support/world.ts';

const WEEK = '2024-W32';

const worldAfter = async (...numbers: number[]) => {
  const world = createWorld();
  for (const number of numbers) await world.deliver(payload(number));
  return world;
};

const posts = async (...numbers: number[]) => (await (await worldAfter(...numbers)).week(WEEK))?.posts;

describe('weekly posts', () => {
  test("the bot's weekly post opens its week", async () => {
    const world = await worldAfter(1);
    expect(await world.week(WEEK)).toEqual({
      version: 1,
      week: WEEK,
      label: 'TIL 8월 1주차',
      month: '2024-08',
      open: true,
      participants: [],
      posts: [],
    });
    expect((await world.index())?.weeks).toEqual([
      {
        week: WEEK,
        label: 'TIL 8월 1주차',
        month: '2024-08',
        open: true,
        openedAt: '1722817810.000100',
        posts: 0,
        participants: 0,
        likes: 0,
        late: 0,
      },
    ]);
  });

  test("another bot's post with the title opens its week", async () => {
    const world = await worldAfter(2);
    expect((await world.week('2024-W33'))?.open).toBe(true);
  });

  test('a person opens a week with the title only as an organizer', async () => {
    const byPerson = payload(2);
    Object.assign(byPerson.event, { user: 'U0ADMIN001', bot_id: undefined, bot_profile: undefined });
    const plain = createWorld();
    await plain.deliver(byPerson);
    expect((await plain.week('2024-W33'))?.open).toBe(false);
    const organized = createWorld(challengeWith({ organizers: ['U0ADMIN001'] }));
    await organized.deliver(byPerson);
    expect((await organized.week('2024-W33'))?.open).toBe(true);
  });

  test('two weekly posts in one week are one week, and replies to either count', async () => {
    const second = payload(1);
    Object.assign(second.event, { ts: '1722817999.000200', event_ts: '1722817999.000200' });
    const reply = payload(11);
    Object.assign(reply.event, { thread_ts: '1722817999.000200' });
    const world = await worldAfter(1, 3);
    await world.deliver(second, reply);
    expect((await world.index())?.weeks).toHaveLength(1);
    expect((await world.index())?.weeks[0]?.openedAt).toBe('1722817810.000100');
    expect((await world.week(WEEK))?.participants).toEqual(['U0HAEUN001', 'U0MINSEO01']);
  });

  test('the tombstone of a deleted weekly post closes its week', async () => {
    const world = await worldAfter(1, 3, 22);
    expect(await world.week(WEEK)).toMatchObject({ open: false, participants: [], posts: [] });
    expect((await world.index())?.weeks).toEqual([]);
  });
});

describe('participation', () => {
  test('a reply with a Velog link counts', async () => {
    expect(await posts(1, 3)).toEqual([
      {
        ts: '1722865849.468459',
        author: 'U0MINSEO01',
        links: [
          {
            url: 'https://velog.io/@minseo-dev/Python-%EC%95%84%EB%82%98%EC%BD%98%EB%8B%A4-%EC%84%A4%EC%B9%98',
            host: 'velog.io',
          },
        ],
        likes: 0,
        late: false,
      },
    ]);
  });

  test('a link preview that arrives as an edit brings the title and changes nothing else', async () => {
    const before = await posts(1, 3);
    const after = await posts(1, 3, 4);
    const link = { ...before?.[0]?.links[0], title: '[Python] - 아나콘다 설치 (Anaconda)' };
    expect(after).toEqual([{ ...before?.[0], links: [link] }]);
  });

  test('a reply without a link does not count until an edit adds one', async () => {
    expect(await posts(1, 5)).toEqual([]);
    expect((await posts(1, 5, 6))?.map(({ author }) => author)).toEqual(['U0JIHO0001']);
  });

  test('removing the link takes the participation back', async () => {
    expect(await posts(1, 5, 6, 7)).toEqual([]);
    expect(await posts(1, 5, 7, 6)).toEqual([]); // The edits arrive in the wrong order.
  });

  test('a deleted reply does not count, with or without its previous message, even if the deletion comes first', async () => {
    expect(await posts(1, 3, 8)).toEqual([]);
    expect(await posts(1, 5, 6, 9)).toEqual([]);
    expect(await posts(8, 3, 1)).toEqual([]);
  });

  test('links in a list, a broadcast to the channel and a file with text count', async () => {
    expect((await posts(1, 10, 11, 12))?.map(({ author, links }) => [author, links[0]?.host])).toEqual([
      ['U0SEOYEON1', 'seoyeon.github.io'],
      ['U0HAEUN001', 'blog.naver.com'],
      ['U0DOYUN001', 'doyun.github.io'],
    ]);
  });

  test('a look-alike host does not count', async () => {
    expect(await posts(1, 13)).toEqual([]);
  });

  test('a reply that came before its weekly post counts', async () => {
    expect(await posts(3, 1)).toEqual(await posts(1, 3));
  });

  test('what a bot writes in the thread does not count', async () => {
    const byBot = payload(3);
    Object.assign(byBot.event, { bot_id: 'B0OTHER001' });
    const world = await worldAfter(1);
    await world.deliver(byBot);
    expect((await world.week(WEEK))?.posts).toEqual([]);
  });
});

describe('likes', () => {
  const likes = async (...numbers: number[]) => (await posts(1, 3, ...numbers))?.[0]?.likes;

  test('skin tones and names of one user are one like', async () => {
    expect(await likes(14)).toBe(1);
    expect(await likes(14, 15)).toBe(1);
  });

  test('taking one variant back leaves the other', async () => {
    expect(await likes(14, 15, 16)).toBe(1);
    expect(await likes(14, 16)).toBe(0);
    expect(await likes(16, 14)).toBe(0); // The removal arrives first.
  });

  test('thumbsup is a like too, a heart and a like on a file are not', async () => {
    expect(await likes(14, 17)).toBe(2);
    expect(await likes(18)).toBe(0);
    expect(await likes(19)).toBe(0);
  });

  test('a reaction may arrive before its message', async () => {
    expect((await posts(14, 17, 3, 1))?.[0]?.likes).toBe(2);
  });

  test('a like without a participation leaves no trace, and never a negative count', async () => {
    expect(await posts(1, 5, 16)).toEqual([]);
    expect(await likes(16)).toBe(0);
  });

  test('self-likes count unless the rule says otherwise', async () => {
    const own = payload(14);
    Object.assign(own.event, { user: 'U0MINSEO01' });
    for (const [selfLikes, expected] of [
      [true, 1],
      [false, 0],
    ] as const) {
      const world = createWorld(challengeWith({ rules: { selfLikes } }));
      await world.deliver(payload(1), payload(3), own);
      expect((await world.week(WEEK))?.posts[0]?.likes).toBe(expected);
    }
  });

  test("the bot's own reactions never count", async () => {
    const own = payload(14);
    Object.assign(own.event, { user: 'U0TILBOT01' });
    const world = await worldAfter(1, 3);
    await world.deliver(own);
    expect((await world.week(WEEK))?.posts[0]?.likes).toBe(0);
  });
});

describe('people and other things', () => {
  test('members are those who joined or were seen, without bots and those who left', async () => {
    const ids = async (...numbers: number[]) =>
      (await (await worldAfter(...numbers)).members())?.members.map(({ id }) => id);
    expect(await ids(1, 3, 20)).toEqual(['U0MINSEO01', 'U0YUJUN001']);
    expect(await ids(1, 3, 20, 21)).toEqual(['U0MINSEO01']);
    expect(await ids(21, 20, 1)).toEqual([]); // Left and joined arrive in the wrong order.
  });

  test('the line in the channel about somebody who goes does not show that they are there', async () => {
    const left = payload(21);
    const { user, event_ts: at } = left.event as { user: string; event_ts: string };
    const ts = tsAt(secondsOf(at) * 1000 + 999);
    const line = {
      ...left,
      event: {
        type: 'message',
        subtype: 'channel_leave',
        user,
        ts,
        event_ts: ts,
        channel: 'C0TILCHAN1',
        channel_type: 'channel',
        text: `<@${user}> has left the channel`,
      },
    };
    const world = await worldAfter(1, 3, 20, 21);
    await world.deliver(line);
    expect((await world.members())?.members.map(({ id }) => id)).toEqual(['U0MINSEO01']);
  });

  test('another channel, an unknown type and a rate limit leave a trace without text, and nothing else', async () => {
    const unknown = {
      type: 'event_callback',
      event: { type: 'pin_added', channel_id: 'C0TILCHAN1', event_ts: '1722865900.000001' },
    };
    const world = createWorld();
    await world.deliver(payload(23), payload(26), unknown, payload(19));
    const stored = await contents(world.log);
    expect(Object.keys(stored).every((key) => key.startsWith('other/'))).toBe(true);
    expect(Object.keys(stored)).toHaveLength(4);
    expect(JSON.stringify(stored)).not.toContain('점심');
    expect(await contents(world.state)).toEqual({});
  });

  test('what should be an event and is not goes into quarantine with its reason, once, and disturbs nobody', async () => {
    const broken = payload(14);
    Object.assign(broken.event, { user: '../../x' });
    const world = await worldAfter(1, 3);
    await world.deliver(broken, payload(14));
    await world.deliver(broken);
    const [key, ...others] = Object.keys(await contents(world.log, 'quarantine/'));
    expect(others).toEqual([]);
    expect(JSON.parse((await contents(world.log, 'quarantine/'))[key as string] as string).reason).toMatch(
      /^reaction.added: user: expected an id/,
    );
    expect(world.alarms).toHaveLength(1);
    expect((await world.week(WEEK))?.posts[0]?.likes).toBe(1);
  });
});

test('a delivery that comes after its message was inferred from history disturbs nobody', async () => {
  const world = await worldAfter(1);
  const ts = '1722865849.468459';
  await world.append({
    v: 1,
    kind: 'message.posted',
    channel: 'C0TILCHAN1',
    at: ts,
    ts,
    author: { user: 'U0MINSEO01' },
    thread: '1722817810.000100',
    text: 'as history has it',
    links: ['https://velog.io/@minseo-dev/x'],
    inferred: true,
  });
  await world.deliver(payload(3));
  expect(world.alarms).toEqual([]);
  expect((await world.week(WEEK))?.posts).toHaveLength(1);
});

test('snapshots hold no liker, no text, and the month adds up', async () => {
  const world = await worldAfter(1, 3, 4, 5, 6, 14, 15, 17, 24);
  const snapshots = JSON.stringify(await contents(world.state, 'snapshots/'));
  expect(snapshots).not.toContain('개발 블로그입니다');
  expect(snapshots).not.toContain('Click');
  expect(await world.month('2024-08')).toEqual({
    version: 1,
    month: '2024-08',
    label: '8월',
    weeks: [WEEK],
    members: [
      { id: 'U0JIHO0001', posts: 1, likes: 0, weeks: { [WEEK]: { posts: 1, likes: 0, late: 0 } }, challenger: true },
      { id: 'U0MINSEO01', posts: 1, likes: 2, weeks: { [WEEK]: { posts: 1, likes: 2, late: 0 } }, challenger: true },
      { id: 'U0SIWOO001', posts: 1, likes: 0, weeks: { [WEEK]: { posts: 1, likes: 0, late: 0 } }, challenger: true },
    ],
    challengers: [
      { id: 'U0MINSEO01', likes: 2 },
      { id: 'U0JIHO0001', likes: 0 },
      { id: 'U0SIWOO001', likes: 0 },
    ],
    special: ['U0MINSEO01'],
    finishers: [],
    closed: null,
  });
  expect((await world.index())?.totals).toEqual({ members: 4, participants: 3, posts: 3, likes: 2 });
});
