import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { EffectKind, EffectOf, PostView } from '../../src/handlers/effect.ts';
import { kinds } from '../../src/handlers/kinds.ts';
import { myState } from '../../src/handlers/my-state.ts';
import type { Reply } from '../../src/handlers/reply.ts';
import { problemsWith } from '../../src/sandbox/blocks.ts';
import { adminText, closeButton } from '../../src/slack/text/admin.ts';
import { plainBlocks, render } from '../../src/slack/text/render.ts';
import { replyText } from '../../src/slack/text/reply.ts';
import { MINSEO, WEEK } from '../support/events.ts';
import { challengeWith } from '../support/world.ts';

const nasty = fc.oneof(
  fc.constantFrom('<!channel>', '&'.repeat(400), '*'.repeat(400), '😀'.repeat(400), '가'.repeat(5000), 'a|b', ''),
  fc.string({ unit: 'binary', maxLength: 300 }),
);
const big = fc.oneof(fc.nat(3), fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }));
const command = fc.stringMatching(/^\/[a-z_-]{1,31}$/);
const locale = fc.constantFrom('ko' as const, 'en' as const);

const isTaken = (text: string, blocks: readonly object[]): void => {
  expect(text.length).toBeLessThanOrEqual(3900);
  expect(text.length).toBeGreaterThan(0);
  expect(problemsWith(blocks, 50, '')).toEqual([]);
  expect(JSON.stringify([text, blocks])).not.toMatch(/undefined|NaN|<!channel>/);
};

test('what a person is told of themselves is what Slack takes, whatever the numbers are', () => {
  fc.assert(
    fc.property(big, big, big, command, locale, (posts, run, weeksInMonth, name, language) => {
      const challenge = challengeWith({ locale: language });
      const state = {
        ...myState(challenge, MINSEO, '1722830400.000000', []),
        posts,
        run,
        weeksInMonth,
        openedAt: '1.0',
      };
      const replies: Reply[] = [
        { says: 'state', state, thread: `https://til.slack.com/archives/${'x'.repeat(300)}` },
        { says: 'help', unknown: true },
        { says: 'where', channels: Array.from({ length: 100 }, (_, number) => `C0TIL${number}`) },
      ];
      for (const reply of replies) {
        const text = replyText([reply], { challenge, command: name, isElsewhere: true });
        isTaken(text, plainBlocks(text));
      }
    }),
  );
});

test('what an admin is told is what Slack takes, whatever the reason, the numbers and the posts are', () => {
  fc.assert(
    fc.property(nasty, big, fc.nat(300), command, locale, (reason, count, posts, name, language) => {
      const challenge = challengeWith({ locale: language });
      const counting = { week: WEEK, late: true };
      const changes = [
        {
          month: '2024-08',
          posts: Array.from({ length: posts }, () => ({ ts: '1.0', author: MINSEO, before: null, after: counting })),
          challengers: { before: [], after: Array.from({ length: count % 500 }, () => MINSEO) },
        },
      ];
      const choice = { v: 1, kind: 'week.rested', channel: 'C', at: '1.0', week: WEEK, rest: true, reason } as const;
      const back = { verb: 'rest', words: [{ is: 'word', text: reason }] } as const;
      const queue = { jobs: count, seconds: count };
      for (const reply of [
        { says: 'chosen', choice, changes, back },
        { says: 'status', status: { queue, deadLetters: count, overdue: ['week.open', 'digest'] } },
        { says: 'sure?', month: '2024-08', isSilent: false },
      ] as never[]) {
        const text = adminText(reply, challenge, { command: name, isElsewhere: true });
        isTaken(text, plainBlocks(text));
        isTaken(text, closeButton({ says: 'sure?', month: '2024-08', isSilent: true }, challenge, { command: name }));
      }
    }),
    { numRuns: 50 },
  );
});

/** One effect of each kind, of somebody with a post of that title, with that number wherever there is one. */
const effects = (title: string, address: string, count: number): { [K in EffectKind]: EffectOf<K> } => {
  const common = { week: WEEK, due: '1722865849.000000', user: MINSEO };
  const post: PostView = {
    ts: '1722865849.000000',
    author: MINSEO,
    week: WEEK,
    title,
    url: `https://velog.io/${address}`,
  };
  const people = Array.from({ length: 300 }, (_, number) => `U${number}`);
  const rows = people.map((id) => ({ id, likes: count }));
  return {
    'week.open': {
      ...common,
      kind: 'week.open',
      id: 'week.open:1',
      opens: WEEK,
      lastWeek: { people: count, posts: count },
    },
    participation: {
      ...common,
      kind: 'participation',
      id: 'participation:1',
      post,
      praise: { for: 'week', weeks: count },
    },
    like: { ...common, kind: 'like', id: 'like:1', post, added: people, removed: count, total: count },
    hint: { ...common, kind: 'hint', id: 'hint:1', post, reason: { why: 'other-host', hosts: [title, address] } },
    'catch-up': { ...common, kind: 'catch-up', id: 'catch-up:1', date: '2024-08-05', posts: Array(200).fill(post) },
    digest: {
      ...common,
      kind: 'digest',
      id: 'digest:1',
      posts: Array(5).fill(post),
      count,
      people: count,
      together: count,
    },
    'month.result': {
      ...common,
      kind: 'month.result',
      id: 'month.result:1',
      month: '2024-08',
      challengers: rows,
      special: people,
      weeks: [WEEK],
      finishers: people,
      readers: people,
      together: { posts: count, before: count },
    },
    remind: { ...common, kind: 'remind', id: 'remind:1', why: 'wrote lately', wording: count, ends: 'today' },
    note: { ...common, kind: 'note', id: 'note:1', run: count, posts: count, longest: count },
    comeback: {
      ...common,
      kind: 'comeback',
      id: 'comeback:1',
      why: 'a month begins',
      posts: count,
      recent: [post, post, post],
    },
    firststep: { ...common, kind: 'firststep', id: 'firststep:1' },
    alarm: { ...common, kind: 'alarm', id: 'alarm:1', code: 'reinstall', subject: title, admin: MINSEO },
  };
};

test('what the bot says of its own accord is what Slack takes, whatever names, titles, addresses and numbers are', () => {
  const address = fc.webPath().map((path) => path.repeat(20).slice(0, 2000));
  fc.assert(
    fc.property(nasty, nasty, address, big, command, locale, (name, title, path, count, typed, language) => {
      const challenge = challengeWith({ locale: language, dashboardUrl: 'https://til.example.org' });
      const all = effects(title, path, count);
      expect(Object.keys(all).sort()).toEqual(Object.keys(kinds).sort());
      for (const effect of Object.values(all)) {
        const context = {
          challenge,
          nameOf: () => name,
          command: typed,
          address: 'https://til.slack.com/archives/C0/p1',
        };
        const { text, blocks } = render<EffectKind>(effect as never, 1, context);
        isTaken(text, blocks);
      }
    }),
    { numRuns: 30 },
  );
});
