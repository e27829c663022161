import type { CommandText } from './text/command-text.ts';
import { en } from './text/en.ts';
import { ko } from './text/ko.ts';

/**
 * The words for whoever has this environment: Korean where the first of LC_ALL, LC_MESSAGES and LANG that is set says so, else English. The
 * command line chooses in the same way (`src/cli/language.ts`; this folder imports no source). A test compares the two.
 */
export const textFor = (environment: Readonly<Record<string, string | undefined>>): CommandText => {
  const locale = environment['LC_ALL'] || environment['LC_MESSAGES'] || environment['LANG'] || '';
  const [name = ''] = locale.toLowerCase().split(/[._@-]/);
  return name === 'ko' || name === 'korean' ? ko : en;
};
