import fc from 'fast-check';
import { expect, test } from 'vitest';
import { commandOf, parseConfig } from '../../src/setup/config.ts';

const commandIn = (fields: object): string =>
  commandOf(parseConfig({ challenges: [{ channel: 'C0TILCHAN1' }], ...fields }, 'here'));

test('the slash command is /til, or what the configuration names', () => {
  expect(commandIn({})).toBe('/til');
  for (const command of ['/til', '/글', '/til-2', '/my_til', `/${'a'.repeat(31)}`])
    expect(commandIn({ command })).toBe(command);
});

test.each([
  'til',
  '/',
  '/Til',
  '/til help',
  '/til/x',
  '//til',
  '/til!',
  ` /til`,
  '/til\n',
  `/${'a'.repeat(32)}`,
  '',
  3,
  null,
])('what Slack would not take is refused, and named: %j', (command) => {
  expect(() => commandIn({ command })).toThrow(/command.*expected a slash and up to 31/);
});

test('no command that is taken has blanks or capitals, or more than 32 characters', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (rest) => {
      let command: string;
      try {
        command = commandIn({ command: `/${rest}` });
      } catch {
        return;
      }
      expect(command).toMatch(/^\/\S+$/);
      expect(command).toBe(command.toLowerCase());
      expect([...command].length).toBeLessThanOrEqual(32);
    }),
  );
});
