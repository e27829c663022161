import type { HelpText } from './help-text.ts';

const MESSAGE = 'its link (in Slack: Copy link), or its ts, such as 1722865849.468459';
const RULING = {
  message: MESSAGE,
  week: 'for which week, of the same month',
  note: 'why, in at most 80 characters',
  undo: 'take back what was ruled: the rules decide again',
};

/** What --help says, in English. */
export const enHelp: HelpText = {
  program: 'Runs a TIL challenge: a weekly writing challenge in a Slack channel.',
  after: `
til <command> --help says what a command does, with an example. Exit code 0: fine, 1: a difference or a failure, 2: wrong usage.

Example:
  til doctor
  til replay --month 2024-08
`,
  afterError: '(til <command> --help says more)',
  version: 'output the version number',
  help: 'display help for command',
  title: (title) => title,
  line: (text) => text,
  common: {
    config: 'the configuration (default: "til.config.ts")',
    json: 'print JSON for programs',
    lang: 'speak English or Korean: en or ko',
  },
  onlyChallenge: 'only this challenge',
  wait: 'how long to wait for a running server to do it',
  choice: {
    yes: 'do it; without, it only says what would change',
    channel: 'the challenge, where there are several',
    after: `
Without --yes it only prints what would change. A month whose result is frozen stays as it was announced: what would change it is refused.
Exit code 1 when it is refused, or not done yet.

Example:
`,
  },
  init: {
    does: 'asks what it must know, tries the tokens, and writes the configuration and .env; replaces nothing that you wrote',
    options: {
      channel: 'the id of the channel; Slack shows it at the bottom of the channel details',
      name: 'what the challenge is called',
      locale: 'the language in which the bot speaks: ko or en',
      timeZone: 'whose weeks and Mondays count, such as Asia/Seoul',
      rest: 'weeks of rest with commas between them: seollal, chuseok, 2024-W52; none',
      admins: 'who gets the alarms: ids with commas between them',
    },
    after:
      '\nWith --channel it asks nothing. Interrupted, it goes on where it stopped.\n\nExample:\n  til init --channel C0123456789 --name "TIL" --locale en --time-zone Europe/Berlin\n',
  },
  doctor: {
    does: 'looks at token, socket, channel, events, clock, storage, queue, disk and schedule, and says what to do',
    options: {},
    after:
      '\nReads, writes one scratch object, and shows one sentence in the Home tab of the first admin. Exit code 1 when something is not ok.\n\nExample:\n  til doctor\n',
  },
  openWeek: {
    does: "posts this week's weekly post now, unless the week has one; also after a refusal, or when it was deleted",
    options: { dryRun: 'only say what would be done' },
    after: `
The schedule does this every Monday by itself, once. What Slack has refused since (the bot was not invited yet, the channel was archived), or
somebody has deleted, this command tries again: one new attempt each time it is called, never two posts. Exit code 0 only when it is there.

Example:
  til open-week --dry-run
`,
  },
  closeMonth: {
    does: "freezes a month's result and announces it, once; also after a refusal",
    options: {
      month: 'the month, such as 2024-08',
      dryRun: 'only print the result as it stands, and what would be done; write and say nothing',
      yes: 'freeze a month that is not over yet',
      announce: 'announce it although it is long over, or was announced by another bot',
    },
    after: `
The schedule does this on the first Monday of the next month by itself, once. A frozen result never changes afterwards. What Slack has refused
since (the bot was not invited yet, the channel was archived), this command tries again, one new attempt each time it is called. A result that
is more than a month late, or from before the bot first listened, is frozen and recorded as not announced, unless --announce is there. Exit
code 0 only when that is done.

Example:
  til close-month --month 2024-08 --dry-run
`,
  },
  accept: {
    does: 'lets a message count, whatever the rules say of its link or hour',
    options: RULING,
    after:
      "  til accept 'https://example.slack.com/archives/C0TILCHAN1/p1722865849468459' --note 'a talk, not a post'\n",
  },
  reject: {
    does: 'lets a message not count, whatever the rules say',
    options: RULING,
    after: "  til reject 1722865849.468459 --note 'the wrong link'\n",
  },
  excuse: {
    does: 'lets a week without a post be no miss of somebody who could not write',
    options: {
      user: 'their id, such as U0MINSEO01, or their exact name',
      week: 'the week, such as 2024-W37',
      undo: 'excuse them no longer',
    },
    after: '  til excuse U0MINSEO01 2024-W37\n',
  },
  restWeek: {
    does: 'makes a week one of rest: not writing in it counts against nobody, and what is written counts',
    options: {
      week: 'the week, such as 2024-W38',
      reason: 'why, in at most 80 characters',
      work: 'make it a week like any other, also where the configuration (schedule.rest) lets it rest',
      undo: 'let the configuration (schedule.rest) decide again',
    },
    after: '  til rest-week 2024-W38 --reason Chuseok\n',
  },
  extend: {
    does: "lets what is written in a week's thread after its end be in time",
    options: {
      week: 'the week, such as 2024-W37',
      hours: 'how many hours after its end, 1 to 168',
      undo: 'let it end as every week',
    },
    after: '  til extend 2024-W37 --hours 24\n',
  },
  replay: {
    does: 'tells what the log says in words, one line an event, and what it adds up to at that moment; says nothing to Slack',
    options: {
      week: 'only this week, such as 2024-W32',
      month: 'only this month, such as 2024-08',
      until:
        'only what had happened by then: 2024-08-11 (to the end of that day), 2024-08-11T23:59, or a Slack timestamp',
      follow: 'go on telling what happens, until Ctrl+C',
    },
    after:
      '\nReads and writes nothing. Days and clock times are those of the challenge.\n\nExample:\n  til replay --month 2024-08 --until 2024-08-18\n  til replay --week 2024-W32 --follow\n',
  },
  others: {},
};
