import type { Words } from './words.ts';

/** `Ann, Ben and Cid`; of more than can be named, how many. */
const listed = (names: readonly string[], more: number): string => {
  const all = more > 0 ? [...names, `${more} more`] : names;
  return all.length < 2 ? all.join('') : `${all.slice(0, -1).join(', ')} and ${all.at(-1)}`;
};

/** As a sentence begins. */
const atFirst = (text: string): string => text.replace(/^a(?= member\b)/, 'A');

/** Everything the bot says, in English. */
export const en: Words = {
  weekOpen: (label, blogs, dashboardUrl) => [
    `*[${label}]*`,
    ':white_check_mark: Reply here with the link to what you wrote this week, by Sunday midnight!',
    `:link: Accepted blogs: ${blogs.join(', ')}`,
    ...(dashboardUrl ? [`:bar_chart: Who is in: ${dashboardUrl}`] : []),
  ],
  someone: 'a member',
  more: (count, dashboardUrl) => `and ${count} more${dashboardUrl ? ` · all of them: ${dashboardUrl}` : ''}`,
  participation: (name, label) => `${atFirst(name)} took part in ${label} 🔥🔥`,
  readReply: 'read the reply',
  retracted: (name, label) => `(withdrawn) ${atFirst(name)}'s post for ${label} was deleted or lost its link.`,
  liked: (names, more, post, total) => `${atFirst(listed(names, more))} liked ${post} 👍. That makes ${total}!`,
  unliked: (post, total) => `${post} now has ${total} ${total === 1 ? 'like' : 'likes'}.`,
  likeCard: (post, total) => `${post} · 👍 ${total}`,
  yourPost: 'your post',
  caughtUp: (names, more) => `While I was away, ${listed(names, more)} posted:`,
  caughtUpRow: (name, link) => `• ${atFirst(name)} · ${link}`,
  hint: (blogs) =>
    `This does not count for the challenge yet: it needs a link to an accepted blog (${blogs.join(', ')}).\nEdit your reply to add one, and it counts at once.`,
  specialTitle: (month) => `*&lt; Special challengers of ${month} &gt;*`,
  challengerTitle: (month) => `*&lt; Challengers of ${month} &gt;*`,
  row: (name, likes) => `${name} 👍 ${likes}`,
  thanks: 'Well done, everybody 👏',
  nobody: (month) => `Nobody took part in every week of ${month}. Let's get there together this month! 💪`,
  noLikes: "And don't forget a 👍 for what the others write!",
  alarm: (code, subject) =>
    `:rotating_light: The TIL challenge needs a look: *${code}*\nAbout: ${subject}\nSee the heading of that name in RUNBOOK.md.`,
  seeDashboard: 'dashboard',
};
