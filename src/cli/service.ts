import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { userInfo } from 'node:os';
import { resolve } from 'node:path';
import { addressesOf, type Environment } from '../setup/environment.ts';
import { folderOf } from '../setup/open.ts';
import { PAGE_KEY } from '../setup/page-access.ts';
import { makeFolders } from '../store/folders.ts';
import { readEnvFile } from './env-file.ts';
import { portOf } from './serve.ts';
import { type AddCommand, CONFIG, loadSettings, optionsOf } from './shell.ts';
import { unitText } from './unit.ts';

interface ServiceOptions {
  user?: boolean;
}

export const serviceCommand: AddCommand = (program, shell) => {
  program
    .command('service')
    .description(
      'prints a systemd unit for this machine: "til serve" after every start of it, allowed to write its data alone',
    )
    .option('--user', 'for "systemctl --user", for which nobody must be root')
    .addHelpText(
      'after',
      '\nRun it in the folder where "til serve" would run: of that it takes configuration, .env and data. It makes the folders of the data, which must\nbe there before the unit starts, and writes nothing else.\n\nExample:\n  til service | sudo tee /etc/systemd/system/til.service && sudo systemctl enable --now til\n',
    )
    .action(async (_options, command) => {
      const options = optionsOf<ServiceOptions>(command);
      const { environment } = shell;
      const settings = await loadSettings(shell, options); // Else the unit would fail again and again.
      const addresses = Object.values(addressesOf(environment));
      const writable = [...new Set(addresses.flatMap((address) => localFolderOf(address) ?? []))];
      for (const folder of writable) makeFolders(folder);
      const own = ownVariables(environment);
      const unit = unitText({
        command: [
          process.execPath,
          resolve(process.argv[1] ?? ''),
          'serve',
          ...(options.config ? ['--config', resolve(options.config ?? CONFIG)] : []),
        ],
        workingFolder: process.cwd(),
        user: options.user ? undefined : ownerOf(process.cwd()),
        writable,
        environment: own.plain,
        port: portOf(environment),
        hasAlarmCommand: settings.alarm !== undefined && 'command' in settings.alarm,
      });
      shell.out(options.json ? `${JSON.stringify({ unit })}\n` : unit);
      if (own.secret.length > 0)
        shell.error(`Put ${own.secret.join(', ')} into .env: this shell has it, and the unit reads that file.\n`);
    });
};

/** The folder of an address on this machine; a queue may lie at a URL. */
const localFolderOf = (address: string): string | undefined =>
  address.startsWith('file:') ? folderOf(address) : undefined;

const PLAIN = ['TIL_LOG', 'TIL_STATE', 'TIL_QUEUE', 'PORT', 'HOST', 'SLACK_API_URL', 'SLACK_APP_ID', 'SLACK_TEAM_ID'];
const SECRET = ['SLACK_BOT_TOKEN', 'SLACK_APP_TOKEN', 'SLACK_SIGNING_SECRET', PAGE_KEY];

/** Variables that this shell has and `.env` has not, or has otherwise: the unit has to name them, but secrets do not belong into it. */
const ownVariables = (environment: Environment): { plain: Record<string, string>; secret: string[] } => {
  const inFile = readEnvFile(resolve('.env'));
  const isOwn = (name: string): boolean => Boolean(environment[name]) && environment[name] !== inFile[name];
  return {
    plain: Object.fromEntries(PLAIN.filter(isOwn).map((name) => [name, environment[name] as string])),
    secret: SECRET.filter(isOwn),
  };
};

/** Whose the folder is: by name where the system knows one, else by number, which systemd takes as well. */
const ownerOf = (folder: string): string => {
  const { uid } = statSync(folder);
  if (uid === userInfo().uid) return userInfo().username;
  try {
    return execFileSync('id', ['-nu', String(uid)], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return String(uid);
  }
};
