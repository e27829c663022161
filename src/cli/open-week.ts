import { calendarOf, type Week } from '../events/week.ts';
import { weekOpenId } from '../handlers/open-week.ts';
import { deliveriesOf, endedAttempt, refusalOf, sinceAsked } from '../handlers/second-chance.ts';
import { tickJob } from '../outbox/tick.ts';
import { type Challenge, rulesOf } from '../projections/challenge.ts';
import { weekLabel } from '../projections/label.ts';
import type { EffectRecord, Ledger } from '../projections/ledger.ts';
import { weeklyPostsOf } from '../projections/participation.ts';
import { systemClock } from '../setup/clock.ts';
import { type AddCommand, type CommonOptions, chosen, Failure, optionsOf, printable, type Shell } from './shell.ts';
import { ask, ledgerAsLogged, ledgerNow, parseWait, type System, WAIT_SECONDS, withSystem } from './system.ts';
import { en } from './text/en.ts';
import type { WeekOutcome, WeekPast, WeekText } from './text/outcome-text.ts';

interface OpenWeekOptions {
  channel?: string;
  dryRun?: boolean;
  wait: number;
}

interface Opened {
  outcome: WeekOutcome;
  /** Why it is said again: what became of it before. */
  again?: WeekPast;
  /** Slack's. */
  reason?: string;
}

export const openWeekCommand: AddCommand = (program, shell, text) => {
  const help = text.help.openWeek;
  program
    .command('open-week')
    .description(help.does)
    .option('--channel <id>', text.help.onlyChallenge)
    .option('--dry-run', help.options.dryRun)
    .option('--wait <seconds>', text.help.wait, parseWait, WAIT_SECONDS)
    .addHelpText('after', help.after)
    .action(async (_options, command) => {
      const options = optionsOf<OpenWeekOptions>(command);
      const weeks = await withSystem(shell, options, async (system) => {
        const opened = [];
        for (const challenge of chosen(system.settings, options.channel)) {
          const week = calendarOf(challenge.timeZone).weekAt(systemClock.now() / 1000);
          opened.push({ challenge, week, ...(await openOne(shell, options, system, challenge, week)) });
        }
        return opened;
      });
      if (options.json)
        shell.out(
          `${JSON.stringify({ weeks: weeks.map(({ challenge, ...week }) => ({ channel: challenge.channel, ...forPrograms(week) })) })}\n`,
        );
      else
        for (const { challenge, week, ...opened } of weeks)
          shell.out(
            `${printable(challenge.name)} (${challenge.channel}), ${weekLabel(week, challenge.locale)} (${week}): ${sentence(opened, text.week)}\n`,
          );
      if (weeks.some(({ outcome }) => !FINE.has(outcome))) throw new Failure('');
    });
};

const FINE = new Set<WeekOutcome>(['open already', 'would post', 'posted']);

const sentence = ({ outcome, again, reason }: Opened, text: WeekText): string => {
  if (outcome === 'would post') return text.wouldPost(again && pastIn(again, text));
  if (outcome === 'refused') return text.refused(printable(reason ?? ''));
  return text.says[outcome];
};

const pastIn = (past: WeekPast, text: WeekText): string =>
  past.was === 'deleted' ? text.past.deleted : text.past[past.was](printable(past.reason));

/** The same for JSON, whose words are English in every language. */
const forPrograms = <T extends { again?: WeekPast }>({ again, ...opened }: T) => ({
  ...opened,
  ...(again ? { again: pastIn(again, en.week) } : {}),
});

const openOne = async (
  shell: Shell,
  options: OpenWeekOptions & CommonOptions,
  system: System,
  challenge: Challenge,
  week: Week,
): Promise<Opened> => {
  const { channel } = challenge;
  const before = standingIn(await ledgerAsLogged(system, challenge, week), challenge);
  if (before.isOpen) return { outcome: 'open already' };
  const past = pastOf(before.record);
  const again = past === undefined ? {} : { again: past };
  if (options.dryRun) return { outcome: 'would post', ...again };
  const after = endedAttempt(before.record);
  const outcome = async (): Promise<Opened | undefined> => {
    const { isOpen, record } = standingIn(await ledgerNow(system, challenge, week), challenge);
    if (isOpen) return { outcome: 'posted', ...again };
    const reason = refusalOf(sinceAsked(record, after));
    return reason === undefined ? undefined : { outcome: 'refused', reason, ...again };
  };
  const asked = { by: 'person', after } as const;
  const tick = tickJob(channel, 'week.open', new Date(systemClock.now()), undefined, { asked });
  const by = await ask(shell, options, system, [tick], async () => (await outcome()) !== undefined);
  return (await outcome()) ?? { outcome: by === 'here' ? 'waits' : 'left to the server', ...again };
};

/** What became of the weekly post before, if anything did. */
const pastOf = (record: EffectRecord | undefined): WeekPast | undefined => {
  if (deliveriesOf(record).length > 0) return { was: 'deleted' };
  const reason = refusalOf(record);
  if (reason !== undefined) return { was: 'refused', reason };
  return record?.skipped && { was: 'skipped', reason: record.skipped.reason };
};

const standingIn = (ledger: Ledger, challenge: Challenge): { isOpen: boolean; record: EffectRecord | undefined } => ({
  isOpen: weeklyPostsOf([ledger], rulesOf(challenge)).has(ledger.week),
  record: ledger.effects[weekOpenId(ledger.week)],
});
