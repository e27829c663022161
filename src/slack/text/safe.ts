/** Slack splits longer messages into several. */
export const MAX_TEXT = 3900;

// What steers a reader's eye or a terminal and has no place in a name or a title: controls, direction marks, zero widths.
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu;

/** Slack's three escapes; done once, last. (docs.slack.dev/messaging/formatting-message-text#escaping) */
export const escapeText = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** Text from outside (a name, a title) as one harmless line: nothing in it is markup, a mention or a link. */
export const safeText = (text: string, maxLength = 150): string => {
  const line = text.toWellFormed().replace(INVISIBLE, ' ').replace(/\s+/g, ' ').trim();
  const characters = [...line];
  const short = characters.length > maxLength ? `${characters.slice(0, maxLength - 1).join('')}…` : line;
  // A zero-width joint keeps *bold*, _italic_, ~struck~ and `code` from being what they look like.
  return escapeText(short).replace(/[*_~`]/g, '\u2060$&\u2060');
};

/** A host or a command of the configuration's, set apart as code. */
export const asCode = (text: string): string => `\`${text}\``;

/** A link of ours to an address from outside, or only the label when the address is no http(s) URL. */
export const safeLink = (url: string | undefined, label: string): string => {
  if (!url || !/^https?:\/\//i.test(url) || !URL.canParse(url)) return label;
  const address = new URL(url).href.replace(/[<>|]/g, (character) => encodeURIComponent(character));
  // Within a link a bar would end the address.
  return `<${escapeText(address)}|${label.replaceAll('|', '¦')}>`;
};

/** Never longer than one message may be; cut at a line when there is one. */
export const cutText = (text: string): string => {
  if (text.length <= MAX_TEXT) return text;
  const head = text.slice(0, MAX_TEXT - 2);
  const line = head.lastIndexOf('\n');
  return `${line > MAX_TEXT / 2 ? head.slice(0, line) : head.replace(/[\uD800-\uDBFF]$|&[a-z]{0,3}$/, '')}\n…`;
};
