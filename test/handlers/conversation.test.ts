import { describe, expect, test } from 'vitest';
import { createBot } from '../support/bot.ts';
import { CHANNEL } from '../support/world.ts';

const WEEK = '2024-W32';
const POST = '이번 주 글 https://velog.io/@minseo/first';

const opened = async (config: Record<string, unknown> = {}) => {
  const bot = createBot({ config });
  await bot.pass(1800);
  await bot.tick('week.open');
  return bot;
};

describe('the weekly post', () => {
  test('is posted once a week, whoever asks and however often', async () => {
    const bot = await opened({
      dashboardUrl: 'https://til.example.org',
      weekOpenLines: ['#TIL 해시태그를 달아 주세요'],
    });
    await bot.tick('week.open');
    await bot.restart();
    await bot.tick('week.open');
    await bot.pass(600);
    expect(bot.everything()).toHaveLength(1);
    expect(bot.everything()[0]).toContain('[TIL 8월 1주차]');
    expect(bot.everything()[0]).toContain('일요일 자정');
    expect(bot.everything()[0]).toContain('*.github.io');
    expect(bot.everything()[0]).toContain('https://til.example.org');
    expect(bot.everything()[0]).toContain('#TIL');
    expect((await bot.read<{ open: boolean }>(`snapshots/${CHANNEL}/weeks/${WEEK}.json`))?.open).toBe(true);
  });

  test('is not posted when somebody else has opened the week', async () => {
    const bot = createBot({ config: { organizers: ['U0ADMIN001'] } });
    bot.workspace.post({ user: 'U0ADMIN001', channel: CHANNEL, text: '[TIL 8월 1주차] 시작합니다' });
    await bot.settle();
    await bot.tick('week.open');
    expect(bot.everything()).toEqual([]);
  });

  test('of a week that is over is recorded as skipped, not posted', async () => {
    const bot = createBot({ startsAt: '2024-08-12T08:00:00+09:00' });
    await bot.tick('week.open', new Date('2024-08-05T09:30:00+09:00'));
    expect(bot.everything()).toEqual([]);
    expect((await bot.ledger(WEEK))?.effects[`week.open:${WEEK}`]?.skipped?.reason).toBe('too old');
  });
});

describe('a weekly post that is deleted', () => {
  /** A week with one announced reply whose weekly post has been deleted two days later. */
  const deleted = async (replyHours = 48) => {
    const bot = await opened({ organizers: ['U0ADMIN001'] });
    const first = bot.thread();
    await bot.pass(replyHours * 3600);
    const ts = await bot.reply('U0MINSEO01', POST, '제목');
    await bot.pass(60);
    bot.workspace.remove({ user: 'U0ADMIN001', channel: CHANNEL, ts: first });
    await bot.pass(60);
    return { bot, first, ts };
  };
  const posts = async (bot: ReturnType<typeof createBot>) =>
    (await bot.read<{ posts: { ts: string }[] }>(`snapshots/${CHANNEL}/weeks/${WEEK}.json`))?.posts.map(({ ts }) => ts);

  test('takes its week with it', async () => {
    const { bot } = await deleted();
    expect(await posts(bot)).toEqual([]);
    expect(bot.said()).toEqual([expect.stringContaining('취소됨')]);
  });

  test("and replaced by an organizer's brings its week back: both threads count, the announcement is back in place", async () => {
    const { bot, first, ts } = await deleted();
    // Days later: the reply is old, but that it counts again is new.
    await bot.pass(2 * 86_400);
    const { ts: second } = bot.workspace.post({ user: 'U0ADMIN001', channel: CHANNEL, text: '[TIL 8월 1주차] 다시!' });
    await bot.pass(60);
    expect(await posts(bot)).toEqual([ts]);
    expect(bot.said()).toEqual([expect.stringContaining('민서 님이 TIL 8월 1주차 챌린지에 참여하였습니다')]);
    const under = bot.workspace.reply({ user: 'U0JIHO0001', channel: CHANNEL, thread: second, text: `${POST}-2` });
    const underOld = bot.workspace.reply({ user: 'U0SEOYEON1', channel: CHANNEL, thread: first, text: `${POST}-3` });
    await bot.pass(60);
    expect(await posts(bot)).toEqual([ts, under.ts, underOld.ts]);
    expect(bot.said()).toHaveLength(3);
  });

  test('in another week than its replacement stays deleted', async () => {
    const { bot } = await deleted();
    await bot.pass(7 * 86_400);
    bot.workspace.post({ user: 'U0ADMIN001', channel: CHANNEL, text: '[TIL 8월 2주차]' });
    await bot.pass(60);
    expect(await posts(bot)).toEqual([]);
    expect(bot.said()).toEqual([expect.stringContaining('취소됨')]);
  });
});

describe('a participation', () => {
  test('is announced with name, week, title and link, and the title is added when the preview comes', async () => {
    const bot = await opened();
    await bot.reply('U0MINSEO01', POST, '파이썬 설치');
    expect(bot.said()).toHaveLength(1);
    await bot.pass(30);
    expect(bot.said()).toEqual([
      '민서 님이 TIL 8월 1주차 챌린지에 참여하였습니다 🔥🔥\n🎉 민서 님의 첫 글이에요! 첫 독자가 되어 주세요.\n<https://velog.io/@minseo/first|파이썬 설치>',
    ]);
  });

  test('links to the reply where the workspace is known', async () => {
    const bot = await opened({ workspaceUrl: 'https://team.slack.com' });
    const ts = await bot.reply('U0MINSEO01', POST, '제목');
    await bot.pass(30);
    expect(bot.said()[0]).toContain(`https://team.slack.com/archives/${CHANNEL}/p${ts.replace('.', '')}`);
  });

  test('links to the reply in its thread, as Slack does', async () => {
    const bot = await opened({ workspaceUrl: 'https://team.slack.com' });
    await bot.reply('U0MINSEO01', POST, '제목');
    await bot.pass(30);
    expect(bot.said()[0]).toContain(`?thread_ts=${bot.thread()}&amp;cid=${CHANNEL}|`);
  });

  test('of an address that was posted before is announced when the one before goes, and only then', async () => {
    const bot = await opened();
    const first = await bot.reply('U0MINSEO01', POST);
    await bot.reply('U0JIHO0001', POST.replace('https://', 'http://www.'));
    await bot.pass(30);
    const [minseo, jiho] = ['민서 님이', '지호 님이'].map((name) => `${name} TIL 8월 1주차 챌린지에 참여하였습니다`);
    expect(bot.said()).toEqual([expect.stringContaining(minseo as string)]);
    bot.workspace.edit({
      user: 'U0MINSEO01',
      channel: CHANNEL,
      ts: first,
      text: '다른 글 https://velog.io/@minseo/second',
    });
    await bot.pass(30);
    expect(bot.said()).toEqual([expect.stringContaining(minseo as string), expect.stringContaining(jiho as string)]);
    bot.workspace.edit({ user: 'U0MINSEO01', channel: CHANNEL, ts: first, text: POST });
    await bot.pass(30);
    expect(bot.said()[1]).toMatch(/^\(취소됨\) 지호 님/);
    bot.workspace.remove({ user: 'U0MINSEO01', channel: CHANNEL, ts: first });
    await bot.pass(30);
    expect(bot.said()[0]).toMatch(/^\(취소됨\) 민서 님/);
    expect(bot.said()[1]).toContain(jiho);
  });

  test('of an address that was posted before counts where the rules say so', async () => {
    const bot = await opened({ rules: { repeats: 'count' } });
    for (const user of ['U0MINSEO01', 'U0JIHO0001']) await bot.reply(user, POST);
    await bot.pass(30);
    expect(bot.said()).toHaveLength(2);
  });

  test('of somebody who is excluded is none, nor is it hinted at; organizers are hinted at once they take part', async () => {
    const bot = await opened({ members: { exclude: ['U0SEOYEON1'] } });
    await bot.reply('U0SEOYEON1', POST);
    for (const user of ['U0SEOYEON1', 'U0ADMIN001', 'U0JIHO0001']) await bot.reply(user, '링크는 나중에!');
    await bot.pass(30);
    expect(bot.said()).toEqual([]);
    expect(['U0SEOYEON1', 'U0ADMIN001', 'U0JIHO0001'].map((user) => bot.hinted(user).length)).toEqual([0, 0, 1]);
    const counting = await opened({ members: { organizers: 'count' } });
    await counting.reply('U0ADMIN001', '링크는 나중에!');
    await counting.pass(30);
    expect(counting.hinted('U0ADMIN001')).toHaveLength(1);
  });

  test('that is deleted is retracted in place', async () => {
    const bot = await opened();
    const ts = await bot.reply('U0MINSEO01', POST);
    await bot.pass(30);
    bot.workspace.remove({ user: 'U0MINSEO01', channel: CHANNEL, ts });
    await bot.pass(30);
    expect(bot.said()).toEqual(['(취소됨) 민서 님의 TIL 8월 1주차 글이 지워졌거나 링크가 빠졌습니다.']);
  });

  test('that loses its link and gets it again is announced again in the same place', async () => {
    const bot = await opened();
    const ts = await bot.reply('U0MINSEO01', POST);
    await bot.pass(30);
    bot.workspace.edit({ user: 'U0MINSEO01', channel: CHANNEL, ts, text: '다시 쓰는 중' });
    await bot.pass(30);
    expect(bot.said()[0]).toContain('취소됨');
    bot.workspace.edit({ user: 'U0MINSEO01', channel: CHANNEL, ts, text: POST });
    await bot.pass(30);
    expect(bot.said()).toHaveLength(1);
    expect(bot.said()[0]).toContain('참여하였습니다');
  });

  test('in English where the challenge is English', async () => {
    const bot = await opened({ locale: 'en' });
    await bot.reply('U0MINSEO01', POST);
    expect(bot.said()[0]).toContain('took part in TIL August, week 1');
  });

  test('is announced once when the weekly post comes after it', async () => {
    const bot = createBot({ config: { organizers: ['U0ADMIN001'] } });
    const { ts: thread } = bot.workspace.post({ user: 'U0ADMIN001', channel: CHANNEL, text: '[TIL 8월 1주차]' });
    bot.workspace.reply({ user: 'U0MINSEO01', channel: CHANNEL, thread, text: POST });
    const deliveries = bot.workspace.take().toReversed();
    for (const [position, { payload }] of deliveries.entries()) {
      await bot.queue.put([{ id: `x${position}`, group: CHANNEL, body: JSON.stringify({ kind: 'event', payload }) }]);
      await bot.settle();
    }
    await bot.pass(30);
    expect(bot.said()).toHaveLength(1);
  });

  test('older than a day is recorded as skipped, and told in a catch-up', async () => {
    const bot = await opened();
    bot.workspace.reply({ user: 'U0MINSEO01', channel: CHANNEL, thread: bot.thread(), text: POST });
    const late = bot.workspace.take();
    bot.workspace.faults.add({ kind: 'dropped' }); // The preview never comes: it would be news.
    await bot.clock.sleep(25 * 3_600_000);
    for (const { payload } of late)
      await bot.queue.put([{ id: 'late', group: CHANNEL, body: JSON.stringify({ kind: 'event', payload }) }]);
    await bot.settle();
    expect(bot.said()).toEqual([
      expect.stringMatching(/^자리를 비운 사이 민서 님이 글을 올렸어요\n.*velog\.io\/@minseo\/first/),
    ]);
    const effects = (await bot.ledger(WEEK))?.effects ?? {};
    expect(
      Object.entries(effects).filter(
        ([id, { skipped }]) => id.startsWith('participation:') && skipped?.reason === 'too old',
      ),
    ).toHaveLength(1);
  });
});

describe('likes', () => {
  test('are told to the author with the liker and the total; one that is taken back changes the total in place', async () => {
    const bot = await opened({ notify: { likes: 'each' } });
    const ts = await bot.reply('U0MINSEO01', POST, '파이썬 설치');
    await bot.pass(30);
    await bot.like('U0JIHO0001', ts);
    await bot.like('U0SEOYEON1', ts, '+1::skin-tone-3');
    await bot.unlike('U0JIHO0001', ts);
    const link = '<https://velog.io/@minseo/first|“파이썬 설치”>';
    expect(bot.told('U0MINSEO01')).toEqual([
      `지호 님이 ${link}에 👍을 눌렀습니다. 지금까지 좋아요 1개!`,
      `서연 님이 ${link}에 👍을 눌렀습니다. 지금까지 좋아요 1개!`,
    ]);
    await bot.unlike('U0SEOYEON1', ts, '+1::skin-tone-3');
    expect(bot.told('U0MINSEO01')[1]).toBe(`${link}의 좋아요가 이제 0개입니다.`);
  });

  test('that are given and taken back again and again are one message per liker', async () => {
    const bot = await opened({ notify: { likes: 'each' } });
    const ts = await bot.reply('U0MINSEO01', POST, '파이썬 설치');
    await bot.pass(30);
    for (let times = 0; times < 5; times++) {
      await bot.like('U0JIHO0001', ts);
      await bot.unlike('U0JIHO0001', ts);
    }
    await bot.like('U0JIHO0001', ts);
    expect(bot.told('U0MINSEO01')).toEqual([expect.stringContaining('지호 님이')]);
    await bot.like('U0SEOYEON1', ts);
    await bot.unlike('U0JIHO0001', ts);
    await bot.like('U0JIHO0001', ts);
    expect(bot.told('U0MINSEO01')).toEqual([
      expect.stringContaining('지호 님이'),
      expect.stringMatching(/^서연 님이 .*좋아요 2개!$/),
    ]);
  });

  test('given while they were not told are no news when they begin to be: only the new liker is named', async () => {
    const bot = await opened({ notify: { likes: 'off' } });
    const ts = await bot.reply('U0MINSEO01', POST, '파이썬 설치');
    await bot.like('U0JIHO0001', ts);
    bot.challenge.notify.likes = 'each';
    await bot.restart();
    await bot.pass(60);
    expect(bot.told('U0MINSEO01')).toEqual([]);
    await bot.like('U0SEOYEON1', ts);
    expect(bot.told('U0MINSEO01')).toEqual([expect.stringMatching(/^서연 님이 .*좋아요 2개!$/)]);
    expect(Object.values((await bot.ledger(WEEK))?.effects ?? {})).toContainEqual(
      expect.objectContaining({ skipped: expect.objectContaining({ reason: 'likes are not told' }) }),
    );
  });

  test('of one batch are one message', async () => {
    const bot = await opened();
    const ts = await bot.reply('U0MINSEO01', POST);
    for (const user of ['U0JIHO0001', 'U0SEOYEON1']) bot.workspace.react({ user, channel: CHANNEL, ts, name: '+1' });
    await bot.settle();
    expect(bot.told('U0MINSEO01')).toHaveLength(1);
    expect(bot.told('U0MINSEO01')[0]).toContain('지호 님, 서연 님이');
  });

  test('of oneself, hearts, and a second skin tone are not told', async () => {
    const bot = await opened();
    const ts = await bot.reply('U0MINSEO01', POST);
    await bot.like('U0MINSEO01', ts);
    await bot.like('U0JIHO0001', ts, 'heart');
    await bot.like('U0JIHO0001', ts);
    await bot.like('U0JIHO0001', ts, '+1::skin-tone-5');
    await bot.unlike('U0JIHO0001', ts);
    expect(bot.told('U0MINSEO01')).toHaveLength(1);
  });

  test('are told at the first and the fifth; what is between changes the total in the message that stands', async () => {
    const bot = await opened();
    const ts = await bot.reply('U0MINSEO01', POST, '파이썬 설치');
    await bot.pass(30);
    const link = '<https://velog.io/@minseo/first|“파이썬 설치”>';
    await bot.like('U0MINSEO01', ts);
    expect(bot.told('U0MINSEO01')).toEqual([]);
    await bot.like('U0JIHO0001', ts);
    await bot.unlike('U0MINSEO01', ts);
    await bot.like('U0SEOYEON1', ts, '+1::skin-tone-3');
    for (const [id, name] of [
      ['U0DOYUN001', '도윤'],
      ['U0YUJIN001', '유진'],
    ] as const) {
      bot.workspace.addMember({ id, name, displayName: `${name} 님` });
      bot.workspace.join({ user: id, channel: CHANNEL });
      await bot.like(id, ts);
    }
    expect(bot.told('U0MINSEO01')).toEqual([`지호 님이 ${link}에 👍을 눌렀습니다. 지금까지 좋아요 4개!`]);
    await bot.like('U0ADMIN001', ts);
    await bot.unlike('U0ADMIN001', ts);
    await bot.like('U0ADMIN001', ts);
    await bot.restart();
    await bot.pass(60);
    expect(bot.told('U0MINSEO01')).toHaveLength(2);
    expect(bot.told('U0MINSEO01')[1]).toMatch(/ 님이 .*눌렀습니다. 지금까지 좋아요 5개!$/);
    expect(bot.told('U0MINSEO01')[1]).not.toContain('지호');
  });

  test('with `card` are one message that is kept up to date; with `off` nobody is told', async () => {
    const card = await opened({ notify: { likes: 'card' } });
    const ts = await card.reply('U0MINSEO01', POST);
    await card.like('U0JIHO0001', ts);
    await card.like('U0SEOYEON1', ts);
    expect(card.told('U0MINSEO01')).toEqual([expect.stringContaining('👍 2')]);
    const off = await opened({ notify: { likes: 'off' } });
    await off.like('U0JIHO0001', await off.reply('U0MINSEO01', POST));
    expect(off.told('U0MINSEO01')).toEqual([]);
  });
});

describe('a hint', () => {
  test('goes to the writer of a reply without an accepted link, once, and to nobody else', async () => {
    const bot = await opened();
    const ts = await bot.reply('U0JIHO0001', '링크는 조금 뒤에 올릴게요');
    await bot.restart();
    await bot.pass(300);
    expect(bot.hinted('U0JIHO0001')).toHaveLength(1);
    expect(bot.hinted('U0JIHO0001')[0]).toContain('velog.io');
    expect(bot.hinted('U0MINSEO01')).toEqual([]);
    bot.workspace.edit({ user: 'U0JIHO0001', channel: CHANNEL, ts, text: POST });
    await bot.pass(30);
    expect(bot.said()).toHaveLength(1);
  });

  test('is spared those who have taken part already', async () => {
    const bot = await opened();
    await bot.reply('U0MINSEO01', POST);
    await bot.reply('U0MINSEO01', '다들 화이팅입니다');
    expect(bot.hinted('U0MINSEO01')).toEqual([]);
  });
});

describe("a month's result", () => {
  const august = async (config: Record<string, unknown> = {}) => {
    const bot = await opened(config);
    for (let week = 0; week < 4; week++) {
      if (week > 0) await bot.tick('week.open');
      const first = await bot.reply('U0MINSEO01', `${POST}-${week}`);
      if (week !== 2) await bot.reply('U0JIHO0001', `${POST}-jiho-${week}`);
      await bot.reply('U0SEOYEON1', `${POST}-seoyeon-${week}`);
      if (week === 1) await bot.like('U0JIHO0001', first);
      await bot.pass(7 * 86_400 - 7200);
    }
    await bot.pass(3 * 7200);
    return bot;
  };

  test('is announced once, frozen, and before the weekly post', async () => {
    const bot = await august();
    await bot.tick('month.result');
    await bot.tick('month.result');
    await bot.restart();
    await bot.pass(300);
    const results = bot.said().filter((text) => text.includes('챌린저 &gt;'));
    expect(results).toEqual([
      '*&lt; 8월 스페셜 챌린저 &gt;*\n민서 님 👍 1\n\n*&lt; 8월 챌린저 &gt;*\n민서 님 👍 1\n서연 님 👍 0\n\n*&lt; 8월, 쉬어 가며 함께한 분 &gt;*\n지호 님\n\n함께 11편\n\n다들 고생하셨습니다 👏',
    ]);
    const month = await bot.read<{ closed: unknown }>(`snapshots/${CHANNEL}/months/2024-08.json`);
    expect(month?.closed).toMatchObject({
      challengers: [
        { id: 'U0MINSEO01', likes: 1 },
        { id: 'U0SEOYEON1', likes: 0 },
      ],
      special: ['U0MINSEO01'],
    });
  });

  test('does not change with likes that come later; the live view does', async () => {
    const bot = await august();
    await bot.tick('month.result');
    const post = bot.workspace
      .messages(CHANNEL)
      .find(({ user, text }) => user === 'U0SEOYEON1' && text?.includes('seoyeon-0'));
    await bot.like('U0JIHO0001', post?.ts as string);
    await bot.like('U0MINSEO01', post?.ts as string);
    const month = await bot.read<{ closed: { special: string[] }; special: string[] }>(
      `snapshots/${CHANNEL}/months/2024-08.json`,
    );
    expect(month?.closed.special).toEqual(['U0MINSEO01']);
    expect(month?.special).toEqual(['U0SEOYEON1']);
  });

  test('encourages when there is nobody, and says nothing of a month without weeks', async () => {
    const bot = await opened();
    await bot.pass(28 * 86_400);
    await bot.tick('month.result');
    expect(bot.said()).toEqual([expect.stringContaining('8월에는 모든 주에 참여한 분이 없었어요')]);
    await bot.tick('month.result', new Date(bot.clock.now()), '2024-05');
    expect(bot.said()).toHaveLength(1);
  });
});

test('hostile names, titles and links come out harmless in every text', async () => {
  const bot = await opened();
  const evil = '<!channel> <@U0000000> *x* `y` \u202e<https://evil.example|Click> & &lt;!here&gt;\n> quote';
  bot.workspace.rename({ user: 'U0MINSEO01', name: evil });
  bot.workspace.rename({ user: 'U0JIHO0001', name: evil });
  const { ts } = bot.workspace.reply({
    user: 'U0MINSEO01',
    channel: CHANNEL,
    thread: bot.thread(),
    text: '<https://velog.io/@a/b|x>',
    asIs: true,
    title: evil,
  });
  await bot.settle();
  await bot.pass(30);
  await bot.like('U0JIHO0001', ts);
  const all = [...bot.said(), ...bot.told('U0MINSEO01')];
  expect(all).toHaveLength(2);
  for (const text of all) {
    expect(text).not.toMatch(/<!|<@|<https:\/\/evil|\u202e|&lt;!here&gt;/);
    expect(text).toContain('&lt;!channel&gt;');
    expect(text.match(/<[^>]*>/g)?.every((link) => link.startsWith('<https://velog.io/'))).toBe(true);
  }
});
