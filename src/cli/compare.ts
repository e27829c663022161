import { readFileSync } from 'node:fs';
import { Refused } from '../events/errors.ts';
import type { Month } from '../events/week.ts';
import { compareRules, type MonthComparison } from '../history/compare.ts';
import { parseRules } from '../history/other-rules.ts';
import { withoutMark } from '../setup/config.ts';
import { openHistory, requireLog } from './history.ts';
import {
  type AddCommand,
  chosen,
  createProgress,
  optionsOf,
  parseMonth,
  printable,
  type Shell,
  table,
} from './shell.ts';

interface CompareOptions {
  rules: string;
  month?: Month;
  channel?: string;
}

export const compareCommand: AddCommand = (program, shell) => {
  program
    .command('compare')
    .description('shows what results would be under other rules, beside what is; writes nothing')
    .requiredOption('--rules <file>', 'a JSON file with the rules that are to differ')
    .option('--month <month>', 'only this month, such as 2024-08', parseMonth)
    .option('--channel <id>', 'only this challenge')
    .addHelpText(
      'after',
      `
The file holds any of: {"selfLikes": false, "late": "never", "repeats": "count", "likes": ["+1", "heart"],
"blogs": ["velog.io", "*.tistory.com"], "organizers": ["U0ADMIN001"], "exclude": ["U0GUEST001"], "rest": ["chuseok"],
"streak": {"between": 3}, "finishers": "off", "readers": 0.8}; what it leaves out stays as configured.
Of a month that was announced, what was announced is shown, and beside it what it would be now; it stays as it is. Exit code 0 whether or
not something would differ.

Example:
  til compare --rules stricter.json --month 2024-08
`,
    )
    .action(async (_options, command) => {
      const options = optionsOf<CompareOptions>(command);
      const history = await openHistory(shell, options);
      await requireLog(shell, history, options);
      const rules = parseRules(readRules(options.rules), options.rules);
      const comparisons = [];
      for (const challenge of chosen(history.settings, options.channel)) {
        const progress = createProgress(shell, challenge.channel, options.json);
        const months = await compareRules(challenge, rules, history, options.month, progress.step);
        progress.end();
        comparisons.push({ channel: challenge.channel, name: challenge.name, months });
      }
      if (options.json) shell.out(`${JSON.stringify({ comparisons })}\n`);
      else for (const { channel, name, months } of comparisons) tell(shell, `${printable(name)} (${channel})`, months);
    });
};

/** What a file of rules holds. */
export const readRules = (file: string): unknown => {
  try {
    return JSON.parse(withoutMark(readFileSync(file, 'utf8')));
  } catch (cause) {
    throw new Refused(`--rules ${file}: expected a JSON file, got ${(cause as Error).message}`, { cause });
  }
};

const tell = (shell: Shell, title: string, months: readonly MonthComparison[]): void => {
  shell.out(`# ${title}\n`);
  if (months.length === 0) shell.out('no open week\n');
  for (const { month, closed, weeks, members, is, would } of months) {
    shell.out(`\n## ${month}${closed ? ' (announced; stays as it is)' : ''}\n`);
    shell.out(
      table([
        ['week', 'posts', 'would be', 'likes', 'would be', 'late', 'would be'],
        ...weeks.map(({ label, is, would }) => [
          label,
          is.posts,
          would.posts,
          is.likes,
          would.likes,
          is.late,
          would.late,
        ]),
      ]),
    );
    if (members.length > 0) shell.out('\n');
    if (members.length > 0)
      shell.out(
        table([
          ['member', 'weeks', 'would be', 'likes', 'would be', 'result', 'would be'],
          ...members.map(({ name, is, would }) => [
            name,
            is.weeks,
            would.weeks,
            is.likes,
            would.likes,
            is.result,
            would.result,
          ]),
        ]),
      );
    shell.out(
      `\nchallengers ${is.challengers} -> ${would.challengers}, special ${is.special.length} -> ${would.special.length}, missed one week ${is.finishers} -> ${would.finishers}` +
        `${members.length === 0 ? '; nobody would fare differently' : ''}\n`,
    );
  }
};
