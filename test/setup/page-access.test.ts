import { expect, test } from 'vitest';
import { parseConfig } from '../../src/setup/config.ts';
import { slackOf } from '../../src/setup/environment.ts';
import { doorOf, hostOf } from '../../src/setup/page-access.ts';

const KEY = 'a-key-that-nobody-guesses';
const settings = (fields: object) => parseConfig({ challenges: [{ channel: 'C0TILCHAN1' }], ...fields }, 'here');

test('who may look is everybody, unless the configuration says otherwise', () => {
  expect(doorOf(settings({}), { TIL_PAGE_KEY: KEY })).toBe('open');
  expect(doorOf(settings({ pageAccess: 'open' }), {})).toBe('open');
  expect(doorOf(settings({ pageAccess: 'off' }), { TIL_PAGE_KEY: KEY })).toBe('off');
  expect(doorOf(settings({ pageAccess: 'link' }), { TIL_PAGE_KEY: KEY })).toEqual({ key: KEY });
  expect(() => settings({ pageAccess: 'members' })).toThrow(/pageAccess.*'open', 'link' or 'off'.*"members"/);
});

test('where a link is wanted and there is none, nobody may look', () => {
  expect(doorOf(settings({ pageAccess: 'link' }), {})).toBe('off');
  expect(doorOf(settings({ pageAccess: 'link' }), { TIL_PAGE_KEY: '' })).toBe('off');
});

test.each(['short', 'with/a/slash/and/many/more', 'with blanks and many more', 'x'.repeat(129)])(
  'a key that could be guessed or misread is refused, and not shown: %j',
  (key) => {
    expect(() => doorOf(settings({ pageAccess: 'link' }), { TIL_PAGE_KEY: key })).toThrow(
      /TIL_PAGE_KEY: expected 20 to/,
    );
    expect(() => doorOf(settings({ pageAccess: 'link' }), { TIL_PAGE_KEY: key })).not.toThrow(key);
  },
);

test.each([
  [{ SLACK_APP_TOKEN: 'xapp-1' }, '127.0.0.1'],
  [{ SLACK_APP_TOKEN: 'xapp-1', SLACK_SIGNING_SECRET: 'secret' }, undefined],
  [{ SLACK_SIGNING_SECRET: 'secret' }, undefined],
  [{}, undefined],
  [{ SLACK_APP_TOKEN: 'xapp-1', HOST: '0.0.0.0' }, '0.0.0.0'],
  [{ SLACK_SIGNING_SECRET: 'secret', HOST: ' ::1 ' }, '::1'],
])('it listens where it has to be heard and no further: %j', (environment, host) => {
  expect(hostOf(environment, slackOf(environment))).toBe(host);
});
