import { peopleOf } from '../history/known-names.ts';
import { isBot, type Roster } from '../projections/roster.ts';
import { type ChoiceOptions, choose, withChoiceOptions } from './choose.ts';
import { nearest } from './near.ts';
import { type AddCommand, Failure, optionsOf, parseWeekOf, printable, table } from './shell.ts';
import type { ErrorText } from './text/error-text.ts';

export const excuseCommand: AddCommand = (program, shell, text) => {
  const help = text.help.excuse;
  const command = program
    .command('excuse')
    .description(help.does)
    .argument('<user>', help.options.user)
    .argument('<week>', help.options.week, parseWeekOf('<week>'));
  withChoiceOptions(command, text, help).action(async (user: string, week: string, _options, self) => {
    const options = optionsOf<ChoiceOptions>(self);
    await choose(shell, text, options, undefined, async ({ challenge, at, system }) => {
      const roster = await peopleOf(challenge, system.state);
      const person = findPerson(user, roster, text.errors);
      if (!Object.hasOwn(roster, person)) shell.error(`${unseen(person, roster, text.errors)}\n`);
      const { channel } = challenge;
      return { v: 1, kind: 'week.excused', channel, at, week, user: person, excused: !options.undo };
    });
  });
};

const ID = /^[UW][A-Z0-9]{2,31}$/;

/** What is said of an id that nobody is known by: whoever has neither written nor liked may have it, or somebody slipped. */
const unseen = (id: string, roster: Roster, errors: ErrorText): string => {
  const near = nearest(id, Object.keys(roster)).map((known) =>
    printable(`${known} ${roster[known]?.name?.value ?? ''}`.trim()),
  );
  return errors.unseen(printable(id), near.join(', '));
};

/** The id of a person, by it or by their name. Throws `Failure`, with all who may be meant, when that is not one person. */
const findPerson = (text: string, roster: Roster, errors: ErrorText): string => {
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
  const candidates = called.length > 1 ? called : people;
  const rows = candidates.map(([id, { name }]) => [id, name?.value ?? '']).sort();
  const says = called.length > 1 ? errors.several(printable(text)) : errors.nobody(printable(text));
  throw new Failure(`til: ${says}\n${table([errors.people, ...rows])}`.trimEnd());
};
