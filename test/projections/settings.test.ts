import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Event, EventOf } from '../../src/events/catalog.ts';
import { canonical } from '../../src/events/codec.ts';
import { calendarOf, monthOf } from '../../src/events/week.ts';
import { keys } from '../../src/pipeline/keys.ts';
import type { MonthRows } from '../../src/projections/month-rows.ts';
import type { People } from '../../src/projections/people.ts';
import { joinMonths } from '../../src/projections/season-people.ts';
import { joinSettings } from '../../src/projections/settings.ts';
import { disordered } from '../support/arbitrary.ts';
import { at, CHANNEL, chose, JIHO, MINSEO, weeklyPost } from '../support/events.ts';
import { contents, createWorld } from '../support/world.ts';

const VALUES = { remind: ['on', 'off', 'sat', 'sun'], likes: ['steps', 'each', 'card', 'off'], notes: ['on', 'off'] };
type Key = keyof typeof VALUES;

/** Instants of four months, few enough that several choices fall on one. */
const instant = fc
  .tuple(
    fc.constantFrom('2024-07-30', '2024-08-04', '2024-08-05', '2024-09-01', '2024-10-08'),
    fc.constantFrom('09:00', '23:59'),
  )
  .map(([day, time]) => at(`${day} ${time}`));
const choice = fc
  .tuple(fc.constantFrom(MINSEO, JIHO), fc.constantFrom<Key>('remind', 'likes', 'notes'), fc.nat(), instant)
  .map(([user, key, which, when]) => chose(user, key, VALUES[key][which % VALUES[key].length] as string, when));

/** The last word on each, as anybody would say it. */
const lastOf = (events: readonly EventOf<'member.set'>[]): Record<string, { at: string; value: string }> => {
  const last: Record<string, { at: string; value: string }> = {};
  for (const { user, key, at, value } of events) {
    const stands = last[`${user}/${key}`];
    if (!stands || at > stands.at || (at === stands.at && value > stands.value)) last[`${user}/${key}`] = { at, value };
  }
  return last;
};

const tablesOf = async (events: readonly Event[]) => {
  const world = createWorld();
  for (const event of events) await world.append(event);
  const people = await world.read<People>(keys.people(CHANNEL));
  const months = [...new Set(events.map((event) => monthOf(calendarOf('Asia/Seoul').weekOf(event.at))))];
  const rows = await Promise.all(months.map((month) => world.read<MonthRows>(keys.rows(CHANNEL, month))));
  return { people, rows: rows.filter((row) => row !== undefined), bytes: await contents(world.state, 'tables/') };
};

test('what people chose is the same in whatever order and however often it comes: the later date holds', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc
        .array(choice, { minLength: 1, maxLength: 12 })
        .chain((events) => fc.tuple(fc.constant(events), disordered(events))),
      async ([events, mixed]) => {
        const [one, other] = [await tablesOf(events), await tablesOf(mixed)];
        expect(other.bytes).toEqual(one.bytes);
        const expected = lastOf(events);
        expect(canonical(one.people?.settings)).toBe(canonical(expected));
        // The months' rows say the same, in whatever order they are joined, with what is in the table or without.
        const stale = lastOf(events.slice(0, 1));
        const joins = [undefined, stale, one.people?.settings].map((known) => joinMonths(one.rows, {}, known));
        for (const joined of [...joins, joinMonths([...one.rows].reverse(), {})])
          for (const [name, setting] of Object.entries(expected)) {
            const [user = '', key = ''] = name.split('/');
            expect(joined.people.get(user)?.settings.get(key)).toEqual(setting);
          }
      },
    ),
    { numRuns: 40 },
  );
});

test('while nobody has chosen anything, nothing is stored of it', async () => {
  const { bytes } = await tablesOf([weeklyPost()]);
  expect(Object.values(bytes).join()).not.toContain('settings');
});

test('settings are joined by their dates, and what was given stays as it was', () => {
  const early = { [`${MINSEO}/likes`]: { at: at('2024-08-05 09:00'), value: 'off' } };
  const late = { [`${MINSEO}/likes`]: { at: at('2024-08-05 10:00'), value: 'each' } };
  expect(joinSettings(early, late, undefined)).toEqual(late);
  expect(joinSettings(late, early)).toEqual(late);
  expect(early[`${MINSEO}/likes`]?.value).toBe('off');
  expect(joinSettings(undefined, {})).toEqual({});
});
