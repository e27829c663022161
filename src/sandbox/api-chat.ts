import {
  ApiError,
  type Arguments,
  attachmentsOf,
  blocksOf,
  flag,
  maybeFlag,
  metadataOf,
  needed,
  text,
} from './arguments.ts';
import { editMessage, removeMessage } from './changes.ts';
import { whisper } from './ephemerals.ts';
import { type AppStamp, addMessage, textBlock } from './messages.ts';
import { escapeBare, longestMessage, longestText, splitText } from './rich-text.ts';
import { type Channel, copy, type Member, type Post } from './shapes.ts';
import { directMessages, type State } from './state.ts';

/** A Web API method on the state, for a caller whose token was right; gives the answer's fields without `ok`. */
export type Method = (state: State, caller: Member, args: Arguments) => Record<string, unknown>;

/** The channel that a caller may see. */
export const visibleChannel = (state: State, caller: Member, id: string): Channel => {
  const channel = state.channels.get(id);
  if (!channel || (channel.kind === 'im' && !channel.members.has(caller.id))) throw new ApiError('channel_not_found');
  return channel;
};

/** The channel in which a caller may write. A user id stands for the conversation with them, which opens by it. */
const writableChannel = (state: State, caller: Member, id: string): Channel => {
  const user = state.members.get(id);
  if (user) return openedConversation(state, caller, user);
  const channel = visibleChannel(state, caller, id);
  if (channel.archived) throw new ApiError('is_archived');
  if (!channel.members.has(caller.id)) throw new ApiError('not_in_channel');
  return channel;
};

const openedConversation = (state: State, caller: Member, user: Member): Channel => {
  if (user.bot) throw new ApiError('cannot_dm_bot');
  if (user.deactivated) throw new ApiError('user_not_found');
  return directMessages(state, caller.id, user.id).channel;
};

const threadOf = (channel: Channel, args: Arguments): string | undefined => {
  const thread = text(args, 'thread_ts');
  if (thread === undefined) return undefined;
  const parent = channel.posts.get(thread);
  if (!parent) throw new ApiError('cannot_reply_to_message');
  return parent.message.thread_ts ?? thread;
};

/** The app of a caller's token. People's tokens, too, are an app's: somebody else's. */
const appOf = ({ bot, realName }: Member): AppStamp =>
  bot ? { ...bot, name: realName } : { botId: 'B0OTHERAPP', appId: 'A0OTHERAPP', name: 'Another app' };

const textOf = (args: Arguments): string | undefined => {
  const given = text(args, 'text');
  if ((given?.length ?? 0) > longestText) throw new ApiError('msg_too_long');
  return given === undefined ? undefined : escapeBare(given);
};

const postMessage: Method = (state, caller, args) => {
  const channel = writableChannel(state, caller, needed(args, 'channel', 'channel_not_found'));
  const blocks = blocksOf(args);
  const attachments = attachmentsOf(args);
  const body = textOf(args) ?? '';
  if (body === '' && !blocks && !attachments?.length) throw new ApiError('no_text');
  const draft = {
    author: caller,
    app: appOf(caller),
    blocks,
    attachments,
    thread: threadOf(channel, args),
    broadcast: flag(args, 'reply_broadcast'),
    // Apps get previews of plain links only when they ask for them; people always do.
    unfurl: maybeFlag(args, 'unfurl_links') ?? caller.bot === undefined,
  };
  const metadata = metadataOf(args);
  // Only a message that shows its text is split; beside blocks it is for notifications.
  const parts = blocks ? [body] : splitText(body);
  const posts = parts.map((part, index) =>
    addMessage(state, channel, { ...draft, text: part, metadata: index === 0 ? metadata : undefined }),
  );
  const { message } = posts[0] as Post;
  return { channel: channel.id, ts: message.ts, message };
};

const ownPost = (state: State, caller: Member, args: Arguments, refusal: string): { channel: Channel; post: Post } => {
  const channel = visibleChannel(state, caller, needed(args, 'channel', 'channel_not_found'));
  const post = channel.posts.get(needed(args, 'ts', 'message_not_found'));
  if (!post || post.message.subtype === 'tombstone') throw new ApiError('message_not_found');
  if (post.message.user !== caller.id) throw new ApiError(refusal);
  return { channel, post };
};

const update: Method = (state, caller, args) => {
  const { channel, post } = ownPost(state, caller, args, 'cant_update_message');
  if (channel.archived) throw new ApiError('is_inactive');
  const given = textOf(args);
  const blocks = blocksOf(args);
  if (given === undefined && !blocks) throw new ApiError('no_text');
  if ((given?.length ?? 0) > longestMessage) throw new ApiError('msg_too_long');
  const body = given ?? post.message.text;
  const next = { user: caller.id, text: body, blocks: blocks ?? [textBlock(state, body)], metadata: metadataOf(args) };
  editMessage(state, channel, post, { ...next, unfurl: false });
  return { channel: channel.id, ts: post.message.ts, text: body, message: post.message };
};

const remove: Method = (state, caller, args) => {
  const { channel, post } = ownPost(state, caller, args, 'cant_delete_message');
  removeMessage(state, channel, post);
  return { channel: channel.id, ts: post.message.ts };
};

const postEphemeral: Method = (state, caller, args) => {
  const channel = visibleChannel(state, caller, needed(args, 'channel', 'channel_not_found'));
  if (channel.archived) throw new ApiError('is_archived');
  if (!channel.members.has(caller.id)) throw new ApiError('not_in_channel');
  const user = needed(args, 'user', 'invalid_arguments');
  if (!channel.members.has(user)) throw new ApiError('user_not_in_channel');
  const blocks = blocksOf(args);
  const body = textOf(args) ?? '';
  if (body === '' && !blocks) throw new ApiError('no_text');
  const thread = text(args, 'thread_ts');
  const ts = whisper(state, channel, { user, author: caller.id, app: appOf(caller), text: body, blocks, thread });
  return { message_ts: ts };
};

const getPermalink: Method = (state, caller, args) => {
  const channel = visibleChannel(state, caller, needed(args, 'channel', 'channel_not_found'));
  const post = channel.posts.get(needed(args, 'message_ts', 'message_not_found'));
  if (!post) throw new ApiError('message_not_found');
  const { ts, thread_ts: thread } = post.message;
  const query = thread === undefined || thread === ts ? '' : `?thread_ts=${thread}&cid=${channel.id}`;
  return { channel: channel.id, permalink: `${state.url}archives/${channel.id}/p${ts.replace('.', '')}${query}` };
};

/** `chat.*` */
export const chatMethods: Record<string, Method> = {
  'chat.postMessage': (state, caller, args) => copy(postMessage(state, caller, args)),
  'chat.update': (state, caller, args) => copy(update(state, caller, args)),
  'chat.delete': remove,
  'chat.postEphemeral': postEphemeral,
  'chat.getPermalink': getPermalink,
};
