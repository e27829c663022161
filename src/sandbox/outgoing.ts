import { isObject, parseJson } from '../events/json.ts';
import { ApiError } from './arguments.ts';
import { notify } from './ephemerals.ts';
import { answer, type Hook } from './hooks.ts';
import type { Channel } from './shapes.ts';
import { changed, type State } from './state.ts';
import { delayBy } from './waiting.ts';

/** A press, a shortcut or a command on its way to the app. */
export interface Interaction {
  /** What the person did; copies of a doubled delivery have the same. */
  id: string;
  kind: 'interactive' | 'slash_commands';
  /** What goes over the socket; over HTTP as `formOf` writes it. */
  payload: Record<string, unknown>;
}

/** Where on the page somebody did something: a message or App Home, and which element, shortcut or command. */
export interface Spot {
  user: string;
  /** Absent in App Home. */
  channel?: string | undefined;
  ts?: string | undefined;
  blockId?: string | undefined;
  /** The action, callback or command. */
  name: string;
}

/** What somebody did, until its answer came; then kept only when there is a warning beside it. */
export interface Doing {
  spot: Spot;
  /** In ms. */
  at: number;
  isWarned: boolean;
  /** How a command is answered. */
  commandHook?: Omit<Hook, 'createdAt' | 'uses'> | undefined;
}

/** What came back: the status was 2xx with a body, or anything else, or nothing within 3 s. */
export type Outcome = { is: 'taken'; contentType?: string; body?: string } | { is: 'refused' | 'late' };

const PATIENCE_MILLISECONDS = 3_000;
const MOST_KEPT = 200;

/** Sends what somebody did on its way; faults of deliveries strike it by `type`. */
export const sendOff = (
  state: State,
  type: string,
  interaction: Interaction,
  doing: Omit<Doing, 'at' | 'isWarned'>,
): void => {
  for (const [id, other] of state.doings) if (other.isWarned && isSame(other.spot, doing.spot)) state.doings.delete(id);
  state.doings.set(interaction.id, { ...doing, at: state.now(), isWarned: false });
  for (const id of [...state.doings.keys()].slice(0, -MOST_KEPT)) state.doings.delete(id);
  changed(state);
  if (interaction.kind === 'slash_commands' || state.app.interactive) deliver(state, type, interaction);
  else settle(state, interaction.id, { is: 'refused' });
};

const deliver = (state: State, type: string, interaction: Interaction): void => {
  const struck = state.faults.forDelivery(type);
  if (struck.some(({ kind }) => kind === 'dropped')) {
    settle(state, interaction.id, { is: 'late' });
    return;
  }
  const dueAt = state.now() + delayBy(struck, state.faults);
  state.interactions.put(interaction, dueAt);
  for (const fault of struck) {
    if (fault.kind !== 'doubled') continue;
    for (let number = 1; number <= (fault.copies ?? 1); number += 1)
      state.interactions.put(interaction, dueAt + number * (fault.afterMilliseconds ?? 0));
  }
};

const isSame = (one: Spot, other: Spot): boolean =>
  one.user === other.user &&
  one.channel === other.channel &&
  one.ts === other.ts &&
  one.blockId === other.blockId &&
  one.name === other.name;

/** Tells the workspace what came back. Only the first word about a deed counts; Slack sends none of these again. */
export const settle = (state: State, id: string, outcome: Outcome): void => {
  const doing = state.doings.get(id);
  if (!doing || doing.isWarned) return;
  const isLate = state.now() - doing.at > PATIENCE_MILLISECONDS;
  const result: Outcome = isLate ? { is: 'late' } : outcome;
  state.doings.delete(id);
  if (doing.commandHook) settleCommand(state, doing.spot, doing.commandHook, result);
  else if (result.is !== 'taken') state.doings.set(id, { ...doing, isWarned: true });
  changed(state);
};

const settleCommand = (
  state: State,
  { user, name: command }: Spot,
  hook: NonNullable<Doing['commandHook']>,
  outcome: Outcome,
): void => {
  const complain = (error: string): void => {
    notify(state, state.channels.get(hook.channel) as Channel, user, { is: error, command }, undefined);
  };
  if (outcome.is !== 'taken') {
    complain(outcome.is === 'late' ? 'operation_timeout' : 'http_service_error');
    return;
  }
  const fields = fieldsOf(outcome);
  try {
    if (fields) answer(state, hook, fields);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    complain('http_service_error');
  }
};

/** A direct answer: JSON, or a text as it stands; undefined when there is none. */
const fieldsOf = ({
  contentType = '',
  body = '',
}: Extract<Outcome, { is: 'taken' }>): Record<string, unknown> | undefined => {
  if (body === '') return undefined;
  const value = contentType.startsWith('application/json') ? parseJson(body) : undefined;
  return isObject(value) ? value : { text: body };
};

/** An interaction as the body of a form: one field `payload`, or a command's own fields. */
export const formOf = ({ kind, payload }: Pick<Interaction, 'kind' | 'payload'>): string =>
  new URLSearchParams(
    kind === 'interactive' ? { payload: JSON.stringify(payload) } : (payload as Record<string, string>),
  ).toString();
