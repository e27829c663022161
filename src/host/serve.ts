import type { IncomingMessage, ServerResponse } from 'node:http';
import { Refused } from '../events/errors.ts';
import type { Tell } from '../outbox/alarm.ts';
import type { Clock } from '../setup/clock.ts';
import type { Settings } from '../setup/config.ts';
import type { SlackSettings } from '../setup/environment.ts';
import { describeError, type Report } from '../setup/report.ts';
import type { Door } from '../web/door.ts';
import { openEventsSocket } from './events-socket.ts';
import { createHealth, type Health } from './health.ts';
import { startHealthChecks } from './health-checks.ts';
import { startHttp } from './http.ts';
import { startLife } from './life.ts';
import { type Machine, makeRight, type StartAlarm, startMachine } from './machine.ts';
import { onceSure } from './once-sure.ts';
import { createProgress, type Progress } from './progress.ts';
import { createRefusals, laterOn } from './refusals.ts';
import { startSchedule } from './schedule.ts';
import { slackPorts } from './slack-ports.ts';
import { askAboutToken, watchToken } from './slack-token.ts';
import { type Stores, type WatchedStores, watchStores } from './stores.ts';

export interface ServeOptions extends Stores {
  settings: Settings;
  slack: SlackSettings;
  clock: Clock;
  port: number;
  host?: string;
  dashboard?: string;
  /** Who may see it; everybody by default. */
  door?: Door;
  report: Report;
  mount?: (request: IncomingMessage, response: ServerResponse) => boolean;
  /** Say nothing of its own accord before `wake`: the demo's past comes first. */
  quiet?: boolean;
  /** Opens everything anew, after a failure that lasts; without it, what is open is used on. */
  open?: () => Promise<Stores>;
  /** Throws `Unavailable` while bytes cannot be forced to the disks on which the stores lie. */
  probe?: () => Promise<void>;
  /** A second way to tell of alarms. */
  tell?: Tell;
}

/** A running system on this machine. */
export interface Running {
  port: number;
  health: Health;
  /** Resolves when what was left undone is made right and the worker has begun; rejects as `failed` does. */
  ready: Promise<void>;
  /** Starts the schedule, and says what a crash may have left unsaid. */
  wake(): Promise<void>;
  /** Resolves when no job is waiting and all is published. */
  settled(): Promise<void>;
  /** Takes no more requests, finishes what was taken, and lets go of everything. */
  stop(): Promise<void>;
  /** Rejects when it cannot go on, and only a person can mend that. */
  failed: Promise<never>;
}

/** Nobody waits for it here; but a reading of Slack that takes longer than this has got stuck. */
const UPKEEP_MILLISECONDS = 3_600_000;

/** What the parts of a server share. */
interface Shared {
  options: ServeOptions;
  health: Health;
  stores: WatchedStores;
  slackSide: ReturnType<typeof slackPorts>;
  progress: Progress;
  onError: (error: unknown) => void;
}

/**
 * Starts the system on this machine: the events address, the worker behind the queue, the schedule, and the dashboard. Resolves when it
 * listens: what comes before the worker has begun is stored, or refused with 503, and then Slack sends it again.
 */
export const serve = async (options: ServeOptions): Promise<Running> => {
  const { report, slack, clock } = options;
  const health = createHealth(report);
  const stores = watchStores(options, { ...options, health });
  const onError = (error: unknown): void => report('problem', { error: describeError(error) });
  const slackSide = slackPorts(slack, clock);
  const shared: Shared = { options, health, stores, slackSide, progress: createProgress(), onError };
  // First of all, so that a second server on the same folders ends here. What may pass is tried again by the worker.
  await stores.queue.openTaker?.().catch(throwRefused);
  const work = startWork(shared);
  const checks = startHealthChecks({ ...shared, clockCheck: slackSide.clockCheck, life: work.life });
  const http = await listen(shared, checks.now).catch(async (error: unknown) => {
    checks.stop();
    await work.stop();
    await stores.close();
    throw error;
  });
  const socket = openEventsSocket({ ...shared, ...slackSide, slack, clock, alarm: work.alarm });
  const { reader } = slackSide;
  const forgetToken = reader && askAboutToken(reader, health, (code) => void work.alarm(code));
  return {
    port: http.port,
    health,
    ready: work.life.ready,
    wake: work.wake,
    settled: async () => {
      await work.life.ready;
      while ((stores.waiting() ?? 0) > 0) await clock.sleep(20);
      await work.life.worker()?.settled();
    },
    stop: async () => {
      checks.stop();
      forgetToken?.();
      await Promise.all([socket.close(), http.close()]);
      await work.stop();
      await stores.close().catch(onError);
    },
    failed: Promise.race([work.life.failed, socket.failed]),
  };
};

const throwRefused = (error: unknown): void => {
  if (error instanceof Refused) throw error;
};

const listen = (
  { options, stores, health, slackSide }: Shared,
  look: () => Promise<Record<string, unknown>>,
): ReturnType<typeof startHttp> => {
  const { settings, slack, clock, report, dashboard, door, mount, port, host } = options;
  const dashboardUrl = settings.challenges.find((challenge) => challenge.dashboardUrl)?.dashboardUrl;
  health.set('socket', slack.appToken !== undefined || slack.signingSecrets.length === 0);
  return startHttp(
    {
      ingest: {
        queue: stores.queue,
        clock,
        clockCheck: slackSide.clockCheck,
        secrets: slack.signingSecrets,
        appId: slack.appId,
        teamId: slack.teamId,
        refused: createRefusals(report, { after: laterOn }),
      },
      state: onceSure(stores, settings),
      health: look,
      ...(dashboard ? { dashboard } : {}),
      ...(door ? { door } : {}),
      ...(dashboardUrl ? { dashboardUrl } : {}),
      ...(mount ? { mount } : {}),
    },
    port,
    host,
  );
};

/** The worker and the schedule. They wait neither for the socket nor for the token. */
const startWork = ({ options, health, stores, slackSide, progress, onError }: Shared) => {
  const { settings, slack, quiet } = options;
  const { writer } = slackSide;
  let isAwake = !quiet;
  let isScheduled = false;
  // Each is told once the worker has begun, however many starts that takes: a second one may not find it again.
  const startAlarms = new Map<string, StartAlarm>();

  const start = async (isAgain: boolean): Promise<Machine> => {
    if (isAgain) await stores.reopen();
    await stores.probe();
    await stores.queue.openTaker?.();
    await makeRight({ ...options, ...stores, onAlarm: (alarm) => startAlarms.set(alarm.subject, alarm) });
    stores.forgive();
    progress.reset();
    return startMachine({
      ...options,
      ...stores,
      queue: progress.watch(stores.queue),
      ...slackSide,
      ...(writer ? { writer: watchToken(writer, health) } : {}),
      onBatch: progress.ended,
    });
  };

  const rouse = async (machine: Machine): Promise<void> => {
    // Without a token nothing can be said, so nothing is scheduled.
    if (!slack.botToken) return;
    if (isScheduled) await schedule.ask();
    else await schedule.start();
    isScheduled = true;
    await machine.sweep();
  };

  const life = startLife<Machine>({
    ...options,
    start,
    lasting: stores.lasting,
    onStarted: async (machine) => {
      for (const [name, { code, subject, challenge }] of startAlarms) {
        await machine.alarm(code, subject, challenge.channel);
        startAlarms.delete(name);
      }
      if (isAwake) await rouse(machine);
    },
  });

  const schedule = startSchedule(settings.challenges, {
    ask: async (challenge) => (await life.worker()?.ask(challenge)) ?? false,
    upkeep: async (tick, challenge) => life.worker()?.upkeep(tick, challenge, UPKEEP_MILLISECONDS),
    onError,
  });

  return {
    life,
    /** A token that is no good is a matter for the admins. */
    alarm: (subject: string): Promise<void> =>
      life.ready.then(() => life.worker()?.alarm('slack-token', subject)).catch(onError),
    wake: async (): Promise<void> => {
      await life.ready;
      const machine = life.worker();
      if (!isAwake && machine) await rouse(machine);
      isAwake = true;
    },
    stop: async (): Promise<void> => {
      schedule.stop();
      await life.stop();
    },
  };
};
