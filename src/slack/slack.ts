import type { Ts } from '../events/timestamp.ts';
import type { HomeBlock } from './home-blocks.ts';

/** What Slack says of a person: `tz` is their own time zone. */
export interface Profile {
  name: string;
  bot: boolean;
  deleted?: true;
  tz?: string;
}

/** The port for writing to Slack. No method throws because of what Slack answers. */
export interface Slack {
  post(message: OutgoingMessage & { to: string }): Promise<Sent>;
  /** Changes a message that stands. Doing it twice is as good as once. */
  change(message: OutgoingMessage & { channel: string; ts: Ts }): Promise<Sent>;
  /** Shows a message to one person in a channel; it leaves no trace that could be looked up. */
  whisper(message: OutgoingMessage & { channel: string; user: string; thread?: Ts }): Promise<Sent>;
  /** Looks for a message of our own with the effect's id that was posted within a time. */
  find(effect: string, to: string, within: Within): Promise<Found>;
  /** Slack's address of a message; undefined when Slack does not say. */
  permalink?(channel: string, ts: Ts): Promise<string | undefined>;
  /** Shows somebody their App Home. Twice is as good as once. Absent: there is none. */
  publishHome?(user: string, blocks: readonly HomeBlock[]): Promise<Sent>;
  /** The bot's own user id; undefined when Slack does not say. */
  ownId?(): Promise<string | undefined>;
  /** A person's name as Slack shows it; undefined when there is no such person, or Slack does not say. */
  profile(user: string): Promise<Profile | undefined>;
}

/** A profile as the fields of its event. */
export const profileFields = ({ name, bot, deleted, tz }: Profile) => ({
  name,
  ...(bot ? { bot } : {}),
  ...(deleted ? { deleted } : {}),
  ...(tz ? { tz } : {}),
});

/** What we say: `text` is what notifications and screen readers get. */
export interface OutgoingMessage {
  text: string;
  blocks: Block[];
  metadata?: { event_type: string; event_payload: Record<string, string | number> };
}

/** The kinds of blocks we use. */
export interface Block {
  type: 'section' | 'context' | 'actions';
  block_id?: string;
  text?: { type: 'mrkdwn'; text: string };
  elements?: ({ type: 'mrkdwn'; text: string } | ButtonElement)[];
}

/** A button as Slack has it. */
interface ButtonElement {
  type: 'button';
  action_id: string;
  text: { type: 'plain_text'; text: string; emoji?: true };
  style?: 'danger';
  value?: string;
  url?: string;
}

/** A button under a message: `id` says what it does, `value` with what; or it leads to `url`. */
export type Button = { id: string; text: string } & ({ value: string } | { url: string });

/** From when to when, both ends included. */
export interface Within {
  oldest: Ts;
  latest: Ts;
}

/** What became of a call. `unclear`: it may have been done. `refused`: it was not. */
export type Sent =
  | { outcome: 'sent'; channel: string; ts?: Ts; message?: Record<string, unknown> }
  | Refusal
  | { outcome: 'unclear'; reason: string };

/** It was not done. */
export interface Refusal {
  outcome: 'refused';
  reason: string;
  /** It never will be. */
  final: boolean;
  retryAfterSeconds?: number;
  /** Nothing else goes either: the token is no good. */
  pause?: true;
  /** Nobody knows whether it ever will be: Slack's documentation does not have this reason. */
  unknown?: true;
}

/** `unknown`: not all of the history could be read, so nothing is proven. */
export type Found =
  | { outcome: 'found'; channel: string; ts: Ts; attempt: number; message: Record<string, unknown> }
  | { outcome: 'absent' }
  | { outcome: 'unknown' };
