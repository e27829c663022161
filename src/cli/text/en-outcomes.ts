import type { ChoiceText, MonthText, WeekText } from './outcome-text.ts';

/** What `til open-week` says, in English. */
export const enWeek: WeekText = {
  says: {
    'open already': 'has its weekly post already; nothing was done.',
    posted: 'the weekly post is in the channel.',
    'left to the server':
      'is on the queue, and the running server posts it; it has not done so yet. "til doctor" looks for the reason.',
    waits:
      'could not be posted yet. Is SLACK_BOT_TOKEN set, and the bot in the channel? "til doctor" looks; "til serve" posts it as soon as it can.',
  },
  wouldPost: (again) => `the weekly post would be posted now${again === undefined ? '' : `, once more: ${again}`}.`,
  refused: (reason) =>
    `Slack refused the weekly post (${reason}); "til doctor" looks at token and channel. When that is mended, call this command again.`,
  past: {
    deleted: 'the one that was posted has been deleted',
    refused: (reason) => `Slack refused it before (${reason})`,
    skipped: (reason) => `it was passed over before (${reason})`,
  },
};

const REASONS: Record<string, string> = {
  'too old': 'it is more than a month late',
  'ended before the bot first listened':
    'it is from before the bot first listened, and nobody knows whether it was announced by hand',
  'announced by another bot': 'it was announced by another bot before',
};

/** What `til close-month` says, in English. */
export const enMonth: MonthText = {
  says: {
    'nothing to close': 'no week of it was open, so there is nothing to close.',
    'dry run': 'as it stands; nothing was written, nothing was said.',
    'frozen already': 'frozen already; nothing was written, nothing was said.',
    'left to the server':
      'the job is on the queue, and the running server freezes and announces it; it has not done so yet. "til doctor" looks for the reason.',
    waits: 'could not be frozen yet; the job waits on the queue. "til doctor" looks for the reason.',
    frozen:
      'frozen. It is not announced yet: that waits until "til serve" or this command runs with a SLACK_BOT_TOKEN that works.',
    announced: 'frozen and announced.',
  },
  reason: (reason) => REASONS[reason] ?? reason,
  notAnnounced: (why) => `frozen, and not announced: ${why}.`,
  refused: (why) =>
    `frozen. Slack refused the announcement (${why}); "til doctor" looks at token and channel. When that is mended, call this command again.`,
  flag: 'With --announce it is announced all the same.',
  notOver: 'The month is not over: to close it now needs --yes.',
  nothingLeft: 'It is announced: there is nothing left to do.',
  wouldKeepSilent: (isFrozen, why) =>
    `${isFrozen ? 'It is not announced' : 'It would be frozen, and not announced'}: ${why}.`,
  wouldAnnounce: (isFrozen, before) =>
    `It would be ${isFrozen ? '' : 'frozen and '}announced${before === undefined ? '' : `; before, it was not: ${before}`}.`,
  frozenAt: (time) => `frozen at ${time}`,
  nobody: 'nobody took part in every week',
  heads: ['challenger', 'likes'],
  special: 'special',
  missedOne: (names) => `missed one week: ${names}`,
  readers: (names) => `readers of the month: ${names}`,
};

/** What the commands of an admin's choices say, in English. */
export const enChoice: ChoiceText = {
  says: {
    'would change': 'Nothing was written: this is what would change. Add --yes to do it.',
    changed: 'Done.',
    'nothing to change': 'That is how it stands already: nothing to change, nothing was written.',
    refused: 'Not done, nothing was written:',
    'left to the server':
      'It is on the queue, and the running server does it; it has not done so yet. "til doctor" looks for the reason.',
    waits: 'It waits on the queue. "til doctor" looks for the reason.',
  },
  noCount: 'no count changes by it',
  undo: (command) => `To take it back: ${command}`,
  message: ({ author, time, ts, url }) =>
    author === undefined
      ? `the message of ${time} (${ts})`
      : `the message of ${author} of ${time}${url === undefined ? '' : `, ${url}`}`,
  unknownLink: 'a link that is not known',
  verdict: {
    none: 'no ruling, it counts by the rules',
    accept: (week) => `accepted${week === undefined ? '' : ` for ${week}`}`,
    reject: (week) => `rejected${week === undefined ? '' : ` for ${week}`}`,
  },
  rest: (isRest) => (isRest ? 'a week of rest' : 'a week like any other'),
  asConfigured: (rest) => `as the configuration says, ${rest}`,
  excused: (who, id, week, isExcused) => `${who} (${id}): ${isExcused ? 'excused' : 'not excused'} for ${week}`,
  extended: (until, isExtended) => `${isExtended ? 'open until' : 'ends as every week, at'} ${until}`,
  post: (who, time, before, after) => `${who}'s post of ${time} counts for: ${before} -> ${after}`,
  week: (label, isLate) => `${label}${isLate ? ', late' : ''}`,
  noWeek: 'no week',
  lists: {
    challengers: (month) => `challengers of ${month}`,
    special: (month) => `special challengers of ${month}`,
    finishers: (month) => `all but one week of ${month}`,
  },
  turned: (before, after) => `${before} -> ${after}`,
  closed: (month) => `${month} is closed: what was announced stays as it is`,
  run: (who, current, longest) =>
    `${who}'s run in weeks: ${current.join(' -> ')}${longest === undefined ? '' : `, the longest ${longest.join(' -> ')}`}`,
  notYetOpen: 'the week has no weekly post so far; it holds as soon as there is one',
  neverOpen: 'the week is over and never had a weekly post, so this makes no difference',
  refused: {
    unknown: 'the log knows no such message. Is it in this channel? "til reconcile" brings in what was missed.',
    deleted: 'the message has been deleted, so it cannot count.',
    'by an app': 'an app wrote it, and only what a person wrote can count.',
    'weekly post': 'it is the weekly post itself; replies in its thread count.',
    wordless: "it is a line of Slack's own, which nobody wrote.",
    'takes no part': 'its author takes no part in the challenge (members.exclude in the configuration).',
    otherMonth: (month, chosen) =>
      `--week must be a week of ${month}, the month in which it was written${chosen ? `; ${chosen.week} is of ${chosen.month}` : ''}.`,
    noWeek: (month) => `it is in no weekly post's thread of its month. With --week, name an open week of ${month}.`,
    notOpen: (week) => `${week} has no weekly post.`,
    past: (until) => `that would be until ${until}, which is over already. Name more --hours.`,
    overtaken: (at) =>
      `something else was chosen at ${at}, which is later than now by this machine's clock. Is the clock right?`,
    closed: (month) => `the result of ${month} is frozen and stays as it was announced; this would change it.`,
  },
};
