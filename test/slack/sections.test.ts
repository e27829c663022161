import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { EffectOf } from '../../src/handlers/effect.ts';
import { render } from '../../src/slack/text/render.ts';
import { sectionsOf } from '../../src/slack/text/sections.ts';
import { challengeWith } from '../support/world.ts';

const more = (count: number): string => `and ${count} more`;

const resultOf = (people: number): EffectOf<'month.result'> => ({
  kind: 'month.result',
  id: 'month.result:2024-08',
  week: '2024-W35',
  due: '1725236400.000000',
  month: '2024-08',
  challengers: Array.from({ length: people }, (_, number) => ({ id: `U${number}`, likes: people - number })),
  special: ['U0'],
  weeks: ['2024-W32'],
});

const told = (people: number, fields: Record<string, unknown> = {}) =>
  render(resultOf(people), 1, { challenge: challengeWith(fields), nameOf: (user) => `챌린저 ${user.slice(1)}번` });

const texts = ({ blocks }: ReturnType<typeof render>): string[] => blocks.map(({ text }) => text?.text ?? '');

describe("a month's result", () => {
  test('of 200 challengers is told whole, in sections that Slack takes', () => {
    const message = told(200);
    const rows = texts(message)
      .flatMap((text) => text.split('\n'))
      .filter((line) => line.startsWith('챌린저 '));
    expect(new Set(rows).size).toBe(200);
    expect(message.blocks.length).toBeGreaterThan(1);
    for (const text of texts(message)) expect(text.length).toBeLessThanOrEqual(3000);
    expect(message.text.length).toBeLessThanOrEqual(3900);
    expect(texts(message).at(-1)).toMatch(/다들 고생하셨습니다 👏$/);
  });

  test('of more challengers than one message holds says how many more there are, and where', () => {
    const message = told(4000, { dashboardUrl: 'https://til.example.org' });
    const lines = texts(message).flatMap((text) => text.split('\n'));
    const left = lines.find((line) => line.startsWith('외 '));
    expect(left).toMatch(/^외 \d+명 · 전체 보기: https:\/\/til\.example\.org$/);
    const shown = lines.filter((line) => line.startsWith('챌린저 ')).length - 1; // The special one stands there twice.
    expect(shown + Number(/\d+/.exec(left ?? '')?.[0])).toBe(4000);
    expect(lines.at(-1)).toBe('다들 고생하셨습니다 👏');
    expect(texts(told(4000, { locale: 'en' })).join('\n')).toMatch(/^and \d+ more$/m);
  });
});

test('whatever is said fits into a message; nothing is lost but rows, and these are counted', () => {
  const line = fc.oneof(fc.string({ maxLength: 40 }), fc.string({ minLength: 2990, maxLength: 7000 }));
  const said = fc.tuple(line, fc.array(fc.string({ minLength: 1, maxLength: 200 }), { maxLength: 300 }));
  fc.assert(
    fc.property(said, ([first, rows]) => {
      const sections = sectionsOf([first, { rows }, 'the end'], more);
      expect(sections.length).toBeLessThanOrEqual(50);
      for (const section of sections) expect(section.length).toBeLessThanOrEqual(3000);
      expect(sections.every((section) => section !== '')).toBe(true);
      expect(sections.join('').length).toBeLessThanOrEqual(10_000);
      expect(sections.at(-1)?.endsWith('the end')).toBe(true);
      const missing = Number(/^and (\d+) more$/m.exec(sections.join('\n'))?.[1] ?? 0);
      const shown = sectionsOf([first, { rows: rows.slice(0, rows.length - missing) }, 'the end'], more);
      if (missing === 0) expect(shown).toEqual(sections);
    }),
    { numRuns: 60 },
  );
});

test('the lines of a weekly post that are too many for one message are an error, not cut', () => {
  expect(() => challengeWith({ weekOpenLines: Array.from({ length: 7 }, () => '가'.repeat(490)) })).toThrow(
    /weekOpenLines: expected at most 3000 characters in all/,
  );
  const lines = Array.from({ length: 6 }, () => '가'.repeat(490));
  const effect = { kind: 'week.open', id: 'week.open:2024-W32', week: '2024-W32', due: '1722817800.000000' } as const;
  const challenge = challengeWith({ weekOpenLines: lines });
  const message = render({ ...effect, opens: '2024-W32' }, 1, { challenge, nameOf: () => undefined });
  for (const each of lines) expect(texts(message).join('\n')).toContain(each);
  expect(message.text).toContain('[TIL 8월 1주차]');
});
