import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { Refused } from '../../src/events/errors.ts';
import type { Workspace } from '../../src/sandbox/workspace.ts';
import { botToken, channel, jiho, minseo, workspaceInTime } from './small-workspace.ts';

/** A request body, as far as these tests look into it. */
interface Real {
  event: {
    type: string;
    blocks: { elements: object[] }[];
    message: { attachments: object[]; edited?: object };
    bot_profile: { icons: object };
    [field: string]: unknown;
  };
}

const fixture = (name: string): Real =>
  JSON.parse(readFileSync(new URL(`../fixtures/slack-events/${name}.json`, import.meta.url), 'utf8'));

/** The shape of a JSON value: its keys, and below them the same, lists by their first item. */
const shape = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.length > 0 ? [shape(value[0])] : [];
  if (typeof value !== 'object' || value === null) return typeof value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, inner]) => [name, shape(inner)]),
  );
};

const link = 'https://velog.io/@minseo-dev/Python-%EC%84%A4%EC%B9%98';

/** A workspace whose bot has posted the week, with nothing left to deliver. */
const withWeek = (options: Parameters<typeof workspaceInTime>[0] = {}) => {
  const { workspace, pass } = workspaceInTime(options);
  const answer = workspace.call('chat.postMessage', botToken, {
    channel,
    text: '*[TIL 8월 1주차]*',
    blocks: [{ type: 'section', text: { type: 'mrkdwn', text: '*[TIL 8월 1주차]*' } }],
    metadata: { event_type: 'til_week_open', event_payload: { week: '2024-W32' } },
  });
  const [delivery] = workspace.take();
  return { workspace, pass, thread: String(answer.body['ts']), weekDelivery: delivery?.payload };
};

describe('deliveries have the shape of real ones', () => {
  const events = (workspace: Workspace): Real[] => workspace.take().map(({ payload }) => payload as unknown as Real);
  const first = (workspace: Workspace): Real => events(workspace)[0] as Real;

  test("the bot's own post comes back with its metadata", () => {
    const { weekDelivery } = withWeek();
    const real = fixture('01-weekly-post-by-this-bot');
    real.event.bot_profile.icons = {};
    expect(shape(weekDelivery)).toEqual(shape(real));
  });

  test('a reply with a link, and the preview that arrives a second later as an edit', () => {
    const { workspace, pass, thread } = withWeek();
    const reply = workspace.reply({ user: minseo, channel, thread, text: `개발 블로그입니다 ${link}`, title: '설치' });
    expect(reply.text).toBe(`개발 블로그입니다 <${link}>`);
    expect(events(workspace).map(shape)).toEqual([shape(fixture('03-reply-with-velog-link'))]);
    pass(999);
    expect(events(workspace)).toEqual([]);
    expect(workspace.nextAt()).toBe(1_722_817_811_000);
    pass(1);
    const preview = first(workspace);
    const { message } = preview.event;
    expect(message.edited).toBeUndefined();
    expect(message.attachments).toMatchObject([{ from_url: link, title: '설치', title_link: link }]);
    const real = fixture('04-link-preview-arrives-as-edit');
    const ours = structuredClone(preview);
    ours.event.message.attachments = real.event.message.attachments;
    expect(shape(ours)).toEqual(shape(real));
    expect(workspace.nextAt()).toBeUndefined();
  });

  test('an edit that adds a link, one that removes it, and the deletion', () => {
    const { workspace, pass, thread } = withWeek();
    const { ts } = workspace.reply({ user: minseo, channel, thread, text: '링크는 조금 뒤에 올릴게요' });
    workspace.take();
    pass(60_000);
    workspace.edit({ user: minseo, channel, ts, text: `올렸습니다\n${link}` });
    const added = first(workspace);
    expect(shape(added)).toEqual(shape(fixture('06-edit-adds-link')));
    pass(60_000);
    workspace.take();
    workspace.edit({ user: minseo, channel, ts, text: '역시 다음에' });
    const removed = first(workspace);
    expect(removed.event['message']).not.toHaveProperty('attachments');
    expect(removed.event['previous_message']).toHaveProperty('attachments');
    pass(60_000);
    expect(workspace.take()).toEqual([]);
    workspace.remove({ user: minseo, channel, ts });
    const deleted = first(workspace);
    expect(deleted.event).toMatchObject({ subtype: 'message_deleted', deleted_ts: ts });
    const names = Object.keys(fixture('08-reply-deleted').event).sort();
    expect(Object.keys(deleted.event).sort()).toEqual(names);
  });

  test('likes with and without a skin tone, and their removal', () => {
    const { workspace, thread } = withWeek();
    const { ts } = workspace.reply({ user: minseo, channel, thread, text: '글' });
    workspace.take();
    workspace.react({ user: jiho, channel, ts, name: '+1' });
    workspace.react({ user: jiho, channel, ts, name: '+1::skin-tone-3' });
    workspace.unreact({ user: jiho, channel, ts, name: '+1' });
    const delivered = events(workspace);
    expect(delivered.map(shape)).toEqual(
      ['14-like-added', '15-like-added-skin-tone', '16-like-removed'].map((name) => shape(fixture(name))),
    );
    expect(delivered[0]?.event).toMatchObject({ user: jiho, item_user: minseo, item: { ts } });
    expect(workspace.messages(channel).at(-1)?.reactions).toEqual([
      { name: '+1::skin-tone-3', users: [jiho], count: 1 },
    ]);
  });

  test('a reply also sent to the channel carries its root', () => {
    const { workspace, thread } = withWeek();
    workspace.reply({ user: minseo, channel, thread, text: link, broadcast: true });
    const delivered = first(workspace);
    expect(delivered.event).toMatchObject({
      subtype: 'thread_broadcast',
      thread_ts: thread,
      root: { ts: thread, reply_count: 1 },
    });
    expect(delivered.event).not.toHaveProperty('parent_user_id');
  });

  test('a shared file has no blocks', () => {
    const { workspace, thread } = withWeek();
    workspace.reply({ user: minseo, channel, thread, text: `발표 자료와 글 ${link}`, files: ['til.pdf'] });
    expect(events(workspace).map(shape)).toEqual([shape(fixture('12-file-share-without-blocks'))]);
  });

  test('links in a list, bold text, mentions and hostile labels become rich text', () => {
    const { workspace } = withWeek();
    const list = fixture('10-reply-link-in-a-list');
    workspace.post({ user: minseo, channel, asIs: true, text: String(list.event['text']) });
    expect(first(workspace).event.blocks[0]?.elements).toEqual(list.event.blocks[0]?.elements);
    workspace.post({
      user: minseo,
      channel,
      asIs: true,
      text: '<!channel> <https://velog.io/@siwoo/a|Click &lt;!here&gt;>',
    });
    const hostile = first(workspace);
    const expected = fixture('24-hostile-mrkdwn-reply');
    expect(hostile.event.blocks[0]?.elements).toEqual(expected.event.blocks[0]?.elements);
    const typed = workspace.post({
      user: minseo,
      channel,
      text: '@지호 @channel <script> & *굵게* :fire: (https://a.io/x).',
    });
    expect(typed.text).toBe(`<@${jiho}> <!channel> &lt;script&gt; &amp; *굵게* :fire: (<https://a.io/x>).`);
    expect(typed.blocks?.[0]?.['elements']).toMatchObject([
      {
        elements: [
          { type: 'user', user_id: jiho },
          { text: ' ' },
          { type: 'broadcast', range: 'channel' },
          { text: ' <script> & ' },
          { type: 'text', text: '굵게', style: { bold: true } },
          { text: ' ' },
          { type: 'emoji', name: 'fire' },
          { text: ' (' },
          { type: 'link', url: 'https://a.io/x' },
          { text: ').' },
        ],
      },
    ]);
  });

  test('somebody joins and leaves: an event and a line in the channel each', () => {
    const { workspace } = withWeek();
    workspace.leave({ user: jiho, channel });
    workspace.join({ user: jiho, channel, inviter: 'U0ADMIN001' });
    const delivered = events(workspace);
    expect(delivered.map(({ event }) => [event.type, event['subtype']])).toEqual([
      ['member_left_channel', undefined],
      ['message', 'channel_leave'],
      ['member_joined_channel', undefined],
      ['message', 'channel_join'],
    ]);
    expect(shape(delivered[0])).toEqual(shape(fixture('21-member-left')));
    expect(shape(delivered[2])).toEqual(shape(fixture('20-member-joined')));
  });

  test('a parent that is deleted stays as a tombstone until its last reply goes', () => {
    const { workspace, thread } = withWeek();
    const { ts } = workspace.reply({ user: minseo, channel, thread, text: '답' });
    workspace.take();
    expect(workspace.call('chat.delete', botToken, { channel, ts: thread }).body.ok).toBe(true);
    const tombstone = first(workspace);
    const real = fixture('22-parent-deleted-with-replies-tombstone');
    expect(shape(tombstone.event.message)).toEqual(shape({ ...real.event.message, source_team: '', user_team: '' }));
    workspace.remove({ user: minseo, channel, ts });
    const after = events(workspace).map(({ event }) => [event['subtype'], event['deleted_ts']]);
    expect(after).toEqual([
      ['message_deleted', ts],
      ['message_deleted', thread],
    ]);
    expect(workspace.messages(channel)).toEqual([]);
  });

  test('other bots have their own ids, other channels and DMs do not reach the bot, and names change by user_change', () => {
    const { workspace } = withWeek();
    workspace.post({ user: 'U0OLDBOT01', channel, text: '*[TIL 8월 2주차]*' });
    workspace.post({ user: minseo, channel: 'C0OTHER001', text: '점심 뭐 먹죠' });
    workspace.call('chat.postMessage', botToken, { channel: minseo, text: '둘만의 이야기' });
    workspace.rename({ user: minseo, name: '새 이름' });
    const [bot, renamed, ...rest] = events(workspace);
    expect(bot?.event).toMatchObject({ bot_id: 'B0OLDBOT01', app_id: 'A0OLDAPP01', user: 'U0OLDBOT01' });
    expect(renamed?.event).toMatchObject({
      type: 'user_change',
      user: { id: minseo, profile: { display_name: '새 이름' } },
    });
    expect(rest).toEqual([]);
  });
});

describe('time and identity', () => {
  test('ts are unique and increase in a channel, even when the clock stands still or goes back', () => {
    const { workspace, pass } = workspaceInTime();
    const stamps = Array.from({ length: 2_500 }, (_, index) => {
      pass(index === 1_000 ? -5_000 : 0);
      return workspace.post({ user: minseo, channel, text: `글 ${index}` }).ts;
    });
    expect(stamps.every((ts) => /^\d{10}\.\d{6}$/.test(ts))).toBe(true);
    expect([...new Set(stamps)].sort()).toEqual(stamps);
  });

  test('event ids are never the same', () => {
    const { workspace } = workspaceInTime();
    for (let number = 0; number < 100; number += 1) workspace.post({ user: minseo, channel, text: '글' });
    expect(new Set(workspace.take().map(({ payload }) => payload.event_id)).size).toBe(100);
  });

  test('the same deeds at the same times give the same bytes', () => {
    const run = (): string => {
      const { workspace, pass, thread } = withWeek();
      workspace.reply({ user: minseo, channel, thread, text: link });
      pass(2_000);
      workspace.react({ user: jiho, channel, ts: thread, name: '+1' });
      return JSON.stringify([workspace.take(), workspace.messages(channel)]);
    };
    expect(run()).toBe(run());
  });

  test('what a caller gets is a copy', () => {
    const { workspace } = workspaceInTime();
    workspace.post({ user: minseo, channel, text: '글' }).text = 'x';
    const [seen] = workspace.messages(channel);
    expect(seen?.text).toBe('글');
    if (seen) seen.text = 'y';
    expect(workspace.messages(channel)[0]?.text).toBe('글');
  });
});

describe('long messages', () => {
  const lengths = (length: number): number[] => {
    const { workspace } = workspaceInTime();
    const { body } = workspace.call('chat.postMessage', botToken, { channel, text: 'x'.repeat(length) });
    return body.ok ? workspace.messages(channel).map(({ text }) => text.length) : [];
  };

  test('a text above 4,000 characters becomes several messages, and above 40,000 it is refused', () => {
    expect(lengths(3_900)).toEqual([3_900]);
    expect(lengths(4_000)).toEqual([4_000]);
    expect(lengths(4_041)).toEqual([4_000, 41]);
    expect(lengths(40_000)).toEqual(Array(10).fill(4_000));
    expect(lengths(40_001)).toEqual([]);
  });

  test('a split goes through no link and no emoji, and loses nothing', () => {
    const { workspace } = workspaceInTime();
    const text = `${'가'.repeat(3_990)}<https://velog.io/@a/bcdef>${'😀'.repeat(2_500)}`;
    workspace.post({ user: minseo, channel, text, asIs: true });
    const parts = workspace.messages(channel).map((message) => message.text);
    expect(parts.join('')).toBe(text);
    expect(parts[0]).toBe('가'.repeat(3_990));
    expect(parts.every((part) => part.isWellFormed())).toBe(true);
  });
});

describe('people are refused', () => {
  const { workspace } = workspaceInTime();
  const { ts } = workspace.post({ user: minseo, channel, text: '글' });

  test.each([
    ['an unknown channel', () => workspace.post({ user: minseo, channel: 'C0NONE', text: 'x' })],
    ['an archived channel', () => workspace.post({ user: minseo, channel: 'C0OLD00001', text: 'x' })],
    ['an unknown member', () => workspace.post({ user: 'U0NONE', channel, text: 'x' })],
    ['a deactivated member', () => workspace.post({ user: 'U0GONE0001', channel, text: 'x' })],
    ['who is not in the channel', () => workspace.post({ user: 'U0ADMIN001', channel: 'C0OTHER001', text: 'x' })],
    ['an empty text', () => workspace.post({ user: minseo, channel, text: '  ' })],
    ['an unknown thread', () => workspace.reply({ user: minseo, channel, thread: '1.000000', text: 'x' })],
    ["the edit of somebody else's message", () => workspace.edit({ user: jiho, channel, ts, text: 'x' })],
    ["the deletion of somebody else's message", () => workspace.remove({ user: jiho, channel, ts })],
    ['a reaction to nothing', () => workspace.react({ user: jiho, channel, ts: '1.000000', name: '+1' })],
    ['no emoji', () => workspace.react({ user: jiho, channel, ts, name: ':+1:' })],
    ['to take away what is not there', () => workspace.unreact({ user: jiho, channel, ts, name: '+1' })],
  ])('%s', (_, deed) => {
    expect(deed).toThrow(Refused);
  });

  test('but an admin may delete what anybody wrote', () => {
    workspace.remove({ user: 'U0ADMIN001', channel, ts });
    expect(workspace.messages(channel)).toEqual([]);
  });
});

test('a reply counts in its parent, and no longer when it is deleted', () => {
  const { workspace, thread } = withWeek();
  const { ts } = workspace.reply({ user: minseo, channel, thread, text: '하나' });
  workspace.reply({ user: jiho, channel, thread: ts, text: '답글의 답글도 같은 스레드' });
  expect(workspace.messages(channel)[0]).toMatchObject({
    reply_count: 2,
    reply_users: [minseo, jiho],
    thread_ts: thread,
  });
  workspace.remove({ user: minseo, channel, ts });
  expect(workspace.messages(channel)[0]).toMatchObject({ reply_count: 1, reply_users: [jiho] });
});

test('who watches hears of every change until they stop', () => {
  const { workspace } = workspaceInTime();
  const seen: number[] = [];
  const stop = workspace.watch(() => seen.push(workspace.version()));
  const { ts } = workspace.post({ user: minseo, channel, text: '글' });
  workspace.react({ user: jiho, channel, ts, name: '+1' });
  workspace.call('chat.postEphemeral', botToken, { channel, user: minseo, text: '힌트' });
  stop();
  workspace.post({ user: minseo, channel, text: '또' });
  expect(seen).toEqual([1, 2, 3]);
});
