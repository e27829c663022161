import { describe, expect, test } from 'vitest';
import { excusesIn } from '../../dashboard/src/lib/excuses.ts';
import { framesOf } from '../../dashboard/src/lib/replay.ts';
import type { IndexSnapshot, MemberSnapshot, MonthSnapshot } from '../../src/projections/contract.ts';
import { sampleSnapshots } from '../support/sample-snapshots.ts';

const C = 'C0TILCHAN1';
const row = { posts: 1, likes: 1, late: 0 };

/** A season of two months from lines such as `x.x`: a letter a week, `x` written, `~` excused and not written. */
const seasonOf = (lines: Record<string, string>, { rest = -1, closed = false } = {}) => {
  const length = Math.max(...Object.values(lines).map((line) => line.length));
  const weeks = Array.from({ length }, (_, place) => ({
    week: `2024-W${36 + place}`,
    month: place < 4 ? '2024-09' : '2024-10',
    ...(place === rest ? { rest: true as const } : {}),
  }));
  const months = ['2024-09', '2024-10'].map((month): MonthSnapshot => {
    const mine = weeks.filter((each) => each.month === month).map(({ week }) => week);
    const members = Object.entries(lines).map(([id, line]) => {
      const written = weeks.filter((each, place) => each.month === month && line[place] === 'x');
      const table = Object.fromEntries(written.map(({ week }) => [week, row]));
      return { id, posts: written.length, likes: written.length, weeks: table, challenger: false };
    });
    const result = { challengers: [], special: [], finishers: [{ id: 'U9', likes: 0 }] };
    return {
      version: 1,
      month,
      label: '',
      weeks: mine,
      members,
      ...result,
      closed: closed && month === '2024-09' ? { at: '1.0', ...result, finishers: [{ id: 'U8', likes: 0 }] } : null,
    };
  });
  const excuses = new Map(
    weeks.map(({ week }, place) => [week, new Set(Object.keys(lines).filter((id) => lines[id]?.[place] === '~'))]),
  );
  return { weeks, months, excuses, between: 3 as number | 'off' };
};

const runsAt = (season: Parameters<typeof framesOf>[0], place: number) =>
  framesOf(season)
    [place]?.runs()
    .map(({ id, weeks, mark }) => `${id} ${weeks} ${mark}`);

test('each frame adds a week to the one before it', () => {
  const [first, second] = framesOf(seasonOf({ U1: 'xx', U2: 'x.' }));
  expect(first).toMatchObject({ participants: ['U1', 'U2'], posts: 2, likes: 2 });
  expect(second).toMatchObject({ participants: ['U1'], posts: 3, likes: 3 });
  expect(first?.standings()).toEqual([
    { id: 'U1', likes: 1, weeks: 1 },
    { id: 'U2', likes: 1, weeks: 1 },
  ]);
  expect(second?.standings()).toContainEqual({ id: 'U1', likes: 2, weeks: 2 });
});

describe('runs at an instant', () => {
  test('know nothing of later weeks: one week off is kept until the next is off, too', () => {
    const season = seasonOf({ U1: 'xxx..x' });
    expect(runsAt(season, 2)).toEqual(['U1 3 done']);
    expect(runsAt(season, 3)).toEqual(['U1 3 kept']);
    expect(runsAt(season, 4)).toEqual([]);
  });

  test('are strict where any missed week ends a run', () => {
    const season = { ...seasonOf({ U1: 'xxx.xx' }), between: 'off' as const };
    expect(runsAt(season, 2)).toEqual(['U1 3 done']);
    expect(runsAt(season, 3)).toEqual([]);
    expect(runsAt(season, 5)).toEqual(['U1 2 done']);
  });

  test('go on through a week of rest, which the frame names', () => {
    const season = seasonOf({ U1: 'xx.xx', U2: 'xxx..' }, { rest: 2 });
    expect(framesOf(season).map(({ rest }) => rest)).toEqual([false, false, true, false, false]);
    expect(runsAt(season, 2)).toEqual(['U2 3 done', 'U1 2 rest']);
    expect(runsAt(season, 3)).toEqual(['U1 3 done', 'U2 3 kept']);
  });

  test('go on through a week that was excused', () => {
    expect(runsAt(seasonOf({ U1: 'x.x~xx' }), 5)).toEqual(['U1 4 done']);
    expect(runsAt(seasonOf({ U1: 'x.x.xx' }), 5)).toEqual(['U1 3 done']);
  });

  test('wait for the week that still runs', () => {
    const season = { ...seasonOf({ U1: 'xx.' }), running: '2024-W38' };
    expect(runsAt(season, 2)).toEqual(['U1 2 waiting']);
    expect(runsAt(season, 1)).toEqual(['U1 2 done']);
  });
});

describe('the month at an instant', () => {
  const ids = (rows: readonly { id: string }[] | undefined) => rows?.map(({ id }) => id);

  test('has those who wrote in every week so far, and those with a week off', () => {
    const season = seasonOf({ U1: 'xxx.x', U2: 'x.x.x', U3: 'x...x', U4: 'x~x.x' });
    const third = framesOf(season)[2]?.month();
    expect(ids(third?.challengers)).toEqual(['U1', 'U4']);
    expect(ids(third?.finishers)).toEqual(['U2']);
    expect(third).toMatchObject({ special: ['U1'], final: false });
  });

  test('does not count its week of rest', () => {
    const third = framesOf(seasonOf({ U1: 'x.xxx', U2: '..xxx' }, { rest: 1 }))[2]?.month();
    expect(ids(third?.challengers)).toEqual(['U1']);
  });

  test('is what was announced once its last week is over, and as it stands in the last of all', () => {
    const frames = framesOf(seasonOf({ U1: 'xxxxx' }, { closed: true }));
    expect(frames[3]?.month()).toMatchObject({ final: true, finishers: [{ id: 'U8' }] });
    expect(frames[4]?.month()).toMatchObject({ final: false, finishers: [{ id: 'U9' }] });
  });

  test('has no second tier where the challenge has none', () => {
    const season = seasonOf({ U1: 'xxx.x', U2: 'x.x.x' });
    const months = season.months.map(({ finishers: _, ...month }) => month);
    expect(framesOf({ ...season, months })[2]?.month()?.finishers).toEqual([]);
  });
});

test('the last frame of a season has the runs and moons that the bot has, excuses among them', () => {
  const snapshots = sampleSnapshots({ members: 28, weeks: 19 });
  const index = snapshots.get(`${C}/index.json`) as IndexSnapshot;
  const all = [...snapshots].flatMap(([key, data]) => (key.includes('/members/U') ? [data as MemberSnapshot] : []));
  const months = [...snapshots].flatMap(([key, data]) => (key.includes('/months/') ? [data as MonthSnapshot] : []));
  const excuses = excusesIn(index.weeks, months, all, 3);
  const expected = all.filter(({ streak }) => streak.current >= 2);
  const runs = framesOf({ weeks: index.weeks, months, excuses, between: 3, running: '2024-W45' }).at(-1)?.runs();
  expect(Object.fromEntries(runs?.map(({ id, weeks }) => [id, weeks]) ?? [])).toEqual(
    Object.fromEntries(expected.map(({ id, streak }) => [id, streak.current])),
  );
  expect([...(excuses.get('2024-W34') ?? [])]).toContain('U000003');
});

test('an excuse shows where no run goes over the week, or where somebody is challenger without it', () => {
  const { weeks, months, excuses } = seasonOf({ U1: 'x..xx', U2: 'x.xxx' });
  const [september, october] = months as [MonthSnapshot, MonthSnapshot];
  const named = { ...september, members: september.members.map((each) => ({ ...each, challenger: each.id === 'U2' })) };
  const member = { id: 'U1', weeks: { '2024-W36': row, '2024-W39': row, '2024-W40': row } };
  const found = excusesIn(
    weeks,
    [named, october],
    [{ ...member, rests: { '2024-W37': 'kept', '2024-W38': 'kept' } }],
    3,
  );
  expect([...found].map(([week, ids]) => [week, [...ids]])).toEqual([
    ['2024-W37', ['U2', 'U1']],
    ['2024-W38', ['U1']],
  ]);
  expect([...excuses.values()].every(({ size }) => size === 0)).toBe(true);
});
