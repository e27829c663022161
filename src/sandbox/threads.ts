import type { Channel, Post } from './shapes.ts';

/** The replies of a thread, oldest first. */
export const repliesOf = (channel: Channel, threadTs: string): Post[] =>
  [...channel.posts.values()].filter(
    ({ message }) => message.thread_ts === threadTs && message.ts !== threadTs && message.subtype !== 'tombstone',
  );

/** Brings a parent's own account of its thread up to date; a message without replies has none. */
export const countReplies = (channel: Channel, parent: Post): void => {
  const replies = repliesOf(channel, parent.message.ts);
  const { reply_count, reply_users, reply_users_count, latest_reply, thread_ts, ...rest } = parent.message;
  const last = replies.at(-1);
  if (!last) {
    parent.message = rest;
    return;
  }
  const users = [...new Set(replies.map(({ message }) => message.user ?? 'USLACKBOT'))];
  parent.message = {
    ...rest,
    thread_ts: rest.ts,
    reply_count: replies.length,
    reply_users_count: users.length,
    reply_users: users.slice(0, 5),
    latest_reply: last.message.ts,
    is_locked: false,
  };
};
