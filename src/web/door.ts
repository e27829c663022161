import { createHash, timingSafeEqual } from 'node:crypto';

/** Who may see the page and its snapshots: everybody, nobody, or whoever knows the key with which the path begins. */
export type Door = 'open' | 'off' | { key: string };

/**
 * The path as it is behind the door: `/<key>/snapshots/x.json` is `/snapshots/x.json` there. Undefined for whoever may not come in; `slash`
 * when nothing but the closing slash is missing, without which the page's relative addresses lead elsewhere.
 */
export const enter = (door: Door, path: string): string | 'slash' | undefined => {
  if (door === 'open') return path;
  if (door === 'off') return undefined;
  const [, key = '', ...rest] = path.split('/');
  if (!isSame(key, door.key)) return undefined;
  return rest.length === 0 ? 'slash' : `/${rest.join('/')}`;
};

/** Whether two texts are the same; how long it takes says nothing of where they differ. */
const isSame = (a: string, b: string): boolean => timingSafeEqual(digestOf(a), digestOf(b));

const digestOf = (text: string): Buffer => createHash('sha256').update(text).digest();
