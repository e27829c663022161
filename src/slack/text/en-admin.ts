import type { AdminWords } from './admin-words.ts';

const SAYS = { 'week.open': 'the weekly post', 'month.result': "last month's result", digest: 'the digest' };

/** What the bot answers to admins alone, in English. */
export const enAdmin: AdminWords = {
  notAdmin: 'This is for the people who run the challenge. Nothing has changed.',
  elsewhere: "That message is not in the challenge's channel. Please choose one there. Nothing has changed.",
  where: (channels) =>
    `I cannot tell which challenge you mean, so nothing has changed. Please say it in its channel: ${channels.join(' ')}`,
  taken: (channel) => `This is not a challenge's channel, so I took it for ${channel}.`,
  usage: 'I did not understand that, so nothing has changed. This is what I know:',
  help: (command) => [
    `\`${command} rest [week] [reason]\` all rest`,
    `\`${command} excuse @user [week]\` no miss`,
    `\`${command} extend 24h [week]\` ends later`,
    '`undo` behind those three takes back.',
    'Weeks: `this` `last` `2024-W37`',
    `\`${command} open\` post this week's post`,
    `\`${command} close [2024-08]\` final result`,
    `\`${command} status\` how the bot is`,
    `\`${command} accept link [week]\` it counts`,
    'or `reject` `clear`; also in the ⋮ menu',
  ],
  mention: (command, week) =>
    `I am not sure whom you mean, so nothing has changed. Names are not unique: type @ and choose from the list: \`${command} excuse @user ${week}\``,
  shorter: 'A reason has at most 80 characters. Nothing has changed.',
  said: 'That is how it stands already. Nothing has changed.',
  undo: 'undo',
  work: 'work',
  verbs: { rest: 'rest', excuse: 'excuse', extend: 'extend', accept: 'accept', reject: 'reject' },
  ruled: {
    accept: 'This post is accepted.',
    reject: 'This post is marked as one that does not count.',
    none: 'The ruling is gone; the rules decide again.',
  },
  rested: (week, rest, reason) => {
    if (rest === undefined) return `${week}: the configuration decides again whether it is one of rest.`;
    return `${week} is now a week ${rest ? 'of rest' : 'like any other'}${reason ? ` (${reason})` : ''}.`;
  },
  excused: (who, week, excused) => `${who} is ${excused ? 'excused' : 'no longer excused'} for ${week}.`,
  extended: (week, until) => (until ? `${week} is open until ${until}.` : `${week} ends as every week again.`),
  post: (who, before, after) => `• ${who}'s post: ${before ?? 'not counted'} → ${after ?? 'not counted'}`,
  late: '(late)',
  challengers: (month, before, after) => `• Challengers of ${month}: ${before} → ${after}`,
  unchanged: 'No count changes by it now.',
  backByShortcut: (title) => `To take it back: *${title}* in the message's ⋮ menu`,
  backByCommand: (line) => `To take it back: ${line}`,
  refused: (command) => ({
    unknown: 'I do not know that message, so nothing has changed.',
    deleted: 'That message was deleted, so it cannot count.',
    'by an app': 'An app wrote it; only what a person wrote can count.',
    'weekly post': 'It is the weekly post itself; the replies in its thread count.',
    wordless: "It is a line of Slack's own, which nobody wrote.",
    'takes no part': 'Its author takes no part in the challenge, by the configuration.',
    'other month': 'Only a week of the month in which it was written can be named. Nothing has changed.',
    'no week': `It is in no week's thread. Name the week as well: \`${command} accept link 2024-W37\`.`,
    'not open': 'That week has no weekly post. Nothing has changed.',
    past: 'That time is over already. Please name more hours. Nothing has changed.',
    overtaken: 'Something later was chosen, so that stays.',
    closed: "That month's result was announced and stays. This would change it, so it was not done.",
  }),
  openAlready: "This week's post is there already. Nothing has changed.",
  opening: "I will post this week's post; it is in the channel soon. To take it back, delete that post.",
  nothingToClose: (month) => `No week of ${month} was open, so there is nothing to close.`,
  closedAlready: (month) => `${month} is closed already. Nothing has changed.`,
  notOver: (month, until) => `${month} ends at ${until}. It can be closed after that. Nothing has changed.`,
  sure: (month, isSilent) =>
    `This freezes the result of ${month}, which cannot be undone. ${isSilent ? 'It is long over, so the channel is not told.' : 'Then the channel is told.'}`,
  closeNow: (month) => `Close ${month}`,
  closing: (month, isSilent) =>
    `I am closing ${month}. ${isSilent ? 'The channel is not told.' : 'The result is in the channel soon.'} This cannot be undone.`,
  heard: (at, isNever) => `Last heard: ${at ?? (isNever ? 'nothing for two weeks' : 'cannot be told now')}`,
  queue: (jobs, seconds) =>
    `Waiting jobs: ${jobs === undefined ? 'cannot be told from here' : `${jobs}, the oldest for ${seconds} s`}`,
  deadLetters: (count) => `Put aside: ${count ?? 'cannot be told now'}`,
  clock: (isRight, seconds) =>
    `Clock: ${isRight === undefined ? 'not compared yet' : `${isRight ? 'right' : 'not right'} (${seconds} s from Slack's)`}`,
  storage: (isFine) => `Storage: ${isFine ? 'can be read' : 'cannot be read'}`,
  schedule: (overdue, command) => {
    if (!overdue) return 'Schedule: cannot be told now';
    if (overdue.length === 0) return 'Schedule: nothing is overdue';
    return `Schedule: overdue: ${overdue.map((each) => SAYS[each]).join(', ')} (\`${command} open\`, \`${command} close\`)`;
  },
};
