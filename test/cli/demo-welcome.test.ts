import { expect, test } from 'vitest';
import { welcome } from '../../src/cli/demo-welcome.ts';

const URL = 'http://127.0.0.1:3000';

test.each([{}, { LANG: 'ko_KR.UTF-8' }])(
  'three addresses and three things to try, by the locale: %j',
  (environment) => {
    const told = welcome(URL, environment);
    for (const path of ['/', '/sandbox', '/snapshots/C0TILCHAN1/index.json']) expect(told).toMatch(`${URL}${path}`);
    expect(told.match(/^ {2}\d\. /gm)).toEqual(['  1. ', '  2. ', '  3. ']);
    expect(told.split('\n').filter((line) => line.length > 110)).toEqual([]);
  },
);

test.each([
  [{ LANG: 'ko_KR.UTF-8' }, true],
  [{ LANG: 'ko' }, true],
  [{ LANG: 'ko_KR.UTF-8', LC_ALL: 'C.UTF-8' }, false],
  [{ LC_MESSAGES: 'ko_KR', LANG: 'en_US.UTF-8' }, true],
  [{ LANG: 'kok_IN' }, false],
  [{}, false],
])('%j: Korean %s', (environment, isKorean) => {
  expect(welcome(URL, environment).includes('먼저')).toBe(isKorean);
});
