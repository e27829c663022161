import type { AdminWords } from './admin-words.ts';

const SAYS = { 'week.open': '이번 주 글', 'month.result': '지난달 결과', digest: '한 주 소식' };

/** 봇이 운영하는 사람에게만 답하는 말. */
export const koAdmin: AdminWords = {
  notAdmin: '이건 챌린지를 운영하는 분만 쓸 수 있어요. 바뀐 것은 없어요.',
  elsewhere: '이 글은 챌린지 채널의 글이 아니에요. 챌린지 채널에서 골라 주세요. 바뀐 것은 없어요.',
  where: (channels) =>
    `어느 챌린지인지 알 수 없어서 아무것도 바꾸지 않았어요. 그 채널에서 적어 주세요: ${channels.join(' ')}`,
  taken: (channel) => `여기는 챌린지 채널이 아니어서 ${channel} 챌린지로 알아들었어요.`,
  usage: '무슨 말씀인지 잘 몰라서 아무것도 바꾸지 않았어요. 이렇게 적으면 알아들어요.',
  help: (command) => [
    `\`${command} 쉬는주 [주] [까닭]\` 모두 쉬기`,
    `\`${command} 면제 @누구 [주]\` 못 쓴 주 면제`,
    `\`${command} 연장 24h [주]\` 더 늦게까지`,
    '위 셋은 끝에 `취소`를 붙이면 되돌려요.',
    '주: `이번주` `지난주` `2024-W37`',
    `\`${command} 열기\` 이번 주 글 올리기`,
    `\`${command} 마감 [2024-08]\` 결과 굳히기`,
    `\`${command} 상태\` 봇이 잘 지내는지`,
    `\`${command} 인정 글주소 [주]\` 글 인정`,
    '또는 `불인정` `판정지우기`, ⋮ 메뉴로도',
  ],
  mention: (command, week) =>
    `누구인지 확실하지 않아서 아무것도 바꾸지 않았어요. 이름이 같은 분이 있을 수 있으니 @를 눌러 목록에서 골라 주세요: \`${command} 면제 @누구 ${week}\``,
  shorter: '까닭은 80자까지 적을 수 있어요. 바뀐 것은 없어요.',
  said: '이미 그렇게 되어 있어요. 바꾼 것이 없어요.',
  undo: '취소',
  work: '평소대로',
  verbs: { rest: '쉬는주', excuse: '면제', extend: '연장', accept: '인정', reject: '불인정' },
  ruled: {
    accept: '이 글을 인정했어요.',
    reject: '이 글은 인정하지 않는 것으로 적어 두었어요.',
    none: '판정을 지웠어요. 이제 규칙대로 세요.',
  },
  rested: (week, rest, reason) => {
    if (rest === undefined) return `${week}: 쉬는 주인지 다시 설정을 따라요.`;
    return rest ? `${week}를 쉬는 주로 했어요${reason ? ` (${reason})` : ''}.` : `${week}를 평소 같은 주로 했어요.`;
  },
  excused: (who, week, excused) =>
    excused ? `${who} 님은 ${week}에 글이 없어도 빠진 것으로 세지 않아요.` : `${who} 님의 ${week} 면제를 거두었어요.`,
  extended: (week, until) => (until ? `${week}를 ${until}까지 늘렸어요.` : `${week}는 다시 평소대로 끝나요.`),
  post: (who, before, after) => `• ${who} 님의 글: ${before ?? '세지 않음'} → ${after ?? '세지 않음'}`,
  late: '(지각)',
  challengers: (month, before, after) => `• ${month} 챌린저: ${before}명 → ${after}명`,
  unchanged: '지금 세어 둔 수는 그대로예요.',
  backByShortcut: (title) => `되돌리려면 글의 ⋮ 메뉴에서 *${title}*`,
  backByCommand: (line) => `되돌리려면 ${line}`,
  refused: (command) => ({
    unknown: '제가 모르는 글이에요. 그래서 아무것도 바꾸지 않았어요.',
    deleted: '지워진 글이라 셀 수 없어요.',
    'by an app': '앱이 쓴 글이에요. 사람이 쓴 글만 셀 수 있어요.',
    'weekly post': '이 글은 한 주를 여는 글이에요. 그 스레드의 댓글을 셀 수 있어요.',
    wordless: '누가 쓴 글이 아니라 Slack이 남긴 줄이에요.',
    'takes no part': '쓴 분이 챌린지에 참여하지 않는 것으로 설정되어 있어요.',
    'other month': '글을 쓴 달의 주만 고를 수 있어요. 바뀐 것은 없어요.',
    'no week': `어느 주의 스레드에도 없는 글이에요. \`${command} 인정 글주소 2024-W37\`처럼 주를 함께 적어 주세요.`,
    'not open': '그 주에는 여는 글이 없어요. 바뀐 것은 없어요.',
    past: '그때는 이미 지났어요. 시간을 더 길게 적어 주세요. 바뀐 것은 없어요.',
    overtaken: '그 뒤에 고른 것이 있어서 그대로 두었어요.',
    closed: '그달의 결과는 이미 알렸고 그대로 남아요. 이걸 하면 결과가 바뀌어서 하지 않았어요.',
  }),
  openAlready: '이번 주 글은 이미 올라와 있어요. 바꾼 것이 없어요.',
  opening: '이번 주 글을 올릴게요. 곧 채널에 보여요. 되돌리려면 그 글을 지우면 돼요.',
  nothingToClose: (month) => `${month}에는 열린 주가 없어서 마감할 것이 없어요.`,
  closedAlready: (month) => `${month}은 이미 마감했어요. 바꾼 것이 없어요.`,
  notOver: (month, until) => `${month}은 ${until}에 끝나요. 그 뒤에 마감할 수 있어요. 바뀐 것은 없어요.`,
  sure: (month, isSilent) =>
    `${month} 결과를 굳혀요. 굳히면 되돌릴 수 없어요. ${isSilent ? '오래전 달이라 채널에는 알리지 않아요.' : '그리고 채널에 알려요.'}`,
  closeNow: (month) => `${month} 마감하기`,
  closing: (month, isSilent) =>
    `${month}을 마감할게요. ${isSilent ? '채널에는 알리지 않아요.' : '결과가 곧 채널에 보여요.'} 이것은 되돌릴 수 없어요.`,
  heard: (at, isNever) => `마지막으로 들은 것: ${at ?? (isNever ? '두 주 동안 없어요' : '지금은 알 수 없어요')}`,
  queue: (jobs, seconds) =>
    `기다리는 일: ${jobs === undefined ? '여기서는 알 수 없어요' : `${jobs}개, 가장 오래된 것 ${seconds}초`}`,
  deadLetters: (count) => `따로 둔 일: ${count === undefined ? '지금은 알 수 없어요' : `${count}개`}`,
  clock: (isRight, seconds) =>
    `시계: ${isRight === undefined ? '아직 견주어 보지 않았어요' : `${isRight ? '맞아요' : '맞지 않아요'} (Slack과 ${seconds}초 차이)`}`,
  storage: (isFine) => `저장소: ${isFine ? '읽혀요' : '읽히지 않아요'}`,
  schedule: (overdue, command) => {
    if (!overdue) return '예정: 지금은 알 수 없어요';
    if (overdue.length === 0) return '예정: 밀린 것이 없어요';
    return `예정: ${overdue.map((each) => SAYS[each]).join(', ')}이 늦고 있어요 (\`${command} 열기\`, \`${command} 마감\`)`;
  },
};
