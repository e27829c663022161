import { Corrupt } from '../events/errors.ts';

// POSIX ustar, and pax where a name does not fit: https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html
const BLOCK = 512;
const LONGEST_NAME = 100;
const LARGEST_SIZE = 8 ** 11 - 1; // Eleven octal digits.
const LARGEST_PAX = 64 * 1024;

/** What ends an archive. */
export const TAR_END: Uint8Array = Buffer.alloc(2 * BLOCK);

/** What stands before a file's bytes in a tar archive. `size` is in bytes, `modified` in whole seconds since 1970. */
export const tarHeader = (name: string, size: number, modified: number): Buffer => {
  if (/^[\x20-\x7e]*$/.test(name) && name.length <= LONGEST_NAME) return block(name, size, modified, '0');
  const record = paxRecord('path', name);
  const short = name.replace(/[^\x20-\x7e]/g, '_').slice(-LONGEST_NAME);
  return Buffer.concat([
    block('pax', record.length, modified, 'x'),
    record,
    tarPadding(record.length),
    block(short, size, modified, '0'),
  ]);
};

/** What stands behind a file of so many bytes: zeros up to a whole block. */
export const tarPadding = (size: number): Buffer => Buffer.alloc(-size & (BLOCK - 1));

const block = (name: string, size: number, modified: number, type: '0' | 'x'): Buffer => {
  if (size > LARGEST_SIZE) throw new RangeError(`${name}: expected at most ${LARGEST_SIZE} bytes, got ${size}`);
  const header = Buffer.alloc(BLOCK);
  const octal = (value: number, digits: number): string => `${value.toString(8).padStart(digits, '0')}\0`;
  header.write(name, 0, 'latin1');
  header.write(`${octal(0o600, 7)}${octal(0, 7)}${octal(0, 7)}`, 100, 'latin1');
  header.write(`${octal(size, 11)}${octal(modified, 11)}        ${type}`, 124, 'latin1');
  header.write('ustar\x0000', 257, 'latin1');
  header.write(`${octal(sumOf(header), 6)} `, 148, 'latin1');
  return header;
};

/** The sum of a header's bytes, in which those of the sum itself count as blanks. */
const sumOf = (header: Uint8Array): number =>
  header.reduce((sum, byte, position) => sum + (position >= 148 && position < 156 ? 32 : byte), 0);

/** `LENGTH path=NAME\n`, the length of all of it in bytes, its own digits too. */
const paxRecord = (keyword: string, value: string): Buffer => {
  const rest = Buffer.byteLength(` ${keyword}=${value}\n`);
  let length = rest + String(rest).length;
  if (String(length).length > String(rest).length) length = rest + String(length).length;
  return Buffer.from(`${length} ${keyword}=${value}\n`);
};

/** A file in an archive, to be read before the next one is asked for. */
export interface TarFile {
  name: string;
  /** In bytes. */
  size: number;
  /** All of it; Corrupt when it is larger than `most` bytes. */
  bytes(most: number): Promise<Buffer>;
  /** The same, piece by piece. */
  pieces(): AsyncIterable<Buffer>;
}

/** The files of an archive, in its order. Throws Corrupt where it is cut short, altered, or holds anything but files. */
export async function* readTar(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<TarFile> {
  const input = createInput(chunks);
  let long: string | undefined;
  for (;;) {
    const header = await input.take(BLOCK);
    if (header.every((byte) => byte === 0)) return input.requireEmpty();
    const { name, size, type } = readHeader(header);
    if (type === 'x') {
      if (size > LARGEST_PAX) throw new Corrupt(`${name}: expected at most ${LARGEST_PAX} bytes of pax, got ${size}`);
      long = pathIn(await input.take(size)) ?? long;
      await input.take(tarPadding(size).length);
      continue;
    }
    if (type !== '0') throw new Corrupt(`${long ?? name}: expected a file, got an entry of type ${type}`);
    let left = size;
    const pieces = async function* (): AsyncGenerator<Buffer> {
      while (left > 0) {
        const piece = await input.some(left);
        left -= piece.length;
        yield piece;
      }
    };
    yield { name: long ?? name, size, pieces, bytes: (most) => allOf(pieces(), long ?? name, size, most) };
    for await (const _ of pieces()); // Whoever did not want it does not read on in the middle of it.
    await input.take(tarPadding(size).length);
    long = undefined;
  }
}

const allOf = async (pieces: AsyncIterable<Buffer>, name: string, size: number, most: number): Promise<Buffer> => {
  if (size > most) throw new Corrupt(`${name}: expected at most ${most} bytes, got ${size}`);
  const read: Buffer[] = [];
  for await (const piece of pieces) read.push(piece);
  return Buffer.concat(read);
};

const readHeader = (header: Buffer): { name: string; size: number; type: string } => {
  const text = (from: number, to: number): string => header.toString('latin1', from, to).replace(/\0.*$/s, '');
  const name = text(0, 100);
  const [size, sum] = [text(124, 136).trim(), text(148, 156).trim()];
  if (!/^[0-7]+$/.test(size) || Number.parseInt(sum, 8) !== sumOf(header))
    throw new Corrupt('expected the header of a file, got something else');
  const prefix = text(257, 262) === 'ustar' ? text(345, 500) : '';
  return {
    name: prefix ? `${prefix}/${name}` : name,
    size: Number.parseInt(size, 8),
    type: header.toString('latin1', 156, 157).replace('\0', '0'),
  };
};

const pathIn = (records: Buffer): string | undefined => {
  for (let start = 0; start < records.length; ) {
    const length = Number.parseInt(records.toString('latin1', start, start + 8), 10);
    if (!(length > 0) || start + length > records.length)
      throw new Corrupt('expected records of pax, got another text');
    const [, keyword, value] = /^\d+ ([^=]+)=(.*)\n$/s.exec(records.toString('utf8', start, start + length)) ?? [];
    if (keyword === 'path') return value;
    start += length;
  }
  return undefined;
};

const createInput = (chunks: AsyncIterable<Uint8Array>) => {
  const source = chunks[Symbol.asyncIterator]();
  let rest: Buffer = Buffer.alloc(0);
  /** At least one byte and at most so many; Corrupt when nothing is left. */
  const some = async (most: number): Promise<Buffer> => {
    while (rest.length === 0) {
      const { value, done } = await source.next();
      if (done) throw new Corrupt('it is cut short');
      rest = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    }
    const piece = rest.subarray(0, most);
    rest = rest.subarray(piece.length);
    return piece;
  };
  const take = async (size: number): Promise<Buffer> => {
    const pieces: Buffer[] = [];
    for (let left = size; left > 0; left -= (pieces.at(-1) as Buffer).length) pieces.push(await some(left));
    return pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces);
  };
  /** Reads to the end: behind the first block of zeros nothing but zeros may come, and at least one more block of them. */
  const requireEmpty = async (): Promise<void> => {
    let read = (await take(BLOCK)).every((byte) => byte === 0);
    for (let next = await source.next(); !next.done; next = await source.next())
      read &&= Buffer.from(next.value).every((byte) => byte === 0);
    if (!read || rest.some((byte) => byte !== 0)) throw new Corrupt('something stands behind its end');
  };
  return { some, take, requireEmpty };
};
