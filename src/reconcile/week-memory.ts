import type { Event } from '../events/catalog.ts';
import { canonical } from '../events/codec.ts';
import { compareTs, secondsOf, type Ts } from '../events/timestamp.ts';
import { calendarOf, type Week } from '../events/week.ts';
import { foldFresh } from '../history/fold-week.ts';
import { keys } from '../pipeline/keys.ts';
import type { Challenge } from '../projections/challenge.ts';
import type { Ledger } from '../projections/ledger.ts';
import type { Bucket } from '../store/bucket.ts';
import { readDocument } from '../store/documents.ts';
import { openLog } from '../store/log.ts';
import type { Known } from './differences.ts';

/** The folded weeks of the log, each read once, when it is asked for, and then passed to `look`. Damaged objects are reported and left out. */
export const remember = (
  { channel, timeZone }: Pick<Challenge, 'channel' | 'timeZone'>,
  log: Bucket,
  skip: (what: string, reason: string) => void = () => undefined,
  look?: (ledger: Ledger, events: readonly Event[]) => Promise<void>,
) => {
  const calendar = calendarOf(timeZone);
  const weeks = new Map<Week, Promise<{ ledger: Ledger; texts: Map<Ts, { at: Ts; text: string }> }>>();
  const load = async (week: Week) => {
    const events = await openLog(log, { channel, timeZone }).readWeek(week, ({ message }) =>
      skip(message.split(':')[0] as string, message),
    );
    const texts = new Map<Ts, { at: Ts; text: string }>();
    for (const event of events) {
      if (event.kind !== 'message.posted' && event.kind !== 'message.edited') continue;
      const last = texts.get(event.ts);
      if (!last || compareTs(event.at, last.at) >= 0) texts.set(event.ts, { at: event.at, text: event.text });
    }
    const { state } = foldFresh(channel, week, events);
    await look?.(state, events);
    return { ledger: state, texts };
  };
  const recall = (week: Week) => {
    const loading = weeks.get(week) ?? load(week);
    weeks.set(week, loading);
    return loading;
  };
  return {
    ledger: async (week: Week): Promise<Ledger> => (await recall(week)).ledger,
    known: async (ts: Ts): Promise<Known> => {
      const { ledger, texts } = await recall(calendar.weekAt(secondsOf(ts)));
      return { message: ledger.messages[ts], text: texts.get(ts)?.text };
    },
  };
};

/** The events of a week if the ledger stored of it is not what they say; those whose texts are `rehearsed` are not in the log yet. */
export const unfoldedIn = async (
  { channel, week }: Ledger,
  events: readonly Event[],
  rehearsed: ReadonlySet<string>,
  state: Bucket,
): Promise<Event[]> => {
  const logged = events.filter((event) => !rehearsed.has(canonical(event)));
  if (logged.length === 0) return [];
  const { bytes } = await readDocument(state, keys.ledger(channel, week));
  return bytes && Buffer.from(canonical(foldFresh(channel, week, logged).state)).equals(bytes) ? [] : logged;
};
