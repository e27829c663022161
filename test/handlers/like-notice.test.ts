import { expect, test } from 'vitest';
import type { Effect } from '../../src/handlers/effect.ts';
import { likeNotice } from '../../src/handlers/like-notice.ts';
import { type EffectRecord, emptyLedger, type Register } from '../../src/projections/ledger.ts';
import type { Reply } from '../../src/projections/participation.ts';
import { CHANNEL, challengeWith } from '../support/world.ts';

const TS = '1722865849.468459';
const UNLIKED = '1722869999.000100';

test('a like of another skin tone that comes to light after the unlike, and is older, is told once', () => {
  const ledger = emptyLedger(CHANNEL, '2024-W32');
  const reply = (like: Register): Reply => ({
    ts: TS,
    author: 'U0MINSEO01',
    week: '2024-W32',
    writtenIn: '2024-W32',
    late: false,
    counted: true,
    links: [],
    likes: new Map([['U0SEOYEON1', like]]),
  });
  const owed = (like: Register): Effect | undefined =>
    likeNotice({ challenge: challengeWith(), ledger, ts: TS, reply: reply(like) } as never);
  const say = (like: Register): void => {
    const { id, says } = owed(like) ?? expect.unreachable('nothing is owed');
    const delivered = { attempt: 1, at: UNLIKED, to: 'D0MINSEO01', ts: '1722866001.000100' };
    ledger.effects[id] = { attempts: { 1: { at: UNLIKED, ...(says ? { says } : {}) } }, delivered } as EffectRecord;
  };
  say({ at: '1722866000.000100', live: true });
  say({ at: UNLIKED, live: false });
  expect(owed({ at: UNLIKED, live: false })).toBeUndefined();
  // The other skin tone, whose like is older than the unlike of the first: the person likes it again, at no later instant.
  say({ at: UNLIKED, live: true });
  expect(owed({ at: UNLIKED, live: true })).toBeUndefined();
});
