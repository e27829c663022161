import { describe, expect, test } from 'vitest';
import { addressOf, isPost } from '../../src/events/addresses.ts';
import { hostAccepted } from '../../src/events/links.ts';

test.each([
  ['https://velog.io/', false],
  ['https://velog.io', false],
  ['http://www.velog.io//?utm_source=x#top', false],
  ['https://m.blog.naver.com/', false],
  ['https://naver.me/', false],
  ['https://velog.io/write', false],
  ['https://velog.io/write?id=0b1c', false],
  ['https://velog.io/writers-block', true],
  ['https://velog.io/@me/write', true],
  ['https://blog.naver.com/me?Redirect=Write&', false],
  ['https://blog.naver.com/me/postwrite', false],
  ['https://blog.naver.com/me?Redirect=Log&logNo=223', true],
  ['https://someone.tistory.com/manage/newpost/?type=post', false],
  ['https://someone.tistory.com/management', true],
  ['https://tistory.com/', false],
  // One person's own: arguable, and counted.
  ['https://someone.github.io/', true],
  ['https://velog.io/@me', true],
  ['https://naver.me/xAbC12', true],
  ['no address', false],
])('%s can be a post: %s', (url, expected) => {
  expect(isPost(url)).toBe(expected);
});

describe('an address has one spelling', () => {
  test.each([
    [
      'https://velog.io/@a/one',
      'http://velog.io/@a/one',
      'https://www.velog.io/@a/one/',
      'https://VELOG.io/@a/one?utm_source=slack&utm_medium=x&fbclid=1#comments',
    ],
    [
      'https://velog.io/@a/%ED%95%9C%EA%B8%80',
      'https://velog.io/@a/한글',
      `https://velog.io/@a/${'한글'.normalize('NFD')}`,
    ],
    [
      'https://blog.naver.com/me/223',
      'https://m.blog.naver.com/me/223?trackingCode=rss',
      'https://blog.naver.com/PostView.naver?blogId=me&logNo=223&from=x',
      'https://blog.naver.com/me?Redirect=Log&logNo=223',
    ],
    ['https://someone.tistory.com/12', 'https://someone.tistory.com/m/12'],
    ['https://a.example/?b=2&a=1', 'https://a.example?a=1&b=2'],
  ])('%s', (first, ...others) => {
    for (const other of others) expect(addressOf(other), other).toBe(addressOf(first));
  });

  test.each([
    ['https://velog.io/@a/one', 'https://velog.io/@a/One'],
    ['https://velog.io/@a/one', 'https://velog.io/@b/one'],
    ['https://blog.naver.com/me/223', 'https://blog.naver.com/me/224'],
    ['https://a.example/?p=1', 'https://a.example/?p=2'],
    ['https://m.github.io/x', 'https://github.io/x'],
    ['https://a.example/%zz', 'https://a.example/zz'],
  ])('%s is not %s', (one, other) => {
    expect(addressOf(one)).not.toBe(addressOf(other));
  });
});

test('a host counts where the one does that it stands for', () => {
  expect(hostAccepted('www.velog.io', ['velog.io'])).toBe(true);
  expect(hostAccepted('naver.me', ['blog.naver.com'])).toBe(true);
  expect(hostAccepted('www.naver.me', ['blog.naver.com'])).toBe(true);
  expect(hostAccepted('naver.me', ['velog.io'])).toBe(false);
  expect(hostAccepted('www.velog.io.evil.example', ['velog.io'])).toBe(false);
  expect(hostAccepted('wwwxvelog.io', ['velog.io'])).toBe(false);
  expect(hostAccepted('www.example.org', ['www.example.org'])).toBe(true);
});
