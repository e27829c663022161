import { isOwedGroup } from '../outbox/effect-jobs.ts';
import { isUpkeep, UNSURE_AGAIN_SECONDS, waitingGroup, waitingJob } from '../outbox/tick.ts';
import type { Challenge } from '../projections/challenge.ts';
import { parseJob, type Tick } from '../queue/jobs.ts';
import type { Job } from '../queue/queue.ts';
import type { Settings } from '../setup/config.ts';
import type { Reader } from '../slack/reader.ts';
import type { BatchPorts, TimeLeft } from './batch.ts';
import type { Comparison } from './comparison.ts';
import { createEngine, type Engine, type EnginePorts } from './engine.ts';
import { type OldTracesPorts, sumUpOldTraces } from './old-traces.ts';
import { performUpkeep, type UpkeepPorts } from './upkeep.ts';
import type { Outcome } from './worker.ts';

/** What every host needs: the engine's ports, and what the periodic maintenance reads. */
export interface HostPorts
  extends EnginePorts,
    Pick<UpkeepPorts, 'state' | 'yieldTurn' | 'after'>,
    Pick<OldTracesPorts, 'eraseTraces'> {
  /** Absent while there is no token: then nothing is compared with Slack. */
  reader?: Reader | undefined;
  /** After how many seconds what is owed to Slack is looked at again while there is no token; 60 by default. */
  speechlessSeconds?: number;
}

/** What a host runs: handling of jobs, and periodic maintenance. */
export interface Host {
  engine: Engine;
  handle: BatchPorts['handle'];
  /** Begins what a tick of this machine's own clock asks for; where nobody knows what time it is, it waits in the queue. */
  upkeep(tick: Tick, challenge: Challenge, milliseconds: number): Promise<void>;
}

const SPEECHLESS_SECONDS = 60;

/** Time that maintenance leaves for recording, publishing and answering. */
const TICK_MARGIN_MILLISECONDS = 12_000;

/** Where no platform ends a run, maintenance out of the queue does not hold up what else was taken with it for longer either. */
const MOST_MILLISECONDS = 20_000;

export const createHost = (ports: HostPorts): Host => {
  const engine = createEngine(ports);
  const delaySeconds = ports.speechlessSeconds ?? SPEECHLESS_SECONDS;

  const { clock, recorder } = engine;

  /** Does what a tick asks for, unless nobody knows what time it is. */
  const maintain = async (
    { tick, challenge, begun }: Maintenance,
    milliseconds: number,
  ): Promise<'waits' | undefined> => {
    const { channel } = challenge;
    // One log has the traces of all, and no challenge's.
    if (tick === 'traces' && channel !== ports.settings.challenges[0]?.channel) return undefined;
    // What seems to be missing from Slack would be deleted, what seems to be over sealed, and what seems to be old taken away.
    if (!(await engine.isTimeRight())) return 'waits';
    if (tick === 'traces') return void (await sumUpOldTraces({ ...ports, clock }, milliseconds));
    const ended = await performUpkeep(tick, challenge, { ...ports, clock, recorder }, milliseconds, begun);
    if (tick !== 'reconcile' || ended === 'goes on') return undefined;
    await engine.sweep();
    if (ended) await engine.closeMissed(challenge);
    return undefined;
  };

  // A comparison that was cut short may have appended what it had not folded: the next night is too late for that.
  const putOff = async ({ tick, challenge: { channel }, begun }: Maintenance): Promise<void> => {
    ports.report('problem', { error: `${tick} ${channel} waits: the time is not certain` });
    const { scheduledAt, portion } = begun;
    await ports.queue.put([waitingJob({ kind: 'tick', tick, channel, scheduledAt, ...(portion ? { portion } : {}) })]);
  };

  const upkeep: Host['upkeep'] = async (tick, challenge, milliseconds) => {
    const maintenance = { tick, challenge, begun: { scheduledAt: new Date(clock.now()).toISOString(), portion: 0 } };
    if ((await maintain(maintenance, milliseconds)) === 'waits') await putOff(maintenance);
  };

  /** What a job of maintenance asks for; says whether the job is to come again. */
  const maintainFor = async (job: Job, timeLeft: TimeLeft): Promise<boolean> => {
    const maintenance = maintenanceOf(job, ports.settings);
    if (!maintenance) return false;
    const isWaiting = job.group === waitingGroup(maintenance.challenge);
    if (isWaiting && isOutdated(maintenance, clock.now())) return false;
    const milliseconds = Math.min(timeLeft() - TICK_MARGIN_MILLISECONDS, MOST_MILLISECONDS);
    if ((await maintain(maintenance, milliseconds)) !== 'waits') return false;
    if (!isWaiting) await putOff(maintenance);
    return isWaiting;
  };

  const handle = async (jobs: Job[], timeLeft: TimeLeft): Promise<Outcome> => {
    // Without a token, what is owed to Slack waits.
    if (!engine.canSpeak && isOwedGroup(jobs[0]?.group))
      return { done: [], failed: jobs.map((job) => ({ job, delaySeconds })), changed: [] };
    const outcome = await engine.handle(jobs);
    await engine.tellOfReinstall();
    for (const [position, job] of outcome.done.entries()) {
      if (!(await maintainFor(job, timeLeft))) continue;
      const again = [...outcome.done.slice(position), ...outcome.failed.map(({ job: failed }) => failed)];
      const failed = again.map((each) => ({ job: each, delaySeconds: UNSURE_AGAIN_SECONDS }));
      return { ...outcome, done: outcome.done.slice(0, position), failed };
    }
    return outcome;
  };

  return { engine, handle, upkeep };
};

/** Periodic maintenance that a tick asks for. */
interface Maintenance {
  tick: Tick;
  challenge: Challenge;
  /** Of a comparison: which one this is, and how many portions of it are done. */
  begun: Comparison;
}

const maintenanceOf = (job: Job, { challenges }: Settings): Maintenance | undefined => {
  const body = parseJob(job.body);
  if (body?.kind !== 'tick' || body.tick === 'due' || !isUpkeep(body.tick)) return undefined;
  const { tick, scheduledAt, portion = 0 } = body;
  const challenge = challenges.find(({ channel }) => channel === body.channel);
  return challenge && { tick, challenge, begun: { scheduledAt, portion } };
};

const DAY_MILLISECONDS = 86_400_000;

/** Of nights that have waited for the right time, the last one is enough; a week's sealing has no other soon. */
const isOutdated = ({ tick, begun }: Maintenance, now: number): boolean =>
  tick !== 'seal' && now - Date.parse(begun.scheduledAt) > DAY_MILLISECONDS;
