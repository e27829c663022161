import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { Annotations } from 'aws-cdk-lib';
import {
  Function as EdgeFunction,
  type FunctionAssociation,
  FunctionCode,
  FunctionEventType,
  FunctionRuntime,
} from 'aws-cdk-lib/aws-cloudfront';
import type { Construct } from 'constructs';

/** Who may see the page: everybody, nobody, or whoever knows the key with this SHA-256 in hex. Nobody gets the key from the template. */
export type Door = 'open' | 'off' | { digest: string };

const PAGE_KEY = 'TIL_PAGE_KEY';

/** The door that the configuration's `pageAccess` asks for; the key of the link is in the environment or in the `.env` of a checkout. */
export const doorOf = (
  pageAccess = 'open',
  root = join(import.meta.dirname, '..'),
  environment = process.env,
): Door => {
  if (pageAccess !== 'link') return pageAccess === 'off' ? 'off' : 'open';
  const file = join(root, '.env');
  const key = environment[PAGE_KEY] || (existsSync(file) && parseEnv(readFileSync(file, 'utf8'))[PAGE_KEY]);
  return key ? { digest: createHash('sha256').update(key).digest('hex') } : 'off';
};

/** The paths of the snapshots: the key comes before them, and CloudFront chooses the origin before the key is taken off. */
export const snapshotsBehind = (door: Door): string => (typeof door === 'object' ? '*/snapshots/*' : 'snapshots/*');

/** What stands before page and snapshots alike, on every request, cached or not. */
export const guardsOf = (scope: Construct, door: Door): { functionAssociations?: FunctionAssociation[] } => {
  if (door === 'open') return {};
  if (door === 'off')
    Annotations.of(scope).addInfo(
      `the page is shown to nobody: pageAccess is 'off', or it is 'link' and ${PAGE_KEY} is not there ("til page-link" makes it)`,
    );
  const guard = new EdgeFunction(scope, 'Door', {
    comment: 'TIL challenge: who may see the page',
    runtime: FunctionRuntime.JS_2_0,
    code: FunctionCode.fromInline(guardCode(door)),
  });
  return { functionAssociations: [{ function: guard, eventType: FunctionEventType.VIEWER_REQUEST }] };
};

/** The function at the edge. It says the same as src/web/door.ts. */
export const guardCode = (door: 'off' | { digest: string }): string => `const crypto = require('crypto');
const DIGEST = ${JSON.stringify(door === 'off' ? '' : door.digest)};
function handler(event) {
  const request = event.request;
  const parts = request.uri.split('/');
  const digest = crypto.createHash('sha256').update(parts[1] || '').digest('hex');
  if (digest !== DIGEST) return { statusCode: 404, statusDescription: 'Not Found' };
  if (parts.length === 2)
    return { statusCode: 308, statusDescription: 'Permanent Redirect', headers: { location: { value: request.uri + '/' } } };
  const rest = parts.slice(2).join('/');
  request.uri = '/' + (rest === '' ? 'index.html' : rest);
  return request;
}
`;
