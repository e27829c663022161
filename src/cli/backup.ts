import { existsSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { type Backup, writeBackup } from '../admin/backup.ts';
import { checkArchive } from '../admin/check-archive.ts';
import { Refused } from '../events/errors.ts';
import { archivePlace } from '../setup/archive-place.ts';
import { systemClock } from '../setup/clock.ts';
import { addressesOf } from '../setup/environment.ts';
import { openWholeLog } from '../setup/open.ts';
import { onDisk } from '../store/disk-error.ts';
import { withScratch } from './scratch.ts';
import { type AddCommand, type CommonOptions, configOf, createProgress, optionsOf, type Shell } from './shell.ts';
import { version } from './version.ts';

export const backupCommand: AddCommand = (program, shell) => {
  program
    .command('backup')
    .description('writes log and configuration into one file, beside a running server too; overwrites nothing')
    .argument('<file>', 'a path, or s3://BUCKET/KEY; a tar archive in zstd')
    .addHelpText('after', HELP)
    .action(async (file: string, _options, command) => {
      const options = optionsOf<object>(command);
      const backup = await withScratch((scratch) => make(shell, options, file, scratch));
      if (options.json) shell.out(`${JSON.stringify(reportOf(file, backup))}\n`);
      else tell(shell, file, backup);
    });
};

const HELP = `
Whoever has the file has what members wrote: only its owner may read it. The tokens in .env are not in it: keep them where you keep
passwords. All else (ledgers, pages) follows from the log: "til restore" makes it again. After "til forget" make a new backup, and delete
the older ones.

Example:
  til backup backups/til-$(date +%F).tar.zst
`;

const make = async (shell: Shell, options: CommonOptions, file: string, scratch: string): Promise<Backup> => {
  const { environment } = shell;
  const address = addressesOf(environment).log;
  const config = readConfig(configOf(shell, options.config));
  const place = archivePlace(file, address, environment);
  const log = await openWholeLog(address, environment);
  if ((await log.list('')).entries.length === 0)
    throw new Refused(
      `there is no log at ${address}: expected the place that TIL_LOG names in .env or the environment`,
    );
  const draft = await place.draft(scratch);
  const progress = createProgress(shell, 'backup', options.json);
  try {
    const backup = await onDisk('cannot write', file, () =>
      writeBackup(draft, {
        log,
        config,
        scratch,
        version: version(),
        now: systemClock.now(),
        progress: (done, total) => progress.step(done, total, 'objects'),
      }),
    );
    progress.end();
    await checkArchive(draft, join(scratch, 'checked')); // A backup that was never read is none.
    await onDisk('cannot write', file, () => place.publish(draft, backup.sha256));
    return backup;
  } finally {
    await rm(draft, { force: true }).catch(() => undefined); // Where it cannot even be looked for, nothing was written.
  }
};

const readConfig = (path: string): { name: string; bytes: Uint8Array } => {
  if (existsSync(path)) return { name: basename(path), bytes: readFileSync(path) };
  throw new Refused(`there is no configuration at ${resolve(path)}: name it with --config FILE`);
};

const reportOf = (file: string, { manifest, archiveBytes, sha256 }: Backup) => {
  const { objects, bytes, config, at, settled } = manifest;
  return { ok: true, file, objects, bytes, archiveBytes, sha256, config, at, settled };
};

const tell = (shell: Shell, file: string, { manifest, archiveBytes, sha256 }: Backup): void => {
  const { objects, bytes, config, settled } = manifest;
  shell.out(
    `${file}: ${objects} objects of ${bytes} bytes and ${config}, in ${archiveBytes} bytes; read back, all right\n`,
  );
  shell.out(`SHA-256: ${sha256}\n`);
  if (!settled)
    shell.out(
      'The log grew with every look at it: of its last moments, what led to an event may be in the next backup only.\n',
    );
};
