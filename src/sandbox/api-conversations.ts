import { type Method, visibleChannel } from './api-chat.ts';
import { ApiError, type Arguments, cursorOf, encodeCursor, flag, limitOf, needed, text } from './arguments.ts';
import { reactionsOf } from './reactions.ts';
import { type Channel, copy, type Member, type Post, type SlackMessage } from './shapes.ts';
import { parseStamp } from './stamps.ts';
import { directMessages, type State } from './state.ts';

/** A message as a reading method shows it. */
export const shown = (state: State, post: Post, withMetadata: boolean): SlackMessage => {
  const { metadata, ...message } = post.message;
  const reactions = reactionsOf(post, state.shownLikers);
  return copy({
    ...message,
    ...(metadata && withMetadata ? { metadata } : {}),
    ...(reactions.length > 0 ? { reactions } : {}),
  });
};

const readableChannel = (state: State, caller: Member, args: Arguments): Channel => {
  const channel = visibleChannel(state, caller, needed(args, 'channel', 'channel_not_found'));
  if (!channel.members.has(caller.id)) throw new ApiError('not_in_channel');
  return channel;
};

/** Whether a ts lies between `oldest` and `latest`; the ends belong to it only when `inclusive` says so. */
const window = (args: Arguments): ((ts: string) => boolean) => {
  const oldest = bound(args, 'oldest', 'invalid_ts_oldest') ?? 0;
  const latest = bound(args, 'latest', 'invalid_ts_latest') ?? Number.POSITIVE_INFINITY;
  const inclusive = flag(args, 'inclusive');
  return (ts) => {
    const at = parseStamp(ts) ?? 0;
    return inclusive ? at >= oldest && at <= latest : at > oldest && at < latest;
  };
};

const bound = (args: Arguments, name: string, error: string): number | undefined => {
  const value = text(args, name);
  if (value === undefined || value === 'now') return undefined;
  const at = parseStamp(value);
  if (at === undefined) throw new ApiError(error);
  return at;
};

const page = (state: State, posts: Post[], args: Arguments, limit: number) => {
  const more = posts.length > limit;
  const last = posts[limit - 1];
  return {
    messages: posts.slice(0, limit).map((post) => shown(state, post, flag(args, 'include_all_metadata'))),
    has_more: more,
    ...(more && last ? { response_metadata: { next_cursor: encodeCursor(last.message.ts) } } : {}),
  };
};

const history: Method = (state, caller, args) => {
  const channel = readableChannel(state, caller, args);
  const limit = limitOf(args, 100, 999);
  const inWindow = window(args);
  const before = cursorOf(args);
  const posts = [...channel.posts.values()]
    .filter((post) => post.visibleAt <= state.now() && inWindow(post.message.ts) && inChannel(post.message))
    .filter((post) => before === undefined || post.message.ts < before)
    .reverse();
  return { ...page(state, posts, args, limit), pin_count: 0 };
};

/** Replies show in their thread only, unless they were also sent to the channel. */
const inChannel = ({ ts, thread_ts: thread, subtype }: SlackMessage): boolean =>
  thread === undefined || thread === ts || subtype === 'thread_broadcast';

const replies: Method = (state, caller, args) => {
  const channel = readableChannel(state, caller, args);
  const thread = needed(args, 'ts', 'thread_not_found');
  const limit = limitOf(args, 1000, 1000);
  const inWindow = window(args);
  const after = cursorOf(args);
  const first = channel.posts.get(thread);
  if (!first || first.visibleAt > state.now()) throw new ApiError('thread_not_found');
  const rest = [...channel.posts.values()].filter(
    ({ message, visibleAt }) =>
      message.thread_ts === thread && message.ts !== thread && visibleAt <= state.now() && inWindow(message.ts),
  );
  // The parent opens the first page whatever the window is.
  if (after === undefined) return page(state, [first, ...rest], args, limit);
  const further = rest.filter(({ message }) => message.ts > after);
  return page(state, further, args, limit);
};

const members: Method = (state, caller, args) => {
  const channel = visibleChannel(state, caller, needed(args, 'channel', 'channel_not_found'));
  const limit = limitOf(args, 100, 1000);
  const start = Number(cursorOf(args) ?? 0);
  const all = [...channel.members];
  const end = start + limit;
  return {
    members: all.slice(start, end),
    response_metadata: { next_cursor: end < all.length ? encodeCursor(String(end)) : '' },
  };
};

const info: Method = (state, caller, args) => {
  const channel = visibleChannel(state, caller, needed(args, 'channel', 'channel_not_found'));
  const count = flag(args, 'include_num_members') ? { num_members: channel.members.size } : {};
  return { channel: { ...channelObject(state, caller, channel), ...count } };
};

const channelObject = (state: State, caller: Member, channel: Channel): Record<string, unknown> => {
  const isIm = channel.kind === 'im';
  const other = [...channel.members].find((user) => user !== caller.id);
  return {
    id: channel.id,
    ...(isIm ? { user: other } : { name: channel.name, name_normalized: channel.name }),
    is_channel: !isIm && !channel.isPrivate,
    is_group: channel.isPrivate === true,
    is_im: isIm,
    is_mpim: false,
    is_private: isIm || channel.isPrivate === true,
    created: channel.created,
    is_archived: channel.archived,
    is_general: false,
    is_member: channel.members.has(caller.id),
    context_team_id: state.team.id,
  };
};

const open: Method = (state, caller, args) => {
  const users = needed(args, 'users', 'users_list_not_supplied').split(',');
  if (users.length > 1) throw new ApiError('too_many_users');
  const user = state.members.get(String(users[0]));
  if (!user) throw new ApiError('user_not_found');
  if (user.deactivated) throw new ApiError('user_disabled');
  if (user.bot) throw new ApiError('cannot_dm_bot');
  const { channel, created } = directMessages(state, caller.id, user.id);
  const full = flag(args, 'return_im') ? channelObject(state, caller, channel) : { id: channel.id };
  return { ...(created ? {} : { no_op: true, already_open: true }), channel: full };
};

/** `conversations.*` */
export const conversationMethods: Record<string, Method> = {
  'conversations.history': history,
  'conversations.replies': replies,
  'conversations.members': members,
  'conversations.info': info,
  'conversations.open': open,
};
