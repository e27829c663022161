import type { IncomingMessage, ServerResponse } from 'node:http';
import { Refused } from '../events/errors.ts';
import { isObject, parseJson } from '../events/json.ts';

const MOST_BYTES = 2_000_000;

/** The whole body of a request as text; refuses what is too large. */
export const readBody = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += (chunk as Buffer).length;
    if (size > MOST_BYTES) throw new Refused(`body: expected at most ${MOST_BYTES} bytes, got more, at ${request.url}`);
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
};

/** A body's fields, from a form or from JSON. */
export const parseBody = (contentType: string, body: string): Record<string, unknown> => {
  if (!contentType.startsWith('application/json')) return Object.fromEntries(new URLSearchParams(body));
  const value: unknown = body === '' ? {} : parseJson(body);
  if (!isObject(value)) throw new Refused('body: expected a JSON object, got something else');
  return value;
};

/** Answers with JSON that nobody keeps. */
export const sendJson = (response: ServerResponse, status: number, value: unknown, headers = {}): void => {
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
    ...headers,
  });
  response.end(JSON.stringify(value));
};
