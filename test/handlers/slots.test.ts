import { describe, expect, test } from 'vitest';
import { isDaytime, momentFor, type SlotName, sayableAt, slotOf } from '../../src/handlers/slots.ts';
import { challengeOf } from '../support/given.ts';

const challenge = challengeOf();
const WEEK = '2024-W32'; // Monday 5 August 2024.
const shown = (seconds: number | undefined): string | undefined =>
  seconds === undefined ? undefined : new Date((seconds + 9 * 3600) * 1000).toISOString().slice(0, 16);
const seconds = (local: string): number => Date.parse(`${local}+09:00`) / 1000;

describe('a slot', () => {
  test.each<[SlotName, string]>([
    ['monday', '2024-08-05T10:00'],
    ['wednesday', '2024-08-07T12:00'],
    ['saturday', '2024-08-10T10:00'],
    ['sunday', '2024-08-11T18:00'],
  ])('%s is at the local time of the challenge', (name, at) => {
    expect(shown(slotOf(challenge, WEEK, name).at)).toBe(at);
  });

  test('on Monday is half an hour after the weekly post, where that is later', () => {
    const at = (opened: string) => shown(slotOf(challenge, WEEK, 'monday', `${seconds(opened)}.000200`).at);
    expect(at('2024-08-05T09:30:00')).toBe('2024-08-05T10:00');
    expect(at('2024-08-05T08:00:00')).toBe('2024-08-05T10:00');
    expect(at('2024-08-05T09:31:00')).toBe('2024-08-05T10:01');
    expect(at('2024-08-08T20:00:00')).toBe('2024-08-08T20:30');
    expect(shown(slotOf(challenge, WEEK, 'wednesday', `${seconds('2024-08-08T20:00:00')}.000200`).at)).toBe(
      '2024-08-07T12:00',
    );
  });

  test('in another time zone is by its clocks, also after they were changed', () => {
    const london = challengeOf({ timeZone: 'Europe/London' });
    expect(new Date(slotOf(london, '2024-W13', 'sunday').at * 1000).toISOString()).toBe('2024-03-31T17:00:00.000Z');
    expect(new Date(slotOf(london, '2024-W12', 'sunday').at * 1000).toISOString()).toBe('2024-03-24T18:00:00.000Z');
  });
});

describe('hours at which one may write to a person', () => {
  test.each([
    ['2024-08-05T08:59:59', false],
    ['2024-08-05T09:00:00', true],
    ['2024-08-05T20:59:59', true],
    ['2024-08-05T21:00:00', false],
  ])('%s: %s', (at, isDay) => {
    expect(isDaytime('Asia/Seoul', seconds(at))).toBe(isDay);
  });

  test.each<[SlotName, string, string | undefined]>([
    ['monday', 'Asia/Seoul', '2024-08-05T10:00'],
    ['monday', 'Europe/London', '2024-08-05T17:00'], // 02:00 there: at 09:00.
    ['monday', 'America/Los_Angeles', '2024-08-05T10:00'], // 18:00 there, on Sunday.
    ['monday', 'America/New_York', '2024-08-05T22:00'], // 21:00 there: at 09:00 of the next day.
    ['wednesday', 'America/New_York', '2024-08-07T22:00'],
    ['saturday', 'Europe/London', '2024-08-10T17:00'],
    ['sunday', 'Europe/London', '2024-08-11T18:00'],
    ['sunday', 'America/New_York', '2024-08-11T22:00'],
    ['sunday', 'America/Los_Angeles', undefined], // 02:00 there; at 09:00 it is Monday in Seoul.
  ])('%s in %s is %s', (name, timeZone, at) => {
    expect(shown(momentFor(challenge, slotOf(challenge, WEEK, name), timeZone))).toBe(at);
  });

  test.each([
    ['before its moment', '10:00', '09:00', 'Asia/Seoul', '10:00'],
    ['a little late', '10:00', '12:59', 'Asia/Seoul', '12:59'],
    ['three hours late', '10:00', '13:00', 'Asia/Seoul', '13:00'],
    ['later than three hours', '10:00', '13:01', 'Asia/Seoul', undefined],
    ['in the night after its evening', '19:00', '21:00', 'Asia/Seoul', undefined],
    ['in the evening', '19:00', '20:59', 'Asia/Seoul', '20:59'],
    ['in the last hours before its moment, at night', '17:00', '11:00', 'Europe/London', '17:00'],
  ])('what is due, %s, may be said then, later or never', (_, due, now, timeZone, at) => {
    const on = (time: string): number => seconds(`2024-08-05T${time}`);
    const asked = { week: WEEK, due: on(due), hours: 3, timeZone };
    expect(shown(sayableAt(challenge, asked, on(now)))).toBe(at && `2024-08-05T${at}`);
  });

  test('what is due in the last hours of a week is not said in the next', () => {
    const asked = { week: WEEK, due: seconds('2024-08-11T22:00'), hours: 3, timeZone: 'America/New_York' };
    expect(shown(sayableAt(challenge, asked, seconds('2024-08-11T23:59')))).toBe('2024-08-11T23:59');
    expect(sayableAt(challenge, asked, seconds('2024-08-12T00:00'))).toBeUndefined();
  });

  test('a morning after a night in which the clocks were changed is at nine', () => {
    // New York, 10 March 2024: it is 01:00 on Sunday there, and at two it will be three.
    const slot = { name: 'sunday', week: '2024-W10', at: Date.parse('2024-03-10T06:00:00Z') / 1000 } as const;
    expect(momentFor(challengeOf({ timeZone: 'America/New_York' }), slot, 'America/New_York')).toBe(
      Date.parse('2024-03-10T13:00:00Z') / 1000,
    );
  });
});
