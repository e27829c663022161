import { type ChoiceOptions, choose, parseShort, requireNotBoth, withChoiceOptions } from './choose.ts';
import { type AddCommand, optionsOf, parseWeekOf } from './shell.ts';

interface RestOptions extends ChoiceOptions {
  reason?: string;
  work?: boolean;
}

export const restWeekCommand: AddCommand = (program, shell, text) => {
  const help = text.help.restWeek;
  const command = program
    .command('rest-week')
    .description(help.does)
    .argument('<week>', help.options.week, parseWeekOf('<week>'))
    .option('--reason <text>', help.options.reason, parseShort('--reason'))
    .option('--work', help.options.work);
  withChoiceOptions(command, text, help).action(async (week: string, _options, self) => {
    const options = optionsOf<RestOptions>(self);
    requireNotBoth(options, 'undo', 'work');
    requireNotBoth(options, 'undo', 'reason');
    const { reason, work, undo } = options;
    await choose(shell, text, options, undefined, ({ challenge, at }) => ({
      v: 1,
      kind: 'week.rested',
      channel: challenge.channel,
      at,
      week,
      ...(undo ? {} : { rest: !work }),
      ...(reason ? { reason } : {}),
    }));
  });
};
