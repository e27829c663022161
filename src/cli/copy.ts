import { type CopyReport, copyBucket } from '../admin/copy.ts';
import { Refused } from '../events/errors.ts';
import { openBucket, openState, openWholeLog } from '../setup/open.ts';
import type { Bucket } from '../store/bucket.ts';
import { type AddCommand, createProgress, Failure, optionsOf, printable, type Shell } from './shell.ts';

interface CopyCommandOptions {
  from: string;
  to: string;
  stateFrom?: string;
  stateTo?: string;
}

export const copyCommand: AddCommand = (program, shell) => {
  program
    .command('copy')
    .description('copies a log, and if asked a state, to another place; overwrites nothing and checks what it wrote')
    .requiredOption('--from <address>', 'the log: file:PATH or s3://BUCKET/PREFIX')
    .requiredOption('--to <address>', 'where it goes: file:PATH or s3://BUCKET/PREFIX')
    .option('--state-from <address>', 'the state; without it, "til rebuild" makes it anew from the log')
    .option('--state-to <address>', 'where the state goes')
    .addHelpText(
      'after',
      '\nThe same command again goes on after an interruption, and brings what is new. Exit code 1: other bytes are there under a key.\n\nExample:\n  til copy --from file:data/log --to s3://til-log\n',
    )
    .action(async (_options, command) => {
      const { json, ...options } = optionsOf<CopyCommandOptions>(command);
      const reports: Record<string, CopyReport> = {};
      for (const [what, from, to] of placesOf(options)) reports[what] = await copy(shell, what, from, to, json);
      const differing = Object.values(reports).flatMap((report) => report.differing);
      if (json) shell.out(`${JSON.stringify({ ok: differing.length === 0, ...reports })}\n`);
      else for (const [what, report] of Object.entries(reports)) tell(shell, what, report);
      if (differing.length > 0) throw new Failure(json ? '' : 'Other bytes are there already; they stay as they are.');
    });
};

const placesOf = ({ from, to, stateFrom, stateTo }: CopyCommandOptions): [what: string, from: string, to: string][] => {
  if ((stateFrom === undefined) !== (stateTo === undefined))
    throw new Refused('--state-from and --state-to: expected both or neither');
  const places: [string, string, string][] = [['log', from, to]];
  if (stateFrom !== undefined && stateTo !== undefined) places.push(['state', stateFrom, stateTo]);
  for (const [what, source, target] of places)
    if (source === target) throw new Refused(`the ${what}: expected two places, got ${source} twice`);
  return places;
};

const copy = async (shell: Shell, what: string, from: string, to: string, json?: boolean): Promise<CopyReport> => {
  const progress = createProgress(shell, what, json);
  const source = what === 'state' ? await soundState(from, shell) : await openWholeLog(from, shell.environment);
  const target = await openBucket(to, shell.environment);
  const report = await copyBucket(source, target, { progress: (done, total) => progress.step(done, total, 'objects') });
  progress.end();
  if (report.objects === 0) throw new Refused(`${from}: expected a ${what}, found nothing there`);
  return report;
};

/** State to be copied. What may be torn or old would be taken for sound at the other place. */
const soundState = async (from: string, { environment }: Shell): Promise<Bucket> => {
  const { state, doubt } = await openState(from, environment);
  if (!doubt?.isThere()) return state;
  throw new Refused(
    `the state at ${from} was not forced to the disk before the machine was started anew: run "til rebuild" there first, or copy the log alone`,
  );
};

const tell = (shell: Shell, what: string, { objects, bytes, copied, present, differing }: CopyReport): void => {
  for (const key of differing) shell.out(`differs: ${printable(key)}\n`);
  shell.out(`${what}: ${objects} objects, ${bytes} bytes: ${copied} copied, ${present} there already\n`);
};
