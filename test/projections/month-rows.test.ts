import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Event, EventOf } from '../../src/events/catalog.ts';
import { canonical } from '../../src/events/codec.ts';
import { keys } from '../../src/pipeline/keys.ts';
import type { MonthRows } from '../../src/projections/month-rows.ts';
import { viewMonth } from '../../src/projections/month-view.ts';
import { disordered, season } from '../support/arbitrary.ts';
import {
  at,
  attempted,
  CHANNEL,
  deletion,
  excused,
  extended,
  JIHO,
  like,
  MINSEO,
  refused,
  reply,
  rested,
  SEOYEON,
  skipped,
  told,
  unlike,
  WEEK,
  WEEKLY,
  weeklyPost,
} from '../support/events.ts';
import { challengeOf, ledgersOf } from '../support/given.ts';
import { contents, createWorld } from '../support/world.ts';

const rowsOf = (...events: (Event | readonly Event[])[]): MonthRows => {
  const challenge = challengeOf();
  return viewMonth(challenge, '2024-08', ledgersOf(challenge, [weeklyPost(), ...(events.flat() as Event[])])).rows;
};

const set = (
  user: string,
  key: 'remind',
  value: 'on' | 'off' | 'sat' | 'sun',
  when = at('2024-08-07 12:00'),
): EventOf<'member.set'> => ({ v: 1, kind: 'member.set', channel: CHANNEL, at: when, user, key, value });

const planned = (user: string, plan: 'write' | 'rest' | 'none', when = at('2024-08-07 12:00')): Event => ({
  v: 1,
  kind: 'week.planned',
  channel: CHANNEL,
  at: when,
  week: WEEK,
  user,
  plan,
});

describe('the private rows of a month', () => {
  test('have of each week when it opened, whether it rests, and until when it was extended', () => {
    expect(rowsOf().weeks).toEqual({ [WEEK]: { openedAt: WEEKLY } });
    const until = at('2024-08-12 12:00');
    expect(rowsOf(rested(WEEK, { rest: true }), extended(WEEK, until)).weeks).toEqual({
      [WEEK]: { openedAt: WEEKLY, rest: true, until },
    });
    expect(rowsOf(rested('2024-W33', { rest: true })).weeks['2024-W33']).toEqual({ rest: true });
  });

  test('have the first and the last counted post of a week, and how many', () => {
    const [first, last] = [at('2024-08-06 20:00'), at('2024-08-08 20:00')];
    const other = reply(at('2024-08-09 20:00'), { links: [] });
    expect(rowsOf(reply(last), reply(first), other).people[MINSEO]?.posts).toEqual({
      [WEEK]: { first, last, count: 2 },
    });
    expect(rowsOf(reply(last), reply(first), deletion(last)).people[MINSEO]?.posts).toEqual({
      [WEEK]: { first, last: first, count: 1 },
    });
  });

  test("have how many posts of the others somebody likes, and not of one's own", () => {
    const later = at('2024-08-08 20:00');
    const { people } = rowsOf(
      reply(),
      reply(later, { author: { user: JIHO } }),
      like(SEOYEON, at('2024-08-09 10:00')),
      like(SEOYEON, at('2024-08-09 10:01'), { item: later }),
      like(MINSEO, at('2024-08-09 10:02')),
      like(JIHO, at('2024-08-09 10:03')),
      unlike(JIHO, at('2024-08-09 10:04')),
    );
    expect(people[SEOYEON]?.likes).toBe(2);
    expect(people[MINSEO]?.likes).toBeUndefined();
    expect(people[JIHO]?.likes).toBeUndefined();
  });

  test('know since when somebody is known: by a like, a message, a name', () => {
    const liked = at('2024-08-09 10:00');
    const seen = (user: string, when: string): Event => ({
      v: 1,
      kind: 'profile.seen',
      channel: CHANNEL,
      at: when,
      user,
      name: 'x',
    });
    expect(rowsOf(reply(), like(SEOYEON, liked)).people[SEOYEON]?.seen).toBe(liked);
    expect(rowsOf(reply(), seen(SEOYEON, at('2024-08-05 08:00')), like(SEOYEON, liked)).people[SEOYEON]?.seen).toBe(
      at('2024-08-05 08:00'),
    );
    expect(rowsOf(reply(), like(MINSEO, liked)).people[MINSEO]?.seen).toBe(reply().ts);
  });

  test('have plans, excuses and the last word of each setting', () => {
    const { people } = rowsOf(
      planned(MINSEO, 'write'),
      excused(WEEK, JIHO),
      set(JIHO, 'remind', 'sun', at('2024-08-08 12:00')),
      set(JIHO, 'remind', 'off'),
    );
    expect(people[MINSEO]?.plans).toEqual({ [WEEK]: { at: at('2024-08-07 12:00'), plan: 'write' } });
    expect(people[JIHO]).toEqual({
      excused: [WEEK],
      settings: { remind: { at: at('2024-08-08 12:00'), value: 'sun' } },
    });
    expect(rowsOf(excused(WEEK, JIHO, false)).people[JIHO]).toBeUndefined();
  });

  test('have what was told personally, and what became of what was not', () => {
    const when = at('2024-08-10 10:00');
    const { people } = rowsOf(
      told(`remind:${MINSEO}`, { shows: 'wording-2' }, { at: when, to: MINSEO }),
      skipped(`note:${MINSEO}`, { at: when, reason: 'held' }),
      attempted(`comeback:${JIHO}`, { at: when }),
      refused(`firststep:${SEOYEON}`, { at: when }),
      told(`like:${reply().ts}:0`, {}),
    );
    expect(people[MINSEO]?.told).toEqual({
      [WEEK]: {
        remind: { at: when, became: 'delivered', shows: 'wording-2' },
        note: { at: when, became: 'skipped', reason: 'held' },
      },
    });
    expect(people[JIHO]?.told?.[WEEK]?.comeback).toEqual({ at: when, became: 'unclear' });
    expect(people[SEOYEON]?.told?.[WEEK]?.firststep).toEqual({ at: when, became: 'refused', reason: 'is_archived' });
    expect(
      rowsOf(attempted(`remind:${JIHO}`), refused(`remind:${JIHO}`, { final: false })).people[JIHO],
    ).toBeUndefined();
  });

  test('are the same in whatever order events come, and however often', () => {
    const challenge = challengeOf();
    const rows = (events: readonly Event[]): string[] =>
      ['2024-08', '2024-09', '2024-10'].map((month) =>
        canonical(viewMonth(challenge, month, ledgersOf(challenge, events)).rows),
      );
    fc.assert(
      fc.property(
        season.chain((events) => fc.tuple(fc.constant(events), disordered(events))),
        ([events, mixed]) => {
          expect(rows(mixed)).toEqual(rows(events));
        },
      ),
      { numRuns: 50 },
    );
  });
});

test('the rows of a month are published with it, and nothing of what people chose or were told is public', async () => {
  const world = createWorld();
  await world.append(weeklyPost(), reply(), planned(MINSEO, 'rest'), set(MINSEO, 'remind', 'off'));
  await world.append(skipped(`remind:${MINSEO}`, { reason: 'held' }));
  const rows = await world.read<MonthRows>(keys.rows(CHANNEL, '2024-08'));
  expect(rows?.people[MINSEO]).toMatchObject({
    plans: { [WEEK]: { plan: 'rest' } },
    settings: { remind: { value: 'off' } },
    told: { [WEEK]: { remind: { became: 'skipped', reason: 'held' } } },
  });
  const told = Object.entries(await contents(world.state)).filter(([, text]) => /"plan"|remind|held/.test(text));
  expect(told.map(([key]) => key.split('/')[0])).not.toContain('snapshots');
  expect(told.length).toBeGreaterThan(1);
});
