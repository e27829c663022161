import { Argument } from 'commander';
import { listQuarantine, type Quarantined, redriveJob } from '../admin/quarantine.ts';
import { Refused } from '../events/errors.ts';
import { systemClock } from '../setup/clock.ts';
import { type History, openHistory } from './history.ts';
import { type AddCommand, type CommonOptions, Failure, optionsOf, printable, type Shell, table } from './shell.ts';
import { request, withSystem } from './system.ts';

const forPrograms = ({ payload: _, ...rest }: Quarantined) => rest;

const collect = async (items: AsyncIterable<Quarantined>): Promise<Quarantined[]> => {
  const all: Quarantined[] = [];
  for await (const item of items) all.push(item);
  return all;
};

interface QuarantineOptions {
  key?: string;
  yes?: boolean;
}

export const quarantineCommand: AddCommand = (program, shell) => {
  program
    .command('quarantine')
    .description('deliveries that could not be processed: shows them, or tries them again')
    .addArgument(
      new Argument(
        '<action>',
        'list shows it with its reasons; redrive tries again what is not in the log yet',
      ).choices(['list', 'redrive']),
    )
    .option('--key <key>', 'only this one')
    .option('--yes', 'try again; without, redrive only says what would be tried')
    .addHelpText(
      'after',
      '\nNo text of any member is shown. Nothing is removed; what fails again is put aside again.\n\nExample:\n  til quarantine list\n  til quarantine redrive --yes\n',
    )
    .action(async (action: 'list' | 'redrive', _options, command) => {
      const options = optionsOf<QuarantineOptions>(command);
      await (action === 'list' ? list(shell, options) : redrive(shell, options));
    });
};

const wantedIn = async ({ log, settings }: History, { key }: QuarantineOptions): Promise<Quarantined[]> => {
  const all = await collect(listQuarantine(log, settings));
  const wanted = key ? all.filter((item) => item.key === key) : all;
  if (key && wanted.length === 0) throw new Refused(`--key: there is nothing under ${printable(key)}`);
  return wanted;
};

const list = async (shell: Shell, options: QuarantineOptions & CommonOptions): Promise<void> => {
  const all = await wantedIn(await openHistory(shell, options), options);
  if (options.json) shell.out(`${JSON.stringify({ quarantined: all.map(forPrograms) })}\n`);
  else tell(shell, all);
};

const redrive = (shell: Shell, options: QuarantineOptions & CommonOptions): Promise<void> =>
  withSystem(shell, options, async (system) => {
    const open = (await wantedIn(system, options)).filter(({ payload, inLog }) => payload && !inLog);
    if (!options.yes || open.length === 0) {
      report(shell, options, { open: open.length });
      return;
    }
    const jobs = open.map((item) => redriveJob(item, systemClock.now()));
    if (!(await request(shell, options, system, jobs))) {
      report(shell, options, { open: open.length, queued: true });
      return;
    }
    const keys = new Set(open.map(({ key }) => key));
    const after = await wantedIn(system, options);
    const stuck = after.filter(({ key, inLog }) => keys.has(key) && !inLog).length;
    report(shell, options, { open: open.length, stuck });
    if (stuck > 0) throw new Failure('');
  });

const tell = (shell: Shell, all: readonly Quarantined[]): void => {
  if (all.length === 0) shell.out('Nothing lies in quarantine.\n');
  else
    shell.out(
      table([
        ['in the log', 'what', 'reason', 'key'],
        ...all.map(({ inLog, what, reason, key }) => [inLog ? 'yes' : 'no', what, reason.slice(0, 120), key]),
      ]),
    );
};

const report = (
  shell: Shell,
  { json }: CommonOptions,
  result: { open: number; stuck?: number; queued?: true },
): void => {
  const { open, stuck, queued } = result;
  if (json) shell.out(`${JSON.stringify(result)}\n`);
  else if (open === 0) shell.out('There is nothing that could be tried again.\n');
  else if (queued) shell.out(`${open} are on the queue; the running server tries them.\n`);
  else if (stuck === undefined) shell.out(`${open} would be tried again; add --yes to do it.\n`);
  else shell.out(`${open - stuck} of ${open} are in the log now${stuck > 0 ? `; ${stuck} failed again` : ''}.\n`);
};
