import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { filesBucket } from '../../src/store/files.ts';
import { bucketContract } from '../contract/bucket.ts';

const inFolder = (pageSize: number) => async () => {
  const root = mkdtempSync(join(tmpdir(), 'til-files-'));
  return {
    bucket: filesBucket(root, { pageSize }),
    close: async () => rmSync(root, { recursive: true }),
  };
};

bucketContract('files', inFolder(1000));
bucketContract('files with pages of 3', inFolder(3), {
  'a listing goes on after any key, there or not': 'it looks at one page, and pages of 3 are too small for it',
});
