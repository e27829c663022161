import { describe, expect, test } from 'vitest';
import { asBot, lastPayload, payloadFile, payloadWorkspace } from './slack-payloads.ts';

type Json = Record<string, unknown>;

const channel = 'C0TILCHAN1';
const plain = (length: number): Json => ({ type: 'plain_text', text: 'x'.repeat(length) });
const button = (fields: Json = {}): Json => ({ type: 'button', text: plain(5), action_id: 'a', ...fields });
const actions = (...elements: Json[]): Json[] => [{ type: 'actions', elements }];
const option = (fields: Json = {}): Json => ({ text: plain(5), value: 'v', ...fields });
const select = (fields: Json = {}): Json => ({ type: 'static_select', action_id: 's', options: [option()], ...fields });
const section = (fields: Json): Json[] => [{ type: 'section', ...fields }];
const many = (count: number, each: (index: number) => Json): Json[] => Array.from({ length: count }, (_, n) => each(n));
const mrkdwn = (length: number): Json => ({ type: 'mrkdwn', text: 'x'.repeat(length) });

/** At a limit, beyond it, and where Slack would point. */
const limits: [string, Json[], Json[], string][] = [
  [
    '25 elements in a row',
    actions(...many(25, (n) => button({ action_id: `a${n}` }))),
    actions(...many(26, (n) => button({ action_id: `a${n}` }))),
    '/blocks/0/elements',
  ],
  [
    '75 characters on a button',
    actions(button({ text: plain(75) })),
    actions(button({ text: plain(76) })),
    '/blocks/0/elements/0/text/text',
  ],
  [
    '2,000 in its value',
    actions(button({ value: 'v'.repeat(2_000) })),
    actions(button({ value: 'v'.repeat(2_001) })),
    '/blocks/0/elements/0/value',
  ],
  [
    '3,000 in its address',
    actions(button({ url: 'u'.repeat(3_000) })),
    actions(button({ url: 'u'.repeat(3_001) })),
    '/blocks/0/elements/0/url',
  ],
  [
    '255 in an action_id',
    actions(button({ action_id: 'a'.repeat(255) })),
    actions(button({ action_id: 'a'.repeat(256) })),
    '/blocks/0/elements/0/action_id',
  ],
  [
    '255 in a block_id',
    section({ text: mrkdwn(1), block_id: 'b'.repeat(255) }),
    section({ text: mrkdwn(1), block_id: 'b'.repeat(256) }),
    '/blocks/0/block_id',
  ],
  [
    '100 options',
    actions(select({ options: many(100, (n) => option({ value: `${n}` })) })),
    actions(select({ options: many(101, (n) => option({ value: `${n}` })) })),
    '/blocks/0/elements/0/options',
  ],
  [
    '75 characters in an option',
    actions(select({ options: [option({ text: plain(75) })] })),
    actions(select({ options: [option({ text: plain(76) })] })),
    '/blocks/0/elements/0/options/0/text/text',
  ],
  [
    '150 in its value',
    actions(select({ options: [option({ value: 'v'.repeat(150) })] })),
    actions(select({ options: [option({ value: 'v'.repeat(151) })] })),
    '/blocks/0/elements/0/options/0/value',
  ],
  [
    '150 in a placeholder',
    actions(select({ placeholder: plain(150) })),
    actions(select({ placeholder: plain(151) })),
    '/blocks/0/elements/0/placeholder/text',
  ],
  ['3,000 in a section', section({ text: mrkdwn(3_000) }), section({ text: mrkdwn(3_001) }), '/blocks/0/text/text'],
  [
    '10 fields',
    section({ fields: many(10, () => mrkdwn(1)) }),
    section({ fields: many(11, () => mrkdwn(1)) }),
    '/blocks/0/fields',
  ],
  [
    '2,000 in a field',
    section({ fields: [mrkdwn(2_000)] }),
    section({ fields: [mrkdwn(2_001)] }),
    '/blocks/0/fields/0/text',
  ],
  [
    '150 in a header',
    [{ type: 'header', text: plain(150) }],
    [{ type: 'header', text: plain(151) }],
    '/blocks/0/text/text',
  ],
  [
    '10 elements of a context',
    [{ type: 'context', elements: many(10, () => mrkdwn(1)) }],
    [{ type: 'context', elements: many(11, () => mrkdwn(1)) }],
    '/blocks/0/elements',
  ],
  ['50 blocks', many(50, () => ({ type: 'divider' })), many(51, () => ({ type: 'divider' })), '/blocks'],
];

describe('what Slack documents about blocks', () => {
  const refusal = (blocks: unknown): string | undefined => {
    const answer = asBot(payloadWorkspace().workspace, 'chat.postMessage', { channel, text: 'x', blocks });
    const messages = (answer['response_metadata'] as { messages: string[] } | undefined)?.messages;
    return answer.ok ? undefined : `${answer['error']} ${messages?.[0]}`;
  };

  test.each(limits)('%s are taken, and no more', (_, within, beyond, pointer) => {
    expect(refusal(within)).toBeUndefined();
    expect(refusal(beyond)).toMatch(/^invalid_blocks \[ERROR\] /);
    expect(refusal(beyond)).toContain(`[json-pointer:${pointer}]`);
  });

  test.each<[string, unknown, string]>([
    ['a row without elements', actions(), 'no less than 1 items allowed'],
    ['a button without words', actions(button({ text: plain(0) })), 'must be more than 0 characters'],
    ['a button in mrkdwn', actions(button({ text: mrkdwn(3) })), 'must be plain_text'],
    ['a button without a text', actions({ type: 'button', action_id: 'a' }), 'missing required field: text'],
    ['the same action twice in a row', actions(button(), button()), 'action_id a already exists for this block'],
    ['the same block_id twice', many(2, () => ({ type: 'divider', block_id: 'b' })), '`block_id` b already exists'],
    ['a field that no button has', actions(button({ link: 'x' })), 'invalid additional property: link'],
    ['a style of its own', actions(button({ style: 'loud' })), 'must be one of primary, danger'],
    ['a select that offers nothing', actions(select({ options: undefined })), 'must define one of options'],
    [
      'a choice that is not offered',
      actions(select({ initial_option: option({ value: 'w' }) })),
      'must match one of the options',
    ],
    ['an element of another kind', actions({ type: 'slider' }), 'unsupported type: slider'],
    ['a button as context', [{ type: 'context', elements: [button()] }], 'unsupported type: button'],
    ['a block of another kind', [{ type: 'poem' }], 'unsupported type: poem'],
    ['a section that says nothing', [{ type: 'section' }], 'must define one of text or fields'],
    ['no object at all', [null], 'must provide an object'],
  ])('%s is refused', (_, blocks, what) => {
    expect(refusal(blocks)).toContain(`invalid_blocks [ERROR] ${what}`);
  });

  test('the same action in two rows is two actions, and elements of no name get one', () => {
    const { workspace } = payloadWorkspace();
    const blocks = [...actions(button()), ...actions(button(), button({ action_id: undefined }))];
    expect(asBot(workspace, 'chat.postMessage', { channel, text: 'x', blocks: JSON.stringify(blocks) }).ok).toBe(true);
    const rows = workspace.messages(channel)[0]?.blocks as unknown as {
      block_id: string;
      elements: { action_id: string }[];
    }[];
    expect(new Set(rows.map(({ block_id: id }) => id)).size).toBe(2);
    expect(rows[1]?.elements[1]?.action_id).toMatch(/^b/);
  });

  test('a change is checked like a new message, and an ephemeral one too', () => {
    const { workspace } = payloadWorkspace();
    const { ts } = asBot(workspace, 'chat.postMessage', { channel, text: 'x' });
    const blocks = actions(button(), button());
    for (const [method, args] of [
      ['chat.update', { ts }],
      ['chat.postEphemeral', { user: 'U0JIHO0001' }],
    ] as const)
      expect(asBot(workspace, method, { channel, text: 'y', blocks, ...args })['error']).toBe('invalid_blocks');
  });
});

describe('views.publish', () => {
  const publish = (view: unknown, args: Json = {}, options = {}): Json =>
    asBot(payloadWorkspace(options).workspace, 'views.publish', { user_id: 'U0HAEUN001', view, ...args });
  const home = (blocks: unknown, more: Json = {}): Json => ({ type: 'home', blocks, ...more });
  const [conflict, notEnabled, tooLong, badUser, tooLarge] = payloadFile<Json[]>('72-views-publish-errors');

  test('a hundred blocks are taken, and no more', () => {
    expect(publish(home(many(100, () => ({ type: 'divider' }))))['ok']).toBe(true);
    expect(publish(home(many(101, () => ({ type: 'divider' }))))['error']).toBe('invalid_arguments');
  });

  test('what is wrong is said as Slack says it', () => {
    const blocks = [
      { type: 'divider' },
      { type: 'section', text: mrkdwn(1), accessory: select({ options: [option({ text: plain(76) })] }) },
    ];
    expect(publish(home(blocks))).toEqual(tooLong);
    expect(publish(home([]), { user_id: 'U0NOBODY01' })).toEqual(badUser);
    expect(publish(home([]), {}, { reinstalled: false })).toEqual(notEnabled);
    const huge = many(99, () => ({ type: 'section', text: mrkdwn(3_000) }));
    expect(publish(home(huge))).toEqual(tooLarge);
    for (const view of ['{', { type: 'modal', blocks: [] }, { type: 'home' }, home([], { title: plain(3) })])
      expect(publish(view)['error']).toBe('invalid_arguments');
  });

  test('a hash of an older version is refused; the id stays, and a choice is forgotten with the version', () => {
    const { workspace } = payloadWorkspace();
    const view = home([
      { type: 'section', block_id: 'set', text: mrkdwn(1), accessory: select() },
      { type: 'actions', block_id: 'row', elements: [button()] },
    ]);
    const chosen = (): unknown => {
      workspace.pressHome({ user: 'U0HAEUN001', blockId: 'row', actionId: 'a' });
      return lastPayload(workspace)['view'];
    };
    const stateOf = (selected: unknown) => ({ state: { values: { set: { s: { selected_option: selected } } } } });
    const first = asBot(workspace, 'views.publish', { user_id: 'U0HAEUN001', view, hash: 'any' })['view'] as Json;
    workspace.pressHome({ user: 'U0HAEUN001', blockId: 'set', actionId: 's', option: 'v' });
    expect(chosen()).toMatchObject(stateOf({ value: 'v' }));
    const args = { user_id: 'U0HAEUN001', view, hash: first['hash'] };
    const second = asBot(workspace, 'views.publish', args)['view'] as Json;
    expect(second).toMatchObject({ id: first['id'], state: { values: {} } });
    expect(chosen()).toMatchObject(stateOf(null));
    expect(second['hash']).not.toBe(first['hash']);
    expect(asBot(workspace, 'views.publish', args)).toEqual(conflict);
    expect(workspace.home('U0HAEUN001')).toEqual(second);
    expect(workspace.home('U0JIHO0001')).toBeUndefined();
    expect(() => workspace.pressHome({ user: 'U0HAEUN001', blockId: 'set', actionId: 's', option: 'w' })).toThrow(
      "expected one of s's",
    );
  });
});
