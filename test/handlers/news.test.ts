import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Event } from '../../src/events/catalog.ts';
import { compareTs, secondsOf, type Ts, tsAt } from '../../src/events/timestamp.ts';
import { isStale } from '../../src/handlers/addressing.ts';
import { decide } from '../../src/handlers/decide.ts';
import type { Effect } from '../../src/handlers/effect.ts';
import { namingFresh } from '../../src/handlers/like-notice.ts';
import type { Challenge } from '../../src/projections/challenge.ts';
import { emptyLedger, type Ledger } from '../../src/projections/ledger.ts';
import { ledger } from '../../src/projections/ledger-fold.ts';
import { fold } from '../../src/projections/projection.ts';
import { CHANNEL, challengeWith } from '../support/world.ts';

const MONDAY = Date.parse('2024-08-05T00:00:00+09:00') / 1000;
const HOUR = 3600;
const WEEK = '2024-W32';
const MONTH = '2024-08';
const WEEKLY = `${MONDAY + HOUR}.000001`;
const AUTHORS = ['U0MINSEO01', 'U0JIHO0001'];
const LIKERS = ['U0SEOYEON1', 'U0YUJUN001', 'U0HAEUN001'];
const base = { v: 1, channel: CHANNEL } as const;
const INFERRED = { inferred: true } as const;

/** Something that happened in a week, when it became known, and whether it was heard or read from history afterwards. */
interface Learned {
  event: Event;
  /** In seconds. */
  at: number;
}

const at = (seconds: number, fraction: number): Ts => `${seconds}.${String(fraction).padStart(6, '0')}`;

const hours = (max: number) => fc.integer({ min: 2, max });
const happening = fc.record({ hour: hours(120), lag: fc.oneof(fc.constant(0), hours(80)), isHeard: fc.boolean() });

/** A week in which the bot listens from some hour on: what was before, or is missed, is read from history, if it is not heard late. */
const weeks: fc.Arbitrary<Learned[]> = fc
  .record({
    listens: hours(100),
    posts: fc.array(fc.record({ ...{ author: fc.constantFrom(...AUTHORS), linked: fc.boolean() }, when: happening }), {
      minLength: 1,
      maxLength: 4,
    }),
    edits: fc.array(fc.record({ post: fc.nat(), linked: fc.boolean(), when: happening }), { maxLength: 4 }),
    likes: fc.array(
      fc.record({ post: fc.nat(), user: fc.constantFrom(...LIKERS), live: fc.boolean(), when: happening }),
      { maxLength: 12 },
    ),
  })
  .map(({ listens, posts, edits, likes }) => {
    const learned: Learned[] = [];
    let fraction = 1;
    const add = (hour: number, { lag, isHeard }: { lag: number; isHeard: boolean }, event: (ts: Ts) => Event): void => {
      const happened = MONDAY + hour * HOUR;
      const ts = at(happened, (fraction += 1));
      if (isHeard && hour >= listens) learned.push({ event: event(ts), at: happened + lag * HOUR });
      // History is read by somebody, before the bot listens or later.
      else learned.push({ event: { ...event(ts), ...INFERRED } as Event, at: Math.max(happened + lag * HOUR, MONDAY) });
    };
    // Each its own address: of two replies with one, only one counts.
    const said = (ts: Ts, linked: boolean) => ({ text: 'text', links: linked ? [`https://velog.io/@x/${ts}`] : [] });
    const written = posts.map(({ author, linked, when }, position) => {
      const ts = at(MONDAY + when.hour * HOUR, (position + 1) * 1000);
      const reply = { ...base, ts, author: { user: author }, thread: WEEKLY };
      add(when.hour, when, () => ({ ...reply, kind: 'message.posted', at: ts, ...said(ts, linked) }));
      return { ...reply, hour: when.hour };
    });
    for (const { post, linked, when } of edits) {
      const { hour, ...reply } = written[post % written.length] as (typeof written)[number];
      add(hour + when.hour, when, (at) => ({ ...reply, kind: 'message.edited', at, ...said(reply.ts, linked) }));
    }
    for (const { post, user, live, when } of likes) {
      const { hour, ts: item } = written[post % written.length] as (typeof written)[number];
      const reaction = { ...base, kind: live ? 'reaction.added' : 'reaction.removed', item, user, name: '+1' } as const;
      add(hour + when.hour, when, (ts) => ({ ...reaction, at: ts }));
    }
    return learned.map(({ event, at: known }) =>
      'inferred' in event && event.kind === 'reaction.added'
        ? { event: { ...event, at: event.item }, at: known }
        : { event, at: known },
    );
  });

interface Said {
  effect: Effect;
  now: number;
}

/** What the bot says of a week, as it learns of one thing after the other, by the handlers alone: whatever is owed is done at once. */
const lived = (learned: readonly Learned[], challenge: Challenge): { said: Said[]; ledger: Ledger } => {
  const opened: Event = {
    ...base,
    kind: 'message.posted',
    at: WEEKLY,
    ts: WEEKLY,
    author: { bot: 'B0OTHERBOT' },
    text: '[TIL 8월 1주차]',
    links: [],
    ...INFERRED,
  };
  let week = fold(ledger, emptyLedger(CHANNEL, WEEK), [opened]);
  const said: Said[] = [];
  for (const { event, at: now } of [...learned].sort((left, right) => left.at - right.at)) {
    week = fold(ledger, week, [event]);
    for (let round = 0; ; round++) {
      const [owed] = decide(challenge, MONTH, [week]);
      if (!owed) break;
      if (round > 30) throw new Error(`${owed.id}: no end`);
      const effect = owed.kind === 'like' && !owed.unsaid ? namingFresh(challenge, owed, now) : owed;
      const done = { ...base, at: tsAt(now * 1000), week: WEEK, effect: effect.id };
      const says = effect.says ? { says: effect.says } : {};
      if (isStale(challenge, effect, now)) {
        week = fold(ledger, week, [{ ...done, kind: 'effect.skipped', reason: 'too old', ...says }]);
        continue;
      }
      said.push({ effect, now });
      const ts = effect.change?.ts ?? `${1_800_000_000 + said.length}.000000`;
      week = fold(ledger, week, [
        { ...done, kind: 'effect.attempted', attempt: 1, ...says },
        { ...done, kind: 'effect.delivered', attempt: 1, to: CHANNEL, ts },
      ]);
    }
  }
  return { said, ledger: week };
};

const MODES = (['each', 'steps'] as const).map((likes) => ({ likes }));

const isHeard = (event: Event): boolean => !('inferred' in event);

test.each(MODES)(
  'with $likes, only what happened since the bot listened, and at most a day before it was learned, is said by itself, in whatever order it is learned',
  (notify) => {
    fc.assert(
      fc.property(weeks, (learned) => {
        const heard = learned.map(({ event }) => event).filter(isHeard);
        const firstHeard = heard.map((event) => event.at).sort(compareTs)[0];
        const day = 24 * HOUR;
        const named: string[] = [];
        for (const { effect, now } of lived(learned, challengeWith({ notify })).said) {
          if (effect.kind === 'participation' && !effect.change) {
            const { ts } = effect.post;
            expect(firstHeard !== undefined && compareTs(ts, firstHeard) >= 0).toBe(true);
            // It began to count a day ago at most: by its first wording, or by an edit of one that had no link.
            const began = learned
              .filter(({ event, at: known }) => known <= now && 'ts' in event && event.ts === ts)
              .flatMap(({ event }) => ('links' in event && event.links.length > 0 ? [secondsOf(event.at)] : []));
            expect(now - Math.min(...began)).toBeLessThanOrEqual(day);
          }
          if (effect.kind !== 'like' || effect.change) continue;
          for (const user of effect.added) {
            const given = heard.filter(
              (event) => event.kind === 'reaction.added' && event.user === user && event.item === effect.post.ts,
            );
            expect(given.some((event) => now - secondsOf(event.at) <= day)).toBe(true);
            named.push(`${effect.post.ts} ${user}`);
          }
        }
        expect(new Set(named).size).toBe(named.length);
      }),
      { numRuns: 400 },
    );
  },
);

test.each(MODES)('with $likes, the total that an author sees last is the one that holds', (notify) => {
  fc.assert(
    fc.property(weeks, (learned) => {
      const { said, ledger: week } = lived(learned, challengeWith({ notify }));
      const notices = said.flatMap(({ effect }) => (effect.kind === 'like' ? [effect] : []));
      for (const ts of new Set(notices.map(({ post }) => post.ts))) {
        const owed = decide(challengeWith({ notify }), MONTH, [week], new Set([ts]));
        expect(owed).toEqual([]);
        const live = new Set(
          Object.entries(week.messages[ts]?.reactions ?? {}).flatMap(([key, register]) =>
            register.live ? [key.split('/')[0]] : [],
          ),
        );
        const isCounted = (week.messages[ts]?.content?.links.length ?? 0) > 0;
        if (isCounted) expect(notices.findLast(({ post }) => post.ts === ts)?.total).toBe(live.size);
      }
    }),
    { numRuns: 200 },
  );
});
