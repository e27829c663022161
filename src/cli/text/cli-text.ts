import type { DoctorWords } from '../../admin/doctor-words.ts';
import type { ErrorText } from './error-text.ts';
import type { HelpText } from './help-text.ts';
import type { InitText } from './init-text.ts';
import type { ChoiceText, MonthText, WeekText } from './outcome-text.ts';
import type { StoryText } from './story-text.ts';

/** The languages of the commands. */
export type Language = 'en' | 'ko';

/** What the commands say to an admin, in one language; what they say to programs, as with --json, is English. */
export interface CliText {
  help: HelpText;
  errors: ErrorText;
  /** `til init`. */
  init: InitText;
  /** `til doctor`. */
  doctor: DoctorWords;
  /** `til open-week`. */
  week: WeekText;
  /** `til close-month`. */
  month: MonthText;
  /** `til accept`, `reject`, `excuse`, `rest-week` and `extend`. */
  choice: ChoiceText;
  /** `til replay`. */
  story: StoryText;
  /** That what is stored is made anew from the log before a command reads it. */
  renewal: { begins: string; ended(seconds: number): string };
}
