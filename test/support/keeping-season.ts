import type { Event } from '../../src/events/catalog.ts';
import { JIHO, MINSEO, SEOYEON } from './events.ts';
import { DOYUN, HAEUN, SIWOO } from './people-ids.ts';
import { eventsOfTable, inWeek, joined, likesAll, ordered, type TableSeason } from './table-season.ts';

/**
 * A season through Chuseok (2024-W38), small enough to be reckoned by hand: one writes always, one stops, one misses single weeks, one
 * writes on Sunday evenings and stops, and two only read. Weeks 31 to 45: July's last, August, September with W38 of rest, October, and
 * November's first.
 */
export const KEEPING: TableSeason = {
  first: '2024-W31',
  rows: {
    [MINSEO]: 'wwwwwww.wwwwwww',
    [JIHO]: 'www............',
    [SEOYEON]: 'www.wwww.wwwwww',
    [HAEUN]: 'llll.l.........',
  },
};

/** Doyun reads from the first day, Siwoo from the Monday of W33, and Jiho in W44 alone. */
export const keepingEvents = (): Event[] =>
  ordered(
    eventsOfTable(KEEPING),
    joined(DOYUN, inWeek('2024-W31', 0, '08:00')),
    joined(SIWOO, inWeek('2024-W33', 0, '08:00')),
    likesAll(KEEPING, DOYUN, inWeek('2024-W31', 0, '08:00')),
    likesAll(KEEPING, SIWOO, inWeek('2024-W33', 0, '08:00')),
    likesAll(KEEPING, JIHO, inWeek('2024-W44', 0, '08:00'), inWeek('2024-W45', 0, '08:00')),
  );
