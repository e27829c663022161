import { Corrupt } from '../events/errors.ts';

const LONGEST_LINE = 4096; // Four times the longest key.

/** The lines of a text that comes in pieces, without their ends. Throws Corrupt where one is longer than any of ours. */
export async function* linesIn(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const piece of pieces) {
    const lines = (rest + decoder.decode(piece, { stream: true })).split('\n');
    rest = lines.pop() as string;
    if (rest.length > LONGEST_LINE) throw new Corrupt(`expected lines of at most ${LONGEST_LINE} characters`);
    yield* lines;
  }
  if (rest !== '') yield rest;
}

/** The same items, so many at a time. */
export async function* batchesOf<T>(items: AsyncIterable<T>, atOnce: number): AsyncGenerator<T[]> {
  let batch: T[] = [];
  for await (const item of items) {
    if (batch.push(item) < atOnce) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
