import { Refused } from '../events/errors.ts';
import type { Json } from '../events/json.ts';
import type { Method } from './api-chat.ts';
import { ApiError, needed, objectOf, text } from './arguments.ts';
import { problemsWith } from './blocks.ts';
import { digitsOf } from './hooks.ts';
import { identified, stamped } from './pressable.ts';
import { type Block, copy } from './shapes.ts';
import { changed, directMessages, memberFor, nextId, type State, stamp } from './state.ts';

/** Somebody opens the app: its Home tab, or its messages, which Slack tells in the same event. */
export const openHome = (state: State, { user, tab }: { user: string; tab: 'home' | 'messages' }): void => {
  memberFor(state, user);
  if (tab === 'home' && !state.app.homeTab) throw new Refused('home: expected an app with a Home tab, got one without');
  if (!state.app.hearsHome) return;
  const { channel } = directMessages(state, user, state.bot.id);
  const view = tab === 'home' ? state.views.get(user) : undefined;
  state.outbox.add({
    type: 'app_home_opened',
    user,
    channel: channel.id,
    tab,
    event_ts: stamp(state, channel),
    ...(view ? { view: copy(view) } : {}),
  });
  changed(state);
};

const MOST_BLOCKS = 100;
const LARGEST_VIEW = 250_000;
const FIELDS = new Set(['type', 'blocks', 'private_metadata', 'callback_id', 'external_id']);

/** `views.publish` */
export const publish: Method = (state, _caller, args) => {
  const user = needed(args, 'user_id', 'invalid_arguments');
  const member = state.members.get(user);
  if (!member || member.bot || member.deactivated) throw new ApiError('invalid_arguments', ['invalid `user_id`']);
  if (!state.app.homeTab) throw new ApiError('not_enabled');
  const view = viewOf(objectOf(args, 'view'));
  const present = state.views.get(user);
  const hash = text(args, 'hash');
  if (hash !== undefined && present !== undefined && hash !== present['hash']) throw new ApiError('hash_conflict');
  const published = fullView(state, user, view, String(present?.['id'] ?? nextId(state, 'V')));
  state.views.set(user, published);
  for (const key of state.selections.keys())
    if (key.startsWith(`${user} ${published['id']} `)) state.selections.delete(key);
  changed(state);
  return { view: copy(published) };
};

const viewOf = (view: Json | undefined): Json & { blocks: Block[] } => {
  const refused = '[ERROR] failed to match all allowed schemas [json-pointer:/view]';
  if (view?.['type'] !== 'home' || !Array.isArray(view['blocks'])) throw new ApiError('invalid_arguments', [refused]);
  const unknown = Object.keys(view).filter((name) => !FIELDS.has(name));
  const problems = [
    ...unknown.map((name) => `[ERROR] invalid additional property: ${name} [json-pointer:/view]`),
    ...problemsWith(view['blocks'], MOST_BLOCKS, '/view/blocks'),
  ];
  if (problems.length > 0) throw new ApiError('invalid_arguments', [refused, ...problems]);
  if (JSON.stringify(view).length > LARGEST_VIEW) throw new ApiError('view_too_large');
  return { ...view, blocks: stamped(view['blocks'] as Block[]) };
};

/** A view as Slack gives it back, filler and all. */
const fullView = (state: State, user: string, view: Json & { blocks: Block[] }, id: string): Json => {
  state.serial += 1;
  return {
    id,
    team_id: state.team.id,
    type: 'home',
    blocks: identified(view.blocks, () => nextId(state, 'b')),
    private_metadata: view['private_metadata'] ?? '',
    callback_id: view['callback_id'] ?? '',
    state: { values: {} },
    hash: `${Math.floor(state.now() / 1000)}.${digitsOf(state, `${user} ${state.serial}`, 8)}`,
    title: { type: 'plain_text', text: 'View Title', emoji: true },
    clear_on_close: false,
    notify_on_close: false,
    close: null,
    submit: null,
    previous_view_id: null,
    root_view_id: id,
    app_id: state.bot.appId,
    external_id: view['external_id'] ?? '',
    app_installed_team_id: state.team.id,
    bot_id: state.bot.botId,
  };
};
