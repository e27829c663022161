import { existsSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Conflict } from '../events/errors.ts';
import { rebuild } from '../history/rebuild.ts';
import { publishChallenges } from '../pipeline/publish.ts';
import { createPublisher } from '../pipeline/publisher.ts';
import type { Challenge } from '../projections/challenge.ts';
import type { LocalQueue } from '../queue/local.ts';
import type { Queue } from '../queue/queue.ts';
import type { Clock } from '../setup/clock.ts';
import type { Settings } from '../setup/config.ts';
import { describeError, type Report } from '../setup/report.ts';
import type { SlackSettings } from '../setup/wire.ts';
import { slackClient } from '../slack/client.ts';
import { slackReader } from '../slack/reader.ts';
import { startSocket } from '../slack/socket.ts';
import type { Bucket } from '../store/bucket.ts';
import { openDocuments } from '../store/documents.ts';
import { createEngine } from './engine.ts';
import { startHttp } from './http.ts';
import { acceptVerified } from './ingest.ts';
import { startLoop } from './loop.ts';
import { startSchedule } from './schedule.ts';
import { performUpkeep } from './upkeep.ts';

export interface ServeOptions {
  settings: Settings;
  log: Bucket;
  state: Bucket;
  queue: Queue & Partial<LocalQueue>;
  slack: SlackSettings;
  clock: Clock;
  port: number;
  host?: string;
  dashboard?: string;
  report: Report;
  mount?: (request: IncomingMessage, response: ServerResponse) => boolean;
  /** Say nothing of its own accord before `wake`: the demo's past comes first. */
  quiet?: boolean;
}

/** Nobody waits for it here; but a reading of Slack that takes longer than this has got stuck. */
const UPKEEP_MILLISECONDS = 3_600_000;

/** A running system on this machine. */
export interface Running {
  port: number;
  /** Starts the schedule, and says what a crash may have left unsaid. */
  wake(): Promise<void>;
  /** Resolves when no job is waiting and all is published. */
  settled(): Promise<void>;
  /** Takes no more requests, finishes what was taken, and lets go of everything. */
  stop(): Promise<void>;
  /** Rejects when it cannot go on. */
  failed: Promise<never>;
}

/** Starts the system on this machine: the front door, the worker behind the queue, the schedule, and the dashboard. */
export const serve = async (options: ServeOptions): Promise<Running> => {
  const { settings, state, queue, clock, report, slack } = options;
  const onError = (error: unknown): void => report('problem', { error: describeError(error) });
  // First of all, so that a second server on the same folders ends here.
  await queue.openTaker?.();
  // The door opens before the rest is ready: what comes meanwhile is stored, and waits.
  let handled = 0;
  const http = await startHttp(
    {
      ingest: { queue, clock, secrets: slack.signingSecrets, appId: slack.appId, teamId: slack.teamId },
      state,
      health: () => ({ handled, waiting: queue.depth?.().jobs ?? null }),
      ...(options.dashboard && existsSync(options.dashboard) ? { dashboard: options.dashboard } : {}),
      ...(options.mount ? { mount: options.mount } : {}),
    },
    options.port,
    options.host,
  );
  const documents = openDocuments(state);
  await makeRight(options);
  const publisher = createPublisher(documents, clock, { onError });
  const engine = createEngine({
    ...options,
    documents,
    changed: publisher.changed,
    ...(slack.botToken ? { writer: slackClient({ token: slack.botToken, apiUrl: slack.apiUrl }) } : {}),
  });
  const loop = startLoop({
    queue,
    clock,
    handle: engine.handle,
    onOutcome: ({ done, dirty }) => {
      handled += done.length;
      publisher.changed(dirty);
    },
    onError: (error) => {
      if (!(error instanceof Conflict)) onError(error);
    },
  });
  const upkeep = async (tick: 'reconcile' | 'seal', challenge: Challenge): Promise<void> => {
    const { botToken: token, apiUrl } = slack;
    const ports = { ...options, recorder: engine.recorder, reader: token ? slackReader({ token, apiUrl }) : undefined };
    await performUpkeep(tick, challenge, ports, UPKEEP_MILLISECONDS);
    if (tick === 'reconcile') await engine.sweep();
  };
  const schedule = startSchedule(settings.challenges, { queue, documents, clock, onError, upkeep });
  const wake = async (): Promise<void> => {
    // Without a token nothing can be said, so nothing is scheduled.
    if (!slack.botToken) return;
    await schedule.start();
    await engine.sweep();
  };
  const { appToken } = slack;
  const closeSocket = appToken
    ? await startSocket({
        appToken,
        ...(slack.apiUrl ? { apiUrl: slack.apiUrl } : {}),
        accept: (body) => acceptVerified(body, { queue, appId: slack.appId, teamId: slack.teamId }),
        onError,
      })
    : undefined;
  if (!options.quiet) await wake();
  return {
    port: http.port,
    wake,
    settled: async () => {
      while ((queue.depth?.().jobs ?? 0) > 0) await clock.sleep(20);
      await publisher.settled();
    },
    stop: async () => {
      schedule.stop();
      await closeSocket?.();
      await http.close();
      await loop.stop();
      await publisher.stop();
      await queue.close?.();
    },
    failed: loop.running.then(() => new Promise<never>(() => {})),
  };
};

/** Whatever was left undone, deleted, or decided by other rules when the process last ended is made right before anything new. */
const makeRight = async ({ settings, log, state, report }: ServeOptions): Promise<void> => {
  await publishChallenges(openDocuments(state), settings.challenges);
  for (const challenge of settings.challenges) {
    const { events, weeks, written, differences } = await rebuild(challenge, { log, state });
    report('ready', { channel: challenge.channel, events, weeks, written: written.length });
    for (const { key, problem } of differences) report('damaged', { key, problem });
  }
};
