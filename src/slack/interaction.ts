import * as v from 'valibot';
import { Id } from '../events/catalog.ts';
import { type Interaction, type InteractionOf, interactionFrom } from '../events/interaction.ts';
import { isObject, type Json } from '../events/json.ts';
import { isTs, type Ts } from '../events/timestamp.ts';
import { commandText } from './command-text.ts';

/** What came of a delivery that is no event: an interaction; nothing that anybody asks about; or something of which a trace is enough. */
export type Parsed = { is: 'interaction'; interaction: Interaction } | { is: 'nothing' } | { is: 'other' };

/** A field that may be missing, null, or of another shape: then it is as if it were not there. */
const maybe = <const S extends v.GenericSchema>(schema: S) => v.fallback(v.optional(schema), undefined);

const text = maybe(v.pipe(v.string(), v.minLength(1)));
const stamp = maybe(v.custom<Ts>(isTs));
const Named = maybe(v.object({ id: Id }));

const Person = v.object({ id: Id });
const Message = maybe(v.object({ ts: v.custom<Ts>(isTs), thread_ts: stamp, user: maybe(Id) }));

const Action = v.object({
  action_id: v.pipe(v.string(), v.minLength(1)),
  block_id: text,
  value: text,
  selected_option: maybe(v.object({ value: v.string() })),
  /** The button only opens an address. */
  url: text,
  action_ts: stamp,
});

const Press = v.object({
  user: Person,
  team: Named,
  container: maybe(
    v.object({
      type: text,
      message_ts: stamp,
      thread_ts: stamp,
      channel_id: maybe(Id),
      is_ephemeral: maybe(v.boolean()),
    }),
  ),
  channel: Named,
  message: Message,
  actions: v.array(v.unknown()),
  response_url: text,
});

const Shortcut = v.object({
  user: Person,
  team: Named,
  callback_id: v.string(),
  action_ts: stamp,
  channel: Named,
  message_ts: stamp,
  message: Message,
  response_url: text,
});

const Command = v.object({
  user_id: Id,
  team_id: maybe(Id),
  channel_id: Id,
  command: v.pipe(v.string(), v.startsWith('/')),
  text: v.optional(v.string(), ''),
  response_url: text,
});

const Home = v.object({
  team_id: maybe(Id),
  event_time: v.unknown(),
  event: v.object({ user: Id, tab: text, event_ts: text }),
});

/**
 * One shape for what Slack sends beside events: `block_actions`, `message_action`, a slash command's fields, and the event `app_home_opened`.
 * Total: any object gives an answer. `receivedAt` dates what has no date of its own.
 */
export const parseInteraction = (payload: Json, receivedAt: Ts): Parsed => {
  const parsed = parseByType(payload, receivedAt);
  if (parsed === undefined) return { is: 'other' };
  if (parsed === 'nothing') return { is: 'nothing' };
  const checked = interactionFrom(parsed);
  return 'fault' in checked ? { is: 'other' } : { is: 'interaction', interaction: checked.interaction };
};

const parseByType = (payload: Json, receivedAt: Ts): Interaction | 'nothing' | undefined => {
  switch (payload['type']) {
    case 'block_actions':
      return parsePress(payload, receivedAt);
    case 'message_action':
      return parseShortcut(payload, receivedAt);
    case 'event_callback':
      return isHomeOpened(payload) ? parseHome(payload, receivedAt) : undefined;
    case undefined:
      return parseCommand(payload, receivedAt);
    default:
      return undefined;
  }
};

/** Whether a delivery is the event that somebody opened App Home: it names a person's own channel, so no trace of it is kept. */
export const isHomeOpened = ({ type, event }: Json): boolean =>
  type === 'event_callback' && isObject(event) && event['type'] === 'app_home_opened';

const INTERACTIONS = new Set<unknown>(['block_actions', 'message_action']);
const ITS_FIELDS = ['trigger_id', 'response_url', 'response_urls', 'command'];

/** Whether a delivery is something that a person did with the bot, and no event of a channel. */
export const isInteraction = (payload: Json): boolean => {
  if (payload['type'] === 'event_callback') return isHomeOpened(payload);
  return INTERACTIONS.has(payload['type']) || ITS_FIELDS.some((field) => field in payload);
};

const parsePress = (payload: Json, receivedAt: Ts): InteractionOf<'press'> | 'nothing' | undefined => {
  const read = v.safeParse(Press, payload);
  if (!read.success) return undefined;
  const { user, team, container, channel, message, response_url } = read.output;
  const pressed = read.output.actions.flatMap((action) => {
    const { success, output } = v.safeParse(Action, action);
    return success ? [output] : [];
  });
  const actions = pressed.filter(({ url }) => url === undefined);
  const [first] = actions;
  if (!first) return pressed.length > 0 ? 'nothing' : undefined;
  const ts = message?.ts ?? container?.message_ts;
  return {
    kind: 'press',
    user: user.id,
    team: team?.id ?? null,
    at: first.action_ts ?? receivedAt,
    container: containerOf(container, payload),
    channel: channel?.id ?? container?.channel_id,
    message: messageOf(ts, message?.thread_ts ?? container?.thread_ts, message?.user),
    actions: actions.map(({ action_id, block_id, value, selected_option, action_ts }) => ({
      id: action_id,
      block: block_id,
      value: value ?? selected_option?.value,
      at: action_ts ?? receivedAt,
    })),
    responseUrl: response_url,
  };
};

const containerOf = (
  container: { type?: string | undefined; is_ephemeral?: boolean | undefined } | undefined,
  payload: Json,
): InteractionOf<'press'>['container'] => {
  if (container?.type === 'view' || (!container?.type && isObject(payload['view']))) return 'view';
  return container?.is_ephemeral ? 'ephemeral' : 'message';
};

const parseShortcut = (payload: Json, receivedAt: Ts): InteractionOf<'shortcut'> | undefined => {
  const read = v.safeParse(Shortcut, payload);
  if (!read.success) return undefined;
  const { user, team, callback_id, action_ts, channel, message_ts, message, response_url } = read.output;
  const ts = message_ts ?? message?.ts;
  return {
    kind: 'shortcut',
    user: user.id,
    team: team?.id ?? null,
    at: action_ts ?? receivedAt,
    callback: callback_id,
    channel: channel?.id,
    message: messageOf(ts, message?.thread_ts, message?.user),
    responseUrl: response_url,
  };
};

/** A parent names itself as its thread once it has replies. */
const messageOf = (ts: Ts | undefined, thread: Ts | undefined, author: string | undefined) =>
  ts === undefined ? undefined : { ts, thread: thread === ts ? undefined : thread, author };

const parseCommand = (payload: Json, receivedAt: Ts): InteractionOf<'command'> | undefined => {
  const read = v.safeParse(Command, payload);
  if (!read.success) return undefined;
  const { user_id, team_id, channel_id, command, response_url } = read.output;
  return {
    kind: 'command',
    user: user_id,
    team: team_id ?? null,
    at: receivedAt,
    channel: channel_id,
    command,
    text: commandText(read.output.text),
    responseUrl: response_url,
  };
};

const parseHome = (payload: Json, receivedAt: Ts): InteractionOf<'home'> | undefined => {
  const read = v.safeParse(Home, payload);
  if (!read.success) return undefined;
  const { team_id, event, event_time } = read.output;
  return {
    kind: 'home',
    user: event.user,
    team: team_id ?? null,
    at: dateOf(event.event_ts) ?? dateOf(event_time) ?? receivedAt,
    tab: event.tab,
  };
};

/** A date as Slack writes it: a timestamp, one without its point (microseconds), or whole seconds. */
const dateOf = (value: unknown): Ts | undefined => {
  if (isTs(value)) return value;
  const digits = Number.isSafeInteger(value) ? String(value) : value;
  if (typeof digits !== 'string') return undefined;
  if (/^\d{16}$/.test(digits)) return `${digits.slice(0, 10)}.${digits.slice(10)}`;
  return /^\d{9,11}$/.test(digits) ? `${digits}.000000` : undefined;
};
