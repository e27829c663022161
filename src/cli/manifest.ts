import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { commandOf, loadConfig } from '../setup/config.ts';
import { manifestOf } from '../slack/manifest.ts';
import { type AddCommand, CONFIG, optionsOf } from './shell.ts';

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
    .action(async (_options, command) => {
      const { url, socket, name, config } = optionsOf<Options>(command);
      const said = await saidIn(config);
      const manifest = manifestOf({ name, ...said, ...(url ? { url } : {}), ...(socket ? { socket } : {}) });
      shell.out(`${JSON.stringify(manifest, null, 2)}\n`);
    });
};

/** The command and the language of the configuration; what they are by default where it is not written yet. */
const saidIn = async (config: string | undefined): Promise<{ command?: string; locale?: 'ko' | 'en' }> => {
  if (!existsSync(resolve(config ?? CONFIG))) return {};
  const settings = await loadConfig(config ?? CONFIG);
  const locale = settings.challenges[0]?.locale;
  return { command: commandOf(settings), ...(locale ? { locale } : {}) };
};
