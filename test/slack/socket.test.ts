import { expect, test } from 'vitest';
import { acceptVerified } from '../../src/host/ingest.ts';
import { parseJob } from '../../src/queue/jobs.ts';
import { memoryQueue } from '../../src/queue/memory.ts';
import { type SocketEnvelope, startSocket } from '../../src/slack/socket.ts';
import { payload } from '../support/world.ts';

const createSocket = async (put?: () => Promise<void>) => {
  const queue = memoryQueue();
  const errors: unknown[] = [];
  const client = { listener: (_: SocketEnvelope) => {}, running: false };
  const close = await startSocket({
    appToken: 'xapp-test',
    accept: (body) => acceptVerified(body, { queue: put ? { put } : queue }),
    onError: (error) => void errors.push(error),
    client: {
      on: (_, listener) => (client.listener = listener),
      start: async () => void (client.running = true),
      disconnect: async () => void (client.running = false),
    },
  });
  const send = async (type: string, body: unknown): Promise<number> => {
    let acknowledged = 0;
    client.listener({ type, body, ack: async () => void acknowledged++ });
    await new Promise((resolve) => setImmediate(resolve));
    return acknowledged;
  };
  return { queue, errors, client, close, send };
};

test('a delivery over the socket becomes the same job as one over HTTP, and is acknowledged after it is stored', async () => {
  const { queue, send, client, close } = await createSocket();
  expect(await send('events_api', payload(3))).toBe(1);
  const [job] = await queue.take(1, 0);
  expect(job?.group).toBe('C0TILCHAN1');
  expect(parseJob(job?.body ?? '')).toMatchObject({ kind: 'event', payload: { event: { ts: '1722865849.468459' } } });
  await close();
  expect(client.running).toBe(false);
});

test('what cannot be stored is not acknowledged', async () => {
  const { send, errors } = await createSocket(async () => {
    throw new Error('the disk is full');
  });
  expect(await send('events_api', payload(3))).toBe(0);
  expect(errors).toHaveLength(1);
});

test('other envelopes are acknowledged and leave nothing', async () => {
  const { queue, send } = await createSocket();
  expect(await send('slash_commands', {})).toBe(1);
  expect(queue.depth().jobs).toBe(0);
});
