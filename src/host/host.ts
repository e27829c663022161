import { isOwedGroup } from '../outbox/effect-jobs.ts';
import { waitingJob } from '../outbox/tick.ts';
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
  /** `comparison`: the comparison with Slack that goes on; without it one is begun. */
  upkeep(tick: Tick, challenge: Challenge, milliseconds: number, comparison?: Comparison): Promise<void>;
}

const SPEECHLESS_SECONDS = 60;

/** Time that maintenance leaves for recording, publishing and answering. */
const TICK_MARGIN_MILLISECONDS = 12_000;

/** Where no platform ends a run, maintenance out of the queue does not hold up what else was taken with it for longer either. */
const MOST_MILLISECONDS = 20_000;

const beginning = (clock: { now(): number }): Comparison => ({
  scheduledAt: new Date(clock.now()).toISOString(),
  portion: 0,
});

export const createHost = (ports: HostPorts): Host => {
  const engine = createEngine(ports);
  const delaySeconds = ports.speechlessSeconds ?? SPEECHLESS_SECONDS;

  const { clock, recorder } = engine;

  const upkeep: Host['upkeep'] = async (tick, challenge, milliseconds, comparison = beginning(clock)) => {
    if (tick !== 'reconcile' && tick !== 'seal' && tick !== 'traces') return;
    const { channel } = challenge;
    // One log has the traces of all, and no challenge's.
    if (tick === 'traces' && channel !== ports.settings.challenges[0]?.channel) return;
    // What seems to be missing from Slack would be deleted, what seems to be over sealed, and what seems to be old taken away.
    if (!(await engine.isTimeRight())) {
      ports.report('problem', { error: `${tick} ${channel} waits: the time is not certain` });
      // A comparison that was cut short may have appended what it had not folded: the next night is too late for that.
      return ports.queue.put([waitingJob({ kind: 'tick', tick, channel, ...comparison })]);
    }
    if (tick === 'traces') return sumUpOldTraces({ ...ports, clock }, milliseconds);
    const ended = await performUpkeep(tick, challenge, { ...ports, clock, recorder }, milliseconds, comparison);
    if (tick !== 'reconcile' || ended === 'goes on') return;
    await engine.sweep();
    if (ended) await engine.closeMissed(challenge);
  };

  const handle = async (jobs: Job[], timeLeft: TimeLeft): Promise<Outcome> => {
    // Without a token, what is owed to Slack waits.
    if (!engine.canSpeak && isOwedGroup(jobs[0]?.group))
      return { done: [], failed: jobs.map((job) => ({ job, delaySeconds })), changed: [] };
    const outcome = await engine.handle(jobs);
    await engine.tellOfReinstall();
    for (const { tick, challenge, comparison } of ticksOf(outcome.done, ports.settings))
      await upkeep(tick, challenge, Math.min(timeLeft() - TICK_MARGIN_MILLISECONDS, MOST_MILLISECONDS), comparison);
    return outcome;
  };

  return { engine, handle, upkeep };
};

const ticksOf = (
  jobs: readonly Job[],
  { challenges }: Settings,
): { tick: Tick; challenge: Challenge; comparison: Comparison }[] =>
  jobs.flatMap((job) => {
    const body = parseJob(job.body);
    if (body?.kind !== 'tick' || body.tick === 'due') return [];
    const { tick, scheduledAt, portion = 0 } = body;
    const comparison = { scheduledAt, portion };
    return challenges
      .filter(({ channel }) => channel === body.channel)
      .map((challenge) => ({ tick, challenge, comparison }));
  });
