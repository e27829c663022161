import { describe, expect, test } from 'vitest';
import { parseTime } from '../../src/cli/time.ts';
import { secondsOf } from '../../src/events/timestamp.ts';

const until = parseTime('--until', { day: 'ends' });
const since = parseTime('--since', { day: 'begins' });
const iso = (ts: string): string => new Date(secondsOf(ts) * 1000).toISOString();

test('a day is the challenge’s day: its first instant or its last', () => {
  expect(iso(since('2024-08-11')('Asia/Seoul'))).toBe('2024-08-10T15:00:00.000Z');
  expect(until('2024-08-11')('Asia/Seoul')).toBe(`${Date.parse('2024-08-11T15:00:00Z') / 1000 - 1}.999999`);
  expect(iso(since('2024-08-11')('Europe/Berlin'))).toBe('2024-08-10T22:00:00.000Z');
  // On the day on which clocks go back, it has 25 hours.
  expect(iso(until('2024-10-27')('Europe/Berlin'))).toBe('2024-10-27T22:59:59.000Z');
});

test('a clock time is the challenge’s, unless it names its zone', () => {
  for (const text of ['2024-08-11T23:59', '2024-08-11 23:59', '2024-08-11T23:59:00.123'])
    expect(iso(until(text)('Asia/Seoul'))).toBe('2024-08-11T14:59:00.000Z');
  for (const text of ['2024-08-11T23:59Z', '2024-08-12T08:59+09:00', '2024-08-12T08:59:00+0900'])
    expect(iso(until(text)('Europe/Berlin'))).toBe('2024-08-11T23:59:00.000Z');
});

test('seconds and Slack timestamps are what they say', () => {
  expect(until('1722865849.468459')('Asia/Seoul')).toBe('1722865849.468459');
  expect(since('1722865849')('Asia/Seoul')).toBe('1722865849.000000');
});

describe('what is a guess is refused', () => {
  test.each([
    '',
    'yesterday',
    '08/11/2024',
    '2024-8-11',
    '2024-02-31',
    '2024-13-01',
    '2024-08-11T25:00',
    '2024-08-11T10',
  ])('%j', (text) => {
    expect(() => until(text)).toThrow(`--until: expected a time such as 2024-08-11, `);
  });
});
