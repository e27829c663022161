import type { Event } from '../events/catalog.ts';
import { canonical } from '../events/codec.ts';
import { compareTs, secondsOf, type Ts } from '../events/timestamp.ts';
import { calendarOf, type Month, type Week, weeksOf } from '../events/week.ts';
import { foldFresh } from '../history/fold-week.ts';
import { keys } from '../pipeline/publish.ts';
import type { Challenge } from '../projections/challenge.ts';
import type { Ledger } from '../projections/ledger.ts';
import type { Bucket } from '../store/bucket.ts';
import { readDocument } from '../store/documents.ts';
import { openLog } from '../store/log.ts';
import type { Known } from './differences.ts';

/** The weeks of the log as they are asked for, folded, each read once. What is damaged is told of and left out. */
export const remember = (
  { channel, timeZone }: Pick<Challenge, 'channel' | 'timeZone'>,
  log: Bucket,
  skip: (what: string, reason: string) => void = () => undefined,
) => {
  const calendar = calendarOf(timeZone);
  const weeks = new Map<Week, Promise<{ ledger: Ledger; texts: Map<Ts, { at: Ts; text: string }> }>>();
  const load = async (week: Week) => {
    const events = await openLog(log).readWeek(channel, week, calendar, ({ message }) =>
      skip(message.split(':')[0] as string, message),
    );
    const texts = new Map<Ts, { at: Ts; text: string }>();
    for (const event of events) {
      if (event.kind !== 'message.posted' && event.kind !== 'message.edited') continue;
      const last = texts.get(event.ts);
      if (!last || compareTs(event.at, last.at) >= 0) texts.set(event.ts, { at: event.at, text: event.text });
    }
    const { state } = foldFresh(channel, week, events);
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

/** The weeks whose ledgers lack what their log has. */
export const unfoldedIn = async (
  challenge: Challenge,
  months: readonly Month[],
  { log, state }: { log: Bucket; state: Bucket },
): Promise<Map<Week, Event[]>> => {
  const { channel, timeZone } = challenge;
  const unfolded = new Map<Week, Event[]>();
  for (const week of months.flatMap(weeksOf)) {
    const events = await openLog(log).readWeek(channel, week, calendarOf(timeZone), () => undefined);
    if (events.length === 0) continue;
    const { text } = await readDocument(state, keys.ledger(channel, week));
    if (text !== canonical(foldFresh(channel, week, events).state)) unfolded.set(week, events);
  }
  return unfolded;
};
