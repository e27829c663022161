import { Refused } from '../events/errors.ts';
import { tsAt } from '../events/timestamp.ts';
import { endOfWeek } from './choice-undo.ts';
import { CHOICE_HELP, type ChoiceOptions, choose, requireNotBoth, withChoiceOptions } from './choose.ts';
import { type AddCommand, optionsOf, parseWeekOf, printable } from './shell.ts';

interface ExtendOptions extends ChoiceOptions {
  hours?: number;
}

export const extendCommand: AddCommand = (program, shell) => {
  const command = program
    .command('extend')
    .description("lets what is written in a week's thread after its end be in time")
    .argument('<week>', 'the week, such as 2024-W37', parseWeekOf('<week>'))
    .option('--hours <number>', 'how many hours after its end, 1 to 168', parseHours);
  withChoiceOptions(command, 'let it end as every week')
    .addHelpText('after', `${CHOICE_HELP}\n\nExample:\n  til extend 2024-W37 --hours 24\n`)
    .action(async (week: string, _options, self) => {
      const options = optionsOf<ExtendOptions>(self);
      const { hours, undo } = options;
      requireNotBoth(options, 'undo', 'hours');
      if (!undo && hours === undefined) throw new Refused('--hours: expected how many hours, or --undo');
      await choose(shell, options, undefined, ({ challenge, at }) => ({
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
  throw new Refused(`--hours: expected a whole number from 1 to ${MOST_HOURS}, got ${printable(text)}`);
};
