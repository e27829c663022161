import type { StateWords } from './state-words.ts';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** What tells a person about themselves, in English. */
export const enState: StateWords = {
  deadline: (end) => (end ? `until ${MONTHS[end.month - 1]} ${end.day}, ${end.time}` : 'until Sunday midnight'),
  thread: 'this week’s thread',
  notOpen: 'This week is not open yet.',
  written: (posts) => (posts > 1 ? `You wrote ${posts} posts this week 🟩` : 'You wrote this week 🟩'),
  notYet: 'This week’s post is still to come ✍️',
  stands: {
    'rest week': 'We all take this week off 🌕',
    excused: 'You need not write this week 🌙',
    'plans to rest': 'You take this week off 🌙',
    'plans to write': 'You plan to write this week ✍️',
  },
  run: (weeks) => (weeks > 1 ? `${weeks} weeks written in your run 🔥` : 'A new run has begun 🌱'),
  lastWeekKept: 'Last week was off, and your run goes on 🌙',
  mayRest: 'A week off now keeps your run.',
  monthSoFar: (month, weeks) => `In ${month} you wrote in ${weeks === 1 ? '1 week' : `${weeks} weeks`}.`,
  keys: { remind: 'Reminders', likes: 'Likes', notes: 'Notes' },
  legend: '🟩 written · 🌙 off · ⬜ open',
  toLike: '*Posts that you have not liked yet*',
  untitled: 'to the post',
  onlyYou: 'Only you see this 🔒',
  values: {
    'remind.on': 'on',
    'remind.off': 'off',
    'remind.sat': 'Saturday',
    'remind.sun': 'Sunday',
    'likes.steps': 'the 1st, the 5th, every 10th',
    'likes.each': 'each',
    'likes.card': 'one message per post',
    'likes.off': 'off',
    'notes.on': 'on',
    'notes.off': 'off',
  },
};
