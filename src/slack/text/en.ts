import type { Words } from './words.ts';

/** `Ann, Ben and Cid`; of more than can be named, how many. */
const listed = (names: readonly string[], more: number): string => {
  const all = more > 0 ? [...names, `${more} more`] : names;
  return all.length < 2 ? all.join('') : `${all.slice(0, -1).join(', ')} and ${all.at(-1)}`;
};

/** `1 post`, `2 posts`. */
const counted = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`;

/** As a sentence begins. */
const atFirst = (text: string): string => text.replace(/^a(?= member\b)/, 'A');

/** Everything the bot says, in English. */
export const en: Words = {
  weekOpen: (label, blogs, dashboardUrl, news) => [
    `*[${label}]*`,
    ...(news ? [news] : []),
    ':white_check_mark: Reply here with the link to what you wrote this week, by Sunday midnight!',
    `:link: Accepted blogs: ${blogs.join(', ')}`,
    ...(dashboardUrl ? [`:bar_chart: Who is in: ${dashboardUrl}`] : []),
  ],
  lastWeek: (people, posts) => `${counted(people, 'person', 'people')} wrote ${counted(posts, 'post')} last week 👏`,
  restWeek: '🌕 A week of rest: nothing breaks if you skip it, and what you write is a bonus.',
  someone: 'a member',
  more: (count, dashboardUrl) => `and ${count} more${dashboardUrl ? ` · all of them: ${dashboardUrl}` : ''}`,
  participation: (name, label, isLate) => `${atFirst(name)} took part in ${label}${isLate ? ' (late)' : ''} 🔥🔥`,
  readReply: 'read the reply',
  firstPost: (name) => `🎉 The first post of ${name}! Be its first reader.`,
  weeksWritten: (weeks) => `That makes ${weeks} weeks 🎉`,
  longestRun: (weeks) => `${weeks} weeks in a run, the longest so far!`,
  retracted: (name, label) =>
    `(withdrawn) ${atFirst(name)}'s post for ${label} was deleted, or its link was taken out.`,
  takenBack: (name, label) => `(withdrawn) The note on ${name}'s post for ${label} was taken back.`,
  liked: (names, more, post, total) => `${atFirst(listed(names, more))} liked ${post} 👍. That makes ${total}!`,
  unliked: (post, total) => `${post} now has ${total} ${total === 1 ? 'like' : 'likes'}.`,
  likeCard: (post, total) => `${post} · 👍 ${total}`,
  yourPost: 'your post',
  caughtUp: (names, more) => `While I was away, ${listed(names, more)} posted:`,
  caughtUpRow: (name, link) => `• ${atFirst(name)} · ${link}`,
  digestTitle: (posts) => `*${counted(posts, 'post')} this week, the least read first*`,
  digestRest: (posts, dashboard) =>
    dashboard ? `The rest: ${dashboard}` : `The other ${posts} are in the thread of this week's post.`,
  digestSum: (people, together) =>
    `${counted(people, 'person', 'people')} wrote this week. Together this month: ${counted(together, 'post')}.`,
  digestGone: 'What was listed here is not there any more.',
  hints: {
    noLink: (blogs) =>
      `This does not count for the challenge yet: it needs a link to an accepted blog (${blogs.join(', ')}).\nEdit your reply to add one, and it counts at once.`,
    otherHost: (hosts, blogs) =>
      `This does not count for the challenge yet: ${hosts.join(', ')} is not among the accepted blogs (${blogs.join(', ')}).\nEdit your reply to add a link to one of them, and it counts at once.`,
    noPost:
      'This does not count for the challenge yet: the link leads to the front page of a blog, or to where one writes.\nEdit your reply to link to the post itself, and it counts at once.',
    repeated:
      'This does not count for the challenge: the same post was linked before this month.\nEdit your reply to link to a new one, and it counts at once.',
    rejected:
      'The organizers decided not to count this for the challenge. If you would like to know more, just ask them.',
    late: (label, here) => `This does not count: ${label} is over.${thisWeek(here)}`,
    closed: (month, here) => `This does not count: ${month} is closed.${thisWeek(here)}`,
    beside: (here) =>
      `A post in the channel does not count for the challenge. Reply to ${here} with the link, and it does.`,
    mention: (here) =>
      here
        ? `I cannot talk yet. Reply to ${here} with the link to what you wrote this week!`
        : "I cannot talk yet. Reply to this week's TIL post with the link to what you wrote, when it is there!",
    writeHere: (here) => `Reply to ${here} with the link to what you wrote this week! You can also type:`,
  },
  specialTitle: (month) => `*&lt; Special challengers of ${month} &gt;*`,
  challengerTitle: (month) => `*&lt; Challengers of ${month} &gt;*`,
  row: (name, likes) => `${name} 👍 ${likes}`,
  finisherTitle: (month) => `*&lt; With us all through ${month}, with a week off &gt;*`,
  readersTitle: '*Readers of the month*',
  together: (posts, compared) =>
    `${counted(posts, 'post')} together${compared === 'more' ? ', more than last month 🎉' : compared ? ', as many as last month 🎉' : ''}`,
  thanks: 'Well done, everybody 👏',
  nobody: (month) => `Nobody took part in every week of ${month}. Let's get there together this month! 💪`,
  noLikes: "And don't forget a 👍 for what the others write!",
  alarm: (code, subject) =>
    `:rotating_light: The TIL challenge needs a look: *${code}*\nAbout: ${subject}\nSee the heading of that name in RUNBOOK.md.`,
  seeDashboard: 'dashboard',
};

const thisWeek = (here: string | undefined): string =>
  here ? `\nReply to ${here} with what you write this week.` : '';
