import { Unavailable } from '../events/errors.ts';
import type { Settings } from '../setup/config.ts';
import type { Bucket } from '../store/bucket.ts';
import { isDocument } from '../store/documents.ts';
import type { Stores } from './stores.ts';

/**
 * The state for those who look at the page: nobody sees what may be torn or old. The worker makes it anew before it begins. A challenge that is
 * no longer configured is made anew by nobody: what lies there of it is shown as far as it is whole.
 */
export const onceSure = ({ state, doubt }: Pick<Stores, 'state' | 'doubt'>, { challenges }: Settings): Bucket => {
  const configured = challenges.map(({ channel }) => channel);
  return {
    ...state,
    get: async (key) => {
      if (doubt?.isThere(configured)) throw new Unavailable('the state is being made anew');
      const stored = await state.get(key);
      if (stored && doubt?.isThere(key.split('/').slice(1, 2)) && !isDocument(stored.bytes))
        throw new Unavailable(`${key} was not forced to the disk before the power was lost`);
      return stored;
    },
  };
};
