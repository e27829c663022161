import type { DoctorWords } from '../../admin/doctor-words.ts';
import { sentenceOf } from '../../setup/report.ts';
import { koTrouble } from './ko-trouble.ts';
import { asSubject } from './particle.ts';

const AGAIN = '"til manifest"가 보여 주는 것을 앱의 "App Manifest"에 넣고 앱을 다시 설치해 주세요';

const off = (seconds: number, isBehind: boolean): string =>
  `Slack의 시계보다 ${seconds}초 ${isBehind ? '느려요' : '빨라요'}`;

const whom = (isByLink: boolean, otherwise: string): string =>
  isByLink ? '링크를 가진 사람이 볼 수 있어요("til page-link"가 알려 줘요)' : otherwise;

const firstly = (firsts: string): string => firsts && ` (처음 온 날: ${firsts})`;

/** `til doctor`가 하는 말. */
export const koDoctor: DoctorWords = {
  is: { fine: '   좋아요', unseen: '        ?', wrong: '봐 주세요' },
  what: {
    log: (address) => `로그 (${address})`,
    state: (address) => `상태 (${address})`,
    queue: '큐',
    links: (folder) => `하드 링크 (${folder})`,
    disk: '디스크',
    clock: '시계',
    alarm: '알람',
    deliveries: '이벤트 받기',
    page: '페이지',
    socket: '소켓',
    token: '토큰',
    secret: '시크릿',
    talk: '버튼과 명령',
    home: '앱 홈',
    presses: '버튼 누르기',
    channel: (challenge) => `${challenge}: 채널`,
    events: (challenge) => `${challenge}: 이벤트`,
    schedule: (challenge) => `${challenge}: 일정`,
  },
  trouble: (error) => koTrouble(sentenceOf(error)),
  bucket: {
    createsTwice: '같은 객체가 두 번 만들어졌어요. 조건부 쓰기가 되지 않는 곳이라 이벤트를 잃을 수 있어요',
    unread: '방금 쓴 것을 읽을 수 없어요',
    unlisted: '방금 쓴 것이 목록에 없어요',
    swapsBlindly: 'ETag이 다른데도 바뀌었어요. 둘이 함께 쓰면 서로 덮어쓸 수 있어요',
    creates: '한 번만 만들고, 읽고, 목록에 보여요',
    swaps: '한 번만 만들고, 읽고, 목록에 보이고, 아는 것만 바꿔요',
  },
  queue: {
    onAws: 'AWS에 있어요. 알람과 나이는 콘솔에 있어요(RUNBOOK.md)',
    waiting: (jobs, seconds) => `기다리는 일 ${jobs}개, 가장 오래된 것 ${seconds}초`,
    unserved: (waiting) => `일하는 서버가 없어요(${waiting}). "til serve"로 시작해 주세요`,
    old: (waiting) => `${waiting}. 까닭은 서버가 남긴 줄에 있어요`,
    ofStack: (says) => `${says}. 로그가 AWS 스택의 것이면 TIL_QUEUE에 스택의 QueueUrl을 적어 주세요`,
  },
  links: {
    there: '있어요',
    none: '이 디스크에는 하드 링크가 없어요(exFAT, SMB, 9p, 어떤 컨테이너 볼륨). 그래서 객체를 잠그고 하나씩 만들어요. 안전한 건 같고 조금 느려요',
  },
  disk: {
    free: (gibibytes) => `${gibibytes} GiB 남았어요`,
    full: (gibibytes) => `${gibibytes} GiB 남았어요. 꽉 차면 아무것도 받지 못해요. 자리를 비워 주세요`,
  },
  alarm: {
    test: 'TIL 챌린지: "til doctor"가 시험 삼아 보냈어요. 아무 문제 없어요.',
    sent: '두 번째 방법으로 시험 삼아 보냈어요. 잘 왔나요?',
    onAws: '한 대로 돌리는 서버에서 써요. AWS에서는 알람이 스택의 토픽으로 가요',
  },
  clock: {
    silent: (url) => `${url} 주소에서 답이 없어요. 네트워크가 되는지 봐 주세요`,
    off,
    wrong: (seconds, isBehind) => `${off(seconds, isBehind)}. 300초가 넘으면 이벤트를 받지 못해요. NTP로 맞춰 주세요`,
    onAws: '함수의 시계는 AWS가 맞춰요',
  },
  token: {
    none: 'SLACK_BOT_TOKEN이 없어서 Slack에 말할 수 없어요. 앱의 "OAuth & Permissions"에 있고, xoxb-로 시작해요',
    onAws: '함수가 Secrets Manager에서 읽어요. 여기에도 SLACK_BOT_TOKEN이 있으면 토큰, 채널, 이벤트까지 볼게요',
    scopesUnknown: (user) => `봇 ${user}의 것이에요. 어떤 권한이 있는지는 Slack이 알려 주지 않았어요`,
    lacks: (user, scopes) =>
      `봇 ${user}의 것인데, 없는 권한이 있어요: ${scopes}. "til manifest"가 보여 주는 것을 앱에 넣고 다시 설치해 주세요`,
    whole: (user, spared) =>
      `봇 ${user}의 것이고, 필요한 권한이 다 있어요${spared ? `(비공개 채널에서만 쓰는 권한은 없어요: ${spared})` : ''}`,
  },
  socket: (others) =>
    others === undefined ? 'Slack과 연결돼요' : `Slack과 연결돼요. 이 앱의 다른 연결은 ${others}개예요`,
  channel: {
    archived: (name) => `#${name} 채널은 보관되어 있어서 글을 올릴 수 없어요`,
    absent: (name) => `봇이 #${name} 채널에 없어요. /invite로 초대해 주세요`,
    present: (name) => `봇이 #${name} 채널에 있어요`,
  },
  events: {
    none: '지난 7일 동안 아무도 쓰지 않았어요. 무엇이든 쓰고 3분 뒤에 다시 봐 주세요',
    arrived: (time) => `${time}의 메시지가 도착했어요`,
    missing: (time) =>
      `${time}의 메시지가 오지 않았어요. 앱의 "Event Subscriptions"에서 Request URL이 확인됐는지 봐 주세요. 놓친 것은 "til reconcile"이 가져와요`,
  },
  schedule: {
    noPost: '이번 주에 주차 글이 없어요("til open-week"가 올려요)',
    noResult: (month) =>
      `${month} 결과를 아직 발표하지 않았어요(${asSubject(`"til close-month --month ${month}"`)} 발표해요)`,
    fine: '밀린 것이 없어요',
  },
  talk: {
    unknown: '토큰에 어떤 권한이 있는지 Slack이 알려 주지 않았어요',
    has: (scope) => `${scope} 권한이 있어요`,
    lacks: (scope) => `${scope} 권한이 없어서 버튼과 명령만 쓸 수 없어요. 다른 일은 그대로 해요. ${AGAIN}`,
  },
  home: {
    noAdmin: '설정에 관리자가 없어서 앱 홈을 시험할 수 없어요',
    on: '켜져 있어요',
    off: `앱 홈이 꺼져 있어요(not_enabled). ${AGAIN}`,
    unclear: (answer) => `시험할 수 없어요. Slack의 답: ${answer}`,
  },
  presses: {
    first: (kind, date) => `${kind} ${date}`,
    seen: (firsts) => `버튼을 누른 것이 왔어요${firstly(firsts)}`,
    never: (firsts, command) =>
      `아직 아무도 버튼을 누르지 않았어요${firstly(firsts)}. 앱의 "App Manifest"가 "til manifest"가 보여 주는 것과 같은지 봐 주세요: ` +
      `명령 ${command}, interactivity, 메시지 단축키 셋(post.accept, post.reject, post.clear), 앱 홈, app_home_opened 이벤트`,
  },
  page: {
    off: '꺼져 있어요',
    noLink: '링크로 여는데 아직 링크가 없어요. "til page-link"가 만들어요',
    linkOnAws: (variable) => `링크로 열어요. 링크는 배포하는 사람에게 있어요(${variable})`,
    onAws: (isByLink) => whom(isByLink, '주소를 아는 사람이면 누구나 볼 수 있어요'),
    shown: (isByLink, host) =>
      `${whom(isByLink, '서버에 닿는 사람이면 누구나 볼 수 있어요')}. ${host === undefined ? '이 컴퓨터의 모든 주소에서 열려요' : `${host}에서 열려요(HOST)`}`,
  },
  deliveries: {
    none: 'SLACK_SIGNING_SECRET이 없어서 이벤트를 받을 수 없어요. 앱의 "Basic Information"에 있어요. 소켓을 쓰면 SLACK_APP_TOKEN(xapp-…)이면 돼요',
    http: 'Signing Secret이 있어요',
    socket: 'SLACK_APP_TOKEN이 있어서 소켓으로 받아요',
    onAws: '함수가 받아요. Signing Secret은 Secrets Manager에 있고, "Requests fail"과 "No events" 알람이 지켜봐요',
  },
};
