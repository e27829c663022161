import { DeleteObjectCommand, GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { hasStatus, persistently, type Retries } from './s3-retries.ts';

/** Bodies that wait beside the log, and go when their job is done. */
export interface WaitingBodies {
  /** Undefined when there is none: its job was done before. Throws `Unavailable` when S3 cannot be reached. */
  get(key: string): Promise<WaitingBody | undefined>;
  /** Removes for ever the version that was read. */
  remove(body: WaitingBody): Promise<void>;
}

export interface WaitingBody {
  key: string;
  text: string;
  version: string | undefined;
}

/** What `s3WaitingBodies` needs; `retries` is for tests. */
export interface S3WaitingOptions {
  client: S3Client;
  bucket: string;
  prefix?: string;
  retries?: Partial<Retries>;
}

/** Bodies on S3. One is removed by the id of its version, since a plain delete would only hide it. */
export const s3WaitingBodies = ({ client, bucket, prefix, retries }: S3WaitingOptions): WaitingBodies => {
  const at = (action: string, key: string) => ({ action, where: `s3://${bucket}/${key}`, ...retries });
  const target = (key: string) => ({ Bucket: bucket, Key: prefix ? `${prefix}/${key}` : key });
  return {
    get: async (key) => {
      const { value } = await persistently(at('s3:GetObject', key), async (abortSignal) => {
        const answer = await client.send(new GetObjectCommand(target(key)), { abortSignal }).catch(unlessMissing);
        if (!answer) return undefined;
        return { key, text: (await answer.Body?.transformToString()) ?? '', version: answer.VersionId };
      });
      return value;
    },
    remove: async ({ key, version }) => {
      const which = { ...target(key), ...(version !== undefined && { VersionId: version }) };
      await persistently(at('s3:DeleteObjectVersion', key), (abortSignal) =>
        client.send(new DeleteObjectCommand(which), { abortSignal }),
      );
    },
  };
};

const unlessMissing = (error: unknown): undefined => {
  if (!hasStatus(error, 404)) throw error;
};
