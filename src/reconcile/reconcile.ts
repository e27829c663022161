import type { Event, Kind } from '../events/catalog.ts';
import { canonical } from '../events/codec.ts';
import { type Ts, tsAt } from '../events/timestamp.ts';
import { calendarOf, type Month, monthOf, monthsBetween, type Week, weeksOf } from '../events/week.ts';
import { rebuild } from '../history/rebuild.ts';
import { createBookkeeping } from '../pipeline/bookkeeping.ts';
import { keys } from '../pipeline/keys.ts';
import type { Challenge } from '../projections/challenge.ts';
import { joinRoster, type Roster, rosterOf } from '../projections/roster.ts';
import type { People } from '../projections/season.ts';
import type { Clock } from '../setup/clock.ts';
import type { Reader } from '../slack/reader.ts';
import type { Bucket } from '../store/bucket.ts';
import { openDocuments, readDocument } from '../store/documents.ts';
import { deletionOf, lackingAbout, lackingAboutPeople, type SlackReading } from './differences.ts';
import { announcedBefore, resultAnnouncedIn } from './former-bot.ts';
import { appendEvents } from './import.ts';
import { goneFrom, type Horizon, readSlackMonth, withAllReactions } from './slack-month.ts';
import { remember } from './week-memory.ts';

/** What is younger may still be on its way: Slack tries for some six minutes, and clocks differ. */
const FRESH_SECONDS = 600;

/** More deletions than this in a month, and more than a quarter of it, look like a history that Slack hides, not like deletions. */
const MANY_DELETIONS = 3;

export interface ReconcilePorts {
  log: Bucket;
  state: Bucket;
  /** There is no way to write to Slack among these. */
  reader: Reader;
  clock: Clock;
  /** Told after each month. */
  progress?: (done: number, total: number) => void;
}

export interface ReconcileOptions {
  /** Seconds since 1970; whole months from the one that holds it are read. */
  since: number;
  dryRun?: boolean;
  /** Believe it when very much is gone. */
  yes?: boolean;
}

/** What Slack had and the log lacked. */
export interface Reconciled {
  months: Month[];
  messages: number;
  found: Event[];
  /** Messages that Slack does not show, so many that it is not believed. */
  doubtful: { month: Month; messages: Ts[] }[];
  /** Reactions of which Slack names fewer users than it counts. */
  unnamed: number;
  /** The events of each week whose stored ledger is not what the log says: whoever appended some of them died before they were folded. */
  unfolded: Map<Week, Event[]>;
}

/**
 * Reads a channel's history, threads, reactions and members from Slack and appends what the log lacks, month by month, so that it may be
 * interrupted and begun again. It says nothing: what a running server owes for what was found, and is not too old, it finds when it
 * next starts.
 */
export const reconcile = async (
  challenge: Challenge,
  ports: ReconcilePorts,
  options: ReconcileOptions,
): Promise<Reconciled> => {
  const { clock } = ports;
  const calendar = calendarOf(challenge.timeZone);
  const months = monthsBetween(monthOf(calendar.weekAt(options.since)), monthOf(calendar.weekAt(clock.now() / 1000)));
  const result: Reconciled = { months, messages: 0, found: [], doubtful: [], unnamed: 0, unfolded: new Map() };
  const horizon: Horizon = {};
  // Before the posts of last month are there: a running server must not announce what another bot has announced.
  await take(challenge, await announcedElsewhere(challenge, ports), ports, options, result);
  for (const [position, month] of months.entries()) {
    const reading = { channel: challenge.channel, readAt: tsAt(clock.now() - FRESH_SECONDS * 1000) };
    const events = await compareMonth(challenge, month, reading, ports, options, result, horizon);
    await take(challenge, events, ports, options, result);
    ports.progress?.(position + 1, months.length);
  }
  if (!options.dryRun) await rebuild(challenge, ports);
  const people = await comparePeople(challenge, ports);
  await take(challenge, people, ports, options, result);
  if (!options.dryRun && people.length > 0) await rebuild(challenge, ports);
  return result;
};

/** The results that another bot has announced this month. Those of earlier months are too old to be announced by anybody. */
const announcedElsewhere = async (
  { channel, timeZone }: Challenge,
  { log, reader, clock }: ReconcilePorts,
): Promise<Event[]> => {
  const calendar = calendarOf(timeZone);
  const now = clock.now() / 1000;
  const start = calendar.instant(weeksOf(monthOf(calendar.weekAt(now)))[0] as Week, 0, 0, 0);
  const memory = remember({ timeZone, channel }, log);
  const events = new Map<Month, Event>();
  for await (const page of reader.history(channel, `${start}.000000`, tsAt(now * 1000))) {
    for (const message of page) {
      const month = resultAnnouncedIn(message, calendar);
      if (!month) continue;
      const event = announcedBefore(channel, month, message.ts);
      // Whatever this bot has done about it stands.
      if (!(await memory.ledger(event.week)).effects[event.effect]) events.set(month, event);
    }
  }
  return [...events.values()];
};

/** Appends events, and folds them into their ledgers at once: a run that is cut short leaves nothing behind that is only half there. */
const take = async (
  challenge: Challenge,
  events: readonly Event[],
  { log, state }: ReconcilePorts,
  { dryRun }: ReconcileOptions,
  result: Reconciled,
): Promise<void> => {
  if (dryRun) return void result.found.push(...events);
  const { conflicts } = await appendEvents(log, challenge, events);
  const appended = events.filter((event) => !conflicts.includes(event));
  result.found.push(...appended);
  await createBookkeeping({ log, documents: openDocuments(state), challenges: [challenge] }).foldEvents(appended);
};

const compareMonth = async (
  challenge: Challenge,
  month: Month,
  reading: SlackReading,
  ports: ReconcilePorts,
  { yes }: ReconcileOptions,
  result: Reconciled,
  horizon: Horizon,
): Promise<Event[]> => {
  const memory = remember(challenge, ports.log, async (ledger, events) => {
    const { text } = await readDocument(ports.state, keys.ledger(challenge.channel, ledger.week));
    if (events.length > 0 && text !== canonical(ledger)) result.unfolded.set(ledger.week, events);
  });
  const ledgers = await Promise.all(weeksOf(month).map(memory.ledger));
  const shown = await readSlackMonth(challenge, month, ledgers, ports.reader, horizon);
  const events: Event[] = [];
  for (const message of shown.values()) {
    const { message: whole, unnamed } = await withAllReactions(message, reading.channel, ports.reader);
    result.unnamed += unnamed;
    events.push(...lackingAbout(whole, await memory.known(message.ts), reading));
  }
  result.messages += shown.size;
  const gone = goneFrom(ledgers, shown, reading, horizon);
  const all = ledgers.reduce((count, { messages }) => count + Object.keys(messages).length, 0);
  if (gone.length > MANY_DELETIONS && gone.length * 4 > all && !yes) {
    result.doubtful.push({ month, messages: gone });
    return events;
  }
  return [...events, ...gone.map((ts) => deletionOf(ts, reading))];
};

/** Who is in the channel, and what those are called whose names nobody knows. */
const comparePeople = async (challenge: Challenge, { state, log, reader, clock }: ReconcilePorts): Promise<Event[]> => {
  const { channel, timeZone } = challenge;
  const reading = { channel, readAt: tsAt(clock.now() - FRESH_SECONDS * 1000) };
  const { user: self } = await reader.whoAmI();
  const members = await reader.members(channel);
  const roster: Roster = structuredClone((await readDocument<People>(state, keys.people(channel))).value?.roster ?? {});
  // The week of now, as the log has it: people whom an earlier run has just found are not found again.
  const { ledger } = remember(challenge, log);
  joinRoster(roster, rosterOf([await ledger(calendarOf(timeZone).weekOf(reading.readAt))]));
  const events = lackingAboutPeople(members, roster, self, reading);
  for (const user of new Set([...members, ...Object.keys(roster)])) {
    if (roster[user]?.name || user === self || user === 'USLACKBOT' || !/^[UW]/.test(user)) continue;
    const found = await reader.profile(user).catch(() => undefined); // Somebody who is no longer in the workspace.
    if (found)
      events.push({
        v: 1,
        kind: 'profile.seen',
        channel,
        at: reading.readAt,
        user,
        name: found.name,
        ...(found.bot ? { bot: true } : {}),
        ...(found.deleted ? { deleted: true as const } : {}),
      });
  }
  return events;
};

/** How many events of each kind were found. */
export const countKinds = (found: readonly Event[]): Partial<Record<Kind, number>> => {
  const counts: Partial<Record<Kind, number>> = {};
  for (const { kind } of found) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
};
