import { isObject } from './json.ts';

/** Finds the links of a Slack message. What comes in is Slack's JSON, unchecked; what goes out is bounded. */
const MAX_LINKS = 50;
const MAX_URL = 2048;
const MAX_NODES = 10_000;
const LINK_IN_TEXT = /<(https?:\/\/[^|<>]{1,2048})(?:\|[^<>]*)?>/gi;
const HTTP = /^https?:\/\//i;

/** The distinct http(s) URLs in a message, in order: from its rich text wherever that stands, else from its text. */
export const linksOf = (text: string, blocks: unknown): string[] => {
  const inBlocks = linksInBlocks(blocks);
  const found = inBlocks ?? linksInText(text);
  return [...new Set(found)].filter((url) => HTTP.test(url) && url.length <= MAX_URL).slice(0, MAX_LINKS);
};

/** The URLs in Slack's mrkdwn (`<url|label>`), its three escapes undone. */
export const linksInText = (text: string): string[] =>
  [...text.matchAll(LINK_IN_TEXT)].map((match) => unescapeText(match[1] ?? ''));

// Escaped text may hold an escaped escape (`&amp;lt;`): the ampersand is undone last, once.
const unescapeText = (text: string): string =>
  text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');

/** The URLs of all link elements, or undefined when there is no rich text to look in. A loop, not recursion: blocks may be nested to kill. */
const linksInBlocks = (blocks: unknown): string[] | undefined => {
  if (!Array.isArray(blocks) || !blocks.some((block) => isObject(block) && block['type'] === 'rich_text'))
    return undefined;
  const links: string[] = [];
  const stack: unknown[] = [...blocks].reverse();
  for (let visited = 0; stack.length > 0 && visited < MAX_NODES; visited++) {
    const node = stack.pop();
    if (!isObject(node)) continue;
    if (node['type'] === 'link' && typeof node['url'] === 'string') links.push(node['url']);
    if (Array.isArray(node['elements']))
      for (const child of node['elements'].slice(0, MAX_NODES).reverse()) stack.push(child);
  }
  return links;
};

/** The host of a URL in lower case without a closing dot, or undefined when it is no http(s) URL. */
export const hostOf = (url: string): string | undefined => {
  if (!HTTP.test(url) || !URL.canParse(url)) return undefined;
  const host = new URL(url).hostname.replace(/\.$/, '');
  return host === '' ? undefined : host;
};

/** Says whether a host is one of the accepted: named exactly, or below a `*.suffix`. */
export const hostAccepted = (host: string, accepted: readonly string[]): boolean =>
  accepted.some((pattern) =>
    pattern.startsWith('*.') ? host.endsWith(pattern.slice(1)) && host.length > pattern.length - 1 : host === pattern,
  );
