import type { Says } from '../events/catalog.ts';
import type { Ts } from '../events/timestamp.ts';
import type { Month, Week } from '../events/week.ts';
import type { Challenge } from '../projections/challenge.ts';
import type { EffectRecord, Ledger } from '../projections/ledger.ts';
import type { MonthReading, Reply } from '../projections/participation.ts';

/** A message of the bot's that stands in Slack. */
export interface Standing {
  channel: string;
  ts: Ts;
}

/** What every effect has. */
interface Common {
  /** A function of the kind and of what it is about, never of a clock. */
  id: string;
  /** The week whose log holds its events: that of the message it is about. */
  week: Week;
  /** What made it owed: its age decides whether it is still worth saying. */
  due: Ts;
  /** What later decisions need to know of what was said. */
  says?: Says;
  /** No longer to be said; but an unclear attempt of it has still to be cleared up. */
  withdrawn?: true;
  /** The bot's message that is to be changed, instead of a new one. */
  change?: Standing;
}

/** A request to Slack, as data. What it says in words is decided where it is sent. */
export type Effect = Common &
  (
    | { kind: 'week.open'; opens: Week }
    | { kind: 'participation' | 'participation.retracted'; post: PostView }
    | { kind: 'like'; post: PostView; added: string[]; removed: number; total: number }
    | { kind: 'hint'; post: PostView }
    | {
        kind: 'month.result';
        month: Month;
        challengers: { id: string; likes: number }[];
        special: string[];
        weeks: Week[];
      }
    | { kind: 'alarm'; code: string; subject: string; admin: string }
  );

/** A reply as the texts need it. */
export interface PostView {
  ts: Ts;
  author: string;
  /** The week it counts for. */
  week: Week;
  thread?: Ts;
  url?: string;
  title?: string;
}

/** What the handlers of a message see. */
export interface Scene {
  challenge: Challenge;
  /** The ledger that holds the message and its effects. */
  ledger: Ledger;
  reading: MonthReading;
  ts: Ts;
  /** The message as a reply in a weekly post's thread; undefined when it is none, or none any more. */
  reply: Reply | undefined;
}

/** What is owed about a message, if anything is. Pure: no clock, no chance. */
export type Handler = (scene: Scene) => Effect | undefined;

/** Delivered, skipped or refused for good: nothing more is to be done. */
export const isFinal = (record: EffectRecord | undefined): boolean =>
  record !== undefined &&
  (record.delivered !== undefined ||
    record.skipped !== undefined ||
    Object.values(record.refused ?? {}).some(({ final }) => final));

/** What was said by an effect that is final: by the attempt that was delivered, or what was passed over. */
export const saidBy = (record: EffectRecord): Says | undefined =>
  record.delivered ? record.attempts?.[record.delivered.attempt]?.says : record.skipped?.says;

/** The number of the last attempt, 0 when there was none. */
export const lastAttempt = (record: EffectRecord | undefined): number =>
  Math.max(0, ...Object.keys(record?.attempts ?? {}).map(Number));

/** Whether an attempt was made of which nobody knows what became of it. */
export const isUnclear = (record: EffectRecord | undefined): boolean => {
  const last = lastAttempt(record);
  return !isFinal(record) && last > 0 && record?.refused?.[last] === undefined;
};

/** The final effects of a series `<name>:0`, `<name>:1` …, and the id and record of the one that is next. */
export const seriesOf = (ledger: Ledger, name: string) => {
  const past: EffectRecord[] = [];
  for (;;) {
    const id = `${name}:${past.length}`;
    const record = ledger.effects[id];
    if (!record || !isFinal(record)) return { past, id, record };
    past.push(record);
  }
};

/** The message that the first of a series left in Slack. */
export const standingOf = (past: readonly EffectRecord[]): Standing | undefined => {
  const delivered = past[0]?.delivered;
  return delivered?.ts ? { channel: delivered.to, ts: delivered.ts } : undefined;
};

/** A reply as the texts need it. */
export const postView = (reply: Reply): PostView => {
  const [link] = reply.links;
  return {
    ts: reply.ts,
    author: reply.author,
    week: reply.week,
    thread: reply.thread,
    ...(link ? { url: link.url } : {}),
    ...(link?.title ? { title: link.title } : {}),
  };
};
