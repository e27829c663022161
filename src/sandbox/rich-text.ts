import type { Block } from './shapes.ts';

/** Slack shows no more than about this many characters in one message, and splits the rest off into further ones. */
export const longestMessage = 4_000;
/** Slack takes no longer text from an app, and cuts a person's here before it splits it. */
export const longestText = 40_000;

/** Slack's own escapes, the only three there are. */
export const escapeText = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** What Slack makes of an app's text: what is escaped or markup stays, and what is neither is escaped. */
export const escapeBare = (text: string): string =>
  text
    .replace(/&(?!(?:amp|lt|gt);)/g, '&amp;')
    .replace(/<(?!(?:https?:|mailto:|[@#!])[^<>\n]*>)/g, '&lt;')
    .replace(/(?<!<[^<>\n]*)>/g, '&gt;');

const unescapeText = (text: string): string =>
  text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');

const TYPED = /https?:\/\/[^\s<>]+|@[^\s@<>]+/gu;
const TRAILING = /[.,;:!?)\]'"]+$/;
const RANGES = new Set(['channel', 'here', 'everyone']);

/** What a person typed, as Slack's composer sends it: escaped, links in angle brackets, `@name` as a mention. */
export const composeText = (typed: string, idOf: (name: string) => string | undefined): string => {
  let wire = '';
  let end = 0;
  for (const match of typed.matchAll(TYPED)) {
    wire += escapeText(typed.slice(end, match.index)) + composeWord(match[0], idOf);
    end = match.index + match[0].length;
  }
  return wire + escapeText(typed.slice(end));
};

const composeWord = (word: string, idOf: (name: string) => string | undefined): string => {
  if (!word.startsWith('@')) return composeLink(word);
  const name = word.slice(1);
  if (RANGES.has(name)) return `<!${name}>`;
  const id = idOf(name);
  return id === undefined ? escapeText(word) : `<@${id}>`;
};

/** An address as Slack writes it: in angle brackets, what only follows it in the sentence left outside. */
export const composeLink = (word: string): string => {
  const tail = TRAILING.exec(word)?.[0] ?? '';
  const url = word.slice(0, word.length - tail.length);
  return `<${escapeText(url)}>${escapeText(tail)}`;
};

/** The typed form of a wire text, for a person who edits their message. */
export const typedText = (wire: string): string =>
  unescapeText(wire.replace(/<(https?:[^>|]+)(?:\|[^>]*)?>/g, '$1').replace(/<!(\w+)>/g, '@$1'));

const WIRE_LINK = /<(https?:\/\/[^>|]+)(?:\|[^>]*)?>/g;

/** The links of a wire text, in order, each once. */
export const linksIn = (wire: string): string[] => [
  ...new Set([...wire.matchAll(WIRE_LINK)].map((match) => unescapeText(match[1] ?? ''))),
];

const PIECE = /<[^>\n]+>|:[a-z0-9_+'-]+(?:::skin-tone-[2-6])?:|\*[^*\n]+\*/g;

/** The rich_text block that Slack makes of a wire text: sections, and lists of the lines that begin with a bullet. */
export const richText = (wire: string, blockId: string): Block => ({
  type: 'rich_text',
  block_id: blockId,
  elements: paragraphs(wire).map(({ bullets, lines }, index, all) =>
    bullets ? list(lines) : section(`${lines.join('\n')}${index < all.length - 1 ? '\n' : ''}`),
  ),
});

const paragraphs = (wire: string): { bullets: boolean; lines: string[] }[] => {
  const groups: { bullets: boolean; lines: string[] }[] = [];
  for (const line of wire.split('\n')) {
    const bullets = line.startsWith('• ');
    const last = groups.at(-1);
    const text = bullets ? line.slice(2) : line;
    if (last?.bullets === bullets) last.lines.push(text);
    else groups.push({ bullets, lines: [text] });
  }
  return groups;
};

const list = (lines: string[]): object => ({
  type: 'rich_text_list',
  style: 'bullet',
  indent: 0,
  border: 0,
  elements: lines.map(section),
});

const section = (wire: string): object => ({ type: 'rich_text_section', elements: inline(wire) });

const inline = (wire: string, style?: { bold: true }): object[] => {
  const elements: object[] = [];
  const add = (element: object): void => void elements.push(style ? { ...element, style } : element);
  let end = 0;
  for (const match of wire.matchAll(PIECE)) {
    if (match.index > end) add({ type: 'text', text: unescapeText(wire.slice(end, match.index)) });
    if (match[0].startsWith('*')) elements.push(...inline(match[0].slice(1, -1), { bold: true }));
    else add(piece(match[0]));
    end = match.index + match[0].length;
  }
  if (end < wire.length) add({ type: 'text', text: unescapeText(wire.slice(end)) });
  return elements;
};

const piece = (wire: string): object => {
  if (wire.startsWith(':')) return { type: 'emoji', name: wire.slice(1, -1) };
  const [target = '', label] = wire.slice(1, -1).split('|', 2);
  if (target.startsWith('@')) return { type: 'user', user_id: target.slice(1) };
  if (target.startsWith('#')) return { type: 'channel', channel_id: target.slice(1) };
  if (target.startsWith('!')) return { type: 'broadcast', range: target.slice(1) };
  const url = unescapeText(target);
  return label === undefined ? { type: 'link', url } : { type: 'link', url, text: unescapeText(label) };
};

/** The parts into which Slack splits a text that is too long for one message; never inside a `<…>` or a surrogate pair. */
export const splitText = (text: string): string[] => {
  const parts: string[] = [];
  let rest = text.slice(0, longestText);
  while (rest.length > longestMessage) {
    const end = splitPoint(rest);
    parts.push(rest.slice(0, end));
    rest = rest.slice(end);
  }
  return [...parts, rest];
};

const splitPoint = (text: string): number => {
  const head = text.slice(0, longestMessage);
  const open = head.lastIndexOf('<');
  if (open > longestMessage / 2 && open > head.lastIndexOf('>')) return open;
  const lineEnd = head.lastIndexOf('\n') + 1;
  if (lineEnd > longestMessage / 2) return lineEnd;
  return /[\uD800-\uDBFF]$/.test(head) ? longestMessage - 1 : longestMessage;
};
