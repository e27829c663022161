import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { canonical } from '../events/codec.ts';
import { Corrupt } from '../events/errors.ts';
import type { Week } from '../events/week.ts';
import { type Bucket, listAll } from './bucket.ts';
import { digestOf } from './digest.ts';
import { getReadable } from './object.ts';

/**
 * The objects of a quiet week in one compressed file, so that a rebuild reads one object instead of thousands. The objects themselves
 * stay, and stay the truth: reading a week is its segment plus the objects that the segment's manifest does not name. Segments and
 * manifests are only ever created, under names made from their content, the manifest last; so a crash at any step leaves nothing
 * that is wrong, and what comes later into a sealed week is read all the same.
 */
export interface Segment {
  manifest: string;
  /** The names of the objects within their week's prefix, ascending. */
  names: string[];
  /** The body of each, without its digest; in the order of the names. */
  bodies(): Iterable<string>;
}

interface Manifest {
  v: 1;
  /** The last part of the segment's key: the digest of its bytes. */
  segment: string;
  names: string[];
}

const utf8 = new TextEncoder();
const LINE = 10;
const LEVEL = 6; // 3 is a tenth larger, 19 thirty times as slow.

/** Where the segments of a week lie. */
export const segmentsPrefix = (channel: string, week: Week): string => `segments/${channel}/${week}/`;

const nameOf = (bytes: Uint8Array): string => digestOf(bytes, 32);

/** Writes a segment of these objects (in the order of their names) and checks it by reading it back; only then its manifest. */
export const writeSegment = async (
  bucket: Bucket,
  channel: string,
  week: Week,
  objects: readonly { name: string; body: string }[],
): Promise<{ manifest: string; bytes: number }> => {
  const prefix = segmentsPrefix(channel, week);
  const raw = utf8.encode(objects.map(({ body }) => `${body}\n`).join(''));
  const bytes = zstdCompressSync(raw, { params: { [constants.ZSTD_c_compressionLevel]: LEVEL } });
  const segment = `${nameOf(bytes)}.zst`;
  await bucket.putNew(`${prefix}${segment}`, bytes);
  const names = objects.map(({ name }) => name);
  const written = await bucket.get(`${prefix}${segment}`);
  if (!written || Buffer.compare(unpack(written.bytes, segment, prefix), raw) !== 0)
    throw new Corrupt(`${prefix}${segment}: what was read back is not what was written; the week stays unsealed`);
  const body = utf8.encode(canonical({ v: 1, segment, names } satisfies Manifest));
  const manifest = `${prefix}manifest-${nameOf(body)}.json`;
  await bucket.putNew(manifest, body);
  return { manifest, bytes: bytes.length };
};

const unpack = (bytes: Uint8Array, segment: string, prefix: string): Buffer => {
  if (`${nameOf(bytes)}.zst` !== segment)
    throw new Corrupt(`${prefix}${segment}: its content is not what its name says; the segment is damaged`);
  return zstdDecompressSync(bytes);
};

/**
 * The segment of a week that holds most, or undefined when there is none. A damaged one is passed to `onDamage` and left out, since the
 * objects themselves are there.
 */
export const openSegment = async (
  bucket: Bucket,
  channel: string,
  week: Week,
  onDamage?: (error: Corrupt) => void,
): Promise<Segment | undefined> => {
  for (const candidate of await manifestsOf(bucket, channel, week, onDamage)) {
    try {
      return await load(bucket, segmentsPrefix(channel, week), candidate);
    } catch (error) {
      if (!(error instanceof Corrupt)) throw error;
      onDamage?.(error);
    }
  }
  return undefined;
};

/** Every sound segment of a week; damaged ones are passed to `onDamage`. */
export const allSegments = async (
  bucket: Bucket,
  channel: string,
  week: Week,
  onDamage: (error: Corrupt) => void,
): Promise<Segment[]> => {
  const segments: Segment[] = [];
  for (const candidate of await manifestsOf(bucket, channel, week, onDamage)) {
    try {
      segments.push(await load(bucket, segmentsPrefix(channel, week), candidate));
    } catch (error) {
      if (!(error instanceof Corrupt)) throw error;
      onDamage(error);
    }
  }
  return segments;
};

interface Candidate extends Manifest {
  key: string;
}

/** The manifests of a week, the one that names most first. */
const manifestsOf = async (
  bucket: Bucket,
  channel: string,
  week: Week,
  onDamage?: (error: Corrupt) => void,
): Promise<Candidate[]> => {
  const found: Candidate[] = [];
  const prefix = `${segmentsPrefix(channel, week)}manifest-`;
  for await (const { key } of listAll(bucket, prefix)) {
    const stored = await getReadable(bucket, key).catch((error: unknown) => {
      if (error instanceof Corrupt) return undefined;
      throw error;
    });
    const sound = stored && key === `${prefix}${nameOf(stored.bytes)}.json`;
    if (sound) found.push({ ...(JSON.parse(Buffer.from(stored.bytes).toString()) as Manifest), key });
    else onDamage?.(new Corrupt(`${key}: its content is not what its name says; the manifest is damaged`));
  }
  return found.sort((left, right) => right.names.length - left.names.length || (left.key < right.key ? -1 : 1));
};

const load = async (bucket: Bucket, prefix: string, { key, segment, names }: Candidate): Promise<Segment> => {
  const stored = await getReadable(bucket, `${prefix}${segment}`);
  if (!stored) throw new Corrupt(`${prefix}${segment}: gone, although ${key} names it`);
  const raw = unpack(stored.bytes, segment, prefix);
  return { manifest: key, names, bodies: () => linesOf(raw) };
};

/** The lines of a buffer, decoded one by one: decoding all of it first and splitting then takes twice as long. */
function* linesOf(raw: Buffer): Generator<string> {
  for (let start = 0, end = raw.indexOf(LINE); end >= 0; start = end + 1, end = raw.indexOf(LINE, start))
    yield raw.toString('utf8', start, end);
}
