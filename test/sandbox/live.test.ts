import { describe, expect, test } from 'vitest';
import { actOnce, startLive } from '../../src/sandbox/live.ts';
import { botToken, channel, jiho, minseo, workspaceInTime } from './small-workspace.ts';

/** Numbers from 0 to 1 that a seed determines (mulberry32). */
const seeded = (seed: number) => (): number => {
  seed = (seed + 0x6d2b79f5) | 0;
  let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
};

const withWeek = () => {
  const { workspace, pass } = workspaceInTime();
  const { body } = workspace.call('chat.postMessage', botToken, { channel, text: '*[TIL 8월 1주차]*' });
  return { workspace, pass, thread: String(body['ts']) };
};

describe('made-up members', () => {
  test('do nothing while there is no weekly post', () => {
    const { workspace } = workspaceInTime();
    workspace.post({ user: minseo, channel, text: '[TIL 8월 1주차]' });
    expect(actOnce(workspace, { channel, random: seeded(1) })).toBeUndefined();
    expect(workspace.messages(channel)).toHaveLength(1);
  });

  test('write once each in the thread of the latest weekly post, forget and add links, like others and change their minds', () => {
    const { workspace, pass, thread } = withWeek();
    const random = seeded(11);
    const deeds = new Set<string | undefined>();
    for (let number = 0; number < 200; number += 1) {
      deeds.add(actOnce(workspace, { channel, random }));
      pass(5_000);
    }
    expect(deeds).toEqual(new Set(['mend', 'write', 'like', 'unlike', undefined]));
    const replies = workspace.messages(channel).filter(({ ts }) => ts !== thread);
    expect(replies.every((reply) => reply.thread_ts === thread)).toBe(true);
    expect(replies.map(({ user }) => user).sort()).toEqual(['U0ADMIN001', jiho, minseo]);
    const selfLikes = replies.filter(({ user = '', reactions }) =>
      reactions?.some(({ users }) => users.includes(user)),
    );
    expect(selfLikes).toEqual([]);
  });

  test('the same seed acts the same', () => {
    const run = (): string => {
      const { workspace } = withWeek();
      const random = seeded(11);
      for (let number = 0; number < 40; number += 1) actOnce(workspace, { channel, random });
      return JSON.stringify(workspace.messages(channel));
    };
    expect(run()).toBe(run());
  });

  test('only those act who were named', () => {
    const { workspace, thread } = withWeek();
    const random = seeded(11);
    for (let number = 0; number < 30; number += 1) actOnce(workspace, { channel, random, members: [minseo] });
    const authors = workspace
      .messages(channel)
      .filter(({ ts }) => ts !== thread)
      .map(({ user }) => user);
    expect(authors).toEqual([minseo]);
  });

  test('act again and again, about as often as was said, until they are stopped', () => {
    const { workspace } = withWeek();
    const waits: number[] = [];
    const pending: (() => void)[] = [];
    const clock = {
      after: (milliseconds: number, deed: () => void) => {
        waits.push(milliseconds);
        pending.push(deed);
        return () => void pending.splice(0);
      },
    };
    const stop = startLive(workspace, { channel, clock, random: seeded(2), meanMilliseconds: 1_000 });
    for (let number = 0; number < 20; number += 1) pending.shift()?.();
    expect(workspace.messages(channel).length).toBeGreaterThan(1);
    expect(waits.every((wait) => wait >= 500 && wait <= 1_500)).toBe(true);
    expect(waits).toHaveLength(21);
    stop();
    expect(pending).toEqual([]);
  });
});
