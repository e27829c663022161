import type { EventOf } from '../events/catalog.ts';
import type { Week } from '../events/week.ts';

type Setting = EventOf<'member.set'>;

/** The settings that a person can name. */
export type SettingKey = Setting['key'];

/** What a person wants of the bot. */
export type Wish =
  /** `week`: the one that a button is about; otherwise the present one. */
  | { wants: 'plan'; plan: EventOf<'week.planned'>['plan']; week?: Week }
  | { wants: 'setting'; key: SettingKey; value: string }
  /** To be told of themselves. */
  | { wants: 'state' }
  /** They named a setting, and no value that it can have. */
  | { wants: 'values'; key: SettingKey }
  /** `unknown`: what they wrote was not understood. */
  | { wants: 'help'; unknown?: true };

/** What each setting can be. */
export const SETTINGS: { [K in SettingKey]: readonly Extract<Setting, { key: K }>['value'][] } = {
  remind: ['on', 'off', 'sat', 'sun'],
  likes: ['steps', 'each', 'card', 'off'],
  notes: ['on', 'off'],
};

const PLANS = new Map<string, Extract<Wish, { wants: 'plan' }>['plan']>([
  ['쓸게요', 'write'],
  ['plan', 'write'],
  ['쉬어요', 'rest'],
  ['rest', 'rest'],
  ['취소', 'none'],
  ['none', 'none'],
]);

const KEYS = new Map<string, 'remind' | 'likes'>([
  ['알림', 'remind'],
  ['remind', 'remind'],
  ['좋아요', 'likes'],
  ['likes', 'likes'],
]);

const VALUES = new Map([
  ['켜기', 'on'],
  ['끄기', 'off'],
  ['토요일', 'sat'],
  ['일요일', 'sun'],
]);

const HELP = new Set(['도움말', 'help']);

/** What the words behind `/til` ask for; those of both languages are understood in both. Total: any text gives an answer. */
export const parseCommand = (text: string): Wish => {
  // A Mac may send Hangul in its parts.
  const [first = '', ...rest] = text.normalize('NFC').trim().toLowerCase().split(/\s+/);
  if (first === '') return { wants: 'state' };
  const plan = PLANS.get(first);
  if (plan && rest.length === 0) return { wants: 'plan', plan };
  const key = KEYS.get(first);
  if (key) return parseSetting(key, rest);
  return HELP.has(first) && rest.length === 0 ? { wants: 'help' } : { wants: 'help', unknown: true };
};

const parseSetting = (key: SettingKey, [word = '', ...rest]: readonly string[]): Wish => {
  const value = VALUES.get(word) ?? word;
  return rest.length === 0 && isValueOf(key, value) ? { wants: 'setting', key, value } : { wants: 'values', key };
};

/** Whether a setting can have a value. */
export const isValueOf = (key: SettingKey, value: string): boolean => SETTINGS[key].some((each) => each === value);
