import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { EffectOf } from '../../src/handlers/effect.ts';
import { wishesOf } from '../../src/handlers/wishes.ts';
import { problemsWith } from '../../src/sandbox/blocks.ts';
import { render } from '../../src/slack/text/render.ts';
import { CHANNEL, MINSEO, WEEK } from '../support/events.ts';
import { challengeWith } from '../support/world.ts';

const weekly = (fields: Partial<EffectOf<'week.open'>> = {}): EffectOf<'week.open'> => ({
  week: WEEK,
  due: '1722865849.000000',
  kind: 'week.open',
  id: `week.open:${WEEK}`,
  opens: WEEK,
  ...fields,
});

interface Pressed {
  action_id: string;
  text: { text: string };
  value: string;
}

const rendered = (effect: EffectOf<'week.open'>, config: Record<string, unknown>, command: string | undefined) =>
  render(effect, 1, { challenge: challengeWith(config), nameOf: () => undefined, command });

const buttonsOf = (effect: EffectOf<'week.open'>, locale: 'ko' | 'en'): Pressed[] =>
  (rendered(effect, { locale }, '/til').blocks.find(({ type }) => type === 'actions')?.elements ??
    []) as unknown as Pressed[];

const labels = (effect: EffectOf<'week.open'>, locale: 'ko' | 'en'): string[] =>
  buttonsOf(effect, locale).map(({ text }) => text.text);

describe('under a weekly post', () => {
  test('are buttons in the language of the challenge', () => {
    expect(labels(weekly(), 'ko')).toEqual(['✍️ 이번 주 쓸게요', '🌙 이번 주는 쉬어요', '내 기록']);
    expect(labels(weekly(), 'en')).toEqual(['✍️ I will write this week', '🌙 I rest this week', 'How I am doing']);
  });

  test('are those that do what they say, for that channel and week', () => {
    const buttons = buttonsOf(weekly({ opens: '2024-W33' }), 'ko');
    expect(buttons.map(({ value }) => value)).toEqual(Array(3).fill(`${CHANNEL}/2024-W33`));
    const wishes = wishesOf({
      kind: 'press',
      user: MINSEO,
      team: null,
      at: '1722865900.000000',
      channel: CHANNEL,
      container: 'message',
      actions: buttons.map(({ action_id: id, value }) => ({ id, value, at: '1722865900.000000' })),
    });
    expect(wishes.map(({ wish, channel }) => ({ ...wish, channel }))).toEqual([
      { wants: 'plan', plan: 'write', week: '2024-W33', channel: CHANNEL },
      { wants: 'plan', plan: 'rest', week: '2024-W33', channel: CHANNEL },
      { wants: 'state', channel: CHANNEL },
    ]);
  });

  test('of a week of rest is none to rest by: everybody does', () => {
    expect(labels(weekly({ rest: true }), 'ko')).toEqual(['✍️ 이번 주 쓸게요', '내 기록']);
    expect(labels(weekly({ rest: true }), 'en')).toHaveLength(2);
  });

  test('is nothing where nobody can press; all else is as it is with buttons', () => {
    const [without, with_] = [undefined, '/til'].map((command) => rendered(weekly(), {}, command));
    expect(without?.blocks.map(({ type }) => type)).toEqual(['section']);
    expect(with_?.blocks).toEqual([...(without?.blocks ?? []), { type: 'actions', elements: expect.any(Array) }]);
    expect({ ...with_, blocks: [] }).toEqual({ ...without, blocks: [] });
  });
});

test('a weekly post is one that Slack takes, whatever the challenge says in it', () => {
  const line = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 500 }),
    fc.constantFrom('&'.repeat(500), '😀'.repeat(250)),
  );
  const blog = fc.domain().filter((host) => !host.startsWith('*'));
  fc.assert(
    fc.property(
      fc.record({
        weekOpenLines: fc.array(line, { maxLength: 5 }),
        blogs: fc.array(blog, { minLength: 1, maxLength: 300 }),
        locale: fc.constantFrom('ko', 'en'),
        channel: fc.stringMatching(/^C[A-Z0-9]{8,31}$/),
      }),
      fc.nat(1e9),
      (config, count) => {
        const effect = weekly({ lastWeek: { people: count, posts: count } });
        const { blocks, text } = rendered(effect, config, '/til');
        expect(problemsWith(blocks, 50, '')).toEqual([]);
        expect(blocks.filter(({ type }) => type === 'actions')).toHaveLength(1);
        expect(text.length).toBeLessThanOrEqual(3900);
      },
    ),
    { numRuns: 100 },
  );
});
