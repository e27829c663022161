import { Refused, Unavailable } from '../events/errors.ts';

/** The code of an error of the operating system (`ENOENT` …), if it is one. */
export const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException | undefined)?.code;

/** An error of the operating system as one of ours: it names the path and the code. Other errors stay as they are. */
export const diskError = (what: string, path: string, error: unknown): unknown => {
  const code = codeOf(error);
  if (code === undefined || !(error as NodeJS.ErrnoException).syscall) return error;
  if (code === 'ENOTDIR' || code === 'EEXIST' || code === 'EISDIR') {
    return new Refused(`${what} ${path}: a file lies where a folder is needed, or a folder where a file is (${code})`, {
      cause: error,
    });
  }
  return new Unavailable(`${what} ${path}: the disk answered ${code}`, { cause: error });
};
