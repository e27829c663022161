import { describe, expect, test } from 'vitest';
import { keys } from '../../src/pipeline/keys.ts';
import type { WeekSnapshot } from '../../src/projections/contract.ts';
import { interactionJob } from '../../src/queue/jobs.ts';
import { parseInteraction } from '../../src/slack/interaction.ts';
import type { Answer } from '../../src/slack/response-url.ts';
import { openDocuments } from '../../src/store/documents.ts';
import { BOT, createBot } from '../support/bot.ts';
import { interactionContent } from '../support/interactions.ts';
import { CHANNEL, contents } from '../support/world.ts';

const ADMIN = 'U0ADMIN001';
const MINSEO = 'U0MINSEO01';
const WEEK = '2024-W32';

/** A bot whose workspace delivers what people press and type, and shows them its answers. */
const createScene = async (options: Parameters<typeof createBot>[0] = {}) => {
  const answers: Answer[] = [];
  const bot = createBot({
    ...options,
    sendAnswer: async (answer) => {
      answers.push(answer);
      const { text, blocks, replaces } = answer;
      const how = replaces ? { replace_original: true } : { response_type: 'ephemeral', replace_original: false };
      // Files bear Slack's own addresses, which the sandbox has not given.
      if (!answer.address.includes('/hooks/')) return { is: 'taken' };
      const { status, body } = bot.workspace.respond(answer.address, { ...how, text, ...(blocks ? { blocks } : {}) });
      expect([status, body]).toEqual([200, { ok: true }]);
      return { is: 'taken' };
    },
  });
  await bot.tick('week.open');
  let sequence = 0;
  const put = async (payload: Record<string, unknown>): Promise<void> => {
    const parsed = parseInteraction(
      payload,
      `${Math.floor(bot.clock.now() / 1000)}.${String(++sequence).padStart(6, '0')}`,
    );
    if (parsed.is !== 'interaction') throw new Error('was not understood');
    await bot.queue.put([interactionJob(`a${sequence}`, parsed.interaction)]);
    await bot.settle();
  };
  const deliver = async (): Promise<string> => {
    for (const { id, payload } of bot.workspace.takeInteractions()) {
      await put(payload as Record<string, unknown>);
      bot.workspace.settle(id, { is: 'acknowledged' } as never);
    }
    return answers.at(-1)?.text ?? '';
  };
  return {
    bot,
    answers,
    file: async (name: string) => {
      await put(interactionContent(name));
      return answers.at(-1)?.text ?? '';
    },
    says: (user: string, text: string) => {
      bot.workspace.command({ user, channel: CHANNEL, text: `/til ${text}` });
      return deliver();
    },
    shortcut: async (user: string, ts: string, callbackId: string) => {
      await bot.clock.sleep(1000);
      bot.workspace.useShortcut({ user, channel: CHANNEL, ts, callbackId });
      return deliver();
    },
    press: (user: string) => {
      const ts = bot.workspace.hints(user).find(({ text }) => text?.includes('되돌릴 수'))?.ts ?? '';
      bot.workspace.press({ user, channel: CHANNEL, ts, blockId: 'admin', actionId: 'admin.close' });
      return deliver();
    },
    written: async () =>
      Object.entries(await contents(bot.log, 'events/')).filter(([key]) =>
        /-(post\.ruled|week\.(rested|excused|extended))-/.test(key),
      ),
  };
};

describe('a ruling by a message’s menu', () => {
  test('an admin accepts a post of a foreign host, and takes it back by what the answer says', async () => {
    const { bot, shortcut, written } = await createScene();
    const ts = await bot.reply(MINSEO, '발표 자료로 대신해요 https://slides.example.org/d/minseo');
    const posts = async (): Promise<string[]> => {
      const { value } = await openDocuments(bot.state).load<WeekSnapshot>(keys.week(CHANNEL, WEEK));
      return value?.posts.map((post) => post.ts) ?? [];
    };
    expect(await posts()).toEqual([]);
    const accepted = await shortcut(ADMIN, ts, 'post.accept');
    expect(accepted).toContain('인정했어요');
    expect(accepted).toContain(`<@${MINSEO}> 님의 글: 세지 않음 → TIL 8월 1주차`);
    expect(accepted).toContain('되돌리려면 글의 ⋮ 메뉴에서 *판정 지우기*');
    expect(await posts()).toEqual([ts]);
    expect((await bot.ledger(WEEK))?.messages[ts]?.ruling).toMatchObject({ verdict: 'accept', by: ADMIN });
    expect(await shortcut(ADMIN, ts, 'post.accept')).toContain('이미 그렇게');
    expect(await written()).toHaveLength(1);
    expect(await shortcut(ADMIN, ts, 'post.clear')).toContain('TIL 8월 1주차 → 세지 않음');
    expect(await posts()).toEqual([]);
  });

  test('is taken back by what the menu is called in the language of the manifest', async () => {
    const { bot, shortcut } = await createScene({ config: { locale: 'en' } });
    const ts = await bot.reply(MINSEO, 'https://slides.example.org/d/minseo');
    expect(await shortcut(ADMIN, ts, 'post.accept')).toContain("*Clear the ruling* in the message's ⋮ menu");
    expect(await shortcut(ADMIN, ts, 'post.clear')).toContain('*Accept this post*');
  });

  test('by somebody who is no admin: a sentence that only they see, and nothing is written', async () => {
    const { bot, shortcut, says, written } = await createScene();
    const ts = await bot.reply(MINSEO, 'https://slides.example.org/d/minseo');
    await bot.clock.sleep(2000);
    await bot.settle();
    // What the bot owes by itself goes on.
    const asked = async () => Object.keys(await contents(bot.log)).filter((key) => !key.includes('-effect.'));
    const before = await asked();
    const sentence = await shortcut(MINSEO, ts, 'post.accept');
    expect(sentence).toBe('이건 챌린지를 운영하는 분만 쓸 수 있어요. 바뀐 것은 없어요.');
    for (const text of ['운영', 'admin open', 'admin close', '운영 상태', 'admin rest'])
      expect(await says(MINSEO, text)).toBe(sentence);
    expect(bot.workspace.hints(ADMIN)).toEqual([]);
    expect(await written()).toEqual([]);
    expect(await asked()).toEqual(before);
  });

  test('on the bot’s own message, and in another channel, is refused in words', async () => {
    const { bot, shortcut, file, written } = await createScene();
    expect(await shortcut(ADMIN, bot.thread(), 'post.accept')).toContain('한 주를 여는 글');
    expect(await file('13-shortcut-on-the-bots-own-message.json')).toContain('제가 모르는 글');
    expect(await file('14-shortcut-in-another-private-channel.json')).toContain('챌린지 채널의 글이 아니에요');
    expect(await file('12-shortcut-by-somebody-who-is-no-admin.json')).toContain('운영하는 분만');
    expect(await written()).toEqual([]);
  });
});

describe('what an admin types', () => {
  test('is recorded with their name, and taken back by the line in the answer', async () => {
    const { bot, says } = await createScene();
    const back = (answer: string): string => /(?:되돌리려면|back:) \/til (.+)$/.exec(answer)?.[1] ?? '';
    for (const [line, standing] of [
      ['운영 쉬는주 추석', async () => (await bot.ledger(WEEK))?.rested],
      [`운영 면제 <@${MINSEO}> 이번주`, async () => (await bot.ledger(WEEK))?.excuses?.[MINSEO]],
      ['admin extend 24h', async () => (await bot.ledger(WEEK))?.extended],
    ] as const) {
      const answer = await says(ADMIN, line);
      const made = await standing();
      expect(made).toMatchObject({ by: ADMIN });
      await bot.clock.sleep(1000);
      await says(ADMIN, back(answer));
      expect(await standing()).not.toEqual(made);
      const { at: _, by: __, ...rest } = ((await standing()) ?? {}) as Record<string, unknown>;
      expect([{}, { excused: false }]).toContainEqual(rest);
    }
  });

  test('a bare name is asked back, and nothing is written', async () => {
    const { file, written } = await createScene();
    expect(await file('25-til-admin-excuse-mention-not-escaped.form')).toContain('운영 면제 @누구 2024-W32');
    expect(await written()).toEqual([]);
    expect(await file('24-til-admin-excuse-mention-escaped.form')).toContain('<@U0DOYUN001> 님은');
    expect(await written()).toHaveLength(1);
  });

  test('open posts a weekly post that was deleted, and not a second one', async () => {
    const { bot, says } = await createScene();
    const posts = () => bot.workspace.messages(CHANNEL).filter(({ text }) => /\[TIL /.test(text ?? '')).length;
    expect(await says(ADMIN, '운영 열기')).toContain('이미 올라와');
    bot.workspace.remove({ user: BOT.id, channel: CHANNEL, ts: bot.thread() });
    await bot.settle();
    await bot.clock.sleep(60_000);
    expect(await says(ADMIN, 'admin open')).toContain('곧 채널에');
    await bot.settle();
    expect(posts()).toBe(1);
  });

  test('close asks first, closes when the button is pressed, and is in its place then', async () => {
    const { bot, says, press } = await createScene();
    await bot.reply(MINSEO, 'https://velog.io/@minseo/one');
    expect(await says(ADMIN, 'admin close 2024-08')).toContain('8월은 2024-09-02 00:00에 끝나요');
    await bot.clock.sleep(29 * 86_400_000);
    expect(await says(ADMIN, '운영 마감')).toContain('되돌릴 수 없어요');
    await bot.settle();
    expect((await bot.ledger('2024-W35'))?.closed['2024-08']).toBeUndefined();
    expect(await press(ADMIN)).toContain('8월을 마감할게요');
    await bot.settle();
    expect((await bot.ledger('2024-W35'))?.closed['2024-08']).toBeDefined();
    expect(
      bot.workspace
        .hints(ADMIN)
        .map(({ text }) => text)
        .join(),
    ).not.toContain('굳히면');
    expect(
      bot.workspace
        .hints(ADMIN)
        .map(({ text }) => text)
        .join(),
    ).toContain('마감할게요');
    expect(await says(ADMIN, '운영 마감')).toContain('이미 마감');
  });

  test('status is six lines, in each language', async () => {
    const { bot, says } = await createScene({ checksClock: true });
    await bot.reply(MINSEO, 'https://velog.io/@minseo/one');
    const lines = (await says(ADMIN, '운영 상태')).split('\n');
    expect(lines).toHaveLength(6);
    expect(lines[0]).toBe('마지막으로 들은 것: 2024-08-05 09:00');
    expect(lines[2]).toBe('따로 둔 일: 0개');
    expect(lines[4]).toBe('저장소: 읽혀요');
    expect(lines[5]).toBe('예정: 밀린 것이 없어요');
    const english = await createScene({ config: { locale: 'en' } });
    expect(await english.says(ADMIN, 'admin status')).toMatch(/^Last heard: .*\nWaiting jobs: .*\nPut aside: 0\nClock/);
  });
});
