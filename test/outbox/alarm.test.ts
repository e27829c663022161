import { expect, test } from 'vitest';
import { isStale } from '../../src/handlers/addressing.ts';
import { decideOne } from '../../src/handlers/decide-one.ts';
import type { EffectOf } from '../../src/handlers/effect.ts';
import { createAlarm } from '../../src/outbox/alarm.ts';
import { refOf } from '../../src/outbox/effect-jobs.ts';
import { type EffectJob, parseJob } from '../../src/queue/jobs.ts';
import type { NewJob } from '../../src/queue/queue.ts';
import { challengeWith } from '../support/world.ts';

const one = challengeWith({ channel: 'C0ONE00001', admins: ['U0ADMIN001', 'U0ADMIN002'] });
const two = challengeWith({ channel: 'C0TWO00001', admins: ['U0ADMIN002', 'U0ADMIN003'] });
const NOW = Date.parse('2024-08-05T12:00:00Z');

const setUp = (canSpeak = true) => {
  const jobs: NewJob[] = [];
  const said: string[] = [];
  const alarm = createAlarm({
    challenges: [one, two],
    queue: { put: async (more) => void jobs.push(...more) },
    clock: { now: () => NOW, elapsed: () => NOW, sleep: async () => {} },
    report: () => {},
    canSpeak,
    tell: (text) => void said.push(text),
  });
  const bodies = (): EffectJob[] => jobs.map(({ body }) => parseJob(body) as EffectJob);
  return { alarm, said, bodies, admins: () => bodies().map(({ alarm: about }) => about?.admin) };
};

test('an alarm about one challenge goes to its admins alone', async () => {
  const { alarm, admins, bodies } = setUp();
  await alarm('damaged', 'a key', 'C0TWO00001');
  expect(admins()).toEqual(['U0ADMIN002', 'U0ADMIN003']);
  expect(new Set(bodies().map(({ channel }) => channel))).toEqual(new Set(['C0TWO00001']));
});

test('an alarm about everything goes to every admin once', async () => {
  const { alarm, admins } = setUp();
  await alarm('slack-token', 'invalid_auth');
  expect(admins()).toEqual(['U0ADMIN001', 'U0ADMIN002', 'U0ADMIN003']);
});

test('every alarm goes the second way too, the only one where nobody can speak', async () => {
  const { alarm, said, admins } = setUp(false);
  await alarm('damaged', 'a key');
  expect(said).toEqual(['TIL challenge: damaged: a key. See the heading of that name in RUNBOOK.md.']);
  expect(admins()).toEqual([]);
});

test('five an hour are told of each kind of trouble of each challenge', async () => {
  const { alarm, said } = setUp();
  for (let time = 0; time < 8; time++) await alarm('damaged', `key ${time}`, one.channel);
  expect(said).toHaveLength(5);
  await alarm('damaged', 'another', two.channel);
  await alarm('quarantine', 'another', one.channel);
  expect(said).toHaveLength(7);
});

test('an alarm that could not be told for a day is no news; one that has no date is told', async () => {
  const { alarm, bodies } = setUp();
  await alarm('damaged', 'a key', one.channel);
  const [job] = bodies() as [EffectJob];
  const effectOf = (about: EffectJob['alarm']) => decideOne(one, refOf(job), [], about) as EffectOf<'alarm'>;
  const seconds = NOW / 1000;
  expect(isStale(one, effectOf(job.alarm), seconds + 24 * 3600)).toBe(false);
  expect(isStale(one, effectOf(job.alarm), seconds + 24 * 3600 + 1)).toBe(true);
  const undated = { code: 'damaged', subject: 'a key', admin: 'U0ADMIN001' };
  expect(isStale(one, effectOf(undated), seconds + 1e6)).toBe(false);
});
