import { join } from 'node:path';
import { LogLevel, WebClient } from '@slack/web-api';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { beforeEach, describe, expect, test } from 'vitest';
import type { RunningSandbox } from '../../src/sandbox/server.ts';
import type { Received } from '../sandbox/app.ts';
import { botToken, cast, channel, jiho, minseo } from '../sandbox/small-workspace.ts';
import { findings, inChannel, NOTHING_FOUND, pane, SCHEMES, soon, useSandboxes } from '../support/sandbox-page.ts';

interface Payload {
  type: string;
  user: { id: string };
  callback_id?: string;
  message?: { ts: string };
  response_url?: string;
  actions?: { action_id: string; selected_option?: { value: string } }[];
}

const sandboxes = useSandboxes();
let sandbox: RunningSandbox;
let app: Awaited<ReturnType<typeof sandboxes.start>>['app'];
let bot: WebClient;
let week: string;
let problems: string[];
/** What the app does not answer. */
let isDeaf: (received: Received) => boolean;

const plain = (text: string) => ({ type: 'plain_text' as const, text });
const mrkdwn = (text: string) => ({ type: 'mrkdwn' as const, text });
const button = (action_id: string, text: string) => ({
  type: 'button' as const,
  action_id,
  text: plain(text),
  value: 'w',
});

const weekly = [
  { type: 'section' as const, text: mrkdwn('*[TIL 8월 1주차]*\n일요일 자정까지 댓글로 링크를 올려 주세요.') },
  {
    type: 'actions' as const,
    block_id: 'week',
    elements: [
      button('week.plan', '✍️ 이번 주 쓸게요'),
      button('week.rest', '🌙 이번 주는 쉬어요'),
      button('me.show', '내 기록'),
      { ...button('thread.open', '스레드로'), url: 'https://til.example.org/' },
    ],
  },
  { type: 'context' as const, elements: [mrkdwn('버튼은 나만 보는 답을 줘요.')] },
];

const remindOptions = [
  ['sat', '토요일 10시'],
  ['sun', '일요일 18시'],
  ['off', '끄기'],
].map(([value = '', text = '']) => ({ text: plain(text), value }));

const homeOf = (user: string, chosen = 'sat') => ({
  type: 'home' as const,
  blocks: [
    { type: 'header' as const, text: plain('TIL 8월 1주차') },
    {
      type: 'section' as const,
      text: mrkdwn('*이번 주* 아직이에요. 일요일 자정까지예요.'),
      accessory: button('week.plan', '✍️ 쓸게요'),
    },
    { type: 'section' as const, text: mrkdwn('🟩🟩🌙🟩🟩🟩⬜🟩🟩🟩🟩🟩🟩') },
    { type: 'divider' as const },
    {
      type: 'section' as const,
      block_id: 'set',
      text: mrkdwn('*알림*'),
      accessory: {
        type: 'static_select' as const,
        action_id: 'set.remind',
        placeholder: plain('알림'),
        options: remindOptions,
        initial_option: remindOptions.find(({ value }) => value === chosen) as (typeof remindOptions)[number],
      },
    },
    { type: 'context' as const, elements: [mrkdwn(`<@${user}> 님만 봐요.`)] },
  ],
});

const say = async (url: string | undefined, body: object): Promise<void> => {
  await fetch(String(url), { method: 'POST', body: JSON.stringify({ response_type: 'ephemeral', ...body }) });
};

/** A bot that talks back, as simply as can be. */
const answer = async ({ path, form, json }: Received): Promise<void> => {
  if (path === '/slack/commands') await say(form['response_url'], { text: `명령을 들었어요: ${form['text']}` });
  if (path === '/slack/events' && json.event.type === 'app_home_opened' && json.event['tab'] === 'home')
    await bot.views.publish({ user_id: String(json.event['user']), view: homeOf(String(json.event['user'])) });
  if (form['payload'] === undefined) return;
  const { type, user, actions, callback_id, response_url, message } = JSON.parse(form['payload']) as Payload;
  const [action] = actions ?? [];
  if (type === 'message_action') await say(response_url, { text: `${callback_id} ${message?.ts}` });
  else if (action?.action_id === 'week.rest' && response_url)
    await say(response_url, {
      replace_original: false,
      text: '이번 주는 조용히 있을게요.',
      blocks: [
        { type: 'section', text: mrkdwn('🌙 이번 주는 조용히 있을게요. 올리면 그대로 세요.') },
        { type: 'actions', elements: [button('week.none', '되돌리기')] },
      ],
    });
  else if (action?.action_id === 'week.none') await say(response_url, { replace_original: true, text: '되돌렸어요.' });
  else if (action?.action_id === 'set.remind')
    await bot.views.publish({ user_id: user.id, view: homeOf(user.id, action.selected_option?.value) });
};

const open = (who: string, options: BrowserContextOptions = {}): Promise<Page> =>
  sandboxes.open(sandbox.url, who, problems, options);

const channelPane = (page: Page) => pane(page, '# til');
const write = async (page: Page, text: string): Promise<void> => {
  await channelPane(page).getByLabel('#til에 쓰기').fill(text);
  await page.keyboard.press('Enter');
};
const pressedIn = (received: Received[]): string[] =>
  received.flatMap(({ form }) =>
    form['payload'] ? ((JSON.parse(form['payload']) as Payload).actions ?? []).map(({ action_id: id }) => id) : [],
  );

beforeEach(async () => {
  problems = [];
  isDeaf = () => false;
  const respond = (received: Received): number => {
    if (isDeaf(received)) return 500;
    answer(received).catch((error: unknown) => problems.push(String(error)));
    return 200;
  };
  ({ app, sandbox } = await sandboxes.start(respond, { ...cast, previewMilliseconds: 50 }));
  bot = new WebClient(botToken, { slackApiUrl: sandbox.apiUrl, retryConfig: { retries: 0 }, logLevel: LogLevel.ERROR });
  week = String((await bot.chat.postMessage({ channel, text: '[TIL 8월 1주차]', blocks: weekly })).ts);
});
describe('talking back', () => {
  test('a press is answered to who pressed alone, and that answer is pressed in turn', async () => {
    const [page, other] = [await open(minseo), await open(jiho)];
    await inChannel(page, '8월 1주차').getByRole('button', { name: '이번 주는 쉬어요' }).click();
    const hint = inChannel(page, '조용히 있을게요');
    await hint.getByText('나에게만 보여요').waitFor(soon);
    await hint.getByRole('button', { name: '되돌리기' }).click();
    await inChannel(page, '되돌렸어요').getByText('나에게만 보여요').waitFor(soon);
    expect(await hint.count()).toBe(0);
    expect(await other.getByText('되돌렸어요').count()).toBe(0);
    expect(problems).toEqual([]);
  });

  test('a link opens, and is a press all the same', async () => {
    const page = await open(minseo);
    await page.context().route('https://til.example.org/**', (route) => route.fulfill({ body: 'there' }));
    const opened = page.waitForEvent('popup');
    await inChannel(page, '8월 1주차').getByRole('link', { name: '스레드로' }).click();
    await (await opened).getByText('there').waitFor(soon);
    await expect.poll(() => pressedIn(app.received), soon).toEqual(['thread.open']);
  });

  test('a warning stands beside what got no answer, until it gets one', async () => {
    const page = await open(minseo);
    isDeaf = ({ path }) => path === '/slack/interactions';
    const rest = inChannel(page, '8월 1주차').getByRole('button', { name: '이번 주는 쉬어요' });
    const warning = inChannel(page, '8월 1주차').getByText('제때 답하지 않았어요');
    await rest.click();
    await warning.waitFor(soon);
    expect(await warning.count()).toBe(1);
    isDeaf = () => false;
    await rest.click();
    await inChannel(page, '조용히 있을게요').waitFor(soon);
    expect(await warning.count()).toBe(0);
  });

  test('a command is offered, given and answered; nobody else sees any of it', async () => {
    const [page, other] = [await open(minseo), await open(jiho)];
    await channelPane(page).getByLabel('#til에 쓰기').fill('/t');
    await channelPane(page).getByRole('button', { name: '/til' }).click();
    await page.keyboard.type('쉬어요');
    await page.keyboard.press('Enter');
    await inChannel(page, '명령을 들었어요: 쉬어요').getByText('나에게만 보여요').waitFor(soon);
    await write(page, '/teel 쉬어요');
    await inChannel(page, '/teel: 없는 명령이에요').getByText('나에게만 보여요').waitFor(soon);
    isDeaf = ({ path }) => path === '/slack/commands';
    await write(page, '/til');
    await inChannel(page, '/til: 앱이 제때 답하지 않았어요').waitFor(soon);
    await write(page, ' /til 은 이렇게 써요'); // A blank before it makes it a message.
    await inChannel(other, '은 이렇게 써요').waitFor(soon);
    expect(await inChannel(other, '나에게만').count()).toBe(0);
    expect(sandbox.workspace.messages(channel)).toHaveLength(2);
    expect(problems).toEqual([]);
  });

  test('in a thread there are no commands', async () => {
    const page = await open(minseo);
    const thread = pane(page, '스레드');
    await thread.getByLabel(/답글 쓰기/).fill('/til');
    await page.keyboard.press('Enter');
    await thread.getByText('/til: 스레드에서는 쓸 수 없어요').waitFor(soon);
    expect(app.received.filter(({ path }) => path === '/slack/commands')).toEqual([]);
  });

  test('an admin takes an entry of a message’s menu', async () => {
    const { ts } = sandbox.workspace.reply({ user: jiho, channel, thread: week, text: '발표 자료로 대신해요' });
    const page = await open('U0ADMIN001');
    expect(await page.getByLabel('지금 나는').locator('option:checked').innerText()).toBe('관리자 (운영)');
    const row = pane(page, '스레드').getByRole('article').filter({ hasText: '발표 자료' });
    await row.getByRole('button', { name: '메시지 메뉴' }).click();
    await row.getByRole('button', { name: '이 글 인정하기' }).click();
    await inChannel(page, `post.accept ${ts}`).getByText('나에게만 보여요').waitFor(soon);
    isDeaf = ({ path }) => path === '/slack/interactions';
    await row.getByRole('button', { name: '메시지 메뉴' }).click();
    await row.getByRole('button', { name: '인정하지 않기' }).click();
    await row.getByText('제때 답하지 않았어요').waitFor(soon);
    expect(problems).toEqual([]);
  });

  test('App Home is filled when it is opened, for whoever it is, and a choice changes it', async () => {
    const page = await open(minseo);
    await page.getByRole('button', { name: '홈', exact: true }).click();
    const home = pane(page, '홈');
    await home.getByText('@민서 님만 봐요').waitFor(soon);
    await home.getByLabel('알림').selectOption('off');
    await expect
      .poll(() => sandbox.workspace.home(minseo)?.['blocks'], soon)
      .toMatchObject(
        expect.arrayContaining([
          expect.objectContaining({
            accessory: expect.objectContaining({ initial_option: expect.objectContaining({ value: 'off' }) }),
          }),
        ]) as object,
      );
    expect(await home.getByLabel('알림').inputValue()).toBe('off');
    await page.getByLabel('지금 나는').selectOption(jiho);
    await home.getByText('@지호 님만 봐요').waitFor(soon);
    expect(await home.getByLabel('알림').inputValue()).toBe('sat');
    isDeaf = ({ path }) => path === '/slack/interactions';
    await home.getByRole('button', { name: '쓸게요' }).click();
    await home.getByText('제때 답하지 않았어요').waitFor(soon);
    // What the app did not take stays chosen, as in Slack, until the view is published again as it was.
    await home.getByLabel('알림').selectOption('sun');
    await expect.poll(() => home.getByText('제때 답하지 않았어요').count(), soon).toBe(2);
    expect(await home.getByLabel('알림').inputValue()).toBe('sun');
    await bot.views.publish({ user_id: jiho, view: homeOf(jiho) });
    await expect.poll(() => home.getByLabel('알림').inputValue(), soon).toBe('sat');
    expect(problems).toEqual([]);
  });

  test('buttons in a direct message, and an answer in their place', async () => {
    const blocks = [
      { type: 'section' as const, text: mrkdwn('내일 자정까지예요.') },
      { type: 'actions' as const, elements: [button('week.none', '알림 끄기')] },
    ];
    await bot.chat.postMessage({ channel: minseo, text: '내일', blocks });
    const page = await open(minseo);
    await pane(page, '내 DM').getByRole('button', { name: '알림 끄기' }).click();
    await pane(page, '내 DM').getByText('되돌렸어요.').waitFor(soon);
    expect(await pane(page, '내 DM').getByText('내일 자정').count()).toBe(0);
  });

  test('an app that was not installed again offers none of it', async () => {
    sandbox = await sandboxes.startBeside(app.eventsUrl, { ...cast, reinstalled: false });
    sandbox.workspace.post({ user: jiho, channel, text: '글' });
    const page = await open(minseo);
    await inChannel(page, '글').waitFor(soon);
    expect(await page.getByRole('button', { name: '홈', exact: true }).count()).toBe(0);
    expect(await page.getByRole('button', { name: '메시지 메뉴' }).count()).toBe(0);
    await write(page, '/til');
    await inChannel(page, '/til: 없는 명령이에요').waitFor(soon);
  });
});

describe('for everybody', () => {
  const shots = process.env['TIL_SCREENSHOTS'];

  test.each(SCHEMES)('axe finds nothing in it: %s', async (name, options) => {
    isDeaf = ({ form }) => form['payload']?.includes('"action_id":"me.show","block_id"') === true;
    const element = { channel, ts: week, blockId: 'week' };
    sandbox.workspace.press({ user: minseo, ...element, actionId: 'week.rest' });
    sandbox.workspace.press({ user: minseo, ...element, actionId: 'me.show' });
    sandbox.workspace.reply({ user: jiho, channel, thread: week, text: '발표 자료로 대신해요' });
    sandbox.workspace.command({ user: minseo, channel, text: '/teel' });
    await sandbox.idle();
    const page = await open(minseo, options);
    const isPhone = options.viewport !== undefined;
    await inChannel(page, '조용히 있을게요').waitFor(soon);
    await channelPane(page).getByLabel('#til에 쓰기').fill('/');
    for (const shown of isPhone ? ['채널', '스레드', '홈'] : ['홈']) {
      await page.getByRole('button', { name: shown, exact: true }).click();
      if (shown === '스레드') await page.getByRole('button', { name: '메시지 메뉴' }).last().click();
      if (shown === '홈') await pane(page, '홈').getByText('님만 봐요').waitFor(soon);
      expect(await findings(page)).toEqual(NOTHING_FOUND);
      if (shots) await page.screenshot({ path: join(shots, `${name} ${shown}.png`) });
    }
    expect(problems).toEqual([]);
  });

  test('a button and a select are reached with the keyboard, and say what came of them', async () => {
    const page = await open(minseo);
    isDeaf = ({ path }) => path === '/slack/interactions';
    await inChannel(page, '8월 1주차').getByRole('button', { name: '이번 주 쓸게요' }).focus();
    await page.keyboard.press('Enter');
    await inChannel(page, '8월 1주차').getByRole('status').filter({ hasText: '제때 답하지' }).waitFor(soon);
    await page.getByLabel('언어').selectOption('en');
    await pane(page, '# til').getByText('The app did not answer in time').waitFor(soon);
    await page.getByRole('button', { name: 'Home', exact: true }).focus();
    await page.keyboard.press('Enter');
    await pane(page, 'Home').getByLabel('알림').focus();
    await page.keyboard.press('ArrowDown');
    await expect.poll(() => pressedIn(app.received), soon).toEqual(['week.plan', 'set.remind']);
  });
});
