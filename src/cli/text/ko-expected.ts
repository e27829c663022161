import { asObject } from './particle.ts';

/** What the configuration expects, by its words in English. What is no sentence, as a list of choices, is the same in Korean. */
const EXPECTED: Record<string, string> = {
  string: '글자열',
  number: '수',
  boolean: 'true나 false',
  Array: '목록',
  Object: '{ … } 묶음',
  nonEmpty: '빈칸 아닌 글자',
  'something else': '다른 값',
  'an id such as C0123456789': 'C0123456789 같은 채널 ID',
  'an id such as U0MINSEO01': 'U0MINSEO01 같은 ID',
  'a slash and up to 31 small letters, digits, hyphens and underscores, such as /til; Slack takes no others':
    '/til처럼 / 하나와 소문자, 숫자, -, _ 31자까지(Slack은 다른 것을 받지 않아요)의 명령',
  'at most 3000 characters in all, so that the weekly post is one message':
    '모두 3000자까지의 글(주차 글이 메시지 하나가 되도록)',
  'a command': '명령',
  'an address such as https://example.org/…': 'https://example.org/… 같은 주소',
  'an address such as https://til.example.org': 'https://til.example.org 같은 주소',
  '{ command: "…" } or { webhook: "https://…" }': '{ command: "…" }나 { webhook: "https://…" }',
  "'open', 'link' or 'off'": "'open', 'link', 'off' 가운데 하나",
  'at least one challenge': '챌린지 하나 이상',
  'each channel once': '채널마다 한 번',
  'a time such as 09:30': '09:30 같은 시각',
  '04:00 or later, since clock changes skip or repeat earlier times':
    '04:00부터의 시각(그 전은 서머타임으로 없거나 두 번일 수 있어요)',
  'a host such as velog.io or *.github.io, without https:// and without a path':
    'velog.io나 *.github.io 같은 호스트(https://와 뒤의 주소 없이)',
  'seollal, chuseok or a week such as 2024-W38': 'seollal, chuseok, 2024-W38 같은 주차',
  "a whole number from 1, or 'off'": "1부터의 정수나 'off'",
  "a number above 0 and at most 1, or 'off'": "0보다 크고 1까지인 수나 'off'",
};

/** A limit or a choice, as the schema's library writes it. */
const formOf = (expected: string): string => {
  const [, sign, limit] = /^([<>]=?)(.*)$/.exec(expected) ?? [];
  if (sign) return `${limit}${{ '>=': ' 이상', '<=': ' 이하', '>': '보다 큰 값', '<': '보다 작은 값' }[sign]}`;
  const [, choices] = /^\((.*)\)$/.exec(expected) ?? [];
  return choices ? `${choices.replaceAll(' | ', ', ')} 가운데 하나` : expected;
};

const inKorean = (expected: string): string => EXPECTED[expected] ?? formOf(expected);

/** One fault of a configuration, as `describeIssue` writes it, in Korean. */
export const expectedInKorean = (line: string): string => {
  const [, unknown] = /^(.*): expected no such field$/.exec(line) ?? [];
  if (unknown) return `${unknown}: 없는 항목이에요`;
  const [, zone, got] = /^(.*?): (.*) is no time zone; such as Asia\/Seoul$/.exec(line) ?? [];
  if (zone) return `${zone}: Asia/Seoul 같은 시간대를 적어 주세요. 지금은 ${got}`;
  const [, path, expected, value] = /^(.*?): expected (.*), got (.*)$/.exec(line) ?? [];
  if (path && expected)
    return `${path}: ${asObject(inKorean(expected))} 적어 주세요. ${value === 'nothing' ? '지금은 없어요' : `지금은 ${value}`}`;
  return line;
};
