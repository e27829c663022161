import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { Refused, Unavailable } from '../../src/events/errors.ts';
import { filesBucket } from '../../src/store/files.ts';
import { folderEraser } from '../../src/store/folder-eraser.ts';
import { s3Bucket, s3Client } from '../../src/store/s3.ts';
import { s3Eraser } from '../../src/store/s3-eraser.ts';
import { eraserContract } from '../contract/eraser.ts';
import { ERASER, type S3Server, startS3Server } from '../support/s3-server.ts';
import { newFolder, tidyUp } from '../support/storage-processes.ts';

let server: S3Server;
beforeAll(async () => {
  server = await startS3Server({ buckets: [], versioned: true });
});
afterEach(async () => {
  server.faults.clear();
  await tidyUp();
});
afterAll(() => server.close());

const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true }).flatMap((entry) =>
    entry.isFile() ? [readFileSync(join(entry.parentPath, entry.name), 'latin1')] : [],
  );

eraserContract('a folder', async () => {
  const root = newFolder();
  return {
    bucket: filesBucket(root),
    eraser: folderEraser(root),
    holds: (text) => filesIn(root).some((content) => content.includes(text)),
  };
});

let buckets = 0;
const open = (accessKey = ERASER) => {
  const bucket = `erasable-${++buckets}`;
  server.createBucket(bucket);
  const client = s3Client({ ...server.environment, AWS_ACCESS_KEY_ID: accessKey });
  // Nothing here waits for an answer that never comes: whoever gives up a try on a busy machine finds the object there at the next one.
  const retries = { tryMilliseconds: 120_000, sleep: async () => {} };
  return {
    bucket: s3Bucket({ client, bucket, prefix: 'log', retries }),
    eraser: s3Eraser({ client, bucket, prefix: 'log', retries }),
    holds: (text: string) =>
      server
        .objects(bucket)
        .versions('')
        .some(({ version }) => version.object?.bytes.includes(text)),
    objects: server.objects(bucket),
    close: () => client.destroy(),
  };
};

eraserContract('a versioned bucket of S3', async () => open());

describe('on S3', () => {
  const bytes = Buffer.from('secret');

  test('nobody but the eraser may, and for others nothing is lost', async () => {
    const { bucket, eraser, holds, close } = open('operator');
    await bucket.putNew('a/b', bytes);
    for (const erasing of [eraser.erase('a/b'), eraser.eraseAll('a')]) {
      await expect(erasing).rejects.toThrow(Refused);
      await expect(erasing).rejects.toThrow(/s3:DeleteObjectVersion s3:\/\/erasable-\d+\/log\/a\/b: .*eraser's role/);
    }
    expect(await bucket.get('a/b')).toBeDefined();
    expect(holds('secret')).toBe(true);
    close();
  });

  test('what somebody has hidden under a delete marker goes too', async () => {
    const { bucket, eraser, holds, objects, close } = open();
    await bucket.putNew('a/b', bytes);
    objects.delete('log/a/b');
    expect(await bucket.get('a/b')).toBeUndefined();
    await eraser.erase('a/b');
    expect(holds('secret')).toBe(false);
    expect(objects.versions('')).toEqual([]);
    close();
  });

  test('an unclear answer is asked again, and one that stays away is said', async () => {
    const { bucket, eraser, holds, close } = open();
    await bucket.putNew('a/b', bytes);
    server.faults.add(
      { fault: 'reset-after', operation: 'DeleteObjects' },
      { fault: 'slow-down', operation: 'ListObjectVersions' },
    );
    await eraser.erase('a/b');
    expect(holds('secret')).toBe(false);
    expect(server.faults.left).toBe(0);
    await bucket.putNew('a/b', bytes);
    server.faults.add({ fault: 'internal-before', operation: 'DeleteObjects', times: 3 });
    await expect(eraser.erase('a/b')).rejects.toThrow(Unavailable);
    close();
  });

  test('a bucket has no way to remove or to overwrite', () => {
    const { bucket, close } = open();
    expect(Object.keys(bucket).sort()).toEqual(['folders', 'get', 'list', 'putIf', 'putNew']);
    expect(Object.keys(filesBucket(newFolder())).sort()).toEqual(['folders', 'get', 'list', 'putIf', 'putNew']);
    close();
  });
});
