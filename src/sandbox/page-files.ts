import type { IncomingMessage, ServerResponse } from 'node:http';
import { fileURLToPath } from 'node:url';
import { staticFiles } from '../web/static-files.ts';

const BUILT_PAGE = fileURLToPath(new URL('../../dist/sandbox', import.meta.url));

const HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
};

const PERMALINK = /^\/sandbox\/archives\/(\w+)\/p(\d{10})(\d{6})$/;

/** Serves the built page below `/sandbox/`; permalinks lead to the message in it. */
export const createPageFiles = (directory = BUILT_PAGE) => {
  const files = staticFiles(directory);
  return {
    serve: async (
      path: string,
      query: URLSearchParams,
      request: IncomingMessage,
      response: ServerResponse,
    ): Promise<void> => {
      const place = redirection(path, query);
      if (place !== undefined) return redirect(response, place);
      for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
      const below = path.slice('/sandbox'.length);
      if (await files(below, request, response)) return;
      if (below === '/') sendText(response, 503, 'The page is not built yet: npm run build\n');
      else sendText(response, 404, 'Not found\n');
    },
  };
};

const redirection = (path: string, query: URLSearchParams): string | undefined => {
  if (path === '/sandbox') return '/sandbox/';
  const [, channel, seconds, fraction] = PERMALINK.exec(path) ?? [];
  if (channel === undefined) return undefined;
  const place = { channel, ts: `${seconds}.${fraction}`, thread: query.get('thread_ts') ?? '' };
  return `/sandbox/#${new URLSearchParams(place)}`;
};

const redirect = (response: ServerResponse, location: string): void => {
  response.writeHead(302, { location });
  response.end();
};

const sendText = (response: ServerResponse, status: number, text: string): void => {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' });
  response.end(text);
};
