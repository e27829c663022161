import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Corrupt } from '../events/errors.ts';
import { validKey } from '../store/bucket.ts';
import { digestOf } from '../store/digest.ts';
import { linesIn } from '../store/lines.ts';
import type { TarFile } from '../store/tar.ts';
import {
  FOLDERS,
  LARGEST_CONFIG,
  LARGEST_OBJECT,
  MANIFEST,
  type Manifest,
  parseManifest,
  readArchive,
  SUMS,
  sumLine,
} from './archive.ts';

/** An archive of which every byte was found right. */
export interface CheckedArchive {
  path: string;
  manifest: Manifest;
  config?: { name: string; bytes: Buffer };
  /** Where the digests lie that were found right, as in `SHA256SUMS`: what is restored is held against them once more. */
  sums: string;
}

const LARGEST_MANIFEST = 64 * 1024;

/**
 * Reads an archive to its end and checks every digest, every name and the order. `sums` is where a list may be put that memory does not
 * hold. Throws Corrupt, naming what is wrong; nothing else is written.
 */
export const checkArchive = async (path: string, sums: string): Promise<CheckedArchive> => {
  const files = readArchive(path);
  try {
    return { path, sums, ...(await checkFiles(files, sums)) };
  } catch (error) {
    if (!(error instanceof Corrupt) || error.message.startsWith(path)) throw error;
    throw new Corrupt(`${path} is torn or altered: ${error.message}`, { cause: error });
  } finally {
    await files.return(undefined);
  }
};

const checkFiles = async (
  files: AsyncGenerator<TarFile>,
  sums: string,
): Promise<Pick<CheckedArchive, 'manifest' | 'config'>> => {
  const seen: { config?: { name: string; bytes: Buffer }; objects: number; bytes: number } = { objects: 0, bytes: 0 };
  let last: TarFile | undefined;
  /** The digests of the files up to the list of them, which is left in `last`. */
  const digests = async function* (): AsyncGenerator<string> {
    let before = '';
    for (last = await next(files); last.name !== SUMS; last = await next(files)) {
      const { name } = last;
      const bytes = await last.bytes(LARGEST_OBJECT);
      if (name.startsWith(FOLDERS.config) && before === '') seen.config = configOf(name, bytes);
      else {
        requireObject(name, before);
        before = name;
        seen.objects += 1;
        seen.bytes += bytes.length;
      }
      yield `${sumLine(digestOf(bytes), name)}\n`;
    }
  };
  await pipeline(Readable.from(digests()), createWriteStream(sums));
  const listed = await compareSums(last as unknown as TarFile, sums);
  const manifest = await manifestIn(await next(files));
  if (!(await files.next()).done) throw new Corrupt(`expected nothing behind ${MANIFEST}`);
  if (manifest.sums !== listed) throw new Corrupt(`${SUMS}: its digest is not the one in ${MANIFEST}`);
  if (manifest.objects !== seen.objects || manifest.bytes !== seen.bytes)
    throw new Corrupt(
      `expected ${manifest.objects} objects of ${manifest.bytes} bytes, got ${seen.objects} of ${seen.bytes}`,
    );
  return { manifest, ...(seen.config ? { config: seen.config } : {}) };
};

const next = async (files: AsyncGenerator<TarFile>): Promise<TarFile> => {
  const { value, done } = await files.next();
  if (done) throw new Corrupt(`expected ${SUMS} and ${MANIFEST} at its end`);
  return value;
};

/** A key that could lead out of the log, or stands twice, is none that a backup wrote. */
const requireObject = (name: string, before: string): void => {
  const key = name.slice(FOLDERS.log.length);
  if (!name.startsWith(FOLDERS.log) || !validKey(key) || key.startsWith('.'))
    throw new Corrupt(`expected ${FOLDERS.log} and the key of an object, got ${JSON.stringify(name.slice(0, 80))}`);
  if (before !== '' && before >= name) throw new Corrupt(`${name}: stands behind ${before}`);
};

const configOf = (name: string, bytes: Buffer): { name: string; bytes: Buffer } => {
  const short = name.slice(FOLDERS.config.length);
  if (bytes.length > LARGEST_CONFIG || !/^[^/\\\0]+\.\w+$/.test(short))
    throw new Corrupt(`${FOLDERS.config}: expected the name of a configuration, got something else`);
  return { name: short, bytes };
};

/** Compares the list of digests with those that were computed, and names the first that differs. Gives the list's own digest. */
const compareSums = async (list: TarFile, computed: string): Promise<string> => {
  const hash = createHash('sha256');
  const hashed = async function* (): AsyncGenerator<Buffer> {
    for await (const piece of list.pieces()) {
      hash.update(piece);
      yield piece;
    }
  };
  const right = linesIn(createReadStream(computed));
  for await (const line of linesIn(hashed())) {
    const { value = '' } = await right.next();
    if (value !== line) throw new Corrupt(`${nameIn(value) || nameIn(line)}: its digest is not the one in ${SUMS}`);
  }
  const { value, done } = await right.next();
  if (!done) throw new Corrupt(`${nameIn(value)}: is not in ${SUMS}`);
  return hash.digest('hex');
};

const nameIn = (line: string): string => line.slice(66);

const manifestIn = async (file: TarFile): Promise<Manifest> => {
  if (file.name !== MANIFEST)
    throw new Corrupt(`expected ${MANIFEST} behind ${SUMS}, got ${JSON.stringify(file.name)}`);
  return parseManifest(await file.bytes(LARGEST_MANIFEST));
};
