import { weekOfEvent } from '../events/key.ts';
import { tsAt } from '../events/timestamp.ts';
import { calendarOf, type Month, monthOf, type Week } from '../events/week.ts';
import type { Refusal } from '../handlers/choice-refusal.ts';
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
import type { ChoiceOutcome, ChoiceText } from './text/outcome-text.ts';

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
  text: ChoiceText;
}

/** Prints what has come of a choice; why it is refused goes to standard error. */
export const tellChoice = (shell: Shell, result: ChoiceResult, telling: Telling): void => {
  const { outcome, refusal, undo, months, runs } = result;
  const { challenge, text } = telling;
  shell.out(`${printable(challenge.name)} (${challenge.channel}): ${subject(result.event, telling)}\n`);
  if (refusal) {
    shell.error(`til: ${text.says.refused} ${reasonOf(refusal, result.event, telling)}\n`);
    return;
  }
  if (undo !== undefined) {
    const lines = [
      ...months.flatMap((month) => monthLines(month, telling)),
      ...runs.map((run) => runLine(run, telling)),
    ];
    const isQuiet = lines.length === 0;
    for (const line of isQuiet ? [text.noCount] : lines) shell.out(`  ${line}\n`);
    const pending = notYetOpen(result.event, telling);
    if (pending) shell.out(`  ${pending}\n`);
  }
  shell.out(`${text.says[outcome]}\n`);
  if (undo !== undefined) shell.out(`${text.undo(undo)}\n`);
};

const label = (week: Week, { locale }: Challenge): string => `${weekLabel(week, locale)} (${week})`;

/** What is chosen, in one line. */
const subject = (choice: AdminChoice, telling: Telling): string => {
  const { challenge, nameOf, text } = telling;
  switch (choice.kind) {
    case 'post.ruled':
      return `${messageIn(choice.ts, telling)}: ${verdictOf(choice, telling)}${choice.note ? ` (${printable(choice.note)})` : ''}`;
    case 'week.rested': {
      const why = choice.reason ? ` (${printable(choice.reason)})` : '';
      if (choice.rest !== undefined) return `${label(choice.week, challenge)}: ${text.rest(choice.rest)}${why}`;
      const rests = ruleRests(rulesOf(challenge).rest, choice.week);
      return `${label(choice.week, challenge)}: ${text.asConfigured(text.rest(rests))}`;
    }
    case 'week.excused': {
      const { user, week, excused } = choice;
      return text.excused(printable(nameOf(user)), user, label(week, challenge), excused);
    }
    case 'week.extended': {
      const until = choice.until ?? tsAt(endOfWeek(challenge, choice.week) * 1000);
      const isExtended = choice.until !== undefined;
      return `${label(choice.week, challenge)}: ${text.extended(clock(until, challenge), isExtended)}`;
    }
  }
};

const clock = (ts: string, { timeZone }: Challenge): string => `${wallClock(ts, timeZone)} (${timeZone})`;

const verdictOf = (
  { verdict, week }: Extract<AdminChoice, { kind: 'post.ruled' }>,
  { challenge, text }: Telling,
): string => (verdict === 'none' ? text.verdict.none : text.verdict[verdict](week && label(week, challenge)));

const messageIn = (ts: string, { challenge, ledgers, nameOf, text }: Telling): string => {
  const message = ledgers.map(({ messages }) => messages[ts]).find((each) => each !== undefined);
  const [url] = message?.content?.links ?? [];
  return text.message({
    author: message?.author && printable(nameOf(message.author)),
    time: wallClock(ts, challenge.timeZone),
    ts,
    url: url && readable(url, text),
  });
};

const monthLines = ({ month, closed, posts, ...lists }: ChoiceResult['months'][number], telling: Telling): string[] => {
  const { text } = telling;
  const lines = [
    ...posts.map((post) => postLine(post, telling)),
    ...listLines(text.lists.challengers(month), lists.challengers, telling),
    ...listLines(text.lists.special(month), lists.special, telling),
    ...listLines(text.lists.finishers(month), lists.finishers, telling),
  ];
  return closed && lines.length > 0 ? [...lines, text.closed(month)] : lines;
};

const postLine = ({ ts, author, before, after }: PostDifference, { challenge, nameOf, text }: Telling): string => {
  const counts = (counting: Counting | null): string =>
    counting ? text.week(label(counting.week, challenge), counting.late) : text.noWeek;
  return text.post(printable(nameOf(author)), wallClock(ts, challenge.timeZone), counts(before), counts(after));
};

const listLines = (what: string, list: ListDifference | undefined, { nameOf, text }: Telling): string[] => {
  if (!list) return [];
  const { before, after } = list;
  const named = (sign: string, ids: readonly string[], others: readonly string[]): string[] =>
    ids.filter((id) => !others.includes(id)).map((id) => `${sign} ${printable(nameOf(id))}`);
  const who = [...named('+', after, before), ...named('-', before, after)].join(', ');
  return [`${what}: ${text.turned(before.length, after.length)} (${who})`];
};

const runLine = ({ id, before, after }: RunDifference, { nameOf, text }: Telling): string => {
  const longest = before.longest === after.longest ? undefined : ([before.longest, after.longest] as const);
  return text.run(printable(nameOf(id)), [before.current, after.current], longest);
};

/** Said of what holds for a week once that is open, or of a week that never was. */
const notYetOpen = (choice: AdminChoice, { challenge, ledgers, text }: Telling): string | undefined => {
  if (choice.kind === 'post.ruled') return undefined;
  const calendar = calendarOf(challenge.timeZone);
  const week = weekOfEvent(choice, calendar);
  if (weeklyPostsOf(ledgers, rulesOf(challenge)).has(week)) return undefined;
  return week < calendar.weekOf(choice.at) ? text.neverOpen : text.notYetOpen;
};

/** Why it is refused, and what can be done. */
const reasonOf = (refusal: Refusal, choice: AdminChoice, { challenge, text: { refused } }: Telling): string => {
  switch (refusal.why) {
    case 'other month':
      return refused.otherMonth(refusal.month, namedIn(choice));
    case 'no week':
      return refused.noWeek(refusal.month);
    case 'not open':
      return refused.notOpen(label(refusal.week, challenge));
    case 'past':
      return refused.past(clock(refusal.until, challenge));
    case 'overtaken':
      return refused.overtaken(clock(refusal.at, challenge));
    case 'closed':
      return refused.closed(refusal.month);
    default:
      return refused[refusal.why];
  }
};

/** The week that a ruling names, and its month. */
const namedIn = (choice: AdminChoice): { week: Week; month: Month } | undefined =>
  choice.kind === 'post.ruled' && choice.week ? { week: choice.week, month: monthOf(choice.week) } : undefined;
