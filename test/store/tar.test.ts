import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { Corrupt } from '../../src/events/errors.ts';
import { readTar, TAR_END, tarHeader, tarPadding } from '../../src/store/tar.ts';
import { temporaryFolder } from '../support/serving.ts';

const { folder, remove } = temporaryFolder();
afterAll(remove);

const LONG = `log/events/C0TILCHAN1/2024-W32/${'a'.repeat(240)}.json`;
const FILES: [name: string, bytes: Buffer][] = [
  ['a', Buffer.from('one')],
  ['a-hundred-characters/'.padEnd(100, 'x'), Buffer.alloc(512, 1)],
  ['a-hundred-and-one-characters/'.padEnd(101, 'x'), Buffer.alloc(513, 2)],
  ['empty', Buffer.alloc(0)],
  [LONG, Buffer.alloc(70_000, 3)],
  ['설정/til.config.ts', Buffer.from('한글')],
];

const archive = (files: readonly [string, Buffer][]): Buffer =>
  Buffer.concat([
    ...files.flatMap(([name, bytes]) => [
      tarHeader(name, bytes.length, 1_722_783_600),
      bytes,
      tarPadding(bytes.length),
    ]),
    TAR_END,
  ]);

async function* inPieces(bytes: Buffer, size = 1000): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const read = async (bytes: Buffer, size?: number): Promise<[string, Buffer][]> => {
  const files: [string, Buffer][] = [];
  for await (const file of readTar(inPieces(bytes, size))) files.push([file.name, await file.bytes(1_000_000)]);
  return files;
};

test('what is written is read, in whatever pieces it comes', async () => {
  for (const size of [1, 511, 512, 513, 1_000_000])
    expect(await read(archive(FILES.slice(0, 4)), size)).toEqual(FILES.slice(0, 4));
  expect(await read(archive(FILES))).toEqual(FILES);
});

test('a file that nobody reads is passed over', async () => {
  const names: string[] = [];
  for await (const { name } of readTar(inPieces(archive(FILES)))) names.push(name);
  expect(names).toEqual(FILES.map(([name]) => name));
});

test("the system's tar reads what is written", () => {
  writeFileSync(join(folder, 'ours.tar'), archive(FILES));
  mkdirSync(join(folder, 'ours'));
  execFileSync('tar', ['-xf', 'ours.tar', '-C', 'ours'], { cwd: folder });
  for (const [name, bytes] of FILES) expect(readFileSync(join(folder, 'ours', name)).equals(bytes)).toBe(true);
});

test.each(['ustar', 'pax'])("what the system's tar writes as %s is read", async (format) => {
  const files = FILES.filter(([name]) => format === 'pax' || name !== LONG);
  mkdirSync(join(folder, format));
  for (const [name, bytes] of files) {
    mkdirSync(join(folder, format, name, '..'), { recursive: true });
    writeFileSync(join(folder, format, name), bytes);
  }
  const names = files.map(([name]) => name);
  execFileSync('tar', [`--format=${format}`, '-cf', `../${format}.tar`, ...names], { cwd: join(folder, format) });
  const found = await read(readFileSync(join(folder, `${format}.tar`)));
  // Ustar writes names in bytes of whatever kind.
  expect(found.map(([, bytes]) => bytes)).toEqual(files.map(([, bytes]) => bytes));
  if (format === 'pax') expect(found).toEqual(files);
});

test('links and folders are refused: nobody here writes them', async () => {
  mkdirSync(join(folder, 'tree'));
  execFileSync('tar', ['-cf', 'tree.tar', 'tree'], { cwd: folder });
  await expect(read(readFileSync(join(folder, 'tree.tar')))).rejects.toThrow(/expected a file, got an entry of type 5/);
});

test('an archive that is cut short anywhere is refused', async () => {
  const whole = archive(FILES.slice(0, 4));
  await fc.assert(
    fc.asyncProperty(fc.nat({ max: whole.length - 513 }), async (length) => {
      await expect(read(whole.subarray(0, length))).rejects.toThrow(Corrupt);
    }),
    { numRuns: 200 },
  );
});

test('what stands behind the end is refused', async () => {
  const more = Buffer.concat([archive(FILES.slice(0, 1)), Buffer.from('x')]);
  await expect(read(more)).rejects.toThrow(/something stands behind its end/);
});

test('more than was asked for is refused before it is read', async () => {
  for await (const file of readTar(inPieces(archive(FILES.slice(0, 1)))))
    await expect(file.bytes(2)).rejects.toThrow('a: expected at most 2 bytes, got 3');
});
