import { tickJob } from '../outbox/tick.ts';
import { choiceJob } from '../queue/jobs.ts';
import type { LocalQueue } from '../queue/local.ts';
import type { Queue } from '../queue/queue.ts';
import { SAMPLE } from '../sandbox/sample.ts';
import { openingsBetween, type Season, seasonResults } from '../sandbox/season.ts';
import type { Sandbox } from '../sandbox/server.ts';
import type { Workspace } from '../sandbox/workspace.ts';
import { systemClock } from '../setup/clock.ts';
import { sign } from '../slack/verify.ts';
import { mapOrdered } from '../store/together.ts';
import type { DemoTime } from './demo-memory.ts';
import { type CommonOptions, createProgress, type Shell } from './shell.ts';

/** What the season is played with. */
export interface Stage {
  season: Season;
  workspace: Workspace;
  time: DemoTime;
  /** The instant (ms) at which the season ends. */
  now: number;
}

/** When the last result of a month that is over was due (ms): what was before is told no more. */
const pastUntil = (now: number): number => Math.min(now, (seasonResults(now).at(-1)?.dueAt ?? 0) + 60_000);

/** Plays the months that are over, without anybody hearing of it yet; gives what Slack would deliver of them. */
export const playPast = ({ season, workspace, time, now }: Stage): unknown[] => {
  const until = pastUntil(now);
  season.play(until);
  time.set(until);
  return workspace.take().map(({ payload }) => payload);
};

/** Where deliveries go, and how they are signed. */
export interface FrontDoor {
  url: string;
  secret: string;
}

/** Delivers the past over HTTP as Slack would, and worse: one in ten twice, and never quite in order. Gives a summary. */
export const sendPast = async (
  shell: Shell,
  { json }: CommonOptions,
  deliveries: readonly unknown[],
  door: FrontDoor,
  time: DemoTime,
): Promise<string> => {
  const started = performance.now();
  const disordered = deliveries
    .flatMap((payload, position) => [
      { payload, place: position + (position % 7) * 3 },
      ...(position % 10 === 0
        ? [{ payload: { ...(payload as object), event_id: `Ev0AGAIN${position}` }, place: position + 25 }]
        : []),
    ])
    .sort((left, right) => left.place - right.place);
  const progress = createProgress(shell, 'The months before', json);
  let sent = 0;
  await mapOrdered(disordered, 32, async ({ payload }) => {
    await post(door, JSON.stringify(payload), time.now());
    progress.step(++sent, disordered.length, 'deliveries');
  });
  progress.end();
  const seconds = (performance.now() - started) / 1000;
  return `The months before went through the front door: ${sent} signed deliveries in ${seconds.toFixed(1)} s, ${sent - deliveries.length} of them doubled, many in disorder.\n`;
};

const post = async ({ url, secret }: FrontDoor, body: string, now: number): Promise<void> => {
  const timestamp = String(Math.floor(now / 1000));
  const headers = {
    'content-type': 'application/json',
    'x-slack-request-timestamp': timestamp,
    'x-slack-signature': sign(secret, timestamp, body),
  };
  const response = await fetch(url, { method: 'POST', headers, body });
  if (response.status !== 200) throw new Error(`expected 200 for a delivery, got ${response.status}`);
  await response.arrayBuffer();
};

/** Queues what an admin has chosen in the season, as a command does. */
const putChoices = (season: Season, queue: Queue): Promise<void> => queue.put(season.takeChoices().map(choiceJob));

/** Queues what an admin has chosen in the months that are over, and then their results. */
export const closePast = async ({ season, now }: Stage, queue: Queue): Promise<void> => {
  await putChoices(season, queue);
  const until = pastUntil(now);
  await queue.put(
    seasonResults(now)
      .filter(({ dueAt }) => dueAt < until)
      .map(({ month, dueAt }) => tickJob(SAMPLE.channel, 'month.result', new Date(dueAt), month)),
  );
};

/**
 * Plays the month that is on, by the season's own clock: the bot hears of each post soon after it was written, opens the weeks, and says
 * what it has to say at the time at which it would have.
 */
export const playPresent = async (
  { season, workspace, time, now }: Stage,
  sandbox: Sandbox,
  queue: Queue & Partial<LocalQueue>,
): Promise<void> => {
  const settle = async (): Promise<void> => {
    let version: number;
    do {
      version = workspace.version();
      // A link's preview takes a second, for which the season's clock would not wait.
      time.set(Math.max(time.now(), workspace.nextAt() ?? 0));
      await sandbox.idle();
      while ((queue.depth?.().jobs ?? 0) > 0) await systemClock.sleep(5);
    } while (workspace.version() !== version);
  };
  const playUntil = async (end: number): Promise<void> => {
    for (let pause = season.nextPause(); pause !== undefined; pause = season.nextPause()) {
      const until = Math.min(pause, end);
      season.play(until);
      time.set(until);
      await putChoices(season, queue);
      await settle();
      if (until === end) return;
    }
  };
  await settle();
  for (const opening of openingsBetween(pastUntil(now), now)) {
    await playUntil(opening - 1);
    time.set(opening);
    await queue.put([tickJob(SAMPLE.channel, 'week.open', new Date(opening))]);
    await settle();
  }
  await playUntil(now);
};
