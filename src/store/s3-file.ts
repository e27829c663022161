import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, statSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { GetObjectCommand, HeadObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { Refused } from '../events/errors.ts';
import { hasStatus, persistently, type Retries } from './s3-retries.ts';

/** An object that is moved as a file, and never held in memory; `retries` is for tests. */
export interface S3File {
  client: S3Client;
  bucket: string;
  key: string;
  retries?: Partial<Retries>;
}

/** The most that S3 takes in one PUT. */
const LARGEST_PUT = 5 * 1024 ** 3;
const TRY_MILLISECONDS = 1_800_000; // Five gigabytes at 3 MB/s.

const placeOf = ({ bucket, key, retries }: S3File, action: string) => ({
  action,
  where: `s3://${bucket}/${key}`,
  tryMilliseconds: TRY_MILLISECONDS,
  ...retries,
});

/** The SDK tells the console of each upload that it will not repeat; we repeat it, or say so. */
const SILENT = { debug() {}, info() {}, warn() {}, error() {} };

/** Whether the object is there; false also where that may not be asked. */
export const isObjectThere = async (file: S3File): Promise<boolean> => {
  const { client, bucket: Bucket, key: Key } = file;
  const { value } = await persistently(placeOf(file, 's3:GetObject'), (abortSignal) =>
    client.send(new HeadObjectCommand({ Bucket, Key }), { abortSignal }).then(
      () => true,
      (error: unknown) => {
        if (hasStatus(error, 404) || hasStatus(error, 403)) return false;
        throw error;
      },
    ),
  );
  return value;
};

/**
 * Creates an object from the file at `path`; S3 checks what arrives against `sha256` (hexadecimal). False: another object is there already,
 * which stays as it is.
 */
export const uploadFile = async (file: S3File, path: string, sha256: string): Promise<boolean> => {
  const { client, bucket: Bucket, key: Key } = file;
  client.config.logger = SILENT;
  const { size } = statSync(path);
  if (size > LARGEST_PUT)
    throw new Refused(`s3://${Bucket}/${Key}: expected at most ${LARGEST_PUT} bytes, got ${size}; give a file's name`);
  const checked = { ChecksumSHA256: Buffer.from(sha256, 'hex').toString('base64'), ContentLength: size };
  const { value, unclear } = await persistently(placeOf(file, 's3:PutObject'), async (abortSignal) => {
    const Body = createReadStream(path);
    try {
      await client.send(new PutObjectCommand({ Bucket, Key, Body, IfNoneMatch: '*', ...checked }), { abortSignal });
      return true;
    } catch (error) {
      if (hasStatus(error, 412)) return false;
      throw error;
    } finally {
      Body.destroy();
    }
  });
  // After an unclear answer the object that is in the way may be our own.
  return value || (unclear && (await digestOfObject(file)) === sha256);
};

const digestOfObject = async (file: S3File): Promise<string> => {
  const { client, bucket: Bucket, key: Key } = file;
  const { value } = await persistently(placeOf(file, 's3:GetObject'), async (abortSignal) => {
    const answer = await client.send(new GetObjectCommand({ Bucket, Key }), { abortSignal });
    const hash = createHash('sha256');
    for await (const piece of answer.Body as Readable) hash.update(piece);
    return hash.digest('hex');
  });
  return value;
};

/** Writes an object to a new file at `path`, which only its owner may read. False: there is no such object. */
export const downloadFile = async (file: S3File, path: string): Promise<boolean> => {
  const { client, bucket: Bucket, key: Key } = file;
  const { value } = await persistently(placeOf(file, 's3:GetObject'), async (abortSignal) => {
    const answer = await client.send(new GetObjectCommand({ Bucket, Key }), { abortSignal }).catch((error: unknown) => {
      if (hasStatus(error, 404, 'NoSuchKey')) return undefined;
      throw error;
    });
    if (!answer) return false;
    await pipeline(answer.Body as Readable, createWriteStream(path, { mode: 0o600 }), { signal: abortSignal });
    return true;
  });
  return value;
};
