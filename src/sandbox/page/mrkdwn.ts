/** A piece of a text as the page shows it; never markup, only what elements are made of. */
export type Piece =
  | { kind: 'text'; text: string }
  | { kind: 'line' }
  | { kind: 'bold'; pieces: Piece[] }
  | { kind: 'italic'; pieces: Piece[] }
  | { kind: 'strike'; pieces: Piece[] }
  | { kind: 'code'; text: string }
  | { kind: 'emoji'; name: string }
  | { kind: 'link'; url: string; label: string }
  | { kind: 'user'; id: string }
  | { kind: 'mention'; text: string };

const PIECE =
  /<[^>\n]+>|`[^`\n]+`|\*[^*\n]+\*|(?<![\w])_[^_\n]+_(?![\w])|~[^~\n]+~|:[a-z0-9_+'-]+:(?::skin-tone-[2-6]:)?|(?:[👍🔥✅🎉🌙🟩⬜👏🌕🔒💪🌱]|✍\uFE0F?)|\n/gu;
const DRAWN = /([👍🔥✅🎉🌙🟩⬜👏🌕🔒💪🌱]|✍\uFE0F?)/u;

const EMOJI: Record<string, string> = {
  '+1': '👍',
  thumbsup: '👍',
  bar_chart: '📊',
  bell: '🔔',
  blush: '😊',
  bulb: '💡',
  calendar: '📅',
  clap: '👏',
  crescent_moon: '🌙',
  crown: '👑',
  eyes: '👀',
  fire: '🔥',
  full_moon: '🌕',
  heart: '❤️',
  large_green_square: '🟩',
  link: '🔗',
  lock: '🔒',
  memo: '📝',
  mega: '📣',
  muscle: '💪',
  pencil2: '✏️',
  rocket: '🚀',
  rotating_light: '🚨',
  seedling: '🌱',
  smile: '😄',
  sparkles: '✨',
  star: '⭐',
  tada: '🎉',
  trophy: '🏆',
  wave: '👋',
  white_large_square: '⬜',
  warning: '⚠️',
  white_check_mark: '✅',
  writing_hand: '✍️',
};

const TONES = ['', '', '🏻', '🏼', '🏽', '🏾', '🏿'];

/** The character of a reaction's name, `+1::skin-tone-3` among them; the name itself where it is not known. */
export const emojiOf = (name: string): string => {
  const [base = '', tone] = name.split('::skin-tone-');
  const known = Object.hasOwn(EMOJI, base) ? EMOJI[base] : undefined;
  return known === undefined ? `:${base}:` : known + (TONES[Number(tone ?? 0)] ?? '');
};

/** The name of an emoji that was written as a character. */
const nameOf = (character: string): string =>
  Object.keys(EMOJI).find((name) => bare(EMOJI[name] ?? '') === bare(character)) ?? character;

/** Without the mark that asks for its coloured form. */
const bare = (character: string): string => character.replace('\uFE0F', '');

const unescaped = (text: string): string =>
  text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');

/** Slack's mrkdwn in pieces: links, mentions, emphasis, code, a handful of emoji, lines. What it does not know stays text. */
export const parseMrkdwn = (wire: string): Piece[] => {
  const pieces: Piece[] = [];
  let end = 0;
  for (const match of wire.matchAll(PIECE)) {
    if (match.index > end) pieces.push({ kind: 'text', text: unescaped(wire.slice(end, match.index)) });
    pieces.push(pieceOf(match[0]));
    end = match.index + match[0].length;
  }
  if (end < wire.length) pieces.push({ kind: 'text', text: unescaped(wire.slice(end)) });
  return pieces;
};

/** A plain text in pieces: emoji that are drawn, and the rest as it stands. */
export const parsePlain = (text: string): Piece[] =>
  text
    .split(DRAWN)
    .filter((part) => part !== '')
    .map((part) => (DRAWN.test(part) ? { kind: 'emoji', name: nameOf(part) } : { kind: 'text', text: part }));

const pieceOf = (token: string): Piece => {
  const inner = token.slice(1, -1);
  switch (token[0]) {
    case '\n':
      return { kind: 'line' };
    case '`':
      return { kind: 'code', text: unescaped(inner) };
    case '*':
      return { kind: 'bold', pieces: parseMrkdwn(inner) };
    case '_':
      return { kind: 'italic', pieces: parseMrkdwn(inner) };
    case '~':
      return { kind: 'strike', pieces: parseMrkdwn(inner) };
    case ':':
      return { kind: 'emoji', name: inner };
    case '<':
      return angle(inner);
    default:
      return { kind: 'emoji', name: nameOf(token) };
  }
};

/** What stands in angle brackets. Only web addresses become links: nothing else is safe to click. */
const angle = (inner: string): Piece => {
  const [target = '', label] = inner.split('|', 2);
  if (target.startsWith('@')) return { kind: 'user', id: target.slice(1) };
  if (target.startsWith('!')) return { kind: 'mention', text: label ?? `@${target.slice(1).split('^')[0]}` };
  const url = unescaped(target);
  const shown = unescaped(label ?? target);
  return /^https?:\/\//i.test(url) && URL.canParse(url)
    ? { kind: 'link', url, label: label === undefined ? readable(url) : shown }
    : { kind: 'text', text: shown };
};

/** An address with its Hangul readable. */
const readable = (url: string): string => {
  try {
    return decodeURI(url);
  } catch {
    // A percent sign that begins no escape: shown as it is.
    return url;
  }
};
