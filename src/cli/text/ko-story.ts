import { asObject, asPerson, asSubject } from './particle.ts';
import type { Place, StoryText } from './story-text.ts';

const inBrackets = (text: string | undefined): string => (text ? ` (${text})` : '');

/** 어디의 무엇인지. */
const at = (place: Place): string => {
  if (place.in === 'channel') return '메시지';
  return place.in === 'week' ? `${place.label} 댓글` : '스레드 댓글';
};

const WHY: Record<string, string> = {
  'no link': '링크 없음',
  'other host': '인정되지 않는 블로그',
  'no post': '글 주소가 아님',
  repeated: '이미 올라온 글',
  rejected: '인정하지 않음',
  late: '지각',
  closed: '마감된 달',
  beside: '스레드 밖',
  mention: '봇을 부름',
};

const REASONS: Record<string, string> = {
  'too old': '너무 오래된 일이라서',
  'no longer due': '이제 보낼 것이 아니라서',
  'ended before the bot first listened': '봇이 듣기 전의 일이라서',
  'announced by another bot': '다른 봇이 이미 발표해서',
};

const VERDICTS = {
  accept: (message: string) => `${asObject(message)} 인정했어요`,
  reject: (message: string) => `${asObject(message)} 인정하지 않기로 했어요`,
  none: (message: string) => `${message}의 판정을 지웠어요`,
} as const;

const toWeek = (week: string | undefined): string => (week ? ` ${week} 글로` : '');

/** `til replay`가 지난 일을 들려주는 말. */
export const koStory: StoryText = {
  person: asPerson,
  bot: '봇',
  app: '앱',
  somebody: '누군가',
  unknownKind: (kind) => `(모르는 종류: ${kind})`,
  weeklyPost: (label) => `주차 글 ${label}`,
  message: (who, place, link) => `${who}의 ${at(place)}${inBrackets(link)}`,
  unknownMessage: '알려지지 않은 메시지',
  unknownLink: '모르는 링크',
  said: (words, isNew) => `봇이 ${isNew ? '말했어요' : '말을 고쳤어요'}: ${words}`,
  weekly: (who, post, isNew) => `${asSubject(who)} ${asObject(post)} ${isNew ? '올렸어요' : '고쳤어요'}`,
  posted: (who, place, links) => {
    const where = place.in === 'week' ? `${place.label}에 댓글을` : place.in === 'thread' ? '스레드에 댓글을' : '글을';
    return `${asSubject(who)} ${where} ${place.in === 'channel' ? '올렸어요' : '달았어요'}${links && `: ${links}`}`;
  },
  edited: (who, place, links) => `${asSubject(who)} ${asObject(at(place))} 고쳤어요${links && `: ${links}`}`,
  deleted: (message) => `${asSubject(message)} 지워졌어요`,
  reacted: (who, name, message) => `${asSubject(who)} ${message}에 :${name}: 반응을 달았어요`,
  tookBack: (who, name, message) => `${asSubject(who)} ${message}에서 :${name}: 반응을 거두었어요`,
  joined: (who) => `${asSubject(who)} 들어왔어요`,
  left: (who) => `${asSubject(who)} 나갔어요`,
  named: (name) => `이름을 알게 되었어요: ${name}`,
  closed: (month, challengers, special) =>
    `${month} 결과가 정해졌어요: 챌린저 ${challengers}명${special && ` (스페셜 챌린저: ${special})`}`,
  sending: (what, attempt) => `봇이 ${asObject(what)} 보내려고 해요${attempt > 1 ? ` (${attempt}번째)` : ''}`,
  sent: (what) => `봇이 ${asObject(what)} 보냈어요`,
  refused: (what, isFinal, reason) =>
    `Slack이 ${asObject(what)} ${isFinal ? '받지 않았어요' : '지금은 받지 않았어요'}: ${reason}`,
  unsent: (what, reason) => `봇이 ${asObject(what)} 보내지 않았어요: ${REASONS[reason] ?? reason}`,
  admin: '관리자',
  rested: (who, week, isRest, reason) => {
    if (isRest === undefined) return `${asSubject(who)} ${asObject(week)} 다시 설정대로 하기로 했어요`;
    return `${asSubject(who)} ${asObject(week)} ${isRest ? '쉬어 가는 주로' : '평소 같은 주로'} 했어요${inBrackets(reason)}`;
  },
  extended: (who, week, until) =>
    until === undefined
      ? `${asSubject(who)} ${week}의 연장을 거두었어요`
      : `${asSubject(who)} ${asObject(week)} ${until}까지 늘렸어요`,
  excused: (who, user, week, isExcused) =>
    `${asSubject(who)} ${user}의 ${week} 면제를 ${isExcused ? '정했어요' : '거두었어요'}`,
  planned: {
    write: (who, week) => `${asSubject(who)} ${week}에 쓰기로 했어요`,
    rest: (who, week) => `${asSubject(who)} ${week}에 쉬기로 했어요`,
    none: (who, week) => `${asSubject(who)} ${week} 계획을 지웠어요`,
  },
  ruled: (who, verdict, message, week, note) =>
    `${asSubject(who)}${toWeek(week)} ${VERDICTS[verdict](message)}${inBrackets(note)}`,
  set: (who, key, value) => `${asSubject(who)} 설정을 바꿨어요: ${key} ${value}`,
  effects: {
    unknown: '이 버전이 모르는 것',
    weekOpen: (label, isChange) => `주차 글 ${label}${isChange ? '의 고친 글' : ''}`,
    participation: (message, does) =>
      `${message}의 ${{ announce: '참여 알림', withdraw: '참여 알림 취소', change: '고친 참여 알림' }[does]}`,
    like: (who, message) => `${message}의 좋아요 알림 (${who}에게)`,
    hint: (who, why, message) => `${message}의 안내 (${who}에게${why === undefined ? '' : `, ${WHY[why] ?? why}`})`,
    catchUp: (until, isChange) => `${until}까지 놓친 일을 알리는 글${isChange ? '의 이름' : ''}`,
    digest: (label, isChange) => `${label} 소식${isChange ? '의 고친 글' : ''}`,
    monthResult: (month) => `${month} 결과`,
    remind: (who) => `리마인더 (${who}에게)`,
    note: (who) => `한 주 쉰 뒤의 쪽지 (${who}에게)`,
    comeback: (who) => `다시 쓰자는 초대 (${who}에게)`,
    firststep: (who) => `첫 글 초대 (${who}에게)`,
    alarm: (who, code) => `알람 (${who ?? '관리자'}에게, ${code})`,
  },
  weekHeads: ['주차', '글', '참여', '좋아요', '지각'],
  memberHeads: ['멤버', '쓴 주', '글', '좋아요'],
  special: '스페셜 챌린저',
  challenger: '챌린저',
  announced: (challengers) => `발표했어요: 챌린저 ${challengers}명`,
};
