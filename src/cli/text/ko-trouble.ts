import { expectedInKorean } from './ko-expected.ts';

type Telling = [english: RegExp, korean: (...found: string[]) => string];

const BOT_TOKEN = '앱의 "OAuth & Permissions"에 있는 xoxb- 토큰을 SLACK_BOT_TOKEN에 적어 주세요';
const APP_TOKEN = '앱의 "Basic Information"에 있는 xapp- 토큰을 SLACK_APP_TOKEN에 적어 주세요';
const REMOVED = '앱이 워크스페이스에서 지워졌어요. 다시 설치해 주세요';

/** What a person can do, by Slack's codes. */
const BOT_ADVICE: Record<string, string> = {
  not_in_channel: '봇을 채널에 초대해 주세요: /invite @…',
  channel_not_found: '그런 채널이 없거나, 봇이 없는 비공개 채널이에요',
  invalid_auth: `Slack이 모르는 토큰이에요. ${BOT_TOKEN}`,
  not_authed: `토큰이 비어 있어요. ${BOT_TOKEN}`,
  not_allowed_token_type: `다른 종류의 토큰이에요. ${BOT_TOKEN}`,
  token_revoked: REMOVED,
  account_inactive: REMOVED,
  missing_scope: '"til manifest"로 앱을 다시 만들거나, 없는 권한을 더하고 다시 설치해 주세요',
};

const APP_ADVICE: Record<string, string> = {
  invalid_auth: `Slack이 모르는 토큰이에요. ${APP_TOKEN}`,
  not_authed: `토큰이 비어 있어요. ${APP_TOKEN}`,
  missing_args: `토큰이 비어 있어요. ${APP_TOKEN}`,
  not_allowed_token_type: `다른 종류의 토큰이에요. ${APP_TOKEN}`,
  missing_scope: 'connections:write 권한이 있는 토큰을 새로 만들어 주세요',
  no_permission: 'connections:write 권한이 있는 토큰을 새로 만들어 주세요',
  token_revoked: `이제 쓸 수 없는 토큰이에요. ${APP_TOKEN}`,
  token_expired: `기한이 지난 토큰이에요. ${APP_TOKEN}`,
  account_inactive: REMOVED,
  user_removed_from_team: REMOVED,
  team_disabled: '닫힌 워크스페이스예요',
  forbidden_team: '이 워크스페이스는 소켓을 쓸 수 없어요. 공개 주소와 SLACK_SIGNING_SECRET을 써 주세요',
  access_denied: '이 워크스페이스는 소켓을 쓸 수 없어요. 공개 주소와 SLACK_SIGNING_SECRET을 써 주세요',
};

const advised = (code: string, advice: string | undefined): string => `${code}${advice ? ` (${advice})` : ''}`;

const meant = (suggestion = ''): string => {
  const [, names] = /Did you mean (?:one of )?(.*)\?/.exec(suggestion) ?? [];
  return names ? `\n(혹시 ${names}인가요?)` : '';
};

/** What the command line's parser says. */
const USAGE: Telling[] = [
  [/^error: unknown option '(.*)'(\n.*)?$/s, (flag, suggestion) => `없는 옵션이에요: ${flag}${meant(suggestion)}`],
  [/^error: unknown command '(.*)'(\n.*)?$/s, (name, suggestion) => `없는 명령이에요: ${name}${meant(suggestion)}`],
  [/^error: missing required argument '(.*)'$/, (name) => `이것이 빠졌어요: <${name}>`],
  [/^error: option '(.*)' argument missing$/, (flags) => `옵션 뒤에 값을 적어 주세요: ${flags}`],
  [/^error: required option '(.*)' not specified$/, (flags) => `이 옵션이 꼭 있어야 해요: ${flags}`],
  [
    /^error: too many arguments.* Expected (\d+) arguments? but got (\d+)\.$/,
    (expected, got) => `적은 것이 너무 많아요: ${expected}개까지인데 ${got}개예요`,
  ],
];

const faults = (lines: string): string =>
  lines
    .split('\n')
    .map((line) => expectedInKorean(line))
    .join('\n');

const SETUP: Telling[] = [
  [
    /^there is no configuration at (.*); "til init" writes one, or name it with --config FILE$/s,
    (path) => `${path}에 설정이 없어요. "til init"으로 만들거나, --config로 파일을 정해 주세요`,
  ],
  [/^what was answered is not right:\n(.*)$/s, (lines) => `답을 고쳐 주세요:\n${faults(lines)}`],
  [/^(.*) is not right:\n(.*)$/s, (where, lines) => `설정을 고쳐 주세요: ${where}\n${faults(lines)}`],
  [/^(.*): expected JSON: (.*)$/s, (path, why) => `${path}: JSON으로 읽을 수 없어요 (${why})`],
  [/^(.*): cannot be read: (.*)$/s, (path, why) => `${path}: 읽을 수 없어요 (${why})`],
  [
    /^expected file:PATH or s3:\/\/BUCKET\/PREFIX, got (.*)$/s,
    (got) => `TIL_LOG와 TIL_STATE에는 file:폴더나 s3://버킷/폴더를 적어 주세요. 지금은 ${got}`,
  ],
  [
    /^expected file:PATH or the URL of an SQS queue, got (.*)$/s,
    (got) => `TIL_QUEUE에는 file:폴더나 SQS 큐의 URL을 적어 주세요. 지금은 ${got}`,
  ],
  [/^expected file:PATH, got (.*)$/s, (got) => `file: 뒤에 폴더를 적어 주세요. 지금은 ${got}`],
  [/^(.*): expected a folder, got a file$/s, (address) => `${address}: 폴더여야 하는데 파일이에요`],
  [
    /^TIL_PAGE_KEY: expected .*$/s,
    () => 'TIL_PAGE_KEY에는 글자, 숫자, -, _ 20자에서 128자를 적어 주세요. "til page-link --renew"가 만들어 줘요',
  ],
  [
    /^alarm\.command: expected exit code 0, got (.*)$/s,
    (got) => `alarm.command의 종료 코드가 0이어야 하는데 ${got === 'no start' ? '시작하지 못했어요' : `${got}이에요`}`,
  ],
  [
    /^alarm\.webhook: expected a 2xx, got (.*)$/s,
    (got) => `alarm.webhook의 답이 2xx여야 하는데 ${got === 'no answer' ? '답이 없어요' : `${got}이에요`}`,
  ],
];

/** What the stores say of whole things, and of places for files. */
const STORES: Telling[] = [
  [
    /^(.*): expected a place outside of the log, .*$/s,
    (file) => `${file}: 로그 안이에요. 로그 밖의 다른 곳을 적어 주세요`,
  ],
  [
    /^the log at (.*) is not whole yet: what fills it was cut short, or still runs\. Go on with it: (.*)$/s,
    (address, goOn) => `${address}의 로그가 아직 다 채워지지 않았어요. 이 명령으로 이어서 채워 주세요: ${goOn}`,
  ],
];

const SLACK: Telling[] = [
  [/^Slack cannot be reached: (.*)$/s, (reason) => `Slack에 닿지 않아요: ${reason}`],
  [
    /^Slack asks to wait (\d+) s; run the command again then$/,
    (seconds) => `Slack이 ${seconds}초 기다려 달라고 해요. 그때 다시 해 주세요`,
  ],
  [
    /^Slack refused to be read: \S+ \(the token needs the scope (\S+)\)$/,
    (scope) => `Slack이 읽게 해 주지 않아요: 토큰에 ${scope} 권한이 없어요`,
  ],
  [/^Slack refused to be read: (\S+)/, (code) => `Slack이 읽게 해 주지 않아요: ${advised(code, BOT_ADVICE[code])}`],
  [/^Slack opens no connection: (\S+) \(/, (code) => `Slack이 연결해 주지 않아요: ${advised(code, APP_ADVICE[code])}`],
  [/^Slack opens no connection: (.*)$/s, (reason) => `Slack과 연결할 수 없어요: ${reason}`],
  [/^the connection was closed before Slack said hello$/, () => 'Slack이 인사하기 전에 연결이 닫혔어요'],
  [/^Slack did not say hello in time$/, () => 'Slack의 답이 너무 늦어요'],
];

const WHY: Record<string, string> = {
  ENOSPC: '디스크에 남은 자리가 없어요',
  EDQUOT: '이 사용자가 쓸 수 있는 자리가 남지 않았어요',
  EACCES: '이 사용자에게 권한이 없어요',
  EPERM: '이 사용자에게 권한이 없어요',
  EROFS: '읽기만 되는 디스크예요',
  ENOENT: '그곳에 아무것도 없어요',
  EIO: '디스크에 문제가 있어요',
  EMFILE: '열린 파일이 너무 많아요',
  ENFILE: '열린 파일이 너무 많아요',
  EFBIG: '디스크가 받기에는 파일이 너무 커요',
  ENAMETOOLONG: '이름이 너무 길어요',
};

/** What a code of the disk's means. */
export const whyInKorean = (code: string): string => (WHY[code] ? `${WHY[code]} (${code})` : code);

const READING = /^(look|open|read)/;

const PLACES: Telling[] = [
  [
    /^cannot (look at|look into|take away|[a-z]+) (.*): the disk answered ([A-Z0-9]+)(?: \(.*\))?$/s,
    (verb, path, code) => `${path}: ${READING.test(verb) ? '읽을' : '쓸'} 수 없어요. ${whyInKorean(code)}`,
  ],
  [/^the disk answered ([A-Z0-9]+)(?: \(.*\))?$/, (code) => `디스크를 쓸 수 없어요. ${whyInKorean(code)}`],
  [
    /^cannot (?:look at|look into|take away|[a-z]+) (.*): a file lies where a folder is needed, or a folder where a file is \((\S+)\)$/s,
    (path, code) => `폴더가 있어야 할 곳에 파일이 있거나 그 반대예요: ${path} (${code})`,
  ],
  [
    /^(\/.*): the disk gave no answer within (\d+) s$/s,
    (path, seconds) => `디스크가 ${seconds}초 동안 답이 없어요: ${path}`,
  ],
  [
    /^(\/.*): expected room for (\d+) bytes, got (\d+); make room$/s,
    (path, expected, got) =>
      `디스크에 ${expected}바이트가 있어야 하는데 ${got}바이트뿐이에요. 자리를 비워 주세요: ${path}`,
  ],
  [/^the queue (.*) is damaged: (.*)$/s, (path, why) => `큐를 읽을 수 없어요: ${path} (${why})`],
];

const ALL = [...USAGE, ...SETUP, ...STORES, ...SLACK, ...PLACES];

/** An error of what lies below the commands, or a wrong usage, in Korean; as it is, where nobody has put it into Korean. */
export const koTrouble = (message: string): string => {
  for (const [english, korean] of ALL) {
    const found = english.exec(message);
    if (found) return korean(...found.slice(1));
  }
  return message;
};
