import { Refused } from '../events/errors.ts';
import type { Json } from '../events/json.ts';
import { type App, appOf } from './app.ts';
import { createFaults, type Faults } from './faults.ts';
import type { Hook } from './hooks.ts';
import { createOutbox, type Outbox } from './outbox.ts';
import type { Doing, Interaction } from './outgoing.ts';
import type { Option } from './pressable.ts';
import type { Channel, Envelope, Member, Post } from './shapes.ts';
import { formatStamp, nextStamp } from './stamps.ts';
import { createWaiting, type Waiting } from './waiting.ts';

/** How a workspace begins. Ids look like Slack's: `T…`, `C…`, `U…`, `B…`, `A…`. */
export interface WorkspaceOptions {
  /** The time in ms. */
  now: () => number;
  /** Chance, for faults with a probability; without it they strike at every other number drawn. */
  random?: () => number;
  team?: { id: string; name: string; domain?: string };
  /** The organisation for which the app is installed, when it is not for one workspace. */
  enterprise?: { id: string; name: string };
  /** The bot is a member of every channel unless `members` says otherwise. */
  channels: { id: string; name: string; archived?: boolean; isPrivate?: boolean; members?: string[] }[];
  bot: { id: string; botId: string; appId: string; name: string; token: string };
  members: NewMember[];
  /** Where permalinks and `auth.test` say that the workspace is; ends in `/`. */
  url?: string;
  /** How long a link preview takes, in ms. */
  previewMilliseconds?: number;
  /** The app's manifest, for its commands, shortcuts, Home tab and scopes; one of our kind when left out. */
  manifest?: Json;
  /** Whether the app was installed again since it has the manifest: without it, no command, press, shortcut or Home tab. True when left out. */
  reinstalled?: boolean;
  /** How many likers history and replies name; the count stays exact. */
  shownLikers?: number;
}

/** Somebody to be added. Without a token of their own they get `xoxp-sandbox-<id>`. */
export interface NewMember {
  id: string;
  name: string;
  realName?: string;
  displayName?: string;
  token?: string;
  bot?: { botId: string; appId: string };
  admin?: boolean;
  deactivated?: boolean;
}

/** A link preview that is on its way. */
export interface PendingPreview {
  dueAt: number;
  channel: string;
  ts: string;
}

/** Everything the workspace knows, and the little that all its parts need. */
export interface State {
  now: () => number;
  team: { id: string; name: string; domain: string };
  enterprise: { id: string; name: string } | undefined;
  app: App;
  url: string;
  bot: WorkspaceOptions['bot'];
  previewMilliseconds: number;
  shownLikers: number;
  members: Map<string, Member>;
  channels: Map<string, Channel>;
  previews: PendingPreview[];
  /** What App Home shows, by user. */
  views: Map<string, Json>;
  /** What was chosen in selects, by user, container and element. */
  selections: Map<string, Option>;
  /** The open `response_url`s, by what stands behind `hooks/` in them. */
  hooks: Map<string, Hook>;
  interactions: Waiting<Interaction>;
  /** What people did to which no answer came yet, or none in time. */
  doings: Map<string, Doing>;
  faults: Faults;
  outbox: Outbox;
  calls: Map<string, number>;
  /** Increases with every change, for those who watch. */
  version: number;
  listeners: Set<() => void>;
  serial: number;
}

/** The state at the beginning. */
export const createState = (options: WorkspaceOptions): State => {
  const team = { domain: 'til-sandbox', ...(options.team ?? { id: 'T0SANDBOX1', name: 'TIL sandbox' }) };
  const faults = createFaults(options.random ?? alternating());
  const { bot } = options;
  const state: State = {
    now: options.now,
    team,
    enterprise: options.enterprise,
    app: appOf(options.manifest, options.reinstalled),
    url: options.url ?? 'https://til-sandbox.invalid/',
    bot,
    previewMilliseconds: options.previewMilliseconds ?? 1_000,
    shownLikers: options.shownLikers ?? 50,
    members: new Map(),
    channels: new Map(),
    previews: [],
    views: new Map(),
    selections: new Map(),
    hooks: new Map(),
    interactions: createWaiting(options.now),
    doings: new Map(),
    faults,
    outbox: createOutbox(options.now, faults, { team: team.id, appId: bot.appId, botUser: bot.id }),
    calls: new Map(),
    version: 0,
    listeners: new Set(),
    serial: 0,
  };
  addMember(state, { ...bot, bot: { botId: bot.botId, appId: bot.appId } });
  for (const member of options.members) addMember(state, member);
  for (const channel of options.channels) addChannel(state, channel);
  return state;
};

const alternating = (): (() => number) => {
  let last = 0.75;
  return () => (last = 1 - last);
};

/** Adds somebody to the workspace, not to a channel. */
export const addMember = (state: State, member: NewMember): void => {
  const realName = member.realName ?? member.name;
  state.members.set(member.id, {
    id: member.id,
    name: member.name,
    realName,
    displayName: member.displayName ?? realName,
    token: member.token ?? `xoxp-sandbox-${member.id}`,
    ...(member.bot ? { bot: member.bot } : {}),
    admin: member.admin ?? false,
    deactivated: member.deactivated ?? false,
  });
};

const addChannel = (state: State, channel: WorkspaceOptions['channels'][number]): void => {
  const everybody = [...state.members.values()].filter((member) => !member.deactivated).map((member) => member.id);
  state.channels.set(channel.id, {
    id: channel.id,
    name: channel.name,
    kind: 'channel',
    ...(channel.isPrivate ? { isPrivate: true } : {}),
    archived: channel.archived ?? false,
    created: Math.floor(state.now() / 1000),
    members: new Set(channel.members ?? everybody),
    posts: new Map(),
    ephemerals: [],
    lastStamp: 0,
  });
};

/** The id of the direct conversation of two, whether it is open or not. */
export const conversationId = (one: string, other: string): string =>
  `D${[one, other]
    .sort()
    .map((user) => user.slice(1))
    .join('')}`;

/** The direct conversation of two, made when there is none yet. */
export const directMessages = (state: State, one: string, other: string): { channel: Channel; created: boolean } => {
  const id = conversationId(one, other);
  const found = state.channels.get(id);
  if (found) return { channel: found, created: false };
  const channel: Channel = {
    id,
    name: '',
    kind: 'im',
    archived: false,
    created: Math.floor(state.now() / 1000),
    members: new Set([one, other]),
    posts: new Map(),
    ephemerals: [],
    lastStamp: 0,
  };
  state.channels.set(id, channel);
  return { channel, created: true };
};

/** A new ts in a channel. */
export const stamp = (state: State, channel: Channel): string => nextStamp(channel, state.now());

/** Hands an event to the app, if it would get it: it subscribes to channels, and must be in them. */
export const emit = (state: State, channel: Channel, event: Envelope['event']): void => {
  if (channel.kind === 'channel' && channel.members.has(state.bot.id)) state.outbox.add(event);
  changed(state);
};

/** What Slack calls the kind of a channel in an event. */
export const typeOf = ({ isPrivate }: Channel): string => (isPrivate ? 'group' : 'channel');

/** Tells those who watch. */
export const changed = (state: State): void => {
  state.version += 1;
  for (const listener of state.listeners) listener();
};

/** An id that no other thing in this workspace has. */
export const nextId = (state: State, prefix: string): string => {
  state.serial += 1;
  return `${prefix}0${state.serial.toString(36).toUpperCase().padStart(8, '0')}`;
};

/** The seconds of now as Slack writes them in `edited`. */
export const wholeSecond = (state: State): string => formatStamp(Math.floor(state.now() / 1000) * 1_000_000);

/** The channel, for a person's deed. */
export const channelFor = (state: State, id: string, user: string): Channel => {
  const channel = state.channels.get(id);
  if (!channel) throw new Refused(`channel: expected one of this workspace, got ${id}`);
  if (channel.archived) throw new Refused(`channel: ${id} is archived`);
  if (!channel.members.has(user)) throw new Refused(`channel: ${user} is not a member of ${id}`);
  return channel;
};

/** The member, for a person's deed. */
export const memberFor = (state: State, id: string): Member => {
  const member = state.members.get(id);
  if (!member || member.deactivated) throw new Refused(`user: expected an active member, got ${id}`);
  return member;
};

/** The message, for a person's deed; what was deleted is no longer there. */
export const postFor = (channel: Channel, ts: string): Post => {
  const post = channel.posts.get(ts);
  if (!post || post.message.subtype === 'tombstone') throw new Refused(`message: none at ${ts} in ${channel.id}`);
  return post;
};
