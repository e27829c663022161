import { backupCommand } from './backup.ts';
import { closeMonthCommand } from './close-month.ts';
import { compareCommand } from './compare.ts';
import { copyCommand } from './copy.ts';
import { dlqCommand } from './dlq.ts';
import { doctorCommand } from './doctor.ts';
import { effectCommand } from './effect.ts';
import { excuseCommand } from './excuse.ts';
import { exportCommand } from './export.ts';
import { extendCommand } from './extend.ts';
import { forgetCommand } from './forget.ts';
import { importCommand } from './import.ts';
import { initCommand } from './init.ts';
import { manifestCommand } from './manifest.ts';
import { membersCommand } from './members.ts';
import { openWeekCommand } from './open-week.ts';
import { pageLinkCommand } from './page-link.ts';
import { publishPageCommand } from './publish-page.ts';
import { quarantineCommand } from './quarantine.ts';
import { rebuildCommand } from './rebuild.ts';
import { reconcileCommand } from './reconcile.ts';
import { rehearseCommand } from './rehearse.ts';
import { replayCommand } from './replay.ts';
import { restWeekCommand } from './rest-week.ts';
import { restoreCommand } from './restore.ts';
import { acceptCommand, rejectCommand } from './rule.ts';
import { sealCommand } from './seal.ts';
import { serveCommand } from './serve.ts';
import { serviceCommand } from './service.ts';
import type { AddCommand } from './shell.ts';
import { startCommand } from './start.ts';
import { verifyCommand } from './verify.ts';

/** Every command, in the order of the help. */
export const commands: readonly AddCommand[] = [
  startCommand,
  serveCommand,
  openWeekCommand,
  closeMonthCommand,
  acceptCommand,
  rejectCommand,
  excuseCommand,
  restWeekCommand,
  extendCommand,
  replayCommand,
  rebuildCommand,
  verifyCommand,
  reconcileCommand,
  sealCommand,
  compareCommand,
  rehearseCommand,
  effectCommand,
  importCommand,
  membersCommand,
  exportCommand,
  forgetCommand,
  quarantineCommand,
  dlqCommand,
  doctorCommand,
  initCommand,
  serviceCommand,
  pageLinkCommand,
  publishPageCommand,
  backupCommand,
  restoreCommand,
  copyCommand,
  manifestCommand,
];
