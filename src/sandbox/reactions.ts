import type { Post, Reaction } from './shapes.ts';
import { emit, type State, stamp } from './state.ts';

const NAME = /^[a-z0-9_+'-]+(?:::skin-tone-[2-6])?$/;

/** Which emoji, on which message, by whom. */
interface Press {
  user: string;
  channel: string;
  ts: string;
  name: string;
}

/** Adds somebody's emoji to a message; gives Slack's error code when it cannot. */
export const react = (state: State, press: Press): string | undefined => {
  const found = target(state, press);
  if (typeof found === 'string') return found;
  const users = found.reactions.get(press.name) ?? [];
  if (users.includes(press.user)) return 'already_reacted';
  found.reactions.set(press.name, [...users, press.user]);
  tell(state, 'reaction_added', press, found);
  return undefined;
};

/** Takes somebody's emoji off a message; gives Slack's error code when it cannot. */
export const unreact = (state: State, press: Press): string | undefined => {
  const found = target(state, press);
  if (typeof found === 'string') return found;
  const users = found.reactions.get(press.name) ?? [];
  if (!users.includes(press.user)) return 'no_reaction';
  const rest = users.filter((user) => user !== press.user);
  if (rest.length > 0) found.reactions.set(press.name, rest);
  else found.reactions.delete(press.name);
  tell(state, 'reaction_removed', press, found);
  return undefined;
};

const target = (state: State, press: Press): Post | string => {
  const channel = state.channels.get(press.channel);
  if (!channel) return 'channel_not_found';
  if (channel.archived) return 'is_archived';
  if (!channel.members.has(press.user)) return 'not_in_channel';
  if (!NAME.test(press.name)) return 'invalid_name';
  const post = channel.posts.get(press.ts);
  return post && post.message.subtype !== 'tombstone' ? post : 'message_not_found';
};

const tell = (state: State, type: 'reaction_added' | 'reaction_removed', press: Press, post: Post): void => {
  const channel = state.channels.get(press.channel);
  if (!channel) return;
  const { user: author } = post.message;
  emit(state, channel, {
    type,
    user: press.user,
    reaction: press.name,
    item: { type: 'message', channel: press.channel, ts: press.ts },
    ...(author === undefined ? {} : { item_user: author }),
    event_ts: stamp(state, channel),
  });
};

/** A message's reactions as Slack shows them: exact counts, but no more than so many names. */
export const reactionsOf = (post: Post, shownLikers: number): Reaction[] =>
  [...post.reactions].map(([name, users]) => ({ name, users: users.slice(0, shownLikers), count: users.length }));
