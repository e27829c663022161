import { existsSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Refused } from '../events/errors.ts';
import type { Queue } from '../queue/queue.ts';
import type { Spool } from '../queue/spool.ts';
import type { Clock } from '../setup/clock.ts';
import type { ClockCheck } from '../setup/clock-check.ts';
import type { Settings } from '../setup/config.ts';
import type { SlackSettings } from '../setup/environment.ts';
import { describeError, type Report } from '../setup/report.ts';
import { type Socket, startSocket } from '../slack/socket.ts';
import type { Bucket } from '../store/bucket.ts';
import { startHttp } from './http.ts';
import { acceptVerified } from './ingest.ts';
import { type Machine, makeRight, startMachine } from './machine.ts';
import { startSchedule } from './schedule.ts';
import { slackPorts } from './slack-ports.ts';

export interface ServeOptions {
  settings: Settings;
  log: Bucket;
  state: Bucket;
  queue: Queue & Partial<Spool>;
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

/** Starts the system on this machine: the events address, the worker behind the queue, the schedule, and the dashboard. */
export const serve = async (options: ServeOptions): Promise<Running> => {
  const { queue, clock, slack } = options;
  // First of all, so that a second server on the same folders ends here.
  await queue.openTaker?.();
  const slackSide = slackPorts(slack, clock);
  let handled = 0;
  // It listens before the rest is ready: what comes meanwhile is stored, and waits.
  const http = await listen(options, slackSide.clockCheck, () => handled);
  await makeRight(options);
  const machine = startMachine({
    ...options,
    ...slackSide,
    onBatch: (done) => {
      handled += done;
    },
  });
  const schedule = scheduleOf(machine, options);
  const { socket, failed } = openSocket(options);
  const wake = async (): Promise<void> => {
    // Without a token nothing can be said, so nothing is scheduled.
    if (!slack.botToken) return;
    await schedule.start();
    await machine.sweep();
  };
  if (!options.quiet) await wake();
  return {
    port: http.port,
    wake,
    settled: async () => {
      while ((queue.depth?.().jobs ?? 0) > 0) await clock.sleep(20);
      await machine.settled();
    },
    stop: async () => {
      schedule.stop();
      await socket?.close();
      await http.close();
      await machine.stop();
      await queue.close?.();
    },
    failed: Promise.race([machine.running.then(() => new Promise<never>(() => {})), failed]),
  };
};

const listen = (
  { slack, queue, clock, state, dashboard, mount, port, host }: ServeOptions,
  clockCheck: ClockCheck | undefined,
  handled: () => number,
): ReturnType<typeof startHttp> =>
  startHttp(
    {
      ingest: {
        queue,
        clock,
        clockCheck,
        secrets: slack.signingSecrets,
        appId: slack.appId,
        teamId: slack.teamId,
      },
      state,
      health: () => ({ handled: handled(), waiting: queue.depth?.().jobs ?? null }),
      ...(dashboard && existsSync(dashboard) ? { dashboard } : {}),
      ...(mount ? { mount } : {}),
    },
    port,
    host,
  );

const scheduleOf = (machine: Machine, { settings, report }: ServeOptions): ReturnType<typeof startSchedule> =>
  startSchedule(settings.challenges, {
    ask: machine.ask,
    upkeep: (tick, challenge) => machine.upkeep(tick, challenge, UPKEEP_MILLISECONDS),
    onError: (error) => report('problem', { error: describeError(error) }),
  });

/** The socket, where there is one; `failed` rejects when Slack will never let it open. */
const openSocket = ({ slack, queue, report }: ServeOptions): { socket: Socket | undefined; failed: Promise<never> } => {
  const { appToken, apiUrl, appId, teamId } = slack;
  const onError = (error: unknown): void => report('problem', { error: describeError(error) });
  const fatal = Promise.withResolvers<never>();
  fatal.promise.catch(() => {});
  const socket = appToken
    ? startSocket({
        appToken,
        ...(apiUrl ? { apiUrl } : {}),
        accept: (body) => acceptVerified(body, { queue, appId, teamId }),
        onError,
        onFatal: ({ when, message }) => (when === 'start' ? fatal.reject : onError)(new Refused(message)),
      })
    : undefined;
  return { socket, failed: fatal.promise };
};
