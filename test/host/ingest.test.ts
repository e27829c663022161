import { describe, expect, test } from 'vitest';
import { Unavailable } from '../../src/events/errors.ts';
import { type IngestPorts, type IngestRequest, ingest, MAX_BODY_BYTES } from '../../src/host/ingest.ts';
import { type JobBody, parseJob } from '../../src/queue/jobs.ts';
import type { NewJob } from '../../src/queue/queue.ts';
import { seeded } from '../../src/sandbox/seeded.ts';
import { below, textWithFlippedBit, withFlippedBit } from '../support/random.ts';
import { SECRET, signedHeaders } from '../support/signed.ts';
import { FIXTURES, payload } from '../support/world.ts';

const NOW = 1_722_900_000;

/** A front door with a clock that stands still and a queue that remembers, or fails. */
const createDoor = (fields: Partial<IngestPorts> & { fails?: boolean } = {}) => {
  const jobs: NewJob[] = [];
  const { fails, ...ports } = fields;
  const put = async (all: NewJob[]): Promise<void> => {
    if (fails) throw new Unavailable('the queue is away');
    jobs.push(...all);
  };
  const clock = { now: () => NOW * 1000, elapsed: () => 0, sleep: async () => {} };
  const knock = (request: IngestRequest) => ingest(request, { queue: { put }, clock, secrets: [SECRET], ...ports });
  return {
    jobs,
    knock,
    bodies: (): JobBody[] => jobs.map(({ body }) => parseJob(body) as JobBody),
    post: (body: string | Uint8Array, headers: Record<string, string | undefined> = signedHeaders(body, NOW)) =>
      knock({ method: 'POST', headers, body: typeof body === 'string' ? Buffer.from(body) : body }),
  };
};

const LIKE = JSON.stringify(payload(14));

describe('what is queued', () => {
  test('a signed event is one job in the group of its channel, under its event_id', async () => {
    const door = createDoor();
    expect(await door.post(LIKE)).toEqual({ status: 200, body: 'ok', contentType: 'text/plain' });
    expect(door.jobs).toMatchObject([{ id: 'Ev0TIL00014', group: 'C0TILCHAN1' }]);
    expect(door.bodies()).toMatchObject([{ kind: 'event', payload: { event: payload(14).event } }]);
  });

  test('unknown types are queued too', async () => {
    const door = createDoor();
    for (const body of ['{"type":"event_callback","event":{"type":"tomorrow"}}', '{"type":"tomorrow"}', '{}'])
      expect((await door.post(body)).status).toBe(200);
    expect(door.jobs.map(({ group }) => group)).toEqual(['none', 'none', 'none']);
  });

  test('a channel that is no id cannot name a group', async () => {
    const door = createDoor();
    for (const channel of ['../../x', 'a/b', '%2e%2e', '\0', '__proto__', 'x'.repeat(2000), 5, null])
      await door.post(JSON.stringify({ type: 'event_callback', event: { type: 'message', channel } }));
    expect(new Set(door.jobs.map(({ group }) => group))).toEqual(new Set(['none']));
  });

  test('an event_id that is no id is replaced by a digest of the body', async () => {
    const door = createDoor();
    await door.post(JSON.stringify({ event_id: '../x', event: {} }));
    await door.post(JSON.stringify({ event_id: { a: 1 }, event: {} }));
    for (const { id } of door.jobs) expect(id).toMatch(/^[0-9a-f]{32}$/);
    expect(door.jobs[0]?.id).not.toBe(door.jobs[1]?.id);
  });

  test('what no event is made of is left out: the legacy token, the earlier text, files', async () => {
    const door = createDoor();
    for (const number of [4, 8, 12]) await door.post(JSON.stringify(payload(number)));
    const queued = door.jobs.map(({ body }) => body).join();
    for (const word of ['deprecated-do-not-trust', 'previous_message', 'authorizations', 'url_private'])
      expect(queued).not.toContain(word);
  });

  test('jobs hold a text as it is, but for what not every queue carries', async () => {
    const door = createDoor();
    const body = JSON.stringify({ event_id: 'E1', event: { text: 'é 한글 🔥 \u2028 \u007f' } });
    expect((await door.post(body)).status).toBe(200);
    expect(door.jobs[0]?.body).toMatch(/^[\u0020-\u007e\u00a0-\ud7ff\ue000-\ufffd]*$/);
    expect(door.jobs[0]?.body).toContain('é 한글 ');
    expect(door.bodies()).toMatchObject([{ payload: { event: { text: 'é 한글 🔥 \u2028 \u007f' } } }]);
  });

  test('the same delivery a thousand times is the same job each time', async () => {
    const door = createDoor();
    for (let times = 0; times < 1000; times++) await door.post(LIKE);
    expect(new Set(door.jobs.map((job) => JSON.stringify(job))).size).toBe(1);
  });
});

describe('url_verification', () => {
  const hello = (challenge: unknown) => JSON.stringify({ type: 'url_verification', token: 'x', challenge });

  test('signed: its challenge comes back, and nothing is queued', async () => {
    const door = createDoor({ appId: 'A0TILAPP01', teamId: 'T0TILTEAM1' });
    expect(await door.post(JSON.stringify(payload(25)))).toEqual({
      status: 200,
      body: '{"challenge":"3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P"}',
      contentType: 'application/json',
    });
    expect((await door.post(hello('</script>"')))?.body).toBe(JSON.stringify({ challenge: '</script>"' }));
    expect(door.jobs).toEqual([]);
  });

  test('unsigned: 401', async () => {
    expect((await createDoor().post(hello('x'), {})).status).toBe(401);
  });

  test('a challenge that is too long, or no text: 400', async () => {
    const door = createDoor();
    expect((await door.post(hello('x'.repeat(1024)))).status).toBe(200);
    for (const challenge of ['x'.repeat(1025), 5, null, {}, [], undefined, true])
      expect((await door.post(hello(challenge))).status).toBe(400);
    expect(door.jobs).toEqual([]);
  });
});

describe('what is refused', () => {
  test('any method but POST', async () => {
    const door = createDoor();
    for (const method of ['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'post', ''])
      expect((await door.knock({ method, headers: signedHeaders(LIKE, NOW), body: Buffer.from(LIKE) })).status).toBe(
        400,
      );
    expect(door.jobs).toEqual([]);
  });

  test('a body of more than 1 MiB, signed or not; one of exactly 1 MiB is read', async () => {
    const door = createDoor();
    const padded = (size: number) => `{"x":"${'a'.repeat(size - 8)}"}`;
    expect((await door.post(padded(MAX_BODY_BYTES + 1))).status).toBe(413);
    expect((await door.post(padded(MAX_BODY_BYTES + 1), {})).status).toBe(413);
    expect((await door.post(padded(MAX_BODY_BYTES))).status).toBe(200);
    expect(door.jobs).toHaveLength(1);
  });

  test('everything, while no secret is configured', async () => {
    for (const secrets of [[], [''], ['', '']]) {
      const door = createDoor({ secrets });
      expect((await door.post(LIKE)).status).toBe(503);
      expect((await door.post(LIKE, signedHeaders(LIKE, NOW, ''))).status).toBe(503);
      expect((await door.post(JSON.stringify(payload(25)))).status).toBe(503);
      expect(door.jobs).toEqual([]);
    }
  });

  test('an event that cannot be queued: 503, so that Slack comes again', async () => {
    const door = createDoor({ fails: true });
    expect((await door.post(LIKE)).status).toBe(503);
    expect((await door.post('no JSON')).status).toBe(503);
    expect((await door.post(JSON.stringify(payload(25)))).status).toBe(200);
  });

  test('a request older or newer than five minutes, and not one at the edge', async () => {
    const door = createDoor();
    for (const [offset, status] of [
      [-301, 401],
      [-300, 200],
      [300, 200],
      [301, 401],
    ] as const)
      expect((await door.post(LIKE, signedHeaders(LIKE, NOW + offset))).status).toBe(status);
  });

  test('the old secret, once the rotation is over', async () => {
    const rotating = createDoor({ secrets: ['new', SECRET] });
    expect((await rotating.post(LIKE)).status).toBe(200);
    expect((await rotating.post(LIKE, signedHeaders(LIKE, NOW, 'new'))).status).toBe(200);
    expect((await createDoor({ secrets: ['new'] }).post(LIKE)).status).toBe(401);
  });

  test('a form that asks to be let in without a signature', async () => {
    const form = `ssl_check=1&payload=${encodeURIComponent(LIKE)}`;
    const door = createDoor();
    expect((await door.post(form, { 'content-type': 'application/x-www-form-urlencoded' })).status).toBe(401);
    expect(door.jobs).toEqual([]);
    // Signed it is what it holds.
    expect((await door.post(form)).status).toBe(200);
    expect(door.bodies()).toMatchObject([{ kind: 'event', payload: { event: payload(14).event } }]);
  });

  test('a single bit turned over in any fixture: 401, and nothing queued', async () => {
    const random = seeded(7);
    const door = createDoor();
    for (const number of FIXTURES.keys()) {
      const body = Buffer.from(JSON.stringify(payload(number + 1)));
      const right = signedHeaders(body, NOW);
      const post = async (changed: Uint8Array, header: string, bit: number) => {
        const headers = { ...right, ...(header && { [header]: textWithFlippedBit(right[header] as string, bit) }) };
        expect((await door.post(changed, headers)).status).toBe(401);
      };
      for (let bit = 0; bit < 80; bit++) await post(body, 'x-slack-request-timestamp', bit);
      for (let bit = 0; bit < 67 * 8; bit++) await post(body, 'x-slack-signature', bit);
      for (let run = 0; run < 200; run++) await post(withFlippedBit(body, below(random, body.length * 8)), '', 0);
    }
    expect(door.jobs).toEqual([]);
  });
});

test('nothing is parsed before the signature is right', async () => {
  const { parse } = JSON;
  let parsed = 0;
  JSON.parse = (...args) => {
    parsed += 1;
    return parse(...args);
  };
  try {
    const door = createDoor();
    const wrong = { ...signedHeaders(LIKE, NOW), 'x-slack-signature': `v0=${'0'.repeat(64)}` };
    for (const headers of [{}, wrong, signedHeaders(LIKE, NOW - 301), signedHeaders(LIKE, NOW, 'other')])
      expect((await door.post(LIKE, headers)).status).toBe(401);
    expect(parsed).toBe(0);
    expect((await door.post(LIKE)).status).toBe(200);
    expect(parsed).toBe(1);
  } finally {
    JSON.parse = parse;
  }
});

describe('what is signed and cannot be used is kept, with its reason', () => {
  const raw = (body: string | Uint8Array) => Buffer.from(body).toString('base64');
  const deep = (levels: number) => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;

  test.each([
    ['nothing', ''],
    ['half of a text', LIKE.slice(0, 100)],
    ['a list', '[1,2]'],
    ['a number', '1e999'],
    ['null', 'null'],
    ['a text', '"x"'],
    ['a byte order mark', `\ufeff${LIKE}x`],
    ['1 MiB of opening brackets', '['.repeat(MAX_BODY_BYTES)],
    ['100,000 levels of lists', `${'['.repeat(100_000)}${']'.repeat(100_000)}`],
    ['100,000 levels of objects', deep(100_000)],
    ['65 levels', deep(65)],
    ['bytes that are no UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])],
    ['a number that is no JSON', '{"a":0x10}'],
  ])('%s', async (_name, body) => {
    const door = createDoor();
    expect((await door.post(body)).status).toBe(200);
    expect(door.bodies()).toEqual([{ kind: 'malformed', reason: expect.stringMatching(/^expected /), raw: raw(body) }]);
    expect(door.jobs[0]).toMatchObject({ group: 'malformed', id: expect.stringMatching(/^[0-9a-f]{32}$/) });
  });

  test('events of another app or team', async () => {
    const door = createDoor({ appId: 'A0TILAPP01', teamId: 'T0TILTEAM1' });
    for (const fields of [
      { api_app_id: 'A0OTHER001' },
      { context_team_id: 'T0OTHER001', authorizations: [{ team_id: 'T0OTHER001' }] },
      { api_app_id: undefined },
      { team_id: ['T0TILTEAM1'], context_team_id: null, authorizations: 'none' },
    ])
      expect((await door.post(JSON.stringify({ ...payload(14), ...fields }))).status).toBe(200);
    expect(door.bodies().map((body) => (body.kind === 'malformed' ? body.reason : 'queued'))).toEqual([
      'api_app_id: expected our own',
      'team_id: expected our own',
      'api_app_id: expected our own',
      'team_id: expected our own',
    ]);
    expect((await door.post(LIKE)).status).toBe(200);
    expect(door.bodies().at(-1)?.kind).toBe('event');
  });
});

describe('strange JSON is an event like any other', () => {
  test.each([
    ['numbers beyond all bounds', '{"event":{"a":1e999,"b":-1e999,"c":123456789012345678901234567890,"d":1e-999}}'],
    ['half of an emoji', '{"event":{"text":"\\ud83d","\\udd25":1}}'],
    ['the same name twice', '{"type":"x","type":"event_callback","event":{},"event":{"type":"message"}}'],
    ['64 levels', `${'{"a":'.repeat(63)}{}${'}'.repeat(63)}`],
    ['100,000 names', `{${Array.from({ length: 100_000 }, (_, name) => `"${name}":0`).join()}}`],
    [
      'names of every object',
      '{"__proto__":{"polluted":1},"event":{"__proto__":{"polluted":1},"constructor":{"prototype":1}},"toString":1}',
    ],
  ])('%s', async (_name, body) => {
    const door = createDoor();
    const started = performance.now();
    expect((await door.post(body)).status).toBe(200);
    expect(performance.now() - started).toBeLessThan(1000);
    expect(door.bodies().map(({ kind }) => kind)).toEqual(['event']);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });
});

test('the answers are 200, 400, 401, 413 and 503, and the header that stops Slack is not among them', async () => {
  const door = createDoor();
  const answers = [
    await door.post(LIKE),
    await door.post(LIKE, {}),
    await door.post('x'),
    await door.post('x'.repeat(MAX_BODY_BYTES + 1)),
    await door.knock({ method: 'GET', headers: {}, body: new Uint8Array() }),
    await createDoor({ secrets: [] }).post(LIKE),
  ];
  expect(answers.map(({ status }) => status)).toEqual([200, 401, 200, 413, 400, 503]);
  for (const answer of answers) expect(Object.keys(answer).sort()).toEqual(['body', 'contentType', 'status']);
});

describe('where the clock is wrong, and by how much is known', () => {
  const at = (seconds: number, ahead: number) =>
    createDoor({
      clock: { now: () => (NOW + ahead) * 1000, elapsed: () => 0, sleep: async () => {} },
      clockCheck: { look: async () => true, differenceSeconds: () => ahead },
    }).post(LIKE, signedHeaders(LIKE, NOW + seconds));

  test.each([1_036_800, -18_000, 0])(
    'by %i s, a signature is good for five minutes of Slack’s clock, both ways',
    async (ahead) => {
      const statuses = [];
      for (const seconds of [-301, -300, 0, 300, 301]) statuses.push((await at(seconds, ahead)).status);
      expect(statuses).toEqual([401, 200, 200, 200, 401]);
    },
  );
});
