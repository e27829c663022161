import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { zstdDecompressSync } from 'node:zlib';
import type { Event } from '../src/events/catalog.ts';
import { encodeEvent } from '../src/events/codec.ts';
import { keyOf } from '../src/events/key.ts';
import { tsAt } from '../src/events/timestamp.ts';
import { calendarOf, plusWeeks } from '../src/events/week.ts';
import { startPool } from '../src/history/pool.ts';
import { rebuild, verify } from '../src/history/rebuild.ts';
import { sealQuietWeeks } from '../src/history/seal.ts';
import { parseConfig } from '../src/setup/config.ts';
import { filesBucket } from '../src/store/files.ts';
import { sealBody } from '../src/store/log.ts';

// How fast a history is folded again, and with how much memory, beside what reading and parsing the same bytes costs on the same
// machine in the same run. `--full` adds a million events.
const SIZES = [10_000, 100_000, ...(process.argv.includes('--full') ? [1_000_000] : [])];
const CHANNEL = 'C0TILCHAN1';
const WEEK_EVENTS = 1_101; // A weekly post, 100 replies, 1,000 reactions.
const MEMBERS = 120;

const calendar = calendarOf('Asia/Seoul');
const challenge = parseConfig({ challenges: [{ channel: CHANNEL }] }, 'bench').challenges[0] as never;
const user = (number: number): string => `U0BENCH${String(number % MEMBERS).padStart(3, '0')}`;

function* history(events: number): Generator<Event> {
  const base = { v: 1, channel: CHANNEL } as const;
  for (let made = 0, week = '2006-W01'; made < events; week = plusWeeks(week, 1)) {
    const monday = calendar.instant(week, 0, 9, 30) * 1000;
    const thread = tsAt(monday);
    const author = { user: 'U0TILBOT01', bot: 'B0TILBOT01' };
    yield { ...base, kind: 'message.posted', at: thread, ts: thread, author, text: '[TIL 1월 1주차]', links: [] };
    made++;
    for (let number = 1; number < WEEK_EVENTS && made < events; number++, made++) {
      const at = tsAt(monday + number * 400_000);
      const reply = Math.ceil(number / 11);
      const ts = tsAt(monday + ((reply - 1) * 11 + 1) * 400_000);
      if (number % 11 === 1) {
        const links = [`https://velog.io/@${user(reply).toLowerCase()}/post-${number}`];
        const text = `이번 주 TIL 올립니다 <${links[0]}> `.padEnd(500, '글');
        yield { ...base, kind: 'message.posted', at, ts, thread, author: { user: user(reply) }, text, links };
      } else
        yield {
          ...base,
          kind: 'reaction.added',
          at,
          item: ts,
          user: user(number * 7),
          name: number % 3 ? '+1' : 'heart',
        };
    }
  }
}

/** Writes a log without forcing it to the disk: only reading is measured. */
const writeLog = (root: string, events: number): number => {
  let bytes = 0;
  const folders = new Set<string>();
  for (const event of history(events)) {
    const path = join(root, keyOf(event, calendar));
    const folder = path.slice(0, path.lastIndexOf('/'));
    if (!folders.has(folder)) mkdirSync(folder, { recursive: true });
    folders.add(folder);
    const body = sealBody(encodeEvent(event));
    bytes += body.length;
    writeFileSync(path, body);
  }
  return bytes;
};

const filesUnder = (root: string): string[] =>
  readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.startsWith('manifest-'))
    .map(({ parentPath, name }) => join(parentPath, name));

/** What anybody would keep of an event, in the plainest way there is. */
type Plain = Map<string, { author?: string; links?: string[]; reactions: Map<string, boolean> }>;
const foldPlainly = (messages: Plain, event: Event): void => {
  if (event.kind !== 'message.posted' && event.kind !== 'reaction.added') return;
  const ts = event.kind === 'message.posted' ? event.ts : event.item;
  let message = messages.get(ts);
  if (!message) messages.set(ts, (message = { reactions: new Map() }));
  if (event.kind === 'message.posted') Object.assign(message, { author: event.author?.user, links: event.links });
  else message.reactions.set(`${event.user}/${event.name}`, true);
};

/** The ceilings: reading and parsing the same bytes with nothing else, and with the plainest fold, which writes nothing. */
const readSingles = (files: readonly string[], fold: boolean): number => {
  let messages: Plain = new Map();
  for (const file of files) {
    const event = JSON.parse(readFileSync(file, 'utf8')) as Event;
    if (fold) foldPlainly(messages, event);
    if (messages.size === 1_000) messages = new Map(); // As large as a week.
  }
  return files.length;
};
const readSealed = (files: readonly string[], fold: boolean): number => {
  let count = 0;
  for (const file of files) {
    const messages: Plain = new Map();
    const raw = zstdDecompressSync(readFileSync(file));
    for (let start = 0, end = raw.indexOf(10); end >= 0; start = end + 1, end = raw.indexOf(10, start), count++) {
      const event = JSON.parse(raw.toString('utf8', start, end)) as Event;
      if (fold) foldPlainly(messages, event);
    }
  }
  return count;
};

interface Measured {
  perSecond: number;
  /** The most memory that was in use beyond what was before, in MB. */
  peak: number;
}

/** The resident memory of this process and of those it has started, in bytes. */
const memoryNow = (): number => {
  const children = readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').trim().split(' ').filter(Boolean);
  const resident = (child: string): number => {
    try {
      return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${child}/status`, 'utf8'))?.[1] ?? 0) * 1024;
    } catch {
      return 0; // It has just ended.
    }
  };
  return children.reduce((sum, child) => sum + resident(child), process.memoryUsage().rss);
};

const measure = async (work: () => number | Promise<number>): Promise<Measured> => {
  globalThis.gc?.();
  const before = memoryNow();
  let peak = before;
  const watch = setInterval(() => (peak = Math.max(peak, memoryNow())), 20);
  const started = performance.now();
  const count = await work();
  const seconds = (performance.now() - started) / 1000;
  clearInterval(watch);
  peak = Math.max(peak, memoryNow());
  return { perSecond: count / seconds, peak: (peak - before) / 1e6 };
};

const print = (what: string, { perSecond, peak }: Measured, ...ceilings: Measured[]): void => {
  const ratios = ceilings.map((ceiling) => (perSecond / ceiling.perSecond).toFixed(2).padStart(8)).join('');
  process.stdout.write(
    `${what.padEnd(46)}${Math.round(perSecond).toLocaleString('en').padStart(9)} events/s +${peak.toFixed(0).padStart(4)} MB${ratios}\n`,
  );
};

const bench = async (events: number): Promise<void> => {
  const root = mkdtempSync(join(tmpdir(), 'til-bench-'));
  const folder = (name: string): string => join(root, name);
  const bytes = writeLog(folder('log'), events);
  const log = filesBucket(folder('log'));
  process.stdout.write(`\n${events.toLocaleString('en')} events, ${(bytes / 1e6).toFixed(0)} MB`.padEnd(76));
  process.stdout.write('of parse  of fold\n');

  /** Rebuilds or verifies, alone or with other processes. */
  const run =
    (work: typeof rebuild, state: string, processes = 1) =>
    async (): Promise<number> => {
      const whereabouts = { log: `file:${folder('log')}`, state: `file:${folder(state)}`, environment: {} };
      const storage = { log, state: filesBucket(folder(state)) };
      const pool = () => startPool(processes, storage, whereabouts);
      return (await work(challenge, { ...storage, pool })).events;
    };
  const compare = async (what: string, state: string, read: (fold: boolean) => number): Promise<void> => {
    read(true);
    const parse = await measure(() => read(false));
    const fold = await measure(() => read(true));
    print(`${what}: read and parse (ceiling)`, parse);
    print(`${what}: read, parse, fold plainly (ceiling)`, fold, parse);
    print(`${what}: rebuild into nothing`, await measure(run(rebuild, state)), parse, fold);
    print(`${what}: rebuild, nothing differs`, await measure(run(rebuild, state)), parse, fold);
    print(`${what}: the same, two processes`, await measure(run(rebuild, state, 2)), parse, fold);
    print(`${what}: verify`, await measure(run(verify, state)), parse, fold);
    print(`${what}: verify, two processes`, await measure(run(verify, state, 2)), parse, fold);
  };

  const singles = filesUnder(folder('log/events'));
  await compare('single objects', 'state', (fold) => readSingles(singles, fold));
  const started = performance.now();
  const { bytes: sealed } = await sealQuietWeeks(challenge, log, Date.now());
  const seconds = (performance.now() - started) / 1000;
  process.stdout.write(
    `sealing: ${Math.round(events / seconds).toLocaleString('en')} events/s, ${(sealed / 1e6).toFixed(1)} MB\n`,
  );
  const segments = filesUnder(folder('log/segments'));
  await compare('sealed weeks', 'state2', (fold) => readSealed(segments, fold));
  rmSync(root, { recursive: true, force: true });
};

for (const events of SIZES) await bench(events);
