import { CHOICE_HELP, type ChoiceOptions, choose, parseShort, requireNotBoth, withChoiceOptions } from './choose.ts';
import { type AddCommand, optionsOf, parseWeekOf } from './shell.ts';

interface RestOptions extends ChoiceOptions {
  reason?: string;
  work?: boolean;
}

export const restWeekCommand: AddCommand = (program, shell) => {
  const command = program
    .command('rest-week')
    .description('makes a week one of rest: not writing in it counts against nobody, and what is written counts')
    .argument('<week>', 'the week, such as 2024-W38', parseWeekOf('<week>'))
    .option('--reason <text>', 'why, in at most 80 characters', parseShort('--reason'))
    .option('--work', 'make it a week like any other, also where the configuration (schedule.rest) lets it rest');
  withChoiceOptions(command, 'let the configuration (schedule.rest) decide again')
    .addHelpText('after', `${CHOICE_HELP}\n\nExample:\n  til rest-week 2024-W38 --reason Chuseok\n`)
    .action(async (week: string, _options, self) => {
      const options = optionsOf<RestOptions>(self);
      requireNotBoth(options, 'undo', 'work');
      requireNotBoth(options, 'undo', 'reason');
      const { reason, work, undo } = options;
      await choose(shell, options, undefined, ({ challenge, at }) => ({
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
