import { expect, test } from 'vitest';
import { redact } from '../../src/admin/redact.ts';
import type { EventOf } from '../../src/events/catalog.ts';
import { CHANNEL } from '../support/world.ts';

const USER = 'U0MINSEO01';
const PSEUDONYM = 'U0FORGOT01';
const TS = '1722865849.468459';
const person = {
  user: USER,
  pseudonym: PSEUDONYM,
  names: new Set(['민서 님']),
  messages: new Set([TS]),
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
    at: TS,
    week: '2024-W32',
    effect: `like:${TS}:0`,
    attempt: 1,
    says: { about: TS, covers: { [USER]: { at: TS, live: true } }, names: [USER] },
  };
  expect(redact(event, person)).toMatchObject({
    says: { covers: { [PSEUDONYM]: { at: TS, live: true } }, names: [PSEUDONYM] },
  });
});
