import { beforeEach, describe, expect, test } from 'vitest';
import type { Effect, EffectOf } from '../../src/handlers/effect.ts';
import { createAttempt } from '../../src/outbox/attempt.ts';
import type { Sent } from '../../src/slack/slack.ts';
import { CHANNEL, JIHO, LINK, MINSEO, REPLY, WEEK, WEEKLY } from '../support/events.ts';
import { challengeOf } from '../support/given.ts';

const challenge = challengeOf();
const SETTLE = 120;
const STANDING = { channel: CHANNEL, ts: '1722942120.000000' };

const post = { ts: REPLY, author: MINSEO, week: WEEK, url: LINK };
const common = { week: WEEK, due: REPLY };
const announcement: Effect = { ...common, kind: 'participation', id: `participation:${REPLY}:0`, post };
/** Goes to the same place. */
const another: Effect = { ...announcement, id: `participation:${WEEKLY}:0` };
const change: Effect = { ...announcement, id: `participation:${REPLY}:1`, change: STANDING };
const counts = { added: [JIHO], removed: 0, total: 1 };
const notice: Effect = { ...common, kind: 'like', id: `like:${REPLY}:0`, post, ...counts };
const hint: EffectOf<'hint'> = {
  ...common,
  kind: 'hint',
  id: `hint:${REPLY}`,
  post: { ...post, thread: WEEKLY },
  reason: { why: 'no-link' },
};
const trouble = { code: 'slack-token', subject: 'x', admin: 'U0ADMIN001' };
const alarm: Effect = { ...common, kind: 'alarm', id: 'alarm:slack-token-0:U0ADMIN001', ...trouble };

const sent: Sent = { outcome: 'sent', ...STANDING, message: { text: 'as Slack shows it' } };
const refusal = (fields: object = {}): Sent => ({ outcome: 'refused', reason: 'ratelimited', final: false, ...fields });

/** An attempt among fakes: what is done is told in `steps`, in order. */
const setUp = () => {
  let now = 1_722_945_000_000;
  const steps: unknown[][] = [];
  const world = {
    /** What Slack answers to one call after the other; the last answer stays. */
    answers: [sent] as Sent[],
    first: true,
    /** How long a claim takes, in milliseconds. */
    slowClaim: 0,
    forestalled: false,
    steps,
    pass: (seconds: number) => void (now += seconds * 1000),
    kinds: () => steps.map(([step]) => step),
  };
  const call =
    (method: string) =>
    async (message: object): Promise<Sent> => {
      steps.push([method, message]);
      return (world.answers.length > 1 ? world.answers.shift() : world.answers[0]) as Sent;
    };
  const attempt = createAttempt({
    slack: { post: call('post'), change: call('change'), whisper: call('whisper') } as never,
    clock: { now: () => now, elapsed: () => now } as never,
    outcomes: {
      claimed: async (_: unknown, { id }: Effect, number: number) => {
        steps.push(['claimed', id, number]);
        now += world.slowClaim;
        return world.first;
      },
      delivered: async (_: unknown, { id }: Effect, ...rest: unknown[]) => void steps.push(['delivered', id, ...rest]),
      refused: async (_: unknown, { id }: Effect, number: number) => void steps.push(['refused', id, number]),
    } as never,
    unclear: { made: (_: unknown, { id }: Effect, number: number) => steps.push(['made', id, number]) } as never,
    settleSeconds: SETTLE,
    isForestalled: async () => world.forestalled,
    namesOf: async (_, users) => new Map(users.map((user) => [user, `name of ${user}`])),
    alarm: async (code, subject) => void steps.push(['alarm', code, subject]),
  });
  return Object.assign(world, {
    attempt: (effect: Effect, number = 1, isTimely?: () => boolean) =>
      attempt(challenge, effect, number, undefined, isTimely),
  });
};

let world: ReturnType<typeof setUp>;
beforeEach(() => {
  world = setUp();
});

describe('an attempt', () => {
  test('is claimed in the log before it is sent, and its delivery is kept', async () => {
    expect(await world.attempt(announcement, 3)).toBeUndefined();
    const { id } = announcement;
    expect(world.steps).toEqual([
      ['claimed', id, 3],
      ['made', id, 3],
      ['post', expect.objectContaining({ to: CHANNEL, text: expect.stringContaining(`name of ${MINSEO}`) })],
      ['delivered', id, 3, sent],
    ]);
    expect(world.steps[2]?.[1]).toMatchObject({ metadata: { event_payload: { effect: id, attempt: 3 } } });
  });

  test('that another has claimed is not made, and waits until it is clear what became of it', async () => {
    world.first = false;
    expect(await world.attempt(announcement)).toEqual({ retryAfterSeconds: SETTLE });
    expect(world.kinds()).toEqual(['claimed', 'made']);
  });

  test('that was held up for more than half a minute is not sent: others may take it for dead by then', async () => {
    world.slowClaim = 30_001;
    expect(await world.attempt(announcement)).toEqual({ retryAfterSeconds: SETTLE });
    expect(world.kinds()).toEqual(['claimed', 'made']);
    world.slowClaim = 30_000;
    expect(await world.attempt(announcement, 2)).toBeUndefined();
    expect(world.kinds()).toContain('post');
  });

  test('is neither claimed nor, once claimed, sent when what it says is no longer timely', async () => {
    expect(await world.attempt(notice, 1, () => false)).toEqual({ retryAfterSeconds: 1 });
    expect(world.kinds()).toEqual([]);
    expect(await world.attempt(notice, 1, () => world.steps.length === 0)).toEqual({ retryAfterSeconds: SETTLE });
    expect(world.kinds()).toEqual(['claimed', 'made']);
  });

  test('is claimed and not sent when another that was claimed at once has said it', async () => {
    world.forestalled = true;
    expect(await world.attempt(hint)).toEqual({ retryAfterSeconds: SETTLE });
    expect(world.kinds()).toEqual(['claimed', 'made']);
  });

  test('of a notice is sent to the person alone', async () => {
    await world.attempt(notice);
    expect(world.steps).toContainEqual(['post', expect.objectContaining({ to: MINSEO })]);
  });

  test('of a hint is whispered in the thread, where there is one', async () => {
    await world.attempt(hint);
    const whispered = { channel: CHANNEL, user: MINSEO };
    expect(world.steps[2]).toEqual(['whisper', expect.objectContaining({ ...whispered, thread: WEEKLY })]);
    await world.attempt({ ...hint, post }, 2);
    expect(world.steps[6]).toEqual(['whisper', expect.objectContaining(whispered)]);
    expect(world.steps[6]?.[1]).not.toHaveProperty('thread');
  });

  test('of a change is made on the standing message, and keeps no message as new', async () => {
    await world.attempt(change);
    expect(world.steps.slice(2)).toEqual([
      ['change', expect.objectContaining(STANDING)],
      ['delivered', change.id, 1, STANDING],
    ]);
  });

  test('without an answer waits until it is clear: a change, which does no harm twice, for less long', async () => {
    world.answers = [{ outcome: 'unclear', reason: 'time-out' }];
    expect(await world.attempt(announcement)).toEqual({ retryAfterSeconds: SETTLE });
    expect(await world.attempt(change)).toEqual({ retryAfterSeconds: 15 });
    expect(world.kinds()).toEqual(['claimed', 'made', 'post', 'claimed', 'made', 'change']);
  });
});

describe('a refusal', () => {
  test('for good is kept, and the admins are told', async () => {
    world.answers = [refusal({ reason: 'is_archived', final: true })];
    expect(await world.attempt(announcement)).toBeUndefined();
    expect(world.steps.slice(3)).toEqual([
      ['refused', announcement.id, 1],
      ['alarm', 'refused', `${announcement.id}: is_archived`],
    ]);
  });

  test('for good of an alarm raises none: that would never end', async () => {
    world.answers = [refusal({ final: true })];
    expect(await world.attempt(alarm)).toBeUndefined();
    expect(world.kinds()).not.toContain('alarm');
  });

  test('for good stops no other effect', async () => {
    world.answers = [refusal({ final: true })];
    await world.attempt(announcement);
    world.answers = [sent];
    expect(await world.attempt(notice)).toBeUndefined();
    expect(world.kinds()).toContain('delivered');
  });

  test.each([
    [7, 7],
    [0, 1],
    [undefined, 30],
  ])('that says to wait %j seconds is tried again after %i', async (retryAfterSeconds, expected) => {
    world.answers = [refusal({ retryAfterSeconds })];
    expect(await world.attempt(announcement)).toEqual({ retryAfterSeconds: expected });
    expect(world.steps.slice(3)).toEqual([['refused', announcement.id, 1]]);
  });

  test('that says to wait stops what goes to the same place for as long, and that leaves no events', async () => {
    world.answers = [refusal({ retryAfterSeconds: 7 })];
    await world.attempt(announcement);
    world.answers = [sent];
    world.steps.length = 0;
    world.pass(4.5);
    expect(await world.attempt(another)).toEqual({ retryAfterSeconds: 3 });
    expect(world.steps).toEqual([]);
    world.pass(2.5);
    expect(await world.attempt(another)).toBeUndefined();
    expect(world.kinds()).toEqual(['claimed', 'made', 'post', 'delivered']);
  });

  test('of the token raises an alarm and stops every effect for a minute', async () => {
    world.answers = [refusal({ reason: 'invalid_auth', pause: true })];
    expect(await world.attempt(announcement)).toEqual({ retryAfterSeconds: 30 });
    expect(world.steps.slice(3)).toEqual([
      ['refused', announcement.id, 1],
      ['alarm', 'slack-token', 'invalid_auth'],
    ]);
    world.pass(59);
    expect(await world.attempt(notice)).toEqual({ retryAfterSeconds: 1 });
  });

  test('that says to wait for less does not end a longer pause', async () => {
    world.answers = [refusal({ retryAfterSeconds: 3600 }), refusal({ retryAfterSeconds: 1 })];
    await Promise.all([world.attempt(announcement), world.attempt(another)]);
    expect(await world.attempt({ ...another, id: `participation:${STANDING.ts}:0` })).toEqual({
      retryAfterSeconds: 3600,
    });
  });
});
