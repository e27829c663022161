import { expectPreviews } from './changes.ts';
import { identified } from './pressable.ts';
import { richText } from './rich-text.ts';
import {
  type Attachment,
  type Block,
  type Channel,
  copy,
  type Envelope,
  type Member,
  type Metadata,
  type Post,
  type SharedFile,
  type SlackMessage,
} from './shapes.ts';
import { emit, nextId, type State, stamp, typeOf } from './state.ts';
import { countReplies } from './threads.ts';

/** What a new message is made of; `text` and `blocks` as they go over the wire. */
export interface Draft {
  author: Member;
  /** The app by whose token it came. */
  app?: AppStamp | undefined;
  text: string;
  blocks?: Block[] | undefined;
  attachments?: Attachment[] | undefined;
  metadata?: Metadata | undefined;
  files?: SharedFile[] | undefined;
  thread?: string | undefined;
  broadcast?: boolean | undefined;
  /** Link previews will come. */
  unfurl: boolean;
  titles?: Record<string, string> | undefined;
}

/** Puts a message into its channel and tells the app. */
export const addMessage = (state: State, channel: Channel, draft: Draft): Post => {
  const parent = draft.thread === undefined ? undefined : channel.posts.get(draft.thread);
  const message = buildMessage(state, channel, draft, parent);
  const post: Post = {
    message,
    reactions: new Map(),
    visibleAt: state.now() + state.faults.lagMilliseconds(),
    titles: draft.titles ?? {},
  };
  channel.posts.set(message.ts, post);
  if (parent) countReplies(channel, parent);
  if (message.subtype === 'thread_broadcast' && parent) message.root = rootOf(parent.message);
  emit(state, channel, messageEvent(channel, message));
  if (draft.unfurl) expectPreviews(state, channel, post);
  return post;
};

const buildMessage = (state: State, channel: Channel, draft: Draft, parent: Post | undefined): SlackMessage => {
  const { author } = draft;
  const app = draft.app ?? (author.bot && { ...author.bot, name: author.realName });
  const subtype = subtypeOf(draft);
  const message: SlackMessage = {
    type: 'message',
    ...(subtype ? { subtype } : {}),
    user: author.id,
    ...(app ? botFields(state, author, app) : {}),
    ts: stamp(state, channel),
    ...(app || draft.files ? {} : { client_msg_id: clientId(state) }),
    text: draft.text,
    team: state.team.id,
  };
  if (parent) Object.assign(message, { thread_ts: parent.message.ts });
  if (parent && subtype !== 'thread_broadcast') Object.assign(message, { parent_user_id: parent.message.user });
  if (draft.files) Object.assign(message, { upload: false, display_as_bot: false, files: draft.files });
  const blocks = draft.blocks ?? (draft.files || draft.text === '' ? undefined : [textBlock(state, draft.text)]);
  if (blocks) message.blocks = identified(blocks, () => nextId(state, 'b'));
  if (draft.attachments?.length) message.attachments = draft.attachments;
  if (draft.metadata) message.metadata = draft.metadata;
  return message;
};

/** The block that Slack makes of a text alone. */
export const textBlock = (state: State, text: string): Block => richText(text, nextId(state, 'b'));

const subtypeOf = (draft: Draft): string | undefined => {
  if (draft.thread !== undefined && draft.broadcast) return 'thread_broadcast';
  return draft.files ? 'file_share' : undefined;
};

/** An app as Slack stamps it on whatever comes by one of its tokens. */
export interface AppStamp {
  botId: string;
  appId: string;
  name: string;
}

const botFields = (state: State, author: Member, app: AppStamp): object => ({
  bot_id: app.botId,
  app_id: app.appId,
  bot_profile: {
    id: app.botId,
    app_id: app.appId,
    user_id: author.id,
    name: app.name,
    icons: {},
    deleted: false,
    updated: 1_700_000_000,
    team_id: state.team.id,
  },
});

const clientId = (state: State): string => {
  state.serial += 1;
  return `00000000-0000-4000-8000-${state.serial.toString(16).padStart(12, '0')}`;
};

const rootOf = (parent: SlackMessage): SlackMessage => {
  const { blocks: _blocks, metadata: _metadata, bot_profile: _profile, ...root } = parent;
  return copy(root);
};

const messageEvent = (channel: Channel, message: SlackMessage): Envelope['event'] => ({
  ...message,
  event_ts: message.ts,
  channel: channel.id,
  channel_type: typeOf(channel),
});
