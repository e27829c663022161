import type { Ts } from '../events/timestamp.ts';
import { alarmsWhenRefused, deliveryOf, mentionedBy, recipientOf } from '../handlers/addressing.ts';
import type { Effect } from '../handlers/effect.ts';
import type { Challenge } from '../projections/challenge.ts';
import type { EffectRecord } from '../projections/ledger.ts';
import { permalinkOf } from '../projections/month-view.ts';
import type { Again } from '../queue/jobs.ts';
import { type Clock, millisecondsSince, momentOf } from '../setup/clock.ts';
import { commandOf, type Settings } from '../setup/config.ts';
import type { OutgoingMessage, Refusal, Sent, Slack } from '../slack/slack.ts';
import { render } from '../slack/text/render.ts';
import type { RenderContext } from '../slack/text/wording.ts';
import type { Alarm } from './alarm.ts';
import type { Outcomes } from './outcomes.ts';
import { createPauses } from './pauses.ts';
import { CHANGE_AGAIN_SECONDS, type Unclear } from './unclear.ts';

/** An attempt that was held up for so long between its claim and its sending is not sent: others may have given it up by then. */
const LATE_SECONDS = 30;
const AGAIN_SECONDS = 30;
/** How soon it is decided again what has become untimely before it was claimed. */
const UNTIMELY_AGAIN_SECONDS = 1;

const always = (): boolean => true;

/** A refusal with an undocumented reason is final when it has come so often: at once, then after 30 s, 2, 8 and 32 minutes. */
const MAX_UNKNOWN_REFUSALS = 5;

export interface AttemptPorts {
  slack: Slack;
  clock: Clock;
  outcomes: Outcomes;
  unclear: Unclear;
  settleSeconds: number;
  /** Whether another effect that was claimed at the same time leaves nothing to say for this one; asked once its own claim is folded. */
  isForestalled: (challenge: Challenge, effect: Effect) => Promise<boolean>;
  /** What people are called. */
  namesOf: (challenge: Challenge, users: readonly string[]) => Promise<Map<string, string>>;
  alarm?: Alarm | undefined;
  settings?: Pick<Settings, 'command'> | undefined;
  /** Whether people can press and type: then what is said tells them how. */
  canTalk?: (() => boolean) | undefined;
}

/** Makes attempts to deliver: claimed in the log, sent, and what came of it recorded. */
export const createAttempt = (ports: AttemptPorts) => {
  const { slack, clock, outcomes, unclear, settleSeconds } = ports;
  const pauses = createPauses(clock);

  const refused = async (
    challenge: Challenge,
    effect: Effect,
    number: number,
    refusal: Refusal,
    record: EffectRecord | undefined,
  ): Promise<Again> => {
    const { reason, pause } = refusal;
    const earlier = Object.values(record?.refused ?? {}).filter((past) => past.reason === reason).length;
    const final = refusal.final || (refusal.unknown === true && earlier + 1 >= MAX_UNKNOWN_REFUSALS);
    const usual = refusal.unknown ? AGAIN_SECONDS * 4 ** earlier : AGAIN_SECONDS;
    const again = Math.max(1, refusal.retryAfterSeconds ?? usual);
    pauses.note(placeOf(challenge, effect), refusal, again);
    await outcomes.refused(challenge, effect, number, { reason, final });
    if (pause) await ports.alarm?.('slack-token', reason);
    if (!final) return { retryAfterSeconds: again };
    if (alarmsWhenRefused(effect.id)) await ports.alarm?.('refused', `${effect.id}: ${reason}`, challenge.channel);
    return undefined;
  };

  /** Makes one attempt. `isTimely` is asked before it is claimed, and once more immediately before it is sent: whether it may still be said. */
  return async (
    challenge: Challenge,
    effect: Effect,
    number: number,
    record: EffectRecord | undefined,
    isTimely: () => boolean = always,
  ): Promise<Again> => {
    const closed = pauses.closedFor(placeOf(challenge, effect));
    if (closed > 0) return { retryAfterSeconds: closed };
    // Before the claim, since what the message shows is claimed with it.
    const names = mentionedBy(effect);
    const called = await ports.namesOf(challenge, names);
    const address = await addressOf(slack, challenge, effect.here);
    const says = saidAmong(effect, names, called);
    if (!isTimely()) return { retryAfterSeconds: UNTIMELY_AGAIN_SECONDS };
    const began = momentOf(clock);
    const ref = { week: effect.week, id: effect.id, ...(says ? { says } : {}) };
    const first = await outcomes.claimed(challenge, ref, number);
    // Only now: had it been known before it was there, it would be taken for older than it is.
    unclear.made(challenge, effect, number);
    // Somebody else is at it, or was when it died: wait until it is clear what became of it.
    if (!first || (await ports.isForestalled(challenge, effect))) return { retryAfterSeconds: settleSeconds };
    const message = render(effect, number, contextOf(challenge, address, called, ports));
    if (millisecondsSince(began, clock) > LATE_SECONDS * 1000 || !isTimely())
      return { retryAfterSeconds: settleSeconds };
    const sent = await send(slack, challenge, effect, message);
    if (sent.outcome === 'unclear') return { retryAfterSeconds: effect.change ? CHANGE_AGAIN_SECONDS : settleSeconds };
    if (sent.outcome === 'refused') return refused(challenge, effect, number, sent, record);
    // A changed message was posted long ago, in other words.
    const standing = effect.change ? { channel: sent.channel, ts: sent.ts } : sent;
    await outcomes.delivered(challenge, effect, number, standing);
    return undefined;
  };
};

/** Sends a message to where its effect is to be: posted, whispered, or as a change of what stands. */
const send = async (slack: Slack, challenge: Challenge, effect: Effect, message: OutgoingMessage): Promise<Sent> => {
  if (effect.change) return slack.change({ ...message, ...effect.change });
  const to = recipientOf(challenge, effect);
  const delivery = deliveryOf(effect);
  if (delivery.by === 'post') return slack.post({ ...message, to });
  const { thread } = delivery;
  return slack.whisper({ ...message, channel: challenge.channel, user: to, ...(thread ? { thread } : {}) });
};

/** What later decisions need to know of what an effect says, that it lacks names among it. */
const saidAmong = ({ says }: Effect, names: readonly string[], called: ReadonlyMap<string, string>): Effect['says'] =>
  says && names.some((user) => !called.has(user)) ? { ...says, unnamed: true as const } : says;

/** What the words need beside the effect: the slash command only where people can use it. */
const contextOf = (
  challenge: Challenge,
  address: string | undefined,
  called: ReadonlyMap<string, string>,
  { canTalk, settings = {} }: AttemptPorts,
): RenderContext => ({
  challenge,
  address,
  nameOf: (user) => called.get(user),
  ...(canTalk?.() ? { command: commandOf(settings) } : {}),
});

/** The kind of call and the conversation: Slack's rate limits apply to these two. */
const placeOf = (challenge: Challenge, effect: Effect): string => {
  if (effect.change) return `change/${effect.change.channel}`;
  return deliveryOf(effect).by === 'post' ? `post/${recipientOf(challenge, effect)}` : `whisper/${challenge.channel}`;
};

/** Slack's address of a message of the channel; undefined when it is not known. */
const addressOf = async (
  slack: Slack,
  { channel, workspaceUrl }: Challenge,
  ts: Ts | undefined,
): Promise<string | undefined> => {
  if (!ts) return undefined;
  return workspaceUrl ? permalinkOf(workspaceUrl, channel, ts) : slack.permalink?.(channel, ts);
};
