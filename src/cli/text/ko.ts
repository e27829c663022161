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
  renewal: {
    begins:
      '집계를 마지막으로 저장한 뒤에 컴퓨터가 다시 켜졌거나 폴더가 복사됐어요. 먼저 로그에서 집계를 새로 만들게요.',
    ended: (seconds) => `${seconds}초 만에 새로 만들었어요.`,
  },
};
