import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { EffectOf } from '../../src/handlers/effect.ts';
import { wishesOf } from '../../src/handlers/wishes.ts';
import type { PersonalKind } from '../../src/projections/month-rows.ts';
import { render } from '../../src/slack/text/render.ts';
import { CHANNEL, MINSEO, WEEK } from '../support/events.ts';
import { challengeWith } from '../support/world.ts';

const common = { week: WEEK, due: '1722865849.000000', user: MINSEO };
const remind = (fields: Partial<EffectOf<'remind'>> = {}): EffectOf<'remind'> => ({
  ...common,
  kind: 'remind',
  id: `remind:${MINSEO}`,
  why: 'wrote lately',
  wording: 0,
  ends: 'tomorrow',
  ...fields,
});
const note = (fields: Partial<EffectOf<'note'>> = {}): EffectOf<'note'> => ({
  ...common,
  kind: 'note',
  id: `note:${MINSEO}`,
  posts: 12,
  longest: 7,
  ...fields,
});
const comeback = (fields: Partial<EffectOf<'comeback'>> = {}): EffectOf<'comeback'> => ({
  ...common,
  kind: 'comeback',
  id: `comeback:${MINSEO}`,
  why: 'a month begins',
  posts: 12,
  recent: [1, 2, 3].map((number) => ({
    ts: `172286584${number}.000000`,
    author: MINSEO,
    week: WEEK,
    url: `https://velog.io/@x/${number}`,
    title: `글 ${number}`,
  })),
  ...fields,
});
const firststep: EffectOf<'firststep'> = { ...common, kind: 'firststep', id: `firststep:${MINSEO}` };

type Any = { [K in PersonalKind]: EffectOf<K> }[PersonalKind];
const ADDRESS = 'https://til.slack.com/archives/C0TILCHAN1/p1722817800000000';

const rendered = (effect: Any, locale: 'ko' | 'en', name = '민서', address: string | undefined = ADDRESS) =>
  render<PersonalKind>(effect as never, 1, {
    challenge: challengeWith({ locale }),
    nameOf: () => name || undefined,
    address,
  });
const both = (effect: Any, name?: string) => [rendered(effect, 'ko', name).text, rendered(effect, 'en', name).text];

interface Pressed {
  action_id: string;
  text: { text: string };
  value?: string;
  url?: string;
}
const buttonsOf = (effect: Any, locale: 'ko' | 'en'): Pressed[] =>
  (rendered(effect, locale).blocks.find(({ type }) => type === 'actions')?.elements ?? []) as unknown as Pressed[];

describe('a personal message says', () => {
  test.each([
    [
      'a reminder',
      remind(),
      '이번 주 글, 내일 자정까지예요. 짧은 글도 좋아요.',
      "This week's post: until tomorrow midnight. Short is fine.",
    ],
    [
      'one of the last day',
      remind({ ends: 'today' }),
      '이번 주 글, 오늘 자정까지예요. 짧은 글도 좋아요.',
      "This week's post: until midnight tonight. Short is fine.",
    ],
    [
      'one of a week that was extended',
      remind({ ends: 'later' }),
      '이번 주 글, 아직 올릴 수 있어요. 짧은 글도 좋아요.',
      "This week's post: there is still time. Short is fine.",
    ],
    [
      'a note about a run that goes on',
      note({ run: 7 }),
      '🌙 지난주는 쉬어 갔어요. 7주 기록은 그대로예요. 이번 주에 한 편이면 계속 이어져요.',
      '🌙 You took last week off. Your 7 weeks stand; one post this week and they go on.',
    ],
    [
      'one about a run of one week',
      note({ run: 1 }),
      '🌙 지난주는 쉬어 갔어요. 1주 기록은 그대로예요. 이번 주에 한 편이면 계속 이어져요.',
      '🌙 You took last week off. Your week stands; one post this week and it goes on.',
    ],
    [
      'one about what was written',
      note({ posts: 1 }),
      '🌙 지난주는 쉬어 갔어요. 지금까지 1편을 썼고, 가장 길게는 7주를 이었어요.',
      '🌙 You took last week off. So far you have written 1 post, and 7 weeks in your longest run.',
    ],
    [
      'a first step',
      firststep,
      '다들 민서 님이 읽어 주시는 걸 알아요. 이번 주에 세 문단짜리 글 하나, 어때요?',
      '민서, everybody knows that you read along. How about a post of three paragraphs this week?',
    ],
  ])('%s', (_, effect, ko, en) => {
    expect(both(effect)).toEqual([ko, en]);
  });

  test('four different things in turn', () => {
    for (const locale of ['ko', 'en'] as const) {
      const texts = [0, 1, 2, 3].map((wording) => rendered(remind({ wording }), locale).text);
      expect(new Set(texts).size).toBe(4);
    }
  });

  test('what somebody wrote, with links, when they are asked back', () => {
    const [ko = '', en = ''] = both(comeback());
    const rows = [1, 2, 3].map((number) => `• <https://velog.io/@x/${number}|글 ${number}>`);
    expect(ko.split('\n')).toEqual([
      '새 달이 시작됐어요. 그동안 쓰신 12편은 그대로 있어요. 이번 달은 모두 다시 1주차예요.',
      ...rows,
    ]);
    expect(en.split('\n')).toEqual([
      'A new month begins. What you wrote is still here: 12 posts. This month everybody starts again at week 1.',
      ...rows,
    ]);
    const [rested = ''] = both(comeback({ why: 'a week of rest is over', recent: [] }));
    expect(rested).toBe('쉬어 가는 주가 지났어요. 그동안 쓰신 12편은 그대로 있어요. 다시 시작하기 좋은 주예요.');
  });

  test('no id of somebody whose name is not known, and 님 once', () => {
    expect(both(firststep, '')[0]).toContain('다들 회원님이 읽어');
    expect(both(firststep, '')[1]).toMatch(/^Everybody knows/);
    expect(both(firststep, '민서 님')[0]).toContain('다들 민서 님이 읽어');
  });

  test('nothing that pings, and no more than Slack takes, whatever names and titles are', () => {
    const nasty = fc.oneof(fc.constantFrom('<!channel>', '<@U1>', 'a|b', '*x*', '님', '가'.repeat(5000)), fc.string());
    fc.assert(
      fc.property(nasty, nasty, fc.constantFrom('ko' as const, 'en' as const), (name, title, locale) => {
        const { recent } = comeback();
        for (const effect of [firststep, comeback({ recent: recent.map((post) => ({ ...post, title })) })]) {
          const message = rendered(effect, locale, name);
          expect(message.text).not.toMatch(/<[!@#]/);
          for (const { text } of message.blocks) expect(text?.text.length ?? 1).toBeLessThanOrEqual(3000);
        }
      }),
    );
  });
});

describe('under a personal message', () => {
  const press = (actions: Pressed[]) =>
    wishesOf({
      kind: 'press',
      user: MINSEO,
      at: '1722865900.000000',
      channel: 'D0MINSEO01',
      container: 'message',
      actions: actions.map(({ action_id: id, value }) => ({ id, value, at: '1722865900.000000' })),
    } as never).map(({ wish, channel }) => ({ ...wish, channel }));
  const plan = (value: string) => ({ wants: 'plan', plan: value, week: WEEK, channel: CHANNEL });
  const off = (key: string) => ({ wants: 'setting', key, value: 'off', channel: CHANNEL });

  test.each([
    [remind(), ['이번 주 글로 가기', '🌙 이번 주는 쉬어요', '알림 끄기'], [plan('rest'), off('remind')]],
    [note(), ['이번 주 글로 가기', '알림 끄기'], [off('notes')]],
    [comeback(), ['✍️ 이번 주 쓸게요', '당분간 쉴게요'], [plan('write'), off('notes')]],
    [firststep, ['쓸게요', '읽기만 할게요'], [plan('write'), off('notes')]],
  ])('are buttons that do what they say: $kind', (effect, labels, wishes) => {
    const buttons = buttonsOf(effect, 'ko');
    expect(buttons.map(({ text }) => text.text)).toEqual(labels);
    expect(press(buttons.filter(({ url }) => !url))).toEqual(wishes);
    expect(buttonsOf(effect, 'en')).toHaveLength(labels.length);
    expect(new Set(buttons.map(({ action_id }) => action_id)).size).toBe(buttons.length);
  });

  test('there is no button to where nobody knows the way', () => {
    const { blocks } = rendered(remind(), 'ko', '민서', '');
    expect(blocks.find(({ type }) => type === 'actions')?.elements).toHaveLength(2);
  });

  test('stands why it came, in both languages', () => {
    for (const effect of [remind(), remind({ why: 'planned to write' }), note(), comeback(), firststep]) {
      const because = (['ko', 'en'] as const).map((locale) => {
        const { elements = [] } = rendered(effect, locale).blocks.at(-1) ?? {};
        return (elements[0] as { text?: string } | undefined)?.text ?? '';
      });
      expect(because[0]).toMatch(/요\.$/);
      expect(because[1]).toMatch(/^(You get this|This comes).*\.$/);
    }
  });
});
