import { identified } from './pressable.ts';
import { previewOf } from './previews.ts';
import { linksIn } from './rich-text.ts';
import { type Block, type Channel, copy, type Metadata, type Post, type SlackMessage } from './shapes.ts';
import { emit, nextId, type State, stamp, typeOf, wholeSecond } from './state.ts';
import { countReplies, repliesOf } from './threads.ts';

/** Changes a message, whoever does it, and tells the app as Slack does: a hidden message that carries both versions. */
export const changeMessage = (state: State, channel: Channel, post: Post, next: SlackMessage): void => {
  const previous = copy(post.message);
  post.message = next;
  const at = stamp(state, channel);
  emit(state, channel, {
    type: 'message',
    subtype: 'message_changed',
    message: { ...next, source_team: state.team.id, user_team: state.team.id },
    previous_message: previous,
    channel: channel.id,
    hidden: true,
    ts: at,
    event_ts: at,
    channel_type: typeOf(channel),
  });
};

/** Gives a message another text, marks it edited, and drops the previews of links it no longer has. */
export const editMessage = (
  state: State,
  channel: Channel,
  post: Post,
  change: { user: string; text: string; blocks: Block[] | undefined; metadata?: Metadata | undefined; unfurl: boolean },
): void => {
  const { attachments, blocks: _, ...kept } = post.message;
  const links = linksIn(change.text);
  const previews = attachments?.filter(({ from_url: url }) => url === undefined || links.includes(url)) ?? [];
  const next: SlackMessage = { ...kept, text: change.text, edited: { user: change.user, ts: wholeSecond(state) } };
  if (change.blocks?.length) next.blocks = identified(change.blocks, () => nextId(state, 'b'));
  if (previews.length > 0) next.attachments = previews;
  if (change.metadata) next.metadata = change.metadata;
  changeMessage(state, channel, post, next);
  if (change.unfurl) expectPreviews(state, channel, post);
};

/** Notes that the links of a message that have no preview will get one. */
export const expectPreviews = (state: State, channel: Channel, { message }: Post): void => {
  const shown = new Set(message.attachments?.map(({ from_url: url }) => url));
  if (linksIn(message.text).every((url) => shown.has(url))) return;
  state.previews.push({ dueAt: state.now() + state.previewMilliseconds, channel: channel.id, ts: message.ts });
};

/** Lets the previews that are due arrive, as edits that nobody made. */
export const settlePreviews = (state: State): void => {
  const due = state.previews.filter(({ dueAt }) => dueAt <= state.now());
  if (due.length === 0) return;
  state.previews = state.previews.filter(({ dueAt }) => dueAt > state.now());
  for (const { channel: id, ts } of due) {
    const channel = state.channels.get(id);
    const post = channel?.posts.get(ts);
    if (channel && post) addPreviews(state, channel, post);
  }
};

const addPreviews = (state: State, channel: Channel, post: Post): void => {
  const shown = post.message.attachments ?? [];
  const missing = linksIn(post.message.text).filter((url) => !shown.some((attachment) => attachment.from_url === url));
  const previews = missing
    .map((url, index) => previewOf(url, shown.length + index + 1, post.titles[url]))
    .filter((preview) => preview !== undefined);
  if (previews.length === 0) return;
  changeMessage(state, channel, post, { ...post.message, attachments: [...shown, ...previews] });
};

/** Removes a message. A parent with replies stays as a tombstone, until its last reply goes too. */
export const removeMessage = (state: State, channel: Channel, post: Post): void => {
  const { message } = post;
  if (repliesOf(channel, message.ts).length > 0) {
    entomb(state, channel, post);
    return;
  }
  channel.posts.delete(message.ts);
  const at = stamp(state, channel);
  emit(state, channel, {
    type: 'message',
    subtype: 'message_deleted',
    previous_message: message,
    channel: channel.id,
    hidden: true,
    deleted_ts: message.ts,
    event_ts: at,
    ts: at,
    channel_type: typeOf(channel),
  });
  const parent = message.thread_ts === undefined ? undefined : channel.posts.get(message.thread_ts);
  if (!parent) return;
  const wasTombstone = parent.message.subtype === 'tombstone';
  countReplies(channel, parent);
  if (wasTombstone && parent.message.reply_count === undefined) removeMessage(state, channel, parent);
};

const entomb = (state: State, channel: Channel, post: Post): void => {
  const { ts, thread_ts = ts, reply_count = 0 } = post.message;
  post.reactions.clear();
  changeMessage(state, channel, post, {
    type: 'message',
    subtype: 'tombstone',
    user: 'USLACKBOT',
    text: 'This message was deleted.',
    hidden: true,
    ts,
    thread_ts,
    reply_count,
    is_locked: false,
  });
};
