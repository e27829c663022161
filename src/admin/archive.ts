import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import { constants, createZstdCompress, createZstdDecompress, type ZstdCompress } from 'node:zlib';
import * as v from 'valibot';
import { Corrupt, Refused } from '../events/errors.ts';
import { parseJson } from '../events/json.ts';
import { readTar, type TarFile } from '../store/tar.ts';

/**
 * What `til backup` writes: a tar archive in zstd, so that any machine can open it without this program. In this order: `config/NAME`,
 * `log/KEY` for each object in the order of the keys, `SHA256SUMS` of all before it (as `sha256sum -c` reads it), `manifest.json`.
 */
export const FOLDERS = { config: 'config/', log: 'log/' } as const;
export const SUMS = 'SHA256SUMS';
export const MANIFEST = 'manifest.json';

/** No object of a log comes near it: an event has a few hundred bytes, a sealed week some megabytes. */
export const LARGEST_OBJECT = 256 * 1024 ** 2;
export const LARGEST_CONFIG = 1024 ** 2;

const Manifest = v.object({
  v: v.literal(1),
  til: v.string(),
  at: v.string(),
  objects: v.number(),
  bytes: v.number(),
  config: v.optional(v.string()),
  settled: v.boolean(),
  sums: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
});

/**
 * What an archive says of itself: the version of `til` that made it, when (ISO), how many objects of how many bytes, the name of the
 * configuration, whether the log stood still while it was listed, and the SHA-256 of `SHA256SUMS`.
 */
export type Manifest = v.InferOutput<typeof Manifest>;

/** Reads a manifest. Throws Refused for one of a later form, Corrupt for anything else. */
export const parseManifest = (bytes: Buffer): Manifest => {
  const value = parseJson(bytes.toString());
  const later = v.safeParse(v.object({ v: v.pipe(v.number(), v.minValue(2)), til: v.string() }), value);
  if (later.success) throw new Refused(`it was made by til ${later.output.til}: expected an archive of form 1; update`);
  const parsed = v.safeParse(Manifest, value);
  if (!parsed.success) throw new Corrupt(`${MANIFEST}: expected the manifest of a backup, got something else`);
  return parsed.output;
};

/** A line of `SHA256SUMS`. */
export const sumLine = (digest: string, name: string): string => `${digest}  ${name}`;

const LEVEL = 6; // 3 is a tenth larger, 19 thirty times as slow.

/** Compresses an archive. A checksum stands at its end. */
export const compressor = (): ZstdCompress =>
  createZstdCompress({ params: { [constants.ZSTD_c_compressionLevel]: LEVEL, [constants.ZSTD_c_checksumFlag]: 1 } });

/**
 * The files in the archive at `path`, in its order. Throws Corrupt when it is torn, altered, or none at all; also when something stands
 * behind its end.
 */
export async function* readArchive(path: string): AsyncGenerator<TarFile> {
  const source = createReadStream(path);
  const unzip = createZstdDecompress();
  pipeline(source, unzip, () => {}); // What fails there is thrown to whoever reads.
  try {
    yield* readTar(unzipped(unzip, path));
    await requireEnd(path, unzip.bytesWritten);
  } finally {
    source.destroy();
    unzip.destroy();
  }
}

async function* unzipped(unzip: AsyncIterable<Buffer>, path: string): AsyncGenerator<Buffer> {
  try {
    yield* unzip;
  } catch (cause) {
    const code = String((cause as NodeJS.ErrnoException).code);
    if (code === 'ZSTD_error_prefix_unknown')
      throw new Corrupt(`${path}: expected an archive of "til backup", got something else`, { cause });
    throw /^(ZSTD|Z_)/.test(code)
      ? new Corrupt(ZSTD_SAYS[code] ?? `it cannot be unpacked (${code})`, { cause })
      : cause;
  }
}

const ZSTD_SAYS: Record<string, string> = {
  Z_BUF_ERROR: 'it is cut short',
  ZSTD_error_checksum_wrong: 'its checksum is wrong',
};

/** Node ends some archives in a second frame that holds nothing; it reads no further than the first, whatever follows. */
const EMPTY_FRAME = Buffer.from('28b52ffd240001000099e9d851', 'hex');

const requireEnd = async (path: string, end: number): Promise<void> => {
  const { size } = await stat(path);
  if (size === end) return;
  const rest = Buffer.alloc(EMPTY_FRAME.length);
  const file = await open(path);
  await file.read(rest, 0, rest.length, end).finally(() => file.close());
  if (size - end !== rest.length || !rest.equals(EMPTY_FRAME)) throw new Corrupt('something stands behind its end');
};
