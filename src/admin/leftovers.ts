import { Corrupt } from '../events/errors.ts';
import type { SetAside } from '../queue/local.ts';
import { WAITING } from '../queue/stored.ts';
import { type Bucket, listAll } from '../store/bucket.ts';
import { getReadable } from '../store/object.ts';
import type { ForgetPorts } from './forget.ts';
import { type Forgotten, mentions } from './redact.ts';

/** Keys in quarantine, and names of what the queue has set aside. */
export interface Leftovers {
  quarantine: string[];
  queue: string[];
}

/** What lies beside the log and names a person. */
export interface FoundLeftovers {
  /** Of the challenges that were asked for. */
  ours: Leftovers;
  /** Of other challenges alone. */
  others: Leftovers;
  /** Keys in quarantine that cannot be read, so what they hold is not known. */
  unreadable: string[];
}

type Person = Pick<Forgotten, 'user' | 'messages'>;

/** Looks for a person in what never came into the log; `isOurs` says whether a text concerns the challenges asked for. */
export const findLeftovers = async (
  person: Person,
  { log, setAside }: { log: Bucket; setAside?: SetAside | undefined },
  isOurs: (text: string) => boolean,
): Promise<FoundLeftovers> => {
  const none = (): Leftovers => ({ quarantine: [], queue: [] });
  const found: FoundLeftovers = { ours: none(), others: none(), unreadable: [] };
  const sort = (place: keyof Leftovers, name: string, text: string): void => {
    if (isAbout(text, person)) found[isOurs(text) ? 'ours' : 'others'][place].push(name);
  };
  for await (const { key } of asideIn(log)) {
    const text = await textOf(log, key);
    if (text === undefined) found.unreadable.push(key);
    else sort('quarantine', key, text);
  }
  for (const { name, text } of (await setAside?.list()) ?? []) sort('queue', name, unwrapped(text));
  return found;
};

/** What lies aside in the log's place, and what waits there because the queue could not take it. */
async function* asideIn(log: Bucket): AsyncGenerator<{ key: string }> {
  yield* listAll(log, 'quarantine/');
  yield* listAll(log, WAITING);
}

/** Erases leftovers. They never counted, or they would be in the log. */
export const eraseLeftovers = async (
  { quarantine, queue }: Leftovers,
  { erasers, setAside }: { erasers: ForgetPorts['erasers']; setAside?: SetAside | undefined },
): Promise<void> => {
  for (const key of quarantine) await erasers.log.erase(key);
  for (const name of queue) await setAside?.erase(name);
};

const textOf = async (log: Bucket, key: string): Promise<string | undefined> => {
  try {
    return unwrapped(Buffer.from((await getReadable(log, key))?.bytes ?? []).toString());
  } catch (error) {
    if (error instanceof Corrupt) return undefined;
    throw error;
  }
};

/** The text, followed by what stands in it as base64: a delivery that was not looked into is kept so. */
const unwrapped = (text: string): string =>
  [text, ...[...text.matchAll(/"([A-Za-z0-9+/]{16,}={0,2})"/g)].map(([, raw = '']) => Buffer.from(raw, 'base64'))].join(
    '\n',
  );

/** Whether a text names the person, or one of their messages. */
const isAbout = (text: string, { user, messages }: Person): boolean =>
  mentions(text, user) || [...text.matchAll(/\d{9,11}\.\d{1,6}/g)].some(([ts]) => messages.has(ts));
