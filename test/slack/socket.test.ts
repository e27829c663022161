import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import { acceptVerified } from '../../src/host/ingest.ts';
import { type JobBody, parseJob } from '../../src/queue/jobs.ts';
import { memoryQueue } from '../../src/queue/memory.ts';
import { probeSocket } from '../../src/slack/connection.ts';
import { type SocketFailure, type SocketState, startSocket } from '../../src/slack/socket.ts';
import { translate } from '../../src/slack/translate.ts';
import { startSocketServer } from '../support/socket-server.ts';
import { payload } from '../support/world.ts';

const used: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of used.splice(0).reverse()) await end();
});

const startServer = async () => {
  const server = await startSocketServer();
  used.push(server.close);
  return server;
};

const start = (server: { apiUrl: string }, put?: () => Promise<void>) => {
  const queue = memoryQueue();
  const errors: unknown[] = [];
  const states: SocketState[] = [];
  const fatal: SocketFailure[] = [];
  const socket = startSocket({
    appToken: 'xapp-test',
    apiUrl: server.apiUrl,
    accept: (body) => acceptVerified({ body, at: '1722900000.000000' }, { queue: put ? { put } : queue }),
    onError: (error) => void errors.push(error),
    onState: (state) => void states.push(state),
    onFatal: (failure) => void fatal.push(failure),
  });
  used.push(socket.close);
  return { socket, queue, errors, states, fatal };
};

const until = async (isSo: () => boolean): Promise<void> => {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 10));
};

/** A server with a socket that is open. */
const opened = async (put?: () => Promise<void>) => {
  const server = await startServer();
  const started = start(server, put);
  await until(() => started.socket.state() === 'open');
  const [connection] = server.connections;
  if (!connection) throw new Error('no connection');
  return { ...started, server, connection };
};

const envelope = (id: string, body: unknown, type = 'events_api') => ({
  envelope_id: id,
  type,
  accepts_response_payload: false,
  payload: body,
});

describe('a delivery', () => {
  test('becomes the same job as one over HTTP, and is acknowledged after it is stored', async () => {
    const { server, connection, queue } = await opened();
    connection.send(envelope('e-1', payload(3)));
    await server.until(() => connection.heard.length === 1);
    expect(connection.heard).toEqual([{ envelope_id: 'e-1', payload: {} }]);
    const [job] = await queue.take(1, 0);
    expect(job?.group).toBe('C0TILCHAN1');
    expect(parseJob(job?.body ?? '')).toMatchObject({ kind: 'event', payload: { event: { ts: '1722865849.468459' } } });
  });

  test('that cannot be stored is not acknowledged', async () => {
    const { connection, errors } = await opened(async () => {
      throw new Error('the disk is full');
    });
    connection.send(envelope('e-1', payload(3)));
    await until(() => errors.length === 1);
    expect(connection.heard).toEqual([]);
  });

  test('that is not taken is not acknowledged either', async () => {
    const { server, connection } = await opened();
    connection.send(envelope('e-odd', { type: 'url_verification', challenge: 5 }));
    connection.send(envelope('e-1', payload(3)));
    await server.until(() => connection.heard.length > 0);
    expect(connection.heard.map(({ envelope_id }) => envelope_id)).toEqual(['e-1']);
  });

  test('without an event is acknowledged, and leaves its trace', async () => {
    const { server, connection, queue } = await opened();
    const file = new URL('../fixtures/field/16-socket-envelope-without-event.json', import.meta.url);
    connection.send(JSON.parse(readFileSync(file, 'utf8')));
    connection.send(envelope('e-1', payload(3)));
    await server.until(() => connection.heard.length === 2);
    expect(connection.heard.map(({ envelope_id }) => envelope_id).sort()).toEqual(['e-1', 'e-rate']);
    const bodies = (await queue.take(2, 0)).map(({ body }) => parseJob(body) as Extract<JobBody, { kind: 'event' }>);
    const none = new Set<string>();
    expect(bodies.map((body) => translate(body.payload, none))).toContainEqual(
      expect.objectContaining({ to: 'other', type: 'app_rate_limited', at: '1795850000.000000' }),
    );
  });

  test.each([
    ['of an unknown type', 'tomorrow', { text: 'a secret', team_id: 'T0TEAM0001' }, 'socket.tomorrow'],
    ['that is not what its type says', 'interactive', { text: 'a secret' }, 'socket.interactive'],
    ['without content', 'slash_commands', null, 'socket.slash_commands'],
    ['of a command by nobody', 'slash_commands', { command: '/til', text: 'a secret' }, 'slash_command'],
  ])(
    '%s is acknowledged, and leaves a trace without what a person has put into it',
    async (_what, type, content, trace) => {
      const { server, connection, queue } = await opened();
      connection.send(envelope('e-1', content, type));
      await server.until(() => connection.heard.length === 1);
      const [job] = await queue.take(1, 0);
      expect(job?.body).not.toContain('secret');
      const body = parseJob(job?.body ?? '') as Extract<JobBody, { kind: 'event' }>;
      expect(translate(body.payload, new Set())).toMatchObject({ to: 'other', type: trace });
    },
  );

  test('that is no JSON is told of, and what comes behind it is heard', async () => {
    const { server, connection, errors } = await opened();
    connection.send('{"type":');
    connection.send('null');
    connection.send(envelope('e-1', payload(3)));
    await server.until(() => connection.heard.length === 1);
    expect(errors).toHaveLength(2);
  });
});

describe('a connection', () => {
  test('is replaced before it ends when Slack announces that: there is no gap', async () => {
    const { server, connection, states } = await opened();
    connection.send({ type: 'disconnect', reason: 'refresh_requested' });
    await server.until(() => server.connections.length === 2);
    connection.send(envelope('e-old', payload(3)));
    await server.until(() => connection.heard.length === 1);
    connection.end();
    await server.until(() => !connection.isOpen);
    server.connections[1]?.send(envelope('e-new', payload(4)));
    await server.until(() => server.connections[1]?.heard.length === 1);
    expect(states).toEqual(['open']);
  });

  test('that breaks is opened again, and until then the state says so', async () => {
    const { server, connection, states, socket } = await opened();
    connection.end();
    await server.until(() => server.connections.length === 2);
    await until(() => socket.state() === 'open');
    expect(states).toEqual(['open', 'connecting', 'open']);
  });

  test('is opened at the first try that Slack lets through, after server errors', async () => {
    const server = await startServer();
    server.served.status = 503;
    const { socket, errors, fatal } = start(server);
    expect(socket.state()).toBe('connecting');
    await until(() => errors.length === 2);
    server.served.status = 200;
    await until(() => socket.state() === 'open');
    expect(fatal).toEqual([]);
  });

  test('is ended with the socket, and no other is opened', async () => {
    const { server, connection, socket, states } = await opened();
    await socket.close();
    expect(connection.isOpen).toBe(false);
    expect([socket.state(), states]).toEqual(['closed', ['open', 'closed']]);
    expect(server.connections).toHaveLength(1);
  });
});

describe('what only a person can mend', () => {
  test.each([
    ['invalid_auth', /SLACK_APP_TOKEN is not one that Slack knows/],
    ['not_allowed_token_type', /SLACK_APP_TOKEN is a token of another kind: set it to .*xapp-/],
    ['missing_scope', /connections:write/],
  ])('%s at the start is told once, in words, and nothing more is tried', async (code, words) => {
    const server = await startServer();
    server.served.error = code;
    const { socket, fatal, errors } = start(server);
    await until(() => fatal.length === 1);
    expect(fatal).toEqual([{ code, message: expect.stringMatching(words), when: 'start' }]);
    expect(fatal[0]?.message).not.toContain('xapp-test');
    expect(socket.state()).toBe('closed');
    expect(socket.failure()).toEqual(fatal[0]);
    expect(errors).toEqual([]);
    expect(server.tokens).toEqual(['Bearer xapp-test']);
  });

  test('while it is running is told as such, and is tried again', async () => {
    const { server, connection, socket, fatal } = await opened();
    server.served.error = 'token_revoked';
    connection.end();
    await until(() => fatal.length === 1);
    expect(fatal[0]).toMatchObject({ code: 'token_revoked', when: 'running' });
    expect(socket.state()).toBe('connecting');
  });
});

test('Slack’s client writes nothing of its own to the terminal', async () => {
  const written: unknown[] = [];
  const { error, warn, info, debug, log } = console;
  const note = (...words: unknown[]) => void written.push(words);
  Object.assign(console, { error: note, warn: note, info: note, debug: note, log: note });
  try {
    const { server, connection, errors } = await opened();
    server.served.error = 'internal_error';
    connection.end();
    await until(() => errors.length > 0);
  } finally {
    Object.assign(console, { error, warn, info, debug, log });
  }
  expect(written).toEqual([]);
});

test('a probe says how many connections there are, and leaves none', async () => {
  const { server, connection } = await opened();
  expect(await probeSocket('xapp-test', server.apiUrl)).toEqual({ connections: 2 });
  await server.until(() => server.connections[1]?.isOpen === false);
  expect(connection.isOpen).toBe(true);
  server.served.error = 'missing_scope';
  await expect(probeSocket('xapp-test', server.apiUrl)).rejects.toThrow(/connections:write/);
});
