import type { Event } from '../../src/events/catalog.ts';
import { canonical } from '../../src/events/codec.ts';
import { keyOf } from '../../src/events/key.ts';
import { calendarOf, monthOf, plusMonths } from '../../src/events/week.ts';
import { digestDueAt } from '../../src/handlers/digest-due.ts';
import type { EffectId } from '../../src/handlers/effect.ts';
import { isFinal, saidBy } from '../../src/handlers/effect-record.ts';
import { isEffectId, parseId } from '../../src/handlers/kinds.ts';
import { openingOf, resultDueAt } from '../../src/handlers/open-week.ts';
import { verify } from '../../src/history/rebuild.ts';
import type { Challenge } from '../../src/projections/challenge.ts';
import type { IndexSnapshot, MemberSnapshot, MonthSnapshot, WeekSnapshot } from '../../src/projections/contract.ts';
import type { EffectRecord, Ledger } from '../../src/projections/ledger.ts';
import type { SlackMessage } from '../../src/sandbox/shapes.ts';
import { translate } from '../../src/slack/translate.ts';
import { isDocument } from '../../src/store/documents.ts';
import { readEvent } from '../../src/store/log.ts';
import { CHANNEL } from '../support/world.ts';
import { choicesIn } from './choices.ts';
import type { Chosen } from './choosers.ts';
import { checkDigests, checkNoise } from './digests.ts';
import type { Post } from './front.ts';
import { yieldTurn } from './host.ts';
import { checkChoices } from './judged.ts';
import { checkChosenLikes, likeChoicesIn } from './like-choices.ts';
import type { LikeMode } from './like-modes.ts';
import { checkLikes } from './likes.ts';
import { checkNews, firstHeardOf, heardLikes } from './news.ts';
import { BOT } from './people.ts';
import { checkPersonal } from './personal.ts';
import { checkRehearsal } from './rehearsal.ts';
import type { Deeds } from './slack-port.ts';
import type { Store } from './store.ts';
import { type PlainRules, snapshotsOf, truthOf, weeklyOnce } from './truth.ts';
import { checkVoice } from './voice.ts';

/** All there is when everything has come to rest. */
export interface Rest {
  challenge: Challenge;
  rules: PlainRules;
  /** Rules of an earlier part of the run, if they were changed. */
  earlier: PlainRules | undefined;
  /** By which rules it was decided since when, in milliseconds; the first since ever. */
  configured: readonly { from: number; challenge: Challenge; rules: PlainRules }[];
  log: Store;
  state: Store;
  post: Post;
  deeds: Deeds;
  messages: readonly SlackMessage[];
  /** What stands in everybody's conversation with the bot. */
  direct: readonly SlackMessage[];
  /** How authors heard of likes: from the first on, and since it was changed. */
  likeModes: readonly LikeMode[];
  /** Everybody but bots: whether they are here, and by which names they have gone. */
  people: readonly { id: string; here: boolean; names: readonly string[] }[];
  /** Slack dropped deliveries for ever: then the log cannot know all that Slack knows. */
  dropped: boolean;
  now: number;
  /** When nobody asked any more what is due, in milliseconds. */
  asked: number;
  weeks: string[];
  /** What people chose. */
  chosen: readonly Chosen[];
  /** When a job was given out, and when it ended. */
  jobs(id: string): { taken: readonly number[]; ended: readonly number[] };
  /** Whether something of a series of effects was skipped or refused. */
  givenUp(series: string): boolean;
}

/** What is known at rest before it is worked out what follows. */
export type AtRest = Omit<Rest, 'givenUp'>;

export type Truth = ReturnType<typeof truthOf>;

const text = new TextDecoder();
/** A document; undefined when it is not there, or damaged, which differs from a rebuild. */
const json = <T>(store: Store, key: string): T | undefined => {
  const stored = store.objects.get(key);
  return stored && isDocument(stored.bytes) ? (JSON.parse(text.decode(stored.bytes)) as T) : undefined;
};

/** Everything that is not as it must be, in words. */
export const faultsAtRest = async (known: AtRest): Promise<string[]> => {
  const events = eventsOf(known.log);
  const ledgers = ledgersOf(known.state);
  const records = ledgers.flatMap(({ effects }) => Object.entries(effects));
  const givenUp = (series: string): boolean =>
    records.some(([id, record]) => id.startsWith(`${series}:`) && !record.delivered);
  const rest: Rest = { ...known, givenUp };
  const choices = choicesIn(events.values());
  const truth = truthOf(rest.messages, rest.rules, weeklyOnce(rest.deeds.weekly, events), choices);
  return [
    ...checkRequests(rest),
    ...checkLog(rest, events),
    ...(await checkRebuild(rest)),
    ...checkTruth(rest, truth, events),
    ...checkEffects(rest, events),
    ...(rest.dropped ? [] : checkSaid(rest, truth, events)),
    ...checkMonths(rest, events),
    ...checkNews(rest, truth, ledgers, events),
    ...checkLikes(rest, truth, ledgers, events),
    ...checkChosenLikes(rest, truth, ledgers, events),
    ...checkVoice(rest, truth, ledgers, events),
    ...checkTimes(rest, events),
    ...checkRehearsal(rest, events),
    ...checkDigests(rest, truth, ledgers, events),
    ...checkNoise(rest),
    ...checkPersonal(rest, ledgers, events),
    ...checkChoices(rest, events),
  ];
};

const eventsOf = (log: Store): Map<string, Event> => {
  const events = new Map<string, Event>();
  for (const [key, { bytes }] of log.objects) if (key.startsWith('events/')) events.set(key, readEvent(bytes, key));
  return events;
};

const checkRequests = ({ post, deeds }: Rest): string[] => [
  ...post.accepted.map((kind) => `a request that was ${kind} was accepted`),
  ...deeds.impatient.slice(0, 1).map((about) => `${about} was sent although Slack had said to wait`),
];

/** Every acknowledged event is in the log, once; nothing else is; and nothing there ever changed. */
const checkLog = ({ log, post, challenge }: Rest, events: ReadonlyMap<string, Event>): string[] => {
  const faults = [...log.changed].map((key) => `${key} was changed`);
  const calendar = calendarOf(challenge.timeZone);
  const channels = new Set([CHANNEL]);
  const handed = new Set<string>();
  for (const { payload, acknowledged } of post.handedOut) {
    const translation = translate(payload, channels);
    if (translation.to !== 'event') continue;
    const key = keyOf(translation.event, calendar);
    handed.add(key);
    if (acknowledged && !events.has(key)) faults.push(`${key} was acknowledged and is not in the log`);
  }
  for (const [key, event] of events) {
    const heard =
      event.kind.startsWith('message.') || event.kind.startsWith('reaction.') || event.kind.startsWith('member.');
    const own = event.kind === 'message.posted' && event.author?.user === BOT.id;
    // What was found when the log was compared with Slack. (Who is there is not marked so.)
    const inferred = event.kind.startsWith('member.') || ('inferred' in event && event.inferred === true);
    if (heard && !own && !inferred && !handed.has(key)) faults.push(`${key} is in the log and was never delivered`);
  }
  const aside = [...log.objects]
    .filter(([key]) => key.startsWith('quarantine/'))
    .map(([key, { bytes }]) => ({ key, ...(JSON.parse(text.decode(bytes)) as { reason: string }) }));
  for (const { key, reason } of aside)
    if (reason !== 'expected a JSON object') faults.push(`${key}: in quarantine, ${reason}`);
  if (post.malformed > 0 && aside.length === 0)
    faults.push('a signed request that is no JSON was acknowledged and is nowhere');
  return faults;
};

/** All that is derived is what the log says, byte for byte. */
const checkRebuild = async ({ challenge, log, state }: Rest): Promise<string[]> => {
  const { differences } = await verify(challenge, { log, state, yieldTurn });
  return differences.map(({ key, problem }) => `${key}: ${problem} from a rebuild`);
};

/** The snapshots say what anybody sees in the channel. */
const checkTruth = ({ people, state }: Rest, truth: Truth, events: ReadonlyMap<string, Event>): string[] => {
  const faults: string[] = [];
  const prefix = `snapshots/${CHANNEL}/`;
  const named = people.map(({ id, here, names }) => {
    const shown = json<MemberSnapshot>(state, `${prefix}members/${id}.json`)?.name;
    return { id, here, name: names.find((name) => name === shown) ?? String(names.at(-1)) };
  });
  const withoutFinishers = new Set(
    [...events.values()].flatMap((event) => (event.kind === 'month.closed' && !event.finishers ? [event.month] : [])),
  );
  const expected = snapshotsOf(truth, named, withoutFinishers);
  for (const [name, wantedOf] of expected) {
    // What only the log can know is not among what is expected.
    const found = json<object>(state, `${prefix}${name}.json`);
    const known =
      found && Object.fromEntries(Object.entries(found).filter(([field]) => Object.hasOwn(wantedOf, field)));
    const [got, wanted] = [canonical(known), canonical(wantedOf)];
    if (got !== wanted) faults.push(`${name}: expected ${wanted}, got ${got}`);
  }
  for (const key of state.objects.keys()) {
    const name = key.startsWith(prefix) ? key.slice(prefix.length, -'.json'.length) : 'index';
    if (expected.has(name) || name.startsWith('members/')) continue;
    const { posts = [], members = [] } = json<Partial<WeekSnapshot & MonthSnapshot>>(state, key) ?? {};
    if (posts.length + members.length > 0) faults.push(`${name}: expected nothing`);
  }
  return faults;
};

const ledgersOf = (state: Store): Ledger[] =>
  [...state.objects.keys()]
    .filter((key) => key.startsWith('ledgers/'))
    .flatMap((key) => json<Ledger>(state, key) ?? []);

/** Whatever was attempted has come to an end, and is in Slack exactly as often as the log says: once or not at all. */
const checkEffects = ({ state, deeds }: Rest, events: ReadonlyMap<string, Event>): string[] => {
  const faults: string[] = [];
  const visible = new Map([...deeds.posted, ...deeds.hinted]);
  for (const [id, count] of visible) if (count > 1) faults.push(`${id} is visible ${count} times`);
  const logged = new Set(
    [...events.values()].flatMap((event) =>
      event.kind === 'effect.attempted' ? [`${event.week} ${event.effect}`] : [],
    ),
  );
  for (const id of visible.keys())
    if (!logged.has(id)) faults.push(`${id} is visible, and the log knows of no attempt`);
  for (const { week, effects } of ledgersOf(state)) {
    for (const [effect, record] of Object.entries(effects)) {
      const id = `${week} ${effect}`;
      if (!isFinal(record)) faults.push(`${id} was attempted and has come to no end`);
      const changes = changesWhatStands(effect as EffectId, record, effects); // And posts nothing.
      if (record.delivered && !changes && !visible.has(id))
        faults.push(`${id} is recorded as delivered, and is not visible`);
      if (visible.has(id) && !record.delivered && parseId(effect as EffectId).kind !== 'hint')
        faults.push(`${id} is visible, and not recorded as delivered`);
    }
  }
  return faults;
};

/** Whether an effect changed a message that one before it in its series had posted. */
const changesWhatStands = (id: EffectId, record: EffectRecord, effects: Ledger['effects']): boolean => {
  const { kind, about, detail } = parseId(id);
  const { ts } = record.delivered ?? {};
  if (kind === 'digest' || kind === 'week.open')
    return detail !== undefined && ts !== undefined && effects[`${kind}:${about}`]?.delivered?.ts === ts;
  if (kind !== 'participation' && kind !== 'like') return false;
  return Array.from({ length: Number(detail) }, (_, number) => effects[`${kind}:${about}:${number}`]).some(
    (before) => ts !== undefined && before?.delivered?.ts === ts,
  );
};

/** Nothing that is due is left unsaid, and what was said stands as things are now. */
const checkSaid = (rest: Rest, truth: Truth, events: ReadonlyMap<string, Event>): string[] => {
  const { earlier, messages, state } = rest;
  const weekly = weeklyOnce(rest.deeds.weekly, events);
  const before =
    earlier &&
    new Map(truthOf(messages, earlier, weekly, truth.choices).replies.map(({ ts, counted }) => [ts, counted]));
  const ledgers = ledgersOf(state);
  const records = new Map<string, EffectRecord>(ledgers.flatMap(({ effects }) => Object.entries(effects)));
  const announcements = new Map(
    messages.flatMap((message) => {
      const id = message.metadata?.event_payload?.['effect'];
      if (typeof id !== 'string' || !isEffectId(id)) return [];
      const { kind, about } = parseId(id);
      return kind === 'participation' ? [[about, message] as const] : [];
    }),
  );
  const faults: string[] = [];
  const firstHeard = firstHeardOf(events);
  const heard = heardLikes(events);
  const chosen = likeChoicesIn(rest, events);
  for (const { ts, counted, likers, author } of truth.replies) {
    if (firstHeard === undefined || ts < firstHeard) continue; // See checkNews.
    if (before && before.get(ts) !== counted) continue; // Counts differently since the rules were changed: that alone is no news.
    if (!rest.givenUp(`participation:${ts}`)) {
      const shown = announcements.get(ts);
      const stands = shown !== undefined && !shown.text.startsWith('(취소됨)');
      if (stands !== counted)
        faults.push(
          `participation of ${ts}: ${counted ? 'counts, and is not announced' : 'does not count, and its announcement stands'}`,
        );
    }
    // What is taken back while likes are not told may stand until the next like.
    const isEverOff = rest.likeModes.includes('off') || chosen.of(author).has('off');
    if (!counted || isEverOff || rest.givenUp(`like:${ts}`)) continue;
    const told = new Map<string, boolean>();
    for (let number = 0; ; number++) {
      const record = records.get(`like:${ts}:${number}`);
      if (!record) break;
      for (const [user, { live }] of Object.entries(saidBy(record)?.covers ?? {})) told.set(user, live);
    }
    for (const liker of likers)
      if (liker !== author && heard.has(`${ts} ${liker}`) && told.get(liker) !== true)
        faults.push(`like of ${ts} by ${liker}: its author was not told`);
    for (const [user, live] of told)
      if (live && !likers.includes(user))
        faults.push(`like of ${ts} by ${user}: taken back, and its author was not told`);
  }
  for (const week of rest.weeks) {
    const record = records.get(`week.open:${week}`);
    if (
      !isFinal(record) &&
      !truth.openWeeks.includes(week) &&
      ![...events.values()].some(
        (event) =>
          event.kind === 'message.posted' &&
          /TIL \d+월/.test(event.text) &&
          event.metadata?.type !== 'til_effect' &&
          weekOfEvent(event, rest) === week,
      )
    )
      faults.push(`${week} has no weekly post`);
  }
  return faults;
};

const weekOfEvent = (event: Event, { challenge }: Rest): string => calendarOf(challenge.timeZone).weekOf(event.at);

/** Half a day, and the time that it may take. */
const ASKED_EVERY = 13 * 3_600_000;

/** A month is frozen before it is announced, once, and the announcement and the snapshot are what was frozen. */
const checkMonths = ({ state, deeds, weeks, asked }: Rest, events: ReadonlyMap<string, Event>): string[] => {
  const faults: string[] = [];
  const closed = [...events.values()].filter((event) => event.kind === 'month.closed');
  for (const id of deeds.posted.keys()) {
    const { kind, about } = parseId(id.split(' ')[1] as EffectId);
    if (kind === 'month.result' && !closed.some(({ month }) => month === about))
      faults.push(`${about} was announced, and is not frozen in the log`);
  }
  for (const { month, at, challengers, special, finishers } of closed) {
    const snapshot = json<MonthSnapshot>(state, `snapshots/${CHANNEL}/months/${month}.json`);
    const frozen = { at, challengers, special, ...(finishers ? { finishers } : {}) };
    if (canonical(snapshot?.closed) !== canonical(frozen))
      faults.push(`${month}: the snapshot does not say what was frozen`);
    const record = ledgersOf(state)
      .map(({ effects }) => effects[`month.result:${month}`])
      .find((found) => found !== undefined);
    if (!isFinal(record)) faults.push(`${month} is closed, and its result was not announced`);
  }
  // The last month of the run may not have been due yet.
  const due = new Set(weeks.map(monthOf));
  due.delete(monthOf(weeks.at(-1) as string));
  // Nor was one for which one might still write when it was asked last.
  for (const event of events.values())
    if (event.kind === 'week.extended' && Number(event.until ?? 0) * 1000 > asked - ASKED_EVERY)
      due.delete(monthOf(event.week));
  const index = json<IndexSnapshot>(state, `snapshots/${CHANNEL}/index.json`);
  for (const month of due)
    if (
      index?.months.some((summary) => summary.month === month && summary.weeks.length > 0) &&
      !closed.some((event) => event.month === month)
    )
      faults.push(`${month} is over, and was never closed`);
  return faults;
};

/** For so long after its Friday noon a digest is worth saying. */
const DIGEST_HOURS = 3;

/** How far a clock may be off that counts as right, and a little for what happens after it was looked at. */
const CLOCK_ERROR_MILLISECONDS = 330_000;

/** Whatever the clocks of the bot said, by Slack's nothing was decided for ever before its time, and nothing passed over within it. */
const checkTimes = ({ challenge, log, deeds }: Rest, events: ReadonlyMap<string, Event>): string[] => {
  const faults: string[] = [];
  const { weekAt } = calendarOf(challenge.timeZone);
  for (const [key, event] of events) {
    const at = log.createdAt.get(key) as number;
    const [earliest, latest] = [at - CLOCK_ERROR_MILLISECONDS, at + CLOCK_ERROR_MILLISECONDS];
    if (event.kind === 'month.closed' && latest < resultDueAt(challenge, event.month) * 1000)
      faults.push(`${event.month} was frozen early: ${new Date(at).toISOString()}`);
    if (event.kind !== 'effect.skipped' || event.reason !== 'too old') continue;
    const { kind, about } = parseId(event.effect as EffectId);
    const isYoung =
      kind === 'week.open'
        ? weekAt(earliest / 1000) <= about
        : kind === 'month.result'
          ? monthOf(weekAt(earliest / 1000)) <= plusMonths(about, 1)
          : kind === 'digest'
            ? latest - digestDueAt(challenge, about) * 1000 < DIGEST_HOURS * 3_600_000
            : latest - Number(about) * 1000 < challenge.notify.maxAgeHours * 3_600_000;
    if (isYoung) faults.push(`${event.effect} was skipped as too old: ${new Date(at).toISOString()}`);
  }
  for (const [id, at] of deeds.postedAt) {
    const { kind, about } = parseId(id.split(' ')[1] as EffectId);
    if (kind === 'week.open' && (at + CLOCK_ERROR_MILLISECONDS) / 1000 < Number(openingOf(challenge, about)))
      faults.push(`${about} was opened early: ${new Date(at).toISOString()}`);
    if (kind !== 'digest') continue;
    const due = digestDueAt(challenge, about) * 1000;
    const isInTime =
      at >= due - CLOCK_ERROR_MILLISECONDS && at <= due + DIGEST_HOURS * 3_600_000 + CLOCK_ERROR_MILLISECONDS;
    if (!isInTime) faults.push(`the digest of ${about} came at ${new Date(at).toISOString()}`);
  }
  return faults;
};
