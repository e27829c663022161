import * as v from 'valibot';
import { canonical } from '../events/codec.ts';
import { Corrupt } from '../events/errors.ts';
import { parseJson } from '../events/json.ts';
import { type Bucket, listAll } from './bucket.ts';
import { digestOf } from './digest.ts';
import { openBody, sealBody } from './log.ts';
import { traceIn } from './other.ts';
import { mapOrdered } from './together.ts';

/**
 * The right to take traces away, and nothing else: all keys must be of traces from before `before` (in seconds since 1970, UTC), else
 * Refused is thrown and nothing is taken. Erasing what is not there succeeds.
 */
export type EraseTraces = (keys: readonly string[], before: number) => Promise<void>;

/** How many traces were counted, and how many of those that are counted were taken away. */
export interface SummedUp {
  counted: number;
  erased: number;
}

/** A sum: how many traces of a day there were of each type and channel, and which, so that none is ever counted twice. */
const Sum = v.object({
  v: v.literal(1),
  day: v.string(),
  count: v.number(),
  of: v.array(
    v.object({ type: v.string(), channel: v.optional(v.string()), count: v.number(), traces: v.array(v.string()) }),
  ),
});
type Sum = v.InferOutput<typeof Sum>;

const utf8 = new TextEncoder();
const AT_ONCE = 16;
/** As many traces go into one sum, so that a run that is cut short has done a part. */
const MOST_IN_ONE = 1000;

/** Where the sums of a day (UTC, `2024-08-05`) lie. */
const sumsPrefix = (day: string): string => `counts/${day}/`;

/**
 * Counts all traces of the days that were over at `before` (in seconds), and takes away those that are counted. A day's count is that of all
 * its sums together, each trace once: so it makes no difference how often this is begun, cut short, or done by two at a time, nor
 * whether logs are copied into one. Traces without a date stay: nobody knows how old they are.
 */
export const sumUpTraces = async (
  log: Bucket,
  erase: EraseTraces,
  before: number,
  mayGoOn: () => boolean = () => true,
): Promise<SummedUp> => {
  const summed: SummedUp = { counted: 0, erased: 0 };
  for await (const { day, keys } of tracesByDay(log, before)) {
    if (!mayGoOn()) break;
    summed.counted += await countTraces(log, day, keys);
    await erase(keys, before);
    summed.erased += keys.length;
  }
  return summed;
};

/** The keys of dated traces of whole days before an instant, a day or a part of it at a time, the oldest first. */
async function* tracesByDay(log: Bucket, before: number): AsyncGenerator<{ day: string; keys: string[] }> {
  let last: { day: string; keys: string[] } | undefined;
  for await (const { key } of listAll(log, 'other/')) {
    const trace = traceIn(key);
    if (!trace) continue;
    if (trace.endOfDay > before) break; // The keys are in the order of time.
    if (last && (last.day !== trace.day || last.keys.length === MOST_IN_ONE)) {
      yield last;
      last = undefined;
    }
    last ??= { day: trace.day, keys: [] };
    last.keys.push(key);
  }
  if (last) yield last;
}

/** Writes the sum of those traces that no sum has yet, and says how many these are. */
const countTraces = async (log: Bucket, day: string, keys: readonly string[]): Promise<number> => {
  const counted = await countedOn(log, day);
  const fresh = keys.filter((key) => !counted.has(idOf(key)));
  const read = await mapOrdered(fresh, AT_ONCE, async (key) => ({ key, stored: await log.get(key) }));
  // One that is gone by now is in the sum of whoever took it away.
  const found = read.flatMap(({ key, stored }) => (stored ? [{ id: idOf(key), ...contentOf(stored.bytes) }] : []));
  if (found.length === 0) return 0;
  const bytes = sealBody(canonical(sumOf(day, found)));
  const key = `${sumsPrefix(day)}${digestOf(bytes, 16)}.json`;
  await log.putNew(key, bytes);
  const stored = await log.get(key);
  if (!stored || Buffer.compare(stored.bytes, bytes) !== 0)
    throw new Corrupt(`${key}: what was read back is not what was written; the traces of ${day} stay`);
  return found.length;
};

interface Found {
  id: string;
  type: string;
  channel?: string;
}

const sumOf = (day: string, found: readonly Found[]): Sum => {
  const of = new Map<string, Sum['of'][number]>();
  for (const { id, type, channel } of found) {
    const name = `${type} ${channel ?? ''}`;
    const group = of.get(name) ?? { type, ...(channel ? { channel } : {}), count: 0, traces: [] };
    group.count += 1;
    group.traces.push(id);
    of.set(name, group);
  }
  return { v: 1, day, count: found.length, of: [...of.entries()].sort(byName).map(([, group]) => group) };
};

const byName = ([left]: [string, unknown], [right]: [string, unknown]): number => (left < right ? -1 : 1);

/** By which a trace is known in a sum. The key says when it was, and what. */
const idOf = (key: string): string => digestOf(utf8.encode(key), 16);

const Content = v.object({ type: v.string(), channel: v.optional(v.string()) });

/** A damaged trace counts as well: that something came is all that a trace says. */
const contentOf = (bytes: Uint8Array): Omit<Found, 'id'> => {
  const read = v.safeParse(Content, parseJson(Buffer.from(bytes).toString()));
  return read.success ? read.output : { type: 'unreadable' };
};

/** Which traces of a day are counted. A sum that cannot be read stops everything: nobody knows what it counted. */
const countedOn = async (log: Bucket, day: string): Promise<Set<string>> => {
  const counted = new Set<string>();
  for await (const { key } of listAll(log, sumsPrefix(day))) {
    const stored = await log.get(key);
    const sum = v.safeParse(Sum, parseJson(openBody(stored?.bytes ?? new Uint8Array(), key)));
    if (!sum.success) throw new Corrupt(`${key}: expected a sum of traces, got something else`);
    for (const { traces } of sum.output.of) for (const id of traces) counted.add(id);
  }
  return counted;
};
