import type { Words } from './words.ts';

/** 받침이 있으면 앞의 조사, 없으면 뒤의 조사. 한글이 아닌 글자로 끝나면 둘 다 적는다. */
const withParticle = (word: string, afterConsonant: string, afterVowel: string): string => {
  const code = (word.codePointAt(word.length - 1) ?? 0) - 0xac00;
  if (code < 0 || code > 11_171) return `${word}${afterConsonant}(${afterVowel})`;
  return `${word}${code % 28 > 0 ? afterConsonant : afterVowel}`;
};

/** 이름을 늘어놓고, 다 적지 못한 사람은 수만 적는다. */
const andOthers = (names: readonly string[], more: number): string =>
  `${names.join(', ')}${more > 0 ? ` 외 ${more}명` : ''}`;

const subject = (name: string): string => withParticle(name, '이', '가');

/** 봇이 하는 모든 말. */
export const ko: Words = {
  weekOpen: (label, blogs, dashboardUrl, news) => [
    `*[${label}]*`,
    ...(news ? [news] : []),
    ':white_check_mark: 일요일 자정까지 이 글의 댓글로 이번 주에 쓴 글의 링크를 올려 주세요!',
    `:link: 인정되는 블로그: ${blogs.join(', ')}`,
    ...(dashboardUrl ? [`:bar_chart: 참여 현황: ${dashboardUrl}`] : []),
  ],
  lastWeek: (people, posts) => `지난주 ${people}명이 ${posts}편을 썼어요 👏`,
  restWeek: '🌕 이번 주는 쉬어 가는 주예요. 안 올려도 기록이 이어지고, 올리면 덤이에요.',
  someone: '한 멤버',
  more: (count, dashboardUrl) => `외 ${count}명${dashboardUrl ? ` · 전체 보기: ${dashboardUrl}` : ''}`,
  participation: (name, label, isLate) =>
    `${subject(name)} ${label} 챌린지에 참여하였습니다${isLate ? ' (지각)' : ''} 🔥🔥`,
  readReply: '댓글 보러 가기',
  firstPost: (name) => `🎉 ${name}의 첫 글이에요! 첫 독자가 되어 주세요.`,
  weeksWritten: (weeks) => `${weeks}번째 주예요 🎉`,
  longestRun: (weeks) => `${weeks}주째, 가장 긴 기록이에요!`,
  retracted: (name, label) => `(취소됨) ${name}의 ${label} 글이 지워졌거나 링크가 빠졌습니다.`,
  takenBack: (name, label) => `(취소됨) ${name}의 ${label} 참여 알림을 거두었어요.`,
  liked: (names, more, post, total) =>
    `${subject(andOthers(names, more))} ${post}에 👍을 눌렀습니다. 지금까지 좋아요 ${total}개!`,
  unliked: (post, total) => `${post}의 좋아요가 이제 ${total}개입니다.`,
  likeCard: (post, total) => `${post} · 👍 ${total}`,
  yourPost: '회원님의 글',
  caughtUp: (names, more) => `자리를 비운 사이 ${subject(andOthers(names, more))} 글을 올렸어요`,
  caughtUpRow: (name, link) => `• ${name} · ${link}`,
  digestTitle: (posts) => `*이번 주 글 ${posts}편, 아직 덜 읽힌 글부터*`,
  digestRest: (posts, dashboard) =>
    dashboard ? `나머지는 ${dashboard}` : `나머지 ${posts}편은 이번 주 글의 댓글에 있어요.`,
  digestSum: (people, together) => `이번 주 ${people}명이 썼어요. 이번 달 함께 ${together}편.`,
  digestGone: '여기 있던 글은 이제 없어요.',
  hints: {
    noLink: (blogs) =>
      `아직 챌린지 참여로 인정되지 않았어요. 인정되는 블로그 링크를 댓글에 넣어 주세요: ${blogs.join(', ')}\n댓글을 수정해서 링크를 넣으면 바로 인정됩니다.`,
    otherHost: (hosts, blogs) =>
      `아직 챌린지 참여로 인정되지 않았어요. ${hosts.join(', ')}의 글은 인정되지 않습니다. 인정되는 블로그: ${blogs.join(', ')}\n댓글을 수정해서 링크를 넣으면 바로 인정됩니다.`,
    noPost:
      '아직 챌린지 참여로 인정되지 않았어요. 블로그의 첫 화면이나 글쓰기 화면이 아니라, 쓴 글의 주소를 넣어 주세요.\n댓글을 수정하면 바로 인정됩니다.',
    repeated:
      '이번 달에 이미 올라온 글이라서 챌린지 참여로 인정되지 않았어요. 새로 쓴 글의 링크를 넣어 주세요.\n댓글을 수정하면 바로 인정됩니다.',
    rejected: '운영진이 이 글은 챌린지 참여로 세지 않기로 했어요. 궁금한 점은 운영진에게 편하게 물어봐 주세요.',
    late: (label, here) => `${label}는 이미 끝나서 챌린지 참여로 인정되지 않았어요.${thisWeek(here)}`,
    closed: (month, here) => `${month} 챌린지는 이미 마감되어서 참여로 인정되지 않았어요.${thisWeek(here)}`,
    beside: (here) =>
      `채널에 올린 글은 챌린지 참여로 인정되지 않아요. ${here}의 댓글로 링크를 다시 올려 주시면 바로 인정됩니다.`,
    mention: (here) =>
      here
        ? `저는 아직 대화는 할 줄 몰라요. 이번 주에 쓴 글의 링크는 ${here}의 댓글로 올려 주세요!`
        : '저는 아직 대화는 할 줄 몰라요. 이번 주 TIL 글이 올라오면 그 댓글로 링크를 올려 주세요!',
    writeHere: (here) => `이번 주에 쓴 글의 링크는 ${here}의 댓글로 올려 주세요! 이런 것도 할 수 있어요.`,
  },
  specialTitle: (month) => `*&lt; ${month} 스페셜 챌린저 &gt;*`,
  challengerTitle: (month) => `*&lt; ${month} 챌린저 &gt;*`,
  row: (name, likes) => `${name} 👍 ${likes}`,
  finisherTitle: (month) => `*&lt; ${month}, 쉬어 가며 함께한 분 &gt;*`,
  readersTitle: '*이달의 독자*',
  together: (posts, compared) =>
    `함께 ${posts}편${compared === 'more' ? ', 지난달보다 많아요 🎉' : compared ? ', 지난달만큼 많아요 🎉' : ''}`,
  thanks: '다들 고생하셨습니다 👏',
  nobody: (month) => `${month}에는 모든 주에 참여한 분이 없었어요. 이번 달에는 함께 끝까지 가 봐요! 💪`,
  noLikes: '서로의 글에 👍도 잊지 말아 주세요!',
  alarm: (code, subject) =>
    `:rotating_light: TIL 챌린지에 확인이 필요한 일이 생겼습니다: *${code}*\n대상: ${subject}\nRUNBOOK.ko.md에서 이 이름을 찾아보세요.`,
  seeDashboard: '대시보드',
};

const thisWeek = (here: string | undefined): string => (here ? `\n이번 주 글은 ${here}의 댓글로 올려 주세요.` : '');
