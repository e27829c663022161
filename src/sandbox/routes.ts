import type { IncomingMessage, ServerResponse } from 'node:http';
import { Refused } from '../events/errors.ts';
import { isObject, parseJson } from '../events/json.ts';
import { parseFaults } from './faults.ts';
import { parseBody, readBody, sendJson } from './http.ts';
import { act, pageState } from './page-api.ts';
import type { createPageFiles } from './page-files.ts';
import type { Answer } from './shapes.ts';
import type { createStream } from './stream.ts';
import type { Workspace } from './workspace.ts';

/** What answering a request needs. */
export interface Context {
  workspace: Workspace;
  stream: ReturnType<typeof createStream>;
  files: ReturnType<typeof createPageFiles>;
  hangMilliseconds: number;
}

/** The name under which a request came, without its port. */
export const hostOf = (request: IncomingMessage): string =>
  (request.headers.host ?? '').replace(/:\d+$/, '').toLowerCase();

/**
 * Whether a page of another origin makes a browser ask. That browser sends our cookies and reaches our loopback, and the demo's token is
 * known to all. A browser says where a page that acts is from; one that only has an image shown says at least that it is from elsewhere.
 */
export const isFromElsewhere = ({ headers }: IncomingMessage): boolean => {
  const { origin, host } = headers;
  if (origin !== undefined && origin.toLowerCase().replace(/^https?:\/\//, '') !== (host ?? '').toLowerCase())
    return true;
  const site = headers['sec-fetch-site'];
  return site !== undefined && site !== 'same-origin' && site !== 'none';
};

/** Whether a request does something, or may: reads leave nothing behind, and no other page sees their answer. */
export const isActing = (path: string, { method }: IncomingMessage): boolean =>
  path.startsWith('/api/') || (method !== 'GET' && method !== 'HEAD');

/** Tells what went wrong, if there is still a way to. */
export const fail = (response: ServerResponse, error: unknown): void => {
  if (response.headersSent) response.destroy();
  else if (error instanceof Refused) sendJson(response, 400, { ok: false, error: error.message });
  else sendJson(response, 500, { ok: false, error: 'fatal_error' });
};

/** Answers one request below `/sandbox` or `/api/`. */
export const answer = async (
  context: Context,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  if (path.startsWith('/api/')) await answerCall(context, path.slice('/api/'.length), request, response);
  else if (path.startsWith('/sandbox/hooks/')) await answerHook(context, path, request, response);
  else if (request.method === 'POST') await answerDeed(context, path, request, response);
  else await answerRead(context, path, request, response);
};

const answerDeed = async (
  { workspace }: Context,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  // No other site's page can send this header without asking, and nobody answers its question.
  if (request.headers['x-sandbox'] !== '1') throw new Refused('x-sandbox: expected the header, got none');
  const fields = parseBody('application/json', await readBody(request));
  if (path === '/sandbox/actions') {
    sendJson(response, 200, { ok: true, done: act(workspace, fields) ?? null });
  } else if (path === '/sandbox/faults') {
    workspace.faults.set(parseFaults(fields['faults']));
    sendJson(response, 200, { ok: true, faults: workspace.faults.list() });
  } else {
    sendJson(response, 404, { ok: false, error: 'not_found' });
  }
};

const answerRead = async (
  context: Context,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  const query = new URL(request.url ?? '/', 'http://sandbox').searchParams;
  if (path === '/sandbox/state') sendJson(response, 200, pageState(context.workspace, query));
  else if (path === '/sandbox/faults') sendJson(response, 200, { faults: context.workspace.faults.list() });
  else if (path === '/sandbox/changes') context.stream.open(response);
  else await context.files.serve(path, query, request, response);
};

const answerCall = async (
  context: Context,
  method: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  const query = Object.fromEntries(new URL(request.url ?? '/', 'http://sandbox').searchParams);
  const fields = { ...query, ...parseBody(request.headers['content-type'] ?? '', await readBody(request)) };
  const bearer = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
  const { token, ...args } = fields as { token?: string };
  const result = context.workspace.call(method, bearer ?? token, args);
  send(context, result, request, response);
};

/** A `response_url`: whoever knows it may answer there. It says `ok` without more when the answer was taken. */
const answerHook = async (
  context: Context,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  const fields = parseJson(await readBody(request));
  if (request.method !== 'POST' || !isObject(fields)) {
    sendJson(response, 400, { ok: false, error: 'invalid_payload' });
    return;
  }
  const result = context.workspace.respond(path, fields);
  if (result.status === 200) response.writeHead(200, { 'content-type': 'text/plain' }).end('ok');
  else send(context, result, request, response);
};

const send = (context: Context, result: Answer, request: IncomingMessage, response: ServerResponse): void => {
  if (result.lost === 'reset') request.socket.destroy();
  else if (result.lost === 'timeout') hang(request, context.hangMilliseconds);
  else sendJson(response, result.status, result.body, result.headers);
};

/** Leaves the caller without an answer until they give up, or at last breaks the connection. */
const hang = (request: IncomingMessage, milliseconds: number): void => {
  const timer = setTimeout(() => request.socket.destroy(), milliseconds);
  request.socket.once('close', () => clearTimeout(timer));
};
