import type { ReplyWords } from './reply-words.ts';

/** What the bot answers to one person alone, in English. */
export const enReplies: ReplyWords = {
  planned: (between) => ({
    write: 'Good! You plan to write this week ✍️ Short is fine.',
    rest: [
      'You take this week off 🌙 I will not remind you this week.',
      ...(between === undefined ? [] : [`Write ${between} weeks, and one week off keeps your run.`]),
      'A week off is not counted as written, but should you change your mind, a post counts as always.',
    ].join('\n'),
    none: 'Your plan for this week is gone.',
  }),
  set: (command) => ({
    'remind.on': 'Reminders are on, for weeks in which you have not written yet.',
    'remind.off': `Reminders are off. To have them again: \`${command} remind on\``,
    'remind.sat': 'If you have not written by then, I will remind you on Saturday.',
    'remind.sun': 'If you have not written by then, I will remind you on Sunday.',
    'likes.steps': 'I will tell you of the 1st like, the 5th, and then every 10th.',
    'likes.each': 'I will tell you of every like.',
    'likes.card': 'The likes of each post stand in one message.',
    'likes.off': `I will not tell you of likes. To hear of them again: \`${command} likes steps\``,
    'notes.on': 'I will write to you now and then when you have been away.',
    'notes.off': 'I will not write to you any more. Your posts are welcome any time.',
  }),
  notSent: 'Noted. This challenge sends nothing of the kind at present, though.',
  over: (label, command) => `${label} is over. For this week: \`${command} plan\` or \`${command} rest\`.`,
  overtaken: 'You have chosen something later, so that stays.',
  values: (command, key, values) =>
    `One of these, please:\n${values.map((value) => `\`${command} ${key} ${value}\``).join('\n')}`,
  notUnderstood: 'I did not understand that. This is what I know:',
  help: (command) => [
    `\`${command}\` how you are doing`,
    `\`${command} plan\` I will write this week`,
    `\`${command} rest\` I take this week off`,
    `\`${command} none\` no plan for this week`,
    `\`${command} remind on\` (off · sat · sun)`,
    `\`${command} likes steps\` (each · card · off)`,
    `\`${command} help\` this list`,
  ],
  where: (channels) =>
    `I cannot tell which challenge you mean, so nothing has changed. Please say it in its channel: ${channels.join(' ')}`,
  elsewhere: (channel) => `This is not a challenge's channel, so I took it for ${channel}.`,
};
