import { isObject, type Json } from './json.ts';

/** Finds the links of a Slack message. What comes in is Slack's JSON, unchecked; what goes out is bounded. */
const MAX_LINKS = 50;
const MAX_URL = 2048;
const MAX_NODES = 20_000;
const HTTP = /^https?:\/\//i;
const BARE = /https?:\/\/[^\s<>|]{1,4096}/gi;

/**
 * The distinct http(s) URLs in a message, in order: wherever they stand in its blocks, in its text, and in messages that are shared with
 * it, if they are by the same author: what others wrote is not the author's.
 */
export const linksOf = (text: string, blocks?: unknown, attachments?: unknown, author?: string): string[] => {
  const found = [...linksInBlocks(blocks), ...linksInText(text), ...linksShared(attachments, author)];
  return [...new Set(found)].filter((url) => HTTP.test(url) && url.length <= MAX_URL).slice(0, MAX_LINKS);
};

/** The URLs in Slack's mrkdwn (`<url|label>`, and what stands in inline code), its three escapes undone. */
export const linksInText = (text: string): string[] =>
  [...text.matchAll(/<([^<>]{1,4096})>|`([^`\n]{1,4096})`/g)].flatMap(([, link, code]) => {
    if (code !== undefined) return code.includes('<') ? linksInText(code) : bareLinks(code).map(unescapeText);
    const url = link?.split('|', 1)[0] ?? '';
    return HTTP.test(url) ? [unescapeText(url)] : [];
  });

/** Bare addresses in a text, without the punctuation that ends a sentence. */
const bareLinks = (text: string): string[] =>
  (text.match(BARE) ?? []).map((url) => url.replace(/[.,;:!?'")\]}]+$/, ''));

// Escaped text may hold an escaped escape (`&amp;lt;`): the ampersand is undone last, once.
const unescapeText = (text: string): string =>
  text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');

/** The URLs in blocks: link elements, sections, and what stands bare in rich text (as in inline code) and in tables' cells. */
const linksInBlocks = (blocks: unknown): string[] => {
  const links: string[] = [];
  walk(blocks, ({ type, url, text }) => {
    if (type === 'link' && typeof url === 'string') links.push(url);
    if (typeof text !== 'string') return;
    if (type === 'mrkdwn') links.push(...linksInText(text));
    if (type === 'text' || type === 'raw_text') links.push(...bareLinks(text));
  });
  return links;
};

/** Where a part of a message holds further parts. */
const PARTS = ['elements', 'rows', 'text', 'fields', 'message', 'blocks'] as const;

/** Visits all parts of blocks, in order. A loop, not recursion: blocks may be nested to kill. */
export const walk = (blocks: unknown, visit: (node: Json) => void): void => {
  const stack: unknown[] = [blocks];
  for (let visited = 0; stack.length > 0 && visited < MAX_NODES; visited++) {
    const node = stack.pop();
    if (isObject(node)) visit(node);
    for (const part of partsOf(node).reverse()) if (typeof part === 'object') stack.push(part);
  }
};

const partsOf = (node: unknown): unknown[] => {
  if (Array.isArray(node)) return node.slice(0, MAX_NODES);
  return isObject(node) ? PARTS.map((part) => node[part]) : [];
};

/** The URLs of messages that their own author has shared. */
const linksShared = (attachments: unknown, author: string | undefined): string[] => {
  if (!Array.isArray(attachments) || !author) return [];
  return attachments.slice(0, MAX_LINKS).flatMap((attachment: unknown) => {
    if (!isObject(attachment) || attachment['author_id'] !== author) return [];
    if (attachment['is_share'] !== true && attachment['is_msg_unfurl'] !== true) return [];
    const { text } = attachment;
    return [...linksInBlocks(attachment['message_blocks']), ...(typeof text === 'string' ? linksInText(text) : [])];
  });
};

/** The host of a URL in lower case without a closing dot, or undefined when it is no http(s) URL. */
export const hostOf = (url: string): string | undefined => {
  if (!HTTP.test(url) || !URL.canParse(url)) return undefined;
  const host = new URL(url).hostname.replace(/\.$/, '');
  return host === '' ? undefined : host;
};

/** Hosts that lead to another; nothing is fetched to see where. */
const STAND_FOR: Readonly<Record<string, string>> = { 'naver.me': 'blog.naver.com' };

/** The host that another one stands for: `www.velog.io` stands for `velog.io`, and `naver.me` for Naver's blogs. */
export const hostStoodFor = (host: string): string => {
  const bare = host.replace(/^www\./, '');
  return Object.hasOwn(STAND_FOR, bare) ? (STAND_FOR[bare] as string) : bare;
};

/** Says whether a host is one of the accepted, or stands for one: named exactly, or below a `*.suffix`. */
export const hostAccepted = (host: string, accepted: readonly string[]): boolean =>
  isAmong(host, accepted) || isAmong(hostStoodFor(host), accepted);

const isAmong = (host: string, accepted: readonly string[]): boolean =>
  accepted.some((pattern) =>
    pattern.startsWith('*.') ? host.endsWith(pattern.slice(1)) && host.length > pattern.length - 1 : host === pattern,
  );
