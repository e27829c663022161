import { expect, test } from 'vitest';
import { en } from '../../dashboard/src/text/en.ts';
import { ko } from '../../dashboard/src/text/ko.ts';

const sources = import.meta.glob<string>('../../dashboard/{index.html,src/**/*,public/*}', {
  query: '?raw',
  import: 'default',
  eager: true,
});

test('no source writes HTML of its own making, evaluates text, or speaks to another origin', () => {
  expect(Object.keys(sources).length).toBeGreaterThan(30);
  for (const [path, source] of Object.entries(sources)) {
    expect(source, path).not.toMatch(/\{@html|innerHTML|insertAdjacentHTML|\beval\(|new Function/);
    expect(source.replaceAll('http://www.w3.org/2000/svg', ''), path).not.toMatch(/https?:\/\//);
  }
});

test('index.html has no inline script, style or handler', () => {
  const html = sources['../../dashboard/index.html'] ?? '';
  expect(html).toContain('<script type="module"');
  expect(html).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=/);
});

const words = (text: object, path = ''): string[] =>
  Object.entries(text).flatMap(([key, value]) =>
    typeof value === 'object' && value !== null ? words(value, `${path}${key}.`) : [`${path}${key}:${typeof value}`],
  );

/** Every sentence of a language, with small numbers where it takes some. */
const said = (text: object): string[] =>
  Object.values(text).flatMap((value: unknown): string[] => {
    if (typeof value === 'string') return [value];
    if (typeof value === 'function') return [1, 3].map((count) => String(value(count, count, count)));
    return value && typeof value === 'object' ? said(value) : [];
  });

test.each([
  ['ko', ko],
  ['en', en],
])('nobody reads in %s that they have failed or lost something', (_, text) => {
  expect(said(text).length).toBeGreaterThan(120);
  for (const sentence of said(text))
    expect(sentence).not.toMatch(/실패|끊겼|못 씀|(^|\D)0주|\b(failed|broken|lost|missed)\b/i);
});

test.each([
  [1, '한 주를 쓰면', 'Write one,'],
  [3, '세 주를 쓰면', 'Write three,'],
  [12, '12주를 쓰면', 'Write 12,'],
])('what a moon means is said by the challenge’s rule: %d', (between, korean, english) => {
  expect(ko.keeps(between)).toContain(korean);
  expect(en.keeps(between)).toContain(english);
});

test('both languages have the same words, none of them empty', () => {
  expect(words(en)).toEqual(words(ko));
  expect(Object.values(en)).not.toContain('');
  expect(Object.values(ko)).not.toContain('');
});
