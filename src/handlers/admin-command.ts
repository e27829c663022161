import type { Interaction, InteractionOf } from '../events/interaction.ts';
import { isTs, type Ts } from '../events/timestamp.ts';
import { isMonth, isWeek, type Month, monthOf, plusMonths, plusWeeks, type Week } from '../events/week.ts';

/** A verdict on a message, as the log has it. */
export type Verdict = 'accept' | 'reject' | 'none';

/** What `/til admin` can be told to do, by the word that English has for it. */
export type AdminVerb = 'rest' | 'excuse' | 'extend' | 'open' | 'close' | 'status' | 'accept' | 'reject' | 'clear';

/** What an admin wants of the bot. */
export type AdminWish =
  /** `channel`: where the message is, as far as that is known; `week`: for which week it is to count. */
  | { wants: 'rule'; ts: Ts; verdict: Verdict; channel?: string; week?: Week }
  /** `rest` absent: the configuration decides again. */
  | { wants: 'rest'; week: Week; rest?: boolean; reason?: string }
  | { wants: 'excuse'; week: Week; user: string; excused: boolean }
  /** `hours` after its end; absent: it ends as every week. */
  | { wants: 'extend'; week: Week; hours?: number }
  | { wants: 'open' }
  /** `sure`: the button was pressed that was shown before. */
  | { wants: 'close'; month: Month; sure: boolean }
  | { wants: 'status' }
  | { wants: 'help' }
  /** A person was named by a name, or by none: names are not unique. */
  | { wants: 'mention'; week: Week }
  /** Words behind a verb that are not understood. */
  | { wants: 'usage'; verb: AdminVerb }
  | { wants: 'shorter' };

const ADMIN = new Set(['운영', 'admin']);

const VERBS = new Map<string, AdminVerb>([
  ['쉬는주', 'rest'],
  ['rest', 'rest'],
  ['면제', 'excuse'],
  ['excuse', 'excuse'],
  ['연장', 'extend'],
  ['extend', 'extend'],
  ['열기', 'open'],
  ['open', 'open'],
  ['마감', 'close'],
  ['close', 'close'],
  ['상태', 'status'],
  ['status', 'status'],
  ['인정', 'accept'],
  ['accept', 'accept'],
  ['불인정', 'reject'],
  ['reject', 'reject'],
  ['판정지우기', 'clear'],
  ['clear', 'clear'],
]);

const UNDO = new Set(['취소', 'undo']);
const WORK = new Set(['평소대로', 'work']);
const THIS = new Set(['이번주', 'this']);
const LAST = new Set(['지난주', 'last']);

/** An admin's few words in the log. */
const LONGEST_REASON = 80;
const MOST_HOURS = 168;

const SHORTCUTS: Record<string, Verdict> = { 'post.accept': 'accept', 'post.reject': 'reject', 'post.clear': 'none' };
/** The button by which a month is closed; its value is `<channel>/<month>`. */
export const CLOSE_ACTION = 'admin.close';

/**
 * What an interaction asks for that only an admin may have; undefined when it is nothing of that kind. Total: any text gives an answer.
 * `present`: the week by whose date it was said.
 */
export const adminWishOf = (interaction: Interaction, present: Week): AdminWish | undefined => {
  if (interaction.kind === 'command') return parseAdmin(interaction.text, present);
  if (interaction.kind === 'shortcut') return wishOfShortcut(interaction);
  const { value = '' } = (interaction.kind === 'press' && closingIn(interaction)) || {};
  const month = value.slice(value.indexOf('/') + 1);
  return isMonth(month) ? { wants: 'close', month, sure: true } : undefined;
};

/** Whether an interaction is one of those that only an admin may use. */
export const isForAdmins = (interaction: Interaction): boolean => {
  if (interaction.kind === 'command') return ADMIN.has(wordsOf(interaction.text)[0]?.toLowerCase() ?? '');
  if (interaction.kind === 'shortcut') return Object.hasOwn(SHORTCUTS, interaction.callback);
  return interaction.kind === 'press' && closingIn(interaction) !== undefined;
};

/** The channel that a button names. */
export const channelNamedBy = (interaction: Interaction): string | undefined =>
  interaction.kind === 'press' ? /^([A-Z0-9]{2,32})\//.exec(closingIn(interaction)?.value ?? '')?.[1] : undefined;

/** The channel of the message to which what somebody typed has a link. */
export const channelLinkedBy = ({ text }: InteractionOf<'command'>): string | undefined =>
  wordsOf(text).flatMap((word) => messageIn(word)?.channel ?? [])[0];

const closingIn = ({ actions }: InteractionOf<'press'>): InteractionOf<'press'>['actions'][number] | undefined =>
  actions.find(({ id }) => id === CLOSE_ACTION);

const wishOfShortcut = ({ callback, message, channel }: InteractionOf<'shortcut'>): AdminWish | undefined => {
  const verdict = Object.hasOwn(SHORTCUTS, callback) ? SHORTCUTS[callback] : undefined;
  if (!verdict || !message) return undefined;
  return { wants: 'rule', ts: message.ts, verdict, channel: channel ?? '' };
};

// A Mac may send Hangul in its parts.
const wordsOf = (text: string): string[] => text.normalize('NFC').trim().split(/\s+/);

const parseAdmin = (text: string, present: Week): AdminWish | undefined => {
  const [first = '', second = '', ...rest] = wordsOf(text);
  if (!ADMIN.has(first.toLowerCase())) return undefined;
  const verb = VERBS.get(second.toLowerCase());
  if (verb) return PARSERS[verb](rest, present) ?? { wants: 'usage', verb };
  return { wants: 'help' };
};

type Parser = (words: readonly string[], present: Week) => AdminWish | undefined;

const parseRest: Parser = (words, present) => {
  const named = weekIn(words[0], present);
  const week = named ?? present;
  const rest = named ? words.slice(1) : words;
  // A week that was mistyped is no reason.
  if (!named && looksDated(rest[0])) return undefined;
  if (isOnly(rest, UNDO)) return { wants: 'rest', week };
  if (isOnly(rest, WORK)) return { wants: 'rest', week, rest: false };
  const reason = rest.join(' ');
  if (reason.length > LONGEST_REASON) return { wants: 'shorter' };
  return { wants: 'rest', week, rest: true, ...(reason ? { reason } : {}) };
};

const parseExcuse: Parser = (words, present) => {
  const { isUndone, week, others } = sorted(words, present);
  const [user, ...more] = others.map((word) => /^<@([UW][A-Z0-9]{1,31})>$/.exec(word)?.[1]);
  if (others.some(looksDated)) return undefined;
  return user && more.length === 0 ? { wants: 'excuse', week, user, excused: !isUndone } : { wants: 'mention', week };
};

const parseExtend: Parser = (words, present) => {
  const { isUndone, week, others } = sorted(words, present);
  if (isUndone) return others.length === 0 ? { wants: 'extend', week } : undefined;
  const hours = Number(/^(\d{1,3})(?:h|시간)?$/i.exec(others[0] ?? '')?.[1] ?? 0);
  return others.length === 1 && hours >= 1 && hours <= MOST_HOURS ? { wants: 'extend', week, hours } : undefined;
};

const parseClose: Parser = (words, present) => {
  const month = words[0] ?? plusMonths(monthOf(present), -1);
  return words.length <= 1 && isMonth(month) ? { wants: 'close', month, sure: false } : undefined;
};

/** `verdict` on a message by its link, or by its ts; for a week, where its thread does not say one. */
const parseRuling =
  (verdict: Verdict): Parser =>
  ([message = '', ...rest], present) => {
    const week = weekIn(rest[0], present);
    const found = messageIn(message);
    if (!found || rest.length > (week && verdict !== 'none' ? 1 : 0)) return undefined;
    return { wants: 'rule', verdict, ...found, ...(week ? { week } : {}) };
  };

const alone =
  (wish: AdminWish): Parser =>
  (words) =>
    words.length === 0 ? wish : undefined;

const PARSERS: Record<AdminVerb, Parser> = {
  rest: parseRest,
  excuse: parseExcuse,
  extend: parseExtend,
  open: alone({ wants: 'open' }),
  close: parseClose,
  status: alone({ wants: 'status' }),
  accept: parseRuling('accept'),
  reject: parseRuling('reject'),
  clear: parseRuling('none'),
};

/** A message by its link, or by its ts alone. */
const messageIn = (text: string): { ts: Ts; channel?: string } | undefined => {
  if (isTs(text)) return { ts: text };
  const found = /^https:\/\/[^/?#]+\/archives\/([A-Z0-9]{2,32})\/p(\d{9,11})(\d{6})(?:[?#]|$)/.exec(text);
  const [, channel, seconds, fraction] = found ?? [];
  return channel ? { ts: `${seconds}.${fraction}`, channel } : undefined;
};

/** The words by what they are, whichever their order. The last week that is named holds. */
const sorted = (words: readonly string[], present: Week): { isUndone: boolean; week: Week; others: string[] } => {
  const others = words.filter((word) => !UNDO.has(word.toLowerCase()) && !weekIn(word, present));
  const weeks = words.flatMap((word) => weekIn(word, present) ?? []);
  return { isUndone: words.some((word) => UNDO.has(word.toLowerCase())), week: weeks.at(-1) ?? present, others };
};

const weekIn = (text: string | undefined, present: Week): Week | undefined => {
  const word = (text ?? '').toLowerCase();
  if (THIS.has(word)) return present;
  if (LAST.has(word)) return plusWeeks(present, -1);
  return isWeek(word.toUpperCase()) ? word.toUpperCase() : undefined;
};

const looksDated = (word: string | undefined): boolean => /^\d{4}-?w?\d{1,2}$/i.test(word ?? '');

const isOnly = ([word = '', ...more]: readonly string[], set: ReadonlySet<string>): boolean =>
  more.length === 0 && set.has(word.toLowerCase());
