import type { HelpText } from './help-text.ts';

const RULING = {
  message: '메시지의 링크(Slack의 링크 복사)나 1722865849.468459 같은 ts',
  week: '어느 주의 글로 셀지(같은 달의 주)',
  note: '까닭, 80자까지',
  undo: '판정을 지우고 다시 규칙대로 세기',
};

const TITLES: Record<string, string> = {
  'Usage:': '사용법:',
  'Arguments:': '적을 것:',
  'Options:': '옵션:',
  'Commands:': '명령:',
};

/** --help가 하는 말. */
export const koHelp: HelpText = {
  program: 'Slack 채널에서 매주 글을 쓰는 TIL 챌린지를 운영해요.',
  after: `
til <명령> --help가 무엇을 하는지 예와 함께 알려 줘요. 종료 코드 0: 괜찮음, 1: 다르거나 하지 못함, 2: 잘못 적음.

예:
  til doctor
  til replay --month 2024-08
`,
  afterError: '(til <명령> --help가 더 알려 줘요)',
  version: '버전 보기',
  help: '도움말 보기',
  title: (title) => TITLES[title] ?? title,
  line: (text) => text.replace(/\(default: (.*)\)$/, '(기본값: $1)'),
  common: {
    config: '설정 파일(기본값: "til.config.ts")',
    json: '프로그램이 읽을 JSON으로 보기',
    lang: '한국어나 영어로 말하기: ko, en',
  },
  onlyChallenge: '이 챌린지만',
  wait: '켜져 있는 서버가 할 때까지 기다릴 초',
  choice: {
    yes: '그대로 하기. 없으면 무엇이 바뀌는지만 보여 줘요',
    channel: '챌린지가 여럿일 때, 그 채널',
    after: `
--yes가 없으면 무엇이 바뀌는지만 보여 줘요. 이미 마감한 달은 발표한 그대로라서, 그것을 바꾸는 일은 하지 않아요.
하지 않았거나 아직 다 하지 못했으면 종료 코드는 1이에요.

예:
`,
  },
  init: {
    does: '알아야 할 것을 묻고, 토큰을 확인하고, 설정과 .env를 써요. 직접 쓴 것은 바꾸지 않아요',
    options: {
      channel: '채널 ID. 채널 정보 맨 아래에 있어요',
      name: '챌린지 이름',
      locale: '봇이 말할 언어: ko, en',
      timeZone: '한 주를 셀 시간대. Asia/Seoul 같은 이름',
      rest: '쉬어 가는 주를 쉼표로: seollal, chuseok, 2024-W52. 없으면 none',
      admins: '알람을 받을 관리자의 ID를 쉼표로',
    },
    after:
      '\n--channel이 있으면 묻지 않아요. 멈췄다면 다시 불러 주세요. 멈췄던 곳에서 이어 가요.\n\n예:\n  til init --channel C0123456789 --name "TIL" --locale ko --time-zone Asia/Seoul\n',
  },
  doctor: {
    does: '토큰, 소켓, 채널, 이벤트, 시계, 저장소, 큐, 디스크, 일정을 보고 무엇을 할지 알려 줘요',
    options: {},
    after:
      '\n읽기만 하고, 시험용 객체 하나와 첫 관리자의 앱 홈에 한 문장만 써요. 고칠 것이 있으면 종료 코드는 1이에요.\n\n예:\n  til doctor\n',
  },
  openWeek: {
    does: '이번 주 주차 글이 없으면 지금 올려요. Slack이 받지 않았거나 지워진 뒤에도 써요',
    options: { dryRun: '무엇을 할지만 보기' },
    after: `
월요일마다 일정에 따라 저절로 한 번 해요. 그동안 Slack이 받지 않았거나(봇을 아직 초대하지 않았거나 채널이 보관됨) 누군가 지운 글은
이 명령이 다시 올려요. 부를 때마다 한 번만 하고, 두 번 올리지는 않아요. 글이 있을 때만 종료 코드가 0이에요.

예:
  til open-week --dry-run
`,
  },
  closeMonth: {
    does: '한 달을 마감하고 결과를 한 번 발표해요. Slack이 받지 않은 뒤에도 써요',
    options: {
      month: '2024-08 같은 달',
      dryRun: '지금까지의 결과와 무엇을 할지만 보기. 적지도 알리지도 않아요',
      yes: '아직 끝나지 않은 달도 마감하기',
      announce: '오래전 달이거나 다른 봇이 발표했어도 발표하기',
    },
    after: `
다음 달 첫 월요일에 일정에 따라 저절로 한 번 해요. 마감한 결과는 바뀌지 않아요. 그동안 Slack이 받지 않은 것(봇을 아직 초대하지
않았거나 채널이 보관됨)은 이 명령이 부를 때마다 한 번 다시 해요. 한 달도 더 지났거나 봇이 듣기 전의 달은 마감만 하고, --announce가
있을 때만 발표해요. 다 했을 때만 종료 코드가 0이에요.

예:
  til close-month --month 2024-08 --dry-run
`,
  },
  accept: {
    does: '링크나 시각과 상관없이 글을 인정해요',
    options: RULING,
    after:
      "  til accept 'https://example.slack.com/archives/C0TILCHAN1/p1722865849468459' --note '글 대신 발표했어요'\n",
  },
  reject: {
    does: '규칙과 상관없이 글을 인정하지 않아요',
    options: RULING,
    after: "  til reject 1722865849.468459 --note '다른 글의 링크'\n",
  },
  excuse: {
    does: '쓸 수 없었던 분이 그 주를 쉬어도 괜찮게 해요',
    options: {
      user: 'U0MINSEO01 같은 ID나 정확한 이름',
      week: '2024-W37 같은 주차',
      undo: '면제를 거두기',
    },
    after: '  til excuse U0MINSEO01 2024-W37\n',
  },
  restWeek: {
    does: '모두의 쉬어 가는 주로 해요. 안 써도 괜찮고, 쓴 글은 그대로 인정해요',
    options: {
      week: '2024-W38 같은 주차',
      reason: '까닭, 80자까지',
      work: '설정(schedule.rest)에 쉬는 주로 있어도 평소 같은 주로 하기',
      undo: '다시 설정(schedule.rest)대로 하기',
    },
    after: '  til rest-week 2024-W38 --reason 추석\n',
  },
  extend: {
    does: '한 주의 마감을 뒤로 미뤄요. 그때까지 쓴 글은 지각이 아니에요',
    options: {
      week: '2024-W37 같은 주차',
      hours: '몇 시간 뒤까지인지, 1에서 168까지',
      undo: '평소대로 끝내기',
    },
    after: '  til extend 2024-W37 --hours 24\n',
  },
  replay: {
    does: '로그에 있는 일을 한 줄씩 말로 들려주고, 그때까지의 셈을 보여 줘요. Slack에는 아무 말도 하지 않아요',
    options: {
      week: '이 주차만, 2024-W32처럼',
      month: '이 달만, 2024-08처럼',
      until: '그때까지의 일만: 2024-08-11(그날 끝까지), 2024-08-11T23:59, Slack의 ts',
      follow: 'Ctrl+C를 누를 때까지 새로 생기는 일도 들려주기',
    },
    after:
      '\n아무것도 바꾸지 않아요. 날짜와 시각은 챌린지의 시간대예요.\n\n예:\n  til replay --month 2024-08 --until 2024-08-18\n  til replay --week 2024-W32 --follow\n',
  },
  others: {
    start: '서버를 시작해요. Slack 변수가 없으면 데모를 시작해요',
    serve: 'Slack의 이벤트를 받고, 봇이 할 말을 하고, 페이지를 보여 줘요',
    rebuild: '로그에서 원장과 스냅샷을 다시 만들어요',
    verify: '저장된 것이 로그와 맞는지 확인해요',
    reconcile: '로그를 Slack과 견주고 놓친 것을 가져와요',
    seal: '지난 주들의 이벤트를 묶어 빨리 읽게 해요',
    compare: '다른 규칙이라면 무엇이 달라지는지 보여 줘요',
    rehearse: '봇이 어떤 말을 했을지 지난 기록으로 연습해 봐요',
    effect: '개인 메시지가 도움이 되었는지 재어 봐요',
    import: '다른 곳의 기록을 로그로 가져와요',
    members: '누가 왜 무엇으로 세어지는지 보여 줘요',
    export: '기록을 파일로 내보내요',
    forget: '한 사람의 것을 지워요',
    quarantine: '격리된 것을 보고 다시 해 봐요',
    dlq: 'AWS에서 따로 둔 일을 보고 다시 해 봐요',
    service: 'systemd에 넣을 서비스 파일을 보여 줘요',
    'page-link': '페이지를 여는 링크를 보여 줘요',
    'publish-page': '페이지를 다른 곳에 올릴 파일로 써요',
    backup: '로그와 설정을 파일 하나에 담아요. 서버가 도는 중에도 돼요',
    restore: '백업한 파일을 확인하고, 빈 로그를 채운 다음 나머지를 다시 만들어요',
    copy: '로그나 상태를 다른 곳으로 옮겨 적어요',
    manifest: 'Slack 앱의 매니페스트를 보여 줘요',
    help: '명령의 도움말 보기',
  },
};
