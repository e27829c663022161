import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const ROOT = new URL('../../', import.meta.url);

/** The documents' paths from the root: those beside package.json, and in docs/. */
export const pages = (): string[] => globSync(['*.md', 'docs/*.md'], { cwd: fileURLToPath(ROOT) });

/** A document's text; `path` from the root. */
export const pageText = (path: string): string => readFileSync(new URL(path, ROOT), 'utf8');

/** The text without its fenced blocks, in which `#` and brackets mean something else. */
const prose = (text: string): string => text.replace(/^ *```.*?^ *```$/gms, '');

/** What its headings say, in their order; `level`: how many `#`, any by default. */
export const headingsOf = (text: string, level?: number): string[] =>
  [...prose(text).matchAll(/^(#+) (.+)$/gm)].flatMap(([, marks = '', words = '']) =>
    level === undefined || marks.length === level ? [words] : [],
  );

/** The part under a heading of the first level, up to the next one. */
export const chapterOf = (text: string, heading: string): string =>
  text.split(/^# /m).find((part) => part.startsWith(`${heading}\n`)) ?? '';

/** The anchors of its headings, as GitHub makes them: a repeated one gets a number. */
export const anchorsOf = (text: string): Set<string> => {
  const anchors = new Set<string>();
  for (const words of headingsOf(text)) {
    const anchor = words
      .toLowerCase()
      .replace(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, '')
      .replaceAll(' ', '-');
    let free = anchor;
    for (let repeated = 1; anchors.has(free); repeated += 1) free = `${anchor}-${repeated}`;
    anchors.add(free);
  }
  return anchors;
};

/** Where its links and pictures lead, without those to other hosts. */
export const linksOf = (text: string): string[] =>
  [
    ...prose(text)
      .replaceAll(/`[^`\n]*`/g, '')
      .matchAll(/\]\(([^)\s]+)\)/g),
  ]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/.test(target));
