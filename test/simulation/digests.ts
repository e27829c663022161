import type { Event } from '../../src/events/catalog.ts';
import { calendarOf } from '../../src/events/week.ts';
import type { EffectId } from '../../src/handlers/effect.ts';
import { isFinal, saidBy } from '../../src/handlers/effect-record.ts';
import { parseId } from '../../src/handlers/kinds.ts';
import type { EffectRecord, Ledger } from '../../src/projections/ledger.ts';
import type { Rest, Truth } from './checks.ts';
import { firstHeardOf } from './news.ts';
import { type TrueReply, truthOf, weeklyOnce, weekOf } from './truth.ts';

const DAY_SECONDS = 86_400;
/** So many posts make a digest, whoever likes them. */
const ENOUGH = 3;
/** A digest is asked for until the next Friday. What the log had by the day before that, it could tell. */
const ASKED_SECONDS = 6 * DAY_SECONDS;

/** Friday noon in Seoul of the week of a message. */
const fridayOf = (ts: string): number => {
  const seconds = Number(ts);
  const monday =
    Math.floor((seconds + 9 * 3600 - 4 * DAY_SECONDS) / (7 * DAY_SECONDS)) * 7 * DAY_SECONDS + 4 * DAY_SECONDS;
  return monday - 9 * 3600 + 4 * DAY_SECONDS + 12 * 3600;
};

/** Every week with enough to read has had its digest, or the log says why not; and none that stands lists what does not count. */
export const checkDigests = (
  rest: Rest,
  { replies: truth, choices, rests }: Truth,
  ledgers: readonly Ledger[],
  events: ReadonlyMap<string, Event>,
): string[] => {
  const records = new Map(ledgers.flatMap(({ effects }) => Object.entries(effects)));
  const weekly = weeklyOnce(rest.deeds.weekly, events);
  const before = rest.earlier && truthOf(rest.messages, rest.earlier, weekly, choices).replies;
  const countedBefore = before && new Set(before.filter(({ counted }) => counted).map(({ ts }) => ts));
  const counted = truth.filter((reply) => reply.counted);
  const ruled = new Set([...events.values()].flatMap((event) => (event.kind === 'post.ruled' ? [event.ts] : [])));
  const rested = new Set([...events.values()].flatMap((event) => (event.kind === 'week.rested' ? [event.week] : [])));
  const always = counted.filter(
    ({ ts, week }) => (countedBefore?.has(ts) ?? true) && !ruled.has(ts) && !rested.has(week) && !rests(week),
  );
  if (rest.dropped) return [];
  return [...missing(rest, records, always, events), ...wrong(rest, records, truth, countedBefore)];
};

/** Weeks that had three posts by Friday, of which nothing has changed since they became known, and whose digest came to no end. */
const missing = (
  rest: Rest,
  records: ReadonlyMap<string, EffectRecord>,
  counted: readonly TrueReply[],
  events: ReadonlyMap<string, Event>,
): string[] => {
  const known = new Map<string, { at: number; events: number }>();
  for (const [key, event] of events) {
    if (event.kind !== 'message.posted' && event.kind !== 'message.edited' && event.kind !== 'message.deleted')
      continue;
    const at = (rest.log.createdAt.get(key) ?? 0) / 1000;
    const last = known.get(event.ts);
    const isLinked = event.kind === 'message.edited' && event.links.length > 0;
    // A preview comes as an edit with the same link.
    known.set(event.ts, { at: Math.max(at, last?.at ?? 0), events: (last?.events ?? 0) + (isLinked ? 0 : 1) });
  }
  const firstHeard = Number(firstHeardOf(events) ?? Number.POSITIVE_INFINITY);
  const isKnownBy = (ts: string, second: number): boolean => {
    const found = known.get(ts);
    return found !== undefined && found.events === 1 && found.at < second;
  };
  return [...Map.groupBy(counted, ({ week }) => week)].flatMap(([week, replies]) => {
    const own = replies.filter(({ ts }) => weekOf(ts) === week);
    const friday = fridayOf(own[0]?.ts ?? '0');
    const isOpen = rest.deeds.weekly.some((ts) => weekOf(ts) === week && isKnownBy(ts, friday));
    const inTime = own.filter(({ ts }) => Number(ts) < friday && isKnownBy(ts, friday + ASKED_SECONDS));
    const isPast = friday + ASKED_SECONDS + DAY_SECONDS < rest.now / 1000;
    if (!isOpen || !isPast || firstHeard > friday || inTime.length < ENOUGH) return [];
    // By the rules of then it was a week of rest.
    const opened = Object.values(records.get(`week.open:${week}`)?.attempts ?? {});
    if (opened.some(({ says }) => says?.shows === 'rest')) return [];
    return isFinal(records.get(`digest:${week}`))
      ? []
      : [`${week} had ${inTime.length} posts by Friday, and no digest`];
  });
};

/** Digests that stand, and tell of a post that does not count for their week, or of another number than the log says. */
const wrong = (
  rest: Rest,
  records: ReadonlyMap<string, EffectRecord>,
  truth: readonly TrueReply[],
  countedBefore: ReadonlySet<string> | undefined,
): string[] =>
  rest.messages.flatMap(({ metadata, text, subtype }) => {
    const id = metadata?.event_payload?.['effect'];
    if (subtype === 'tombstone' || typeof id !== 'string' || !id.startsWith('digest:')) return [];
    const { about: week } = parseId(id as EffectId);
    const first = records.get(`digest:${week}`);
    const changes: EffectRecord[] = [];
    for (let number = 1; records.has(`digest:${week}:${number}`); number++)
      changes.push(records.get(`digest:${week}:${number}`) as EffectRecord);
    // One that Slack refused to change stays as it is.
    if (changes.some((record) => !record.delivered)) return [];
    const record = changes.at(-1) ?? first;
    const posts = (record && saidBy(record)?.posts) ?? [];
    const says = Number(/글 (\d+)편/.exec(text)?.[1] ?? 0);
    const faults = says === posts.length ? [] : [`the digest of ${week} tells of ${says} posts, not ${posts.length}`];
    const counts = new Set(truth.filter((reply) => reply.counted && reply.week === week).map(({ ts }) => ts));
    // Of what only the rules have changed, nobody is told.
    const gone = posts.filter((ts) => !counts.has(ts) && !countedBefore?.has(ts));
    return [...faults, ...gone.map((ts) => `the digest of ${week} tells of ${ts}, which does not count`)];
  });

/** The channel hears, beside announcements, one weekly post, one digest and one result a week at most. */
export const checkNoise = ({ challenge, deeds }: Rest): string[] => {
  const { weekAt } = calendarOf(challenge.timeZone);
  const said = [...deeds.postedAt].flatMap(([id, at]) => {
    const { kind } = parseId(id.split(' ')[1] as EffectId);
    // What was sent in the last second of a week may come in the next.
    return ['week.open', 'digest', 'month.result'].includes(kind) ? [`${kind} in ${weekAt(at / 1000 - 60)}`] : [];
  });
  return [...Map.groupBy(said, (each) => each)].flatMap(([each, all]) =>
    all.length > 1 ? [`${all.length} messages of the kind ${each}`] : [],
  );
};
