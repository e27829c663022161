import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { link, open, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { Refused } from '../events/errors.ts';
import type { Environment } from './environment.ts';
import { folderOf } from './open.ts';
import { isWithin } from './page-place.ts';

/** Where an archive is kept: a file, or an object of S3. */
export interface ArchivePlace {
  /** Where it is first written, unseen; `scratch` is a folder of the caller's own. Throws Refused where something has its name already. */
  draft(scratch: string): Promise<string>;
  /** Gives the archive at `path` (of this SHA-256) its name. Throws Refused where something has got it meanwhile. */
  publish(path: string, sha256: string): Promise<void>;
  /** The path at which it can be read; what has to be brought there is put into `scratch`. Throws Refused when there is none. */
  fetch(scratch: string): Promise<string>;
}

/** The place that a command's FILE names: a path, or `s3://BUCKET/KEY`. It may not lie in the log itself. */
export const archivePlace = (file: string, log: string, environment: Environment): ArchivePlace => {
  if (file.startsWith('s3://')) return objectPlace(file, log, environment);
  if (/^[a-z0-9]{2,}:\/\//.test(file)) throw new Refused(`expected a path or s3://BUCKET/KEY, got ${file}`);
  const path = resolve(file.replace(/^file:(\/\/)?/, ''));
  const folder = folderOf(log);
  if (folder && isWithin(path, folder))
    throw new Refused(`${file}: expected a place outside of the log, whose folder this is in`);
  return filePlace(file, path);
};

const taken = (file: string): Refused =>
  new Refused(`${file}: something is there already, and a backup overwrites nothing; give another name`);

const filePlace = (file: string, path: string): ArchivePlace => ({
  draft: async () => {
    if (existsSync(path)) throw taken(file);
    const folder = dirname(path);
    if (!existsSync(folder)) throw new Refused(`${file}: expected a folder that is there, got ${folder}`);
    return join(folder, `.${basename(path)}-${randomBytes(6).toString('hex')}.part`);
  },
  publish: async (draft) => {
    await giveName(draft, path).catch((error: NodeJS.ErrnoException) => {
      throw error.code === 'EEXIST' ? taken(file) : error;
    });
    const folder = await open(dirname(path));
    await folder.sync().finally(() => folder.close());
  },
  fetch: async () => {
    const found = await stat(path).catch(() => undefined);
    if (found?.isFile()) return path;
    throw new Refused(`${file}: expected an archive of "til backup", found ${found ? 'no file' : 'nothing'} there`);
  },
});

/** A link overwrites nothing. Where the disk has none, it is looked for first. */
const giveName = async (draft: string, path: string): Promise<void> => {
  try {
    await link(draft, path);
    await rm(draft);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw error;
    if (existsSync(path)) throw Object.assign(new Error(path), { code: 'EEXIST' });
    await rename(draft, path);
  }
};

const objectPlace = (file: string, log: string, environment: Environment): ArchivePlace => {
  const [, bucket, key] = /^s3:\/\/([^/]+)\/(.*[^/])$/.exec(file) ?? [];
  if (!bucket || !key) throw new Refused(`expected s3://BUCKET/KEY, got ${file}`);
  if (file.startsWith(`${log.replace(/\/+$/, '')}/`))
    throw new Refused(`${file}: expected a place outside of the log, which is ${log}`);
  // Loaded only when it is used: one machine needs no AWS SDK.
  const at = async () => {
    const { s3Client } = await import('../store/s3.ts');
    const { isObjectThere, uploadFile, downloadFile } = await import('../store/s3-file.ts');
    return { isObjectThere, uploadFile, downloadFile, object: { client: s3Client(environment), bucket, key } };
  };
  return {
    draft: async (scratch) => {
      const { isObjectThere, object } = await at();
      if (await isObjectThere(object)) throw taken(file);
      return join(scratch, 'archive');
    },
    publish: async (draft, sha256) => {
      const { uploadFile, object } = await at();
      if (!(await uploadFile(object, draft, sha256))) throw taken(file);
    },
    fetch: async (scratch) => {
      const { downloadFile, object } = await at();
      const path = join(scratch, 'archive');
      if (await downloadFile(object, path)) return path;
      throw new Refused(`${file}: expected an archive of "til backup", found nothing there`);
    },
  };
};
