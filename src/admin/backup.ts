import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Corrupt, Refused } from '../events/errors.ts';
import type { Bucket } from '../store/bucket.ts';
import { digestOf } from '../store/digest.ts';
import { batchesOf, linesIn } from '../store/lines.ts';
import { TAR_END, tarHeader, tarPadding } from '../store/tar.ts';
import { mapOrdered } from '../store/together.ts';
import { compressor, FOLDERS, LARGEST_OBJECT, MANIFEST, type Manifest, SUMS, sumLine } from './archive.ts';
import { type KeyList, listSettled } from './list-settled.ts';

/** What a backup is made of. */
export interface BackupPorts {
  log: Bucket;
  /** The configuration as its file holds it. */
  config: { name: string; bytes: Uint8Array };
  /** The version of `til`, and the instant (ms). */
  version: string;
  now: number;
  /** An empty folder of its own, for lists that do not fit into memory. */
  scratch: string;
  /** Told after each batch: how many objects are in, of how many. */
  progress?: (done: number, total: number) => void;
}

/** What was written. */
export interface Backup {
  manifest: Manifest;
  /** The archive's bytes, and their SHA-256. */
  archiveBytes: number;
  sha256: string;
}

/** How many objects are read before they are written: some megabytes at the most, and a page of a listing. */
const BATCH = 256;
const AT_ONCE = 16;

/** How often it is begun again because traces in `other/` were summed up meanwhile: that is done once a day. */
const MOST_TRIES = 3;

/**
 * Writes log and configuration as one archive into a new file at `path`, which only its owner may read, and forces it to the disk. May run
 * beside a server: see `listSettled`. Its memory does not grow with the log.
 */
export const writeBackup = async (path: string, ports: BackupPorts): Promise<Backup> => {
  for (let tries = 1; ; tries++) {
    const keys = await listSettled(ports.log, join(ports.scratch, 'keys'));
    try {
      return await writeOnce(path, keys, ports);
    } catch (error) {
      if (!(error instanceof SummedUp) || tries === MOST_TRIES) throw error;
    }
  }
};

/** A trace that was listed is in its day's sum by now, which was not. */
class SummedUp extends Corrupt {}

const writeOnce = async (path: string, keys: KeyList, ports: BackupPorts): Promise<Backup> => {
  const hash = createHash('sha256');
  const hashing = new Transform({
    transform(chunk, _encoding, done) {
      hash.update(chunk);
      done(null, chunk);
    },
  });
  const written: { manifest?: Manifest } = {};
  const content = Readable.from(inLargePieces(archiveOf(keys, ports, written)), { objectMode: false });
  await pipeline(content, compressor(), hashing, createWriteStream(path, { mode: 0o600 }));
  const handle = await open(path);
  await handle.sync().finally(() => handle.close());
  return {
    manifest: written.manifest as Manifest,
    archiveBytes: (await stat(path)).size,
    sha256: hash.digest('hex'),
  };
};

const LARGE = 256 * 1024;

/** The same bytes in fewer pieces: each is a job of its own for the compressor. */
async function* inLargePieces(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let waiting: Uint8Array[] = [];
  let size = 0;
  for await (const piece of pieces) {
    waiting.push(piece);
    size += piece.length;
    if (size < LARGE) continue;
    yield Buffer.concat(waiting);
    [waiting, size] = [[], 0];
  }
  yield Buffer.concat(waiting);
}

/** The bytes of the archive before they are compressed; tells what it wrote. */
async function* archiveOf(
  { objects, settled }: KeyList,
  { log, config, version, now, scratch, progress }: BackupPorts,
  written: { manifest?: Manifest },
): AsyncGenerator<Uint8Array> {
  const seconds = Math.floor(now / 1000);
  const sums = await open(join(scratch, 'sums'), 'w');
  const whole = createHash('sha256');
  const file = (name: string, bytes: Uint8Array): Uint8Array[] => [
    tarHeader(name, bytes.length, seconds),
    bytes,
    tarPadding(bytes.length),
  ];
  const note = async (files: { name: string; bytes: Uint8Array }[]): Promise<void> => {
    const lines = files.map(({ name, bytes }) => `${sumLine(digestOf(bytes), name)}\n`).join('');
    whole.update(lines);
    await sums.write(lines);
  };
  try {
    const configured = { name: `${FOLDERS.config}${config.name}`, bytes: config.bytes };
    await note([configured]);
    yield* file(configured.name, configured.bytes);
    let done = 0;
    let size = 0;
    for await (const keys of batchesOf(linesIn(createReadStream(join(scratch, 'keys'))), BATCH)) {
      const files = await mapOrdered(keys, AT_ONCE, (key) => readObject(key, log));
      await note(files);
      for (const { name, bytes } of files) {
        size += bytes.length;
        yield* file(name, bytes);
      }
      done += files.length;
      progress?.(done, objects);
    }
    yield tarHeader(SUMS, (await sums.stat()).size, seconds);
    yield* createReadStream(join(scratch, 'sums'));
    yield tarPadding((await sums.stat()).size);
    const manifest: Manifest = {
      v: 1,
      til: version,
      at: new Date(now).toISOString(),
      objects,
      bytes: size,
      config: config.name,
      settled,
      sums: whole.digest('hex'),
    };
    yield* file(MANIFEST, Buffer.from(`${JSON.stringify(manifest, undefined, 2)}\n`));
    yield TAR_END;
    written.manifest = manifest;
  } finally {
    await sums.close();
  }
}

const readObject = async (key: string, log: Bucket): Promise<{ name: string; bytes: Uint8Array }> => {
  const stored = await log.get(key);
  if (!stored) throw new (key.startsWith('other/') ? SummedUp : Corrupt)(`${key}: listed, but gone when it was read`);
  if (stored.bytes.length > LARGEST_OBJECT)
    throw new Refused(`${key}: expected at most ${LARGEST_OBJECT} bytes, got ${stored.bytes.length}`);
  return { name: `${FOLDERS.log}${key}`, bytes: stored.bytes };
};
