import type { ChoiceText, MonthText, WeekText } from './outcome-text.ts';
import { asPerson, asTopic } from './particle.ts';

const LOOK = '까닭은 "til doctor"가 찾아 줘요.';

/** `til open-week`가 하는 말. */
export const koWeek: WeekText = {
  says: {
    'open already': '주차 글이 이미 있어요. 한 일은 없어요.',
    posted: '주차 글을 채널에 올렸어요.',
    'left to the server': `큐에 넣었고, 켜져 있는 서버가 올려요. 아직 올라오지 않았어요. ${LOOK}`,
    waits:
      '아직 올릴 수 없었어요. SLACK_BOT_TOKEN이 있고 봇이 채널에 있는지 "til doctor"로 봐 주세요. "til serve"가 될 때 올려요.',
  },
  wouldPost: (again) => `지금 주차 글을 올릴 거예요${again === undefined ? '' : ` (다시: ${again})`}.`,
  refused: (reason) =>
    `Slack이 주차 글을 받지 않았어요(${reason}). "til doctor"로 토큰과 채널을 보고, 고친 다음 같은 명령을 다시 해 주세요.`,
  past: {
    deleted: '올렸던 글이 지워졌어요',
    refused: (reason) => `전에는 Slack이 받지 않았어요(${reason})`,
    skipped: (reason) => `전에는 올리지 않고 지나갔어요(${reason})`,
  },
};

const REASONS: Record<string, string> = {
  'too old': '한 달도 더 지난 일이에요',
  'ended before the bot first listened': '봇이 듣기 전의 달이라, 누가 이미 발표했는지 알 수 없어요',
  'announced by another bot': '다른 봇이 이미 발표했어요',
};

/** `til close-month`가 하는 말. */
export const koMonth: MonthText = {
  says: {
    'nothing to close': '열린 주가 없어서 마감할 것이 없어요.',
    'dry run': '지금까지의 결과예요. 적지도 알리지도 않았어요.',
    'frozen already': '이미 마감했어요. 적지도 알리지도 않았어요.',
    'left to the server': `큐에 넣었고, 켜져 있는 서버가 마감하고 발표해요. 아직 하지 않았어요. ${LOOK}`,
    waits: `아직 마감할 수 없었어요. 큐에서 기다려요. ${LOOK}`,
    frozen: '마감했어요. 발표는 아직이에요. 맞는 SLACK_BOT_TOKEN으로 "til serve"나 이 명령을 하면 발표해요.',
    announced: '마감하고 발표했어요.',
  },
  reason: (reason) => REASONS[reason] ?? reason,
  notAnnounced: (why) => `마감했고, 발표하지 않았어요: ${why}.`,
  refused: (why) =>
    `마감했어요. 발표는 Slack이 받지 않았어요(${why}). "til doctor"로 토큰과 채널을 보고, 고친 다음 같은 명령을 다시 해 주세요.`,
  flag: '그래도 발표하려면 --announce를 붙여 주세요.',
  notOver: '아직 끝나지 않은 달이에요. 지금 마감하려면 --yes를 붙여 주세요.',
  nothingLeft: '발표까지 했어요. 남은 일이 없어요.',
  wouldKeepSilent: (isFrozen, why) => `${isFrozen ? '발표하지 않아요' : '마감하고, 발표하지는 않을 거예요'}: ${why}.`,
  wouldAnnounce: (isFrozen, before) =>
    `${isFrozen ? '발표할 거예요' : '마감하고 발표할 거예요'}${before === undefined ? '' : `(전에는 발표하지 못했어요: ${before})`}.`,
  frozenAt: (time) => `마감한 때: ${time}`,
  nobody: '모든 주에 참여한 분은 없어요',
  heads: ['챌린저', '좋아요'],
  special: '스페셜 챌린저',
  missedOne: (names) => `한 주만 쉰 분: ${names}`,
  readers: (names) => `이달의 독자: ${names}`,
};

/** 운영진이 정하는 명령이 하는 말. */
export const koChoice: ChoiceText = {
  says: {
    'would change': '아직 아무것도 적지 않았어요. 이렇게 바뀔 거예요. 그대로 하려면 --yes를 붙여 주세요.',
    changed: '했어요.',
    'nothing to change': '이미 그렇게 되어 있어요. 바꾼 것도 적은 것도 없어요.',
    refused: '하지 않았고, 아무것도 적지 않았어요.',
    'left to the server': `큐에 넣었고, 켜져 있는 서버가 해요. 아직 하지 않았어요. ${LOOK}`,
    waits: `큐에서 기다려요. ${LOOK}`,
  },
  noCount: '세어 둔 수는 그대로예요',
  undo: (command) => `되돌리려면: ${command}`,
  message: ({ author, time, ts, url }) =>
    author === undefined
      ? `${time}의 메시지 (${ts})`
      : `${asPerson(author)}의 ${time} 메시지${url === undefined ? '' : `, ${url}`}`,
  unknownLink: '모르는 링크',
  verdict: {
    none: '판정 없이 규칙대로 세요',
    accept: (week) => `${week === undefined ? '' : `${week} 글로 `}인정해요`,
    reject: (week) => `${week === undefined ? '' : `${week} 글로 `}인정하지 않아요`,
  },
  rest: (isRest) => (isRest ? '쉬어 가는 주로 해요' : '평소 같은 주로 해요'),
  asConfigured: (rest) => `설정대로 ${rest}`,
  excused: (who, id, week, isExcused) =>
    `${asPerson(who)} (${id}): ${week}에 글이 없어도 ${isExcused ? '괜찮아요' : '빠진 것으로 세요'}`,
  extended: (until, isExtended) => (isExtended ? `${until}까지 열어 둬요` : `평소대로 ${until}에 끝나요`),
  post: (who, time, before, after) => `${asPerson(who)}의 ${time} 글: ${before} -> ${after}`,
  week: (label, isLate) => `${label}${isLate ? ', 지각' : ''}`,
  noWeek: '세지 않음',
  lists: {
    challengers: (month) => `${month} 챌린저`,
    special: (month) => `${month} 스페셜 챌린저`,
    finishers: (month) => `${month}에 한 주만 쉰 분`,
  },
  turned: (before, after) => `${before}명 -> ${after}명`,
  closed: (month) => `${asTopic(month)} 마감했어요. 발표한 것은 그대로예요`,
  run: (who, current, longest) =>
    `${asPerson(who)}의 이어 쓴 기록: ${current.join('주 -> ')}주${longest === undefined ? '' : `, 가장 긴 기록 ${longest.join('주 -> ')}주`}`,
  notYetOpen: '이 주에는 아직 주차 글이 없어요. 올라오면 바로 그렇게 돼요',
  neverOpen: '이미 지났고 주차 글이 없던 주라서, 이걸로 달라지는 것은 없어요',
  refused: {
    unknown: '로그에 없는 메시지예요. 이 채널의 메시지가 맞나요? 놓친 것은 "til reconcile"이 가져와요.',
    deleted: '지워진 메시지라 셀 수 없어요.',
    'by an app': '앱이 쓴 글이에요. 사람이 쓴 글만 셀 수 있어요.',
    'weekly post': '이 글은 주차 글이에요. 그 스레드의 댓글을 셀 수 있어요.',
    wordless: '누가 쓴 글이 아니라 Slack이 남긴 줄이에요.',
    'takes no part': '쓴 분이 챌린지에 참여하지 않아요(설정의 members.exclude).',
    otherMonth: (month, chosen) =>
      `--week에는 글을 쓴 달인 ${month}의 주를 적어 주세요${chosen ? ` (${asTopic(chosen.week)} ${chosen.month}의 주예요)` : ''}.`,
    noWeek: (month) => `그달 주차 글의 스레드에 없는 글이에요. --week에 ${month}의 열린 주를 적어 주세요.`,
    notOpen: (week) => `${week}에는 주차 글이 없어요.`,
    past: (until) => `${until}까지인데 이미 지났어요. --hours를 더 길게 적어 주세요.`,
    overtaken: (at) => `이 컴퓨터의 시계로는 아직 오지 않은 ${at}에 다른 것을 정했어요. 시계가 맞나요?`,
    closed: (month) => `${month} 결과는 마감한 그대로 남아요. 이걸 하면 결과가 바뀌어요.`,
  },
};
