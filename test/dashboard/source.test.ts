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

test('both languages have the same words, none of them empty', () => {
  expect(words(en)).toEqual(words(ko));
  expect(Object.values(en)).not.toContain('');
  expect(Object.values(ko)).not.toContain('');
});
