import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Running, type ServeOptions, serve } from '../../src/host/serve.ts';
import { systemClock } from '../../src/setup/clock.ts';
import { parseConfig, type Settings } from '../../src/setup/config.ts';
import { addressesOf } from '../../src/setup/environment.ts';
import { openBucket, openQueue, openState, type State } from '../../src/setup/open.ts';
import type { Bucket } from '../../src/store/bucket.ts';
import { SECRET, signedHeaders } from './signed.ts';
import { CHANNEL } from './world.ts';

export const SETTINGS: Settings = parseConfig({ challenges: [{ channel: CHANNEL }] }, 'test');

/** A folder for one test, and how to be rid of it. */
export const temporaryFolder = (): { folder: string; remove: () => void } => {
  const folder = mkdtempSync(join(tmpdir(), 'til-'));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
};

/** Log and state as `til` opens them in a folder. */
export const openStore = async (folder: string): Promise<{ log: Bucket } & State> => {
  const { log, state } = addressesOf({}, folder);
  return { log: await openBucket(log, {}), ...(await openState(state, {})) };
};

/** The real server on real files in a folder, at any free port of this machine, as soon as it listens. */
export const startIn = async (folder: string, fields: Partial<ServeOptions> = {}): Promise<Running> =>
  serve({
    settings: SETTINGS,
    ...(await openStore(folder)),
    queue: await openQueue(addressesOf({}, folder).queue, {}),
    slack: { signingSecrets: [SECRET] },
    clock: systemClock,
    port: 0,
    host: '127.0.0.1',
    report: () => {},
    ...fields,
  });

/** The same when its worker has begun. */
export const serveIn = async (folder: string, fields: Partial<ServeOptions> = {}): Promise<Running> => {
  const running = await startIn(folder, fields);
  await running.ready;
  return running;
};

/** Delivers a body as Slack does, or with other headers; gives the status. */
export const deliver = async (
  port: number,
  body: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string> = signedHeaders(body),
): Promise<number> => {
  const answer = await fetch(`http://127.0.0.1:${port}/slack/events`, { method: 'POST', headers, body });
  await answer.arrayBuffer();
  return answer.status;
};
