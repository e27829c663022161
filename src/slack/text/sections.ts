import type { Said } from './wording.ts';

/** Of one section's text. (docs.slack.dev/reference/block-kit/blocks/section-block) */
const MAX_SECTION = 3000;

/** A message has 50 blocks, of which two are for what stands below what is said. (docs.slack.dev/reference/block-kit/blocks) */
const MAX_SECTIONS = 48;

/** Of all sections of a message: Slack refuses more than some 11,000 to 13,000 as msg_blocks_too_long. (slackapi/bolt-js#2509, #2867) */
const MAX_ALL = 10_000;

/** The sections of a message: all that is said, or, of its lists, as many rows as one message holds and how many more there are. */
export const sectionsOf = (said: Said, more: (count: number) => string): string[] => {
  const rows = said.reduce((sum, part) => sum + (typeof part === 'string' ? 0 : part.rows.length), 0);
  const whole = packed(linesOf(said, rows, more));
  if (fits(whole)) return whole;
  // The most rows that fit: what comes first is kept first.
  let [fit, tooMany] = [0, rows];
  while (tooMany - fit > 1) {
    const middle = Math.floor((fit + tooMany) / 2);
    if (fits(packed(linesOf(said, middle, more)))) fit = middle;
    else tooMany = middle;
  }
  return packed(linesOf(said, fit, more)).slice(0, MAX_SECTIONS);
};

const fits = (sections: readonly string[]): boolean =>
  sections.length <= MAX_SECTIONS && sections.reduce((sum, { length }) => sum + length, 0) <= MAX_ALL;

/** The lines of what is said, with so many rows of its lists. */
const linesOf = (said: Said, rows: number, more: (count: number) => string): string[] => {
  let left = rows;
  return said.flatMap((part) => {
    if (typeof part === 'string') return part.split('\n');
    const shown = part.rows.slice(0, left);
    left -= shown.length;
    const missing = part.rows.length - shown.length;
    return missing > 0 ? [...shown, more(missing)] : shown;
  });
};

/** Lines in as few sections as hold them. A line that is longer than a section goes on in the next. */
const packed = (lines: readonly string[]): string[] => {
  const sections: string[] = [];
  for (const piece of lines.flatMap(piecesOf)) {
    const last = sections.at(-1);
    if (last !== undefined && last.length + 1 + piece.length <= MAX_SECTION)
      sections[sections.length - 1] = `${last}\n${piece}`;
    else if (piece !== '') sections.push(piece);
  }
  return sections;
};

const piecesOf = (line: string): string[] => {
  const pieces: string[] = [];
  let rest = line;
  while (rest.length > MAX_SECTION) {
    // Not within a pair of surrogates, nor within an escape such as &amp;.
    const head = rest.slice(0, MAX_SECTION).replace(/[\uD800-\uDBFF]$|&[a-z]{0,3}$/, '');
    pieces.push(head);
    rest = rest.slice(head.length);
  }
  return [...pieces, rest];
};
