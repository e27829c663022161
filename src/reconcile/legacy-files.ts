import * as v from 'valibot';
import { describeIssue } from '../events/catalog.ts';
import { Refused } from '../events/errors.ts';
import { isObject } from '../events/json.ts';
import { isTs } from '../events/timestamp.ts';

/** The original bot's two files as they are: only what is needed is checked, since hands have been in them. */
const Row = v.looseObject({
  total: v.optional(v.unknown()),
  has_link: v.optional(v.unknown()),
  like: v.optional(v.unknown()),
});
const Member = v.looseObject({
  name: v.optional(v.string()),
  reaction_count: v.optional(v.number()),
  join_week: v.optional(v.record(v.string(), v.record(v.string(), Row)), {}),
});
const Users = v.record(v.string(), Member);
const Timestamps = v.object({
  timestamps: v.record(v.string(), v.record(v.string(), v.string())),
});

/** A member, and one row of theirs, as the files have them. */
export type LegacyMember = v.InferOutput<typeof Member>;
export type LegacyRow = v.InferOutput<typeof Row>;

/** By number of month: the weekly posts' timestamps with their titles. */
export type PostsByMonth = v.InferOutput<typeof Timestamps>['timestamps'];

/** A row of the files that was not right. */
export interface Repair {
  where: string;
  found: string;
  done: string;
}

/** Checks the shape of one of the two files; the error names file, field, expected and got. */
const parseFile = <S extends v.GenericSchema>(schema: S, value: unknown, file: string): v.InferOutput<S> => {
  const parsed = v.safeParse(schema, value);
  if (parsed.success) return parsed.output;
  throw new Refused(
    `${file}: ${parsed.issues
      .slice(0, 5)
      .map((issue) => describeIssue(issue))
      .join('; ')}`,
  );
};

/** The entries of a table without the single figures that stand among them: `all_user`, `this_month`. */
const tableIn = (value: unknown, file: string): Record<string, unknown> => {
  if (!isObject(value))
    throw new Refused(`${file}: expected a JSON object, got ${Array.isArray(value) ? 'a list' : typeof value}`);
  return Object.fromEntries(Object.entries(value).filter(([, each]) => typeof each === 'object'));
};

/** The members that can be read; the others are named in `unread`. Refused when there is none: then it is another file. */
export const readUsers = (value: unknown, file: string, unread: Repair[]): Record<string, LegacyMember> => {
  const users: Record<string, LegacyMember> = {};
  const faults: Refused[] = [];
  for (const [id, member] of Object.entries(tableIn(value, file))) {
    try {
      Object.assign(users, parseFile(Users, { [id]: member }, file));
    } catch (error) {
      faults.push(error as Refused);
      unread.push({ where: `${file} ${id.slice(0, 40)}`, found: (error as Refused).message, done: 'left out' });
    }
  }
  if (faults[0] && Object.keys(users).length === 0) throw faults[0];
  return users;
};

/** The weekly posts that can be read, and the month that the file says it was in; the other posts are named in `unread`. */
export const readTimestamps = (
  value: unknown,
  file: string,
  unread: Repair[],
): { timestamps: PostsByMonth; current: unknown } => {
  const { timestamps: all } = tableIn(value, file) as { timestamps?: unknown };
  const table = all === undefined ? undefined : tableIn(all, `${file} timestamps`);
  const sound = table && Object.entries(table).map(([month, posts]) => [month, soundPosts(posts, month, file, unread)]);
  const { timestamps } = parseFile(Timestamps, { timestamps: sound && Object.fromEntries(sound) }, file);
  const read = Object.values(timestamps).some((posts) => Object.keys(posts).length > 0);
  if (!read && unread[0]) throw new Refused(`${unread[0].where}: ${unread[0].found}`);
  return { timestamps, current: (all as { this_month?: unknown } | undefined)?.this_month };
};

const soundPosts = (posts: unknown, month: string, file: string, unread: Repair[]): unknown => {
  if (typeof posts !== 'object' || posts === null) return posts;
  const sound = Object.entries(posts).filter(([ts, title]) => {
    if (isTs(ts) && typeof title === 'string') return true;
    const found = isTs(ts) ? 'no title' : 'expected a timestamp such as 1722865849.468459';
    unread.push({ where: `${file} timestamps.${month}.${ts.slice(0, 40)}`, found, done: 'left out' });
    return false;
  });
  return Object.fromEntries(sound);
};
