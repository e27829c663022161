import { compareTs } from '../events/timestamp.ts';
import { calendarOf, plusWeeks } from '../events/week.ts';
import { knownNames } from '../history/known-names.ts';
import { type OtherRules, parseRules, withRules } from '../history/other-rules.ts';
import { type Rehearsal, type Rehearsed, rehearse, totalsOf } from '../history/rehearse.ts';
import { eventsOf } from '../history/walk.ts';
import type { Challenge } from '../projections/challenge.ts';
import { weekLabel } from '../projections/label.ts';
import { readRules } from './compare.ts';
import { openHistory, requireLog } from './history.ts';
import { type AddCommand, chosenOne, Failure, optionsOf, printable, type Shell, table } from './shell.ts';
import { wallClock } from './story.ts';
import { type GivenTime, parseTime } from './time.ts';

interface RehearseOptions {
  rules?: string;
  since?: GivenTime;
  member?: string;
  channel?: string;
}

export const rehearseCommand: AddCommand = (program, shell) => {
  program
    .command('rehearse')
    .description('tells who would have been told what, and why, had the bot spoken all along; says nothing to Slack')
    .option('--rules <file>', 'a JSON file with rules that are to differ, as til compare takes it')
    .option(
      '--since <time>',
      'only what would have been said from then on, such as 2024-09-01',
      parseTime('--since', { day: 'begins' }),
    )
    .option('--member <id>', 'only what this person would have been told')
    .option('--channel <id>', 'the challenge; needed where there are several')
    .addHelpText(
      'after',
      `
Walks through the log with a clock of its own and decides reminders, notes, come-backs, first steps and digests as they would have been
decided then; what was really sent does not count. A kind that is not configured counts as on. Of likes it counts the notices, each like
decided by itself. Writes nothing. Exit code 1 when somebody would have been told more than they should be.

Example:
  til rehearse --since 2024-09-01
  til rehearse --rules rest.json --member U0MINSEO01
`,
    )
    .action(async (_options, command) => {
      const options = optionsOf<RehearseOptions>(command);
      const history = await openHistory(shell, options);
      await requireLog(shell, history, options);
      const own = chosenOne(history.settings, options.channel);
      const other: OtherRules | undefined = options.rules
        ? parseRules(readRules(options.rules), options.rules)
        : undefined;
      const challenge = other ? withRules(own, other) : own;
      const rehearsal = shownOf(challenge, rehearse(challenge, await eventsOf(challenge, history.log)), options);
      if (options.json) shell.out(`${JSON.stringify(forPrograms(challenge, rehearsal))}\n`);
      else tell(shell, challenge, rehearsal, await knownNames(challenge, history.state));
      if (rehearsal.breaches.length > 0)
        throw new Failure(options.json ? '' : 'somebody would have been told more than the noise budget allows');
    });
};

/** What of a rehearsal was asked for. Whether the budget was kept is said of all of it. */
const shownOf = (challenge: Challenge, rehearsal: Rehearsal, { since, member }: RehearseOptions): Rehearsal => {
  const from = since?.(challenge.timeZone);
  const calendar = calendarOf(challenge.timeZone);
  const isShown = ({ at, to }: { at: string; to: string }): boolean =>
    (!from || compareTs(at, from) >= 0) && (!member || to === member);
  return {
    ...rehearsal,
    weeks: rehearsal.weeks.filter((week) => !from || calendar.beginningOf(plusWeeks(week, 1)) > Number(from)),
    messages: rehearsal.messages.filter(isShown),
    likes: rehearsal.likes.filter(isShown),
  };
};

const forPrograms = ({ channel }: Challenge, { weeks, messages, likes, breaches }: Rehearsal) => {
  const { totals, mostInAWeek } = totalsOf(messages);
  return {
    channel,
    weeks: weeks.map((week) => ({
      week,
      messages: messages.flatMap((each) => (each.week === week ? [{ at: each.at, kind: each.kind, to: each.to }] : [])),
    })),
    totals: { ...totals, like: likes.length },
    mostInAWeek,
    budget: breaches.length > 0 ? 'broken' : 'kept',
  };
};

const tell = (
  shell: Shell,
  { name, channel, timeZone, locale }: Challenge,
  { weeks, messages, likes, breaches }: Rehearsal,
  known: (id: string) => string | undefined,
): void => {
  shell.out(`# ${printable(name)} (${channel})\n`);
  const rowOf = ({ at, kind, to, why }: Rehearsed): string[] => [
    wallClock(at, timeZone),
    kind,
    to === channel ? 'the channel' : (known(to) ?? to),
    why,
  ];
  for (const week of weeks) {
    const ofWeek = messages.filter((each) => each.week === week);
    shell.out(`\n## ${week} (${weekLabel(week, locale)})\n`);
    shell.out(ofWeek.length > 0 ? table(ofWeek.map(rowOf)) : 'nothing\n');
  }
  const { totals, mostInAWeek } = totalsOf(messages);
  shell.out('\n');
  shell.out(
    table([
      ['reminders', 'notes', 'come-backs', 'first steps', 'digests', 'like notices', 'most to one in a week'],
      [totals.remind, totals.note, totals.comeback, totals.firststep, totals.digest, likes.length, mostInAWeek],
    ]),
  );
  for (const breach of breaches) shell.out(`over the noise budget: ${printable(breach)}\n`);
  if (breaches.length === 0) shell.out('the noise budget is kept\n');
};
