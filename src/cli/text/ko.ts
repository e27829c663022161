import type { CliText } from './cli-text.ts';
import { koDoctor } from './ko-doctor.ts';
import { koErrors } from './ko-errors.ts';
import { koHelp } from './ko-help.ts';
import { koInit } from './ko-init.ts';
import { koChoice, koMonth, koWeek } from './ko-outcomes.ts';
import { koStory } from './ko-story.ts';

/** What the commands say, in Korean. */
export const ko: CliText = {
  help: koHelp,
  errors: koErrors,
  init: koInit,
  doctor: koDoctor,
  week: koWeek,
  month: koMonth,
  choice: koChoice,
  story: koStory,
};
