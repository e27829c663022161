import { describe, expect, test } from 'vitest';
import { Unavailable } from '../../src/events/errors.ts';
import type { Interaction, InteractionOf } from '../../src/events/interaction.ts';
import { acceptVerified, type IngestPorts, ingest, SLACK_PATHS } from '../../src/host/ingest.ts';
import { type JobBody, parseJob } from '../../src/queue/jobs.ts';
import type { NewJob } from '../../src/queue/queue.ts';
import { translate } from '../../src/slack/translate.ts';
import { sign } from '../../src/slack/verify.ts';
import { INTERACTION_FILES, interactionContent, interactionRequest, interactionText } from '../support/interactions.ts';
import { SECRET, signedHeaders } from '../support/signed.ts';
import { payload } from '../support/world.ts';

const NOW = 1_722_900_000;
const AT = `${NOW}.000000`;
const FORM = 'application/x-www-form-urlencoded';

const createDoor = (fields: Partial<IngestPorts> & { fails?: boolean } = {}) => {
  const jobs: NewJob[] = [];
  const { fails, ...ports } = fields;
  const put = async (all: NewJob[]): Promise<void> => {
    if (fails) throw new Unavailable('the queue is away');
    jobs.push(...all);
  };
  const clock = { now: () => NOW * 1000, elapsed: () => 0, sleep: async () => {} };
  const bodies = (): JobBody[] => jobs.map(({ body }) => parseJob(body) as JobBody);
  return {
    jobs,
    bodies,
    post: (
      path: string,
      body: string,
      contentType = FORM,
      headers: Record<string, string> = signedHeaders(body, NOW),
    ) =>
      ingest(
        { method: 'POST', path, headers: { ...headers, 'content-type': contentType }, body: Buffer.from(body) },
        { queue: { put }, clock, secrets: [SECRET], ...ports },
      ),
    hear: (content: unknown) =>
      acceptVerified({ body: Buffer.from(JSON.stringify(content)), at: AT }, { queue: { put }, ...ports }),
    interactions: (): Interaction[] =>
      bodies().flatMap((body) => (body.kind === 'interaction' ? [body.interaction] : [])),
    /** Of what only a trace is kept: its types. */
    traces: () =>
      bodies().flatMap((body) => {
        if (body.kind !== 'event') return [];
        const translation = translate(body.payload, new Set());
        return translation.to === 'other' ? [translation] : [];
      }),
  };
};

const post = (door: ReturnType<typeof createDoor>, name: string, headers?: Record<string, string>) => {
  const { path, contentType, body } = interactionRequest(name);
  return door.post(path, body, contentType, headers);
};

const contentOf = (name: string): Record<string, unknown> => {
  const content = interactionContent(name);
  return (content['payload'] as Record<string, unknown> | undefined) ?? content;
};

/** The job of one file. */
const only = async <K extends Interaction['kind']>(name: string, _kind: K): Promise<InteractionOf<K>> => {
  const door = createDoor();
  await post(door, name);
  expect(door.jobs).toHaveLength(1);
  return door.interactions()[0] as InteractionOf<K>;
};

// Nothing comes of these: the certificate was looked at, or a link opened.
const NOTHING = new Set(['31-ssl-check.form', '07-link-button.json']);

describe.each(INTERACTION_FILES)('%s', (name) => {
  const empty = { status: 200, body: '', contentType: 'text/plain' };

  test('is accepted as it is, over HTTP and over the socket, as the same job', async () => {
    const [http, socket] = [createDoor(), createDoor()];
    expect(await post(http, name)).toEqual(empty);
    expect(http.jobs).toHaveLength(NOTHING.has(name) ? 0 : 1);
    expect(http.interactions()).toHaveLength(http.jobs.length);
    if (name === '31-ssl-check.form') return;
    expect(await socket.hear(contentOf(name))).toEqual(empty);
    expect(socket.jobs).toEqual(http.jobs);
  });

  test('with a wrong signature is refused, and nothing is queued', async () => {
    const door = createDoor();
    const { body } = interactionRequest(name);
    expect((await post(door, name, signedHeaders(body, NOW, 'another'))).status).toBe(401);
    expect((await post(door, name, signedHeaders(`${body} `, NOW))).status).toBe(401);
    expect((await post(door, name, signedHeaders(body, NOW - 301))).status).toBe(401);
    expect(door.jobs).toEqual([]);
  });

  test('that comes twice is one job', async () => {
    const door = createDoor();
    await post(door, name);
    await post(door, name);
    expect(new Set(door.jobs.map((job) => JSON.stringify(job))).size).toBe(NOTHING.has(name) ? 0 : 1);
  });

  test('that cannot be queued is 503', async () => {
    expect((await post(createDoor({ fails: true }), name)).status).toBe(NOTHING.has(name) ? 200 : 503);
  });

  test('is the same at each address', async () => {
    const { contentType, body } = interactionRequest(name);
    const doors = await Promise.all(
      SLACK_PATHS.map(async (path) => {
        const door = createDoor();
        expect(await door.post(path, body, contentType)).toEqual(empty);
        return door.jobs;
      }),
    );
    expect(new Set(doors.map((jobs) => JSON.stringify(jobs))).size).toBe(1);
  });

  test('leaves neither its trigger nor the legacy token in the job', async () => {
    const door = createDoor();
    await post(door, name);
    const queued = JSON.stringify(door.jobs);
    for (const word of ['deprecated-do-not-trust', String(contentOf(name)['trigger_id'] ?? 'none, so never there')])
      expect(queued).not.toContain(word);
  });
});

test.each([
  ['02-button-in-channel-message.form', '82e00e462a782045a9dd8dc95793939471e9b1c9bfb7fa362ec6b3019a6877aa'],
  ['20-til.form', 'c04ec705b57c6bfb2706d771a9334570f13b9eabbc99423a6e2702d165d87047'],
  ['21-til-rest-in-korean.form', '9c10816df5d72fbcd1b79c0831e7b078decd2a10f9ecc18d14cdd9ba1ce3e134'],
])('%s has the signature that is known of it, and is let in by it', async (name, hex) => {
  const [secret, timestamp] = ['8f742231b10e8888abcd99yyyzzz85a5', '1531420618'];
  const body = interactionText(name);
  expect(sign(secret, timestamp, body)).toBe(`v0=${hex}`);
  const clock = { now: () => Number(timestamp) * 1000, elapsed: () => 0, sleep: async () => {} };
  const door = createDoor({ secrets: [secret], clock });
  const headers = { 'x-slack-request-timestamp': timestamp, 'x-slack-signature': `v0=${hex}` };
  expect((await door.post('/slack/commands', body, FORM, headers)).status).toBe(200);
  expect(door.interactions()).toHaveLength(1);
});

describe('what is queued', () => {
  test('of a press: who, where, what, when, and the address for answers', async () => {
    expect(await only('01-button-in-channel-message.json', 'press')).toEqual({
      kind: 'press',
      user: 'U0JIHO0001',
      team: 'T0TILTEAM1',
      at: '1722830400.123456',
      container: 'message',
      channel: 'C0TILCHAN1',
      message: { ts: '1722817810.000100', author: 'U0TILBOT01' },
      actions: [{ id: 'week.plan', block: 'week', value: '2024-W32', at: '1722830400.123456' }],
      responseUrl: 'https://hooks.slack.com/actions/T0TILTEAM1/7401000000002/7c92cf1eee8d99cc85f8355a',
    });
  });

  test('of a press in an answer, in a personal message, and in App Home', async () => {
    const ephemeral = await only('04-button-in-ephemeral-answer.json', 'press');
    expect([ephemeral.container, ephemeral.message?.ts]).toEqual(['ephemeral', '1722830402.000400']);
    const direct = await only('03-button-in-direct-message.json', 'press');
    expect([direct.container, direct.channel]).toEqual(['message', 'D0MINSEO01']);
    const home = await only('05-select-in-app-home.json', 'press');
    expect([home.container, home.channel, home.message, home.responseUrl]).toEqual([
      'view',
      undefined,
      undefined,
      undefined,
    ]);
    expect(home.actions).toEqual([{ id: 'set.remind', block: 'set', value: 'sun', at: '1722830660.222222' }]);
  });

  test('of several actions: all of them', async () => {
    const { actions } = await only('06-several-actions.json', 'press');
    expect(actions.map(({ id, value }) => [id, value])).toEqual([
      ['set.remind', 'sun'],
      ['week.plan', '2024-W32'],
    ]);
  });

  test('of an installation for an organisation: no workspace', async () => {
    const door = createDoor();
    await post(door, '09-button-with-an-org-wide-install.json');
    expect(door.interactions()).toMatchObject([{ user: 'W0JIHO0001', team: null }]);
    expect(door.jobs[0]?.group).toBe('person/W0JIHO0001');
  });

  test('of a shortcut: its name, and the message with its thread and author', async () => {
    expect(await only('10-shortcut-on-thread-reply.json', 'shortcut')).toMatchObject({
      user: 'U0ADMIN001',
      at: '1722867010.123000',
      callback: 'post.accept',
      channel: 'C0TILCHAN1',
      message: { ts: '1722865849.468459', thread: '1722817810.000100', author: 'U0MINSEO01' },
    });
    const parent = await only('11-shortcut-on-top-level-message.json', 'shortcut');
    expect(parent.message).toEqual({ ts: '1722931200.000700', author: 'U0DOYUN001' });
  });

  test.each([
    ['21-til-rest-in-korean.form', '쉬어요'],
    ['22-til-remind-sunday.form', '알림 sun'],
    ['24-til-admin-excuse-mention-escaped.form', '운영 excuse <@U0DOYUN001> 2024-W32'],
    ['25-til-admin-excuse-mention-not-escaped.form', '운영 excuse @doyun 2024-W32'],
    ['29-til-unknown-words.form', '이번 주엔 & 뭘 쓸까요 <!channel> :tada:'],
    ['20-til.form', ''],
  ])('of %s: the text as it was written, dated by the header', async (name, text) => {
    expect(await only(name, 'command')).toMatchObject({ text, command: '/til', at: AT, team: 'T0TILTEAM1' });
  });

  test.each([
    ['40-app-home-opened-first-time.json', '1722830540.000100', 'home'],
    ['42-app-home-opened-messages-tab.json', '1722830542.000100', 'messages'],
    ['43-app-home-opened-event-ts-without-a-point.json', '1722830543.000100', 'home'],
  ])('of %s: who, when, which tab, and not their channel', async (name, at, tab) => {
    const door = createDoor();
    await post(door, name);
    expect(door.interactions()).toEqual([
      { kind: 'home', user: expect.stringMatching(/^U0/) as string, team: 'T0TILTEAM1', at, tab },
    ]);
    expect(JSON.stringify(door.jobs)).not.toMatch(/D0(HAEUN|DOYUN)/);
  });

  test('goes in the group of its person, under a digest of its trigger', async () => {
    const door = createDoor();
    await post(door, '20-til.form');
    expect(door.jobs[0]?.group).toBe('person/T0TILTEAM1/U0MINSEO01');
    expect(door.jobs[0]?.id).toMatch(/^[0-9a-f]{32}$/);
    const again = new URLSearchParams(interactionText('20-til.form'));
    again.set('trigger_id', '7420000000009.1.x');
    await door.post('/slack/commands', again.toString());
    expect(door.jobs[1]?.id).not.toBe(door.jobs[0]?.id);
  });
});

describe('what is not understood', () => {
  const press = contentOf('01-button-in-channel-message.json');
  const form = (content: unknown): string => new URLSearchParams({ payload: JSON.stringify(content) }).toString();

  test.each([
    ['another type', { ...press, type: 'view_submission' }, 'view_submission'],
    ['a type that is a text', { ...press, type: '<@U0JIHO0001> hello' }, 'unknown'],
    ['a press by nobody', { ...press, user: null }, 'block_actions'],
    ['a press of nothing', { ...press, actions: [] }, 'block_actions'],
    ['no list of actions', { ...press, actions: { 0: 1 } }, 'block_actions'],
    ['actions that are none', { ...press, actions: [null, 5, { block_id: 'x' }] }, 'block_actions'],
    ['a shortcut without a name', { ...press, type: 'message_action' }, 'message_action'],
    ['no object', [1], 'unreadable'],
    ['null', null, 'unreadable'],
  ])('%s: 200, and a trace without a person', async (_what, content, type) => {
    const door = createDoor();
    expect((await door.post('/slack/interactions', form(content))).status).toBe(200);
    expect(door.traces()).toEqual([{ to: 'other', type, at: AT }]);
    expect(JSON.stringify(door.jobs)).not.toMatch(/U0JIHO0001|hooks\.slack|7401000000001|til-demo|malformed/);
  });

  test.each(['payload=', 'payload={"type"', 'payload=%ff%fe', 'x=1', '', '\u0000', 'command=til&user_id=U1'])(
    'a form of %j is never put aside as it came',
    async (body) => {
      for (const path of SLACK_PATHS) {
        const door = createDoor();
        expect((await door.post(path, body)).status).toBe(200);
        expect(door.traces()).toHaveLength(1);
      }
    },
  );

  test('optional fields of another shape are as if they were not there', async () => {
    const door = createDoor();
    const odd = { team: 5, container: 'x', channel: [], message: { ts: 5 }, response_url: {}, view: null, state: null };
    const [action] = press['actions'] as object[];
    await door.post(
      '/slack/interactions',
      form({ ...press, ...odd, actions: [{ ...action, value: 5, action_ts: 'soon' }] }),
    );
    expect(door.interactions()).toEqual([
      {
        kind: 'press',
        user: 'U0JIHO0001',
        team: null,
        at: AT,
        container: 'message',
        actions: [{ id: 'week.plan', block: 'week', at: AT }],
      },
    ]);
  });

  test('JSON where forms come, and a form where JSON comes, are what they are', async () => {
    const door = createDoor();
    expect((await door.post('/slack/commands', JSON.stringify(payload(14)), 'application/json')).body).toBe('ok');
    expect(door.bodies()).toMatchObject([{ kind: 'event', payload: { event: payload(14).event } }]);
    expect((await door.post('/slack/interactions', JSON.stringify(payload(25)))).body).toContain('challenge');
    expect((await door.post('/slack/events', interactionText('20-til.form'), 'text/plain')).status).toBe(200);
    expect(door.interactions()).toMatchObject([{ kind: 'command' }]);
  });
});

describe('a look at the certificate', () => {
  test('without a signature is answered, and nothing else in such a form is', async () => {
    const door = createDoor();
    expect((await door.post('/slack/commands', 'token=x&ssl_check=1', FORM, {})).status).toBe(200);
    for (const body of [
      'ssl_check=1&command=%2Ftil',
      'ssl_check=1&payload=%7B%7D',
      'ssl_check=0',
      `ssl_check=1&x=${'x'.repeat(1024)}`,
    ])
      expect((await door.post('/slack/commands', body, FORM, {})).status).toBe(401);
    expect(door.jobs).toEqual([]);
  });
});

describe('for another app or workspace', () => {
  const files = INTERACTION_FILES.filter((name) => !NOTHING.has(name));

  test.each(files)('%s is let in by our own ids', async (name) => {
    const door = createDoor({ appId: 'A0TILAPP01', teamId: 'T0TILTEAM1' });
    await post(door, name);
    expect(door.interactions()).toHaveLength(1);
  });

  test.each(files)('%s of another workspace leaves a trace at most', async (name) => {
    const door = createDoor({ teamId: 'T0OTHER001' });
    expect((await post(door, name)).status).toBe(200);
    expect(door.interactions()).toEqual([]);
    for (const { type } of door.traces()) expect(type).toMatch(/^foreign\./);
    expect(JSON.stringify(door.jobs)).not.toMatch(/hooks\.slack|malformed|[UWD]0/);
  });

  test.each(files)('%s of another app, where it says so, too', async (name) => {
    const door = createDoor({ appId: 'A0OTHER001' });
    await post(door, name);
    expect(door.interactions()).toHaveLength('api_app_id' in contentOf(name) ? 0 : 1);
  });
});
