import { existsSync, readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { withoutMark } from '../setup/config.ts';
import { writeWhole } from '../store/whole-file.ts';
import { Told } from './told.ts';

/** What a `.env` file says; nothing, where there is none. */
export const readEnvFile = (file: string): Record<string, string | undefined> =>
  existsSync(file) ? parseEnv(withoutMark(readFileSync(file, 'utf8'))) : {};

/**
 * Sets variables in a `.env` file, which is made when it is not there, and is readable by its owner alone afterwards. Every other line stays
 * as it is. A line `NAME=` or `# NAME=` is filled; where there is none, one comes at the end. Throws `Refused` when it cannot be written.
 */
export const setInEnvFile = (file: string, values: Readonly<Record<string, string>>, whenNew = ''): void => {
  try {
    const before = existsSync(file) ? readFileSync(file, 'utf8') : whenNew;
    const text = Object.entries(values).reduce((lines, [name, value]) => withValue(lines, name, value), before);
    writeWhole(file, text, 0o600); // A secret that was in it is never half of one.
  } catch (error) {
    const { code = 'unknown' } = error as { code?: string };
    throw new Told((errors) => errors.unwritable(file, code), { cause: error });
  }
};

/** What a new file says, with room for what Slack issued. */
export const NEW_ENVIRONMENT = `# Secrets: never commit this file. "til doctor" says whether they are right.
# "OAuth & Permissions" of the app: begins with xoxb-
SLACK_BOT_TOKEN=
# "Basic Information" of the app; several with commas while they are changed
SLACK_SIGNING_SECRET=
# Only for Socket Mode: begins with xapp-
# SLACK_APP_TOKEN=
`;

const withValue = (text: string, name: string, value: string): string => {
  const line = `${name}=${value}`;
  const set = new RegExp(`^[ \\t]*(export[ \\t]+)?${name}[ \\t]*=.*$`, 'm');
  const placeholder = new RegExp(`^[ \\t]*#[ \\t]*${name}=[ \\t]*$`, 'm');
  for (const pattern of [set, placeholder]) if (pattern.test(text)) return text.replace(pattern, () => line);
  return `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${line}\n`;
};
