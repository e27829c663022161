import type { ReplyWords } from './reply-words.ts';

const KEYS = { remind: '알림', likes: '좋아요', notes: '소식' };

/** 봇이 한 사람에게만 답하는 말. */
export const koReplies: ReplyWords = {
  planned: (between) => ({
    write: '좋아요! 이번 주에 쓰시는 걸로 적어 두었어요 ✍️ 짧은 글도 좋아요.',
    rest: [
      '이번 주는 쉬시는 걸로 적어 두었어요 🌙 이번 주에는 따로 알림을 보내지 않을게요.',
      ...(between === undefined ? [] : [`${between}주를 쓰면 한 주는 쉬어도 기록이 이어져요.`]),
      '쉰 주를 쓴 주로 세지는 않지만, 마음이 바뀌어 글을 올리면 그대로 인정돼요.',
    ].join('\n'),
    none: '이번 주 계획을 지웠어요.',
  }),
  set: (command) => ({
    'remind.on': '알림을 켰어요. 이번 주 글이 아직 없을 때만 알려 드릴게요.',
    'remind.off': `알림을 껐어요. 다시 켜려면 \`${command} 알림 on\``,
    'remind.sat': '이번 주 글이 아직 없으면 토요일에 알려 드릴게요.',
    'remind.sun': '이번 주 글이 아직 없으면 일요일에 알려 드릴게요.',
    'likes.steps': '좋아요가 1개, 5개, 그다음은 10개씩 모일 때마다 알려 드릴게요.',
    'likes.each': '좋아요를 받을 때마다 알려 드릴게요.',
    'likes.card': '좋아요 수는 글마다 메시지 하나에 모아 보여 드릴게요.',
    'likes.off': `좋아요 알림을 껐어요. 다시 받으려면 \`${command} 좋아요 steps\``,
    'notes.on': '쉬었다 오시는 길에 가끔 소식을 보내 드릴게요.',
    'notes.off': '이제 소식을 보내지 않을게요. 글은 언제든 환영해요.',
  }),
  notSent: '적어 두었어요. 다만 이 챌린지에서는 지금 이런 메시지를 보내지 않아요.',
  over: (label, command) =>
    `${label}는 지나갔어요. 이번 주는 \`${command} 쓸게요\`나 \`${command} 쉬어요\`로 알려 주세요.`,
  overtaken: '그 뒤에 고르신 것이 있어서 그대로 두었어요.',
  values: (command, key, values) =>
    `이 가운데 하나로 적어 주세요.\n${values.map((value) => `\`${command} ${KEYS[key]} ${value}\``).join('\n')}`,
  notUnderstood: '무슨 말씀인지 잘 모르겠어요. 이렇게 적으면 알아들어요.',
  help: (command) => [
    `\`${command}\` 내 기록`,
    `\`${command} 쓸게요\` 이번 주에 쓸게요`,
    `\`${command} 쉬어요\` 이번 주는 쉬어요`,
    `\`${command} 취소\` 이번 주 계획 지우기`,
    `\`${command} 알림 on\` (off · sat · sun)`,
    `\`${command} 좋아요 steps\` (each · card · off)`,
    `\`${command} 도움말\` 지금 이 글`,
  ],
  where: (channels) =>
    `어느 챌린지인지 알 수 없어서 아직 아무것도 바꾸지 않았어요. 챌린지 채널에서 적어 주세요: ${channels.join(' ')}`,
  elsewhere: (channel) => `여기는 챌린지 채널이 아니어서 ${channel} 챌린지로 알아들었어요.`,
};
