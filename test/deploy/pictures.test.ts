import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const folder = fileURLToPath(new URL('../../docs/pictures/', import.meta.url));
const NAMES = ['channel', 'home', 'page'];
const MOST_BYTES = 400_000;

test.each(['', '.ko'])('the pictures of README%s are there, are PNGs, and weigh little together', (ending) => {
  const pictures = NAMES.map((name) => readFileSync(`${folder}${name}${ending}.png`));
  for (const picture of pictures) expect(picture.subarray(0, 8).toString('latin1')).toBe('\x89PNG\r\n\x1a\n');
  expect(pictures.reduce((sum, { length }) => sum + length, 0)).toBeLessThan(MOST_BYTES);
});

test('there is no picture but these', () => {
  const expected = NAMES.flatMap((name) => [`${name}.ko.png`, `${name}.png`]);
  expect(readdirSync(folder).sort()).toEqual(expected.sort());
});
