import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { en } from '../../src/cli/text/en.ts';
import { ko } from '../../src/cli/text/ko.ts';
import { asObject, asPerson, asSubject, asTopic } from '../../src/cli/text/particle.ts';
import { englishIn } from '../support/english-left.ts';

type Say = (...given: unknown[]) => unknown;

/** Of those that take more than texts: what they are called with, where a text is `mark(n)`. */
const mark = (number: number): string => `⟦${number}⟧`;
const [A, B, C, D, E] = [mark(1), mark(2), mark(3), mark(4), mark(5)];
const WEEK = { in: 'week', label: B };
const BOTH = [true, false];
const CALLS: Record<string, unknown[][]> = {
  'doctor.clock.off': BOTH.map((is) => [41, is]),
  'doctor.clock.wrong': BOTH.map((is) => [41, is]),
  'doctor.socket': [[undefined], [41]],
  'doctor.token.whole': [
    [A, B],
    [A, ''],
  ],
  'doctor.presses.seen': [[A], ['']],
  'doctor.presses.never': [
    [A, B],
    ['', B],
  ],
  'doctor.page.onAws': BOTH.map((is) => [is]),
  'doctor.page.shown': BOTH.flatMap((is) => [
    [is, A],
    [is, undefined],
  ]),
  'init.isBot': [
    [A, B],
    [A, undefined],
  ],
  'week.wouldPost': [[A], [undefined]],
  'month.reason': [[A], ['too old'], ['ended before the bot first listened'], ['announced by another bot']],
  'month.wouldKeepSilent': BOTH.map((is) => [is, A]),
  'month.wouldAnnounce': BOTH.flatMap((is) => [
    [is, A],
    [is, undefined],
  ]),
  'choice.message': [
    [{ author: A, time: B, ts: 'unsaid', url: C }],
    [{ author: A, time: B, ts: 'unsaid', url: undefined }],
    [{ author: undefined, time: B, ts: C, url: undefined }],
  ],
  'choice.verdict.accept': [[A], [undefined]],
  'choice.verdict.reject': [[A], [undefined]],
  'choice.rest': BOTH.map((is) => [is]),
  'choice.excused': BOTH.map((is) => [A, B, C, is]),
  'choice.extended': BOTH.map((is) => [A, is]),
  'choice.week': BOTH.map((is) => [A, is]),
  'choice.turned': [[41, 42]],
  'choice.run': [
    [A, [41, 42], [43, 44]],
    [A, [41, 42], undefined],
  ],
  'choice.refused.otherMonth': [
    [A, { week: B, month: C }],
    [A, undefined],
  ],
  'story.message': [WEEK, { in: 'thread' }, { in: 'channel' }].flatMap((place) => [
    [A, place, C],
    [A, place, undefined],
  ]),
  'story.said': BOTH.map((is) => [A, is]),
  'story.weekly': BOTH.map((is) => [A, B, is]),
  'story.posted': [WEEK, { in: 'thread' }, { in: 'channel' }].flatMap((place) => [
    [A, place, C],
    [A, place, ''],
  ]),
  'story.edited': [WEEK, { in: 'thread' }, { in: 'channel' }].flatMap((place) => [
    [A, place, C],
    [A, place, ''],
  ]),
  'story.closed': [
    [A, 41, B],
    [A, 41, ''],
  ],
  'story.sending': [
    [A, 1],
    [A, 41],
  ],
  'story.refused': BOTH.map((is) => [A, is, B]),
  'story.unsent': [[A, B], ...['too old', 'no longer due', 'announced by another bot'].map((why) => [A, why])],
  'story.rested': [true, false].flatMap((is) => [
    [A, B, is, C],
    [A, B, is, undefined],
  ]),
  'story.extended': [
    [A, B, C],
    [A, B, undefined],
  ],
  'story.excused': BOTH.map((is) => [A, B, C, is]),
  'story.ruled': ['accept', 'reject', 'none'].flatMap((verdict) => [
    [A, verdict, B, C, D],
    [A, verdict, B, undefined, undefined],
  ]),
  'story.effects.weekOpen': BOTH.map((is) => [A, is]),
  'story.effects.participation': ['announce', 'withdraw', 'change'].map((does) => [A, does]),
  'story.effects.hint': [
    [A, B, C],
    [A, undefined, C],
  ],
  'story.effects.catchUp': BOTH.map((is) => [A, is]),
  'story.effects.digest': BOTH.map((is) => [A, is]),
  'story.effects.alarm': [
    [A, B],
    [undefined, B],
  ],
  'story.announced': [[41]],
};

/** What belongs to the languages' own way of telling, and is tried by what it is for. */
const OWN = /^(errors\.trouble|doctor\.trouble|help\.title|help\.line|help\.others\..*)$/;

interface Said {
  path: string;
  english: string;
  korean: string;
}

/** Everything that the commands can say, by its path, in both languages. */
const saidIn = (english: unknown, korean: unknown, path = ''): Said[] => {
  if (OWN.test(path)) return [];
  if (typeof english === 'string') return [{ path, english, korean: String(korean) }];
  if (typeof english === 'function') {
    const calls = CALLS[path] ?? [[A, B, C, D, E].slice(0, english.length)];
    return calls.map((given) => ({
      path: `${path}(${JSON.stringify(given)})`,
      english: String((english as Say)(...given)),
      korean: String((korean as Say)(...given)),
    }));
  }
  return Object.entries(english as object).flatMap(([key, value]) =>
    saidIn(value, (korean as Record<string, unknown>)[key], path ? `${path}.${key}` : key),
  );
};

const SAID = saidIn(en, ko);

/** The paths of an object's texts. */
const pathsIn = (text: object, path = ''): string[] =>
  Object.entries(text).flatMap(([key, value]) => {
    const here = `${path}.${key}`;
    return typeof value === 'object' && !here.endsWith('.others') ? pathsIn(value, here) : [here];
  });

describe('the two languages', () => {
  test('have the same texts', () => {
    expect(pathsIn(ko).sort()).toEqual(pathsIn(en).sort());
    expect(SAID.length).toBeGreaterThan(300);
  });

  test('put the same things into them: names, numbers, commands', () => {
    const held = (text: string): string[] => [...new Set(text.match(/⟦\d⟧|\b4\d\b/g))].sort();
    for (const { path, english, korean } of SAID) expect([path, held(korean)]).toEqual([path, held(english)]);
  });

  test('name the same commands, options and variables', () => {
    // Examples and explanations may differ; what one has to type may not.
    const named = (text: string): string[] =>
      [...new Set(text.match(/"til [a-z-]+|--[a-z-]+|\b(?:SLACK|TIL)_[A-Z_]+\b/g))].sort();
    for (const { path, english, korean } of SAID.filter(({ path }) => !path.startsWith('help.')))
      expect([path, named(korean)]).toEqual([path, named(english)]);
  });
});

describe('in Korean', () => {
  test('no English sentence is left', () => {
    // Before the language is known, an answer that is none is told in both.
    const ours = SAID.filter(({ path }) => path !== 'init.wrong.locale');
    const left = ours.map(({ path, korean }) => [path, englishIn(korean)] as const).filter(([, words]) => words.length);
    expect(left).toEqual([]);
  });

  test('everything has Korean words, but what is a name or a mark', () => {
    const without = SAID.filter(({ korean }) => !/\p{Script=Hangul}/u.test(korean)).map(({ path }) => path);
    expect(without.map((path) => path.replace(/\(.*/, ''))).toEqual([
      'help.excuse.after',
      'help.extend.after',
      'errors.people.0',
      'doctor.is.unseen',
      'doctor.presses.first',
      'month.reason',
      'choice.week',
    ]);
  });

  test('nobody is told what members are not told either, and everybody is spoken to politely', () => {
    const all = SAID.map(({ korean }) => korean).join('\n');
    expect(all).not.toMatch(/실패|끊겼|0주|습니다|하십시오/);
  });
});

test('a finder of English finds it, and leaves what one types', () => {
  expect(englishIn('이 글은 not what you want 예요')).toEqual(['not what you want']);
  expect(englishIn('못 했어요: the disk is full')).toEqual(['the disk is full']);
  expect(englishIn('"til open-week"가 올려요. --month <month> https://a.b/c not_in_channel Signing Secret')).toEqual(
    [],
  );
});

describe('particles', () => {
  test.each([
    ['민서', '민서가', '민서를', '민서는'],
    ['민준', '민준이', '민준을', '민준은'],
    ['김민서 님', '김민서 님이', '김민서 님을', '김민서 님은'],
    ['2024-08', '2024-08이', '2024-08을', '2024-08은'],
    ['2024-W32', '2024-W32가', '2024-W32를', '2024-W32는'],
    ['2024-W30', '2024-W30이', '2024-W30을', '2024-W30은'],
    ['ID', 'ID가', 'ID를', 'ID는'],
    ['URL', 'URL이', 'URL을', 'URL은'],
    ['til open', 'til open이(가)', 'til open을(를)', 'til open은(는)'],
    [
      '댓글 (https://velog.io/@a/b)',
      '댓글 (https://velog.io/@a/b)이',
      '댓글 (https://velog.io/@a/b)을',
      '댓글 (https://velog.io/@a/b)은',
    ],
    [
      '"til close-month --month 2024-09"',
      '"til close-month --month 2024-09"가',
      '"til close-month --month 2024-09"를',
      '"til close-month --month 2024-09"는',
    ],
    ['', '이(가)', '을(를)', '은(는)'],
  ])('of %j', (word, subject, object, topic) => {
    expect([asSubject(word), asObject(word), asTopic(word)]).toEqual([subject, object, topic]);
  });

  test('are right after every Hangul syllable, however it is written down', () => {
    const syllable = fc.integer({ min: 0xac00, max: 0xd7a3 }).map((code) => String.fromCharCode(code));
    fc.assert(
      fc.property(fc.string(), syllable, (before, last) => {
        const hasFinal = last.normalize('NFD').length === 3;
        expect(asSubject(`${before}${last}`).at(-1)).toBe(hasFinal ? '이' : '가');
        expect(asObject(`${before}${last.normalize('NFD')}`).at(-1)).toBe(hasFinal ? '을' : '를');
      }),
    );
  });

  test('somebody who wrote 님 into their name is no 님님', () => {
    expect([asPerson('민서'), asPerson('민서님'), asPerson('민서 님')]).toEqual(['민서 님', '민서님', '민서 님']);
  });
});
