import * as v from 'valibot';
import { describeIssue } from '../events/catalog.ts';
import { Refused } from '../events/errors.ts';
import { type Challenge, ChallengeSchema } from '../projections/challenge.ts';
import { shown } from '../setup/config.ts';

const { blogs, organizers, rules, members, schedule } = ChallengeSchema.entries;
const { likes, selfLikes, late, repeats, streak, finishers, readers } = rules.wrapped.entries;
const { exclude } = members.wrapped.entries;
const { rest } = schedule.wrapped.entries;

// The same checks as in the configuration, but what is left out stays as it is.
const Schema = v.strictObject({
  blogs: v.optional(blogs.wrapped),
  organizers: v.optional(organizers.wrapped),
  likes: v.optional(likes.wrapped),
  selfLikes: v.optional(selfLikes.wrapped),
  late: v.optional(late.wrapped),
  repeats: v.optional(repeats.wrapped),
  exclude: v.optional(exclude.wrapped),
  rest: v.optional(rest.wrapped),
  streak: v.optional(streak.wrapped),
  finishers: v.optional(finishers.wrapped),
  readers: v.optional(readers.wrapped),
});

/** Rules that are to differ from a challenge's own. */
export type OtherRules = v.InferOutput<typeof Schema>;

/** Checks rules from a file. */
export const parseRules = (value: unknown, where: string): OtherRules => {
  const parsed = v.safeParse(Schema, value);
  if (!parsed.success)
    throw new Refused(`${where}: ${parsed.issues.map((issue) => describeIssue(issue, shown)).join('; ')}`);
  if (Array.isArray(value) || Object.keys(parsed.output).length === 0)
    throw new Refused(`${where}: expected at least one of ${Object.keys(Schema.entries).join(', ')}`);
  return parsed.output;
};

/** A challenge under other rules. */
export const withRules = (challenge: Challenge, other: OtherRules): Challenge => {
  const { blogs = challenge.blogs, organizers = challenge.organizers, exclude, rest, ...counting } = other;
  const members = exclude ? { ...challenge.members, exclude } : challenge.members;
  const schedule = rest ? { ...challenge.schedule, rest } : challenge.schedule;
  return { ...challenge, blogs, organizers, members, schedule, rules: { ...challenge.rules, ...counting } };
};
