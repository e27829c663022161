import type { Words } from './words.ts';

/** Everything the bot says, in English. */
export const en: Words = {
  weekOpen: (label, blogs, dashboardUrl) => [
    `*[${label}]*`,
    ':white_check_mark: Reply here with the link to what you wrote this week, by Sunday midnight!',
    `:link: Accepted blogs: ${blogs.join(', ')}`,
    ...(dashboardUrl ? [`:bar_chart: Who is in: ${dashboardUrl}`] : []),
  ],
  participation: (name, label) => `${name} took part in ${label} 🔥🔥`,
  readReply: 'read the reply',
  retracted: (name, label) => `(withdrawn) ${name}: the post for ${label} was deleted or lost its link.`,
  liked: (names, more, post, total) =>
    `${names.join(', ')}${more > 0 ? ` and ${more} more` : ''} liked ${post} 👍. That makes ${total}!`,
  unliked: (post, total) => `${post} now has ${total} ${total === 1 ? 'like' : 'likes'}.`,
  likeCard: (post, total) => `${post} · 👍 ${total}`,
  yourPost: 'your post',
  hint: (blogs) =>
    `This does not count for the challenge yet: it needs a link to an accepted blog (${blogs.join(', ')}).\nEdit your reply to add one, and it counts at once.`,
  specialTitle: (month) => `*&lt; Special challengers of ${month} &gt;*`,
  challengerTitle: (month) => `*&lt; Challengers of ${month} &gt;*`,
  row: (name, likes) => `${name} 👍 ${likes}`,
  thanks: 'Well done, everybody 👏',
  nobody: (month) => `Nobody took part in every week of ${month}. Let us get there together this month! 💪`,
  noLikes: 'And do not forget a 👍 for what the others write!',
  alarm: (code, subject) =>
    `:rotating_light: The TIL challenge needs a look: *${code}*\nAbout: ${subject}\nSee the heading of that name in RUNBOOK.md.`,
  seeDashboard: 'dashboard',
};
