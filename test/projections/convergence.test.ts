import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Event } from '../../src/events/catalog.ts';
import { hostAccepted } from '../../src/events/links.ts';
import { calendarOf, monthOf } from '../../src/events/week.ts';
import { rebuild, verify } from '../../src/history/rebuild.ts';
import { emptyLedger } from '../../src/projections/ledger.ts';
import { ledger } from '../../src/projections/ledger-fold.ts';
import { fold } from '../../src/projections/projection.ts';
import { memoryBucket } from '../../src/store/memory.ts';
import { disordered, season } from '../support/arbitrary.ts';
import { oracle } from '../support/oracle.ts';
import { CHANNEL, challengeWith, contents, createWorld } from '../support/world.ts';

/** Feeds events to the worker in batches of the given sizes, and gives the world. */
const feed = async (events: readonly Event[], sizes: readonly number[], challenge = challengeWith()) => {
  const world = createWorld(challenge);
  let from = 0;
  for (let turn = 0; from < events.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1;
    await world.append(...events.slice(from, from + size));
    from += size;
  }
  return world;
};

const cases = season.chain((events) =>
  fc.tuple(
    fc.constant(events),
    disordered(events),
    fc.array(fc.integer({ min: 1, max: 10 }), { minLength: 1, maxLength: 5 }),
  ),
);

describe('the fold converges', () => {
  test('any order and any repetition give the same bytes everywhere', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ([events, mixed, sizes]) => {
        const straight = await feed(events, [10]);
        const crooked = await feed(mixed, sizes);
        expect(await contents(crooked.log)).toEqual(await contents(straight.log));
        expect(await contents(crooked.state)).toEqual(await contents(straight.state));
      }),
      { numRuns: 60 },
    );
  });

  test('rebuilding from the log gives the same bytes as updating step by step, and verify agrees', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ([, mixed, sizes]) => {
        const world = await feed(mixed, sizes);
        const state = memoryBucket();
        await rebuild(world.challenge, { log: world.log, state });
        expect(await contents(state)).toEqual(await contents(world.state));
        expect((await verify(world.challenge, { log: world.log, state: world.state })).differences).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });
});

test('of the links of very many wordings the same are kept, whatever came first', () => {
  const ts = '1722865849.468459';
  const edits = Array.from({ length: 8 }, (_, edit): Event => {
    const links = Array.from(
      { length: 40 },
      (_, link) => `https://velog.io/@a/${(edit * 7919 + link * 104_729) % 997}`,
    );
    const at = `172286590${edit}.000100`;
    return { v: 1, kind: 'message.edited', channel: CHANNEL, at, ts, author: { user: 'U0MINSEO01' }, text: '', links };
  });
  const straight = fold(ledger, emptyLedger(CHANNEL, '2024-W32'), edits);
  expect(straight.messages[ts]?.former?.length).toBeGreaterThan(60);
  fc.assert(
    fc.property(disordered(edits), (mixed) => {
      expect(fold(ledger, emptyLedger(CHANNEL, '2024-W32'), mixed)).toEqual(straight);
    }),
  );
});

test.each([
  ['until-close', true, 'once-a-month', []],
  ['never', false, 'once-a-month', ['U0JIHO0001']],
  ['until-close', true, 'count', []],
] as const)(
  'a naive oracle agrees on random seasons (late: %s, selfLikes: %s, repeats: %s, without: %s)',
  async (...rules) => {
    const [late, selfLikes, repeats, exclude] = rules;
    const challenge = challengeWith({
      rules: { late, selfLikes, repeats },
      members: { exclude: [...exclude] },
      schedule: { rest: ['2024-W34'] },
    });
    const weekOf = calendarOf(challenge.timeZone).weekOf;
    const accepts = (host: string) => hostAccepted(host, challenge.blogs);
    await fc.assert(
      fc.asyncProperty(cases, async ([events, mixed, sizes]) => {
        const world = await feed(mixed, sizes, challenge);
        const rests = (week: string) => week === '2024-W34';
        const expected = oracle(events, { accepts, late, selfLikes, repeats, exclude, weekOf, monthOf, rests });
        const index = await world.index();
        expect(index?.weeks.map(({ week }) => week) ?? []).toEqual(expected.openWeeks);
        expect(index?.weeks.flatMap(({ week, rest }) => (rest ? [week] : [])) ?? []).toEqual(expected.resting);
        for (const week of expected.openWeeks) {
          const ofWeek = expected.posts.filter((post) => post.week === week);
          const found = await world.week(week);
          expect(
            found?.posts.map(({ ts, author, likes, late, accepted = false }) => ({
              ts,
              author,
              likes,
              late,
              accepted,
            })),
          ).toEqual(ofWeek.map(({ ts, author, likes, late, accepted }) => ({ ts, author, likes, late, accepted })));
          expect(found?.participants).toEqual([...new Set(ofWeek.map(({ author }) => author))].sort());
        }
        for (const { month, open, challengers, finishers, special } of expected.months) {
          expect(await world.month(month)).toMatchObject({
            weeks: open,
            challengers,
            finishers,
            special,
            closed: null,
          });
        }
      }),
      { numRuns: 100 },
    );
  },
);
