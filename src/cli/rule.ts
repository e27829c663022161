import { isTs, type Ts } from '../events/timestamp.ts';
import type { Week } from '../events/week.ts';
import { type ChoiceOptions, choose, parseShort, requireNotBoth, withChoiceOptions } from './choose.ts';
import { type AddCommand, optionsOf, parseWeek, printable } from './shell.ts';
import { Told } from './told.ts';

interface RuleOptions extends ChoiceOptions {
  week?: Week;
  note?: string;
}

/** `til accept` or `til reject`. */
const ruling =
  (verdict: 'accept' | 'reject'): AddCommand =>
  (program, shell, text) => {
    const help = text.help[verdict];
    const command = program
      .command(verdict)
      .description(help.does)
      .argument('<message>', help.options.message)
      .option('--week <week>', help.options.week, parseWeek)
      .option('--note <text>', help.options.note, parseShort('--note'));
    withChoiceOptions(command, text, help).action(async (message: string, _options, self) => {
      const options = optionsOf<RuleOptions>(self);
      requireNotBoth(options, 'undo', 'week');
      requireNotBoth(options, 'undo', 'note');
      const { ts, channel } = parseMessage(message);
      if (channel && options.channel && channel !== options.channel)
        throw new Told((errors) => errors.otherChannel(channel, printable(options.channel ?? '')));
      const { week, note } = options;
      await choose(shell, text, options, channel, ({ challenge, at }) => ({
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

export const acceptCommand = ruling('accept');
export const rejectCommand = ruling('reject');

/** A message by its ts or by the link that Slack copies, which names the channel as well. */
const parseMessage = (text: string): { ts: Ts; channel?: string } => {
  if (isTs(text)) return { ts: text };
  const { pathname = '' } = URL.parse(text) ?? {};
  const [, channel, seconds, fraction] = /^\/archives\/([A-Z0-9]{2,32})\/p(\d{9,11})(\d{6})$/.exec(pathname) ?? [];
  if (channel && seconds && fraction) return { ts: `${seconds}.${fraction}`, channel };
  throw new Told((errors) => errors.message(printable(text)));
};
