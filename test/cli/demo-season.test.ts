import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { closePast, playPast, playPresent, type Stage } from '../../src/cli/demo-season.ts';
import { parseJob } from '../../src/queue/jobs.ts';
import type { NewJob } from '../../src/queue/queue.ts';
import { createSampleWorkspace, SAMPLE } from '../../src/sandbox/sample.ts';
import { createSeason } from '../../src/sandbox/season.ts';
import { createSandbox } from '../../src/sandbox/server.ts';
import { challengeWith } from '../support/world.ts';

/** A front door that takes everything, and remembers when Slack says it was. */
const openDoor = async () => {
  const signedAt: number[] = [];
  const server = createServer((request, response) => {
    signedAt.push(Number(request.headers['x-slack-request-timestamp']));
    request.resume().on('end', () => response.end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, signedAt, close: () => server.close() };
};

/** Plays all of a season that ends at `now`, without a bot; gives what was put and when, and how many deliveries there were of what. */
const playedUntil = async (now: number) => {
  let played = 0;
  const times: number[] = [];
  const time = { now: () => played, set: (at = now) => void times.push((played = at)) };
  const workspace = createSampleWorkspace(time.now);
  const season = createSeason(workspace, (at) => void (played = at), now);
  const stage: Stage = { season, workspace, time, now };
  const past = playPast(stage);
  const put: { at: number; body: ReturnType<typeof parseJob> }[] = [];
  const queue = {
    put: async (jobs: NewJob[]) => void put.push(...jobs.map(({ body }) => ({ at: played, body: parseJob(body) }))),
    take: async () => [],
    done: async () => {},
    retry: async () => {},
  };
  await closePast(stage, queue);
  const door = await openDoor();
  const sandbox = createSandbox({ workspace, signingSecret: 'x', now: time.now });
  sandbox.deliverTo(door.url);
  await playPresent(stage, sandbox, queue, challengeWith({ channel: SAMPLE.channel }));
  await sandbox.close();
  door.close();
  return { past, put, signedAt: door.signedAt, times, season };
};

const isoOf = (text: string): string => new Date(`${text}+09:00`).toISOString();

// A post of Monday 28 September is at the very instant at which the season pauses, so that its preview is still on its way.
test('the month that is on is played by its own clock: posts, ticks and choices come when they would', async () => {
  const now = Date.parse('2026-10-03T20:00:00+09:00');
  const { past, put, signedAt, times, season } = await playedUntil(now);
  expect(season.nextPause()).toBeUndefined();
  expect(past.length).toBeGreaterThan(500);
  expect(signedAt.length).toBeGreaterThan(150);
  expect(Math.min(...signedAt)).toBeGreaterThan(Date.parse('2026-09-07T09:21:00+09:00') / 1000 - 1);
  expect(Math.max(...signedAt)).toBeLessThanOrEqual(now / 1000 + 60);
  // Nobody's clock goes back by more than the preview of a link takes.
  for (const [position, at] of times.entries()) expect(at).toBeGreaterThan((times[position - 1] ?? 0) - 10_000);

  const ticks = put.flatMap(({ at, body }) => (body?.kind === 'tick' ? [{ at, ...body }] : []));
  const due = (tick: string) => ticks.filter((each) => each.tick === tick).map(({ scheduledAt }) => scheduledAt);
  expect(due('month.result').at(-1)).toBe(isoOf('2026-09-07T09:20'));
  expect(due('week.open')).toEqual(
    ['2026-09-07T09:30', '2026-09-14T09:30', '2026-09-21T09:30', '2026-09-28T09:30'].map(isoOf),
  );
  expect(due('digest')).toEqual(
    ['2026-09-11T12:00', '2026-09-18T12:00', '2026-09-25T12:00', '2026-10-02T12:00'].map(isoOf),
  );
  for (const { at, tick, scheduledAt } of ticks) if (tick !== 'month.result') expect(at).toBe(Date.parse(scheduledAt));

  const choices = put.flatMap(({ at, body }) =>
    body?.kind === 'choice' ? [{ at, event: body.event as { at: string } }] : [],
  );
  expect(choices).toHaveLength(3);
  for (const { at, event } of choices.slice(-1)) expect(Math.abs(at / 1000 - Number(event.at))).toBeLessThan(43_200);
  // What an admin says of a month comes before its result.
  const isResult = ({ body }: (typeof put)[number]) => body?.kind === 'tick' && body.tick === 'month.result';
  expect(put.findIndex(isResult)).toBeGreaterThan(put.findIndex(({ body }) => body?.kind === 'choice'));
});

test('before the first weekly post of a month nothing of it is there, and the month before is still on', async () => {
  const { put, season } = await playedUntil(Date.parse('2026-12-07T00:10:00+09:00'));
  expect(season.nextPause()).toBeUndefined();
  const opened = put.flatMap(({ body }) =>
    body?.kind === 'tick' && body.tick === 'week.open' ? [body.scheduledAt] : [],
  );
  expect(opened).toEqual(
    ['2026-11-02T09:30', '2026-11-09T09:30', '2026-11-16T09:30', '2026-11-23T09:30', '2026-11-30T09:30'].map(isoOf),
  );
});
