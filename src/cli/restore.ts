import { existsSync, readFileSync } from 'node:fs';
import { extname, join, resolve } from 'node:path';
import { type CheckedArchive, checkArchive } from '../admin/check-archive.ts';
import { type Restored, requireEmpty, restoreLog } from '../admin/restore.ts';
import { Refused } from '../events/errors.ts';
import type { Findings } from '../history/month.ts';
import { rebuild } from '../history/rebuild.ts';
import { publishChallenges } from '../pipeline/publish.ts';
import { SAMPLE } from '../sandbox/sample.ts';
import { archivePlace } from '../setup/archive-place.ts';
import { addressesOf } from '../setup/environment.ts';
import { openBucket, openFilling } from '../setup/open.ts';
import { openDocuments } from '../store/documents.ts';
import { openHistory } from './history.ts';
import { keepFile, keepInstead } from './kept-file.ts';
import { withScratch } from './scratch.ts';
import {
  type AddCommand,
  CONFIG,
  type CommonOptions,
  createProgress,
  DEMO_CONFIG,
  demoConfigOf,
  Failure,
  optionsOf,
  type Shell,
} from './shell.ts';

interface RestoreOptions extends CommonOptions {
  resume?: boolean;
}

export const restoreCommand: AddCommand = (program, shell) => {
  program
    .command('restore')
    .description('brings back what "til backup" wrote: checks all of it first, then fills an empty log, and rebuilds')
    .argument('<file>', 'a path, or s3://BUCKET/KEY')
    .option('--resume', 'goes on with a restore that was cut short')
    .addHelpText('after', HELP)
    .action(async (file: string, _options, command) => {
      const options = optionsOf<RestoreOptions>(command);
      await withScratch((scratch) => run(shell, options, file, scratch));
    });
};

const HELP = `
TIL_LOG and TIL_STATE name where it goes; nothing is overwritten. The configuration comes back too, where none is or only
the sample; being a program, it should be your own. Tokens are not in a backup: put them into .env. Before the first start "til reconcile" brings in what came since.

Example:
  til restore backups/til-2026-11-30.tar.zst
`;

const run = async (shell: Shell, options: RestoreOptions, file: string, scratch: string): Promise<void> => {
  const { environment } = shell;
  const { resume = false, json } = options;
  const addresses = addressesOf(environment);
  const place = archivePlace(file, addresses.log, environment);
  const log = await openBucket(addresses.log, environment);
  if (!resume) await requireEmpty(log, addresses.log); // Before a large file is fetched.
  if (!resume) await requireNoState(shell);
  const filling = await openFilling(addresses.log, environment);
  const archive = await checkArchive(await place.fetch(scratch), join(scratch, 'sums'));
  const config = configPlace(shell, options, archive);
  const progress = createProgress(shell, 'restore', json);
  const restored = await restoreLog(archive, log, addresses.log, {
    resume,
    begin: () => filling.begin(goOnWith(file)),
    progress: (done, total) => progress.step(done, total, 'objects'),
  });
  await filling.end();
  progress.end();
  const placed = putConfig(config);
  const reports = await rebuildAll(shell, { ...options, config: config.path });
  report(shell, options, { file, archive, restored, config: { ...config, ...placed }, reports });
};

/** The command that goes on, as it is typed in whatever folder. */
const goOnWith = (file: string): string => {
  const place = /^[a-z0-9]{2,}:/.test(file) ? file : resolve(file);
  const word = /^[\w@%+=:,./-]+$/.test(place) ? place : `'${place.replaceAll("'", String.raw`'\''`)}'`;
  return `til restore ${word} --resume`;
};

/** A ledger of another log would be folded on, and say more than this log does. */
const requireNoState = async ({ environment }: Shell): Promise<void> => {
  const { state } = addressesOf(environment);
  if ((await (await openBucket(state, environment)).folders('')).includes('ledgers'))
    throw new Refused(`there is the state of another log at ${state}: empty it, or name another place by TIL_STATE`);
};

interface ConfigPlace {
  path: string;
  bytes?: Buffer;
}

/** Where the configuration belongs: where it was named, or beside the log if it is the demo's, or here. */
const configPlace = (shell: Shell, { config }: CommonOptions, { config: kept }: CheckedArchive): ConfigPlace => {
  const demo = kept?.name === DEMO_CONFIG ? demoConfigOf(shell.environment) : undefined;
  const path = config ?? demo ?? kept?.name ?? CONFIG;
  if (kept && !existsSync(path) && extname(path) !== extname(kept.name))
    throw new Refused(`--config: the backup holds ${kept.name}: expected a name with the same ending, got ${path}`);
  return { path, ...(kept ? { bytes: kept.bytes } : {}) };
};

/** What became of the configuration; `aside`: where the sample is now that was in its place. */
interface Placed {
  outcome: 'written' | 'same' | 'kept';
  aside?: string;
}

const putConfig = ({ path, bytes }: ConfigPlace): Placed => {
  if (!bytes) return { outcome: 'kept' };
  const there = existsSync(path) ? readFileSync(path) : undefined;
  if (there?.equals(bytes)) return { outcome: 'same' };
  if (there && !isSample(there.toString())) return { outcome: 'kept' };
  if (there) return { outcome: 'written', aside: keepInstead(path, bytes) };
  keepFile(path, bytes);
  return { outcome: 'written' };
};

/**
 * Whether a configuration is the one that came with the program, as `til init` asks too: its one channel is the sample's. Read as text, since
 * a program that was imported once is not imported anew when another stands in its place.
 */
const isSample = (text: string): boolean => {
  const channels = [...text.matchAll(/\bchannel["']?\s*:\s*["']([^"']*)/g)].map(([, channel]) => channel);
  return channels.length === 1 && channels[0] === SAMPLE.channel;
};

type Report = Findings & { channel: string };

const rebuildAll = async (shell: Shell, options: CommonOptions): Promise<Report[]> => {
  const history = await openHistory(shell, options);
  await publishChallenges(openDocuments(history.state), history.settings.challenges);
  const reports: Report[] = [];
  for (const challenge of history.settings.challenges) {
    const progress = createProgress(shell, challenge.channel, options.json);
    const found = await rebuild(challenge, {
      ...history,
      progress: (done, total, events) => progress.step(done, total, `weeks, ${events} events`),
    });
    progress.end();
    reports.push({ channel: challenge.channel, ...found });
  }
  return reports;
};

interface Done {
  file: string;
  archive: CheckedArchive;
  restored: Restored;
  config: ConfigPlace & Placed;
  reports: Report[];
}

const CONFIG_SENTENCES = {
  written: 'was in the backup, and is written',
  same: 'is the one in the backup',
  kept: 'is another than in the backup, and stays as it is; "tar --zstd -xOf" shows the other',
};

const report = (shell: Shell, { json }: CommonOptions, { file, archive, restored, config, reports }: Done): void => {
  const damaged = reports.flatMap(({ differences }) => differences);
  const { at, til } = archive.manifest;
  const { path, outcome, aside } = config;
  if (json) {
    const all = {
      ok: damaged.length === 0,
      file,
      at,
      til,
      ...restored,
      config: { path, outcome, ...(aside ? { aside } : {}) },
      reports,
    };
    shell.out(`${JSON.stringify(all)}\n`);
  } else {
    const { objects, bytes, present } = restored;
    const there = present > 0 ? `, ${present} of them there already` : '';
    shell.out(`${file}, made at ${at} by til ${til}: all digests are right\n`);
    shell.out(
      `log: ${objects} objects, ${bytes} bytes${there}\n${path}: ${CONFIG_SENTENCES[outcome]}${aside ? `; the sample that was there is ${aside} now` : ''}\n`,
    );
    for (const { channel, events, weeks, written } of reports)
      shell.out(`${channel}: ${events} events in ${weeks} weeks folded, ${written.length} objects written\n`);
    for (const { key, detail } of damaged) shell.error(`damaged: ${key}${detail ? ` (${detail})` : ''}\n`);
  }
  if (damaged.length > 0) throw new Failure(json ? '' : 'Some log objects were damaged when the backup was made.');
};
