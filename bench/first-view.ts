import { cpSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { startHttp } from '../src/host/http.ts';
import { systemClock } from '../src/setup/clock.ts';
import { memoryBucket } from '../src/store/memory.ts';
import { buildDashboard } from '../test/support/dashboard-page.ts';
import { sampleSnapshots } from '../test/support/sample-snapshots.ts';
import { inFolder, percentile, print } from './measure.ts';
import { type Phone, reach, startPhone } from './phone.ts';
import { ratio, table } from './table.ts';
import { NETWORKS, type Visit, visit } from './visit.ts';

// node bench/first-view.ts BEFORE [PAIRS [NOW]]: the first view of two built pages (folders; NOW is this one, built for it), by turns on one
// simulated phone. Both show the same season and are sent by the same server, as `til serve` does; each visit finds the caches empty.
const [BEFORE, PAIRS = '25', NOW] = process.argv.slice(2);
const SLOWDOWN = 4;
const ADDRESSES = { 'first visit': '', 'shared link': '#/C0TILCHAN1/now' };
const MOMENTS = { 'anything at all': 'first', 'the window': 'window', 'with posts': 'posts' } as const;

/** Serves a built page, its files compressed as `npm run build` leaves them, with the season's snapshots. */
const serve = async (built: string, folder: string) => {
  cpSync(built, folder, { recursive: true });
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const path = join(folder, name);
    if (!/\.(gz|png)$/.test(name) && statSync(path).isFile())
      writeFileSync(`${path}.gz`, gzipSync(readFileSync(path), { level: 9 }));
  }
  const state = memoryBucket();
  for (const [address, snapshot] of sampleSnapshots({ members: 28, weeks: 19 }))
    await state.putNew(`snapshots/${address}`, Buffer.from(JSON.stringify(snapshot)));
  const ingest = { queue: { put: async () => {} }, clock: systemClock, secrets: [] };
  const { port, close } = await startHttp({ ingest, state, health: () => ({}), dashboard: folder }, 0, '127.0.0.1');
  return { address: `http://127.0.0.1:${port}/`, close };
};

const median = (values: number[]): number => percentile([...values], 0.5);

/** Medians of both pages, of their ratio pair by pair, and the middle half of the ratios. */
const rowsOf = (name: string, pairs: readonly (readonly [before: Visit, now: Visit])[]): (string | number)[][] =>
  Object.entries(MOMENTS).map(([moment, key]) => {
    const ratios = pairs.map(([before, now]) => now[key] / before[key]);
    const [low, high] = [0.25, 0.75].map((share) => percentile([...ratios], share).toFixed(2));
    const [before, now] = [0, 1].map((side) => median(pairs.map((pair) => pair[side as 0 | 1][key])));
    return [
      `${name}, ${moment}`,
      Math.round(before ?? 0),
      Math.round(now ?? 0),
      ratio(median(ratios), 1),
      `${low} to ${high}`,
    ];
  });

/** By turns, and by turns who is first. */
const pairOf = async (
  phone: Phone,
  addresses: readonly [string, string],
  isTurned: boolean,
): Promise<[Visit, Visit]> => {
  const [before, now] = addresses;
  if (isTurned) {
    const visited = await visit(phone, now, SLOWDOWN);
    return [await visit(phone, before, SLOWDOWN), visited];
  }
  return [await visit(phone, before, SLOWDOWN), await visit(phone, now, SLOWDOWN)];
};

const main = async (before: string, now: string, folder: string): Promise<void> => {
  const servers = [await serve(before, join(folder, 'before')), await serve(now, join(folder, 'now'))] as const;
  const phone = await startPhone();
  const rows: (string | number)[][] = [['ms', 'before', 'now', 'ratio', 'middle half']];
  for (const [network, line] of Object.entries(NETWORKS)) {
    const [from, to] = [await reach(servers[0].address, line), await reach(servers[1].address, line)];
    for (const [name, hash] of Object.entries(ADDRESSES)) {
      const pairs: [Visit, Visit][] = [];
      for (let pair = 0; pair < Number(PAIRS); pair += 1)
        pairs.push(await pairOf(phone, [from.address + hash, to.address + hash], pair % 2 === 1));
      rows.push(...rowsOf(`${network}, ${name}`, pairs));
    }
    from.close();
    to.close();
  }
  await phone.close();
  await Promise.all(servers.map(({ close }) => close()));
  print(`${PAIRS} pairs, CPU slowed by ${SLOWDOWN}; medians, and of the ratio pair by pair\n`);
  print(table(rows));
};

if (!BEFORE) throw new Error('node bench/first-view.ts BEFORE [PAIRS [NOW]]: BEFORE is the folder of a built page');
await inFolder(async (folder) => main(BEFORE, NOW ?? (await buildDashboard()), folder));
