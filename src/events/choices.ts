import { type Event, faultOf } from './catalog.ts';

/** The kinds of events by which somebody chose something. All others tell what happened. */
const CHOICES = [
  'post.ruled',
  'week.rested',
  'week.planned',
  'week.excused',
  'week.extended',
  'member.set',
] as const satisfies readonly Event['kind'][];

/** What somebody chose: members for themselves, admins for the challenge. */
export type Choice = Extract<Event, { kind: (typeof CHOICES)[number] }>;

const isChoice = (value: unknown): value is Choice => CHOICES.some((kind) => kind === (value as Event).kind);

/** A value that claims to be a choice, or what is wrong with it: field, expected, got. */
export const choiceFrom = (value: unknown): { choice: Choice } | { fault: string } => {
  const fault = faultOf(value);
  if (fault !== undefined) return { fault };
  return isChoice(value) ? { choice: value } : { fault: `kind: expected one of ${CHOICES.join(', ')}` };
};
