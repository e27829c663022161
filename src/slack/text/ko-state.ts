import type { StateWords } from './state-words.ts';

/** 한 사람에게 자신의 기록을 알려 주는 말. */
export const koState: StateWords = {
  deadline: (end) => (end ? `${end.month}월 ${end.day}일 ${end.time}까지` : '일요일 자정까지'),
  thread: '이번 주 글',
  notOpen: '이번 주 글은 아직 올라오지 않았어요.',
  written: (posts) => (posts > 1 ? `이번 주에 ${posts}편을 썼어요 🟩` : '이번 주 글을 썼어요 🟩'),
  notYet: '이번 주 글을 기다리고 있어요 ✍️',
  stands: {
    'rest week': '이번 주는 다 같이 쉬어 가는 주예요 🌕',
    excused: '이번 주는 쉬어도 괜찮아요 🌙',
    'plans to rest': '이번 주는 쉬기로 했어요 🌙',
    'plans to write': '이번 주에 쓰기로 했어요 ✍️',
  },
  run: (weeks) => (weeks > 1 ? `지금까지 ${weeks}주를 이어서 썼어요 🔥` : '새 기록을 시작했어요 🌱'),
  lastWeekKept: '지난주는 쉬어 갔고, 기록은 이어지고 있어요 🌙',
  mayRest: '이번 주를 쉬어도 기록은 이어져요.',
  monthSoFar: (month, weeks) => `${month}에 ${weeks}주 썼어요.`,
  keys: { remind: '알림', likes: '좋아요', notes: '소식' },
  legend: '🟩 쓴 주 · 🌙 쉬어 간 주 · ⬜ 안 쓴 주',
  toLike: '*아직 👍을 누르지 않은 글*',
  untitled: '글 보러 가기',
  onlyYou: '이 화면은 나만 봐요 🔒',
  values: {
    'remind.on': '켜짐',
    'remind.off': '꺼짐',
    'remind.sat': '토요일',
    'remind.sun': '일요일',
    'likes.steps': '1개, 5개, 10개마다',
    'likes.each': '받을 때마다',
    'likes.card': '글마다 모아서',
    'likes.off': '꺼짐',
    'notes.on': '켜짐',
    'notes.off': '꺼짐',
  },
};
