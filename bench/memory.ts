import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { encodeEvent } from '../src/events/codec.ts';
import { keyOf } from '../src/events/key.ts';
import { calendarOf } from '../src/events/week.ts';
import { translate } from '../src/slack/translate.ts';
import { sealBody } from '../src/store/log.ts';
import { deliver } from '../test/support/serving.ts';
import { slackSeason } from '../test/support/slack-season.ts';
import { CHANNEL } from '../test/support/world.ts';
import { challenge, inFolder, print } from './measure.ts';
import { table } from './table.ts';

// What memory `til serve` needs beside a history of 10,000 and 100,000 events (--full: a million): at its start, when it reads all of
// it, and after a thousand more.
const SIZES = [10_000, 100_000, ...(process.argv.includes('--full') ? [1_000_000] : [])];
const LIVE = 1000;
const calendar = calendarOf(challenge.timeZone);

/** A log on the disk, not forced: only memory is measured. */
const writeLog = (root: string, events: number): number => {
  let written = 0;
  const folders = new Set<string>();
  for (let week = 0; written < events; week++) {
    const payloads =
      slackSeason({ seed: 1, weeks: 1, firstWeek: -1 - week, members: 90, replies: 100, reactions: 900 })[0] ?? [];
    for (const payload of payloads) {
      const translation = translate(payload, new Set([CHANNEL]));
      if (translation.to !== 'event') continue;
      const path = join(root, keyOf(translation.event, calendar));
      if (!folders.has(dirname(path))) mkdirSync(dirname(path), { recursive: true });
      folders.add(dirname(path));
      writeFileSync(path, sealBody(encodeEvent(translation.event)));
      written += 1;
    }
  }
  return written;
};

const mebibytes = (pid: number | undefined, field: 'VmHWM' | 'VmRSS'): number =>
  Number(new RegExp(`${field}:\\s+(\\d+)`).exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;

const measure = (events: number): Promise<(string | number)[]> =>
  inFolder(async (folder) => {
    const written = writeLog(join(folder, 'log'), events);
    const began = performance.now();
    const server = spawn(process.execPath, ['test/support/serve-child.ts', folder], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const exited = once(server, 'exit');
    const [line] = (await once(server.stdout, 'data')) as [Buffer];
    const port = Number(String(line));
    const seconds = (performance.now() - began) / 1000;
    const atStart = mebibytes(server.pid, 'VmHWM');
    for (const payload of slackSeason({ seed: 1, weeks: 1, firstWeek: 0, replies: 100, reactions: 900 })
      .flat()
      .slice(0, LIVE))
      await deliver(port, JSON.stringify(payload));
    const health = async () => (await (await fetch(`http://127.0.0.1:${port}/healthz`)).json()) as { waiting: number };
    while ((await health()).waiting > 0) await new Promise((resolve) => setTimeout(resolve, 100));
    const row = [
      `${written.toLocaleString('en')} events`,
      seconds,
      atStart,
      mebibytes(server.pid, 'VmRSS'),
      mebibytes(server.pid, 'VmHWM'),
    ];
    server.kill('SIGKILL');
    await exited;
    return row;
  });

const rows = [];
for (const events of SIZES) rows.push(await measure(events));
print('\nMemory of the server (MiB)\n');
print(table([['history', 'ready after s', 'peak of the start', `after ${LIVE} more`, 'peak'], ...rows]));
