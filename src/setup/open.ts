import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { Refused } from '../events/errors.ts';
import type { Queue } from '../queue/queue.ts';
import { openSpool, type Spool } from '../queue/spool.ts';
import type { Bucket } from '../store/bucket.ts';
import type { Eraser } from '../store/eraser.ts';
import { filesBucket } from '../store/files.ts';
import { folderEraser } from '../store/folder-eraser.ts';
import { bucketOf, type Environment } from './environment.ts';

/** The folder that an address names, there already or not; undefined when it names something else. */
export const folderOf = (address: string): string | undefined => {
  if (!address.startsWith('file:')) return undefined;
  const path = address.slice('file:'.length).replace(/^\/\//, '');
  if (path === '') throw new Refused(`expected file:PATH, got ${address}`);
  const found = statSync(path, { throwIfNoEntry: false });
  // It would look like an empty log.
  if (found && !found.isDirectory()) throw new Refused(`${address}: expected a folder, got a file`);
  return resolve(path);
};

/** Opens a bucket by its address. */
export const openBucket = async (address: string, environment: Environment): Promise<Bucket> => {
  const path = folderOf(address);
  if (path) return filesBucket(path);
  const place = bucketOf(address);
  // Loaded only when it is used: one machine needs no AWS SDK.
  const { s3Bucket, s3Client } = await import('../store/s3.ts');
  return s3Bucket({ client: s3Client(environment), ...place });
};

/** Opens the right to erase what lies at an address. */
export const openEraser = async (address: string, environment: Environment): Promise<Eraser> => {
  const path = folderOf(address);
  if (path) return folderEraser(path);
  const place = bucketOf(address);
  const [{ s3Client }, { s3Eraser }] = await Promise.all([import('../store/s3.ts'), import('../store/s3-eraser.ts')]);
  return s3Eraser({ client: s3Client(environment), ...place });
};

/** Opens a queue by its address; a spool can also be looked into and closed. */
export const openQueue = async (address: string, environment: Environment): Promise<Queue & Partial<Spool>> => {
  const path = folderOf(address);
  if (path) return openSpool(path);
  if (!/^https?:\/\//.test(address)) throw new Refused(`expected file:PATH or the URL of an SQS queue, got ${address}`);
  const { sqsQueue, sqsClient } = await import('../queue/sqs.ts');
  return sqsQueue({ client: sqsClient(environment), url: address });
};
