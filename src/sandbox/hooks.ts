import { ApiError, type Arguments, attachmentsOf, blocksOf, maybeFlag, text } from './arguments.ts';
import { editMessage, removeMessage } from './changes.ts';
import { whisper } from './ephemerals.ts';
import { answerTo, isAfter } from './faults.ts';
import { addMessage, textBlock } from './messages.ts';
import { identified } from './pressable.ts';
import { escapeBare, longestText } from './rich-text.ts';
import { seeded } from './seeded.ts';
import type { Answer, Block, Channel, Ephemeral, Member, Post } from './shapes.ts';
import { changed, nextId, type State } from './state.ts';

/** A `response_url`: where an app may answer what one person did. */
export interface Hook {
  kind: 'actions' | 'commands' | 'app';
  user: string;
  channel: string;
  /** The message that was pressed, which an answer may replace. */
  original?: { ts: string; isEphemeral: boolean } | undefined;
  /** In ms. */
  createdAt: number;
  uses: number;
}

const MOST_USES = 5;
const LASTS_MILLISECONDS = 30 * 60_000;

/** Digits that no other thing in this workspace has, as in a `trigger_id`. */
export const nextNumber = (state: State): string => {
  state.serial += 1;
  return String(7_400_000_000_000 + state.serial);
};

/** Hexadecimal digits that look like a secret; whoever reaches the sandbox may do everything in it anyhow. */
export const digitsOf = (state: State, number: string, length: number): string => {
  const named = `${state.team.id} ${state.now()} ${number}`;
  const random = seeded([...named].reduce((sum, letter) => Math.imul(sum, 31) + letter.charCodeAt(0), 7));
  return Array.from({ length }, () => Math.floor(random() * 16).toString(16)).join('');
};

/** A new address for answers. Those that are over are forgotten. */
export const openHook = (state: State, hook: Omit<Hook, 'createdAt' | 'uses'>): string => {
  for (const [path, { createdAt }] of state.hooks) if (isOver(state, createdAt)) state.hooks.delete(path);
  const number = nextNumber(state);
  const path = `${hook.kind}/${state.team.id}/${number}/${digitsOf(state, number, 24)}`;
  state.hooks.set(path, { ...hook, createdAt: state.now(), uses: 0 });
  return `${state.url}hooks/${path}`;
};

const isOver = (state: State, createdAt: number): boolean => state.now() - createdAt > LASTS_MILLISECONDS;

/** Takes what an app sends to a `response_url`; faults strike it as the method `response_url`. */
export const respond = (state: State, url: string, fields: Arguments): Answer => {
  state.calls.set('response_url', (state.calls.get('response_url') ?? 0) + 1);
  const fault = state.faults.forCall('response_url');
  const answer = fault && !isAfter(fault) ? undefined : take(state, url, fields);
  return fault ? answerTo(fault) : (answer as Answer);
};

const take = (state: State, url: string, fields: Arguments): Answer => {
  const hook = state.hooks.get(url.split('/hooks/').at(-1) ?? '');
  if (!hook || isOver(state, hook.createdAt)) return refusal(404, 'Expired url');
  if (hook.uses >= MOST_USES) return refusal(404, 'used_url');
  try {
    answer(state, hook, fields);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return refusal(error.error === 'message_not_found' ? 404 : 400, error.error);
  }
  hook.uses += 1;
  return { status: 200, body: { ok: true } };
};

const refusal = (status: number, error: string): Answer => ({ status, body: { ok: false, error } });

const FIELDS = new Set([
  'text',
  'blocks',
  'attachments',
  'response_type',
  'replace_original',
  'delete_original',
  'thread_ts',
  'metadata',
  'mrkdwn',
  'unfurl_links',
  'unfurl_media',
]);

/** Shows an answer where and to whom it says; throws `ApiError` when it is not understood. */
export const answer = (state: State, hook: Omit<Hook, 'createdAt' | 'uses'>, fields: Arguments): void => {
  if (Object.keys(fields).some((name) => !FIELDS.has(name))) throw new ApiError('invalid_arguments');
  const channel = state.channels.get(hook.channel) as Channel;
  if (hook.original && maybeFlag(fields, 'delete_original')) {
    removeOriginal(state, channel, hook);
    return;
  }
  const said = saidIn(fields);
  if (hook.original && replaces(hook, fields)) replaceOriginal(state, channel, hook, said);
  else sayAnew(state, channel, hook, said, fields);
};

/** What an answer says; as in a message, blocks go without a text, and nothing at all is refused. */
const saidIn = (fields: Arguments): { text: string; blocks: Block[] | undefined } => {
  const words = text(fields, 'text') ?? '';
  if (words.length > longestText) throw new ApiError('msg_too_long');
  const blocks = blocksOf(fields);
  if (words === '' && !blocks && !attachmentsOf(fields)?.length) throw new ApiError('no_text');
  return { text: escapeBare(words), blocks };
};

/** Unless told otherwise, an answer takes the place of what was pressed; only one that is to be ephemeral leaves a message of all alone. */
const replaces = ({ original }: Pick<Hook, 'original'>, fields: Arguments): boolean =>
  maybeFlag(fields, 'replace_original') ?? (original?.isEphemeral || text(fields, 'response_type') !== 'ephemeral');

const sayAnew = (
  state: State,
  channel: Channel,
  { kind, user }: Pick<Hook, 'kind' | 'user'>,
  said: ReturnType<typeof saidIn>,
  fields: Arguments,
): void => {
  const { bot } = state;
  const author = state.members.get(bot.id) as Member;
  const app = { botId: bot.botId, appId: bot.appId, name: bot.name };
  const thread = text(fields, 'thread_ts');
  // An answer to a press is for everybody unless it says otherwise, one to a command for who gave it.
  const type = text(fields, 'response_type') ?? (kind === 'actions' ? 'in_channel' : 'ephemeral');
  if (type === 'in_channel') addMessage(state, channel, { ...said, author, app, thread, unfurl: false });
  else if (type === 'ephemeral') whisper(state, channel, { ...said, user, author: author.id, app, thread });
  else throw new ApiError('invalid_arguments');
};

const originalOf = (channel: Channel, { user, original }: Pick<Hook, 'user' | 'original'>): Ephemeral | Post => {
  const ts = original?.ts ?? '';
  const found = original?.isEphemeral
    ? channel.ephemerals.find((one) => one.user === user && one.message.ts === ts)
    : channel.posts.get(ts);
  if (!found || found.message.subtype === 'tombstone') throw new ApiError('message_not_found');
  return found;
};

const removeOriginal = (state: State, channel: Channel, hook: Pick<Hook, 'user' | 'original'>): void => {
  const found = originalOf(channel, hook);
  if ('visibleAt' in found) removeMessage(state, channel, found);
  else channel.ephemerals.splice(channel.ephemerals.indexOf(found), 1);
  changed(state);
};

const replaceOriginal = (
  state: State,
  channel: Channel,
  hook: Pick<Hook, 'user' | 'original'>,
  { text: words, blocks }: ReturnType<typeof saidIn>,
): void => {
  const found = originalOf(channel, hook);
  if ('visibleAt' in found) {
    const shown = blocks ?? [textBlock(state, words)];
    editMessage(state, channel, found, { user: state.bot.id, text: words, blocks: shown, unfurl: false });
    return;
  }
  const { blocks: _, ...kept } = found.message;
  const shown = identified(blocks ?? [textBlock(state, words)], () => nextId(state, 'b'));
  found.message = { ...kept, text: words, blocks: shown };
  changed(state);
};
