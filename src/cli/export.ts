import { closeSync, existsSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { Option } from 'commander';
import { stringify } from 'csv-stringify/sync';
import { Refused } from '../events/errors.ts';
import { type Exportable, type ExportRow, exportRows } from '../history/export.ts';
import type { Challenge } from '../projections/challenge.ts';
import { addressesOf } from '../setup/environment.ts';
import { foldersOf } from '../setup/open.ts';
import { isWithin } from '../setup/page-place.ts';
import { makeFolders } from '../store/folders.ts';
import { type History, openHistory } from './history.ts';
import { type AddCommand, chosen, createProgress, Failure, optionsOf, printable, type Shell } from './shell.ts';
import { Told } from './told.ts';

interface ExportOptions {
  csv?: boolean;
  what?: Exportable;
  out?: string;
  channel?: string;
  yes?: boolean;
  json?: boolean;
}

const TABLES: readonly Exportable[] = ['posts', 'likes', 'participation'];

export const exportCommand: AddCommand = (program, shell) => {
  program
    .command('export')
    .description(
      'gives the counted posts, their likes, or who took part in which week, as CSV (also for Excel) or JSON',
    )
    .option('--csv', 'CSV, which is what comes without --json too')
    .addOption(new Option('--what <table>', 'which table; without it posts as CSV, or all of them').choices(TABLES))
    .option('--out <folder>', 'write files into this folder instead of printing')
    .option('--channel <id>', 'only this challenge')
    .option('--yes', 'replace files that are there')
    .addHelpText(
      'after',
      '\nOne CSV holds one table; --json without --what gives {"posts": […], "likes": […], "participation": […]}. Cells that a spreadsheet would run as a formula get a\nleading apostrophe. The tables name members: keep them as you keep a list of members.\n\nExample:\n  til export --csv > posts.csv\n  til export --csv --out export\n',
    )
    .action(async (_options, command) => {
      const options = optionsOf<ExportOptions>(command);
      if (options.csv && options.json) throw new Refused('expected --csv or --json, got both');
      const history = await openHistory(shell, options);
      const challenges = chosen(history.settings, options.channel);
      if (options.out) await writeAll(shell, options, history, challenges, options.out);
      else await print(shell, options, history, challenges);
    });
};

const print = async (
  shell: Shell,
  options: ExportOptions,
  history: History,
  challenges: readonly Challenge[],
): Promise<void> => {
  const [challenge, ...others] = challenges;
  if (!challenge || others.length > 0)
    throw new Refused('--channel: there are several challenges; say which, or use --out');
  const write = (text: string): void => shell.out(text);
  if (options.what || !options.json) {
    await writeTable(challenge, options.what ?? 'posts', history, options, write);
    return;
  }
  for (const [position, what] of TABLES.entries()) {
    write(`${position === 0 ? '{' : ','}"${what}":`);
    await writeTable(challenge, what, history, options, write);
  }
  write('}\n');
};

const writeAll = async (
  shell: Shell,
  options: ExportOptions,
  history: History,
  challenges: readonly Challenge[],
  folder: string,
): Promise<void> => {
  requireOutside(shell, folder);
  const extension = options.json ? 'json' : 'csv';
  const tables = challenges.flatMap((challenge) =>
    (options.what ? [options.what] : TABLES).map((what) => ({
      challenge,
      what,
      file: join(folder, `${challenge.channel}-${what}.${extension}`),
    })),
  );
  const there = tables.map(({ file }) => file).filter((file) => existsSync(file));
  if (there.length > 0 && !options.yes) throw new Refused(`${there.join(', ')}: there already; add --yes to replace`);
  requireFolder(folder);
  const written = [];
  for (const { challenge, what, file } of tables) {
    const progress = createProgress(shell, what, options.json);
    const rows = await writeFile(file, (write) =>
      writeTable(challenge, what, { ...history, progress: progress.step }, options, write),
    );
    progress.end();
    written.push({ file, rows });
  }
  if (options.json) shell.out(`${JSON.stringify({ written })}\n`);
  else for (const { file, rows } of written) shell.out(`${printable(file)}: ${rows} rows\n`);
};

/** A table in the log or the state would be taken for a part of it. */
const requireOutside = ({ environment }: Shell, folder: string): void => {
  const own = foldersOf(addressesOf(environment)).find((each) => isWithin(folder, each));
  if (own) throw new Told((errors) => errors.outside('--out', printable(folder), own));
};

/** What the disk does not do ends the command with a sentence. */
const explained = (what: string, error: unknown): unknown =>
  error instanceof Error && 'syscall' in error ? new Failure(`til: ${printable(`${what}: ${error.message}`)}`) : error;

const requireFolder = (folder: string): void => {
  try {
    makeFolders(folder);
  } catch (error) {
    throw explained(`--out ${folder}: that folder cannot be made`, error);
  }
};

/** A file is there whole or not at all, readable by its owner alone. */
const writeFile = async <T>(file: string, produce: (write: (text: string) => void) => Promise<T>): Promise<T> => {
  const temporary = `${file}.part`;
  try {
    const result = await writing(temporary, produce);
    renameSync(temporary, file);
    return result;
  } catch (error) {
    rmSync(temporary, { force: true });
    throw explained(`${file} cannot be written`, error);
  }
};

const writing = async <T>(file: string, produce: (write: (text: string) => void) => Promise<T>): Promise<T> => {
  const descriptor = openSync(file, 'w', 0o600);
  try {
    return await produce((text) => void writeSync(descriptor, text));
  } finally {
    closeSync(descriptor);
  }
};

const writeTable = async (
  challenge: Challenge,
  what: Exportable,
  ports: Parameters<typeof exportRows>[2],
  { json }: ExportOptions,
  write: (text: string) => void,
): Promise<number> => {
  let count = 0;
  for await (const rows of exportRows(challenge, what, ports)) {
    if (rows.length > 0) write(json ? jsonLines(rows, count === 0) : csvLines(rows, count === 0));
    count += rows.length;
  }
  if (json) write(count === 0 ? '[]\n' : '\n]\n');
  return count;
};

const jsonLines = (rows: readonly ExportRow[], first: boolean): string =>
  rows.map((row, position) => `${first && position === 0 ? '[\n' : ',\n'}${JSON.stringify(row)}`).join('');

// Excel takes UTF-8 for what it is only after a byte order mark.
const csvLines = (rows: ExportRow[], first: boolean): string =>
  stringify(rows.map(harmless), { header: first, bom: first, escape_formulas: true, record_delimiter: 'windows' });

/** Control characters would steer the terminal on which a table is looked at. */
const harmless = (row: ExportRow): ExportRow =>
  Object.fromEntries(
    Object.entries(row).map(([name, cell]) => [name, typeof cell === 'string' ? cell.replace(/\p{Cc}/gu, ' ') : cell]),
  );
