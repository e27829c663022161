import { describe, expect, test } from 'vitest';
import { Refused, Unavailable } from '../../src/events/errors.ts';
import { createHealth, healthAnswer } from '../../src/host/health.ts';
import { createProgress } from '../../src/host/progress.ts';
import { createRefusals } from '../../src/host/refusals.ts';
import { askAboutToken, watchToken } from '../../src/host/slack-token.ts';
import type { FailedJob } from '../../src/host/worker.ts';
import { memoryQueue } from '../../src/queue/memory.ts';
import { systemClock } from '../../src/setup/clock.ts';
import type { Sent, Slack } from '../../src/slack/slack.ts';

const told = () => {
  const lines: unknown[] = [];
  return { lines, report: (happening: string, fields = {}) => void lines.push({ happening, ...fields }) };
};

describe('health', () => {
  test('knows what stands, in one order, and reports each change once', () => {
    const { lines, report } = told();
    const health = createHealth(report);
    expect(healthAnswer(health.reasons(), 0)).toEqual({ ok: true, waiting: 0, reasons: [] });
    health.set('clock', true);
    health.set('disk', true);
    health.set('disk', true);
    health.set('queue', false);
    expect(healthAnswer(health.reasons(), 3)).toEqual({ ok: false, waiting: 3, reasons: ['disk', 'clock'] });
    health.set('disk', false);
    health.set('clock', false);
    expect(lines).toEqual([
      { happening: 'health', ok: false, reasons: 'clock' },
      { happening: 'health', ok: false, reasons: 'disk,clock' },
      { happening: 'health', ok: false, reasons: 'clock' },
      { happening: 'health', ok: true, reasons: '' },
    ]);
  });
});

describe('refused deliveries', () => {
  test('are told at once, and then counted: at most one line a minute for each status', () => {
    const { lines, report } = told();
    let now = 0;
    const timers: (() => void)[] = [];
    const refused = createRefusals(report, { now: () => now, after: (_, then) => void timers.push(then) });
    for (let time = 0; time < 5; time++) refused(401, 'the signature is not right');
    refused(503, 'not stored');
    expect(lines).toEqual([
      { happening: 'refused', status: 401, count: 1, reason: 'the signature is not right' },
      { happening: 'refused', status: 503, count: 1, reason: 'not stored' },
    ]);
    expect(timers).toHaveLength(1);
    now = 60_000;
    timers[0]?.();
    expect(lines.slice(2)).toEqual([
      { happening: 'refused', status: 401, count: 4, reason: 'the signature is not right' },
    ]);
    now = 119_999;
    refused(401, 'x');
    expect(lines).toHaveLength(3);
  });

  test('of a function without timers are told with the next one', () => {
    const { lines, report } = told();
    let now = 0;
    const refused = createRefusals(report, { now: () => now });
    refused(413, 'x');
    refused(413, 'x');
    now = 60_000;
    refused(413, 'x');
    expect(lines.map((line) => (line as { count: number }).count)).toEqual([1, 2]);
  });
});

describe('progress', () => {
  const setUp = async () => {
    const time = { now: 0 };
    const progress = createProgress(() => time.now);
    const queue = progress.watch(memoryQueue({ clock: systemClock }));
    await queue.put([{ id: '1', group: 'a', body: '{}' }]);
    const jobs = await queue.take(10, 0);
    const failed: FailedJob[] = jobs.map((job) => ({ job, error: new Unavailable('away') }));
    return { time, progress, jobs, failed };
  };

  test('is stuck when nothing but errors has come of the work for half a minute', async () => {
    const { time, progress, failed } = await setUp();
    progress.ended(0, failed);
    time.now = 30_000;
    expect(progress.isStuck()).toBe(false);
    time.now = 30_001;
    expect(progress.isStuck()).toBe(true);
    progress.ended(1, []);
    expect([progress.isStuck(), progress.handled()]).toEqual([false, 1]);
  });

  test('is not stuck by jobs that only have to wait', async () => {
    const { time, progress, jobs } = await setUp();
    progress.ended(
      0,
      jobs.map((job) => ({ job, delaySeconds: 60 })),
    );
    time.now = 3_600_000;
    expect(progress.isStuck()).toBe(false);
  });

  test('is stuck when a job does not come back', async () => {
    const { time, progress } = await setUp();
    time.now = 180_001;
    expect(progress.isStuck()).toBe(true);
    progress.reset();
    expect(progress.isStuck()).toBe(false);
  });
});

describe("Slack's word about the token", () => {
  const answering = (sent: Sent): Slack => ({
    post: async () => sent,
    change: async () => sent,
    whisper: async () => sent,
    find: async () => ({ outcome: 'absent' }),
    profile: async () => undefined,
  });
  const message = { to: 'C1', text: '', blocks: [] };

  test('is heard from what is sent', async () => {
    const health = createHealth(() => {});
    const refusal = { outcome: 'refused', reason: 'invalid_auth', final: false, pause: true } as const;
    await watchToken(answering(refusal), health).post(message);
    expect(health.reasons()).toEqual(['slack-token']);
    await watchToken(answering({ outcome: 'unclear', reason: 'timeout' }), health).post(message);
    await watchToken(answering({ outcome: 'refused', reason: 'no_text', final: true }), health).post(message);
    expect(health.reasons()).toEqual(['slack-token']);
    await watchToken(answering({ outcome: 'sent', channel: 'C1' }), health).post(message);
    expect(health.reasons()).toEqual([]);
  });

  test('is asked for at the start; a Slack that is away says nothing about it', async () => {
    for (const [error, expected, codes] of [
      [new Refused('no', { cause: 'invalid_auth' }), ['slack-token'], ['invalid_auth']],
      [new Unavailable('away'), [], []],
    ] as const) {
      const health = createHealth(() => {});
      const heard: string[] = [];
      const forget = askAboutToken({ whoAmI: () => Promise.reject(error) }, health, (code) => void heard.push(code));
      await new Promise(setImmediate);
      forget();
      expect([health.reasons(), heard]).toEqual([expected, codes]);
    }
  });
});
