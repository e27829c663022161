import type { InitText } from './init-text.ts';

const SECRETS = 'SLACK_APP_TOKEN for --socket, SLACK_SIGNING_SECRET for --url';

/** What `til init` says, in English. */
export const enInit: InitText = {
  questions: {
    channel: 'The id of the channel (in Slack: its name ▸ About, at the bottom; or the link of the channel):',
    name: 'What is the challenge called?',
    timeZone: 'In which time zone do your weeks begin?',
    rest: 'Which weeks are for rest (seollal, chuseok, weeks such as 2024-W52, with commas; - for none)?',
    admins: 'Who gets the alarms (ids such as U0123456789, with commas; in Slack: profile ▸ ⋮ ▸ Copy member ID)?',
    way: 'How does Slack reach the bot: "socket" (no address needed) or "url" (a public https address)?',
  },
  wrong: {
    locale: 'ko나 en으로 답해 주세요. Please answer ko or en.',
    channel: "A channel's id begins with C, such as C0123456789.",
    name: 'A name has 1 to 80 characters.',
    timeZone: 'That is no time zone; such as Asia/Seoul or Europe/Berlin.',
    rest: 'Expected seollal, chuseok or weeks such as 2024-W38, with commas; - for none.',
    admins: "A person's id begins with U, such as U0123456789; several with commas.",
    way: 'Please answer socket or url.',
  },
  secrets: {
    SLACK_BOT_TOKEN: {
      question: 'Bot User OAuth Token (xoxb-…, under "Install App" of the app). It is not shown; Enter for later:',
      wrong: "The bot's token begins with xoxb-.",
    },
    SLACK_APP_TOKEN: {
      question:
        'App-level token (xapp-…, under "Basic Information" ▸ "App-Level Tokens"). It is not shown; Enter for later:',
      wrong: 'The app-level token begins with xapp-.',
    },
    SLACK_SIGNING_SECRET: {
      question: 'Signing Secret (under "Basic Information" ▸ "App Credentials"). It is not shown; Enter for later:',
      wrong: 'The signing secret is some 32 letters and digits, without blanks, and is no token.',
    },
  },
  goesOn: 'Going on where it stopped.',
  stopped: 'Stopped. What you have answered is kept: the same command goes on from there.',
  sample: (file) => `put aside: the sample that was there is ${file} now`,
  written: (file) => `written: ${file}`,
  kept: (file) => `left as it is: ${file}`,
  isBot: (bot, workspace) => `Slack knows it: the bot ${bot}${workspace ? ` of ${workspace}` : ''}.`,
  lacks: (scopes) =>
    `It lacks ${scopes}: put what "til manifest" prints under "App Manifest" of the app, and install the app again.`,
  inChannel: (name) => `The bot is in #${name}.`,
  notInChannel: (name) => `The bot is not in #${name} yet: invite it there with /invite @TIL.`,
  noChannel: (id) =>
    `The bot sees no channel ${id}: invite it first if that is a private one, else look at the channel in the configuration.`,
  opens: 'Slack opens a connection with it.',
  refused: (code) => `Slack does not take it (${code}). Please once more:`,
  unchecked: 'Slack cannot be reached from here, so it is kept unchecked; "doctor" looks again.',
  isSet: (name) => `${name} is set already.`,
  stored: (name, file) => `${name} is in ${file}, readable by you alone.`,
  missing: (names) =>
    `Left for later: ${names}. Make the app with the manifest, then run "init" again, which goes on with these.`,
  next: 'Next:',
  invite: 'Then invite the bot in the channel (/invite @TIL), and look whether all is well:',
  unasked: {
    written: (file) => `written: ${file}, readable by you alone; put SLACK_BOT_TOKEN in, and ${SECRETS}`,
    kept: (file) => `left as it is: ${file}; it needs SLACK_BOT_TOKEN, and ${SECRETS}`,
    next:
      'Next: "til manifest --socket" (or --url https://…) makes the app; of an app that is there, put it under "App Manifest" and install ' +
      'the app once again. Then "til doctor" looks whether all is well, and "til serve" runs it.',
  },
};
