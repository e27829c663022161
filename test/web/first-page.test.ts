import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type ChallengeNow, fillFirstPage } from '../../src/web/first-page.ts';
import { hostileNames } from '../support/sample-names.ts';

const built = readFileSync(new URL('../../dashboard/index.html', import.meta.url), 'utf8');
const latest = {
  week: '2024-W45',
  month: '2024-11',
  label: 'TIL 11월 1주차',
  participants: 8,
  members: 28,
  posts: 9,
  likes: 1,
};
const til: ChallengeNow = { channel: 'C1', name: 'TIL 챌린지', locale: 'ko', latest };
const contents = (html: string, name: string) =>
  [...html.matchAll(new RegExp(`<meta (?:name|property)="${name}" content="([^"]*)">`, 'g'))].map(([, text]) => text);

test('a link unfurls as the challenge, with its week’s numbers and a picture named in full', () => {
  const html = fillFirstPage(built, [til], 'https://til.example/');
  const sentence = 'TIL 11월 1주차: 28명 중 8명 참여, 글 9개, 좋아요 1개.';
  expect(html).toContain('<title>TIL 챌린지</title>');
  expect(contents(html, 'og:title')).toEqual(['TIL 챌린지']);
  for (const name of ['description', 'og:description', 'twitter:description'])
    expect(contents(html, name)).toEqual([sentence]);
  for (const name of ['og:image', 'twitter:image'])
    expect(contents(html, name)).toEqual(['https://til.example/card.png']);
  expect(contents(html, 'og:url')).toEqual(['https://til.example/']);
  expect(contents(html, 'til')).toEqual(['C1/2024-W45/2024-11']);
});

test('who has no script reads the numbers of the running week, of each challenge in its language', () => {
  const english: ChallengeNow = {
    channel: 'C2',
    name: 'Writing',
    locale: 'en',
    latest: { ...latest, label: 'Nov week 1' },
  };
  const [, noscript = ''] = /<noscript>(.*)<\/noscript>/s.exec(fillFirstPage(built, [til, english])) ?? [];
  expect(noscript).toContain('<p lang="ko">TIL 11월 1주차: 28명 중 8명 참여, 글 9개, 좋아요 1개.</p>');
  expect(noscript).toContain('<p lang="en">Nov week 1: 8 of 28 took part, 9 posts, 1 like.</p>');
  expect(noscript).not.toContain('자바스크립트');
  const { latest: _, ...weekless } = til;
  expect(fillFirstPage(built, [weekless])).toContain('첫 주를 기다리고 있어요.');
});

test('without a challenge, or without the marks, the page stays as built', () => {
  expect(fillFirstPage(built, [])).toBe(built);
  expect(fillFirstPage('<p>another page</p>', [til])).toBe('<p>another page</p>');
});

test('whatever a challenge is called, nothing of it is markup, and the rest of the page is as built', () => {
  const text = fc.oneof(
    fc.string(),
    fc.constantFrom(...hostileNames, '$&$1', '</noscript><script>', '<!--/til:head-->', '" onload="x'),
  );
  const allowed = /^<\/?(?:title|meta|h1|p|script|link|noscript|!--|!doctype|html|head|body|div)\b|^<!--/i;
  fc.assert(
    fc.property(text, text, text, (name, label, channel) => {
      const html = fillFirstPage(
        built,
        [{ ...til, name, channel, latest: { ...latest, label } }],
        'https://til.example/',
      );
      const tags = html.match(/<[^\s>]*/g) ?? [];
      expect(tags.filter((tag) => !allowed.test(tag))).toEqual([]);
      expect(contents(html, 'til').join()).toMatch(/^([\w-]+\/[\w-]+\/[\w-]+)?$/);
      expect(html.match(/<script/g)).toHaveLength(2);
      expect(html.match(/<meta/g)).toHaveLength(4 + 13);
      expect(html).toContain('<div id="app"></div>');
    }),
  );
});
