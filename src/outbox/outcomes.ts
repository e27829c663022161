import type { Event, EventOf } from '../events/catalog.ts';
import { type Ts, tsAt } from '../events/timestamp.ts';
import { isInHistory } from '../handlers/addressing.ts';
import type { Effect, EffectRef } from '../handlers/effect.ts';
import type { Recorder } from '../pipeline/recorder.ts';
import type { Challenge } from '../projections/challenge.ts';
import type { Clock } from '../setup/clock.ts';
import { describeMessage } from '../slack/translate.ts';

/** What Slack's answer, or its history, says of a message: where it is, and the message itself where it is new. */
export interface SentMessage {
  channel: string;
  ts?: Ts;
  message?: Record<string, unknown>;
}

/** Records what became of an effect, as events of the log. */
export const createOutcomes = ({ recorder, clock }: { recorder: Recorder; clock: Clock }) => {
  const nowTs = (): Ts => tsAt(clock.now());

  /** It was to be sent, by this attempt. Says whether this attempt is ours: one of a number can be made. */
  const claimed = (
    { channel }: Challenge,
    { week, id, says }: EffectRef & Pick<Effect, 'says'>,
    attempt: number,
  ): Promise<boolean> => {
    const event = { v: 1, channel, at: nowTs(), week, effect: id, attempt } as const;
    return recorder.claim({ ...event, kind: 'effect.attempted', ...(says ? { says } : {}) });
  };

  const delivered = async (
    { channel }: Challenge,
    { week, id }: EffectRef,
    attempt: number,
    { channel: to, ts, message }: SentMessage,
  ): Promise<void> => {
    const event = { v: 1, kind: 'effect.delivered', channel, at: nowTs(), week, effect: id, attempt, to } as const;
    const events: Event[] = [{ ...event, ...(ts ? { ts } : {}) }];
    // Our own message is an event like any other: Slack's echo of it lands on the same key.
    if (to === channel && ts && message && message['thread_ts'] === undefined && isInHistory(id))
      events.unshift({
        v: 1,
        kind: 'message.posted',
        channel,
        at: ts,
        ...describeMessage({ ...message, ts }),
      } as unknown as EventOf<'message.posted'>);
    await recorder.record(...events);
  };

  const refused = (
    { channel }: Challenge,
    { week, id }: EffectRef,
    attempt: number,
    { reason, final }: { reason: string; final: boolean },
  ): Promise<void> =>
    recorder.record({ v: 1, kind: 'effect.refused', channel, at: nowTs(), week, effect: id, attempt, reason, final });

  const skipped = async (
    { channel }: Challenge,
    { week, id }: EffectRef,
    reason: string,
    effect?: Effect,
    attempt?: number,
  ): Promise<undefined> => {
    const event = { v: 1, kind: 'effect.skipped', channel, at: nowTs(), week, effect: id, reason } as const;
    await recorder.record({
      ...event,
      ...(attempt === undefined ? {} : { attempt }),
      ...(effect?.says ? { says: effect.says } : {}),
    });
    return undefined;
  };

  return { claimed, delivered, refused, skipped };
};

export type Outcomes = ReturnType<typeof createOutcomes>;
