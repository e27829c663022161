import { existsSync } from 'node:fs';
import { posix } from 'node:path';
import { expect, test } from 'vitest';
import { anchorsOf, linksOf, pages, pageText } from './pages.ts';

/** Why a link of a document leads nowhere; undefined where it leads somewhere. */
const faultOf = (page: string, link: string): string | undefined => {
  const [path = '', anchor] = decodeURIComponent(link).split('#');
  const target = path === '' ? page : posix.normalize(posix.join(posix.dirname(page), path));
  if (!existsSync(new URL(`../../${target}`, import.meta.url))) return `${page}: ${link}: there is no such file`;
  if (anchor === undefined || anchorsOf(pageText(target)).has(anchor)) return undefined;
  return `${page}: ${link}: there is no such heading`;
};

test('every link and picture of the documents leads to a file that exists, and to a heading of it', () => {
  const links = pages().flatMap((page) => linksOf(pageText(page)).map((link) => ({ page, link })));
  expect(links.length).toBeGreaterThan(80);
  expect(links.flatMap(({ page, link }) => faultOf(page, link) ?? [])).toEqual([]);
});

test('a link to a heading that does not exist is a fault, and one in a block of code is none', () => {
  const text =
    '# Two words\n## It is: `code`, 둘\n## Same\n## Same\n```sh\n# no heading\n[x](nowhere.md)\n```\n[y](a.md#b)';
  expect([...anchorsOf(text)]).toEqual(['two-words', 'it-is-code-둘', 'same', 'same-1']);
  expect(linksOf(text)).toEqual(['a.md#b']);
  expect(faultOf('docs/aws.md', '../README.md#no-such-heading')).toMatch('no such heading');
  expect(faultOf('README.md', 'docs/nothing.md')).toMatch('no such file');
});
