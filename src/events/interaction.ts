import * as v from 'valibot';
import { describeIssue, Id } from './catalog.ts';
import { isTs, type Ts } from './timestamp.ts';

const Timestamp = v.custom<Ts>(isTs, 'expected a timestamp such as 1722865849.468459');
/** Characters. (A command has 4,000 at most, a button's value 2,000; nothing that the bot understands is so long.) */
export const LONGEST_INTERACTION_TEXT = 2000;
const Text = v.pipe(v.string(), v.maxLength(LONGEST_INTERACTION_TEXT));

const Message = v.object({
  ts: Timestamp,
  /** The parent's ts when it is a reply. */
  thread: v.optional(Timestamp),
  /** Whose it is; absent for some bots. */
  author: v.optional(Id),
});

const Who = {
  user: Id,
  /** The workspace; null where the app was installed for a whole organisation. */
  team: v.nullable(Id),
  /** Its date, fixed when it was accepted: whatever comes of it has the same date each time. */
  at: Timestamp,
};

/** Where an answer may be sent, for half an hour and five times. It is kept in the job alone. */
const responseUrl = v.optional(Text);

const Schema = v.variant('kind', [
  /** Buttons and selects. */
  v.object({
    kind: v.literal('press'),
    ...Who,
    /** In what they stood: a message, one that only this person sees, or App Home. */
    container: v.picklist(['message', 'ephemeral', 'view']),
    channel: v.optional(Id),
    message: v.optional(Message),
    /** `value`: a button's own, or of the option that was selected. */
    actions: v.pipe(
      v.array(v.object({ id: Text, block: v.optional(Text), value: v.optional(Text), at: Timestamp })),
      v.minLength(1),
    ),
    responseUrl,
  }),
  /** An entry in the menu of a message. */
  v.object({
    kind: v.literal('shortcut'),
    ...Who,
    callback: Text,
    channel: v.optional(Id),
    message: v.optional(Message),
    responseUrl,
  }),
  /** A slash command; `text` as the person wrote it, blanks collapsed, mentions as `<@U0MINSEO01>`. */
  v.object({ kind: v.literal('command'), ...Who, channel: Id, command: Text, text: Text, responseUrl }),
  /** Somebody opened App Home, or the messages beside it. */
  v.object({ kind: v.literal('home'), ...Who, tab: v.optional(Text) }),
]);

/** Something that a person did with the bot in Slack: no event, and not kept. What comes of it may be one. */
export type Interaction = v.InferOutput<typeof Schema>;

/** One kind of interaction. */
export type InteractionOf<K extends Interaction['kind']> = Extract<Interaction, { kind: K }>;

/** A value that claims to be an interaction, or what is wrong with it: field, expected, and only the type that it has. */
export const interactionFrom = (value: unknown): { interaction: Interaction } | { fault: string } => {
  const read = v.safeParse(Schema, value);
  return read.success ? { interaction: read.output } : { fault: describeIssue(read.issues[0]) };
};

/** An interaction without what is kept nowhere: the address for answers, and what the person typed. */
export const withoutSecrets = <I extends Interaction>(interaction: I): I => {
  const { responseUrl: _, ...rest } = interaction as I & { responseUrl?: string };
  return ('text' in rest ? { ...rest, text: '' } : rest) as I;
};
