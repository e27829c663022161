import { beforeEach, describe, expect, test } from 'vitest';
import { type ClockCheck, createClockCheck } from '../../src/setup/clock-check.ts';

const START = Date.parse('2024-08-05T00:00:00Z');
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A machine: its time that passes, how far its clock is off, and how long it has slept. */
let passed: number;
let off: number;
let slept: number;
/** How Slack answers: not at all, or after so many milliseconds. */
let answersAfter: number | 'never';
let asked: number;
let check: ClockCheck;

const slackNow = () => START + passed + slept;
const dateOfSlack = () => new Date(slackNow()).toUTCString();

const ask = async (): Promise<void> => {
  asked += 1;
  if (answersAfter === 'never') throw new Error('no answer');
  const answered = check.watch();
  passed += answersAfter / 2;
  const date = dateOfSlack();
  passed += answersAfter / 2;
  answered(date);
};

beforeEach(() => {
  [passed, off, slept, asked, answersAfter] = [0, 0, 0, 0, 100];
  const clock = { now: () => slackNow() + off, elapsed: () => passed, sleep: async () => {} };
  check = createClockCheck(clock, ask);
});

test('before Slack has answered nothing is certain, and the clock counts as it is', () => {
  off = 12 * DAY;
  expect([check.isSure(), check.isWrong(), check.differenceSeconds()]).toEqual([false, false, 0]);
});

test.each([
  ['behind', -6 * MINUTE],
  ['ahead', 6 * MINUTE],
  ['days behind', -12 * DAY],
  ['days ahead', 12 * DAY],
])('a clock that is %s is wrong, and dates are by Slack’s', async (_, error) => {
  off = error;
  await check.look();
  expect([check.isSure(), check.isWrong()]).toEqual([true, true]);
  expect(Math.abs(check.differenceSeconds() - error / 1000)).toBeLessThan(1);
  passed += 5 * HOUR;
  expect(Math.abs(check.clock.now() - slackNow())).toBeLessThan(1000);
});

test('a clock that is less than five minutes off is right, and dates are by it', async () => {
  off = 4 * MINUTE;
  await check.look();
  expect([check.isSure(), check.isWrong()]).toEqual([true, false]);
  expect(check.clock.now()).toBe(slackNow() + off);
});

test('half of a slow answer’s time is taken off', async () => {
  answersAfter = 40_000;
  await check.look();
  expect(Math.abs(check.differenceSeconds())).toBeLessThan(1);
});

test('an answer that took more than a minute says nothing', async () => {
  answersAfter = 90_000;
  await check.look();
  expect(check.isSure()).toBe(false);
});

test('an answer during which the clock was set says nothing', async () => {
  const answered = check.watch();
  off = -HOUR;
  answered(dateOfSlack());
  expect(check.isSure()).toBe(false);
});

test('an answer without a date leaves the clock as it is', () => {
  check.watch()(null);
  expect([check.isSure(), check.isWrong()]).toEqual([true, false]);
});

describe('a clock that is set while the process runs', () => {
  beforeEach(() => check.look());

  test('back, is noticed without an answer of Slack’s', () => {
    off = -3 * HOUR;
    expect([check.isSure(), check.isWrong()]).toEqual([false, true]);
    expect(Math.abs(check.differenceSeconds() + 3 * 3600)).toBeLessThan(1);
    expect(Math.abs(check.clock.now() - slackNow())).toBeLessThan(1000);
  });

  test('ahead, may be a machine that has slept: Slack is asked', async () => {
    off = 3 * HOUR;
    expect([check.isSure(), check.isWrong(), check.differenceSeconds() < 1]).toEqual([false, true, true]);
    await check.look();
    expect([check.isSure(), check.isWrong()]).toEqual([true, true]);
    expect(Math.abs(check.differenceSeconds() - 3 * 3600)).toBeLessThan(1);
  });

  test('right again, is right again', async () => {
    off = 3 * HOUR;
    await check.look();
    off = 0;
    await check.look();
    expect([check.isSure(), check.isWrong()]).toEqual([true, false]);
  });
});

test('a machine that has slept has a clock that is right', async () => {
  await check.look();
  slept = 8 * HOUR;
  expect(check.isSure()).toBe(false);
  await check.look();
  expect([check.isSure(), check.isWrong(), asked]).toEqual([true, false, 2]);
});

test('while it is sure, Slack is not asked; while Slack does not answer, every ten seconds', async () => {
  await check.look();
  await check.look();
  expect(asked).toBe(1);
  answersAfter = 'never';
  off = -HOUR;
  await Promise.all([check.look(), check.look()]);
  expect(asked).toBe(2);
  passed += 9000;
  await check.look();
  expect(asked).toBe(2);
  passed += 1000;
  await check.look();
  expect([asked, check.isSure()]).toEqual([3, false]);
});
