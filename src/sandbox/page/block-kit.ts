import { isObject } from '../../events/json.ts';
import type { PageState } from '../page-api.ts';

/** What came of a press: it is on its way, or no answer came in time. */
export type Sign = 'waiting' | 'warned';

/** What the buttons and selects of blocks do. */
export interface Pressing {
  press: (element: { blockId: string; actionId: string; option?: string | undefined }) => void;
  signOf: (blockId: string | undefined, name: string) => Sign | undefined;
  /** Changes with each new version of the blocks. */
  version: string;
}

/** The sign beside an element, a shortcut or a command; App Home is where there is no channel. */
export const signIn = (
  doings: PageState['doings'],
  place: { channel?: string | undefined; ts?: string | undefined; blockId?: string | undefined; name: string },
): Sign | undefined => {
  const found = doings.filter(
    ({ channel, ts, blockId, name }) =>
      channel === place.channel && ts === place.ts && blockId === place.blockId && name === place.name,
  );
  if (found.length === 0) return undefined;
  return found.some(({ isWarned }) => !isWarned) ? 'waiting' : 'warned';
};

/** The words of a text object, or of something that has one. */
export const wordsOf = (value: unknown): string => {
  const text = isObject(value) ? value['text'] : undefined;
  return typeof text === 'string' ? text : text ? wordsOf(text) : '';
};

/** Whether something is an address that a browser may open. */
export const isWeb = (url: unknown): url is string => typeof url === 'string' && /^https?:\/\//i.test(url);
