import { type MemberRow, membersAsTheyCount } from '../history/members.ts';
import type { Standing } from '../projections/membership.ts';
import { openHistory } from './history.ts';
import { type AddCommand, chosen, optionsOf, printable, table } from './shell.ts';

const WHY: Record<Standing, string> = {
  member: 'is asked to write, and listed',
  organizer: 'runs the challenge (admins, organizers): a member once a post of theirs counts',
  excluded: 'named in members.exclude: replies do not count, likes do',
  left: 'has left the channel',
  deactivated: 'the account is deactivated',
  bot: 'is an app, or posted by apps alone',
};

export const membersCommand: AddCommand = (program, shell) => {
  program
    .command('members')
    .description('lists who counts as what, and why; as the last rebuild, or the running server, has them')
    .option('--channel <id>', 'only this challenge')
    .addHelpText(
      'after',
      `
Standings: ${Object.entries(WHY)
        .map(([standing, why]) => `\n  ${standing}: ${why}`)
        .join('')}

Example:
  til members --json
`,
    )
    .action(async (_options, command) => {
      const options = optionsOf<{ channel?: string }>(command);
      const history = await openHistory(shell, options);
      const challenges = [];
      for (const challenge of chosen(history.settings, options.channel)) {
        const members = await membersAsTheyCount(challenge, history.state);
        challenges.push({ channel: challenge.channel, name: challenge.name, members });
      }
      if (options.json) shell.out(`${JSON.stringify({ challenges: challenges.map(explained) })}\n`);
      else
        for (const { channel, name, members } of challenges)
          shell.out(told(`${printable(name)} (${channel})`, members));
    });
};

const explained = ({ members, ...challenge }: { members: MemberRow[] }) => ({
  ...challenge,
  members: members.map((row) => ({ ...row, why: WHY[row.standing] })),
});

const told = (title: string, members: readonly MemberRow[]): string => {
  const count = members.filter(({ standing }) => standing === 'member').length;
  const rows = members.map(({ id, name, standing, weeks }) => [id, name, weeks, standing, WHY[standing]]);
  return `# ${title}: ${count} members\n${table([['id', 'name', 'weeks', 'counts as', 'why'], ...rows])}`;
};
