import { tsAt } from '../events/timestamp.ts';
import { endOfWeek } from './choice-undo.ts';
import { type ChoiceOptions, choose, requireNotBoth, withChoiceOptions } from './choose.ts';
import { type AddCommand, optionsOf, parseWeekOf, printable } from './shell.ts';
import { Told } from './told.ts';

interface ExtendOptions extends ChoiceOptions {
  hours?: number;
}

export const extendCommand: AddCommand = (program, shell, text) => {
  const help = text.help.extend;
  const command = program
    .command('extend')
    .description(help.does)
    .argument('<week>', help.options.week, parseWeekOf('<week>'))
    .option('--hours <number>', help.options.hours, parseHours);
  withChoiceOptions(command, text, help).action(async (week: string, _options, self) => {
    const options = optionsOf<ExtendOptions>(self);
    const { hours, undo } = options;
    requireNotBoth(options, 'undo', 'hours');
    if (!undo && hours === undefined) throw new Told((errors) => errors.noHours);
    await choose(shell, text, options, undefined, ({ challenge, at }) => ({
      v: 1,
      kind: 'week.extended',
      channel: challenge.channel,
      at,
      week,
      ...(hours === undefined ? {} : { until: tsAt((endOfWeek(challenge, week) + hours * 3600) * 1000) }),
    }));
  });
};

const MOST_HOURS = 168;

const parseHours = (text: string): number => {
  const hours = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  if (hours >= 1 && hours <= MOST_HOURS) return hours;
  throw new Told((errors) => errors.hours(MOST_HOURS, printable(text)));
};
