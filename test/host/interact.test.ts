import { describe, expect, test } from 'vitest';
import { Unavailable } from '../../src/events/errors.ts';
import type { Interaction } from '../../src/events/interaction.ts';
import { createWorker } from '../../src/host/worker.ts';
import { createBookkeeping } from '../../src/pipeline/bookkeeping.ts';
import { interactionJob, jobOf } from '../../src/queue/jobs.ts';
import type { Answer, Answered } from '../../src/slack/response-url.ts';
import { openDocuments } from '../../src/store/documents.ts';
import { memoryBucket } from '../../src/store/memory.ts';
import { createBot } from '../support/bot.ts';
import { faultyBucket } from '../support/faulty.ts';
import { CHANNEL, contents } from '../support/world.ts';

const MINSEO = 'U0MINSEO01';
const OTHER = 'C0OTHER001';
const ADDRESS = 'https://hooks.slack.com/commands/T0TILTEAM1/742/secret';
const AT = '1722830400.000000';

type Bot = ReturnType<typeof createBot>;
type Options = Parameters<typeof createBot>[0];

/** A bot on the day of the press, with an open week, whose answers are kept. */
const createTalker = async (options: Options = {}, answers: Answered[] = []) => {
  const heard: Answer[] = [];
  const logs: number[] = [];
  const bot: Bot = createBot({
    canTalk: true,
    ...options,
    sendAnswer: async (answer) => {
      heard.push(answer);
      logs.push((await choices(bot)).length);
      return answers.shift() ?? { is: 'taken' };
    },
  });
  await bot.tick('week.open');
  let sequence = 0;
  return {
    bot,
    heard,
    /** How many choices the log had when each answer was sent. */
    logs,
    texts: () => heard.map(({ text }) => text),
    does: async (...interactions: Interaction[]) => {
      await bot.queue.put(interactions.map((interaction) => interactionJob(`i${sequence++}`, interaction)));
      await bot.settle();
    },
  };
};

const choices = ({ log }: Pick<Bot, 'log'>): Promise<[string, string][]> =>
  contents(log, 'events/').then((all) =>
    Object.entries(all).filter(([key]) => /-(week\.planned|member\.set)-/.test(key)),
  );

const says = (text: string, more: Partial<Extract<Interaction, { kind: 'command' }>> = {}): Interaction => ({
  kind: 'command',
  user: MINSEO,
  team: 'T0TILTEAM1',
  at: AT,
  channel: CHANNEL,
  command: '/til',
  text,
  responseUrl: ADDRESS,
  ...more,
});

const presses = (
  id: string,
  value: string,
  more: Partial<Extract<Interaction, { kind: 'press' }>> = {},
): Interaction => ({
  kind: 'press',
  user: MINSEO,
  team: 'T0TILTEAM1',
  at: AT,
  container: 'message',
  channel: CHANNEL,
  actions: [{ id, value, at: AT }],
  responseUrl: ADDRESS,
  ...more,
});

describe('what a person chooses', () => {
  test('is an event of the challenge, confirmed after it is in the log', async () => {
    const { bot, does, heard, logs } = await createTalker();
    await does(says('쉬어요'));
    expect((await bot.ledger('2024-W32'))?.plans).toEqual({ [MINSEO]: { at: AT, plan: 'rest' } });
    expect(heard).toMatchObject([{ address: ADDRESS, since: AT, replaces: false }]);
    expect(heard[0]?.text).toMatch(/쉬시는 걸로.*\n3주를 쓰면 한 주는 쉬어도/s);
    expect(logs).toEqual([1]);
    await does(says('알림 sun', { at: '1722830401.000000' }), says('likes card', { at: '1722830402.000000' }));
    expect((await bot.ledger('2024-W32'))?.settings).toEqual({
      [`${MINSEO}/remind`]: { at: '1722830401.000000', value: 'sun' },
      [`${MINSEO}/likes`]: { at: '1722830402.000000', value: 'card' },
    });
    expect(logs).toEqual([1, 2, 3]);
  });

  test('by a button is of that week; of a week that is over nothing is written, and it is said', async () => {
    const { bot, does, texts } = await createTalker();
    await does(presses('week.plan', `${CHANNEL}/2024-W32`), presses('week.rest', '2024-W31'));
    expect((await bot.ledger('2024-W32'))?.plans).toEqual({ [MINSEO]: { at: AT, plan: 'write' } });
    expect(await choices(bot)).toHaveLength(1);
    expect(texts()[1]).toContain('TIL 7월 5주차는 지나갔어요');
  });

  test('twice is one event and two answers; later than what stands it is not written over', async () => {
    const { bot, does, texts } = await createTalker();
    await does(says('rest'), says('rest'), says('쉬어요', { at: '1722830401.000000' }));
    expect(await choices(bot)).toHaveLength(1);
    expect(new Set(texts()).size).toBe(1);
    await does(says('plan', { at: '1722830300.000000' }));
    expect(texts()[3]).toBe('그 뒤에 고르신 것이 있어서 그대로 두었어요.');
    await does(says('none', { at: '1722830500.000000' }));
    expect((await bot.ledger('2024-W32'))?.plans?.[MINSEO]?.plan).toBe('none');
  });

  test('by two actions in one press are two events and one answer', async () => {
    const { bot, does, texts } = await createTalker();
    const actions = [
      { id: 'set.remind', value: 'off', at: AT },
      { id: 'unknown', value: 'x', at: AT },
      { id: 'week.plan', value: '2024-W32', at: AT },
    ];
    await does(presses('', '', { actions }));
    expect(await choices(bot)).toHaveLength(2);
    expect(texts()).toEqual([expect.stringMatching(/알림을 껐어요.*\n좋아요! 이번 주에/s)]);
  });

  test('in App Home is recorded, and has no answer here', async () => {
    const { bot, does, heard } = await createTalker();
    await does(presses('set.remind', 'sun', { container: 'view', channel: undefined, responseUrl: undefined }));
    expect(await choices(bot)).toHaveLength(1);
    expect(heard).toEqual([]);
  });

  test('by the off button of a personal message is answered in its place', async () => {
    const { does, heard } = await createTalker();
    await does(presses('remind.off', '2024-W32', { channel: 'D0MINSEO01' }));
    expect(heard).toMatchObject([{ replaces: true }]);
  });

  test('is said in the language of the challenge, by its rules', async () => {
    const { does, texts } = await createTalker({ config: { locale: 'en', rules: { streak: { between: 'off' } } } });
    await does(says('쉬어요'), says('help'), says('likes'), says('이게 뭐예요', { command: '/challenge' }));
    expect(texts()[0]).toMatch(/^You take this week off/);
    expect(texts()[0]).not.toContain('run');
    expect(texts()[1]).toContain('`/til plan`');
    expect(texts()[2]).toContain('`/til likes card`');
    expect(texts()[3]).toMatch(/^I did not understand that.*`\/challenge help`/s);
  });

  test('in another channel is for the only challenge, and that is said; to the bot alone it need not be', async () => {
    const { bot, does, texts } = await createTalker();
    await does(
      says('쓸게요', { channel: 'C0RANDOM01' }),
      says('help', { channel: 'C0RANDOM01' }),
      says('쓸게요', { channel: 'D0MINSEO01' }),
    );
    expect(texts()[0]).toContain(`<#${CHANNEL}>`);
    expect(texts()[1]).not.toContain(`<#${CHANNEL}>`);
    expect(texts()[2]).not.toContain(`<#${CHANNEL}>`);
    expect(await choices(bot)).toHaveLength(1);
  });
});

describe('who asks about themselves', () => {
  test('is told what stands, what they chose a moment ago with it, and nothing is written', async () => {
    const { bot, does, texts } = await createTalker();
    const ts = await bot.reply(MINSEO, 'https://velog.io/@minseo/1');
    await does(says('likes card'), says(''), presses('me.show', `${CHANNEL}/2024-W32`));
    expect(texts()[1]).toMatch(/^\*TIL 8월 1주차\* · 일요일 자정까지 · <https.*\|이번 주 글>\n이번 주 글을 썼어요/);
    expect(texts()[1]).toContain('좋아요: 글마다 모아서');
    expect(texts()[2]).toBe(texts()[1]);
    expect(await choices(bot)).toHaveLength(1);
    bot.workspace.remove({ user: MINSEO, channel: CHANNEL, ts });
    await bot.settle();
    await does(says(''));
    expect(texts()[3]).toContain('이번 주 글을 기다리고 있어요');
    expect(await contents(bot.log, 'other/')).toEqual({});
  });

  test('keeps what they chose in a month that is over', async () => {
    const { bot, does, texts } = await createTalker();
    await does(says('remind sun'));
    await bot.pass(10);
    await does(says('', { at: '1725500000.000000', user: MINSEO }));
    expect(texts()[1]).toContain('알림: 일요일');
    expect(texts()[1]).toContain('이번 주 글은 아직 올라오지 않았어요');
  });
});

describe('where there are several challenges', () => {
  test('it is the channel’s own, or the one in which they wrote last; else they are asked', async () => {
    const { bot, does, texts } = await createTalker({ others: [{ channel: OTHER }] });
    await does(says('쓸게요', { channel: OTHER }));
    expect((await choices(bot)).map(([key]) => key.split('/')[1])).toEqual([OTHER]);
    await does(says('쉬어요', { channel: 'D0MINSEO01' }));
    expect(texts()[1]).toContain(`<#${CHANNEL}> <#${OTHER}>`);
    expect(await choices(bot)).toHaveLength(1);
    await bot.reply(MINSEO, 'https://velog.io/@minseo/1');
    await does(says('쉬어요', { channel: 'D0MINSEO01' }));
    expect((await bot.ledger('2024-W32'))?.plans).toEqual({ [MINSEO]: { at: AT, plan: 'rest' } });
    await does(says('쓸게요', { channel: 'D0JIHO0001', user: 'U0JIHO0001' }));
    expect(await choices(bot)).toHaveLength(2);
  });
});

describe('what nobody has an answer to', () => {
  test('leaves a trace without a person, and nothing else; App Home not even that', async () => {
    const { bot, does, heard } = await createTalker();
    await does(
      presses('button.of.an.older.version', 'x'),
      presses('<@U0MINSEO01>', 'x', { at: '1722830402.000000' }),
      {
        kind: 'shortcut',
        user: MINSEO,
        team: null,
        at: '1722830401.000000',
        callback: 'post.of.another',
        channel: CHANNEL,
        responseUrl: ADDRESS,
      },
      { kind: 'home', user: MINSEO, team: null, at: AT, tab: 'home' },
    );
    const other = Object.values(await contents(bot.log, 'other/')).map((text) => JSON.parse(text) as { type: string });
    expect(other.map(({ type }) => type).sort()).toEqual([
      'block_actions',
      'block_actions.button.of.an.older.version',
      'message_action.post.of.another',
    ]);
    expect(JSON.stringify(other)).not.toMatch(/MINSEO|secret/);
    expect(heard).toEqual([]);
    expect(await contents(bot.log, 'quarantine/')).toEqual({});
  });

  test('without the port, everything does', async () => {
    const log = memoryBucket();
    const bookkeeping = createBookkeeping({ log, documents: openDocuments(memoryBucket()), challenges: [] });
    const worker = createWorker({ log, challenges: [], bookkeeping });
    const job = { ...interactionJob('1', says('rest')), received: 1, handle: '1' };
    expect((await worker.handle([job])).done).toEqual([job]);
    expect(Object.values(await contents(log))).toEqual([expect.stringContaining('slash_command')]);
    expect(JSON.stringify(await contents(log))).not.toMatch(/MINSEO|secret|rest/);
  });
});

describe('an answer', () => {
  test('that must be tried again brings the job back; the choice stays one event', async () => {
    const { bot, does, heard } = await createTalker({}, [{ is: 'later', seconds: 20 }]);
    await does(says('rest'));
    expect(heard).toHaveLength(1);
    await bot.pass(10);
    expect(heard).toHaveLength(1);
    await bot.pass(20);
    expect(heard).toHaveLength(2);
    expect(heard[1]).toEqual(heard[0]);
    expect(await choices(bot)).toHaveLength(1);
  });

  test.each([{ is: 'over' as const }, { is: 'refused' as const, reason: 'HTTP 400' }])(
    'that is $is ends it; the event stands',
    async (answered) => {
      const { bot, does, heard } = await createTalker({}, [answered]);
      await does(says('rest'));
      await bot.pass(3600);
      expect(heard).toHaveLength(1);
      expect(await choices(bot)).toHaveLength(1);
      expect(bot.happenings.filter((each) => each.startsWith('problem'))).toHaveLength(
        answered.is === 'refused' ? 1 : 0,
      );
      expect(bot.happenings.join()).not.toContain('secret');
    },
  );
});

describe('the address for answers', () => {
  test('is in no file of log and state, whatever became of the job', async () => {
    const { bot, does } = await createTalker({}, [{ is: 'refused', reason: 'HTTP 400' }]);
    await does(says('rest'), says('a word of mine'), presses('older', 'x'));
    await bot.queue.put([
      jobOf('bad', `person/${MINSEO}`, { kind: 'interaction', interaction: { ...says('rest'), user: '<>' } }),
      { id: 'worse', group: `person/${MINSEO}`, body: `{"kind":"tomorrow","responseUrl":"${ADDRESS}"}` },
    ]);
    await bot.settle();
    const kept = JSON.stringify([await contents(bot.log), await contents(bot.state)]);
    expect(kept).not.toMatch(/hooks\.slack|secret|word of mine/);
    expect(Object.keys(await contents(bot.log, 'quarantine/'))).toHaveLength(2);
  });

  test('goes out of a job that is given up, and so do a person’s words', async () => {
    let isBroken = false;
    const log = faultyBucket(memoryBucket(), (_, { key }) => {
      if (isBroken && !key.startsWith('quarantine/')) throw new TypeError('a defect');
      return undefined;
    });
    const { bot, does, heard } = await createTalker({ log });
    isBroken = true;
    await does(says('rest'));
    await bot.pass(600);
    isBroken = false;
    const all = Object.values(await contents(bot.log, 'quarantine/'));
    const text = all.find((each) => each.includes('"kind":"interaction"'));
    expect(text).toContain(MINSEO);
    expect(text).not.toMatch(/hooks|secret|rest/);
    expect(heard).toEqual([]);
  });

  test('goes out of a job that waits for longer than an answer is taken; the choice is recorded all the same', async () => {
    let isAway = false;
    const log = faultyBucket(memoryBucket(), () => {
      if (isAway) throw new Unavailable('the log');
      return undefined;
    });
    const { bot, does, heard } = await createTalker({ log });
    isAway = true;
    const now = `${Math.floor(bot.clock.now() / 1000)}.000000`;
    await does(says('rest', { at: now }));
    await bot.pass(1700);
    expect(JSON.stringify(await bot.queue.list())).toContain('secret');
    await bot.pass(300);
    expect(await bot.queue.list()).toHaveLength(1);
    expect(JSON.stringify(await bot.queue.list())).not.toContain('secret');
    isAway = false;
    await bot.pass(120);
    expect(await choices(bot)).toHaveLength(1);
    expect(heard).toEqual([]);
    expect(await bot.queue.list()).toEqual([]);
  });
});

test('a choice is one event and is confirmed, wherever its first try fails', async () => {
  const reference = async (fails: (call: number) => 'before' | 'after' | undefined) => {
    let calls = 0;
    let isBroken = false;
    const broken = () => (isBroken ? fails(++calls) : undefined);
    const { bot, does, heard, logs } = await createTalker({
      log: faultyBucket(memoryBucket(), broken),
      state: faultyBucket(memoryBucket(), broken),
    });
    isBroken = true;
    await does(says('rest')).catch(() => {}); // Publishing is not part of a job here.
    isBroken = false;
    await bot.pass(600);
    expect(await choices(bot)).toHaveLength(1);
    expect((await bot.ledger('2024-W32'))?.plans).toEqual({ [MINSEO]: { at: AT, plan: 'rest' } });
    expect(heard.length).toBeGreaterThan(0);
    expect(new Set(logs)).toEqual(new Set([1]));
    return calls;
  };
  const calls = await reference(() => undefined);
  expect(calls).toBeGreaterThan(4);
  for (let number = 1; number <= calls; number++)
    for (const when of ['before', 'after'] as const)
      await reference((call) => (call === number ? when : undefined)).catch((error: unknown) => {
        throw new Error(`call ${number}, ${when}: ${String(error)}`);
      });
}, 60_000);
