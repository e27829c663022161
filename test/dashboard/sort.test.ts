import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ariaSort, type Column, pressed, sorted, sortingIn, sortingWord } from '../../dashboard/src/lib/sort.ts';
import { turnoutOf } from '../../dashboard/src/lib/turnout.ts';

const columns: Column[] = ['name', 'weeks', 'posts', 'likes'];
const number = fc.nat({ max: 4 });
const rows = fc.uniqueArray(
  fc.record({
    id: fc.stringMatching(/^U\d{1,3}$/),
    name: fc.constantFrom('가', '나', '다'),
    weeks: number,
    posts: number,
    likes: number,
  }),
  { selector: ({ id }) => id, maxLength: 12 },
);
const sorting = fc.record({ by: fc.constantFrom(...columns), turned: fc.boolean() }, { noNullPrototype: true });

test('an order is written into the address and read back; nonsense is by weeks', () => {
  fc.assert(
    fc.property(sorting, (order) => {
      expect(sortingIn(sortingWord(order))).toEqual(order);
    }),
  );
  for (const word of [undefined, '', '-', 'id', '-toString', '__proto__'])
    expect(sortingIn(word)).toEqual({ by: 'weeks', turned: false });
});

test('numbers begin with the most, names with the first, and the other way round when turned', () => {
  fc.assert(
    fc.property(rows, sorting, (given, order) => {
      const keys = sorted(given, order, 'ko').map((row) => row[order.by]);
      const rises = (order.by === 'name') !== order.turned;
      for (const [place, key] of keys.slice(1).entries()) {
        const before = keys[place] as typeof key;
        expect(rises ? before <= key : before >= key).toBe(true);
      }
      expect(ariaSort(order, order.by)).toBe(rises ? 'ascending' : 'descending');
    }),
  );
});

test('the order of rows does not depend on the order in which they came, and loses none', () => {
  fc.assert(
    fc.property(rows, sorting, (given, order) => {
      expect(sorted(given.toReversed(), order, 'ko')).toEqual(sorted(given, order, 'ko'));
      expect(sorted(given, order, 'ko')).toHaveLength(given.length);
    }),
  );
});

test('a head pressed twice turns the order, another begins anew', () => {
  const once = pressed({ by: 'weeks', turned: true }, 'likes');
  expect(once).toEqual({ by: 'likes', turned: false });
  expect(pressed(once, 'likes')).toEqual({ by: 'likes', turned: true });
  expect(ariaSort(once, 'weeks')).toBe('none');
});

test('a week’s turnout adds up, also when somebody who wrote has left', () => {
  const members = ['U1', 'U2', 'U3'].map((id) => ({ id }));
  expect(turnoutOf(members, ['U1', 'GONE'])).toEqual({ wrote: 2, without: 2, all: 4 });
  expect(turnoutOf([], [])).toEqual({ wrote: 0, without: 0, all: 0 });
});
