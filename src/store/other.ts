import { canonical } from '../events/codec.ts';
import { isObject } from '../events/json.ts';
import { isTs } from '../events/timestamp.ts';
import { calendarOf } from '../events/week.ts';
import type { Bucket } from './bucket.ts';
import { digestOf } from './digest.ts';

const utf8 = new TextEncoder();
const UTC = calendarOf('UTC');
const DAY_SECONDS = 86_400;

/**
 * Keeps a trace of a delivery that does not concern a challenge (another channel, an unknown type): when, what, where, and a digest; no
 * text and no person. So everything acknowledged leaves a trace, and nothing foreign is kept.
 */
export const putOther = async (
  bucket: Bucket,
  { type, channel, at }: { type: string; channel?: string; at?: string },
  payload: unknown,
): Promise<void> => {
  const inner = isObject(payload) && 'event' in payload ? payload['event'] : payload;
  const digest = digestOf(canonical(inner));
  const dated = isTs(at) ? at : '0000000000.000000';
  const key = `other/${UTC.weekOf(dated)}/${dated}-${digest.slice(0, 16)}.json`;
  await bucket.putNew(key, utf8.encode(canonical({ v: 1, type, channel, at, digest })));
};

/** When a trace was, by its key: its day (UTC, `2024-08-05`), and the end of that day in seconds. Undefined for all other keys, and where no date is known. */
export const traceIn = (key: string): { day: string; endOfDay: number } | undefined => {
  const [, week, seconds] = /^other\/(\d{4}-W\d{2})\/(\d{10})\.\d{6}-[0-9a-f]{16}\.json$/.exec(key) ?? [];
  if (seconds === undefined || Number(seconds) === 0 || week !== UTC.weekOf(`${seconds}.000000`)) return undefined;
  const endOfDay = (Math.floor(Number(seconds) / DAY_SECONDS) + 1) * DAY_SECONDS;
  return { day: new Date(Number(seconds) * 1000).toISOString().slice(0, 10), endOfDay };
};
