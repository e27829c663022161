import { Refused } from '../events/errors.ts';
import { isTs, type Ts } from '../events/timestamp.ts';
import type { Week } from '../events/week.ts';
import { CHOICE_HELP, type ChoiceOptions, choose, parseShort, requireNotBoth, withChoiceOptions } from './choose.ts';
import { type AddCommand, optionsOf, parseWeek, printable } from './shell.ts';

interface RuleOptions extends ChoiceOptions {
  week?: Week;
  note?: string;
}

/** `til accept` or `til reject`. */
const ruling =
  (verdict: 'accept' | 'reject', description: string, example: string): AddCommand =>
  (program, shell) => {
    const command = program
      .command(verdict)
      .description(description)
      .argument('<message>', 'its link (in Slack: Copy link), or its ts, such as 1722865849.468459')
      .option('--week <week>', 'for which week, of the same month', parseWeek)
      .option('--note <text>', 'why, in at most 80 characters', parseShort('--note'));
    withChoiceOptions(command, 'take back what was ruled: the rules decide again')
      .addHelpText('after', `${CHOICE_HELP}\n\nExample:\n  ${example}\n`)
      .action(async (text: string, _options, self) => {
        const options = optionsOf<RuleOptions>(self);
        requireNotBoth(options, 'undo', 'week');
        requireNotBoth(options, 'undo', 'note');
        const { ts, channel } = parseMessage(text);
        if (channel && options.channel && channel !== options.channel)
          throw new Refused(`--channel: the message is in ${channel}, got ${printable(options.channel)}`);
        const { week, note } = options;
        await choose(shell, options, channel, ({ challenge, at }) => ({
          v: 1,
          kind: 'post.ruled',
          channel: challenge.channel,
          at,
          ts,
          verdict: options.undo ? 'none' : verdict,
          ...(week ? { week } : {}),
          ...(note ? { note } : {}),
        }));
      });
  };

export const acceptCommand = ruling(
  'accept',
  'lets a message count, whatever the rules say of its link or hour',
  "til accept 'https://example.slack.com/archives/C0TILCHAN1/p1722865849468459' --note 'a talk, not a post'",
);

export const rejectCommand = ruling(
  'reject',
  'lets a message not count, whatever the rules say',
  "til reject 1722865849.468459 --note 'the wrong link'",
);

/** A message by its ts or by the link that Slack copies, which names the channel as well. */
const parseMessage = (text: string): { ts: Ts; channel?: string } => {
  if (isTs(text)) return { ts: text };
  const { pathname = '' } = URL.parse(text) ?? {};
  const [, channel, seconds, fraction] = /^\/archives\/([A-Z0-9]{2,32})\/p(\d{9,11})(\d{6})$/.exec(pathname) ?? [];
  if (channel && seconds && fraction) return { ts: `${seconds}.${fraction}`, channel };
  throw new Refused(
    `expected a message's link, such as https://example.slack.com/archives/C0TILCHAN1/p1722865849468459, or its ts, such as 1722865849.468459; got ${printable(text)}`,
  );
};
