const MENTION = /<@([A-Z0-9]{2,32})(?:\|[^<>]*)?>/g;
const MAX_MENTIONS = 10;

/** The distinct people and bots whom a text mentions, in order. */
export const mentionsIn = (text: string): string[] =>
  [...new Set([...text.matchAll(MENTION)].map(([, id = '']) => id))].slice(0, MAX_MENTIONS);
