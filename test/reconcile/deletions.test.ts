import { describe, expect, test } from 'vitest';
import { type Ts, tsAt } from '../../src/events/timestamp.ts';
import { reconcile } from '../../src/reconcile/reconcile.ts';
import type { ReconcileOptions } from '../../src/reconcile/run.ts';
import type { HistoryMessage, Reader } from '../../src/slack/reader.ts';
import { openLog } from '../../src/store/log.ts';
import { memoryBucket } from '../../src/store/memory.ts';
import { at, MINSEO, post } from '../support/events.ts';
import { challengeOf } from '../support/given.ts';

const challenge = challengeOf();
const NOW = Date.parse('2024-08-09T12:00:00+09:00');
const FIRST = Number(at('2024-08-05 10:00').split('.')[0]);

/** So many messages, a minute apart, oldest first. */
const messages = (count: number): Ts[] =>
  Array.from({ length: count }, (_, index) => tsAt((FIRST + index * 60) * 1000));

const shownAs = (ts: Ts): HistoryMessage => ({ ts, user: MINSEO, text: '', type: 'message' });

/** A log that knows of some messages, compared with a Slack that shows some of them. */
const compare = async (known: readonly Ts[], shown: readonly Ts[], options: Partial<ReconcileOptions> = {}) => {
  const log = memoryBucket();
  for (const ts of known) await openLog(log, challenge).append(post(ts));
  const reader: Reader = {
    whoAmI: async () => ({ user: 'U0TILBOT01', scopes: [] }),
    channel: async () => ({ member: true, archived: false }),
    history: async function* () {
      yield shown.map(shownAs);
    },
    thread: async () => undefined,
    reactions: async () => [],
    members: async () => [MINSEO],
    profile: async () => undefined,
  };
  const ports = {
    log,
    state: memoryBucket(),
    reader,
    clock: { now: () => NOW, elapsed: () => NOW, sleep: async () => {} },
  };
  const { found, doubtful } = await reconcile(challenge, ports, { since: NOW / 1000, ...options });
  const deleted = found.flatMap((event) => (event.kind === 'message.deleted' ? [event.ts] : []));
  return { deleted, doubtful };
};

/** Slack shows the oldest, so that what is newer is not merely hidden by age. */
const withoutNewest = (known: readonly Ts[], gone: number) => known.slice(0, known.length - gone);

describe('messages that Slack shows no more are', () => {
  test('deleted when they are a quarter of the month, or less', async () => {
    const known = messages(16);
    expect(await compare(known, withoutNewest(known, 4))).toEqual({ deleted: known.slice(12), doubtful: [] });
  });

  test('doubtful, and not deleted, when they are more than a quarter of the month', async () => {
    const known = messages(15);
    const doubtful = [{ month: '2024-08', messages: known.slice(11) }];
    expect(await compare(known, withoutNewest(known, 4))).toEqual({ deleted: [], doubtful });
  });

  test('deleted when they are up to three, whatever part of the month that is', async () => {
    const known = messages(4);
    expect(await compare(known, withoutNewest(known, 3))).toEqual({ deleted: known.slice(1), doubtful: [] });
  });

  test('deleted, however many, when an admin says so', async () => {
    const known = messages(15);
    const believed = await compare(known, withoutNewest(known, 10), { yes: true });
    expect(believed).toEqual({ deleted: known.slice(5), doubtful: [] });
  });

  test('neither, when they are older than all that Slack shows', async () => {
    const known = messages(8);
    expect(await compare(known, known.slice(5))).toEqual({ deleted: [], doubtful: [] });
  });
});
