import fc from 'fast-check';
import type { Event } from '../../src/events/catalog.ts';
import { compareTs, type Ts, tsAt } from '../../src/events/timestamp.ts';
import { type Challenge, rulesOf } from '../../src/projections/challenge.ts';
import { CHANNEL, excused, like, profile, reply, rested, weeklyPost } from './events.ts';
import { inWeek, ordered, weeksFrom } from './table-season.ts';

const USERS = ['U0MEMBER01', 'U0MEMBER02', 'U0MEMBER03', 'U0MEMBER04'];
const ZONES = ['Asia/Seoul', 'Europe/London', 'America/New_York', 'America/Los_Angeles', 'Pacific/Auckland'];
const WEEKS = weeksFrom('2024-W28', 14);
const HOUR = 3_600_000;

/** So many hours, and some microseconds, after a week's Monday has begun in Seoul. */
const hourOf = (position: number, hours: number, unique: number): Ts =>
  `${tsAt(Number(inWeek(WEEKS[position] as string, 0, '00:00')) * 1000 + hours * HOUR).split('.')[0]}.${String(unique).padStart(6, '0')}`;

const who = fc.constantFrom(...USERS);
const which = fc.integer({ min: 0, max: WEEKS.length - 1 });
const hour = fc.integer({ min: 0, max: 167 });

/** A season of a few people in several time zones: some write, some stop, some choose; weeks rest, open late, or not at all. */
export const lives: fc.Arbitrary<Event[]> = fc
  .record({
    opens: fc.array(
      fc.oneof(
        { weight: 8, arbitrary: fc.constant(9.5) },
        { weight: 1, arbitrary: fc.integer({ min: 10, max: 160 }) },
        { weight: 1, arbitrary: fc.constant(undefined) },
      ),
      { minLength: WEEKS.length, maxLength: WEEKS.length },
    ),
    // How inclined each is to write: from never to always.
    inclined: fc.array(fc.constantFrom(0, 2, 5, 8, 10), { minLength: USERS.length, maxLength: USERS.length }),
    moods: fc.array(fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 14, maxLength: 14 }), {
      minLength: USERS.length,
      maxLength: USERS.length,
    }),
    hours: fc.array(hour, { minLength: 8, maxLength: 8 }),
    readers: fc.array(fc.boolean(), { minLength: USERS.length, maxLength: USERS.length }),
    zones: fc.array(fc.constantFrom(...ZONES), { minLength: USERS.length, maxLength: USERS.length }),
    rests: fc.array(which, { maxLength: 2 }),
    excuses: fc.array(fc.tuple(which, who), { maxLength: 3 }),
    plans: fc.array(fc.tuple(which, who, hour, fc.constantFrom('write', 'rest', 'none')), { maxLength: 4 }),
    settings: fc.array(
      fc.tuple(
        which,
        who,
        hour,
        fc.constantFrom('remind/on', 'remind/off', 'remind/sat', 'remind/sun', 'notes/off', 'notes/on'),
      ),
      { maxLength: 3 },
    ),
  })
  .map(({ opens, inclined, moods, hours, readers, zones, rests, excuses, plans, settings }) => {
    const events: Event[] = [];
    USERS.forEach((user, position) => {
      events.push({ ...profile(user, user.toLowerCase()), at: hourOf(0, 1, position), tz: zones[position] as string });
    });
    WEEKS.forEach((week, position) => {
      const opened = opens[position];
      if (opened === undefined) return;
      const thread = hourOf(position, opened, 0);
      events.push(weeklyPost(thread, week));
      USERS.forEach((user, number) => {
        if ((moods[number]?.[position] ?? 9) >= (inclined[number] ?? 0)) return;
        const ts = hourOf(
          position,
          Math.max(opened + 1, hours[(position + number * 3) % hours.length] ?? 0),
          number + 1,
        );
        events.push(reply(ts, { author: { user }, thread, links: [`https://velog.io/@${user}/${ts}`] }));
        USERS.forEach((reader, each) => {
          if (readers[each]) events.push(like(reader, tsAt(Number(ts) * 1000 + HOUR + each * 1000), { item: ts }));
        });
      });
    });
    for (const position of rests)
      events.push({ ...rested(WEEKS[position] as string, { rest: true }), at: hourOf(position, 1, 7) });
    for (const [position, user] of excuses)
      events.push({ ...excused(WEEKS[position] as string, user), at: hourOf(position, 1, 8) });
    for (const [position, user, at, plan] of plans)
      events.push({
        v: 1,
        kind: 'week.planned',
        channel: CHANNEL,
        at: hourOf(position, at, 9),
        week: WEEKS[position] as string,
        user,
        plan: plan as 'write',
      });
    for (const [position, user, at, choice] of settings) {
      const [key, value] = choice.split('/') as ['remind', 'on'];
      events.push({ v: 1, kind: 'member.set', channel: CHANNEL, at: hourOf(position, at, 10), user, key, value });
    }
    return ordered(events);
  });

const formats = new Map<string, Intl.DateTimeFormat>();

/** Writes instants as `2024-08-05 09:30` by the clocks of a time zone. */
const formatOf = (timeZone: string): Intl.DateTimeFormat => {
  let format = formats.get(timeZone);
  if (!format)
    formats.set(
      timeZone,
      (format = new Intl.DateTimeFormat('sv', { timeZone, dateStyle: 'short', timeStyle: 'short' })),
    );
  return format;
};

/** What was said, as far as the budget asks. */
interface Said {
  kind: string;
  to: string;
  week: string;
  at: Ts;
}

/**
 * What of the noise budget is broken, worked out naively from the events and the rules as they are written down, with nothing of the code
 * under test. A choice is any plan to write or setting that asks for something.
 */
export const naiveBreaches = (challenge: Challenge, events: readonly Event[], all: readonly Said[]): string[] => {
  const found: string[] = [];
  const resting = new Set(events.flatMap((event) => (event.kind === 'week.rested' && event.rest ? [event.week] : [])));
  const local = (at: Ts, timeZone: string): string => formatOf(timeZone).format(Number(at) * 1000);
  const localDay = (at: Ts, timeZone: string) => local(at, timeZone).slice(0, 10);
  const localHour = (at: Ts, timeZone: string) => Number(local(at, timeZone).slice(11, 13));
  const zoneOf = (user: string): string =>
    events.flatMap((event) =>
      event.kind === 'profile.seen' && event.user === user && event.tz ? [event.tz] : [],
    )[0] ?? challenge.timeZone;
  const opened = (week: string, by: Ts): boolean =>
    events.some(
      (event) => event.kind === 'message.posted' && event.metadata?.week === week && compareTs(event.ts, by) <= 0,
    );
  /** When somebody last posted or chose, before an instant. */
  const beganAnew = (user: string, by: Ts): Ts =>
    events.reduce<Ts>((last, event) => {
      if (compareTs(event.at, by) > 0) return last;
      const posts = event.kind === 'message.posted' && event.thread && event.author?.user === user;
      const plans = event.kind === 'week.planned' && event.user === user && event.plan === 'write';
      const sets = event.kind === 'member.set' && event.user === user && event.value !== 'off';
      return (posts || plans || sets) && compareTs(event.at, last) > 0 ? event.at : last;
    }, '100000000.000000');
  const MOST: Record<string, number> = { remind: 2, note: 1, comeback: 2 };
  for (const [position, said] of all.entries()) {
    const blame = (what: string) => void found.push(`${said.week} ${said.kind} to ${said.to}: ${what}`);
    if (resting.has(said.week)) blame('a week of rest');
    if (!opened(said.week, said.at)) blame('not open');
    if (said.kind === 'digest') continue;
    const before = all.slice(0, position).filter(({ to }) => to === said.to);
    const zone = zoneOf(said.to);
    if (before.filter(({ week }) => week === said.week).length >= 2) blame('a third in a week');
    if (before.some(({ at }) => localDay(at, zone) === localDay(said.at, zone))) blame('a second on a day');
    if (localHour(said.at, zone) < 9 || localHour(said.at, zone) >= 21) blame('at night');
    const anew = beganAnew(said.to, said.at);
    const same = before.filter(({ kind }) => kind === said.kind);
    if (said.kind === 'firststep' && same.length > 0) blame('a second first step');
    if (same.filter(({ at }) => compareTs(at, anew) > 0).length >= (MOST[said.kind] ?? 1)) blame('too many in a lapse');
    if (rulesOf(challenge).exclude.includes(said.to)) blame('to who takes no part');
  }
  return found;
};
