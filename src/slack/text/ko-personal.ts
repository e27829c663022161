import type { PersonalWords } from './personal-words.ts';

const until = { today: '오늘 자정까지예요', tomorrow: '내일 자정까지예요', later: '아직 올릴 수 있어요' };

/** 봇이 먼저 한 사람에게만 하는 말. */
export const koPersonal: PersonalWords = {
  remind: [
    (ends) => `이번 주 글, ${until[ends]}. 짧은 글도 좋아요.`,
    (ends) => `이번 주에 배운 것 하나만 적어 볼까요? ${until[ends]}.`,
    (ends) => `이번 주 이야기도 궁금해요. ${until[ends]}. 세 문단이면 충분해요.`,
    (ends) => `쓰다 만 글이 있다면 지금이 좋은 때예요. 이번 주 글은 ${until[ends]}.`,
  ],
  noteRun: (run) => `🌙 지난주는 쉬어 갔어요. ${run}주 기록은 그대로예요. 이번 주에 한 편이면 계속 이어져요.`,
  notePast: (posts, longest) =>
    `🌙 지난주는 쉬어 갔어요. 지금까지 ${posts}편을 썼고, 가장 길게는 ${longest}주를 이었어요.`,
  comeback: (why, posts) =>
    why === 'a month begins'
      ? `새 달이 시작됐어요. 그동안 쓰신 ${posts}편은 그대로 있어요. 이번 달은 모두 다시 1주차예요.`
      : `쉬어 가는 주가 지났어요. 그동안 쓰신 ${posts}편은 그대로 있어요. 다시 시작하기 좋은 주예요.`,
  firststep: (name) => `다들 ${name ?? '회원님이'} 읽어 주시는 걸 알아요. 이번 주에 세 문단짜리 글 하나, 어때요?`,
  because: {
    'wrote lately': '최근 네 주 안에 글을 쓰셔서, 이번 주 글이 올라오기 전에 한 번 알려 드려요.',
    'planned to write': '이번 주에 쓰겠다고 하셔서 알려 드려요.',
    note: '꾸준히 쓰다가 한 주 쉰 분께 한 번만 보내요.',
    comeback: '전에 함께 쓰셨던 분께 가끔, 많아도 두 번만 보내요.',
    firststep: '글을 많이 읽어 주신 분께 딱 한 번만 보내요.',
  },
  buttons: {
    thread: '이번 주 글로 가기',
    rest: '🌙 이번 주는 쉬어요',
    off: '알림 끄기',
    plan: '✍️ 이번 주 쓸게요',
    pause: '당분간 쉴게요',
    start: '쓸게요',
    readOnly: '읽기만 할게요',
    me: '내 기록',
  },
};
