import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { Refused } from '../events/errors.ts';
import { type LocalQueue, type LocalQueueOptions, openLocalQueue } from '../queue/local.ts';
import type { Queue } from '../queue/queue.ts';
import { bootId } from '../store/boot.ts';
import type { Bucket } from '../store/bucket.ts';
import { bootNote, type Doubt } from '../store/doubt.ts';
import type { Eraser } from '../store/eraser.ts';
import { filesBucket } from '../store/files.ts';
import { bucketFilling, type Filling, folderFilling, requireWhole } from '../store/filling.ts';
import { folderEraser } from '../store/folder-eraser.ts';
import { probeFolder } from '../store/probe.ts';
import { traceEraser } from '../store/trace-eraser.ts';
import type { EraseTraces } from '../store/trace-sums.ts';
import { type Addresses, bucketOf, type Environment } from './environment.ts';

const OCCUPIED = 'a file lies there';

/** Whether an error is about what lies at an address, and not about the address itself. */
export const isOccupied = (error: unknown): error is Refused => error instanceof Refused && error.cause === OCCUPIED;

/** The folder that an address names, there already or not; undefined when it names something else. */
export const folderOf = (address: string): string | undefined => {
  if (!address.startsWith('file:')) return undefined;
  const path = address.slice('file:'.length).replace(/^\/\//, '');
  if (path === '') throw new Refused(`expected file:PATH, got ${address}`);
  const found = statSync(path, { throwIfNoEntry: false });
  // It would look like an empty log.
  if (found && !found.isDirectory())
    throw new Refused(`${address}: expected a folder, got a file`, { cause: OCCUPIED });
  return resolve(path);
};

/** The folders of log and state, each once; none of what lies elsewhere. */
export const foldersOf = ({ log, state }: Addresses): string[] => [
  ...new Set([log, state].flatMap((address) => folderOf(address) ?? [])),
];

/** Opens a bucket by its address. */
export const openBucket = async (address: string, environment: Environment): Promise<Bucket> => {
  const path = folderOf(address);
  if (path) return filesBucket(path);
  const place = bucketOf(address);
  // Loaded only when it is used: one machine needs no AWS SDK.
  const { s3Bucket, s3Client } = await import('../store/s3.ts');
  return s3Bucket({ client: s3Client(environment), ...place });
};

/** Where derived state is kept, and whether it can be read: absent where all that was ever put is there. */
export interface State {
  state: Bucket;
  doubt?: Doubt;
}

/** Opens derived state by its address. In a folder it is not forced to the disk, where one boot of the machine can be told from another. */
export const openState = async (address: string, environment: Environment): Promise<State> => {
  const path = folderOf(address);
  if (!path) return { state: await openBucket(address, environment) };
  const boot = bootId();
  return { state: filesBucket(path, { boot }), doubt: bootNote(path, boot) };
};

/** Opens the note whether the log at an address is being filled. */
export const openFilling = async (address: string, environment: Environment): Promise<Filling> => {
  const path = folderOf(address);
  return path ? folderFilling(path) : bucketFilling(await openBucket(address, environment));
};

/** Opens a log by its address. Throws `Refused` while a restore fills it, or after one was cut short. */
export const openWholeLog = async (address: string, environment: Environment): Promise<Bucket> => {
  const log = await openBucket(address, environment);
  await requireWhole(await openFilling(address, environment), address);
  return log;
};

/** Opens the right to erase what lies at an address. */
export const openEraser = async (address: string, environment: Environment): Promise<Eraser> => {
  const path = folderOf(address);
  if (path) return folderEraser(path);
  const place = bucketOf(address);
  const [{ s3Client }, { s3Eraser }] = await Promise.all([import('../store/s3.ts'), import('../store/s3-eraser.ts')]);
  return s3Eraser({ client: s3Client(environment), ...place });
};

/** Opens the right to take old traces away from the log at an address. */
export const openTraceEraser = async (address: string, environment: Environment): Promise<EraseTraces> =>
  traceEraser(await openEraser(address, environment));

/** Whether an address has the form of an SQS queue's: that of whose it is, and its name, behind the host. */
const isQueueUrl = (address: string): boolean =>
  /^https?:\/\//.test(address) && /^(\/[\w.-]+){2,}$/.test(URL.parse(address)?.pathname ?? '');

/** Opens a queue by its address. A local one can also be inspected and closed, and calls `onDamage` for what it cannot read. */
export const openQueue = async (
  address: string,
  environment: Environment,
  { onDamage }: Pick<LocalQueueOptions, 'onDamage'> = {},
): Promise<Queue & Partial<LocalQueue>> => {
  const path = folderOf(address);
  if (path) return openLocalQueue(path, onDamage ? { onDamage } : {});
  if (!isQueueUrl(address)) throw new Refused(`expected file:PATH or the URL of an SQS queue, got ${address}`);
  const { sqsQueue, sqsClient } = await import('../queue/sqs.ts');
  return sqsQueue({ client: sqsClient(environment), url: address });
};

/** Opens all that a server works on; an error names the variable that holds the address. Throws `Refused` for a log that is not whole. */
export const openStores = async ({ log, state, queue }: Addresses, environment: Environment) => {
  const damaged: string[] = [];
  const onDamage = (path: string): void => void damaged.push(path);
  return {
    log: await naming('TIL_LOG', () => openWholeLog(log, environment)),
    ...(await naming('TIL_STATE', () => openState(state, environment))),
    queue: await naming('TIL_QUEUE', () => openQueue(queue, environment, { onDamage })),
    eraseTraces: await openTraceEraser(log, environment),
    /** The paths of what the queue could not read and has set aside, each once. */
    damaged: (): string[] => damaged.splice(0),
  };
};

const naming = async <T>(variable: string, open: () => Promise<T>): Promise<T> => {
  try {
    return await open();
  } catch (error) {
    if (!isOccupied(error)) throw error;
    throw new Refused(`${variable}=${error.message}; move that file away, or let ${variable} name another folder`, {
      cause: OCCUPIED,
    });
  }
};

/** Proves that bytes can be forced to the disk in every folder among the addresses, and throws `Unavailable` when they cannot. */
export const probeOf = ({ log, state, queue }: Addresses): (() => Promise<void>) => {
  const folders = new Set([log, state, queue].map(folderOf).filter((folder) => folder !== undefined));
  return async () => {
    for (const folder of folders) await probeFolder(folder);
  };
};
