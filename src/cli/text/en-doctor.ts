import type { DoctorWords } from '../../admin/doctor-words.ts';
import { sentenceOf } from '../../setup/report.ts';

/** What follows from a disk without hard links. */
const WITHOUT_LINKS =
  'its file system has no hard links (as exFAT, SMB, 9p and some container mounts): objects are created one after the other under ' +
  'a lock instead, which is as safe and slower. A disk with hard links is quicker';

/** The way to every new right and setting of the app. */
const AGAIN = 'put what "til manifest" prints under "App Manifest" of the app, and install the app again';

const off = (seconds: number, isBehind: boolean): string => `${seconds} s ${isBehind ? 'behind' : 'ahead of'} Slack's`;

/** What `til doctor` says, in English. */
export const enDoctor: DoctorWords = {
  is: { fine: '    ok', unseen: '     ?', wrong: 'NOT OK' },
  what: {
    log: (address) => `log (${address})`,
    state: (address) => `state (${address})`,
    queue: 'queue',
    links: (folder) => `hard links (${folder})`,
    disk: 'disk',
    clock: 'clock',
    alarm: 'alarm',
    deliveries: 'deliveries',
    page: 'page',
    socket: 'socket',
    token: 'token',
    secret: 'secret',
    talk: 'buttons and commands',
    home: 'Home tab',
    presses: 'presses',
    channel: (challenge) => `${challenge}: channel`,
    events: (challenge) => `${challenge}: events`,
    schedule: (challenge) => `${challenge}: schedule`,
  },
  trouble: sentenceOf,
  bucket: {
    createsTwice:
      'a second create of the same object succeeded: conditional writes do not work there, so events could be lost',
    unread: 'what was just written cannot be read',
    unlisted: 'what was just written is not listed',
    swapsBlindly: 'a replacement under a wrong ETag succeeded: two writers could overwrite each other',
    creates: 'creates once, reads, lists',
    swaps: 'creates once, reads, lists, replaces only what it knows',
  },
  queue: {
    onAws: 'lies on AWS: its alarms and its age are in the console, see RUNBOOK.md',
    waiting: (jobs, seconds) => `${jobs} jobs wait, the oldest for ${seconds} s`,
    unserved: (waiting) => `no server takes from it (${waiting}); start one with "til serve"`,
    old: (waiting) => `${waiting}; the server's output says why`,
    ofStack: (says) => `${says}. If the log is that of a stack: TIL_QUEUE is its QueueUrl`,
  },
  links: { there: 'there are', none: WITHOUT_LINKS },
  disk: {
    free: (gibibytes) => `${gibibytes} GiB free`,
    full: (gibibytes) => `${gibibytes} GiB free: nothing is acknowledged once it is full; make room`,
  },
  alarm: {
    test: 'TIL challenge: this is a test by "til doctor"; nothing is wrong.',
    sent: 'a test was sent by the second way; did it come?',
    onAws: 'is for a server on one machine; on AWS alarms go to the topic of the stack',
  },
  clock: {
    silent: (url) => `${url} gives no answer; is the network there?`,
    off,
    wrong: (seconds, isBehind) => `${off(seconds, isBehind)}; beyond 300 s every event is refused: set it by NTP`,
    onAws: 'that of the functions is kept right by AWS',
  },
  token: {
    none: 'SLACK_BOT_TOKEN is not set: nothing can be said in Slack. It is under "OAuth & Permissions" of the app, and begins with xoxb-',
    onAws:
      'the functions have it from Secrets Manager. With SLACK_BOT_TOKEN here too, this command looks at token, channel and events',
    scopesUnknown: (user) => `is ${user}; Slack did not say which scopes it has`,
    lacks: (user, scopes) =>
      `is ${user}, lacks ${scopes}: take the manifest of "til manifest" and install the app again`,
    whole: (user, spared) =>
      `is ${user}, has every scope${spared ? ` but ${spared}, which only private channels need` : ''}`,
  },
  socket: (others) =>
    others === undefined ? 'Slack opens a connection' : `Slack opens a connection; the app has ${others} others`,
  channel: {
    archived: (name) => `#${name} is archived: nothing can be posted there`,
    absent: (name) => `the bot is not in #${name}: invite it with /invite`,
    present: (name) => `the bot is in #${name}`,
  },
  events: {
    none: 'nobody wrote in the last seven days; write something and look again in three minutes',
    arrived: (time) => `the message of ${time} has arrived`,
    missing: (time) =>
      `the message of ${time} has not arrived: look at "Event Subscriptions" of the app (is the request URL verified?); "til reconcile" fetches what was missed`,
  },
  schedule: {
    noPost: 'this week has no weekly post ("til open-week" posts it)',
    noResult: (month) => `the result of ${month} is not announced ("til close-month --month ${month}" does it)`,
    fine: 'nothing is overdue',
  },
  talk: {
    unknown: 'Slack did not say which scopes the token has',
    has: (scope) => `has the scope ${scope}`,
    lacks: (scope) => `lacks the scope ${scope}, so nobody can press or type anything, and all else goes on: ${AGAIN}`,
  },
  home: {
    noAdmin: 'no admin is configured in whose Home tab it could be tried',
    on: 'is on',
    off: `not_enabled: the Home tab is off: ${AGAIN}`,
    unclear: (answer) => `cannot be tried: Slack answered ${answer}`,
  },
  presses: {
    first: (kind, date) => `${kind} on ${date}`,
    seen: (firsts) => `a press was seen${firsts && ` (first ${firsts})`}`,
    never: (firsts, command) =>
      `no press was ever seen${firsts && ` (first ${firsts})`}. What cannot be seen from outside: compare "App Manifest" of the app with what ` +
      `"til manifest" prints: the command ${command}, interactivity, three message shortcuts (post.accept, post.reject, post.clear), the Home ` +
      'tab, the event app_home_opened',
  },
  page: {
    off: 'is off',
    noLink: 'opens by a link, and there is none: "til page-link" makes it',
    linkOnAws: (variable) => `opens by a link, which whoever deploys has (${variable})`,
    onAws: (isByLink) =>
      `is shown to ${isByLink ? 'who has its link ("til page-link" prints it)' : 'whoever knows its address'}`,
    shown: (isByLink, host) =>
      `is shown to ${isByLink ? 'who has its link ("til page-link" prints it)' : 'whoever reaches the server'}, ` +
      (host === undefined ? 'at every address of this machine' : `at ${host} (HOST)`),
  },
  deliveries: {
    none: 'SLACK_SIGNING_SECRET is not set, so every event is refused; it is under "Basic Information" of the app. With Socket Mode, SLACK_APP_TOKEN (xapp-…) takes its place',
    http: 'a signing secret is set',
    socket: 'Socket Mode, by SLACK_APP_TOKEN',
    onAws:
      'come to the functions, which have the signing secret from Secrets Manager; the alarms "Requests fail" and "No events" watch them',
  },
};
