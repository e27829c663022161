/** A Block Kit block, as it was given and checked. */
export interface Block {
  type: string;
  block_id?: string;
  [field: string]: unknown;
}

/** A link preview as Slack attaches it to a message about a second after it was posted. */
export interface Attachment {
  id?: number;
  from_url?: string;
  original_url?: string;
  title?: string;
  title_link?: string;
  fallback?: string;
  text?: string;
  service_name?: string;
  [field: string]: unknown;
}

/** What an app says of its own message, for programs. */
export interface Metadata {
  event_type: string;
  event_payload: Record<string, unknown>;
}

/** Who pressed one emoji; `users` may be shorter than `count` says. */
export interface Reaction {
  name: string;
  count: number;
  users: string[];
}

/** A message as it goes over the wire; `ts` is its identity in its channel. */
export interface SlackMessage {
  type: 'message';
  subtype?: string;
  user?: string;
  bot_id?: string;
  app_id?: string;
  bot_profile?: Record<string, unknown>;
  client_msg_id?: string;
  ts: string;
  thread_ts?: string;
  parent_user_id?: string;
  text: string;
  team?: string;
  blocks?: Block[];
  attachments?: Attachment[];
  files?: SharedFile[];
  upload?: boolean;
  display_as_bot?: boolean;
  edited?: { user: string; ts: string };
  metadata?: Metadata;
  reactions?: Reaction[];
  root?: SlackMessage;
  inviter?: string;
  hidden?: boolean;
  is_locked?: boolean;
  reply_count?: number;
  reply_users_count?: number;
  reply_users?: string[];
  latest_reply?: string;
  notice?: Notice;
}

/** What Slackbot says of a command to who gave it: why it did not go, as a code. */
export interface Notice {
  is: string;
  command: string;
}

/** A file shared with a message. */
export interface SharedFile {
  id: string;
  name: string;
  mimetype: string;
  filetype: string;
  user: string;
}

/** Somebody in the workspace: a person, or an app's bot user. */
export interface Member {
  id: string;
  /** The handle, `minseo`. */
  name: string;
  realName: string;
  displayName: string;
  /** The token with which the Web API knows them. */
  token: string;
  bot?: { botId: string; appId: string };
  admin: boolean;
  deactivated: boolean;
}

/** A message in its channel with what is kept beside it. */
export interface Post {
  message: SlackMessage;
  /** Users by reaction name, both in the order in which they came. */
  reactions: Map<string, string[]>;
  /** When history and replies begin to show it, in ms. */
  visibleAt: number;
  /** The titles its author's preview has, by URL, where a test gave them. */
  titles: Record<string, string>;
}

/** A message that only one person sees, and only here: Slack keeps no history of these. */
export interface Ephemeral {
  user: string;
  message: SlackMessage;
}

/** A conversation: a channel, or a direct message with the bot. */
export interface Channel {
  id: string;
  name: string;
  kind: 'channel' | 'im';
  /** A channel that only its members see. */
  isPrivate?: boolean;
  archived: boolean;
  created: number;
  members: Set<string>;
  /** By ts; insertion is in the order of ts. */
  posts: Map<string, Post>;
  ephemerals: Ephemeral[];
  /** The last ts given out, in µs. */
  lastStamp: number;
}

/** An Events API request body on its way to the app. */
export interface Delivery {
  /** Increases by one for each, copies included. */
  sequence: number;
  /** When it leaves, in ms. */
  dueAt: number;
  payload: Envelope;
}

/** The outer body of an Events API request. */
export interface Envelope {
  type: 'event_callback';
  event_id: string;
  event_time: number;
  event: { type: string; event_ts: string; [field: string]: unknown };
  [field: string]: unknown;
}

/** What the Web API answers. With `lost` no answer ever reaches the caller, who sees a time-out or a broken connection. */
export interface Answer {
  status: number;
  headers?: Record<string, string>;
  body: { ok: boolean; error?: string; [field: string]: unknown };
  lost?: 'timeout' | 'reset';
}

/** A deep copy, as if it had gone over the wire. */
export const copy = <Value>(value: Value): Value => JSON.parse(JSON.stringify(value)) as Value;
