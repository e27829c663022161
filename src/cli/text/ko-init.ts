import type { InitText } from './init-text.ts';

const SECRETS = 'SLACK_BOT_TOKEN, 그리고 --socket이면 SLACK_APP_TOKEN, --url이면 SLACK_SIGNING_SECRET';

/** `til init`이 하는 말. */
export const koInit: InitText = {
  questions: {
    channel: '채널 ID를 알려 주세요 (Slack에서 채널 이름 ▸ 정보, 맨 아래. 채널 링크를 붙여 넣어도 돼요):',
    name: '챌린지 이름은 무엇인가요?',
    timeZone: '어느 시간대로 한 주를 셀까요?',
    rest: '쉬는 주가 있나요? (seollal, chuseok, 2024-W52 같은 주를 쉼표로, 없으면 -)',
    admins: '알림을 받을 관리자는 누구인가요? (U0123456789 같은 멤버 ID를 쉼표로. Slack 프로필 ▸ ⋮ ▸ 멤버 ID 복사)',
    way: 'Slack과 어떻게 연결할까요? 주소가 필요 없는 socket, 공개 https 주소가 있으면 url:',
  },
  wrong: {
    locale: 'ko나 en으로 답해 주세요. Please answer ko or en.',
    channel: '채널 ID는 C0123456789처럼 C로 시작해요.',
    name: '이름은 1자에서 80자까지예요.',
    timeZone: 'Asia/Seoul이나 Europe/Berlin 같은 시간대 이름으로 답해 주세요.',
    rest: 'seollal, chuseok, 2024-W38 같은 주를 쉼표로 적어 주세요. 없으면 - 예요.',
    admins: '멤버 ID는 U0123456789처럼 U로 시작해요. 여럿이면 쉼표로 나눠 주세요.',
    way: 'socket이나 url로 답해 주세요.',
  },
  secrets: {
    SLACK_BOT_TOKEN: {
      question:
        'Bot User OAuth Token을 붙여 넣어 주세요 (xoxb-…, 앱의 "Install App"). 화면에 보이지 않아요. 나중에 하려면 Enter:',
      wrong: '봇 토큰은 xoxb-로 시작해요.',
    },
    SLACK_APP_TOKEN: {
      question:
        'App-Level Token을 붙여 넣어 주세요 (xapp-…, "Basic Information" ▸ "App-Level Tokens"). 화면에 보이지 않아요. 나중에 하려면 Enter:',
      wrong: '앱 토큰은 xapp-로 시작해요.',
    },
    SLACK_SIGNING_SECRET: {
      question:
        'Signing Secret을 붙여 넣어 주세요 ("Basic Information" ▸ "App Credentials"). 화면에 보이지 않아요. 나중에 하려면 Enter:',
      wrong: 'Signing Secret은 빈칸 없는 32자쯤의 글자와 숫자이고, 토큰이 아니에요.',
    },
  },
  goesOn: '멈췄던 곳에서 이어 갈게요.',
  stopped: '여기서 멈췄어요. 지금까지의 답은 남아 있으니, 같은 명령으로 이어 갈 수 있어요.',
  sample: (file) => `옮겨 둠: 예시 설정은 이제 ${file} 파일이에요`,
  written: (file) => `저장: ${file}`,
  kept: (file) => `그대로 둠: ${file}`,
  isBot: (bot, workspace) => `Slack이 확인했어요: ${workspace ? `${workspace}의 ` : ''}봇 ${bot}.`,
  lacks: (scopes) =>
    `없는 권한이 있어요: ${scopes}. "til manifest"가 보여 주는 것을 앱의 "App Manifest"에 넣고 앱을 다시 설치해 주세요.`,
  inChannel: (name) => `봇이 #${name} 채널에 있어요.`,
  notInChannel: (name) => `봇이 아직 #${name} 채널에 없어요. 채널에서 /invite @TIL로 초대해 주세요.`,
  noChannel: (id) =>
    `봇에게는 ${id} 채널이 보이지 않아요. 비공개 채널이면 먼저 봇을 초대하고, 아니면 설정의 channel을 확인해 주세요.`,
  opens: 'Slack과 연결돼요.',
  refused: (code) => `Slack이 받지 않아요 (${code}). 한 번 더 부탁해요:`,
  unchecked: '여기서는 Slack에 닿지 않아서 확인 없이 저장했어요. "doctor"가 다시 볼 거예요.',
  isSet: (name) => `${name}: 이미 있어요.`,
  stored: (name, file) => `${name}: ${file}에 저장했어요. 본인만 읽을 수 있어요.`,
  missing: (names) => `나중에 할 것: ${names}. 매니페스트로 앱을 만든 다음 "init"을 다시 하면 여기부터 이어 가요.`,
  next: '다음:',
  invite: '그다음 채널에서 봇을 초대하고 (/invite @TIL), 모두 괜찮은지 보세요:',
  unasked: {
    written: (file) => `저장: ${file}. 본인만 읽을 수 있어요. 이것을 적어 주세요: ${SECRETS}`,
    kept: (file) => `그대로 둠: ${file}. 이것이 있어야 해요: ${SECRETS}`,
    next:
      '다음: "til manifest --socket"(또는 --url https://…)으로 앱을 만들어요. 이미 있는 앱이면 그것을 앱의 "App Manifest"에 넣고 다시 설치해 ' +
      '주세요. 그다음 "til doctor"로 모두 괜찮은지 보고 "til serve"로 시작해요.',
  },
};
