import { type Sealing, sealQuietWeeks } from '../history/seal.ts';
import { systemClock } from '../setup/clock.ts';
import { openHistory, requireLog } from './history.ts';
import { type AddCommand, chosen, createProgress, Failure, optionsOf, printable, type Shell } from './shell.ts';

interface SealOptions {
  channel?: string;
  dryRun?: boolean;
}

export const sealCommand: AddCommand = (program, shell) => {
  program
    .command('seal')
    .description(
      'puts the events of weeks that are quiet for 48 hours into one compressed file each, so that rebuilding is fast',
    )
    .option('--channel <id>', 'only this challenge')
    .option('--dry-run', 'only say which weeks would be sealed')
    .addHelpText(
      'after',
      '\nThe single objects stay, and what comes later into a sealed week is read all the same; "til verify" compares both. It may be\ninterrupted and repeated at any time.\n\nExample:\n  til seal --dry-run\n',
    )
    .action(async (_options, command) => {
      const options = optionsOf<SealOptions>(command);
      const history = await openHistory(shell, options);
      await requireLog(shell, history, options);
      const channels = [];
      for (const challenge of chosen(history.settings, options.channel)) {
        const progress = createProgress(shell, challenge.channel, options.json);
        const { weeks } = await sealQuietWeeks(challenge, history.log, systemClock.now(), {
          dryRun: options.dryRun === true,
          progress: (done, total) => progress.step(done, total, 'weeks'),
        });
        progress.end();
        channels.push({ channel: challenge.channel, weeks });
      }
      if (options.json) shell.out(`${JSON.stringify({ channels })}\n`);
      else for (const { channel, weeks } of channels) tell(shell, channel, weeks, options.dryRun === true);
      if (channels.some(({ weeks }) => weeks.some(({ outcome }) => outcome === 'damaged'))) throw new Failure('');
    });
};

const tell = (shell: Shell, channel: string, weeks: readonly Sealing[], dryRun: boolean): void => {
  const count = (outcome: Sealing['outcome']): number => weeks.filter((week) => week.outcome === outcome).length;
  const sealed = weeks.filter((week) => week.outcome === 'sealed');
  const events = sealed.reduce((sum, week) => sum + week.events, 0);
  const bytes = sealed.reduce((sum, week) => sum + week.bytes, 0);
  const what = dryRun ? 'would be sealed' : `sealed (${Math.ceil(bytes / 1024)} KiB)`;
  shell.out(
    `${channel}: ${sealed.length} weeks with ${events} events ${what}; ${count('as it was')} were sealed before, ${count('not quiet')} are not quiet yet.\n`,
  );
  for (const week of weeks)
    if (week.outcome === 'damaged')
      for (const detail of week.details) shell.error(`not sealed: ${week.week}: ${printable(detail)}\n`);
};
