import { createProgram } from '../../src/cli/main.ts';
import type { Shell } from '../../src/cli/shell.ts';

/** A shell that says nothing to anybody and is never told to end. */
export const SILENT: Shell = {
  environment: {},
  out: () => {},
  error: () => {},
  isTerminal: false,
  untilSignal: async () => {},
};

/** Every command, as the command line has them. */
export const commandsOf = () => createProgram(SILENT).commands;
