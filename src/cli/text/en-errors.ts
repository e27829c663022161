import { answered } from '../../store/disk-error.ts';
import type { ErrorText } from './error-text.ts';

/** What is said of something that cannot be done as it was asked, in English. */
export const enErrors: ErrorText = {
  trouble: (message) => message,
  language: (got) => `--lang: expected en or ko, got ${got}`,
  week: (what, got) => `${what}: expected an ISO week such as 2024-W32, got ${got}`,
  month: (got) => `--month: expected a month such as 2024-08, got ${got}`,
  time: (option, got) =>
    `${option}: expected a time such as 2024-08-11, 2024-08-11T23:59, 2024-08-11T23:59+09:00 or 1722865849.468459, got ${got}`,
  wait: (got) => `--wait: expected a number of seconds from 0 to 9999, got ${got}`,
  unknownChannel: (known, got) => `--channel: expected one of ${known}, got ${got}`,
  whichChannel: (known) => `--channel: expected one of ${known}, got none; there are several challenges`,
  noLog: (address) =>
    `there is no log at ${address}: expected the place where the server keeps it, named by TIL_LOG (in the environment or .env)`,
  both: (first, second) => `expected --${first} or --${second}, not both`,
  length: (option, got) => `${option}: expected 1 to 80 characters, got ${got}`,
  message: (got) =>
    `expected a message's link, such as https://example.slack.com/archives/C0TILCHAN1/p1722865849468459, or its ts, such as 1722865849.468459; got ${got}`,
  otherChannel: (channel, got) => `--channel: the message is in ${channel}, got ${got}`,
  hours: (most, got) => `--hours: expected a whole number from 1 to ${most}, got ${got}`,
  noHours: '--hours: expected how many hours, or --undo',
  notOver: (month, until) =>
    `--month ${month} is not over until ${until}, and a frozen result never changes; add --yes to close it all the same`,
  several: (name) => `${name} is the name of several; name one by the id:`,
  nobody: (name) => `${name} is nobody whom the log knows by that name; name one by the id:`,
  unseen: (id, near) =>
    `${id}: the log knows nobody by this id so far${near ? `; near it are: ${near}` : ''}. Is it right? It counts once they take part.`,
  people: ['id', 'name'],
  configured: (file) => `${file} is there already; change it by hand, or name another with --config`,
  nobodyToAsk: '--channel: expected the id of a channel, such as C0123456789; nobody is there to ask',
  pagePlace: {
    apart: (folder, what) => `${folder}: expected a folder for the page alone; this one is, holds or lies in ${what}`,
    holds: (folder, what) => `${folder}: expected a folder for the page alone; this one holds ${what}`,
  },
  outside: (option, folder, own) => `${option}: expected a folder outside of ${own}, got ${folder}`,
  unwritable: (file, code) => `${file}: cannot be written: ${answered(code)}`,
};
