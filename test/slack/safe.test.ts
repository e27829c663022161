import { expect, test } from 'vitest';
import { safeText } from '../../src/slack/text/safe.ts';

const JOINT = '\u2060';

test.each(['*', '_', '~', '`'])(
  '%s in a name or a title stands between zero-width joints, so it marks nothing up',
  (mark) => {
    expect(safeText(`a ${mark}b${mark} c`)).toBe(`a ${JOINT}${mark}${JOINT}b${JOINT}${mark}${JOINT} c`);
  },
);

test('joints, direction marks and line ends of its own are gone', () => {
  expect(safeText(`a${JOINT}b\u202Ec\u200Bd\ne\u0000f`)).toBe('a b c d e f');
});
