import { peopleOf } from '../history/known-names.ts';
import { isBot, type Roster } from '../projections/roster.ts';
import { CHOICE_HELP, type ChoiceOptions, choose, withChoiceOptions } from './choose.ts';
import { type AddCommand, Failure, optionsOf, parseWeekOf, printable, table } from './shell.ts';

export const excuseCommand: AddCommand = (program, shell) => {
  const command = program
    .command('excuse')
    .description('lets a week without a post be no miss of somebody who could not write')
    .argument('<user>', 'their id, such as U0MINSEO01, or their exact name')
    .argument('<week>', 'the week, such as 2024-W37', parseWeekOf('<week>'));
  withChoiceOptions(command, 'excuse them no longer')
    .addHelpText('after', `${CHOICE_HELP}\n\nExample:\n  til excuse U0MINSEO01 2024-W37\n`)
    .action(async (text: string, week: string, _options, self) => {
      const options = optionsOf<ChoiceOptions>(self);
      await choose(shell, options, undefined, async ({ challenge, at, system }) => ({
        v: 1,
        kind: 'week.excused',
        channel: challenge.channel,
        at,
        week,
        user: findPerson(text, await peopleOf(challenge, system.state)),
        excused: !options.undo,
      }));
    });
};

const ID = /^[UW][A-Z0-9]{2,31}$/;

/** The id of a person, by it or by their name. Throws `Failure`, with all who may be meant, when that is not one person. */
const findPerson = (text: string, roster: Roster): string => {
  if (Object.hasOwn(roster, text)) return text;
  const people = Object.entries(roster).filter(([id, person]) => !isBot(id, person));
  // Some write 님 into their own name, and nobody types it.
  const plain = (name: string): string =>
    name
      .normalize('NFC')
      .trim()
      .replace(/^@/, '')
      .replace(/\s*님$/, '');
  const called = people.filter(([, { name }]) => name !== undefined && plain(name.value) === plain(text));
  const [found] = called;
  if (found && called.length === 1) return found[0];
  // Whoever has neither written nor liked yet is known to nobody.
  if (called.length === 0 && ID.test(text)) return text;
  const what = called.length > 1 ? 'is the name of several' : 'is nobody whom the log knows by that name';
  const candidates = called.length > 1 ? called : people;
  const rows = candidates.map(([id, { name }]) => [id, name?.value ?? '']).sort();
  throw new Failure(
    `til: ${printable(text)} ${what}; name one by the id:\n${table([['id', 'name'], ...rows])}`.trimEnd(),
  );
};
