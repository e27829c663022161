import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { digestOf } from '../store/digest.ts';

const TYPES: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
};

/** Vite puts the hash of a file's content into the names of what it bundles, and only there; see also cdk/upload.ts. */
const NAMED_BY_CONTENT = /^\/assets\/.+-[\w-]{8}\.\w+$/;

/** Writes what is known now into a page's HTML. */
export type Fill = (html: string, request: IncomingMessage) => Promise<string>;

/** Answers a request for a file of a folder; says whether there was such a file. */
export type StaticFiles = (path: string, request: IncomingMessage, response: ServerResponse) => Promise<boolean>;

/**
 * Serves the files of a built page. Each request looks on the disk: the folder may be built anew, emptied or removed meanwhile, and
 * what is gone is not there. The files are small, so each is read as a whole; one that vanishes halfway is no answer cut short. The
 * folder's own `index.html` is filled in by `fill`.
 */
export const staticFiles = (folder: string, fill?: Fill): StaticFiles => {
  return async (path, request, response) => {
    const name = nameOf(path);
    if (name === undefined) return false;
    const bytes = await bytesOf(join(folder, name));
    if (!bytes) return false;
    const filled = fill && name === '/index.html' ? Buffer.from(await fill(bytes.toString(), request)) : undefined;
    const zipped = acceptsGzip(request)
      ? await (filled ? zip(filled) : bytesOf(join(folder, `${name}.gz`)))
      : undefined;
    const body = zipped ?? filled ?? bytes;
    const etag = `"${digestOf(body, 32)}"`;
    const headers = {
      'content-type': TYPES[extname(name)] ?? 'application/octet-stream',
      'cache-control': NAMED_BY_CONTENT.test(name) ? 'public, max-age=31536000, immutable' : 'no-cache',
      etag,
      vary: 'accept-encoding',
      ...(zipped ? { 'content-encoding': 'gzip' } : {}),
    };
    const isKnown = hasAlready(request, etag);
    response.writeHead(isKnown ? 304 : 200, headers);
    response.end(isKnown || request.method === 'HEAD' ? undefined : body);
    return true;
  };
};

const zip = promisify<Buffer, Buffer>(gzip);

/** The file that a path means, undefined for a path that could lead out of the folder or to what is hidden in it. */
const nameOf = (path: string): string | undefined => {
  const decoded = decode(path);
  if (decoded === undefined || !/^(\/[\w-][\w.-]*)*\/?$/.test(decoded)) return undefined;
  return decoded.endsWith('/') ? `${decoded}index.html` : decoded;
};

const decode = (path: string): string | undefined => {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
};

/** What a file holds, undefined when there is none (any more). */
const bytesOf = async (path: string): Promise<Buffer | undefined> => {
  try {
    return await readFile(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'EISDIR' || code === 'ENOTDIR' || code === 'ENAMETOOLONG') return undefined;
    throw error;
  }
};

/** Whether the client accepts gzip. */
export const acceptsGzip = ({ headers }: IncomingMessage): boolean =>
  String(headers['accept-encoding'] ?? '')
    .split(',')
    .some((coding) => /^\s*(x-)?gzip\s*(;(?!\s*q=0(\.0*)?\s*$)|$)/i.test(coding));

/** Whether the client has the content with this ETag already; a weak ETag is as good here. */
export const hasAlready = ({ headers }: IncomingMessage, etag: string): boolean =>
  (headers['if-none-match'] ?? '').split(',').some((tag) => strong(tag.trim()) === strong(etag));

const strong = (etag: string): string => etag.replace(/^W\//, '');
