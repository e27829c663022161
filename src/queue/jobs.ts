import type { Choice } from '../events/choices.ts';
import { canonical } from '../events/codec.ts';
import type { Interaction } from '../events/interaction.ts';
import { isObject, parseJson } from '../events/json.ts';
import { sha256 } from '../events/sha256.ts';
import { type NewJob, PRIVATE_GROUPS } from './queue.ts';

/** A person asks for something, whatever became of it before. */
export interface Asked {
  by: 'person';
  /** The number of the last attempt that had come to its end by then: what became of it, and of those before it, is past. */
  after: number;
  /** Wanted however long ago it was due. */
  late?: true;
}

/** What the bodies of jobs say. */
export type JobBody =
  /** A verified delivery of Slack's. */
  | { kind: 'event'; payload: unknown }
  /** A verified request whose body could not be understood: base64 of its bytes. */
  | { kind: 'malformed'; reason: string; raw: string }
  /**
   * A tick of the schedule, or a person who asks for the same. `scheduledAt` is an ISO instant. `unsaid`: why the month's result is to be
   * frozen without being announced. `portion`: the comparison with Slack that this tick began goes on, so many portions of it being done.
   */
  | {
      kind: 'tick';
      tick: Tick;
      channel: string;
      scheduledAt: string;
      month?: string;
      asked?: Asked;
      unsaid?: string;
      portion?: number;
    }
  /** AWS's one schedule asks for all challenges what is due at an ISO instant. */
  | { kind: 'tick'; tick: 'due'; scheduledAt: string }
  /** A job whose body is too large for the queue: the key under which it lies. */
  | { kind: 'stored'; key: string }
  /** Something owed to Slack; what it says is decided when it is performed. An alarm says it itself, since no ledger does. */
  | {
      kind: 'effect';
      channel: string;
      week: string;
      effect: string;
      alarm?: { code: string; subject: string; admin: string; at?: string };
      asked?: Asked;
    }
  /** A person whose name is not known yet this week. */
  | { kind: 'profile'; channel: string; user: string }
  /** What somebody chose, as the event that it becomes if it still can when the job's turn comes. Nobody has looked at it yet. */
  | { kind: 'choice'; channel: string; event: unknown }
  /** What a person did with the bot, as it was accepted. Nothing of it is kept when the job is done, nor in quarantine. */
  | { kind: 'interaction'; interaction: Interaction };

/** The queue's group of what is asked for all challenges. No channel is called so. */
export const SCHEDULE_GROUP = 'schedule';

export type EffectJob = Extract<JobBody, { kind: 'effect' }>;

/** When a job must be tried again; undefined when it is done. */
export type Again = { retryAfterSeconds: number } | undefined;

/** What a tick asks of one challenge. */
export type Tick = 'week.open' | 'month.result' | 'digest' | 'reconcile' | 'seal' | 'traces';

/** A job with one of our bodies. What not every queue carries unchanged is escaped, and nothing else: a letter of Korean is three bytes, not six. */
export const jobOf = (id: string, group: string, body: JobBody): NewJob => ({ id, group, body: portableJson(body) });

/** Escaped are halves of characters beyond U+FFFF, and what is no character. */
const portableJson = (value: unknown): string =>
  JSON.stringify(value).replace(
    /[\u007f-\u009f\ud800-\udfff\ufffe\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

const utf8 = new TextEncoder();

/** The job for a choice. It waits in line with the channel's events, and has the choice's date in it: a job that comes again is the same event. */
export const choiceJob = (event: Choice): NewJob => {
  const { channel } = event;
  const digest = sha256(utf8.encode(canonical(event)));
  return jobOf(`choice/${channel}/${digest}`, channel, { kind: 'choice', channel, event });
};

/** The job for an interaction, in a group of its person: a busy channel does not hold it up. */
export const interactionJob = (id: string, interaction: Interaction): NewJob => {
  const { team, user } = interaction;
  return jobOf(id, `${PRIVATE_GROUPS}${team ? `${team}/` : ''}${user}`, { kind: 'interaction', interaction });
};

const KINDS = new Set<unknown>(['event', 'malformed', 'stored', 'tick', 'effect', 'profile', 'choice', 'interaction']);

/** The parsed body of a job, or undefined when it is not one of ours. */
export const parseJob = (body: string): JobBody | undefined => {
  const value = parseJson(body);
  return isObject(value) && KINDS.has(value['kind']) ? (value as unknown as JobBody) : undefined;
};
