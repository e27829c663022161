import { compareTs, secondsOf, type Ts } from '../events/timestamp.ts';
import { type Month, monthOf, type Week } from '../events/week.ts';
import { type Challenge, rulesOf } from '../projections/challenge.ts';
import { weekLabel } from '../projections/label.ts';
import { standingOf } from '../projections/membership.ts';
import { readMonth } from '../projections/participation.ts';
import type { Bucket } from '../store/bucket.ts';
import { openLog } from '../store/log.ts';
import { ledgersFromLog } from './compare.ts';
import { knownNames, peopleOf } from './known-names.ts';

/** What can be exported. */
export type Exportable = 'posts' | 'likes' | 'participation';

/** One line of a table; all lines of a table have the same fields in the same order. */
export type ExportRow = Record<string, string | number>;

export interface ExportPorts {
  log: Bucket;
  state: Bucket;
  progress?: (done: number, total: number) => void;
}

/** The lines of a table, a month at a time. What counts is worked out from the log; the state only lends the names. */
export async function* exportRows(
  challenge: Challenge,
  what: Exportable,
  ports: ExportPorts,
): AsyncGenerator<ExportRow[]> {
  const known = await knownNames(challenge, ports.state);
  const nameOf: NameOf = (id) => known(id) ?? '';
  const months = [...new Set((await openLog(ports.log, challenge).weeks()).map(monthOf))];
  const attendance: Attendance = { weeks: [], members: new Map() };
  for (const [position, month] of months.entries()) {
    const reading = await read(challenge, month, ports.log);
    if (what === 'posts') yield reading.replies.map((reply) => postRow(challenge, reply, nameOf));
    if (what === 'likes') yield reading.replies.flatMap((reply) => likeRows(challenge, reply, nameOf));
    if (what === 'participation') attend(attendance, reading);
    ports.progress?.(position + 1, months.length);
  }
  if (what === 'participation') yield matrix(attendance, await everybody(challenge, ports.state), nameOf);
}

type NameOf = (id: string) => string;

const everybody = async (challenge: Challenge, state: Bucket): Promise<string[]> =>
  Object.entries(await peopleOf(challenge, state)).flatMap(([id, person]) => {
    const standing = standingOf(challenge, id, person, 0);
    return standing === 'member' || standing === 'left' ? [id] : []; // Others are listed if they took part.
  });

const read = async (challenge: Challenge, month: Month, log: Bucket) => {
  const reading = readMonth(month, await ledgersFromLog(challenge, month, log), rulesOf(challenge));
  return { weeks: [...reading.weeklyPosts.keys()].sort(), replies: reading.replies.filter(({ counted }) => counted) };
};

type MonthReading = Awaited<ReturnType<typeof read>>;
type Counted = MonthReading['replies'][number];

const localTime = (ts: Ts, timeZone: string): string =>
  new Intl.DateTimeFormat('sv', { timeZone, dateStyle: 'short', timeStyle: 'medium' }).format(secondsOf(ts) * 1000);

const postRow = ({ timeZone, locale }: Challenge, reply: Counted, nameOf: NameOf): ExportRow => ({
  week: reply.week,
  label: weekLabel(reply.week, locale),
  ts: reply.ts,
  time: localTime(reply.ts, timeZone),
  author: reply.author,
  name: nameOf(reply.author),
  late: reply.late ? 1 : 0,
  likes: reply.likeCount,
  links: reply.links.map(({ url }) => url).join(' '),
  titles: reply.links.flatMap(({ title }) => title ?? []).join(' / '),
});

const likeRows = ({ timeZone }: Challenge, reply: Counted, nameOf: NameOf): ExportRow[] =>
  [...reply.likes]
    .filter(([, { live }]) => live)
    .sort(([, left], [, right]) => compareTs(left.at, right.at))
    .map(([liker, { at }]) => ({
      week: reply.week,
      post: reply.ts,
      author: reply.author,
      authorName: nameOf(reply.author),
      liker,
      likerName: nameOf(liker),
      time: localTime(at, timeZone),
    }));

interface Attendance {
  weeks: Week[];
  /** By member, by week: how many posts. */
  members: Map<string, Record<Week, number>>;
}

const attend = ({ weeks, members }: Attendance, reading: MonthReading): void => {
  weeks.push(...reading.weeks);
  for (const { author, week } of reading.replies) {
    const posts = members.get(author) ?? {};
    posts[week] = (posts[week] ?? 0) + 1;
    members.set(author, posts);
  }
};

const matrix = ({ weeks, members }: Attendance, known: readonly string[], nameOf: NameOf): ExportRow[] =>
  [...new Set([...known, ...members.keys()])].sort().map((id) => {
    const posts = members.get(id) ?? {};
    return {
      member: id,
      name: nameOf(id),
      weeks: Object.keys(posts).length,
      ...Object.fromEntries(weeks.map((week) => [week, posts[week] ?? 0])),
    };
  });
