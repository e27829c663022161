import type { ErrorText } from './error-text.ts';
import { koTrouble, whyInKorean } from './ko-trouble.ts';
import { asTopic } from './particle.ts';

/** 부탁받은 대로 할 수 없을 때 하는 말: 무엇이, 어떻게 적어야 하고, 무엇이라고 적혀 있었는지. */
export const koErrors: ErrorText = {
  trouble: koTrouble,
  language: (got) => `--lang에는 en이나 ko를 적어 주세요. 지금은 ${got}`,
  week: (what, got) => `${what}에는 2024-W32 같은 주차를 적어 주세요. 지금은 ${got}`,
  month: (got) => `--month에는 2024-08 같은 달을 적어 주세요. 지금은 ${got}`,
  time: (option, got) =>
    `${option}에는 2024-08-11, 2024-08-11T23:59, 2024-08-11T23:59+09:00, 1722865849.468459 같은 때를 적어 주세요. 지금은 ${got}`,
  wait: (got) => `--wait에는 0에서 9999까지의 초를 적어 주세요. 지금은 ${got}`,
  unknownChannel: (known, got) => `--channel에는 이 가운데 하나를 적어 주세요: ${known}. 지금은 ${got}`,
  whichChannel: (known) => `챌린지가 여럿이에요. --channel에 이 가운데 하나를 적어 주세요: ${known}`,
  noLog: (address) => `${address}에는 로그가 없어요. 서버가 로그를 두는 곳을 TIL_LOG에 적어 주세요(환경 변수나 .env)`,
  both: (first, second) => `--${first}, --${second} 가운데 하나만 적어 주세요`,
  length: (option, got) => `${option}에는 1자에서 80자까지 적을 수 있어요. 지금은 ${got}자예요`,
  message: (got) =>
    `메시지의 링크(https://example.slack.com/archives/C0TILCHAN1/p1722865849468459)나 ts(1722865849.468459)를 적어 주세요. 지금은 ${got}`,
  otherChannel: (channel, got) => `이 메시지는 ${channel} 채널의 것인데, --channel에는 ${got}`,
  hours: (most, got) => `--hours에는 1에서 ${most}까지의 수를 적어 주세요. 지금은 ${got}`,
  noHours: '--hours에 몇 시간인지 적거나, --undo를 적어 주세요',
  notOver: (month, until) =>
    `${asTopic(month)} ${until}에 끝나요(--month). 마감한 결과는 바뀌지 않아요. 그래도 지금 마감하려면 --yes를 붙여 주세요`,
  several: (name) => `${name}: 이름이 같은 분이 여럿이에요. 이 가운데 한 분의 ID를 적어 주세요:`,
  nobody: (name) => `${name}: 로그에 없는 이름이에요. 이 가운데 한 분의 ID를 적어 주세요:`,
  unseen: (id, near) =>
    `${id}: 아직 로그에 없는 ID예요. 맞는지 봐 주세요.${near ? ` 비슷한 ID: ${near}.` : ''} 맞다면 참여하는 때부터 세어요.`,
  people: ['ID', '이름'],
  configured: (file) => `설정이 이미 있어요: ${file}. 직접 고치거나, --config로 다른 파일을 정해 주세요`,
  nobodyToAsk: '물어볼 사람이 없어요. --channel에 C0123456789 같은 채널 ID를 적어 주세요',
  pagePlace: {
    apart: (folder, what) => `${folder}: 페이지만 두는 폴더를 정해 주세요. 이 폴더와 겹치는 곳이에요: ${what}`,
    holds: (folder, what) => `${folder}: 페이지만 두는 폴더를 정해 주세요. 이 파일이 있는 곳이에요: ${what}`,
  },
  outside: (option, folder, own) => `${option}에는 ${own} 밖의 폴더를 적어 주세요. 지금은 ${folder}`,
  unwritable: (file, code) => `저장할 수 없어요: ${file}. ${whyInKorean(code)}`,
};
