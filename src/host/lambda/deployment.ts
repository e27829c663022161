import { Conflict, Corrupt, Refused, Unavailable } from '../../events/errors.ts';
import { systemClock } from '../../setup/clock.ts';
import type { Environment } from '../../setup/environment.ts';
import { createReport } from '../../setup/report.ts';

/** Raw lines of JSON: the alarms filter for their fields, which `console.log` would wrap. */
export const report = createReport(true, (line) => process.stdout.write(`${line}\n`), systemClock.now);

// The minifier shortens the names of classes, and errors say theirs. To keep all names of all packages would add 30 kB.
for (const [name, kind] of Object.entries({ Conflict, Corrupt, Refused, Unavailable }))
  Object.defineProperty(kind, 'name', { value: name });

/** A variable that the deployment sets. */
export const variable = (environment: Environment, name: string): string => {
  const value = environment[name];
  if (value) return value;
  throw new Refused(`${name}: expected a value, as cdk/stack.ts sets it, got none`);
};
