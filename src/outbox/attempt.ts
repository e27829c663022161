import { deliveryOf, mentionedBy, recipientOf } from '../handlers/addressing.ts';
import type { Effect } from '../handlers/effect.ts';
import { kinds } from '../handlers/kinds.ts';
import type { Challenge } from '../projections/challenge.ts';
import type { Again } from '../queue/jobs.ts';
import type { Clock } from '../setup/clock.ts';
import type { OutgoingMessage, Sent, Slack } from '../slack/slack.ts';
import { render } from '../slack/text/render.ts';
import type { Outcomes } from './outcomes.ts';
import { CHANGE_AGAIN_SECONDS, type Unclear } from './unclear.ts';

/** Whoever was held up for so long between claiming an attempt and sending it does not send it: others may take it for dead by then. */
const LATE_SECONDS = 30;
const PAUSE_SECONDS = 60;

export interface AttemptPorts {
  slack: Slack;
  clock: Clock;
  outcomes: Outcomes;
  unclear: Unclear;
  settleSeconds: number;
  /** What people are called. */
  namesOf: (challenge: Challenge, users: readonly string[]) => Promise<Map<string, string>>;
  alarm?: ((code: string, subject: string) => Promise<void>) | undefined;
}

/** Makes attempts to deliver: claimed in the log, sent, and what came of it recorded. */
export const createAttempt = (ports: AttemptPorts) => {
  const { slack, clock, outcomes, unclear, settleSeconds } = ports;
  /**
   * While Slack says to wait, nothing is sent. While the token is no good, one effect a minute finds out whether it is again; the others
   * wait without leaving events.
   */
  let pausedUntil = 0;

  const send = async (challenge: Challenge, effect: Effect, message: OutgoingMessage): Promise<Sent> => {
    if (effect.change) return slack.change({ ...message, ...effect.change });
    const to = recipientOf(challenge, effect);
    const delivery = deliveryOf(effect);
    if (delivery.by === 'post') return slack.post({ ...message, to });
    const { thread } = delivery;
    return slack.whisper({ ...message, channel: challenge.channel, user: to, ...(thread ? { thread } : {}) });
  };

  const refused = async (
    challenge: Challenge,
    effect: Effect,
    number: number,
    sent: Extract<Sent, { outcome: 'refused' }>,
  ): Promise<Again> => {
    const { reason, final } = sent;
    const again = Math.max(1, sent.retryAfterSeconds ?? 30);
    const pause = (sent.pause ? PAUSE_SECONDS : again) * 1000;
    if (!final) pausedUntil = Math.max(pausedUntil, clock.now() + pause);
    await outcomes.refused(challenge, effect, number, sent);
    if (sent.pause) await ports.alarm?.('slack-token', reason);
    if (!final) return { retryAfterSeconds: again };
    if (kinds[effect.kind].whenRefused === 'alarm') await ports.alarm?.('refused', `${effect.id}: ${reason}`);
    return undefined;
  };

  return async (challenge: Challenge, effect: Effect, number: number): Promise<Again> => {
    const pause = (pausedUntil - clock.now()) / 1000;
    if (pause > 0) return { retryAfterSeconds: Math.ceil(pause) };
    // Before the claim, since what the message shows is claimed with it.
    const names = mentionedBy(effect);
    const called = await ports.namesOf(challenge, names);
    const isUnnamed = effect.says !== undefined && names.some((user) => !called.has(user));
    const says = isUnnamed ? { ...effect.says, unnamed: true as const } : effect.says;
    const began = clock.now();
    const first = await outcomes.claimed(
      challenge,
      { week: effect.week, id: effect.id, ...(says ? { says } : {}) },
      number,
    );
    // Only now: had it been known before it was there, it would be taken for older than it is.
    unclear.made(challenge, effect, number);
    // Somebody else is at it, or was when it died: wait until it is clear what became of it.
    if (!first) return { retryAfterSeconds: settleSeconds };
    const message = render(effect, number, { challenge, nameOf: (user) => called.get(user) });
    if (clock.now() - began > LATE_SECONDS * 1000) return { retryAfterSeconds: settleSeconds };
    const sent = await send(challenge, effect, message);
    if (sent.outcome === 'unclear') return { retryAfterSeconds: effect.change ? CHANGE_AGAIN_SECONDS : settleSeconds };
    if (sent.outcome === 'refused') return refused(challenge, effect, number, sent);
    // A changed message was posted long ago, in other words.
    const standing = effect.change ? { channel: sent.channel, ts: sent.ts } : sent;
    await outcomes.delivered(challenge, effect, number, standing);
    return undefined;
  };
};
