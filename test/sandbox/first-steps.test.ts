import { expect, test } from 'vitest';
import { recall, remember, stepOf } from '../../src/sandbox/page/first-steps.ts';

test.each([
  ['post', { thread: '1.2', text: '글 https://velog.io/@a/b' }, false, 'reply'],
  ['post', { thread: '1.2', text: '글' }, false, undefined],
  ['post', { text: '글 https://velog.io/@a/b' }, false, undefined],
  ['react', { name: '+1' }, false, 'like'],
  ['react', { name: '+1::skin-tone-3' }, false, 'like'],
  ['react', { name: '+1' }, true, undefined],
  ['react', { name: 'fire' }, false, undefined],
  ['unreact', { name: '+1' }, false, undefined],
  ['openHome', { tab: 'home' }, false, 'app'],
  ['openHome', { tab: 'messages' }, false, undefined],
  ['press', {}, false, 'app'],
  ['pressHome', {}, false, 'app'],
] as const)('%s %j (own: %s) fulfils %s', (deed, fields, isOwn, step) => {
  expect(stepOf(deed, fields, isOwn)).toBe(step);
});

test('a browser remembers what is done and that the hints are closed; what it does not know it leaves out', () => {
  const kept = new Map<string, string>();
  const storage = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  };
  expect(recall(storage)).toEqual({ done: new Set(), isClosed: false });
  remember(storage, { done: new Set(['like', 'reply']), isClosed: true });
  expect(recall(storage)).toEqual({ done: new Set(['reply', 'like']), isClosed: true });
  expect(recall({ getItem: () => 'like dance' })).toEqual({ done: new Set(['like']), isClosed: false });
});
