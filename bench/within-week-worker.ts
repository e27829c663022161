import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createWorker } from '../src/host/worker.ts';
import { createBookkeeping } from '../src/pipeline/bookkeeping.ts';
import { publishMonth } from '../src/pipeline/publish.ts';
import { jobOf } from '../src/queue/jobs.ts';
import { bootId } from '../src/store/boot.ts';
import { type Bucket, listAll } from '../src/store/bucket.ts';
import { openDocuments } from '../src/store/documents.ts';
import { filesBucket } from '../src/store/files.ts';
import { memoryBucket } from '../src/store/memory.ts';
import { CHANNEL } from '../test/support/world.ts';
import { challenge, percentile } from './measure.ts';

// A worker by itself, so that its memory is nobody else's: `node within-week-worker.ts FOLDER` handles the deliveries in FOLDER/likes.json
// one by one beside the state in FOLDER/state, and prints what each took as one line of JSON. With `memory` after it, all of it is in memory.
const folder = process.argv[2] as string;
const payloads = JSON.parse(readFileSync(join(folder, 'likes.json'), 'utf8')) as unknown[];
const WARM = 10; // The first one reads what there is, and the next are run before they are compiled.

const copyInto = async (state: Bucket): Promise<void> => {
  const stored = filesBucket(join(folder, 'state'));
  for await (const { key } of listAll(stored, ''))
    await state.putNew(key, (await stored.get(key))?.bytes ?? new Uint8Array());
};

const inMemory = process.argv[3] === 'memory';
const state = inMemory ? memoryBucket() : filesBucket(join(folder, 'state'), { boot: bootId() }); // As `til serve` opens it.
if (inMemory) await copyInto(state);
const documents = openDocuments(state);
const ports = { log: inMemory ? memoryBucket() : filesBucket(join(folder, 'log')), documents, challenges: [challenge] };
const worker = createWorker({ ...ports, bookkeeping: createBookkeeping(ports) });
const taken: Record<'counted' | 'published' | 'cpu', number[]> = { counted: [], published: [], cpu: [] };
for (const [number, payload] of payloads.entries()) {
  const cpu = process.cpuUsage();
  const began = performance.now();
  const job = { ...jobOf(String(number), CHANNEL, { kind: 'event', payload }), received: 1, handle: '' };
  const { failed, changed } = await worker.handle([job]);
  if (failed[0]) throw failed[0].error;
  const counted = performance.now() - began;
  if (changed.length === 0) throw new Error('the like changed nothing');
  for (const { month } of changed) await publishMonth(documents, challenge, month);
  if (number < WARM) continue;
  const { user, system } = process.cpuUsage(cpu);
  taken.counted.push(counted);
  taken.published.push(performance.now() - began);
  taken.cpu.push((user + system) / 1000);
}
const peak = Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) / 1024;
const [counted, published, cpu] = [taken.counted, taken.published, taken.cpu].map((of) => percentile(of, 0.5));
process.stdout.write(`${JSON.stringify({ counted, published, cpu, peak })}\n`);
