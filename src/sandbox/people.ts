import { Refused } from '../events/errors.ts';
import { editMessage, removeMessage } from './changes.ts';
import { addMessage, textBlock } from './messages.ts';
import { react, unreact } from './reactions.ts';
import { composeText, linksIn, splitText } from './rich-text.ts';
import { roster, tellOfUser } from './roster.ts';
import { type Block, type Channel, copy, type Member, type SlackMessage } from './shapes.ts';
import { changed, channelFor, memberFor, nextId, postFor, type State } from './state.ts';

/** What a person writes. `text` as typed, or with `asIs` as it goes over the wire. */
export interface Writing {
  user: string;
  channel: string;
  text: string;
  asIs?: boolean;
  blocks?: Block[];
  thread?: string;
  /** Also send to the channel. */
  broadcast?: boolean;
  /** Names of files shared with it. */
  files?: string[];
  /** The title that the preview of its first link will have. */
  title?: string;
}

/** A message, and who does something about it. */
export interface Target {
  user: string;
  channel: string;
  ts: string;
}

/** What people do; each throws `Refused` where Slack's own client would not offer it. */
export interface People {
  /** Writes a message, or several when it is too long for one; gives the first. */
  post(writing: Writing): SlackMessage;
  reply(writing: Writing & { thread: string }): SlackMessage;
  edit(change: Target & { text: string; asIs?: boolean; blocks?: Block[]; title?: string }): SlackMessage;
  remove(target: Target): void;
  react(target: Target & { name: string }): void;
  unreact(target: Target & { name: string }): void;
  join(who: { user: string; channel: string; inviter?: string }): void;
  leave(who: { user: string; channel: string }): void;
  rename(who: { user: string; name: string }): void;
  deactivate(who: { user: string }): void;
  archive(channel: string): void;
}

/** The deeds of people on a state. */
export const createPeople = (state: State): People => ({
  post: (writing) => post(state, writing),
  reply: (writing) => post(state, writing),
  edit: (change) => edit(state, change),
  remove: (target) => remove(state, target),
  react: (target) => byPerson(react(state, target)),
  unreact: (target) => byPerson(unreact(state, target)),
  join: ({ user, channel, inviter }) => join(state, user, channel, inviter),
  leave: ({ user, channel }) => leave(state, user, channel),
  rename: ({ user, name }) => rename(state, user, name),
  deactivate: ({ user }) => deactivate(state, user),
  archive: (channel) => {
    anyChannel(state, channel).archived = true;
    changed(state);
  },
});

const byPerson = (error: string | undefined): void => {
  if (error !== undefined) throw new Refused(`reaction: ${error}`);
};

const wireText = (state: State, text: string, asIs: boolean | undefined): string =>
  asIs ? text : composeText(text, (name) => idOf(state, name));

const idOf = (state: State, name: string): string | undefined =>
  [...state.members.values()].find((member) => member.displayName === name || member.name === name)?.id;

const post = (state: State, writing: Writing): SlackMessage => {
  const author = memberFor(state, writing.user);
  const channel = channelFor(state, writing.channel, writing.user);
  const text = wireText(state, writing.text, writing.asIs);
  if (text.trim() === '' && !writing.files?.length)
    throw new Refused('message: expected a text or a file, got neither');
  if (writing.thread !== undefined && !channel.posts.has(writing.thread))
    throw new Refused(`thread: no message at ${writing.thread} in ${writing.channel}`);
  const posts = splitText(text).map((part) =>
    addMessage(state, channel, {
      author,
      text: part,
      blocks: writing.blocks,
      files: writing.files?.map((name) => sharedFile(state, author, name)),
      thread: rootTs(channel, writing.thread),
      broadcast: writing.broadcast,
      unfurl: true,
      titles: titlesOf(part, writing.title),
    }),
  );
  return copy((posts[0] as (typeof posts)[number]).message);
};

/** A reply to a reply goes to the thread it is in. */
const rootTs = (channel: Channel, thread: string | undefined): string | undefined =>
  thread === undefined ? undefined : (channel.posts.get(thread)?.message.thread_ts ?? thread);

const sharedFile = (state: State, author: Member, name: string) => ({
  id: nextId(state, 'F'),
  name,
  mimetype: 'application/octet-stream',
  filetype: name.split('.').at(-1) ?? 'binary',
  user: author.id,
});

const titlesOf = (text: string, title: string | undefined): Record<string, string> => {
  const first = linksIn(text)[0];
  return title === undefined || first === undefined ? {} : { [first]: title };
};

const edit = (state: State, change: Parameters<People['edit']>[0]): SlackMessage => {
  const channel = channelFor(state, change.channel, change.user);
  const found = postFor(channel, change.ts);
  if (found.message.user !== change.user) throw new Refused(`message: ${change.ts} was not written by ${change.user}`);
  const text = wireText(state, change.text, change.asIs);
  if (text.trim() === '') throw new Refused('message: expected a text, got none');
  Object.assign(found.titles, titlesOf(text, change.title));
  const blocks = change.blocks ?? (found.message.files ? undefined : [textBlock(state, text)]);
  editMessage(state, channel, found, { user: change.user, text, blocks, unfurl: true });
  return copy(found.message);
};

const remove = (state: State, target: Target): void => {
  const channel = channelFor(state, target.channel, target.user);
  const found = postFor(channel, target.ts);
  if (found.message.user !== target.user && !memberFor(state, target.user).admin)
    throw new Refused(`message: ${target.ts} was not written by ${target.user}, who is no admin`);
  removeMessage(state, channel, found);
};

const anyChannel = (state: State, id: string): Channel => {
  const channel = state.channels.get(id);
  if (!channel) throw new Refused(`channel: expected one of this workspace, got ${id}`);
  return channel;
};

const join = (state: State, user: string, id: string, inviter: string | undefined): void => {
  const channel = anyChannel(state, id);
  memberFor(state, user);
  if (channel.members.has(user)) return;
  channel.members.add(user);
  roster(state, channel, user, 'join', inviter);
};

const leave = (state: State, user: string, id: string): void => {
  const channel = anyChannel(state, id);
  if (!channel.members.delete(user)) return;
  roster(state, channel, user, 'left', undefined);
};

const rename = (state: State, user: string, name: string): void => {
  const member = memberFor(state, user);
  member.realName = name;
  member.displayName = name;
  tellOfUser(state, member);
};

const deactivate = (state: State, user: string): void => {
  const member = memberFor(state, user);
  member.deactivated = true;
  for (const channel of state.channels.values()) {
    if (channel.kind === 'channel') channel.members.delete(user);
  }
  tellOfUser(state, member);
};
