import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { rebuild } from '../src/history/rebuild.ts';
import { startHttp } from '../src/host/http.ts';
import { openLocalQueue } from '../src/queue/local.ts';
import { memoryQueue } from '../src/queue/memory.ts';
import { systemClock } from '../src/setup/clock.ts';
import { filesBucket } from '../src/store/files.ts';
import { SECRET } from '../test/support/signed.ts';
import { challenge } from './measure.ts';

// node bench/ingest-server.ts bare|checked|durable|rebuilding FOLDER: a server to be measured; prints its port.
const [mode, folder = ''] = process.argv.slice(2);

const bare = async (): Promise<number> => {
  const server = createServer((request, response) => {
    request.resume();
    request.on('end', () => response.end('ok'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
};

const ours = async (): Promise<number> => {
  const queue = mode === 'checked' ? memoryQueue() : openLocalQueue(join(folder, 'queue'));
  const ports = { queue, clock: systemClock, secrets: [SECRET] };
  const state = filesBucket(join(folder, 'state'));
  const { port } = await startHttp({ ingest: ports, state, health: () => ({}) }, 0, '127.0.0.1');
  if (mode === 'rebuilding') void rebuildForEver();
  return port;
};

/** From nothing each time, as a worker does that makes everything right while deliveries come. */
const rebuildForEver = async (): Promise<void> => {
  for (let turn = 0; ; turn++)
    await rebuild(challenge, {
      log: filesBucket(join(folder, 'log')),
      state: filesBucket(join(folder, `state-${turn % 3}`)),
    });
};

process.stdout.write(`${mode === 'bare' ? await bare() : await ours()}\n`);
