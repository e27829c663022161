import { setTimeout } from 'node:timers/promises';
import { Corrupt, Refused, Unavailable } from '../events/errors.ts';
import { tryAgain } from '../events/try-again.ts';
import { refusedKeys } from './aws.ts';

/**
 * How a call is repeated. A call costs at most 3 × 5 s + 1 s, well inside the worker's 30 s; 503 SlowDown lasts while S3 splits
 * a partition, so waiting longer is the queue's business.
 */
export interface Retries {
  /** Tries when the answer is missing or says "later". */
  tries: number;
  /** Tries when a concurrent writer was in the way (409 ConditionalRequestConflict: "retry the upload", says AWS). */
  races: number;
  /** The whole of one try, the body included. */
  tryMilliseconds: number;
  baseMilliseconds: number;
  random: () => number;
  sleep: (milliseconds: number) => Promise<unknown>;
}

const DEFAULTS: Retries = {
  tries: 3,
  races: 5,
  tryMilliseconds: 5_000,
  baseMilliseconds: 200,
  random: Math.random,
  sleep: (milliseconds) => setTimeout(milliseconds),
};

/** An error as the SDK throws it, or as Node does. */
interface Failure {
  name?: string;
  message?: string;
  code?: string;
  $metadata?: { httpStatusCode?: number };
  $response?: unknown;
}

/** Says whether S3 answered with this status (and, if given, this code). */
export const hasStatus = (error: unknown, status: number, name?: string): boolean => {
  const failure = error as Failure;
  return failure.$metadata?.httpStatusCode === status && (name === undefined || failure.name === name);
};

/**
 * Repeats `once` while it may help. `unclear` tells that an earlier try may have succeeded without our knowing. Throws
 * `Unavailable` when the tries are used up, `Refused` when S3 says no, `Corrupt` when the bytes do not match their checksum.
 */
export const persistently = async <T>(
  { action, where, ...given }: { action: string; where: string } & Partial<Retries>,
  once: (signal: AbortSignal) => Promise<T>,
): Promise<{ value: T; unclear: boolean }> => {
  const retries = { ...DEFAULTS, ...given };
  let unclear = false;
  let races = 0;
  const value = await tryAgain(
    () => once(AbortSignal.timeout(retries.tryMilliseconds)),
    async (error, attempt) => {
      const kind = kindOf(error as Failure);
      if (kind === 'final') throw finalError(action, where, error as Failure);
      const spent = kind === 'race' ? ++races >= retries.races : attempt - races >= retries.tries;
      if (spent) throw spentError(action, where, attempt, error as Failure);
      unclear ||= kind === 'unclear';
      // Full jitter, so that those who were turned away together do not come back together.
      await retries.sleep(retries.random() * retries.baseMilliseconds * 2 ** (attempt - 1));
    },
  );
  return { value, unclear };
};

const kindOf = (error: Failure): 'race' | 'unclear' | 'final' => {
  const status = error.$metadata?.httpStatusCode;
  if (status === 409) return 'race';
  if (status !== undefined && status >= 400) {
    return status >= 500 || status === 429 || error.name === 'RequestTimeout' ? 'unclear' : 'final';
  }
  const lost = error.code !== undefined || error.name === 'TimeoutError' || error.name === 'AbortError';
  // An answer that cannot be read (a page cut short) says as little as none.
  return lost || '$response' in error || isChecksumMismatch(error) ? 'unclear' : 'final';
};

const isChecksumMismatch = (error: Failure) => error.message?.startsWith('Checksum mismatch') === true;

const spentError = (action: string, where: string, tries: number, error: Failure) => {
  if (isChecksumMismatch(error)) {
    return new Corrupt(`${where} is damaged: its bytes do not match the checksum S3 keeps for it`, { cause: error });
  }
  return new Unavailable(`${action} ${where}: no success in ${tries} tries, last: ${describe(error)}`, {
    cause: error,
  });
};

const finalError = (action: string, where: string, error: Failure): unknown => {
  const keys = refusedKeys(error);
  if (keys) return new Refused(`${action} ${where}: ${keys.message}`, { cause: error });
  if (error.message === 'Region is missing') {
    return new Refused(`AWS_REGION: expected the region of ${where}, such as ap-northeast-2, got nothing`, {
      cause: error,
    });
  }
  if (error.$metadata?.httpStatusCode === undefined) return error; // Not from S3: a defect, which must show as itself.
  const hint =
    error.$metadata.httpStatusCode === 403
      ? `: this role needs ${action} there, and the bucket policy must allow it`
      : '';
  const says = error.message && error.message !== error.name ? `; S3 says: ${error.message}` : '';
  return new Refused(`${action} ${where}: S3 refused with ${describe(error)}${hint}${says}`, { cause: error });
};

const describe = (error: Failure) =>
  [error.$metadata?.httpStatusCode, error.code ?? error.name].filter((part) => part !== undefined).join(' ');
