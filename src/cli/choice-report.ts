import { weekOfEvent } from '../events/key.ts';
import { tsAt } from '../events/timestamp.ts';
import { calendarOf, monthOf, type Week } from '../events/week.ts';
import type { Refusal } from '../handlers/choice.ts';
import { type Challenge, rulesOf } from '../projections/challenge.ts';
import { weekLabel } from '../projections/label.ts';
import type { Ledger } from '../projections/ledger.ts';
import type { Counting, ListDifference, MonthDifference, PostDifference } from '../projections/month-difference.ts';
import { weeklyPostsOf } from '../projections/participation.ts';
import { ruleRests } from '../projections/rest-weeks.ts';
import type { RunDifference } from './choice-runs.ts';
import { type AdminChoice, endOfWeek } from './choice-undo.ts';
import { printable, type Shell } from './shell.ts';
import { readable, wallClock } from './story.ts';

/** What has come of an admin's choice. */
export type ChoiceOutcome =
  | 'would change'
  | 'changed'
  | 'nothing to change'
  | 'refused'
  | 'left to the server'
  | 'waits';

/** What has come of an admin's choice, and what it changes: also the JSON of the command. */
export interface ChoiceResult {
  channel: string;
  outcome: ChoiceOutcome;
  refusal?: Refusal;
  event: AdminChoice;
  months: ({ month: string; closed: boolean } & MonthDifference)[];
  runs: RunDifference[];
  /** The command that makes it again as it was; absent when nothing changes. */
  undo?: string;
}

/** What is needed to say it in words. `ledgers`: as they were before. */
export interface Telling {
  challenge: Challenge;
  ledgers: readonly Ledger[];
  nameOf: (id: string) => string;
}

const SAYS: Record<ChoiceOutcome, string> = {
  'would change': 'Nothing was written: this is what would change. Add --yes to do it.',
  changed: 'Done.',
  'nothing to change': 'That is how it stands already: nothing to change, nothing was written.',
  refused: 'Not done, nothing was written:',
  'left to the server':
    'It is on the queue, and the running server does it; it has not done so yet. "til doctor" looks for the reason.',
  waits: 'It waits on the queue. "til doctor" looks for the reason.',
};

/** Prints what has come of a choice; why it is refused goes to standard error. */
export const tellChoice = (shell: Shell, result: ChoiceResult, telling: Telling): void => {
  const { outcome, refusal, undo, months, runs } = result;
  const { challenge } = telling;
  shell.out(`${printable(challenge.name)} (${challenge.channel}): ${subject(result.event, telling)}\n`);
  if (refusal) {
    shell.error(`til: ${SAYS.refused} ${reasonOf(refusal, result.event, telling)}\n`);
    return;
  }
  if (undo !== undefined) {
    const lines = [
      ...months.flatMap((month) => monthLines(month, telling)),
      ...runs.map((run) => runLine(run, telling)),
    ];
    const isQuiet = lines.length === 0;
    for (const line of isQuiet ? ['no count changes by it'] : lines) shell.out(`  ${line}\n`);
    const pending = notYetOpen(result.event, telling);
    if (pending) shell.out(`  ${pending}\n`);
  }
  shell.out(`${SAYS[outcome]}\n`);
  if (undo !== undefined) shell.out(`To take it back: ${undo}\n`);
};

const label = (week: Week, { locale }: Challenge): string => `${weekLabel(week, locale)} (${week})`;

/** What is chosen, in one line. */
const subject = (choice: AdminChoice, telling: Telling): string => {
  const { challenge, nameOf } = telling;
  switch (choice.kind) {
    case 'post.ruled':
      return `${messageIn(choice.ts, telling)}: ${verdictOf(choice, challenge)}${choice.note ? ` (${printable(choice.note)})` : ''}`;
    case 'week.rested': {
      const why = choice.reason ? ` (${printable(choice.reason)})` : '';
      if (choice.rest !== undefined) return `${label(choice.week, challenge)}: ${restOf(choice.rest)}${why}`;
      const rests = ruleRests(rulesOf(challenge).rest, choice.week);
      return `${label(choice.week, challenge)}: as the configuration says, ${restOf(rests)}`;
    }
    case 'week.excused': {
      const state = choice.excused ? 'excused' : 'not excused';
      return `${printable(nameOf(choice.user))} (${choice.user}): ${state} for ${label(choice.week, challenge)}`;
    }
    case 'week.extended': {
      const until = choice.until ?? tsAt(endOfWeek(challenge, choice.week) * 1000);
      const does = choice.until ? 'open until' : 'ends as every week, at';
      return `${label(choice.week, challenge)}: ${does} ${clock(until, challenge)}`;
    }
  }
};

const restOf = (rest: boolean): string => (rest ? 'a week of rest' : 'a week like any other');

const clock = (ts: string, { timeZone }: Challenge): string => `${wallClock(ts, timeZone)} (${timeZone})`;

const verdictOf = ({ verdict, week }: Extract<AdminChoice, { kind: 'post.ruled' }>, challenge: Challenge): string => {
  if (verdict === 'none') return 'no ruling, it counts by the rules';
  return `${verdict}ed${week ? ` for ${label(week, challenge)}` : ''}`;
};

const messageIn = (ts: string, { challenge, ledgers, nameOf }: Telling): string => {
  const message = ledgers.map(({ messages }) => messages[ts]).find((each) => each !== undefined);
  const when = wallClock(ts, challenge.timeZone);
  if (!message?.author) return `the message of ${when} (${ts})`;
  const [url] = message.content?.links ?? [];
  return `the message of ${printable(nameOf(message.author))} of ${when}${url ? `, ${readable(url)}` : ''}`;
};

const monthLines = ({ month, closed, posts, ...lists }: ChoiceResult['months'][number], telling: Telling): string[] => {
  const lines = [
    ...posts.map((post) => postLine(post, telling)),
    ...listLines(`challengers of ${month}`, lists.challengers, telling),
    ...listLines(`special challengers of ${month}`, lists.special, telling),
    ...listLines(`all but one week of ${month}`, lists.finishers, telling),
  ];
  return closed && lines.length > 0 ? [...lines, `${month} is closed: what was announced stays as it is`] : lines;
};

const postLine = ({ ts, author, before, after }: PostDifference, { challenge, nameOf }: Telling): string => {
  const counts = (counting: Counting | null): string =>
    counting ? `${label(counting.week, challenge)}${counting.late ? ', late' : ''}` : 'no week';
  const post = `${printable(nameOf(author))}'s post of ${wallClock(ts, challenge.timeZone)}`;
  return `${post} counts for: ${counts(before)} -> ${counts(after)}`;
};

const listLines = (what: string, list: ListDifference | undefined, { nameOf }: Telling): string[] => {
  if (!list) return [];
  const { before, after } = list;
  const named = (sign: string, ids: readonly string[], others: readonly string[]): string[] =>
    ids.filter((id) => !others.includes(id)).map((id) => `${sign} ${printable(nameOf(id))}`);
  const who = [...named('+', after, before), ...named('-', before, after)].join(', ');
  return [`${what}: ${before.length} -> ${after.length} (${who})`];
};

const runLine = ({ id, before, after }: RunDifference, { nameOf }: Telling): string => {
  const longest = before.longest === after.longest ? '' : `, the longest ${before.longest} -> ${after.longest}`;
  return `${printable(nameOf(id))}'s run in weeks: ${before.current} -> ${after.current}${longest}`;
};

/** Said of what holds for a week once that is open. */
const notYetOpen = (choice: AdminChoice, { challenge, ledgers }: Telling): string | undefined => {
  if (choice.kind === 'post.ruled') return undefined;
  const isOpen = weeklyPostsOf(ledgers, rulesOf(challenge)).has(weekOfEvent(choice, calendarOf(challenge.timeZone)));
  return isOpen ? undefined : 'the week has no weekly post so far; it holds as soon as there is one';
};

/** Why it is refused, and what can be done. */
const reasonOf = (refusal: Refusal, choice: AdminChoice, { challenge }: Telling): string => {
  switch (refusal.why) {
    case 'unknown':
      return 'the log knows no such message. Is it in this channel? "til reconcile" brings in what was missed.';
    case 'deleted':
      return 'the message has been deleted, so it cannot count.';
    case 'by an app':
      return 'an app wrote it, and only what a person wrote can count.';
    case 'weekly post':
      return 'it is the weekly post itself; replies in its thread count.';
    case 'wordless':
      return "it is a line of Slack's own, which nobody wrote.";
    case 'takes no part':
      return 'its author takes no part in the challenge (members.exclude in the configuration).';
    case 'other month':
      return `--week must be a week of ${refusal.month}, the month in which it was written${weekOf(choice)}.`;
    case 'no week':
      return `it is in no weekly post's thread of its month. With --week, name an open week of ${refusal.month}.`;
    case 'not open':
      return `${label(refusal.week, challenge)} has no weekly post.`;
    case 'past':
      return `that would be until ${clock(refusal.until, challenge)}, which is over already. Name more --hours.`;
    case 'overtaken':
      return `something else was chosen at ${clock(refusal.at, challenge)}, which is later than now by this machine's clock. Is the clock right?`;
    case 'closed':
      return `the result of ${refusal.month} is frozen and stays as it was announced; this would change it.`;
  }
};

const weekOf = (choice: AdminChoice): string =>
  choice.kind === 'post.ruled' && choice.week ? `; ${choice.week} is of ${monthOf(choice.week)}` : '';
