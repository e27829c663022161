import type { Event, EventOf } from '../events/catalog.ts';
import { compareTs, secondsOf, type Ts, tsAt } from '../events/timestamp.ts';
import { calendarOf, monthOf, type Week, weeksOf } from '../events/week.ts';
import { isStale, mentionedBy, recipientOf } from '../handlers/addressing.ts';
import { decide, decideOne, touchedBy } from '../handlers/decide.ts';
import { type Effect, isFinal, isUnclear, lastAttempt } from '../handlers/effect.ts';
import { dueTs, openWeek, weekOpenId } from '../handlers/open-week.ts';
import type { Challenge } from '../projections/challenge.ts';
import type { EffectRecord, Ledger } from '../projections/ledger.ts';
import type { Queue } from '../queue/queue.ts';
import type { OutgoingMessage, Sent, Slack } from '../slack/slack.ts';
import { render } from '../slack/text/render.ts';
import { describeMessage } from '../slack/translate.ts';
import type { Documents } from '../store/documents.ts';
import type { Clock } from './clock.ts';
import { effectJob, profileJob } from './effect-jobs.ts';
import type { JobBody } from './jobs.ts';
import { createNames } from './names.ts';
import { loadLedgers } from './publish.ts';
import { NO_TIME, type Recorder } from './recorder.ts';

/**
 * How long after an unclear attempt Slack's history is trusted to show it: the worker's time-out (30 s), the call's (10 s) and the
 * largest lag of the history that is assumed (80 s).
 */
export const SETTLE_SECONDS = 120;

/** Whoever was held up for so long between claiming an attempt and sending it does not send it: others may take it for dead by then. */
const LATE_SECONDS = 30;

/** How far clocks may be off, either way. */
const CLOCK_ERROR_SECONDS = 600;

/** How soon a change of a standing message is tried again. Doing it twice does no harm, but a lost call must not come after its successor. */
const CHANGE_AGAIN_SECONDS = 15;
const UNKNOWN_AGAIN_SECONDS = 60;
const PAUSE_SECONDS = 60;

export interface EffectPorts {
  documents: Documents;
  queue: Pick<Queue, 'put'>;
  slack: Slack;
  clock: Clock;
  recorder: Recorder;
  settleSeconds?: number;
  alarm?: (code: string, subject: string) => Promise<void>;
}

/** Try again after so many seconds; undefined: done with. */
type Again = { retryAfterSeconds: number } | undefined;

type EffectJob = Extract<JobBody, { kind: 'effect' }>;

/** What is owed to Slack: put on the queue when it is decided, and attempted, sent and recorded when its turn comes. */
export const createEffects = (ports: EffectPorts) => {
  const settleSeconds = ports.settleSeconds ?? SETTLE_SECONDS;
  const nowTs = (): Ts => tsAt(ports.clock.now());
  const names = createNames(ports);

  /** Queues what facts of one week have made owed. */
  const decideFor = async (challenge: Challenge, week: Week, events: readonly Event[]): Promise<void> => {
    const ledgers = await ledgersOf(ports.documents, challenge, week);
    const ledger = ledgers.find((each) => each.week === week);
    if (!ledger) return;
    const owed = decide(challenge, monthOf(week), ledgers, touchedBy(events, ledger));
    const unknown = await names.unknown(challenge, events);
    const now = ports.clock.now();
    await ports.queue.put([
      ...owed.map((effect) => effectJob(challenge, effect, now)),
      ...unknown.map((user) => profileJob(challenge, user, now)),
    ]);
  };

  /** Queues everything that is owed about the months of the last two weeks: what a crash may have left unsaid. */
  const sweep = async (challenge: Challenge): Promise<void> => {
    const calendar = calendarOf(challenge.timeZone);
    const seconds = ports.clock.now() / 1000;
    const months = new Set([calendar.weekAt(seconds), calendar.weekAt(seconds - 14 * 86_400)].map(monthOf));
    for (const month of months) {
      const ledgers = await ledgersOf(ports.documents, challenge, weeksOf(month)[0] as Week);
      const oldest = tsAt((seconds - 3 * 86_400) * 1000);
      const owed = decide(challenge, month, ledgers).filter(
        ({ due, kind }) => kind === 'month.result' || compareTs(due, oldest) > 0,
      );
      await ports.queue.put(owed.map((effect) => effectJob(challenge, effect, seconds * 1000)));
    }
  };

  /** The month's ledgers, that of an effect among them, and its record. */
  const lookUp = async (challenge: Challenge, { week, effect }: EffectJob) => {
    const ledgers = await ledgersOf(ports.documents, challenge, week);
    const ledger = ledgers.find((each) => each.week === week);
    return { ledgers, ledger, record: ledger?.effects[effect] };
  };

  /** `received`: how often the job has been taken. When it was before, its facts may have been appended and not folded. */
  const perform = async (challenge: Challenge, job: EffectJob, received = 1): Promise<Again> => {
    let { ledgers, ledger, record } = await lookUp(challenge, job);
    while (received > 1 && (await ports.recorder.catchUp(challenge, job.week, job.effect, record)))
      ({ ledgers, ledger, record } = await lookUp(challenge, job));
    if (isFinal(record)) return undefined;
    const effect = effectOf(challenge, job, ledgers, ledger);
    if (isUnclear(record)) {
      const cleared = await clearUp(challenge, job, record as EffectRecord, effect);
      if (cleared !== 'absent') return cleared;
    }
    if (!effect || effect.withdrawn) {
      if (lastAttempt(record) > 0) await skip(challenge, job, 'no longer due', effect);
      return undefined;
    }
    if (isStale(challenge, effect, ports.clock.now() / 1000)) return skip(challenge, job, 'too old', effect);
    return attempt(challenge, effect, lastAttempt(record) + 1);
  };

  const skip = async (
    { channel }: Challenge,
    { week, effect: id }: EffectJob,
    reason: string,
    effect?: Effect,
  ): Promise<undefined> => {
    await ports.recorder.record({
      v: 1,
      kind: 'effect.skipped',
      channel,
      at: nowTs(),
      week,
      effect: id,
      reason,
      ...(effect?.says ? { says: effect.says } : {}),
    });
    return undefined;
  };

  /** When this process first knew of an attempt, in milliseconds. */
  const known = createMemory();

  /**
   * For how many seconds an attempt is certainly past: for as long as this process has known of it, or as its date says less what two
   * clocks may be off. A date alone proves nothing: who made the attempt may have had another clock.
   */
  const ageOf = (attempt: string, at: Ts): number => {
    const now = ports.clock.now();
    return Math.max((now - known(attempt, now)) / 1000, now / 1000 - secondsOf(at) - 2 * CLOCK_ERROR_SECONDS);
  };

  /** Finds out what became of an attempt of which nobody knows. 'absent': it is proven that it was not done. */
  const clearUp = async (
    challenge: Challenge,
    job: EffectJob,
    record: EffectRecord,
    effect: Effect | undefined,
  ): Promise<Again | 'absent'> => {
    const number = lastAttempt(record);
    const attempted = record.attempts?.[number]?.at as Ts;
    const age = ageOf(attemptOf(job.channel, job.week, job.effect, number), attempted);
    if (effect?.change) return age < CHANGE_AGAIN_SECONDS ? { retryAfterSeconds: CHANGE_AGAIN_SECONDS } : 'absent';
    if (age < settleSeconds) return { retryAfterSeconds: Math.ceil(settleSeconds - age) };
    // Nobody but its reader sees a hint, so it cannot be looked up: rather not at all than twice.
    if (job.effect.startsWith('hint:')) return skip(challenge, job, 'unclear', effect);
    // The attempt was dated by a clock of ours, the message by Slack's.
    const oldest = tsAt((secondsOf(record.attempts?.[1]?.at ?? attempted) - CLOCK_ERROR_SECONDS - 60) * 1000);
    const found = await ports.slack.find(job.effect, recipientOf(challenge, effect, ledgerAuthor(job, effect)), oldest);
    if (found.outcome === 'unknown') return { retryAfterSeconds: UNKNOWN_AGAIN_SECONDS };
    // Somebody else may have found it meanwhile, and changed it since: then it stands there under another name.
    if (found.outcome === 'absent') return (await wasDelivered(challenge, job, number)) ? undefined : 'absent';
    await delivered(challenge, job.week, job.effect, found.attempt, found);
    return undefined;
  };

  /** Whether the log knows of a delivery, by any of so many attempts. */
  const wasDelivered = async ({ channel }: Challenge, job: EffectJob, attempts: number): Promise<boolean> => {
    const { week, effect } = job;
    const like = { v: 1, kind: 'effect.delivered', channel, at: NO_TIME, week, effect, to: channel } as const;
    for (let attempt = 1; attempt <= attempts; attempt++)
      if (await ports.recorder.recall({ ...like, attempt })) return true;
    return false;
  };

  /**
   * While Slack says to wait, nothing is sent. While the token is no good, one effect a minute finds out whether it is again; the others
   * wait without leaving facts.
   */
  let pausedUntil = 0;

  const attempt = async (challenge: Challenge, effect: Effect, number: number): Promise<Again> => {
    const { week, id, says } = effect;
    const pause = (pausedUntil - ports.clock.now()) / 1000;
    if (pause > 0) return { retryAfterSeconds: Math.ceil(pause) };
    const began = ports.clock.now();
    const fact = { v: 1, channel: challenge.channel, at: nowTs(), week, effect: id, attempt: number } as const;
    const first = await ports.recorder.claim({ ...fact, kind: 'effect.attempted', ...(says ? { says } : {}) });
    // Only now: had it been known before it was there, it would be taken for older than it is.
    known(attemptOf(challenge.channel, week, id, number), ports.clock.now());
    // Somebody else is at it, or was when it died: wait until it is clear what became of it.
    if (!first) return { retryAfterSeconds: settleSeconds };
    const message = await compose(challenge, effect, number);
    if (ports.clock.now() - began > LATE_SECONDS * 1000) return { retryAfterSeconds: settleSeconds };
    const sent = await send(challenge, effect, message);
    if (sent.outcome === 'unclear') return { retryAfterSeconds: effect.change ? CHANGE_AGAIN_SECONDS : settleSeconds };
    if (sent.outcome === 'refused') return refused(challenge, effect, number, sent);
    // A changed message was posted long ago, in other words.
    await delivered(challenge, week, id, number, effect.change ? { channel: sent.channel, ts: sent.ts } : sent);
    return undefined;
  };

  const compose = async (challenge: Challenge, effect: Effect, number: number): Promise<OutgoingMessage> => {
    const called = await names.of(challenge, mentionedBy(effect));
    return render(effect, number, { challenge, nameOf: (user) => called.get(user) ?? user });
  };

  const send = async (challenge: Challenge, effect: Effect, message: OutgoingMessage): Promise<Sent> => {
    if (effect.change) return ports.slack.change({ ...message, ...effect.change });
    const to = recipientOf(challenge, effect);
    if (effect.kind !== 'hint') return ports.slack.post({ ...message, to });
    return ports.slack.whisper({
      ...message,
      channel: challenge.channel,
      user: to,
      ...(effect.post.thread ? { thread: effect.post.thread } : {}),
    });
  };

  const refused = async (
    challenge: Challenge,
    { id, week }: Effect,
    number: number,
    sent: Extract<Sent, { outcome: 'refused' }>,
  ): Promise<Again> => {
    const { reason, final } = sent;
    const again = Math.max(1, sent.retryAfterSeconds ?? 30);
    const pause = (sent.pause ? PAUSE_SECONDS : again) * 1000;
    if (!final) pausedUntil = Math.max(pausedUntil, ports.clock.now() + pause);
    await ports.recorder.record({
      v: 1,
      kind: 'effect.refused',
      channel: challenge.channel,
      at: nowTs(),
      week,
      effect: id,
      attempt: number,
      reason,
      final,
    });
    if (sent.pause) await ports.alarm?.('slack-token', reason);
    if (!final) return { retryAfterSeconds: again };
    // An alarm about an alarm that nobody can get would never end.
    if (!id.startsWith('alarm:')) await ports.alarm?.('refused', `${id}: ${reason}`);
    return undefined;
  };

  const delivered = async (
    challenge: Challenge,
    week: Week,
    effect: string,
    attempt: number,
    { channel: to, ts, message }: { channel: string; ts?: Ts; message?: Record<string, unknown> },
  ): Promise<void> => {
    const { channel } = challenge;
    // Our own message is a fact like any other: Slack's echo of it lands on the same key.
    if (to === channel && ts && message && message['thread_ts'] === undefined && !effect.startsWith('hint:')) {
      const posted = {
        v: 1,
        kind: 'message.posted',
        channel,
        at: ts,
        ...describeMessage({ ...message, ts }),
      } as unknown as EventOf<'message.posted'>;
      await ports.recorder.recordPosted(posted);
    }
    await ports.recorder.record({
      v: 1,
      kind: 'effect.delivered',
      channel,
      at: nowTs(),
      week,
      effect,
      attempt,
      to,
      ...(ts ? { ts } : {}),
    });
  };

  return { decideFor, sweep, perform, profile: names.ask };
};

/** An attempt's name: an alarm may come again another week. */
const attemptOf = (channel: string, week: Week, effect: string, number: number): string =>
  `${channel}/${week}/${effect}/${number}`;

const REMEMBERED = 10_000;

/** Remembers under each name the number that came with it first; of too many, the oldest are forgotten. */
const createMemory = () => {
  const first = new Map<string, number>();
  return (name: string, number: number): number => {
    const known = first.get(name);
    if (known !== undefined) return known;
    first.set(name, number);
    if (first.size > REMEMBERED) first.delete(first.keys().next().value as string);
    return number;
  };
};

const ledgersOf = async (documents: Documents, { channel }: Challenge, week: Week): Promise<Ledger[]> =>
  (await loadLedgers(documents, channel, monthOf(week))).map(({ value }) => value);

/** The effect that a job asks for, as it stands now. */
const effectOf = (
  challenge: Challenge,
  job: EffectJob,
  ledgers: readonly Ledger[],
  ledger: Ledger | undefined,
): Effect | undefined => {
  if (job.alarm) return { kind: 'alarm', id: job.effect, week: job.week, due: '0000000000.000000', ...job.alarm };
  if (job.effect !== weekOpenId(job.week)) return decideOne(challenge, job.week, ledgers, job.effect);
  const { schedule, timeZone } = challenge;
  const [hour, minute] = schedule.weekOpen.split(':').map(Number) as [number, number];
  return openWeek(challenge, job.week, ledger, dueTs(calendarOf(timeZone).instant(job.week, 0, hour, minute)));
};

/** An effect that is not owed any more still went to somebody. */
const ledgerAuthor = (job: EffectJob, effect: Effect | undefined): string | undefined =>
  effect === undefined && job.alarm ? job.alarm.admin : undefined;
