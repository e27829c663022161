import { fileError } from '../store/disk-error.ts';

/** Writes one structured line to standard error for each happening; never a secret and never a member's text. */
export type Report = (happening: string, fields?: Record<string, unknown>) => void;

/** Reports as lines of JSON, for machines, or of words, for people. */
export const createReport = (asJson: boolean, write: (line: string) => void, now: () => number): Report => {
  return (happening, fields = {}) => {
    const time = new Date(now()).toISOString();
    if (asJson) write(JSON.stringify({ time, happening, ...fields }));
    else
      write(
        [
          time.slice(11, 19),
          happening,
          ...Object.entries(fields).map(([name, value]) => `${name}=${String(value)}`),
        ].join(' '),
      );
  };
};

/** The sentence of an error for a person: our own messages hold no secret, and a file's error names its path; of any other only its kind is given. */
export const sentenceOf = (error: unknown): string => {
  const told = fileError(error);
  return isOwn(told) ? told.message : describeError(told);
};

/** The text of an error for a report: our own messages hold no secret; of any other error only its kind is given. */
export const describeError = (error: unknown): string => {
  if (!(error instanceof Error)) return 'unknown error';
  if (isOwn(error)) return `${error.name}: ${error.message}`;
  const code = (error as { code?: unknown }).code;
  return [error.name, typeof code === 'string' ? code : ''].join(' ').trim();
};

const isOwn = (error: unknown): error is Error & { code: string } =>
  error instanceof Error &&
  ['conflict', 'unavailable', 'corrupt', 'refused'].includes(String((error as { code?: unknown }).code));
