import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { plusWeeks } from '../../src/events/week.ts';
import { type Run, runOf, type SeasonWeek } from '../../src/projections/streak.ts';

type Kind = Omit<SeasonWeek, 'week'>;

/** W: written, m: missed, r: a rest without a post, R: a rest with one, e: excused without a post, E: excused with one, b: rest and excused. */
const KINDS: Record<string, Kind> = {
  W: { written: true, rests: false, excused: false },
  m: { written: false, rests: false, excused: false },
  r: { written: false, rests: true, excused: false },
  R: { written: true, rests: true, excused: false },
  e: { written: false, rests: false, excused: true },
  E: { written: true, rests: false, excused: true },
  b: { written: false, rests: true, excused: true },
};

const seasonOf = (kinds: readonly Kind[]): SeasonWeek[] =>
  kinds.map((kind, position) => ({ week: plusWeeks('2024-W45', position), ...kind }));
const kindsOf = (letters: string): Kind[] =>
  [...letters].flatMap((letter) => {
    const kind = KINDS[letter];
    return kind ? [kind] : [];
  });
const weeks = (letters: string): SeasonWeek[] => seasonOf(kindsOf(letters));

/** What became of a season's weeks, drawn: `k` kept, `r` a rest, `.` neither. */
const drawn = (season: readonly SeasonWeek[], { rests }: Run): string =>
  season.map(({ week }) => (rests[week] === 'kept' ? 'k' : rests[week] === 'rest' ? 'r' : '.')).join('');

const betweens = fc.oneof(fc.integer({ min: 1, max: 5 }), fc.constantFrom(99, 'off' as const));
const kind = fc.constantFrom(...'WWWWmmrRbeE').map((letter) => KINDS[letter] as Kind);
const season = fc.array(kind, { maxLength: 14 }).map(seasonOf);

/** The definition word by word, by every span there is. */
const byDefinition = (all: readonly SeasonWeek[], between: number | 'off'): Run => {
  const counted = all.filter((week, at) => week.written || (!week.rests && !week.excused && at !== all.length - 1));
  const isRun = (span: readonly SeasonWeek[]): boolean => {
    const missed = span.flatMap((week, at) => (week.written ? [] : [at]));
    if (between === 'off') return missed.length === 0;
    return missed.every((one) =>
      missed.every((other) => one >= other || span.slice(one, other).filter((week) => week.written).length >= between),
    );
  };
  const runs: SeasonWeek[][] = [[]];
  const last: SeasonWeek[][] = [[]];
  for (let from = 0; from < counted.length; from += 1)
    for (let to = from + 1; to <= counted.length; to += 1) {
      const span = counted.slice(from, to);
      if (!isRun(span)) continue;
      runs.push(span);
      if (to === counted.length) last.push(span);
    }
  const lengthOf = (span: readonly SeasonWeek[]): number => span.filter((week) => week.written).length;
  const current = Math.max(...last.map(lengthOf));
  const writtenIn = (span: readonly SeasonWeek[], from: string, to: string): boolean =>
    span.some(({ week, written }) => written && week > from && week < to);

  const rests: Run['rests'] = {};
  for (const { week, written, rests: isRest, excused } of all) {
    if (written || !writtenIn(all, '', week)) continue;
    const laterPost = writtenIn(all, week, '~');
    const missed = counted.some((one) => one.week === week);
    const inside = runs.some(
      (span) => span.some((one) => one.week === week) && writtenIn(span, '', week) && writtenIn(span, week, '~'),
    );
    const lastMiss =
      missed && last.some((span) => span.at(-1)?.week === week && lengthOf(span) > 0) && counted.at(-1)?.week === week;
    if (isRest && (laterPost || current > 0)) rests[week] = 'rest';
    else if (inside || lastMiss || excused) rests[week] = 'kept';
  }
  return { current, longest: Math.max(...runs.map(lengthOf)), rests };
};

/** The strict rule as it was before there were rests: a gap is the end, but for a last open week without a post. */
const strict = (all: readonly SeasonWeek[]): { current: number; longest: number } => {
  let run = 0;
  let longest = 0;
  all.forEach(({ written }, position) => {
    if (written) run += 1;
    else if (position < all.length - 1) run = 0;
    longest = Math.max(longest, run);
  });
  return { current: run, longest };
};

describe('a run by the rule of three', () => {
  test.each([
    // What was written, the current run, the longest, and what becomes of the weeks without a post.
    ['', 0, 0, ''],
    ['m', 0, 0, '.'],
    ['mm', 0, 0, '..'],
    ['W', 1, 1, '.'],
    ['Wm', 1, 1, '..'],
    ['Wmm', 1, 1, '.k.'],
    ['Wmmm', 0, 1, '....'],
    ['WWWmWWW', 6, 6, '...k...'],
    ['WWWmWWWmWWW', 9, 9, '...k...k...'],
    ['WWWmWWmWWW', 5, 5, '...k..k...'],
    ['WWWmmWWW', 3, 3, '........'],
    ['mmWWW', 3, 3, '.....'],
    ['WWWmWm', 4, 4, '...k..'],
    ['WWWmWmm', 1, 4, '...k.k.'],
  ])('%j is %i now and %i at best', (letters, current, longest, picture) => {
    const run = runOf(weeks(letters), 3);
    expect({ ...run, rests: drawn(weeks(letters), run) }).toEqual({ current, longest, rests: picture });
  });

  test.each([
    ['rests and excuses stand in no way', 'WWrWmeWrbWWmW', 7, 7, '..r.kk.rr..k.'],
    ['a post in a week of rest lengthens a run', 'WRW', 3, 3, '...'],
    ['a post in an excused week does, too', 'WEW', 3, 3, '...'],
    ['nothing is said of rests and excuses before the first post', 'rebmW', 1, 1, '.....'],
    ['a last week that rests spares the missed week before it no longer', 'WWmmr', 0, 2, '.....'],
    ['... nor does one that is excused, whose excuse is said all the same', 'WWmme', 0, 2, '....k'],
    ['one missed week and then a rest is a run that lives', 'WWmr', 2, 2, '..kr'],
    ['a rest after a run that is over is told when a later post exists', 'WmmrmW', 1, 1, '...r..'],
    ['... and is not until then', 'Wmmrm', 0, 1, '.....'],
    ['an excuse is kept though the run is over', 'WmmemW', 1, 1, '...k..'],
    ['a rest that is excused is a rest', 'WbW', 2, 2, '.r.'],
    ['a rest that is excused after a run that is over is kept by its excuse', 'Wmmbm', 0, 1, '...k.'],
    ['two missed weeks around a rest are two in a row', 'WWWmrmWWW', 3, 3, '....r....'],
    ['a person who only reads has no rests', 'mrebm', 0, 0, '.....'],
  ])('%s', (_what, letters, current, longest, picture) => {
    const run = runOf(weeks(letters), 3);
    expect({ ...run, rests: drawn(weeks(letters), run) }).toEqual({ current, longest, rests: picture });
  });

  test("by `between: 'off'` a missed week is an end, and rests and excuses are none", () => {
    expect(runOf(weeks('WWmWWWm'), 'off')).toEqual({ current: 3, longest: 3, rests: {} });
    expect(runOf(weeks('WWrWeWmm'), 'off')).toEqual({
      current: 0,
      longest: 4,
      rests: { '2024-W47': 'rest', '2024-W49': 'kept' },
    });
  });

  test('a number that nobody reaches still forgives one missed week', () => {
    expect(runOf(weeks('WWWWmWWWW'), 99)).toMatchObject({ current: 8, longest: 8 });
    expect(runOf(weeks('WWWWmWWWWmWWWW'), 99)).toMatchObject({ current: 8, longest: 8 });
  });
});

describe('any season', () => {
  test('gives what the definition says', () => {
    fc.assert(
      fc.property(season, betweens, (all, between) => {
        expect(runOf(all, between)).toEqual(byDefinition(all, between));
      }),
      { numRuns: 1000 },
    );
  });

  test("gives by `between: 'off'` what the strict rule gave, where nothing rests or is excused", () => {
    const plain = fc.array(fc.constantFrom(...kindsOf('WWm')), { maxLength: 30 }).map(seasonOf);
    fc.assert(
      fc.property(plain, (all) => {
        expect(runOf(all, 'off')).toEqual({ ...strict(all), rests: {} });
      }),
    );
  });

  test('holds no run shorter than the strict rule does', () => {
    fc.assert(
      fc.property(season, fc.integer({ min: 1, max: 99 }), (all, between) => {
        const [run, off] = [runOf(all, between), runOf(all, 'off')];
        expect(run.current).toBeGreaterThanOrEqual(off.current);
        expect(run.longest).toBeGreaterThanOrEqual(off.longest);
      }),
    );
  });

  test('never has a written week among its rests', () => {
    fc.assert(
      fc.property(season, betweens, (all, between) => {
        const { rests } = runOf(all, between);
        expect(all.filter(({ week, written }) => written && Object.hasOwn(rests, week))).toEqual([]);
      }),
    );
  });

  const notShorter = (after: Run, before: Run): void => {
    expect(after.current).toBeGreaterThanOrEqual(before.current);
    expect(after.longest).toBeGreaterThanOrEqual(before.longest);
  };
  const changed = (all: readonly SeasonWeek[], at: number, change: Partial<SeasonWeek>): SeasonWeek[] =>
    all.map((week, position) => (position === at ? { ...week, ...change } : week));
  const somewhere = fc
    .tuple(fc.array(kind, { minLength: 1, maxLength: 24 }).map(seasonOf), fc.nat())
    .map(([all, at]): [SeasonWeek[], number] => [all, at % all.length]);

  test('a week more that is written makes no run shorter', () => {
    fc.assert(
      fc.property(somewhere, betweens, ([all, at], between) =>
        notShorter(runOf(changed(all, at, { written: true }), between), runOf(all, between)),
      ),
    );
  });

  test('a written week that is appended makes the longest run no shorter, nor the current one unless a last week is missed by it', () => {
    fc.assert(
      fc.property(fc.array(kind, { maxLength: 24 }), betweens, (kinds, between) => {
        const [before, after] = [kinds, [...kinds, ...kindsOf('W')]].map((some) => runOf(seasonOf(some), between)) as [
          Run,
          Run,
        ];
        const last = kinds.at(-1);
        const missed = last && !last.written && !last.rests && !last.excused;
        notShorter(after, missed ? { ...before, current: 0 } : before);
      }),
    );
  });

  test('a week set to rest, or excused, makes no run shorter', () => {
    const change = fc.constantFrom<Partial<SeasonWeek>>({ rests: true }, { excused: true });
    fc.assert(
      fc.property(somewhere, betweens, change, ([all, at], between, how) =>
        notShorter(runOf(changed(all, at, how), between), runOf(all, between)),
      ),
    );
  });

  test('a rest without a post that is taken out of the season makes no run shorter', () => {
    fc.assert(
      fc.property(somewhere, betweens, ([all, at], between) => {
        const rested = changed(all, at, { written: false, rests: true });
        notShorter(runOf(rested.toSpliced(at, 1), between), runOf(rested, between));
      }),
    );
  });
});
