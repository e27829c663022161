import { isObject, type Json, parseJson } from '../events/json.ts';
import { keyOf } from '../events/key.ts';
import { calendarOf } from '../events/week.ts';
import { jobOf } from '../queue/jobs.ts';
import type { NewJob } from '../queue/queue.ts';
import type { Settings } from '../setup/config.ts';
import { translate } from '../slack/translate.ts';
import { type Bucket, listAll } from '../store/bucket.ts';

/** A delivery in quarantine. It is never removed; `inLog` says whether its event has come into the log meanwhile. */
export interface Quarantined {
  key: string;
  reason: string;
  /** What it is, without any text of it: `event_callback/message`, `event message.posted`. */
  what: string;
  inLog: boolean;
  /** The delivery that can be tried again. */
  payload?: Record<string, unknown>;
}

/** What lies in quarantine, in the order of its keys. */
export async function* listQuarantine(log: Bucket, settings: Settings): AsyncGenerator<Quarantined> {
  for await (const { key } of listAll(log, 'quarantine/')) {
    const stored = await log.get(key);
    if (stored) yield await describe(key, Buffer.from(stored.bytes).toString(), log, settings);
  }
}

const describe = async (key: string, text: string, log: Bucket, settings: Settings): Promise<Quarantined> => {
  const { reason, content } = (parseJson(text) ?? {}) as { reason?: unknown; content?: unknown };
  const payload = payloadIn(content);
  const common = { key, reason: typeof reason === 'string' ? reason : 'damaged', what: whatIs(content, payload) };
  return {
    ...common,
    inLog: payload ? await isLogged(payload, log, settings) : false,
    ...(payload ? { payload } : {}),
  };
};

/** A delivery as it came, or as base64 of its bytes when it was not even looked into. */
const payloadIn = (content: unknown): Json | undefined => {
  const value = typeof content === 'string' ? parseJson(Buffer.from(content, 'base64').toString()) : content;
  return isObject(value) && value['type'] === 'event_callback' && isObject(value['event']) ? value : undefined;
};

const whatIs = (content: unknown, payload: Json | undefined): string => {
  if (payload) return `event_callback/${String((payload['event'] as Json)['type'])}`.slice(0, 80);
  if (isObject(content) && typeof content['kind'] === 'string') return `event ${content['kind']}`.slice(0, 80);
  return 'something that is no delivery';
};

const isLogged = async (payload: Json, log: Bucket, { challenges }: Settings): Promise<boolean> => {
  const translation = translate(payload, new Set(challenges.map(({ channel }) => channel)));
  if (translation.to !== 'event') return false;
  const { event } = translation;
  const challenge = challenges.find(({ channel }) => channel === event.channel);
  return challenge !== undefined && (await log.get(keyOf(event, calendarOf(challenge.timeZone)))) !== undefined;
};

/** The job that tries a delivery again. */
export const redriveJob = ({ key, payload }: Quarantined, now: number): NewJob =>
  jobOf(`redrive/${key}/${now}`, 'redrive', { kind: 'event', payload });
