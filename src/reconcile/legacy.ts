import { Refused } from '../events/errors.ts';
import { isObject } from '../events/json.ts';
import { isTs, type Ts } from '../events/timestamp.ts';
import { calendarOf, type Month, monthOf, plusMonths, type Week } from '../events/week.ts';
import {
  type LegacyMember,
  type LegacyRow,
  type PostsByMonth,
  type Repair,
  readTimestamps,
  readUsers,
} from './legacy-files.ts';

/** What the original's files say, repaired by stated rules. */
export interface Legacy {
  weeks: { ts: Ts; week: Week; month: Month; title: string }[];
  replies: { ts: Ts; thread: Ts; author: string; linked: boolean; likers: string[] }[];
  members: { id: string; name: string }[];
  /** The months whose results the original bot has announced, ascending: those before the one it was in. */
  announced: Month[];
  /** Each broken row, and what was done about it. */
  repairs: Repair[];
  /** Members and weekly posts that could not be read at all. */
  unread: Repair[];
}

const USER = /^[UW][A-Z0-9]{2,31}$/;

/** Reads the original's two files. `year` is that of the first month: the files have months without years, ascending. */
export const readLegacy = (
  files: { users: unknown; usersFile: string; timestamps: unknown; timestampsFile: string },
  year: number,
  timeZone: string,
): Legacy => {
  const repairs: Repair[] = [];
  const unread: Repair[] = [];
  const { timestamps, current } = readTimestamps(files.timestamps, files.timestampsFile, unread);
  const weeks = readWeeks(timestamps, year, timeZone, files.timestampsFile, repairs);
  const threads = new Set(weeks.map(({ ts }) => ts));
  const users = readUsers(files.users, files.usersFile, unread);
  const legacy: Legacy = { weeks, replies: [], members: [], announced: monthsBefore(current, weeks), repairs, unread };
  for (const [id, member] of Object.entries(users)) {
    if (!USER.test(id)) {
      repairs.push({ where: `${files.usersFile} ${id.slice(0, 40)}`, found: 'no id of a person', done: 'left out' });
      continue;
    }
    if (member.name) legacy.members.push({ id, name: member.name.slice(0, 200) });
    readMember(id, member, threads, legacy, files.usersFile);
  }
  return legacy;
};

const readWeeks = (
  timestamps: PostsByMonth,
  year: number,
  timeZone: string,
  file: string,
  repairs: Repair[],
): Legacy['weeks'] => {
  const calendar = calendarOf(timeZone);
  const weeks: Legacy['weeks'] = [];
  let month: Month | undefined;
  for (const [number, posts] of monthsOf(timestamps)) {
    month = month ? nextNamed(month, number) : `${year}-${String(number).padStart(2, '0')}`;
    for (const [ts, title] of Object.entries(posts).sort(([left], [right]) => (left < right ? -1 : 1))) {
      const where = `${file} timestamps.${number}.${ts}`;
      const week = calendar.weekOf(ts);
      if (Math.abs(monthsApart(monthOf(week), month)) > 1)
        throw new Refused(`${where}: expected an instant in ${month}, got one in ${week}; is --year ${year} right?`);
      if (monthOf(week) !== month)
        repairs.push({ where, found: `its Monday lies in ${monthOf(week)}`, done: `counts for ${monthOf(week)}` });
      weeks.push({ ts, week, month: monthOf(week), title });
    }
  }
  return weeks;
};

/** The months with weekly posts before the one that the file says it was in; when it does not say, the last of them. */
const monthsBefore = (current: unknown, weeks: Legacy['weeks']): Month[] => {
  const months = [...new Set(weeks.map(({ month }) => month))].sort();
  const last = months.at(-1);
  const number = Number(current);
  if (!last || !(Number.isInteger(number) && number >= 1 && number <= 12)) return months.slice(0, -1);
  const now = months.findLast((month) => Number(month.slice(5)) === number) ?? nextNamed(last, number);
  return months.filter((month) => month < now);
};

/** The months in the order in which they passed: they carry no year, but their weekly posts' instants do. */
const monthsOf = (timestamps: PostsByMonth): [number: number, posts: Record<string, string>][] =>
  Object.entries(timestamps)
    .flatMap(([number, posts]) =>
      /^([1-9]|1[0-2])$/.test(number) ? [[Number(number), posts] as [number, Record<string, string>]] : [],
    )
    .sort(([left, ofLeft], [right, ofRight]) => firstOf(ofLeft) - firstOf(ofRight) || left - right);

const firstOf = (posts: Record<string, string>): number =>
  Math.min(...Object.keys(posts).map(Number), Number.POSITIVE_INFINITY) || 0;

/** The next month of that number after `month`. */
const nextNamed = (month: Month, number: number): Month => {
  let next = plusMonths(month, 1);
  while (Number(next.slice(5)) !== number) next = plusMonths(next, 1);
  return next;
};

const monthsApart = (left: Month, right: Month): number => {
  const index = (month: Month): number => Number(month.slice(0, 4)) * 12 + Number(month.slice(5));
  return index(left) - index(right);
};

const readMember = (
  author: string,
  member: LegacyMember,
  threads: ReadonlySet<Ts>,
  legacy: Legacy,
  file: string,
): void => {
  let sum = 0;
  for (const [thread, rows] of Object.entries(member.join_week)) {
    if (!threads.has(thread)) {
      const found = `replies to ${thread}, which is no weekly post`;
      if (Object.keys(rows).length > 0)
        legacy.repairs.push({ where: `${file} ${author}.join_week`, found, done: 'left out' });
      continue;
    }
    for (const [ts, row] of Object.entries(rows)) {
      const where = `${file} ${author}.join_week.${thread}.${ts}`;
      if (!isTs(ts)) {
        legacy.repairs.push({ where, found: 'no timestamp', done: 'left out' });
        continue;
      }
      const { linked, likers } = readRow(row, where, legacy.repairs);
      legacy.replies.push({ ts, thread, author, linked, likers });
      if (linked) sum += likers.length;
    }
  }
  const stored = member.reaction_count;
  if (stored !== undefined && stored !== sum)
    legacy.repairs.push({
      where: `${file} ${author}.reaction_count`,
      found: `${stored}`,
      done: `recomputed from the likers of linked replies: ${sum}`,
    });
};

/** Who liked is what counts; a total is only believed where it agrees. */
const readRow = (row: LegacyRow, where: string, repairs: Repair[]): { linked: boolean; likers: string[] } => {
  const likersIn = (value: unknown): string[] => {
    const all = typeof value === 'object' && value !== null ? Object.keys(value) : [];
    const bad = all.filter((id) => !USER.test(id));
    if (bad.length > 0) repairs.push({ where, found: `${bad.length} likers that are no ids`, done: 'left out' });
    return all.filter((id) => USER.test(id)).sort();
  };
  const mended = isObject(row.has_link);
  if (mended) {
    const likers = [...new Set([...likersIn(row.has_link), ...likersIn(row.like)])].sort();
    repairs.push({
      where: `${where}.has_link`,
      found: 'a table of likers instead of true or false',
      done: `linked, liked by these ${likers.length}`,
    });
    return { linked: true, likers };
  }
  const likers = likersIn(row.like);
  const linked = row.has_link === true;
  if (typeof row.has_link !== 'boolean')
    repairs.push({ where: `${where}.has_link`, found: `a ${typeof row.has_link}`, done: 'read as: no link' });
  const total = linked ? likers.length : 0;
  if (row.total !== total)
    repairs.push({ where: `${where}.total`, found: String(row.total), done: totalRepair(linked, likers.length) });
  return { linked, likers };
};

const totalRepair = (linked: boolean, likers: number): string =>
  linked
    ? `recomputed from its likers: ${likers}`
    : `recomputed: 0, since it has no link (its ${likers} likes count once it has one)`;
