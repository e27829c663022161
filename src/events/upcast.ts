import type { Event } from './catalog.ts';
import { Corrupt } from './errors.ts';

/**
 * Brings the body of an older version to today's shape when it is read; what is stored is never rewritten. There is only version 1
 * so far; the steps for later ones stand here, one function from each version to the next.
 */
export const upcast = (body: Record<string, unknown>, where: string): Event => {
  if (body['v'] !== 1)
    throw new Corrupt(`${where}: expected version 1, got ${JSON.stringify(body['v'])}; a newer til wrote it`);
  if (typeof body['kind'] !== 'string' || typeof body['at'] !== 'string')
    throw new Corrupt(`${where}: expected kind and at`);
  return body as unknown as Event;
};
