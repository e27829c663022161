import { Refused } from '../events/errors.ts';
import type { App, Command } from './app.ts';
import type { Spot } from './outgoing.ts';
import type { Block, SlackMessage } from './shapes.ts';
import { conversationId } from './state.ts';
import type { Workspace } from './workspace.ts';

/** Somebody the page can name. */
export interface PageMember {
  id: string;
  name: string;
  isBot: boolean;
  isAdmin: boolean;
}

/** What the page shows to one reader; asked for again after every change. */
export interface PageState {
  version: number;
  me: string;
  members: PageMember[];
  channel: { id: string; name: string };
  channels: { id: string; name: string }[];
  /** The channel's latest messages, oldest first, replies not among them unless also sent to it. */
  messages: SlackMessage[];
  /** The open thread: its parent and the replies. */
  thread: SlackMessage[];
  /** What only the reader sees, of this channel. */
  hints: SlackMessage[];
  /** Between the bot and the reader. */
  directMessages: SlackMessage[];
  /** The channel of these. */
  directChannel: string;
  /** What only the reader sees there. */
  directHints: SlackMessage[];
  /** What App Home shows the reader; absent before it was published. */
  home?: { blocks: Block[]; hash: string } | undefined;
  /** What the app offers. */
  app: { commands: Command[]; shortcuts: App['shortcuts']; homeTab: boolean };
  /** What the reader pressed and waits for, or what brought no answer in time. */
  doings: (Spot & { isWarned: boolean })[];
}

const MOST_SHOWN = 80;

/** The page's state for a reader, a channel and an open thread; what is not said is chosen. */
export const pageState = (workspace: Workspace, query: URLSearchParams): PageState => {
  const people = workspace.members().filter((member) => !member.deactivated);
  const reader = people.find(({ id }) => id === query.get('as')) ?? people.find(({ bot }) => !bot);
  const channels = workspace.channels().filter(({ archived }) => !archived);
  const channel = channels.find(({ id }) => id === query.get('channel')) ?? channels[0];
  if (!reader || !channel) throw new Refused('sandbox: expected a member and a channel, got a workspace without');
  const all = workspace.messages(channel.id);
  const thread = query.get('thread');
  const hints = workspace.hints(reader.id);
  const directChannel = conversationId(workspace.bot.id, reader.id);
  const { commands, shortcuts, homeTab } = workspace.app();
  return {
    version: workspace.version(),
    me: reader.id,
    members: people.map(({ id, displayName, bot, admin }) => ({
      id,
      name: displayName,
      isBot: bot !== undefined,
      isAdmin: admin,
    })),
    channel: { id: channel.id, name: channel.name },
    channels: channels.map(({ id, name }) => ({ id, name })),
    messages: all.filter(isInChannel).slice(-MOST_SHOWN),
    thread: thread === null ? [] : all.filter(({ ts, thread_ts: root }) => ts === thread || root === thread),
    hints: hints.filter((hint) => hint.channel === channel.id),
    directMessages: workspace.directMessages(reader.id).slice(-MOST_SHOWN),
    directChannel,
    directHints: hints.filter((hint) => hint.channel === directChannel),
    home: homeOf(workspace, reader.id),
    app: { commands, shortcuts, homeTab },
    doings: workspace.doings(reader.id),
  };
};

const homeOf = (workspace: Workspace, user: string): PageState['home'] => {
  const view = workspace.home(user);
  return view && { blocks: view['blocks'] as Block[], hash: String(view['hash']) };
};

const isInChannel = ({ ts, thread_ts: root, subtype }: SlackMessage): boolean =>
  root === undefined || root === ts || subtype === 'thread_broadcast';

/** Does what a person does in the page; `fields` come from outside, so all are read as strings. */
export const act = (workspace: Workspace, fields: Record<string, unknown>): unknown => {
  const field = (name: string): string => {
    const value = fields[name];
    if (typeof value !== 'string' || value === '')
      throw new Refused(`${name}: expected a text, got none, in an action`);
    return value;
  };
  const target = () => ({ user: field('as'), channel: field('channel'), ts: field('ts') });
  const deed = field('do');
  switch (deed) {
    case 'post':
      return workspace.post({
        user: field('as'),
        channel: field('channel'),
        text: field('text'),
        ...(typeof fields['thread'] === 'string' ? { thread: fields['thread'] } : {}),
        broadcast: fields['broadcast'] === true,
      });
    case 'edit':
      return workspace.edit({ ...target(), text: field('text') });
    case 'remove':
      return workspace.remove(target());
    case 'react':
      return workspace.react({ ...target(), name: field('name') });
    case 'unreact':
      return workspace.unreact({ ...target(), name: field('name') });
    default:
      return talk(workspace, deed, fields, field);
  }
};

/** What a person does with the app itself. */
const talk = (
  workspace: Workspace,
  deed: string,
  fields: Record<string, unknown>,
  field: (name: string) => string,
): void => {
  const maybe = (name: string) => (fields[name] === undefined ? undefined : field(name));
  const element = () => ({ blockId: field('blockId'), actionId: field('actionId'), option: maybe('option') });
  const user = field('as');
  switch (deed) {
    case 'press':
      workspace.press({ user, channel: field('channel'), ts: field('ts'), ...element() });
      break;
    case 'pressHome':
      workspace.pressHome({ user, ...element() });
      break;
    case 'useShortcut':
      workspace.useShortcut({ user, channel: field('channel'), ts: field('ts'), callbackId: field('callbackId') });
      break;
    case 'command':
      workspace.command({ user, channel: field('channel'), text: field('text'), thread: maybe('thread') });
      break;
    case 'openHome':
      workspace.openHome({ user, tab: fields['tab'] === 'home' ? 'home' : 'messages' });
      break;
    default:
      throw new Refused(`do: expected something that a person can do, got ${deed.slice(0, 20)}`);
  }
};
