import { walk } from './links.ts';

// Not the announcement of a participation, which names the week too: this bot's and its predecessor's say it in these words.
const WEEKLY_TITLE = /TIL\s{0,4}\d{1,2}\s{0,4}월\s{0,4}\d{1,2}\s{0,4}주차(?!\s{0,4}챌린지에 참여)/;

/** The `TIL N월 N주차` in a text, by which a weekly post is known. */
export const weeklyTitleIn = (text: string): string | undefined => WEEKLY_TITLE.exec(text)?.[0];

/** The `TIL N월 N주차` in a message's blocks: rich text, sections, headers. Words in several styles are several parts of it. */
export const weeklyTitleInBlocks = (blocks: unknown): string | undefined => {
  let whole = '';
  walk(blocks, ({ text }) => {
    if (typeof text === 'string') whole += text;
  });
  return weeklyTitleIn(whole);
};
