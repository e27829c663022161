import type { Workspace } from '../../src/sandbox/workspace.ts';
import type { Reader } from '../../src/slack/reader.ts';
import type { Ground, Process } from '../simulation/process.ts';
import { readerOf } from '../simulation/reader-port.ts';

/** A sandbox workspace as whoever reconciles reads it, without HTTP and without trouble. */
export const sandboxReader = (workspace: Workspace): Reader =>
  readerOf(
    workspace,
    { pass: async () => {}, clockCheck: { watch: () => () => {} } } as unknown as Process,
    { faults: { strikes: () => false }, timeline: { now: () => 0 } } as unknown as Ground,
  );
