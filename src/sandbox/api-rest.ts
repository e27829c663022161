import { type Method, visibleChannel } from './api-chat.ts';
import { shown } from './api-conversations.ts';
import { ApiError, type Arguments, cursorOf, encodeCursor, flag, limitOf, needed } from './arguments.ts';
import { publish } from './home.ts';
import { react, reactionsOf, unreact } from './reactions.ts';
import { userObject } from './roster.ts';
import type { Member } from './shapes.ts';

const authTest: Method = (state, caller) => ({
  url: state.url,
  team: state.team.name,
  user: caller.name,
  team_id: state.team.id,
  user_id: caller.id,
  ...(caller.bot ? { bot_id: caller.bot.botId } : {}),
  is_enterprise_install: false,
});

const pressOf = (caller: Member, args: Arguments) => ({
  user: caller.id,
  channel: needed(args, 'channel', 'channel_not_found'),
  ts: needed(args, 'timestamp', 'no_item_specified'),
  name: needed(args, 'name', 'invalid_name'),
});

const pressing =
  (deed: typeof react): Method =>
  (state, caller, args) => {
    const error = deed(state, pressOf(caller, args));
    if (error !== undefined) throw new ApiError(error);
    return {};
  };

const getReactions: Method = (state, caller, args) => {
  const channel = visibleChannel(state, caller, needed(args, 'channel', 'no_item_specified'));
  const post = channel.posts.get(needed(args, 'timestamp', 'no_item_specified'));
  if (!post) throw new ApiError('message_not_found');
  const likers = flag(args, 'full') ? Number.POSITIVE_INFINITY : state.shownLikers;
  const reactions = reactionsOf(post, likers);
  const message = { ...shown(state, post, false), ...(reactions.length > 0 ? { reactions } : {}) };
  return { type: 'message', channel: channel.id, message };
};

const userInfo: Method = (state, _caller, args) => {
  const member = state.members.get(needed(args, 'user', 'user_not_found'));
  if (!member) throw new ApiError('user_not_found');
  return { user: userObject(state, member) };
};

const userList: Method = (state, _caller, args) => {
  const all = [...state.members.values()];
  const limit = limitOf(args, all.length, 1000);
  const start = Number(cursorOf(args) ?? 0);
  const end = start + limit;
  return {
    members: all.slice(start, end).map((member) => userObject(state, member)),
    cache_ts: Math.floor(state.now() / 1000),
    response_metadata: { next_cursor: end < all.length ? encodeCursor(String(end)) : '' },
  };
};

/** `auth.*`, `reactions.*`, `users.*`, `views.*` */
export const otherMethods: Record<string, Method> = {
  'auth.test': authTest,
  'reactions.add': pressing(react),
  'reactions.remove': pressing(unreact),
  'reactions.get': getReactions,
  'users.info': userInfo,
  'users.list': userList,
  'views.publish': publish,
};
