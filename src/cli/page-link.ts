import { resolve } from 'node:path';
import { Refused } from '../events/errors.ts';
import { newPageKey, PAGE_KEY, pageKeyOf } from '../setup/page-access.ts';
import { readEnvFile, setInEnvFile } from './env-file.ts';
import { portOf } from './serve.ts';
import { type AddCommand, Failure, loadSettings, optionsOf, printable, type Shell } from './shell.ts';

interface PageLinkOptions {
  url?: string;
  renew?: boolean;
}

export const pageLinkCommand: AddCommand = (program, shell) => {
  program
    .command('page-link')
    .description(
      "prints the link by which the page opens when the configuration says pageAccess: 'link'; makes it at first",
    )
    .option('--url <address>', 'the address under which the page is reached, without the secret part')
    .option('--renew', 'makes another link; the one before opens nothing any more')
    .addHelpText(
      'after',
      `\nThe secret part is ${PAGE_KEY} in .env; a server takes it at its start.\n\nExample:\n  til page-link --url https://til.example.org\n`,
    )
    .action(async (_options, command) => {
      const options = optionsOf<PageLinkOptions>(command);
      const base = addressOf(options.url ?? `http://localhost:${portOf(shell.environment)}`);
      const settings = await loadSettings(shell, options);
      const known = options.renew ? undefined : pageKeyOf(shell.environment);
      const key = known ?? keep(shell, newPageKey());
      const link = `${base}/${key}/`;
      shell.out(options.json ? `${JSON.stringify({ link, made: !known })}\n` : `${link}\n`);
      if (options.json) return;
      if (!known) shell.error('A new link. It opens once the server is started anew; on AWS after "npm run deploy".\n');
      if (settings.pageAccess !== 'link')
        shell.error(
          `The page needs no link yet: pageAccess is '${settings.pageAccess ?? 'open'}' in the configuration.\n`,
        );
    });
};

const addressOf = (text: string): string => {
  if (/^https?:\/\/[^\s/?#]+(\/[^\s?#]*)?$/.test(text)) return text.replace(/\/+$/, '');
  throw new Refused(`--url: expected an address such as https://til.example.org, got ${printable(text)}`);
};

/** Puts a key into `.env`, where the server reads it. Throws `Failure`, which tells it, where the server would not. */
const keep = ({ environment }: Shell, key: string): string => {
  const file = resolve('.env');
  const current = environment[PAGE_KEY];
  if (current && current !== readEnvFile(file)[PAGE_KEY])
    throw new Failure(`til: ${PAGE_KEY} stands in the environment, which counts before .env. Set it there to ${key}`);
  setInEnvFile(file, { [PAGE_KEY]: key });
  return key;
};
