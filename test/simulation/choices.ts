import type { Event } from '../../src/events/catalog.ts';
import type { Choice } from '../../src/events/choices.ts';

/** What people chose, as everybody would say it who has read all that was said. */
export interface PlainChoices {
  /** Whether somebody made a week one of rest, or of none; undefined: nobody did, or they took it back. */
  rests(week: string): boolean | undefined;
  /** Until when one may write for a week, if that is longer than it lasts. */
  until(week: string): string | undefined;
  isExcused(week: string, user: string): boolean;
  ruling(ts: string): { verdict: 'accept' | 'reject'; week?: string | undefined } | undefined;
}

const KINDS = ['post.ruled', 'week.rested', 'week.planned', 'week.excused', 'week.extended', 'member.set'];

export const isChoice = (event: Event): event is Choice => KINDS.includes(event.kind);

/** What a choice is about: whoever chooses about the same takes back what was said before. */
export const subjectOf = (choice: Choice): string => {
  switch (choice.kind) {
    case 'post.ruled':
      return `ruling of ${choice.ts}`;
    case 'week.rested':
      return `rest of ${choice.week}`;
    case 'week.extended':
      return `end of ${choice.week}`;
    case 'week.excused':
      return `excuse of ${choice.user} for ${choice.week}`;
    case 'week.planned':
      return `plan of ${choice.user} for ${choice.week}`;
    case 'member.set':
      return `${choice.key} of ${choice.user}`;
  }
};

/** The part of a choice that says something, its fields in the order of the alphabet. */
const wording = (choice: Choice): string => {
  const about = new Set(['v', 'kind', 'channel', 'user', 'key', choice.kind === 'post.ruled' ? 'ts' : 'week']);
  return JSON.stringify(
    Object.fromEntries(
      Object.entries(choice)
        .filter(([field, value]) => !about.has(field) && value !== undefined)
        .sort(([one], [other]) => (one < other ? -1 : 1)),
    ),
  );
};

/** Of two choices about the same the later holds; of one instant, the one that comes later in the dictionary. */
export const isLater = (one: Choice, other: Choice): boolean =>
  one.at === other.at ? wording(one) > wording(other) : one.at > other.at;

/** The last word on everything, by what it is about. */
export const lastWords = (choices: readonly Choice[]): Map<string, Choice> => {
  const last = new Map<string, Choice>();
  for (const choice of choices) {
    const subject = subjectOf(choice);
    const before = last.get(subject);
    if (!before || isLater(choice, before)) last.set(subject, choice);
  }
  return last;
};

/** What the choices among events amount to. */
export const choicesIn = (events: Iterable<Event>): PlainChoices => {
  const last = lastWords([...events].filter(isChoice));
  const wordOn = <K extends Choice['kind']>(kind: K, subject: string): Extract<Choice, { kind: K }> | undefined => {
    const word = last.get(subject);
    return word?.kind === kind ? (word as Extract<Choice, { kind: K }>) : undefined;
  };
  return {
    rests: (week) => wordOn('week.rested', `rest of ${week}`)?.rest,
    until: (week) => wordOn('week.extended', `end of ${week}`)?.until,
    isExcused: (week, user) => wordOn('week.excused', `excuse of ${user} for ${week}`)?.excused === true,
    ruling: (ts) => {
      const { verdict = 'none', week } = wordOn('post.ruled', `ruling of ${ts}`) ?? {};
      return verdict === 'none' ? undefined : { verdict, week };
    },
  };
};
