import { canonical } from '../events/codec.ts';
import type { Homes } from '../pipeline/homes.ts';
import { keys } from '../pipeline/keys.ts';
import type { Bucket } from '../store/bucket.ts';
import { readDocument } from '../store/documents.ts';
import type { ForgetPorts } from './forget.ts';

/** Whether somebody is known to have opened App Home. */
export const hasHome = async (user: string, state: Bucket): Promise<boolean> => (await openedIn(state)).includes(user);

/**
 * Takes somebody out of those who have opened App Home, with every earlier version of the list. The others stay; cut short, they are lost from
 * it until they open it again. Nothing else may write meanwhile.
 */
export const forgetHome = async (
  user: string,
  { state, erasers }: Pick<ForgetPorts, 'state' | 'erasers'>,
): Promise<void> => {
  const users = (await openedIn(state)).filter((each) => each !== user);
  await erasers.state.erase(keys.homes);
  const homes: Homes = { version: 1, users };
  if (users.length > 0) await state.putNew(keys.homes, Buffer.from(canonical(homes)));
};

const openedIn = async (state: Bucket): Promise<string[]> =>
  (await readDocument<Homes>(state, keys.homes)).value?.users ?? [];
