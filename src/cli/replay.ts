import type { Event } from '../events/catalog.ts';
import { weekOfEvent } from '../events/key.ts';
import { compareTs } from '../events/timestamp.ts';
import { calendarOf, monthOf, type Week, weeksOf } from '../events/week.ts';
import { knownNames } from '../history/known-names.ts';
import { foldSafely } from '../pipeline/fold-safely.ts';
import type { Challenge } from '../projections/challenge.ts';
import type { MonthSnapshot, WeekSnapshot } from '../projections/contract.ts';
import { emptyLedger, type Ledger } from '../projections/ledger.ts';
import { type MonthView, viewMonth } from '../projections/month-view.ts';
import { joinRoster, type Roster } from '../projections/roster.ts';
import { openLog } from '../store/log.ts';
import { type History, openHistory, requireLog } from './history.ts';
import { createScenes, type Scenes } from './scenes.ts';
import { type AddCommand, chosen, optionsOf, parseMonth, parseWeek, printable, type Shell, table } from './shell.ts';
import { tellStory } from './story.ts';
import type { StoryText } from './text/story-text.ts';
import { type GivenTime, parseTime } from './time.ts';

interface ReplayOptions {
  week?: string;
  month?: string;
  until?: GivenTime;
  channel?: string;
  json?: boolean;
  follow?: boolean;
}

export const replayCommand: AddCommand = (program, shell, text) => {
  const help = text.help.replay;
  program
    .command('replay')
    .description(help.does)
    .option('--week <week>', help.options.week, parseWeek)
    .option('--month <month>', help.options.month, parseMonth)
    .option('--until <time>', help.options.until, parseTime('--until', { day: 'ends' }))
    .option('--channel <id>', text.help.onlyChallenge)
    .option('--follow', help.options.follow)
    .addHelpText('after', help.after)
    .action(async (_options, command) => {
      const options = optionsOf<ReplayOptions>(command);
      const history = await openHistory(shell, options);
      await requireLog(shell, history, options);
      const replays = [];
      for (const challenge of chosen(history.settings, options.channel))
        replays.push(await replay(challenge, history, options, text.story));
      if (options.json) shell.out(`${JSON.stringify({ replays: replays.map(forPrograms) })}\n`);
      else for (const each of replays) tell(shell, each, options, text.story);
      if (options.follow) await Promise.all(replays.map((each) => follow(shell, each, history, options)));
    });
};

const LOOK_MILLISECONDS = 1000;
const LAST_WEEKS = 2;

/** Tells what comes into the log from now on, a line an event; what is about older weeks than the last two is not seen. */
const follow = async (
  shell: Shell,
  { challenge, events, scenes }: Replay,
  { log }: History,
  options: ReplayOptions,
): Promise<void> => {
  const opened = openLog(log, challenge);
  const told = new Set(events.map((event) => JSON.stringify(event)));
  let isFirst = Boolean(options.week ?? options.month ?? options.until);
  let isOver = false;
  const over = shell.untilSignal().then(() => (isOver = true));
  while (!isOver && !shell.isUnread) {
    const weeks = (await opened.weeks()).slice(-LAST_WEEKS);
    const recent = await Promise.all(weeks.map((week) => opened.readWeek(week, () => {})));
    const inOrder = recent.flat().sort(byTime);
    for (const event of inOrder) if (!told.has(JSON.stringify(event))) scenes.note(event);
    for (const event of inOrder) {
      const text = JSON.stringify(event);
      if (told.has(text)) continue;
      told.add(text);
      // Only what comes from now on: the past was not asked for, or has been told.
      if (!isFirst) shell.out(options.json ? `${text}\n` : `${tellStory(event, scenes)}\n`);
    }
    isFirst = false;
    await Promise.race([over, new Promise((resolve) => setTimeout(resolve, LOOK_MILLISECONDS))]);
  }
};

interface Replay {
  challenge: Challenge;
  events: Event[];
  views: MonthView[];
  scenes: Scenes;
}

/** Reads the months that are asked for (a week's meaning is its month's), and folds what had happened by then. */
const replay = async (
  challenge: Challenge,
  { log, state }: History,
  options: ReplayOptions,
  text: StoryText,
): Promise<Replay> => {
  const { channel, timeZone } = challenge;
  const calendar = calendarOf(timeZone);
  const opened = openLog(log, challenge);
  const wanted = (week: Week): boolean => {
    if (options.week) return monthOf(week) === monthOf(options.week);
    return options.month ? monthOf(week) === options.month : true;
  };
  const until = options.until?.(timeZone);
  const ledgers: Ledger[] = [];
  const events: Event[] = [];
  for (const week of (await opened.weeks()).filter(wanted)) {
    const ofWeek = (await opened.readWeek(week)).filter(({ at }) => !until || compareTs(at, until) <= 0);
    ledgers.push(foldSafely(emptyLedger(channel, week), ofWeek).state);
    events.push(...ofWeek);
  }
  const months = [...new Set(ledgers.map(({ week }) => monthOf(week)))];
  const views = months.map((month) =>
    viewMonth(
      challenge,
      month,
      ledgers.filter(({ week }) => weeksOf(month).includes(week)),
    ),
  );
  const roster: Roster = {};
  for (const view of views) joinRoster(roster, view.roster);
  const known = await knownNames(challenge, state);
  const told = options.week ? events.filter((event) => weekOfEvent(event, calendar) === options.week) : events;
  const scenes = createScenes(challenge, (id) => roster[id]?.name?.value ?? known(id), text);
  for (const event of events.sort(byTime)) scenes.note(event);
  return { challenge, events: told.sort(byTime), views, scenes };
};

const byTime = (left: Event, right: Event): number => compareTs(left.at, right.at) || (left.kind < right.kind ? -1 : 1);

const forPrograms = ({
  challenge,
  events,
  views,
}: Replay): { channel: string; events: Event[]; weeks: WeekSnapshot[]; months: MonthSnapshot[] } => ({
  channel: challenge.channel,
  events,
  weeks: views.flatMap(({ weekSnapshots }) => weekSnapshots),
  months: views.map(({ snapshot }) => snapshot),
});

const tell = (
  shell: Shell,
  { challenge, events, views, scenes }: Replay,
  options: ReplayOptions,
  text: StoryText,
): void => {
  shell.out(`# ${printable(challenge.name)} (${challenge.channel})\n`);
  for (const event of events) shell.out(`${tellStory(event, scenes)}\n`);
  for (const { snapshot, weekSummaries } of views) {
    if (snapshot.weeks.length === 0) continue;
    shell.out(`\n## ${snapshot.month}\n`);
    shell.out(
      table([
        text.weekHeads,
        ...weekSummaries.map((week) => [week.label, week.posts, week.participants, week.likes, week.late]),
      ]),
    );
    if (!options.week) tellMembers(shell, snapshot, scenes.nameOf, text);
  }
};

const tellMembers = (shell: Shell, month: MonthSnapshot, nameOf: (id: string) => string, text: StoryText): void => {
  const special = new Set(month.special);
  const mark = (id: string, challenger: boolean): string =>
    special.has(id) ? text.special : challenger ? text.challenger : '';
  const rows = [...month.members].sort((left, right) => right.likes - left.likes || (left.id < right.id ? -1 : 1));
  shell.out('\n');
  shell.out(
    table([
      [...text.memberHeads, ''],
      ...rows.map((row) => [
        nameOf(row.id),
        Object.keys(row.weeks).length,
        row.posts,
        row.likes,
        mark(row.id, row.challenger),
      ]),
    ]),
  );
  if (month.closed) shell.out(`${text.announced(month.closed.challengers.length)}\n`);
};
