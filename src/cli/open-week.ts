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

interface OpenWeekOptions {
  channel?: string;
  dryRun?: boolean;
  wait: number;
}

type Outcome = 'open already' | 'would post' | 'posted' | 'left to the server' | 'waits' | 'refused';

interface Opened {
  outcome: Outcome;
  /** Why it is said again: what became of it before. */
  again?: string;
  /** Slack's. */
  reason?: string;
}

export const openWeekCommand: AddCommand = (program, shell) => {
  program
    .command('open-week')
    .description(
      "posts this week's weekly post now, unless the week has one; also after a refusal, or when it was deleted",
    )
    .option('--channel <id>', 'only this challenge')
    .option('--dry-run', 'only say what would be done')
    .option('--wait <seconds>', 'how long to wait for a running server to do it', parseWait, WAIT_SECONDS)
    .addHelpText(
      'after',
      `
The schedule does this every Monday by itself, once. What Slack has refused since (the bot was not invited yet, the channel was archived), or
somebody has deleted, this command tries again: one new attempt each time it is called, never two posts. Exit code 0 only when it is there.

Example:
  til open-week --dry-run
`,
    )
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
          `${JSON.stringify({ weeks: weeks.map(({ challenge, ...week }) => ({ channel: challenge.channel, ...week })) })}\n`,
        );
      else
        for (const { challenge, week, ...opened } of weeks)
          shell.out(
            `${printable(challenge.name)} (${challenge.channel}), ${weekLabel(week, challenge.locale)} (${week}): ${sentence(opened)}\n`,
          );
      if (weeks.some(({ outcome }) => !FINE.has(outcome))) throw new Failure('');
    });
};

const FINE = new Set<Outcome>(['open already', 'would post', 'posted']);

const SAYS: Record<Outcome, string> = {
  'open already': 'has its weekly post already; nothing was done.',
  'would post': 'the weekly post would be posted now',
  posted: 'the weekly post is in the channel.',
  'left to the server':
    'is on the queue, and the running server posts it; it has not done so yet. "til doctor" looks for the reason.',
  waits:
    'could not be posted yet. Is SLACK_BOT_TOKEN set, and the bot in the channel? "til doctor" looks; "til serve" posts it as soon as it can.',
  refused: 'Slack refused the weekly post',
};

const sentence = ({ outcome, again, reason }: Opened): string => {
  if (outcome === 'would post') return `${SAYS[outcome]}${again ? `, once more: ${again}` : ''}.`;
  if (outcome === 'refused')
    return `${SAYS[outcome]} (${printable(reason ?? '')}); "til doctor" looks at token and channel. When that is mended, call this command again.`;
  return SAYS[outcome];
};

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
const pastOf = (record: EffectRecord | undefined): string | undefined => {
  if (deliveriesOf(record).length > 0) return 'the one that was posted has been deleted';
  const reason = refusalOf(record);
  if (reason !== undefined) return `Slack refused it before (${printable(reason)})`;
  return record?.skipped && `it was passed over before (${printable(record.skipped.reason)})`;
};

const standingIn = (ledger: Ledger, challenge: Challenge): { isOpen: boolean; record: EffectRecord | undefined } => ({
  isOpen: weeklyPostsOf([ledger], rulesOf(challenge)).has(ledger.week),
  record: ledger.effects[weekOpenId(ledger.week)],
});
