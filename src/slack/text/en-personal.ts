import type { PersonalWords } from './personal-words.ts';

const until = { today: 'until midnight tonight', tomorrow: 'until tomorrow midnight', later: 'there is still time' };

/** What the bot says to one person alone of its own accord, in English. */
export const enPersonal: PersonalWords = {
  remind: [
    (ends) => `This week's post: ${until[ends]}. Short is fine.`,
    (ends) => `One thing you learned this week, in a few lines? For this week: ${until[ends]}.`,
    (ends) => `We would like to read about your week, too. This week's post: ${until[ends]}. Three paragraphs will do.`,
    (ends) => `If there is a draft lying around, now is a good time. This week's post: ${until[ends]}.`,
  ],
  noteRun: (run) =>
    run === 1
      ? '🌙 You took last week off. Your week stands; one post this week and it goes on.'
      : `🌙 You took last week off. Your ${run} weeks stand; one post this week and they go on.`,
  notePast: (posts, longest) =>
    `🌙 You took last week off. So far you have written ${counted(posts, 'post')}, and ${counted(longest, 'week')} in your longest run.`,
  comeback: (why, posts) =>
    why === 'a month begins'
      ? `A new month begins. What you wrote is still here: ${counted(posts, 'post')}. This month everybody starts again at week 1.`
      : `The week of rest is over. What you wrote is still here: ${counted(posts, 'post')}. A good week to start again.`,
  firststep: (name) =>
    `${name ? `${name}, everybody` : 'Everybody'} knows that you read along. How about a post of three paragraphs this week?`,
  because: {
    'wrote lately': 'You get this because you wrote within the last four weeks, and not yet this week.',
    'planned to write': 'You get this because you planned to write this week.',
    note: 'This comes once, to who wrote and then took a week off.',
    comeback: 'This comes now and then to who wrote with us, twice at most.',
    firststep: 'This comes once ever, to who reads a lot.',
  },
  buttons: {
    thread: "This week's thread",
    rest: '🌙 I rest this week',
    off: 'Turn these off',
    plan: '✍️ I will write this week',
    pause: 'I pause for now',
    start: 'I will write',
    readOnly: 'I only read',
    me: 'How I am doing',
  },
};

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;
