import { calendarOf, type Week } from '../events/week.ts';
import { weekOpenId } from '../handlers/open-week.ts';
import { tickJob } from '../outbox/tick.ts';
import { keys } from '../pipeline/keys.ts';
import { type Challenge, rulesOf } from '../projections/challenge.ts';
import { weekLabel } from '../projections/label.ts';
import type { Ledger } from '../projections/ledger.ts';
import { weeklyPostsOf } from '../projections/participation.ts';
import { systemClock } from '../setup/clock.ts';
import { type AddCommand, type CommonOptions, chosen, Failure, optionsOf, printable, type Shell } from './shell.ts';
import { loadNow, request, type System, withSystem } from './system.ts';

interface OpenWeekOptions {
  channel?: string;
  dryRun?: boolean;
}

type Outcome = 'open already' | 'would post' | 'posted' | 'left to the server' | 'waits' | 'refused';

export const openWeekCommand: AddCommand = (program, shell) => {
  program
    .command('open-week')
    .description("posts this week's weekly post now, unless the week has one already")
    .option('--channel <id>', 'only this challenge')
    .option('--dry-run', 'only say what would be done')
    .addHelpText(
      'after',
      '\nThe schedule does this every Monday by itself. However often it is asked for: one weekly post a week.\n\nExample:\n  til open-week --dry-run\n',
    )
    .action(async (_options, command) => {
      const options = optionsOf<OpenWeekOptions>(command);
      const weeks = await withSystem(shell, options, async (system) => {
        const opened = [];
        for (const challenge of chosen(system.settings, options.channel)) {
          const week = calendarOf(challenge.timeZone).weekAt(systemClock.now() / 1000);
          opened.push({ challenge, week, outcome: await openOne(shell, options, system, challenge, week) });
        }
        return opened;
      });
      if (options.json)
        shell.out(
          `${JSON.stringify({ weeks: weeks.map(({ challenge, week, outcome }) => ({ channel: challenge.channel, week, outcome })) })}\n`,
        );
      else
        for (const { challenge, week, outcome } of weeks)
          shell.out(
            `${printable(challenge.name)} (${challenge.channel}), ${weekLabel(week, challenge.locale)} (${week}): ${SAYS[outcome]}\n`,
          );
      if (weeks.some(({ outcome }) => outcome === 'waits' || outcome === 'refused')) throw new Failure('');
    });
};

const SAYS: Record<Outcome, string> = {
  'open already': 'has its weekly post already; nothing was done.',
  'would post': 'the weekly post would be posted now.',
  posted: 'the weekly post is in the channel.',
  'left to the server': 'is on the queue; the running server posts it.',
  waits:
    'could not be posted yet. Is SLACK_BOT_TOKEN set, and the bot in the channel? "til doctor" looks; "til serve" posts it as soon as it can.',
  refused: 'Slack refused the weekly post for good; "til replay" shows why, "til doctor" looks at token and channel.',
};

const openOne = async (
  shell: Shell,
  options: OpenWeekOptions & CommonOptions,
  system: System,
  challenge: Challenge,
  week: Week,
): Promise<Outcome> => {
  const { channel } = challenge;
  if (await isOpen(challenge, week, system)) return 'open already';
  if (options.dryRun) return 'would post';
  const tick = tickJob(channel, 'week.open', new Date(systemClock.now()));
  if (!(await request(shell, options, system, [tick]))) return 'left to the server';
  if (await isOpen(challenge, week, system)) return 'posted';
  const ledger = await loadNow<Ledger>(system, keys.ledger(channel, week));
  const refused = Object.values(ledger?.effects[weekOpenId(week)]?.refused ?? {});
  return refused.some(({ final }) => final) ? 'refused' : 'waits';
};

const isOpen = async (challenge: Challenge, week: Week, system: System): Promise<boolean> => {
  const ledger = await loadNow<Ledger>(system, keys.ledger(challenge.channel, week));
  return ledger !== undefined && weeklyPostsOf([ledger], rulesOf(challenge)).has(week);
};
