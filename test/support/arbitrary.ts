import fc from 'fast-check';
import type { Event } from '../../src/events/catalog.ts';
import { keyOf } from '../../src/events/key.ts';
import { calendarOf } from '../../src/events/week.ts';
import { CHANNEL } from './world.ts';

const MONDAY = 1_722_783_600; // Monday 5 August 2024, 00:00 in Seoul.
const WEEK = 7 * 86_400;
const USERS = ['U0MINSEO01', 'U0JIHO0001', 'U0SEOYEON1', 'U0HAEUN001'];
const HOSTS = ['velog.io', 'someone.github.io', 'blog.naver.com', 'evil.example', 'github.io'];

const ts = (seconds: number, fraction: number): string => `${seconds}.${String(fraction).padStart(6, '0')}`;

/** An instant within ten weeks, often on the edge of one. */
const instant = fc
  .tuple(
    fc.integer({ min: 0, max: 9 }),
    fc.oneof(fc.integer({ min: 0, max: WEEK - 1 }), fc.constantFrom(0, 1, WEEK - 1)),
    fc.integer({ min: 0, max: 999_999 }),
  )
  .map(([week, seconds, fraction]) => ts(MONDAY + week * WEEK + seconds, fraction));

/** A few addresses, each in several spellings, and some that are no post's. */
const links = fc
  .array(
    fc.oneof(
      { weight: 9, arbitrary: fc.tuple(fc.constantFrom(...HOSTS), fc.integer({ min: 1, max: 6 }), fc.nat({ max: 4 })) },
      { weight: 1, arbitrary: fc.constantFrom(['velog.io', 0, 0] as const, ['velog.io/write?id=', 1, 0] as const) },
    ),
    { maxLength: 2 },
  )
  .map((all) =>
    all.map(([host, post, spelling]) =>
      post === 0
        ? `https://${host}/`
        : ([
            `https://${host}/${post}`,
            `http://${host}/${post}`,
            `https://www.${host}/${post}/`,
            `https://${host}/${post}?utm_source=slack`,
            `https://${host.toUpperCase()}/${post}#comments`,
          ][spelling] ?? ''),
    ),
  );
const base = { v: 1, channel: CHANNEL } as const;

/** Events about a few weekly posts, replies and reactions, in the order in which they happened. */
export const season: fc.Arbitrary<Event[]> = fc
  .record({
    weekly: fc.uniqueArray(instant, { minLength: 1, maxLength: 6 }),
    replies: fc.array(
      fc.record({ at: instant, author: fc.constantFrom(...USERS), thread: fc.nat(), links, by: fc.nat({ max: 5 }) }),
      { maxLength: 16 },
    ),
    edits: fc.array(fc.record({ reply: fc.nat(), after: fc.integer({ min: 1, max: 1000 }), links }), { maxLength: 6 }),
    deletions: fc.array(fc.record({ what: fc.nat(), weekly: fc.boolean() }), { maxLength: 3 }),
    reactions: fc.array(
      fc.record({
        reply: fc.nat(),
        user: fc.constantFrom(...USERS),
        name: fc.constantFrom('+1', '+1::skin-tone-2', 'thumbsup', 'heart'),
        added: fc.boolean(),
        heard: fc.boolean(),
        // Few instants, so that events often fall together.
        at: fc.integer({ min: 0, max: 5 }),
      }),
      { maxLength: 30 },
    ),
    profiles: fc.array(fc.record({ user: fc.constantFrom(...USERS, 'U0OTHERBOT'), bot: fc.boolean(), at: instant }), {
      maxLength: 3,
    }),
    people: fc.array(
      fc.record({
        user: fc.constantFrom(...USERS, 'U0YUJUN001'),
        kind: fc.constantFrom('member.joined', 'member.left'),
        at: instant,
      }),
      { maxLength: 5 },
    ),
    choices: fc.array(
      fc.record({
        kind: fc.constantFrom('rest', 'excuse', 'rule', 'extend', 'plan', 'set'),
        at: instant,
        second: fc.integer({ min: 0, max: 2 }),
        user: fc.constantFrom(...USERS),
        // Two of each, so that one word is often taken back by another, also at the same instant.
        which: fc.nat(),
        on: fc.option(fc.boolean(), { nil: undefined }),
        by: fc.option(fc.constantFrom(...USERS), { nil: undefined }),
        week: fc.boolean(),
      }),
      { maxLength: 12 },
    ),
  })
  .map(({ weekly, replies, edits, deletions, reactions, profiles, people, choices }) => {
    const events: Event[] = [];
    for (const at of weekly) {
      events.push({
        ...base,
        kind: 'message.posted',
        at,
        ts: at,
        author: { user: 'U0TILBOT01', bot: 'B0TILBOT01' },
        text: '[TIL 8월 1주차]',
        links: [],
      });
    }
    const written = new Map<string, Extract<Event, { kind: 'message.posted' }>>();
    for (const { at, author, thread, links, by: writer } of replies) {
      if (weekly.includes(at) || written.has(at)) continue;
      // A thread begins before its replies.
      const parents = weekly.filter((parent) => parent < at);
      if (parents.length === 0) continue;
      // By themselves, by another bot, or by an app in their name.
      const others = [
        { user: 'U0OTHERBOT', bot: 'B0OTHERBOT' },
        { user: author, bot: 'B0OTHERAPP' },
      ];
      const by = others[writer] ?? { user: author };
      const event = {
        ...base,
        kind: 'message.posted' as const,
        at,
        ts: at,
        author: by,
        thread: parents[thread % parents.length],
        text: 'text',
        links,
      };
      written.set(at, event);
      events.push(event);
    }
    const all = [...written.values()];
    edits.forEach(({ reply, after, links }, position) => {
      const message = all[reply % (all.length || 1)];
      if (!message) return;
      const at = ts(Number(message.ts.split('.')[0]) + after, position); // No two edits of one instant.
      events.push({ ...message, kind: 'message.edited', at, links });
    });
    for (const { what, weekly: ofWeekly } of deletions) {
      const targets = ofWeekly ? weekly : [...written.keys()];
      const target = targets[what % (targets.length || 1)];
      if (target)
        events.push({ ...base, kind: 'message.deleted', at: ts(Number(target.split('.')[0]) + 5000, 1), ts: target });
    }
    for (const { reply, user, name, added, heard, at } of reactions) {
      const message = all[reply % (all.length || 1)];
      if (!message) continue;
      const time = ts(Number(message.ts.split('.')[0]) + at, 7);
      events.push({
        ...base,
        kind: added ? 'reaction.added' : 'reaction.removed',
        at: time,
        item: message.ts,
        user,
        name,
        ...(heard ? {} : { inferred: true as const }),
      });
    }
    for (const { user, bot, at } of profiles)
      events.push({ ...base, kind: 'profile.seen', at, user, name: user.toLowerCase(), ...(bot ? { bot } : {}) });
    for (const { user, kind, at } of people) events.push({ ...base, kind: kind as 'member.joined', at, user });
    for (const choice of choices) events.push(...choiceEvent(choice, weekly, all));
    return firstOfEachKey(events);
  });

interface Choice {
  kind: string;
  at: string;
  second: number;
  user: string;
  which: number;
  on: boolean | undefined;
  by: string | undefined;
  week: boolean;
}

const calendar = calendarOf('Asia/Seoul');
const MODES = ['steps', 'each', 'card', 'off'] as const;

/** What somebody chose, about a week with a weekly post or about a reply. */
const choiceEvent = (
  { kind, at: base, second, user, which, on, by: admin, week: named }: Choice,
  weekly: readonly string[],
  replies: readonly Extract<Event, { kind: 'message.posted' }>[],
): Event[] => {
  const parent = weekly[which % weekly.length] as string;
  const week = calendar.weekOf(parent);
  const common = { v: 1 as const, channel: CHANNEL, at: ts(MONDAY + 20 * WEEK + second, 0) };
  const by = admin ? { by: admin } : {};
  const reply = replies[which % (replies.length || 1)];
  switch (kind) {
    case 'rest':
      return [{ ...common, kind: 'week.rested', week, ...(on === undefined ? {} : { rest: on }), ...by }];
    case 'excuse':
      return [{ ...common, kind: 'week.excused', week, user, excused: on === true, ...by }];
    case 'extend': {
      const until = ts(MONDAY + (Math.floor((Number(parent) - MONDAY) / WEEK) + 1) * WEEK + (which % (2 * 86_400)), 0);
      return [{ ...common, kind: 'week.extended', week, ...(on ? { until } : {}), ...by }];
    }
    case 'rule': {
      if (!reply) return [];
      const verdict = on === undefined ? 'none' : on ? 'accept' : 'reject';
      return [{ ...common, kind: 'post.ruled', ts: reply.ts, verdict, ...(named ? { week } : {}), ...by }];
    }
    case 'plan':
      return [{ ...common, kind: 'week.planned', week, user, plan: on === undefined ? 'none' : on ? 'write' : 'rest' }];
    default:
      return [
        named
          ? { ...common, at: base, kind: 'member.set', user, key: 'notes', value: on ? 'on' : 'off' }
          : {
              ...common,
              at: base,
              kind: 'member.set',
              user,
              key: 'likes',
              value: MODES[which % MODES.length] ?? 'off',
            },
      ];
  }
};

/** A log holds one event under a key: what another says under it is no event of the log. */
const firstOfEachKey = (events: readonly Event[]): Event[] => {
  const keys = new Set<string>();
  return events.filter((event) => {
    const key = keyOf(event, calendarOf('Asia/Seoul'));
    return !keys.has(key) && keys.add(key);
  });
};

/** The same events, each once or several times, in any order. */
export const disordered = (events: readonly Event[]): fc.Arbitrary<Event[]> =>
  fc.array(fc.nat({ max: Math.max(0, events.length - 1) }), { maxLength: events.length }).chain((again) => {
    const all = [...events, ...again.flatMap((position) => events[position] ?? [])];
    return fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length });
  });
