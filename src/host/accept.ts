import { isObject, type Json, parseJson } from '../events/json.ts';
import type { Ts } from '../events/timestamp.ts';
import { interactionJob, jobOf } from '../queue/jobs.ts';
import type { Queue } from '../queue/queue.ts';
import { isHomeOpened, parseInteraction } from '../slack/interaction.ts';
import { digestOf } from '../store/digest.ts';

const FORM = 'application/x-www-form-urlencoded';

/** What says of a form that it is one of Slack's, whatever its header says. */
const FORM_FIELDS = ['payload', 'command', 'ssl_check'];

/** The fields of a body that is a form, or undefined when it is none. */
export const formIn = (body: Uint8Array, contentType: string | undefined): URLSearchParams | undefined => {
  const form = new URLSearchParams(new TextDecoder().decode(body));
  const isNamed = contentType?.split(';')[0]?.trim().toLowerCase() === FORM;
  return isNamed || FORM_FIELDS.some((field) => form.has(field)) ? form : undefined;
};

/** What a form says: the JSON in its field `payload`, or else its fields. */
export const contentOf = (form: URLSearchParams): unknown => {
  const payload = form.get('payload');
  return payload === null ? Object.fromEntries(form) : parseJson(payload);
};

/** Where an interaction goes, and for whom it must be. */
export interface InteractionPorts {
  queue: Pick<Queue, 'put'>;
  appId?: string | undefined;
  teamId?: string | undefined;
}

/**
 * Queues an interaction, in a group of its person; of what is not understood, or meant for another app or workspace, a trace. `content` is
 * anything: it is never put aside as it came, since it holds what may be kept nowhere.
 */
export const acceptInteraction = async (
  content: unknown,
  body: Uint8Array,
  at: Ts,
  ports: InteractionPorts,
): Promise<void> => {
  if (!isObject(content)) return leaveTrace('unreadable', at, body, ports);
  if (isOfOthers(content, ports)) return leaveTrace(`foreign.${typeOf(content)}`, at, body, ports);
  const parsed = parseInteraction(content, at);
  if (parsed.is === 'interaction') await ports.queue.put([interactionJob(idOf(content, body), parsed.interaction)]);
  else if (parsed.is === 'other' && !isHomeOpened(content)) await leaveTrace(typeOf(content), at, body, ports);
};

/** A trace without anything that a person has put into it: the worker keeps it like that of any other delivery. */
const leaveTrace = async (type: string, at: Ts, body: Uint8Array, { queue }: InteractionPorts): Promise<void> => {
  const id = digestOf(body, 32);
  await queue.put([jobOf(id, 'none', { kind: 'event', payload: { type, event_ts: at, delivery: id } })]);
};

const typeOf = ({ type, command }: Json): string => {
  if (type === undefined && command !== undefined) return 'slash_command';
  return typeof type === 'string' && /^[a-z_]{1,40}$/.test(type) ? type : 'unknown';
};

/** `trigger_id` is new with every press, and the same in a delivery that comes twice. It is kept only as a digest. */
const idOf = ({ trigger_id, event_id }: Json, body: Uint8Array): string => {
  if (typeof event_id === 'string' && /^[A-Za-z0-9]{1,64}$/.test(event_id)) return event_id;
  return digestOf(typeof trigger_id === 'string' && trigger_id !== '' ? trigger_id : body, 32);
};

/** A shortcut does not say for which app it is; the signature does. */
const isOfOthers = (payload: Json, { appId, teamId }: Pick<InteractionPorts, 'appId' | 'teamId'>): boolean => {
  const app = payload['api_app_id'];
  if (appId && app !== undefined && app !== appId) return true;
  if (!teamId) return false;
  const teams = teamsOf(payload);
  return teams.length > 0 && !teams.includes(teamId);
};

/** The workspaces that a delivery names. Where the app was installed for an organisation, its own field is null: then the others decide. */
const teamsOf = (payload: Json): unknown[] => {
  const idIn = (name: string, field: string): unknown => {
    const value = payload[name];
    return isObject(value) ? value[field] : undefined;
  };
  const own = [idIn('team', 'id'), payload['team_id']].filter(isNamed);
  if (own.length > 0) return own;
  return [idIn('user', 'team_id'), idIn('view', 'team_id'), idIn('message', 'team'), idIn('enterprise', 'id')].filter(
    isNamed,
  );
};

const isNamed = (value: unknown): boolean => typeof value === 'string' && value !== '';
