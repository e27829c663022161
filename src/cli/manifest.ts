import { manifestOf } from '../slack/manifest.ts';
import type { AddCommand } from './shell.ts';

interface Options {
  url?: string;
  socket?: boolean;
  name: string;
}

export const manifestCommand: AddCommand = (program, shell) => {
  program
    .command('manifest')
    .description('prints the app manifest that makes the Slack app, with the least rights it needs')
    .option('--url <address>', 'the public address under which "til serve" or the AWS stack is reached')
    .option('--socket', 'for Socket Mode: no public address; needs SLACK_APP_TOKEN')
    .option('--name <name>', "the bot's name", 'TIL')
    .addHelpText(
      'after',
      '\nPaste it at https://api.slack.com/apps under "Create New App", "From a manifest". It is JSON with and without --json.\n\nExample:\n  til manifest --url https://til.example.org > manifest.json\n',
    )
    .action((_options, command) => {
      const { url, socket, name } = command.opts() as Options;
      shell.out(
        `${JSON.stringify(manifestOf({ name, ...(url ? { url } : {}), ...(socket ? { socket } : {}) }), null, 2)}\n`,
      );
    });
};
