import { Refused, Unavailable } from '../events/errors.ts';
import type { FileSystem, Handle } from './disk.ts';
import { codeOf, diskError } from './disk-error.ts';

/** Forces an open file to the disk; the path is for the error. */
export type Force = (handle: Pick<Handle, 'sync'>, path: string) => Promise<void>;

/** How bytes and names get to the disk. */
export interface Forcing {
  force: Force;
  /** Forces the names in a folder. */
  forceFolder(folder: string): Promise<void>;
  /** Throws `Unavailable` once something could not be forced. */
  requireOn(): void;
}

/** An fsync that failed may succeed the next time although the bytes are lost (Linux reports an error once), so it is never repeated. */
export const createForce = (system: FileSystem): Forcing => {
  let off: Unavailable | undefined;
  const requireOn = (): void => {
    if (off) throw off;
  };
  const force: Force = async (handle, path) => {
    requireOn();
    try {
      await handle.sync();
    } catch (cause) {
      if (CANNOT.has(codeOf(cause) ?? '')) throw cause;
      off ??= new Unavailable(
        `${path} could not be forced to the disk (${codeOf(cause) ?? String(cause)}): what is stored is not known any more, ` +
          'so nothing is written until the program is started again',
        { cause },
      );
      throw off;
    }
  };
  return { force, forceFolder: (folder) => forceNames(folder, force, system), requireOn };
};

/** Leaves it to the system when what was written gets to the disk. */
export const noForce: Forcing = { force: async () => {}, forceFolder: async () => {}, requireOn: () => {} };

/** What fsync answers where it is not supported: nothing was tried, so nothing is lost. */
const CANNOT = new Set(['EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']);

const forceNames = async (folder: string, force: Force, system: FileSystem): Promise<void> => {
  try {
    const handle = await system.open(folder, 'r');
    await force(handle, folder).finally(() => handle.close());
  } catch (error) {
    if (!CANNOT.has(codeOf(error) ?? '')) throw diskError('cannot force', folder, error);
    throw new Refused(
      `${folder}: its file system cannot force the names in a folder to the disk (${codeOf(error)}), so what is acknowledged ` +
        'could be lost with the power; keep log and state on another disk',
      { cause: error },
    );
  }
};
