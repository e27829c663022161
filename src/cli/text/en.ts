import type { CliText } from './cli-text.ts';
import { enDoctor } from './en-doctor.ts';
import { enErrors } from './en-errors.ts';
import { enHelp } from './en-help.ts';
import { enInit } from './en-init.ts';
import { enChoice, enMonth, enWeek } from './en-outcomes.ts';
import { enStory } from './en-story.ts';

/** What the commands say, in English. */
export const en: CliText = {
  help: enHelp,
  errors: enErrors,
  init: enInit,
  doctor: enDoctor,
  week: enWeek,
  month: enMonth,
  choice: enChoice,
  story: enStory,
  renewal: {
    begins:
      'The machine was started, or the folder copied, since the counts were last written: they are made anew from the log first.',
    ended: (seconds) => `Made anew in ${seconds} s.`,
  },
};
