import { isObject, type Json, parseJson } from '../events/json.ts';
import { type Ts, tsAt } from '../events/timestamp.ts';
import { jobOf } from '../queue/jobs.ts';
import type { Queue } from '../queue/queue.ts';
import type { Clock } from '../setup/clock.ts';
import type { ClockCheck } from '../setup/clock-check.ts';
import { describeError } from '../setup/report.ts';
import { isHomeOpened, isInteraction } from '../slack/interaction.ts';
import { channelOf } from '../slack/translate.ts';
import { verifySignature } from '../slack/verify.ts';
import { digestOf } from '../store/digest.ts';
import { acceptInteraction, contentOf, formIn } from './accept.ts';
import type { Refusals } from './refusals.ts';

/** Larger requests than this are refused unread; Slack's largest is about 0.5 MiB. */
export const MAX_BODY_BYTES = 1_048_576;

/** The addresses at which Slack calls: the last two for what people do with the bot. What comes is answered as what it is, at each of them. */
export const SLACK_PATHS: readonly string[] = ['/slack/events', '/slack/interactions', '/slack/commands'];

/** A request of Slack's; header names in lower case, body as raw bytes. `path` is that of the events where it is not said. */
export interface IngestRequest {
  method: string;
  path?: string;
  headers: Record<string, string | undefined>;
  body: Uint8Array;
}

export interface IngestResponse {
  status: 200 | 400 | 401 | 413 | 503;
  body: string;
  contentType: 'application/json' | 'text/plain';
}

export interface IngestPorts {
  queue: Pick<Queue, 'put'>;
  clock: Clock;
  /** How far the clock is from Slack's; absent where nobody knows. */
  clockCheck?: Pick<ClockCheck, 'look' | 'differenceSeconds'> | undefined;
  /** Several while a secret is being rotated. None: everything is refused. */
  secrets: readonly string[];
  /** When set, deliveries for other apps or teams are put aside. */
  appId?: string;
  teamId?: string;
  /** Called for each refused delivery with the reason, which says more than the answer to the sender. */
  refused?: Refusals;
}

const answer = (status: IngestResponse['status'], message: string): IngestResponse => ({
  status,
  body: message,
  contentType: 'text/plain',
});

/**
 * Answers a delivery: verified before anything is parsed, durably queued before 200. Never throws. Slack tries again on anything
 * but 200, so a 503 loses nothing; the header that would stop it from trying is never sent.
 */
export const ingest = async (request: IngestRequest, ports: IngestPorts): Promise<IngestResponse> => {
  if (request.method !== 'POST') return answer(400, 'expected POST');
  const refuse = (status: 401 | 413 | 503, message: string, reason = message): IngestResponse => {
    ports.refused?.(status, reason);
    return answer(status, message);
  };
  if (request.body.length > MAX_BODY_BYTES) return refuse(413, `expected at most ${MAX_BODY_BYTES} bytes`);
  if (ports.secrets.every((secret) => secret === '')) return refuse(503, 'no signing secret is configured');
  const signed = {
    timestamp: request.headers['x-slack-request-timestamp'],
    signature: request.headers['x-slack-signature'],
    body: request.body,
  };
  if (isUnsignedCheck(request)) return EMPTY;
  if (!verifySignature(signed, ports.secrets, await nowOf(ports))) return refuse(401, 'the signature is not right');
  const { path, body, headers } = request;
  const delivery = { body, path, contentType: headers['content-type'], at: `${signed.timestamp}.000000` };
  try {
    return await acceptVerified(delivery, ports);
  } catch (error) {
    return refuse(503, 'not stored; try again', describeError(error));
  }
};

/** The answer to a person's doing: anything in it would be shown to them. */
const EMPTY: IngestResponse = { status: 200, body: '', contentType: 'text/plain' };

/** Slack looks from time to time whether the address answers and its certificate is good, not always with a signature. Nothing comes of it. */
const isUnsignedCheck = ({ headers, body }: IngestRequest): boolean =>
  !headers['x-slack-signature'] && body.length <= 1024 && isCertificateCheck(formIn(body, headers['content-type']));

/** A form that says so, and nothing else that could be asked. */
const isCertificateCheck = (form: URLSearchParams | undefined): boolean =>
  form?.get('ssl_check') === '1' && !form.has('payload') && !form.has('command');

/** What time it is for Slack, in seconds, as well as can be known. */
const nowOf = async ({ clock, clockCheck }: Pick<IngestPorts, 'clock' | 'clockCheck'>): Promise<number> => {
  await clockCheck?.look();
  return clock.now() / 1000 - (clockCheck?.differenceSeconds() ?? 0);
};

/** A delivery that is known to be Slack's: its signature was right, or it came over a socket that we opened. */
export interface Delivery {
  body: Uint8Array;
  path?: string | undefined;
  contentType?: string | undefined;
  /** When it was sent, or came: the date of what has none of its own. */
  at: Ts;
}

export type AcceptPorts = Pick<IngestPorts, 'queue' | 'appId' | 'teamId'>;

/** Queues a delivery that is known to be Slack's. What the body is decides, and not the address at which it came. */
export const acceptVerified = async (delivery: Delivery, ports: AcceptPorts): Promise<IngestResponse> => {
  const { body, path = '/slack/events', contentType } = delivery;
  const payload = parseJson(body);
  if (isObject(payload)) return acceptPayload(payload, delivery, ports);
  const form = formIn(body, contentType);
  if (!form && path === '/slack/events') return putAside(body, 'expected a JSON object', ports);
  const content = form && contentOf(form);
  if (isCertificateCheck(form)) return EMPTY;
  if (isObject(content) && !isInteraction(content) && content['type'] === 'event_callback')
    return acceptPayload(content, delivery, ports);
  return acceptPersons(content, delivery, ports);
};

const acceptPersons = async (content: unknown, { body, at }: Delivery, ports: AcceptPorts): Promise<IngestResponse> => {
  await acceptInteraction(content, body, at, ports);
  return EMPTY;
};

const acceptPayload = async (payload: Json, delivery: Delivery, ports: AcceptPorts): Promise<IngestResponse> => {
  const { body } = delivery;
  if (payload['type'] === 'url_verification') return answerChallenge(payload['challenge']);
  if (isInteraction(payload) && !isHomeOpened(payload)) return acceptPersons(payload, delivery, ports);
  const foreign = foreignOf(payload, ports);
  if (isHomeOpened(payload)) return foreign ? EMPTY : acceptPersons(payload, delivery, ports);
  if (foreign) return putAside(body, foreign, ports);
  if (deeperThan(payload, MAX_DEPTH)) return putAside(body, `expected at most ${MAX_DEPTH} levels`, ports);
  await ports.queue.put([jobOf(idOf(payload, body), groupOf(payload), { kind: 'event', payload: slimmed(payload) })]);
  return answer(200, 'ok');
};

/** The date of what comes now, over the socket. */
export const receivedNow = async (ports: Pick<IngestPorts, 'clock' | 'clockCheck'>): Promise<Ts> =>
  tsAt((await nowOf(ports)) * 1000);

// Slack's deepest message has about 12 levels. What recurses behind us needs a bound.
const MAX_DEPTH = 64;

const deeperThan = (value: unknown, depth: number): boolean => {
  let level: unknown[] = [value];
  for (let passed = 0; level.length > 0; passed++) {
    if (passed > depth) return true;
    level = level.flatMap((item) => (typeof item === 'object' && item !== null ? Object.values(item) : []));
  }
  return false;
};

const answerChallenge = (challenge: unknown): IngestResponse =>
  typeof challenge === 'string' && challenge.length <= 1024
    ? { status: 200, body: JSON.stringify({ challenge }), contentType: 'application/json' }
    : answer(400, 'challenge: expected a text of at most 1,024 characters');

/** A signed body that cannot be parsed is not thrown away: the worker puts it into quarantine. */
const putAside = async (
  body: Uint8Array,
  reason: string,
  { queue }: Pick<IngestPorts, 'queue'>,
): Promise<IngestResponse> => {
  const raw = Buffer.from(body).toString('base64');
  await queue.put([jobOf(digestOf(body, 32), 'malformed', { kind: 'malformed', reason, raw })]);
  return answer(200, 'ok');
};

const foreignOf = (payload: Json, { appId, teamId }: Pick<IngestPorts, 'appId' | 'teamId'>): string | undefined => {
  if (appId && payload['api_app_id'] !== appId) return 'api_app_id: expected our own';
  if (teamId && !deliveredTo(payload).includes(teamId)) return 'team_id: expected our own';
  return undefined;
};

/**
 * The workspaces to which an event was delivered. In a channel that several workspaces share, `team_id` may be that of the writer or of
 * the channel's host, so it decides only where the other fields are missing. (docs.slack.dev/apis/slack-connect)
 */
const deliveredTo = (payload: Json): unknown[] => {
  const authorizations: unknown = payload['authorizations'];
  const all = Array.isArray(authorizations) ? (authorizations as unknown[]) : [];
  const teams = [...all.map((each) => (isObject(each) ? each['team_id'] : undefined)), payload['context_team_id']];
  const named = teams.filter((team) => typeof team === 'string' && team !== '');
  return named.length > 0 ? named : [payload['team_id']];
};

// What no event is made of, and the larger part of an edit's bytes.
const UNUSED = new Set(['previous_message', 'root', 'bot_profile', 'files', 'token', 'authorizations']);

const slimmed = (payload: Json): Json => {
  const event = payload['event'];
  const outer = Object.fromEntries(Object.entries(payload).filter(([name]) => !UNUSED.has(name)));
  if (!isObject(event)) return outer;
  const bot = isObject(event['bot_profile']) && !event['bot_id'] ? { bot_id: event['bot_profile']['id'] } : {};
  return {
    ...outer,
    event: { ...Object.fromEntries(Object.entries(event).filter(([name]) => !UNUSED.has(name))), ...bot },
  };
};

/** A group for each channel, so that channels do not wait for each other. */
const groupOf = (payload: Json): string => {
  const channel = isObject(payload['event']) ? channelOf(payload['event']) : undefined;
  return channel && /^[A-Z0-9]{2,32}$/.test(channel) ? channel : 'none';
};

const idOf = (payload: Json, body: Uint8Array): string => {
  const id = payload['event_id'];
  return typeof id === 'string' && /^[A-Za-z0-9]{1,64}$/.test(id) ? id : digestOf(body, 32);
};
