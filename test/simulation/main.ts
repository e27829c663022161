import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import type { Fired, Site } from './faults.ts';
import type { Alone } from './personal-told.ts';
import { type Failure, reproduce, type Sum, simulateMany } from './pool.ts';

// node test/simulation/main.ts [--seed 1] [--runs 20] [--events 300]: seeds from --seed on, each until its log holds about so many
// events. --total 1000000 goes on until all logs together hold so many.
const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    runs: { type: 'string' },
    events: { type: 'string', default: '300' },
    total: { type: 'string', default: '0' },
    processes: { type: 'string', default: String(availableParallelism()) },
  },
});
const events = Number(values.events);
const total = Number(values.total);
const runs = Number(values.runs ?? (total > 0 ? 0 : 20));
const began = performance.now();
let told = began;

const say = (text: string): void => void process.stdout.write(`${text}\n`);

let failed = 0;
const sayFailure = ({ seed, fault }: Failure): void => say(`${fault}\n  ${reproduce(seed, events)}`);

const progress = ({ runs: done, events: logged, failures }: Sum): void => {
  for (; failed < failures.length; failed++) sayFailure(failures[failed] as Failure);
  if (performance.now() - told < 10_000) return;
  told = performance.now();
  say(`${done} runs, ${logged} events, ${failures.length} failed`);
};

const table = (fired: Fired): string =>
  (Object.entries(fired) as [Site, Fired[Site]][])
    .map(([site, { asked, struck }]) => `${site.padEnd(40)}${String(struck).padStart(10)}${String(asked).padStart(12)}`)
    .join('\n');

const tableAlone = (alone: Alone): string =>
  (Object.entries(alone) as [string, Alone[keyof Alone]][])
    .map(([kind, { sent, skipped }]) => {
      const reasons = Object.entries(skipped).map(([reason, times]) => `${reason} ${times}`);
      const all = Object.values(skipped).reduce((sum, times) => sum + times, 0);
      return `${kind.padEnd(40)}${String(sent).padStart(10)}${String(all).padStart(12)}  ${reasons.join(', ')}`;
    })
    .join('\n');

const sum = await simulateMany({
  from: Number(values.seed),
  runs,
  total,
  events,
  processes: Number(values.processes),
  progress,
});
say(`${'what went wrong'.padEnd(40)}${'times'.padStart(10)}${'chances'.padStart(12)}`);
say(table(sum.fired));
say(`${'to one person alone'.padEnd(40)}${'sent'.padStart(10)}${'skipped'.padStart(12)}`);
say(tableAlone(sum.alone));
const seconds = (performance.now() - began) / 1000;
say(
  `${sum.runs} runs, ${sum.events} events of ${sum.deeds} deeds, ${sum.deliveries} deliveries, ${sum.messages} messages said, ` +
    `${sum.restarts} deaths, ${seconds.toFixed(0)} s: ${sum.failures.length} failed`,
);
process.exitCode = sum.failures.length > 0 ? 1 : 0;
