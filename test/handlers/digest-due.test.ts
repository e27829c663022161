import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Event } from '../../src/events/catalog.ts';
import { digestDueAt, digestOf, likesBy } from '../../src/handlers/digest-due.ts';
import { at, JIHO, like, MINSEO, REPLY, reply, rested, SEOYEON, unlike, WEEK, weeklyPost } from '../support/events.ts';
import { challengeOf, ledgersOf, type Settings } from '../support/given.ts';

const LIKERS = ['U0READER01', 'U0READER02', 'U0READER03'];
const day = (hour: number, minute = 0) =>
  at(`2024-08-08 ${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`);
const by = (user: string, ts: string) => reply(ts, { author: { user } });
const liked = (item: string, users: readonly string[] = LIKERS) => users.map((user) => like(user, day(20), { item }));

const digest = (events: readonly Event[], settings: Settings = {}): string[] | undefined => {
  const challenge = challengeOf(settings);
  return digestOf(challenge, WEEK, ledgersOf(challenge, events))?.posts.map(({ ts }) => ts);
};

describe("a week's digest", () => {
  test('is due on Friday at noon, by the clocks of the challenge', () => {
    expect(digestDueAt(challengeOf(), WEEK)).toBe(Date.parse('2024-08-09T12:00:00+09:00') / 1000);
    // In the week in which the clocks are put forward.
    const berlin = digestDueAt(challengeOf({ timeZone: 'Europe/Berlin' }), '2026-W14');
    expect(berlin).toBe(Date.parse('2026-04-03T12:00:00+02:00') / 1000);
  });

  test('is there for three posts, however much they are liked', () => {
    const posts = [day(9), day(10), day(11)];
    expect(digest([weeklyPost(), ...posts.map((ts) => reply(ts)), ...posts.flatMap((ts) => liked(ts))])).toEqual(posts);
  });

  test('is there for one post that two others like, and not when a third does', () => {
    const one = [weeklyPost(), reply(), ...liked(REPLY, LIKERS.slice(0, 2)), like(MINSEO, day(20))];
    expect(digest(one)).toEqual([REPLY]);
    expect(digest([...one, ...liked(REPLY)])).toBeUndefined();
  });

  test('is what it was on Friday, whatever is liked or not liked since', () => {
    const saturday = at('2024-08-10 09:00');
    const read = [weeklyPost(), reply(), ...liked(REPLY)];
    expect(digest([...read, ...LIKERS.map((user) => unlike(user, saturday))])).toBeUndefined();
    const unread = [weeklyPost(), reply(), ...LIKERS.map((user) => like(user, saturday))];
    expect(digest(unread)).toEqual([REPLY]);
  });

  test('is not there without a post, without a weekly post, or in a week of rest', () => {
    expect(digest([weeklyPost()])).toBeUndefined();
    expect(digest([reply()])).toBeUndefined();
    expect(digest([weeklyPost(), reply(), rested(WEEK, { rest: true })])).toBeUndefined();
    expect(digest([weeklyPost(), reply()], { schedule: { rest: [WEEK] } })).toBeUndefined();
    expect(digest([weeklyPost(), reply(), rested(WEEK, { rest: false })], { schedule: { rest: [WEEK] } })).toEqual([
      REPLY,
    ]);
  });

  test('is not there where the challenge wants none', () => {
    expect(digest([weeklyPost(), reply()], { notify: { digest: 'off' } })).toBeUndefined();
  });

  test('has what was written by its time, and what counts', () => {
    const friday = at('2024-08-09 12:00');
    const events = [weeklyPost(), reply(friday), reply(at('2024-08-09 12:01')), reply(day(9), { links: [] })];
    expect(digest(events)).toEqual([friday]);
  });

  test('begins with what the fewest others like, then what is older, and has everybody once before anybody twice', () => {
    const [a1, a2, b1, c1] = [day(9), day(10), day(11), day(12)];
    const events = [weeklyPost(), by(MINSEO, a1), by(MINSEO, a2), by(JIHO, b1), by(SEOYEON, c1)];
    expect(digest(events)).toEqual([a1, b1, c1, a2]);
    expect(digest([...events, ...liked(a1), ...liked(b1, LIKERS.slice(1))])).toEqual([a2, c1, b1, a1]);
  });

  test('holds all posts once, least liked first among the same turn, whatever came in which order', () => {
    const post = fc.record({ author: fc.constantFrom(MINSEO, JIHO, SEOYEON), likers: fc.subarray(LIKERS) });
    fc.assert(
      fc.property(fc.array(post, { minLength: 3, maxLength: 12 }), fc.infiniteStream(fc.nat()), (posts, order) => {
        const events: Event[] = posts.flatMap(({ author, likers }, minute) => [
          by(author, day(9, minute)),
          ...liked(day(9, minute), likers),
        ]);
        const sorted = [weeklyPost(), ...events].map((event) => ({ event, rank: order.next().value ?? 0 }));
        const shuffled = sorted.sort((left, right) => left.rank - right.rank).map(({ event }) => event);
        const challenge = challengeOf();
        const found = digestOf(challenge, WEEK, ledgersOf(challenge, shuffled))?.posts ?? [];
        expect(found.map(({ ts }) => ts).sort()).toEqual(posts.map((_, minute) => day(9, minute)));
        const due = digestDueAt(challenge, WEEK);
        const turns = found.map(({ author }, index) => found.slice(0, index).filter((each) => each.author === author));
        found.slice(1).forEach((each, index) => {
          const [before, now] = [turns[index]?.length ?? 0, turns[index + 1]?.length ?? 0];
          expect(before).toBeLessThanOrEqual(now);
          const previous = found[index];
          if (before === now && previous) expect(likesBy(due, previous)).toBeLessThanOrEqual(likesBy(due, each));
        });
      }),
    );
  });
});
