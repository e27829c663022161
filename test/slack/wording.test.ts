import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { EffectKind, EffectOf, PostView } from '../../src/handlers/effect.ts';
import { en } from '../../src/slack/text/en.ts';
import { ko } from '../../src/slack/text/ko.ts';
import { render } from '../../src/slack/text/render.ts';
import { challengeWith } from '../support/world.ts';

const WEEK = '2024-W32';
const common = { week: WEEK, due: '1722865849.000000' };
const DASHBOARD = 'https://til.example.org';

type Names = Record<string, string>;

const said = <K extends EffectKind>(
  effect: EffectOf<K>,
  fields: Record<string, unknown> = {},
  names: Names = {},
): string => render(effect, 1, { challenge: challengeWith(fields), nameOf: (user) => names[user] }).text;

/** In both languages. */
const both = <K extends EffectKind>(effect: EffectOf<K>, names: Names = {}, fields: Record<string, unknown> = {}) => ({
  ko: said(effect, { ...fields, locale: 'ko' }, names),
  en: said(effect, { ...fields, locale: 'en' }, names),
});

const post = (number: number, fields: Partial<PostView> = {}): PostView => ({
  ts: `17228658${String(number).padStart(2, '0')}.000000`,
  author: `U${number}`,
  week: WEEK,
  url: `https://velog.io/@x/${number}`,
  title: `글 ${number}`,
  ...fields,
});

const digest = (count: number, fields: Partial<EffectOf<'digest'>> = {}): EffectOf<'digest'> => ({
  ...common,
  kind: 'digest',
  id: `digest:${WEEK}`,
  posts: Array.from({ length: Math.min(count, 5) }, (_, number) => post(number)),
  count,
  people: Math.min(count, 6),
  together: 27,
  ...fields,
});

const five = Object.fromEntries(Array.from({ length: 5 }, (_, number) => [`U${number}`, `이름${number}`]));
const rowsOf = (count: number, suffix: string): string[] =>
  Array.from(
    { length: count },
    (_, number) => `• 이름${number}${suffix} · <https://velog.io/@x/${number}|글 ${number}>`,
  );

describe("a week's digest says", () => {
  test('the posts, what is left out, who wrote, and what the month has', () => {
    const { ko, en } = both(digest(7), five, { dashboardUrl: DASHBOARD });
    expect(ko.split('\n')).toEqual([
      '*이번 주 글 7편, 아직 덜 읽힌 글부터*',
      ...rowsOf(5, ' 님'),
      `나머지는 <${DASHBOARD}/|대시보드>`,
      '이번 주 6명이 썼어요. 이번 달 함께 27편.',
    ]);
    expect(en.split('\n')).toEqual([
      '*7 posts this week, the least read first*',
      ...rowsOf(5, ''),
      `The rest: <${DASHBOARD}/|dashboard>`,
      '6 people wrote this week. Together this month: 27 posts.',
    ]);
  });

  test('of many posts, where the others are, though there is no page', () => {
    const { ko, en } = both(digest(200), five);
    expect(ko).toContain('*이번 주 글 200편');
    expect(ko).toContain('나머지 195편은 이번 주 글의 댓글에 있어요.');
    expect(en).toContain("The other 195 are in the thread of this week's post.");
  });

  test.each([1, 2, 3])('of %i, all, and nothing of others', (count) => {
    const { ko, en } = both(digest(count), five, { dashboardUrl: DASHBOARD });
    expect(ko.split('\n').slice(1, -1)).toEqual(rowsOf(count, ' 님'));
    expect(en.split('\n').slice(1, -1)).toEqual(rowsOf(count, ''));
    expect(en.split('\n')[0]).toBe(`*${count} post${count === 1 ? '' : 's'} this week, the least read first*`);
  });

  test('that nothing is left of it', () => {
    const nothing = digest(0, { people: 0, together: 0 });
    expect(both(nothing)).toEqual({
      ko: '여기 있던 글은 이제 없어요.',
      en: 'What was listed here is not there any more.',
    });
  });

  test('who wrote without a title, or is not known, all the same', () => {
    const bare = digest(1, { posts: [{ ts: common.due, author: 'U0', week: WEEK, url: 'https://velog.io/@x/0' }] });
    expect(said(bare)).toContain('• 한 멤버 · <https://velog.io/@x/0|https://velog.io/@x/0>');
  });

  test('neither ranks nor likes, and pings nobody, whatever names and titles are', () => {
    const nasty = fc.oneof(
      fc.constantFrom(
        '<!channel>',
        '<@U0MINSEO01>',
        '@here',
        '*bold*',
        '<http://x|y>',
        'a|b',
        '&lt;!here&gt;',
        '\u202e',
        '',
      ),
      fc.string({ maxLength: 200 }),
    );
    fc.assert(
      fc.property(nasty, nasty, nasty, (name, title, address) => {
        const hostile = digest(1, {
          posts: [post(0, { title, url: `https://velog.io/${encodeURI(address.toWellFormed())}` })],
        });
        for (const text of Object.values(both(hostile, { U0: name }))) {
          expect(text).not.toMatch(/<[!@#]/);
          expect(text).not.toContain('👍');
          expect(text.split('\n')).toHaveLength(3);
        }
      }),
    );
  });

  test('what one message holds, however long addresses are', () => {
    const url = `https://velog.io/${'a'.repeat(2900)}`;
    const long = digest(5, {
      posts: Array.from({ length: 5 }, (_, number) => post(number, { url, title: '가'.repeat(150) })),
    });
    const { blocks } = render(long, 1, {
      challenge: challengeWith({ dashboardUrl: DASHBOARD }),
      nameOf: () => undefined,
    });
    const texts = blocks.map(({ text }) => text?.text ?? '');
    expect(texts.join('').length).toBeLessThanOrEqual(10_000);
    expect(texts.join('\n')).toContain('이번 주 5명이 썼어요.');
  });
});

describe('the weekly post says', () => {
  const weekly = (fields: Partial<EffectOf<'week.open'>> = {}): EffectOf<'week.open'> => ({
    ...common,
    kind: 'week.open',
    id: `week.open:${WEEK}`,
    opens: WEEK,
    ...fields,
  });
  const second = (effect: EffectOf<'week.open'>) => {
    const texts = both(effect);
    return { ko: texts.ko.split('\n')[1], en: texts.en.split('\n')[1] };
  };

  test('how many wrote last week, under its title', () => {
    expect(second(weekly({ lastWeek: { people: 7, posts: 7 } }))).toEqual({
      ko: '지난주 7명이 7편을 썼어요 👏',
      en: '7 people wrote 7 posts last week 👏',
    });
    expect(second(weekly({ lastWeek: { people: 1, posts: 1 } })).en).toBe('1 person wrote 1 post last week 👏');
  });

  test('that the week is one of rest', () => {
    expect(second(weekly({ rest: true }))).toEqual({
      ko: '🌕 이번 주는 쉬어 가는 주예요. 안 올려도 기록이 이어지고, 올리면 덤이에요.',
      en: '🌕 A week of rest: nothing breaks if you skip it, and what you write is a bonus.',
    });
  });

  test('as ever when there is neither', () => {
    expect(second(weekly()).ko).toMatch(/^:white_check_mark:/);
    expect(render(weekly({ rest: true }), 1, { challenge: challengeWith(), nameOf: () => undefined }).metadata).toEqual(
      {
        event_type: 'til_week_open',
        event_payload: { effect: `week.open:${WEEK}`, attempt: 1, week: WEEK },
      },
    );
  });
});

describe('an announcement says', () => {
  const announcement = (fields: Partial<EffectOf<'participation'>>): EffectOf<'participation'> => ({
    ...common,
    kind: 'participation',
    id: 'participation:1722865849.000000:0',
    post: post(0),
    ...fields,
  });
  const names = { U0: '민서' };

  test.each([
    [
      { for: 'first', weeks: 1 },
      '🎉 민서 님의 첫 글이에요! 첫 독자가 되어 주세요.',
      '🎉 The first post of 민서! Be its first reader.',
    ],
    [{ for: 'week', weeks: 10 }, '10번째 주예요 🎉', 'That makes 10 weeks 🎉'],
    [{ for: 'run', weeks: 8 }, '8주째, 가장 긴 기록이에요!', '8 weeks in a run, the longest so far!'],
  ] as const)('%j between who took part and the title', (praise, korean, english) => {
    const { ko, en } = both(announcement({ praise }), names);
    expect(ko.split('\n')).toEqual([
      '민서 님이 TIL 8월 1주차 챌린지에 참여하였습니다 🔥🔥',
      korean,
      '<https://velog.io/@x/0|글 0>',
    ]);
    expect(en.split('\n')[1]).toBe(english);
    expect(both(announcement({}), names).ko.split('\n')).toHaveLength(2);
  });

  test('of a first post by somebody whose name is not known, something all the same', () => {
    const { ko, en } = both(announcement({ praise: { for: 'first', weeks: 1 } }));
    expect(ko).toContain('🎉 한 멤버의 첫 글이에요!');
    expect(en).toContain('🎉 The first post of a member!');
  });

  test('when it is withdrawn, no praise, and what became of the post, unless an admin decided so', () => {
    const praise = { for: 'first', weeks: 1 } as const;
    expect(both(announcement({ retracted: true, praise }), names)).toEqual({
      ko: '(취소됨) 민서 님의 TIL 8월 1주차 글이 지워졌거나 링크가 빠졌습니다.',
      en: expect.stringMatching(/^\(withdrawn\) 민서's post for .* was deleted, or its link was taken out\.$/),
    });
    expect(both(announcement({ retracted: true, rejected: true, praise }), names)).toEqual({
      ko: '(취소됨) 민서 님의 TIL 8월 1주차 참여 알림을 거두었어요.',
      en: expect.stringMatching(/^\(withdrawn\) The note on 민서's post for .* was taken back\.$/),
    });
  });
});

describe("a month's result says", () => {
  const result = (fields: Partial<EffectOf<'month.result'>>): EffectOf<'month.result'> => ({
    ...common,
    kind: 'month.result',
    id: 'month.result:2024-09',
    month: '2024-09',
    challengers: [{ id: 'U1', likes: 3 }],
    special: ['U1'],
    weeks: [WEEK],
    ...fields,
  });
  const names = { U1: '민서', U2: '지호', U3: '서연', U4: '가람' };

  test('who missed just a week, who read, and what all have written', () => {
    const all = result({ finishers: ['U2', 'U3'], readers: ['U2', 'U4'], together: { posts: 41, before: 40 } });
    const { ko, en } = both(all, names);
    expect(ko).toBe(
      '*&lt; 9월 스페셜 챌린저 &gt;*\n민서 님 👍 3\n\n*&lt; 9월 챌린저 &gt;*\n민서 님 👍 3\n\n' +
        '*&lt; 9월, 쉬어 가며 함께한 분 &gt;*\n지호 님\n서연 님\n\n*이달의 독자*\n가람 님\n지호 님\n\n' +
        '함께 41편, 지난달보다 많아요 🎉\n\n다들 고생하셨습니다 👏',
    );
    expect(en).toContain('*&lt; With us all through September, with a week off &gt;*\n지호\n서연\n\n');
    expect(en).toContain('*Readers of the month*\n가람\n지호\n\n41 posts together, more than last month 🎉\n\n');
  });

  test('of fewer posts than the month before, or of no month before, only how many', () => {
    expect(both(result({ together: { posts: 39, before: 40 } }), names).ko).toMatch(/\n함께 39편\n/);
    expect(both(result({ together: { posts: 1 } }), names).en).toMatch(/\n1 post together\n/);
    expect(both(result({ together: { posts: 40, before: 40 } }), names)).toEqual({
      ko: expect.stringMatching(/\n함께 40편, 지난달만큼 많아요 🎉\n/),
      en: expect.stringMatching(/\n40 posts together, as many as last month 🎉\n/),
    });
  });

  test('as before what there was before', () => {
    const before =
      '*&lt; 9월 스페셜 챌린저 &gt;*\n민서 님 👍 3\n\n*&lt; 9월 챌린저 &gt;*\n민서 님 👍 3\n\n다들 고생하셨습니다 👏';
    expect(both(result({}), names).ko).toBe(before);
    expect(both(result({ finishers: [], readers: [] }), names).ko).toBe(before);
  });

  test('all of it when nobody is a challenger', () => {
    const none = result({ challengers: [], special: [], finishers: ['U2'], readers: ['U4'], together: { posts: 5 } });
    expect(both(none, names).ko).toBe(
      '9월에는 모든 주에 참여한 분이 없었어요. 이번 달에는 함께 끝까지 가 봐요! 💪\n\n' +
        '*&lt; 9월, 쉬어 가며 함께한 분 &gt;*\n지호 님\n\n*이달의 독자*\n가람 님\n\n함께 5편',
    );
    expect(both(result({ challengers: [], special: [] })).ko).toBe(
      '9월에는 모든 주에 참여한 분이 없었어요. 이번 달에는 함께 끝까지 가 봐요! 💪',
    );
  });

  test('how many it leaves out when there are more than a message holds', () => {
    const many = Array.from({ length: 4000 }, (_, number) => `U${number}`);
    const long = Object.fromEntries(many.map((user) => [user, `${user} 라는 이름`]));
    const challenge = challengeWith();
    const { blocks } = render(result({ finishers: many, readers: many }), 1, {
      challenge,
      nameOf: (user) => long[user],
    });
    const text = blocks.map((block) => block.text?.text).join('\n');
    expect(text.length).toBeLessThanOrEqual(10_000);
    expect(text.match(/^외 \d+명/gm)).toHaveLength(2);
    expect(text).toContain('*이달의 독자*');
  });
});

const TEXTS = new URL('../../src/slack/text/', import.meta.url);

/** Nobody is told that something of theirs is over, and nobody is counted as nothing. */
const HARSH = /실패|끊겼|(^|\D)0주|\b(failed|broken|lost)\b/i;

/** What an admin is told about the machine may be said plainly: nobody's writing is meant. */
const withoutAlarms = (source: string): string => source.replace(/^ {2}alarm: \([\s\S]*?,\n(?= {2}\w)/m, '');

describe('what members read', () => {
  test.each(readdirSync(TEXTS))('has no harsh word: %s', (file) => {
    const source = readFileSync(new URL(file, TEXTS), 'utf8');
    const found = withoutAlarms(source)
      .split('\n')
      .filter((line) => HARSH.test(line));
    expect(found).toEqual([]);
  });

  test('would be seen to have one', () => {
    for (const text of [
      '기록이 끊겼어요',
      '연속 0주',
      '0주째',
      '이번 주는 실패',
      'Your run is broken.',
      'it lost its link',
      'You failed',
    ])
      expect(text).toMatch(HARSH);
    for (const text of ['10주째', '20주', '지난주', 'nothing breaks', 'lostandfound']) expect(text).not.toMatch(HARSH);
    expect(withoutAlarms("  noLikes: 'x',\n  alarm: (code) =>\n    'failed',\n  seeDashboard: 'y',\n")).toBe(
      "  noLikes: 'x',\n  seeDashboard: 'y',\n",
    );
  });

  test('is there in both languages', () => {
    expect(Object.keys(ko).sort()).toEqual(Object.keys(en).sort());
  });
});
