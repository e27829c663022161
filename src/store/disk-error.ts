import { Refused, Unavailable } from '../events/errors.ts';

/** The code of an error of the operating system (`ENOENT` …), if it is one. */
export const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException | undefined)?.code;

/** What a code means, for people. */
const WHY: Record<string, string> = {
  ENOSPC: 'no room is left',
  EDQUOT: 'no room is left for this user',
  EACCES: 'this user may not',
  EPERM: 'this user may not',
  EROFS: 'it can only be read',
  ENOENT: 'nothing is there',
  EIO: 'the device has a fault',
  EMFILE: 'too many files are open',
  ENFILE: 'too many files are open',
  EFBIG: 'the file is too large for it',
  ENAMETOOLONG: 'the name is too long',
};

/** What the disk answered, by a code and, where one is known, its meaning. */
export const answered = (code: string): string => {
  const why = WHY[code];
  return `the disk answered ${code}${why ? ` (${why})` : ''}`;
};

/**
 * An error of the operating system as one of ours: it names the path and the code. Other errors stay as they are. `what` is "cannot" and a
 * verb: "cannot read".
 */
export const diskError = (what: string, path: string, error: unknown): unknown => {
  const code = codeOf(error);
  if (code === undefined || !(error as NodeJS.ErrnoException).syscall) return error;
  if (code === 'ENOTDIR' || code === 'EEXIST' || code === 'EISDIR') {
    return new Refused(`${what} ${path}: a file lies where a folder is needed, or a folder where a file is (${code})`, {
      cause: error,
    });
  }
  return new Unavailable(`${what} ${path}: ${answered(code)}`, { cause: error });
};

/** Does what needs the disk for a place that a person named: an error of the operating system tells of that place, whatever lies behind it. */
export const onDisk = async <T>(what: string, path: string, work: () => Promise<T> | T): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    throw diskError(what, path, error);
  }
};

const READS = new Set([
  'access',
  'fstat',
  'lstat',
  'opendir',
  'read',
  'readlink',
  'realpath',
  'scandir',
  'stat',
  'statfs',
]);
const WRITES = new Set(
  'chmod close copyfile fdatasync fsync ftruncate futime link mkdir mkdtemp open rename rm rmdir symlink unlink write'.split(
    ' ',
  ),
);

/** The same of an error that nobody has named a place for: by the path that it holds, if any. Errors of anything but files stay as they are. */
export const fileError = (error: unknown): unknown => {
  const { syscall = '', path, code } = (error ?? {}) as NodeJS.ErrnoException;
  if (code === undefined || !(READS.has(syscall) || WRITES.has(syscall))) return error;
  if (path === undefined) return new Unavailable(answered(code), { cause: error });
  return diskError(
    READS.has(syscall) ? 'cannot read' : syscall === 'open' ? 'cannot open' : 'cannot write',
    path,
    error,
  );
};
