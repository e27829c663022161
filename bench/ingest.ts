import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { translate } from '../src/slack/translate.ts';
import { filesBucket } from '../src/store/files.ts';
import { openLog } from '../src/store/log.ts';
import { mapOrdered } from '../src/store/together.ts';
import { signedHeaders } from '../test/support/signed.ts';
import { slackSeason } from '../test/support/slack-season.ts';
import { CHANNEL, payload } from '../test/support/world.ts';
import { challenge, inFolder, percentile, print } from './measure.ts';
import { ratio, table } from './table.ts';

// How fast deliveries are acknowledged, under load from this process, by a server in another: a bare node:http that answers 200; our
// front door before a queue in memory (what Lambda's does, SQS aside); before the spool, which forces each to the disk; and that while
// the same process rebuilds a history again and again.
const SECONDS = Number(process.argv[2] ?? 5);
const MODES = ['bare', 'checked', 'durable', 'rebuilding'] as const;

interface Load {
  perSecond: number;
  times: number[];
}

const load = async (port: number, connections: number): Promise<Load> => {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const event = payload(3);
  const times: number[] = [];
  const end = performance.now() + SECONDS * 1000;
  let number = 0;
  const post = (): Promise<void> => {
    const body = JSON.stringify({ ...event, event_id: `EvBENCH${(number += 1)}` });
    const headers = { ...signedHeaders(body), 'content-length': String(Buffer.byteLength(body)) };
    const began = performance.now();
    return new Promise((resolve, reject) => {
      const options = { port, host: '127.0.0.1', path: '/slack/events', method: 'POST', agent, headers };
      const asking = request(options, (response) => {
        response.resume();
        response.on('end', () => {
          if (response.statusCode !== 200) reject(new Error(`expected 200, got ${response.statusCode}`));
          times.push(performance.now() - began);
          resolve();
        });
      });
      asking.on('error', reject);
      asking.end(body);
    });
  };
  const lane = async (): Promise<void> => {
    while (performance.now() < end) await post();
  };
  await Promise.all(Array.from({ length: connections }, lane));
  agent.destroy();
  return { perSecond: times.length / SECONDS, times };
};

const measure = (mode: string): Promise<{ one: Load; many: Load }> =>
  inFolder(async (folder) => {
    if (mode === 'rebuilding') await writeHistory(folder);
    const server = spawn(process.execPath, ['bench/ingest-server.ts', mode, folder], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const exited = once(server, 'exit');
    const [line] = (await once(server.stdout, 'data')) as [Buffer];
    const port = Number(String(line));
    try {
      await load(port, 1).then(() => load(port, 1)); // Warm.
      return { one: await load(port, 1), many: await load(port, 64) };
    } finally {
      server.kill('SIGKILL');
      await exited;
    }
  });

const writeHistory = async (folder: string): Promise<void> => {
  const log = openLog(filesBucket(join(folder, 'log')), challenge);
  const payloads = slackSeason({ seed: 7, weeks: 10, replies: 60, reactions: 900 }).flat();
  await mapOrdered(payloads, 64, async (body) => {
    const translation = translate(body, new Set([CHANNEL]));
    if (translation.to === 'event') await log.append(translation.event);
  });
};

const rows: (string | number)[][] = [];
let base: { one: number; many: number } | undefined;
for (const mode of MODES) {
  const { one, many } = await measure(mode);
  const median = percentile(one.times, 0.5);
  base ??= { one: median, many: many.perSecond };
  rows.push([
    mode,
    median,
    ratio(median, base.one),
    percentile(one.times, 0.99),
    many.perSecond,
    ratio(many.perSecond, base.many),
    percentile(many.times, 0.5),
    percentile(many.times, 0.99),
  ]);
}
print(`\nAcknowledgement, load from a second process, ${SECONDS} s each (ms)\n`);
print(table([['server', 'p50, 1 connection', 'of bare', 'p99', 'requests/s, 64', 'of bare', 'p50', 'p99'], ...rows]));
