import { expect, test } from 'vitest';
import { findTraces } from '../../src/admin/forget.ts';
import { redact } from '../../src/admin/redact.ts';
import type { Event, EventOf } from '../../src/events/catalog.ts';
import { CHANNEL, createWorld } from '../support/world.ts';

const MINSEO = 'U0MINSEO01';
const THREAD = '1722817810.000100';
const posted = (ts: string, author: { user?: string; bot?: string }, links: string[], text = ''): Event => ({
  v: 1,
  kind: 'message.posted',
  channel: CHANNEL,
  at: ts,
  ts,
  author,
  text,
  links,
  ...(ts === THREAD ? {} : { thread: THREAD }),
});

test('without a person, what they posted twice still counts once, and what was no post is still none', async () => {
  const links = [
    ['https://velog.io/@minseo/1', 'https://velog.io/'],
    ['http://www.velog.io/@minseo/1/'],
    ['https://velog.io/@minseo/2'],
    ['https://velog.io/write?id=1'],
  ];
  const replies = links.map((all, position) => posted(`172286580${position}.000100`, { user: MINSEO }, all));
  const events = [posted(THREAD, { bot: 'B0TILBOT01' }, [], '[TIL 8월 1주차]'), ...replies];
  const before = createWorld();
  await before.append(...events);
  const { person } = await findTraces(before.challenge, MINSEO, before.log);
  const after = createWorld();
  await after.append(...events.map((event) => redact(event, { ...person, pseudonym: 'U0GONE0001' })));
  const [posts, without] = await Promise.all(
    [before, after].map(async (world) => (await world.week('2024-W32'))?.posts),
  );
  expect(posts?.map(({ ts }) => ts)).toEqual(['1722865800.000100', '1722865802.000100']);
  expect(without?.map(({ ts, author, links }) => [ts, author, links])).toEqual(
    posts?.map(({ ts }) => [ts, 'U0GONE0001', []]),
  );
});

const USER = 'U0MINSEO01';
const PSEUDONYM = 'U0FORGOT01';
const AT = '1722865849.468459';
const person = {
  user: USER,
  pseudonym: PSEUDONYM,
  names: new Set(['민서 님']),
  messages: new Set([AT]),
  posted: new Map<string, string>(),
  blogs: ['velog.io'],
};

test('a catch-up keeps no words about somebody who is forgotten, not even where it did not know the name', () => {
  const event: EventOf<'message.posted'> = {
    v: 1,
    kind: 'message.posted',
    channel: CHANNEL,
    at: '1722900000.000100',
    ts: '1722900000.000100',
    author: { bot: 'B0TILBOT01' },
    text: '자리를 비운 사이 한 멤버가 글을 올렸어요\n• 한 멤버 · <https://velog.io/@minseo/secret|비밀>',
    links: ['https://velog.io/@minseo/secret'],
    metadata: { type: 'til_effect', week: '2024-W32', effect: 'catch-up:2024-08-06', attempt: 1 },
  };
  expect(redact(event, person)).toMatchObject({ text: '', links: [] });
});

test('whom a like notice names is a pseudonym afterwards', () => {
  const event: EventOf<'effect.attempted'> = {
    v: 1,
    kind: 'effect.attempted',
    channel: CHANNEL,
    at: AT,
    week: '2024-W32',
    effect: `like:${AT}:0`,
    attempt: 1,
    says: { about: AT, covers: { [USER]: { at: AT, live: true } }, names: [USER] },
  };
  expect(redact(event, person)).toMatchObject({
    says: { covers: { [PSEUDONYM]: { at: AT, live: true } }, names: [PSEUDONYM] },
  });
});

test('where somebody lives is forgotten with their name', () => {
  const seen = { v: 1, kind: 'profile.seen', channel: CHANNEL, at: AT, name: '민서 님', tz: 'Europe/London' } as const;
  expect(redact({ ...seen, user: USER }, person)).not.toHaveProperty('tz');
  expect(redact({ ...seen, user: 'U0JIHO0001' }, person)).toHaveProperty('tz', 'Europe/London');
});

test('what people chose stays, without them: who chose it, and what was noted about their post', () => {
  const base = { v: 1, channel: CHANNEL, at: AT } as const;
  const ts = '1722865849.000100';
  const choices: Event[] = [
    { ...base, kind: 'week.rested', week: '2024-W32', rest: true, reason: '추석', by: USER },
    { ...base, kind: 'week.excused', week: '2024-W32', user: USER, excused: true, by: 'U0ADMIN001' },
    { ...base, kind: 'post.ruled', ts, verdict: 'accept', note: '민서 님이 부탁', by: USER },
    { ...base, kind: 'member.set', user: USER, key: 'notes', value: 'off' },
  ];
  const without = choices.map((event) => redact(event, { ...person, messages: new Set([ts]) }));
  expect(JSON.stringify(without)).not.toContain(USER);
  expect(without).toMatchObject([
    { rest: true, reason: '추석', by: PSEUDONYM },
    { user: PSEUDONYM, excused: true, by: 'U0ADMIN001' },
    { verdict: 'accept', by: PSEUDONYM },
    { user: PSEUDONYM, key: 'notes', value: 'off' },
  ]);
  expect(without[2]).not.toHaveProperty('note');
});
