import { canonical } from '../events/codec.ts';
import { isObject } from '../events/json.ts';
import { isTs } from '../events/timestamp.ts';
import { calendarOf } from '../events/week.ts';
import type { Bucket } from './bucket.ts';
import { digestOf } from './digest.ts';

const utf8 = new TextEncoder();
const UTC = calendarOf('UTC');

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
