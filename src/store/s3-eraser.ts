import { DeleteObjectsCommand, ListObjectVersionsCommand, type S3Client } from '@aws-sdk/client-s3';
import { Refused, Unavailable } from '../events/errors.ts';
import type { Eraser } from './eraser.ts';
import { requireKey } from './object.ts';
import { persistently, type Retries } from './s3-retries.ts';

/** What `s3Eraser` needs; `retries` is for tests. */
export interface S3EraserOptions {
  client: S3Client;
  bucket: string;
  prefix?: string;
  retries?: Partial<Retries>;
}

interface Version {
  Key: string;
  VersionId: string;
}

/**
 * The eraser's right on S3: each version and each delete marker is deleted by its own id, for which the policies of the buckets let
 * nobody in but the eraser's role. A plain delete would only put a marker over what is there.
 */
export const s3Eraser = ({ client, bucket, prefix, retries }: S3EraserOptions): Eraser => {
  const root = prefix ? `${prefix.replace(/^\/+|\/+$/g, '')}/` : '';
  const at = (action: string, key: string) => ({ action, where: `s3://${bucket}/${root}${key}`, ...retries });

  /** One page (at most 1,000) of the versions of the objects whose keys begin so. */
  const list = async (start: string): Promise<Version[]> => {
    const { value } = await persistently(at('s3:ListBucketVersions', start), (abortSignal) =>
      client.send(new ListObjectVersionsCommand({ Bucket: bucket, Prefix: root + start }), { abortSignal }),
    );
    return [...(value.Versions ?? []), ...(value.DeleteMarkers ?? [])].map(({ Key = '', VersionId = 'null' }) => ({
      Key,
      VersionId,
    }));
  };

  const remove = async (start: string, versions: Version[]): Promise<void> => {
    const { value } = await persistently(at('s3:DeleteObjectVersion', start), (abortSignal) =>
      client.send(new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects: versions, Quiet: true } }), {
        abortSignal,
      }),
    );
    const [failed] = value.Errors ?? [];
    if (!failed) return;
    const what = `s3:DeleteObjectVersion s3://${bucket}/${failed.Key}: S3 answered ${failed.Code}`;
    if (failed.Code !== 'AccessDenied') throw new Unavailable(what);
    throw new Refused(`${what}: only the eraser's role may do this (EraserRole among the stack's outputs)`);
  };

  /** What was listed is deleted and the listing begun anew: a marker to go on from would name what is gone. */
  const eraseWhere = async (start: string, matches: (key: string) => boolean): Promise<void> => {
    for (;;) {
      const versions = (await list(start)).filter(({ Key }) => matches(Key));
      if (versions.length === 0) return;
      await remove(start, versions);
    }
  };

  return {
    erase: async (key) => {
      requireKey(key);
      // Of all keys that begin so, the key itself is listed first.
      await eraseWhere(key, (listed) => listed === root + key);
    },
    eraseAll: async (folder) => {
      requireKey(folder);
      await eraseWhere(`${folder}/`, () => true);
    },
  };
};
