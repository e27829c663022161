import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Interaction } from '../../src/events/interaction.ts';
import { adminWishOf, isForAdmins } from '../../src/handlers/admin-command.ts';
import { parseInteraction } from '../../src/slack/interaction.ts';
import { interactionContent } from '../support/interactions.ts';

const typed = (text: string): Interaction => ({
  kind: 'command',
  user: 'U0ADMIN001',
  team: null,
  at: '1722830400.000000',
  channel: 'C0TILCHAN1',
  command: '/til',
  text,
});
const parse = (text: string) => adminWishOf(typed(text), '2024-W32');
const ofFile = (name: string) => {
  const parsed = parseInteraction(interactionContent(name), '1722830400.000000');
  return parsed.is === 'interaction' ? adminWishOf(parsed.interaction, '2024-W32') : undefined;
};

describe('what an admin types', () => {
  test.each([
    ['운영 rest', { wants: 'rest', week: '2024-W32', rest: true }],
    ['admin 쉬는주 지난주 추석 Chuseok', { wants: 'rest', week: '2024-W31', rest: true, reason: '추석 Chuseok' }],
    ['admin rest 2024-W37 undo', { wants: 'rest', week: '2024-W37' }],
    ['운영 쉬는주 this 평소대로', { wants: 'rest', week: '2024-W32', rest: false }],
    [`admin rest ${'x'.repeat(81)}`, { wants: 'shorter' }],
    ['admin rest 2024-W60', { wants: 'usage', verb: 'rest' }],
    ['운영 면제 <@U0DOYUN001> last', { wants: 'excuse', week: '2024-W31', user: 'U0DOYUN001', excused: true }],
    ['admin excuse <@U0DOYUN001> 취소', { wants: 'excuse', week: '2024-W32', user: 'U0DOYUN001', excused: false }],
    ['admin excuse <@U0DOYUN001> <@U0JIHO0001>', { wants: 'mention', week: '2024-W32' }],
    ['운영 extend 24h', { wants: 'extend', week: '2024-W32', hours: 24 }],
    ['운영 연장 24시간 지난주', { wants: 'extend', week: '2024-W31', hours: 24 }],
    ['운영 연장 취소', { wants: 'extend', week: '2024-W32' }],
    ['운영 연장 169h', { wants: 'usage', verb: 'extend' }],
    ['ADMIN Open', { wants: 'open' }],
    ['운영 마감', { wants: 'close', month: '2024-07', sure: false }],
    ['admin close 2024-06', { wants: 'close', month: '2024-06', sure: false }],
    ['admin close 2024-13', { wants: 'usage', verb: 'close' }],
    ['운영 상태', { wants: 'status' }],
    ['운영', { wants: 'help' }],
    ['admin what', { wants: 'help' }],
    [
      'admin accept https://x.slack.com/archives/C0TILCHAN1/p1722865849468459?thread_ts=1 2024-W32',
      { wants: 'rule', verdict: 'accept', ts: '1722865849.468459', channel: 'C0TILCHAN1', week: '2024-W32' },
    ],
    ['운영 판정지우기 1722865849.468459', { wants: 'rule', verdict: 'none', ts: '1722865849.468459' }],
  ])('%s', (text, wish) => expect(parse(text)).toEqual(wish));

  test('a Mac’s Hangul in its parts is understood', () =>
    expect(parse('운영 상태'.normalize('NFD'))).toEqual({ wants: 'status' }));

  test('anything has an answer, and only behind its own word', () =>
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(parse(`admin ${text}`)?.wants).toBeTypeOf('string');
        expect(isForAdmins(typed(text))).toBe(parse(text) !== undefined);
      }),
    ));
});

describe('as Slack sends it', () => {
  test.each([
    ['10-shortcut-on-thread-reply.json', { wants: 'rule', ts: '1722865849.468459', verdict: 'accept' }],
    ['11-shortcut-on-top-level-message.json', { wants: 'rule', ts: '1722931200.000700' }],
    ['12-shortcut-by-somebody-who-is-no-admin.json', { wants: 'rule', verdict: 'reject' }],
    ['13-shortcut-on-the-bots-own-message.json', { wants: 'rule', ts: '1722865851.000500' }],
    ['14-shortcut-in-another-private-channel.json', { wants: 'rule', channel: 'G0OTHER001' }],
    ['24-til-admin-excuse-mention-escaped.form', { wants: 'excuse', user: 'U0DOYUN001', week: '2024-W32' }],
    ['25-til-admin-excuse-mention-not-escaped.form', { wants: 'mention', week: '2024-W32' }],
  ])('%s', (name, wish) => expect(ofFile(name)).toMatchObject(wish));
});
