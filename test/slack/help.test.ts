import { describe, expect, test } from 'vitest';
import { adminWishOf } from '../../src/handlers/admin-command.ts';
import { parseCommand } from '../../src/handlers/command.ts';
import { adminText } from '../../src/slack/text/admin.ts';
import { replyText } from '../../src/slack/text/reply.ts';
import { MINSEO, WEEK } from '../support/events.ts';
import { challengeWith } from '../support/world.ts';

/** What a phone shows in a row, and of how many rows somebody sees all at once. */
const [ROW, ROWS] = [40, 12];

/** So many columns a text needs; a syllable of Hangul takes two. */
const columns = (text: string): number =>
  [...text.replaceAll('`', '')].reduce(
    (sum, character) => sum + (/[\u1100-\uffdc]|\p{Extended_Pictographic}/u.test(character) ? 2 : 1),
    0,
  );

const LOCALES = ['ko', 'en'] as const;
type Locale = (typeof LOCALES)[number];

const member = (locale: Locale): string[] =>
  replyText([{ says: 'help' }], { challenge: challengeWith({ locale }), command: '/til' }).split('\n');
const admin = (locale: Locale): string[] =>
  adminText({ says: 'help' }, challengeWith({ locale }), { command: '/til' }).split('\n');

/** What is typed by a line: all behind the command, without what may be left out. */
const typed = (lines: readonly string[]): string[] =>
  lines.flatMap((line) => /^`\/til ?([^`]*)`/.exec(line)?.[1]?.replace(/\s*\[[^\]]*\]/g, '') ?? []);

describe('the help', () => {
  test.each(LOCALES)('fits on a phone, for members and for admins: %s', (locale) => {
    for (const lines of [member(locale), admin(locale)]) {
      expect(lines.length).toBeLessThanOrEqual(ROWS);
      for (const line of lines) expect(columns(line), line).toBeLessThanOrEqual(ROW);
    }
  });

  test('says the same in both languages, line by line, and all that it says is understood', () => {
    const wishes = (locale: Locale) => typed(member(locale)).map(parseCommand);
    expect(wishes('ko')).toEqual(wishes('en'));
    expect(wishes('ko').map(({ wants }) => wants)).toEqual([
      'state',
      'plan',
      'plan',
      'plan',
      'setting',
      'setting',
      'help',
    ]);
    expect(member('ko')).toHaveLength(member('en').length);
    // The values in brackets are the others that a setting can have.
    for (const locale of LOCALES)
      for (const line of member(locale)) {
        const [, setting = '', others = ''] = /^`\/til (\S+) \S+` \((.*)\)$/.exec(line) ?? [];
        for (const value of others.split(' · ').filter(Boolean))
          expect(parseCommand(`${setting} ${value}`)).toMatchObject({ wants: 'setting', value });
      }
  });

  test('of admins, too', () => {
    const message = 'https://til.slack.com/archives/C0TILCHAN1/p1722816000000460';
    const wishes = (locale: Locale) =>
      typed(admin(locale)).map((text) => {
        const said = text.replace(/@\S+/, `<@${MINSEO}>`).replace(/글주소|link/, message);
        return adminWishOf({ kind: 'command', text: said } as never, WEEK);
      });
    expect(wishes('ko')).toEqual(wishes('en'));
    expect(wishes('ko').map((wish) => wish?.wants)).toEqual([
      'rest',
      'excuse',
      'extend',
      'open',
      'close',
      'status',
      'rule',
    ]);
    expect(admin('ko')).toHaveLength(admin('en').length);
  });
});
