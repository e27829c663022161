import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { Refused } from '../events/errors.ts';
import type { Tell } from '../outbox/alarm.ts';
import type { Clock } from '../setup/clock.ts';
import type { ClockCheck } from '../setup/clock-check.ts';
import type { Settings } from '../setup/config.ts';
import type { SlackSettings } from '../setup/environment.ts';
import { describeError, type Report } from '../setup/report.ts';
import { startSocket } from '../slack/socket.ts';
import { createHealth, type Health, healthAnswer } from './health.ts';
import { startHttp } from './http.ts';
import { acceptVerified } from './ingest.ts';
import { type Life, startLife } from './life.ts';
import { type Finding, type Machine, makeRight, startMachine } from './machine.ts';
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
  const look = startLooking(shared, work.life);
  const http = await listen(shared, look.now).catch(async (error: unknown) => {
    look.stop();
    await work.stop();
    await stores.close();
    throw error;
  });
  const ear = openEar(shared, work.alarm);
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
      look.stop();
      forgetToken?.();
      await Promise.all([ear.close(), http.close()]);
      await work.stop();
      await stores.close().catch(onError);
    },
    failed: Promise.race([work.life.failed, ear.failed]),
  };
};

const throwRefused = (error: unknown): void => {
  if (error instanceof Refused) throw error;
};

const listen = (
  { options, stores, health, slackSide }: Shared,
  look: () => Promise<Record<string, unknown>>,
): ReturnType<typeof startHttp> => {
  const { slack, clock, report, dashboard, mount, port, host } = options;
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
      state: stores.state,
      health: look,
      ...(dashboard ? { dashboard } : {}),
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
  let findings: Finding[] = [];

  const start = async (isAgain: boolean): Promise<Machine> => {
    if (isAgain) await stores.reopen();
    await stores.probe();
    await stores.queue.openTaker?.();
    findings = await makeRight({ ...options, ...stores });
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
      for (const { code, subject, challenge } of findings) await machine.alarm(code, subject, challenge.channel);
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

/** Hears Slack over a socket, where there is a token for one. */
const openEar = ({ options, health, stores, onError }: Shared, alarm: (subject: string) => Promise<void>) => {
  const { appToken, apiUrl, appId, teamId } = options.slack;
  const deaf = Promise.withResolvers<never>();
  deaf.promise.catch(() => undefined); // Whoever asks for it hears of it.
  const socket = appToken
    ? startSocket({
        appToken,
        ...(apiUrl ? { apiUrl } : {}),
        accept: (body) => acceptVerified(body, { queue: stores.queue, appId, teamId }),
        onError,
        onState: (state) => health.set('socket', state !== 'open'),
        onFatal: ({ when, message }) => {
          if (when === 'start') return deaf.reject(new Refused(message));
          onError(new Refused(message));
          void alarm(message);
        },
      })
    : undefined;
  return { failed: deaf.promise, close: async () => socket?.close() };
};

/** What waits at a start may take this long before the worker counts as stuck. */
const START_MILLISECONDS = 30_000;
const LOOK_MILLISECONDS = 10_000;
/** Whoever asks how it is does not wait longer for a disk. */
const ANSWER_MILLISECONDS = 2_000;

/** Looks now and then, and when somebody asks, whether all that cannot tell of itself is well. */
const startLooking = ({ health, stores, slackSide, progress, onError }: Shared, life: Life<Machine>) => {
  const began = performance.now();
  let looking: Promise<void> | undefined;
  const look = (): Promise<void> => {
    const isLate = !life.worker() && performance.now() - began > START_MILLISECONDS && (stores.waiting() ?? 0) > 0;
    health.set('clock', isClockWrong(slackSide.clockCheck));
    health.set('worker', life.isBroken() || isLate || progress.isStuck());
    for (const path of life.worker() ? (stores.damaged?.() ?? []) : [])
      void life.worker()?.alarm('damaged', path).catch(onError);
    looking ??= stores
      .probe()
      .catch(() => undefined) // The stores have told of it.
      .finally(() => (looking = undefined));
    return looking;
  };
  const timer = setInterval(() => void look(), LOOK_MILLISECONDS).unref();
  return {
    now: async () => {
      await Promise.race([look(), wait(ANSWER_MILLISECONDS, undefined, { ref: false })]);
      return { ...healthAnswer(health.reasons(), stores.waiting()), handled: progress.handled() };
    },
    stop: () => clearInterval(timer),
  };
};

/** Whether Slack's answers say so; without any, nobody knows. */
const isClockWrong = (check: ClockCheck | undefined): boolean => check?.isSure() === true && check.isWrong();
