import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Interaction } from '../../src/events/interaction.ts';
import { parseCommand, SETTINGS } from '../../src/handlers/command.ts';
import { choiceOfWish, isOffInPersonalMessage, wishesOf } from '../../src/handlers/wishes.ts';
import { CHANNEL } from '../support/world.ts';

describe('the words behind the command', () => {
  test.each([
    ['쉬어요', { wants: 'plan', plan: 'rest' }],
    ['rest', { wants: 'plan', plan: 'rest' }],
    [' REST ', { wants: 'plan', plan: 'rest' }],
    ['쓸게요', { wants: 'plan', plan: 'write' }],
    ['쓸게요'.normalize('NFD'), { wants: 'plan', plan: 'write' }],
    ['plan', { wants: 'plan', plan: 'write' }],
    ['none', { wants: 'plan', plan: 'none' }],
    ['취소', { wants: 'plan', plan: 'none' }],
    ['알림 sun', { wants: 'setting', key: 'remind', value: 'sun' }],
    ['remind off', { wants: 'setting', key: 'remind', value: 'off' }],
    ['remind 끄기', { wants: 'setting', key: 'remind', value: 'off' }],
    ['알림 토요일', { wants: 'setting', key: 'remind', value: 'sat' }],
    ['좋아요 card', { wants: 'setting', key: 'likes', value: 'card' }],
    ['likes off', { wants: 'setting', key: 'likes', value: 'off' }],
    ['likes sat', { wants: 'values', key: 'likes' }],
    ['likes', { wants: 'values', key: 'likes' }],
    ['알림 off please', { wants: 'values', key: 'remind' }],
    ['', { wants: 'state' }],
    ['  ', { wants: 'state' }],
    ['도움말', { wants: 'help' }],
    ['help', { wants: 'help' }],
    ['rest of my life', { wants: 'help', unknown: true }],
    ['constructor', { wants: 'help', unknown: true }],
    ['이번 주엔 & 뭘 쓸까요 <!channel> :tada:', { wants: 'help', unknown: true }],
  ])('%j', (text, wish) => {
    expect(parseCommand(text)).toEqual(wish);
  });

  test('every value of each setting is understood in both languages', () => {
    for (const [word, key] of [
      ['알림', 'remind'],
      ['remind', 'remind'],
      ['좋아요', 'likes'],
      ['likes', 'likes'],
    ] as const)
      for (const value of SETTINGS[key])
        expect(parseCommand(`${word} ${value}`)).toEqual({ wants: 'setting', key, value });
  });

  test('any text has an answer', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) =>
        ['plan', 'setting', 'values', 'help', 'state'].includes(parseCommand(text).wants),
      ),
    );
  });
});

const AT = '1722830400.123456';

const press = (id: string, value?: string, more: object = {}): Interaction => ({
  kind: 'press',
  user: 'U0JIHO0001',
  team: null,
  at: AT,
  container: 'message',
  channel: CHANNEL,
  actions: [{ id, ...(value === undefined ? {} : { value }), at: AT }],
  ...more,
});

describe('a press', () => {
  test.each([
    ['week.plan', '2024-W32', [{ wish: { wants: 'plan', plan: 'write', week: '2024-W32' }, at: AT }]],
    [
      'week.rest',
      `${CHANNEL}/2024-W32`,
      [{ wish: { wants: 'plan', plan: 'rest', week: '2024-W32' }, at: AT, channel: CHANNEL }],
    ],
    ['week.none', '2024-W32', [{ wish: { wants: 'plan', plan: 'none', week: '2024-W32' }, at: AT }]],
    ['week.plan', '2024-W99', []],
    ['week.plan', undefined, []],
    ['remind.off', '2024-W32', [{ wish: { wants: 'setting', key: 'remind', value: 'off' }, at: AT }]],
    ['set.remind', 'sun', [{ wish: { wants: 'setting', key: 'remind', value: 'sun' }, at: AT }]],
    ['set.likes', 'card', [{ wish: { wants: 'setting', key: 'likes', value: 'card' }, at: AT }]],
    ['set.notes', 'on', [{ wish: { wants: 'setting', key: 'notes', value: 'on' }, at: AT }]],
    ['set.notes', 'card', []],
    ['set.remind.off', 'sun', []],
    ['remind', 'sun', []],
    ['constructor', '2024-W32', []],
    ['button.of.an.older.version', 'x', []],
  ])('of %s with %j', (id, value, wishes) => {
    expect(wishesOf(press(id, value))).toEqual(wishes);
  });

  test('of an off button takes the place of the personal message, and of nothing else', () => {
    const direct = { channel: 'D0MINSEO01' };
    expect(isOffInPersonalMessage(press('remind.off', 'x', direct))).toBe(true);
    expect(isOffInPersonalMessage(press('remind.off', 'x'))).toBe(false);
    expect(isOffInPersonalMessage(press('week.rest', 'x', direct))).toBe(false);
    expect(isOffInPersonalMessage(press('remind.off', 'x', { ...direct, container: 'ephemeral' }))).toBe(false);
  });
});

test('a choice is dated by the press, and a week that is over is none', () => {
  const challenge = { channel: CHANNEL, timeZone: 'Asia/Seoul' };
  const plan = (week?: string) =>
    choiceOfWish({ wish: { wants: 'plan', plan: 'rest', ...(week ? { week } : {}) }, at: AT }, 'U0JIHO0001', challenge);
  const choice = {
    v: 1,
    kind: 'week.planned',
    channel: CHANNEL,
    at: AT,
    user: 'U0JIHO0001',
    week: '2024-W32',
    plan: 'rest',
  };
  expect(plan()).toEqual({ choice });
  expect(plan('2024-W32')).toEqual({ choice });
  expect(plan('2024-W31')).toEqual({ over: '2024-W31' });
});
