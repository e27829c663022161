import fc from 'fast-check';
import { expect, test } from 'vitest';
import { myState } from '../../src/handlers/my-state.ts';
import { problemsWith } from '../../src/sandbox/blocks.ts';
import { type HomePart, homeBlocks } from '../../src/slack/text/home.ts';
import { challengeWith } from '../support/world.ts';

/** Of so many challenges, with the longest texts that come of a post. */
const manyParts = (count: number): HomePart[] =>
  Array.from({ length: count }, (_, number) => {
    const challenge = challengeWith({ channel: `C0TIL${String(number).padStart(5, '0')}` });
    const state = myState(challenge, 'U0MINSEO01', '1722830400.000000', []);
    const title = '&'.repeat(1000);
    const one = { ts: '1722830400.000000', author: 'U0JIHO0001', title };
    return { challenge, state: { ...state, squares: ['none'] }, toLike: Array.from({ length: 5 }, () => one) };
  });

const post = fc.record({
  ts: fc.constant('1722830400.000000'),
  author: fc.constant('U0JIHO0001'),
  title: fc.option(
    fc.oneof(
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc.constantFrom('&'.repeat(300), '*'.repeat(300), '😀'.repeat(300)),
    ),
    { nil: undefined },
  ),
  address: fc.option(
    fc.webUrl().map((url) => url + 'a'.repeat(400)),
    { nil: undefined },
  ),
});

const part: fc.Arbitrary<HomePart> = fc
  .record({
    locale: fc.constantFrom('ko', 'en'),
    number: fc.nat(99),
    toLike: fc.array(post, { maxLength: 5 }),
    big: fc.integer({ min: 0, max: 1e9 }),
    onOff: fc.constantFrom('on', 'off'),
  })
  .map(({ locale, number, toLike, big, onOff }) => {
    const notify = { remind: onOff, note: onOff, comeback: onOff, firststep: onOff };
    const challenge = challengeWith({ channel: `C0TIL${String(number).padStart(5, '0')}`, locale, notify });
    const state = myState(challenge, 'U0MINSEO01', '1722830400.000000', []);
    return {
      challenge,
      toLike: toLike as HomePart['toLike'],
      state: { ...state, run: big, posts: big, squares: Array(13).fill('rest') },
    };
  });

test('App Home is one that Slack takes, in at most 40 blocks, for any names, numbers and challenges', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(part, { minLength: 1, maxLength: 60, selector: ({ challenge }) => challenge.channel }),
      (parts) => {
        const blocks = homeBlocks(parts);
        expect(blocks.length).toBeLessThanOrEqual(40);
        expect(problemsWith(blocks, 40, '')).toEqual([]);
        const last = blocks.at(-1) as { elements: { text: string }[] };
        expect(last.elements[0]?.text).toMatch(/이 화면은 나만 봐요|Only you see this/);
        expect(JSON.stringify(blocks)).not.toContain('undefined');
      },
    ),
    { numRuns: 50 },
  );
});

test('what a challenge sends to nobody cannot be chosen', () => {
  const actions = (notify: object) => {
    const challenge = challengeWith({ notify });
    const state = myState(challenge, 'U0MINSEO01', '1722830400.000000', []);
    return homeBlocks([{ challenge, state, toLike: [] }]).flatMap((block) =>
      block.type === 'section' && block.accessory ? [block.accessory.action_id] : [],
    );
  };
  expect(actions({})).toEqual(['set.remind', 'set.likes', 'set.notes']);
  expect(actions({ remind: 'off', note: 'off' })).toEqual(['set.likes', 'set.notes']);
  expect(actions({ note: 'off', comeback: 'off', firststep: 'off' })).toEqual(['set.remind', 'set.likes']);
});

test('of sixty challenges, the first are shown whole, the others in one block each, as far as there is room', () => {
  const blocks = homeBlocks(manyParts(60));
  expect(blocks).toHaveLength(40);
  expect(problemsWith(blocks, 40, '')).toEqual([]);
  expect(blocks.filter(({ type }) => type === 'divider')).toHaveLength(3);
  expect(homeBlocks(manyParts(1))).toHaveLength(7);
});
