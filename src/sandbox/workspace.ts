import { chatMethods, type Method } from './api-chat.ts';
import { conversationMethods } from './api-conversations.ts';
import { otherMethods } from './api-rest.ts';
import { ApiError, type Arguments } from './arguments.ts';
import { settlePreviews } from './changes.ts';
import { DOCUMENTED } from './documented.ts';
import { answerTo, type CallFault, type Faults, isAfter } from './faults.ts';
import { dump, restore } from './memory.ts';
import { createPeople, type People } from './people.ts';
import { reactionsOf } from './reactions.ts';
import { type Answer, type Channel, copy, type Delivery, type Member, type SlackMessage } from './shapes.ts';
import { addMember, conversationId, createState, type NewMember, type State, type WorkspaceOptions } from './state.ts';
import { createTalk, type Talk } from './talk.ts';

/**
 * A small Slack: what people do, the Web API, and the deliveries that follow. It has no I/O, no timer, no clock and no
 * chance of its own; time passes only through `now`, and what is due is found when somebody next calls or takes.
 */
export interface Workspace extends People, Talk {
  /** One Web API call. Arguments as a form sends them or as JSON does. */
  call(method: string, token: string | undefined, args: Arguments): Answer;
  /** Removes and gives the deliveries that are due, in the order in which they leave. */
  take(): Delivery[];
  /** When the next thing is due (a delivery, an interaction or a preview), in ms; undefined when nothing is. */
  nextAt(): number | undefined;
  faults: Faults;
  addMember(member: NewMember): void;
  members(): Member[];
  channels(): { id: string; name: string; archived: boolean }[];
  /** Everything that anybody would see in a channel, replies included, by ts; no lag applies. */
  messages(channel: string): SlackMessage[];
  /** The messages between the bot and a member, by ts. */
  directMessages(user: string): SlackMessage[];
  /** The ephemeral messages that a member got, by ts. */
  hints(user: string): (SlackMessage & { channel: string })[];
  /** How many calls were made, of one method or of all. */
  callCount(method?: string): number;
  bot: WorkspaceOptions['bot'];
  /** Increases with every change. */
  version(): number;
  /** Calls back after every change; gives the way to stop. */
  watch(listener: () => void): () => void;
  /** Where permalinks lead, once the shell knows. */
  setUrl(url: string): void;
  /** Everything that was said and done, as text that `restore` takes. */
  dump(): string;
  restore(text: string): void;
}

const methods: Record<string, Method> = { ...chatMethods, ...conversationMethods, ...otherMethods };

/** A workspace at its beginning. */
export const createWorkspace = (options: WorkspaceOptions): Workspace => {
  const state = createState(options);
  return {
    ...afterPreviews(state, { ...createPeople(state), ...createTalk(state) }),
    call: (method, token, args) => call(state, method, token, args),
    take: () => {
      settlePreviews(state);
      return state.outbox.take();
    },
    nextAt: () => {
      const times = [state.outbox.nextAt(), state.interactions.nextAt(), ...state.previews.map(({ dueAt }) => dueAt)];
      return times.reduce((first, time) => (first === undefined || (time ?? first) < first ? time : first));
    },
    faults: state.faults,
    addMember: (member) => addMember(state, member),
    members: () => [...state.members.values()].map((member) => ({ ...member })),
    channels: () =>
      [...state.channels.values()].filter(isChannel).map(({ id, name, archived }) => ({ id, name, archived })),
    messages: (channel) => everything(state, state.channels.get(channel)),
    directMessages: (user) => everything(state, state.channels.get(conversationId(state.bot.id, user))),
    hints: (user) => hints(state, user),
    callCount: (method) =>
      method === undefined
        ? [...state.calls.values()].reduce((sum, count) => sum + count, 0)
        : (state.calls.get(method) ?? 0),
    bot: options.bot,
    version: () => state.version,
    watch: (listener) => {
      state.listeners.add(listener);
      return () => void state.listeners.delete(listener);
    },
    setUrl: (url) => void (state.url = url),
    dump: () => dump(state),
    restore: (text) => restore(state, text),
  };
};

const isChannel = ({ kind }: Channel): boolean => kind === 'channel';

/** What is due has happened before anybody does anything further. */
const afterPreviews = (state: State, people: People & Talk): People & Talk =>
  Object.fromEntries(
    Object.entries(people).map(([name, deed]) => [
      name,
      (...given: never[]) => {
        settlePreviews(state);
        return (deed as (...given: never[]) => unknown)(...given);
      },
    ]),
  ) as unknown as People & Talk;

const call = (state: State, method: string, token: string | undefined, args: Arguments): Answer => {
  settlePreviews(state);
  state.calls.set(method, (state.calls.get(method) ?? 0) + 1);
  const fault: CallFault | undefined = state.faults.forCall(method);
  const answer = fault && !isAfter(fault) ? undefined : run(state, method, token, args);
  const { headers, ...seen } = fault || !answer ? answerTo(fault as CallFault) : answer;
  return { ...seen, headers: { ...headers, ...scopesFor(state, token) } };
};

/** Slack says with every answer what a token that it knows may do. */
const scopesFor = ({ members, app: { scopes } }: State, token: string | undefined): Record<string, string> =>
  [...members.values()].some((member) => member.token === token) ? { 'x-oauth-scopes': scopes.join(',') } : {};

/** Slack itself passes over what it does not document; here it is refused, since nobody would see that it does nothing. */
const checkArguments = (method: string, args: Arguments): void => {
  const documented = DOCUMENTED[method];
  for (const [name, value] of Object.entries(args))
    if (value !== undefined && !documented?.has(name)) throw new ApiError('invalid_arguments');
};

const run = (state: State, method: string, token: string | undefined, args: Arguments): Answer => {
  try {
    const caller = callerOf(state, token);
    const deed = methods[method];
    if (!deed) throw new ApiError('unknown_method');
    checkArguments(method, args);
    return { status: 200, body: { ok: true, ...deed(state, caller, args) } };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const { error: code, messages } = error;
    const detail = messages.length > 0 ? { response_metadata: { messages } } : {};
    return { status: 200, body: { ok: false, error: code, ...detail } };
  }
};

const callerOf = (state: State, token: string | undefined): Member => {
  if (!token) throw new ApiError('not_authed');
  const caller = [...state.members.values()].find((member) => member.token === token);
  if (!caller) throw new ApiError('invalid_auth');
  if (caller.deactivated) throw new ApiError('account_inactive');
  return caller;
};

const everything = (state: State, channel: Channel | undefined): SlackMessage[] => {
  if (!channel) return [];
  settlePreviews(state);
  return [...channel.posts.values()].map((post) => {
    const reactions = reactionsOf(post, Number.POSITIVE_INFINITY);
    return copy(reactions.length > 0 ? { ...post.message, reactions } : post.message);
  });
};

const hints = (state: State, user: string): (SlackMessage & { channel: string })[] =>
  [...state.channels.values()].flatMap((channel) =>
    channel.ephemerals
      .filter((hint) => hint.user === user)
      .map(({ message }) => ({ ...copy(message), channel: channel.id })),
  );
