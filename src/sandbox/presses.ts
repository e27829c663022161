import { Refused } from '../events/errors.ts';
import type { Json } from '../events/json.ts';
import { digitsOf, nextNumber, openHook } from './hooks.ts';
import { sendOff } from './outgoing.ts';
import { type Option, optionsIn, pressable } from './pressable.ts';
import { type Block, type Channel, copy, type SlackMessage } from './shapes.ts';
import { formatStamp } from './stamps.ts';
import { memberFor, nextId, postFor, type State } from './state.ts';

/** An element of a block, and what was chosen when it is a select. */
export interface Element {
  blockId: string;
  actionId: string;
  /** The `value` of the option. */
  option?: string | undefined;
}

/** Somebody presses a button, or chooses in a select, in a message. */
export const press = (state: State, { user, channel: id, ts, ...element }: Element & Pressed): void => {
  const channel = seenChannel(state, id, user);
  const ephemeral = channel.ephemerals.find((one) => one.user === user && one.message.ts === ts);
  const message = ephemeral?.message ?? postFor(channel, ts).message;
  const container = `${id}:${ts}`;
  const action = actionOf(state, user, message.blocks ?? [], container, element);
  const thread = message.thread_ts === undefined || message.thread_ts === ts ? {} : { thread_ts: message.thread_ts };
  const payload = {
    ...commonPayload(state, 'block_actions', user),
    container: { type: 'message', message_ts: ts, channel_id: id, is_ephemeral: ephemeral !== undefined, ...thread },
    channel: { id, name: channelName(channel) },
    ...(ephemeral ? {} : { message: pressedMessage(message), state: stateOf(state, user, message.blocks, container) }),
    response_url: openHook(state, {
      kind: 'actions',
      user,
      channel: id,
      original: { ts, isEphemeral: ephemeral !== undefined },
    }),
    actions: [action],
  };
  const spot = { user, channel: id, ts, blockId: element.blockId, name: element.actionId };
  sendOff(state, 'block_actions', { id: nextId(state, 'P'), kind: 'interactive', payload }, { spot });
};

/** Who presses, and in which message. */
interface Pressed {
  user: string;
  channel: string;
  ts: string;
}

/** The same in App Home: there is no message, no channel, and nowhere to answer. */
export const pressHome = (state: State, { user, ...element }: Element & { user: string }): void => {
  const view = state.views.get(user);
  if (!view) throw new Refused(`view: expected a published one, got none, for ${user}`);
  const container = String(view['id']);
  const action = actionOf(state, user, view['blocks'] as Block[], container, element);
  const payload = {
    ...commonPayload(state, 'block_actions', user),
    container: { type: 'view', view_id: container },
    view: { ...copy(view), state: stateOf(state, user, view['blocks'] as Block[], container) },
    actions: [action],
  };
  const spot = { user, blockId: element.blockId, name: element.actionId };
  sendOff(state, 'block_actions', { id: nextId(state, 'P'), kind: 'interactive', payload }, { spot });
};

/** Somebody takes an entry of the app's in the menu of a message; Slack offers these to everybody, also where the app is no member. */
export const useShortcut = (state: State, { user, channel: id, ts, callbackId }: Pressed & { callbackId: string }) => {
  const channel = seenChannel(state, id, user);
  const { message } = postFor(channel, ts);
  if (!state.app.shortcuts.some((shortcut) => shortcut.callbackId === callbackId))
    throw new Refused(`shortcut: expected one of the app's, got ${callbackId}`);
  const { api_app_id: _, ...common } = commonPayload(state, 'message_action', user);
  const { reactions, metadata, ...shown } = copy(message);
  const payload = {
    ...common,
    action_ts: momentOf(state),
    channel: { id, name: channelName(channel) },
    callback_id: callbackId,
    response_url: openHook(state, { kind: 'app', user, channel: id }),
    message_ts: ts,
    message: { ...shown, blocks: shown.blocks ?? [] },
  };
  const spot = { user, channel: id, ts, name: callbackId };
  sendOff(state, 'message_action', { id: nextId(state, 'P'), kind: 'interactive', payload }, { spot });
};

/** The conversation, for somebody who sees it; an archived one cannot be acted in. */
export const seenChannel = (state: State, id: string, user: string): Channel => {
  memberFor(state, user);
  const channel = state.channels.get(id);
  if (!channel || channel.archived || !channel.members.has(user))
    throw new Refused(`channel: expected an open one of ${user}, got ${id}`);
  return channel;
};

/** What Slack calls a conversation in payloads: only public channels go by their name. */
export const channelName = ({ kind, name, isPrivate }: Channel): string => {
  if (kind === 'im') return 'directmessage';
  return isPrivate ? 'privategroup' : name;
};

/** A new `trigger_id`. */
export const triggerOf = (state: State): string => {
  const number = nextNumber(state);
  return `${number}.7480000000001.${digitsOf(state, number, 32)}`;
};

const commonPayload = (state: State, type: string, user: string) => {
  const { name } = memberFor(state, user);
  const { team, enterprise } = state;
  return {
    type,
    user: { id: user, username: name, name, team_id: team.id },
    api_app_id: state.bot.appId,
    token: 'deprecated-do-not-trust',
    trigger_id: triggerOf(state),
    team: enterprise ? null : { id: team.id, domain: team.domain },
    enterprise: enterprise ?? null,
    is_enterprise_install: enterprise !== undefined,
  };
};

const momentOf = (state: State): string => {
  state.serial += 1;
  return formatStamp(Math.floor(state.now()) * 1000 + (state.serial % 1000));
};

/** A message as a press carries it: nothing of who reacted, and not the app's own card. */
const pressedMessage = ({ reactions, bot_profile, ...message }: SlackMessage): Json => ({
  ...copy(message),
  ...(message.reply_count === undefined ? {} : { subscribed: false }),
});

const actionOf = (
  state: State,
  user: string,
  blocks: Block[],
  container: string,
  { blockId, actionId, option }: Element,
): Json => {
  const found = pressable(blocks).find((one) => one.blockId === blockId && one.element['action_id'] === actionId);
  if (!found) throw new Refused(`action: expected an element of this message, got ${actionId} in ${blockId}`);
  const { type, text, value, url, style, placeholder, initial_option } = found.element;
  const common = { type, action_id: actionId, block_id: blockId, action_ts: momentOf(state) };
  if (type === 'button') return { ...common, ...defined({ text, value, url, style }) };
  const chosen = optionsIn(found.element).find((one) => one.value === option);
  if (!chosen) throw new Refused(`option: expected one of ${actionId}'s, got ${option}`);
  state.selections.set(`${user} ${container} ${blockId} ${actionId}`, chosen);
  return { ...common, ...defined({ selected_option: chosen, initial_option, placeholder }) };
};

const defined = (fields: Json): Json =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));

/** What stands in the selects just now, for one person. */
const stateOf = (state: State, user: string, blocks: Block[] = [], container: string): { values: Json } => {
  const values: Record<string, Record<string, Json>> = {};
  for (const { blockId, element } of pressable(blocks)) {
    if (element['type'] !== 'static_select') continue;
    const actionId = String(element['action_id']);
    const chosen: Option | undefined = state.selections.get(`${user} ${container} ${blockId} ${actionId}`);
    const selected = chosen ?? element['initial_option'] ?? null;
    values[blockId] = { ...values[blockId], [actionId]: { type: 'static_select', selected_option: selected } };
  }
  return { values };
};
