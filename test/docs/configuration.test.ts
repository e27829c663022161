import { describe, expect, test } from 'vitest';
import { ChallengeSchema } from '../../src/projections/challenge.ts';
import { pageText } from './pages.ts';

/** What is not a challenge's own. */
const OF_ALL = ['command', 'pageAccess', 'alarm'];

interface Schema {
  wrapped?: Schema;
  entries?: Record<string, Schema>;
}

/** The fields of a schema that hold a value, as paths: `rules.likes`. */
const fieldsOf = (schema: Schema): string[] => {
  const { entries } = schema.wrapped ?? schema;
  return Object.entries(entries ?? {}).flatMap(([name, field]) => {
    const below = fieldsOf(field);
    return below.length > 0 ? below.map((path) => `${name}.${path}`) : [name];
  });
};

describe('every field of the configuration', () => {
  const fields = [...fieldsOf(ChallengeSchema as unknown as Schema), ...OF_ALL];

  test('is told in Korean, in a row of its own', () => {
    expect(fields.length).toBeGreaterThan(30);
    const rows = [...pageText('docs/configuration.ko.md').matchAll(/^\| `([a-z][a-zA-Z.]*)` \|/gm)].map(
      ([, name]) => name,
    );
    expect([...rows].sort()).toEqual([...fields].sort());
  });

  test('is named in English', () => {
    const text = pageText('docs/configuration.md');
    const names = fields.map((path) => path.split('.').at(-1) ?? '');
    expect(names.filter((name) => !new RegExp(`\\b${name}\\b`).test(text))).toEqual([]);
  });

  test('is the same where it comes from the environment', () => {
    const variables = (page: string) =>
      [...pageText(page).matchAll(/^\| (`[A-Z_]+`(?:, `[A-Z_]+`)*) \|/gm)].map(([, names]) => names);
    expect(variables('docs/configuration.ko.md')).toEqual(variables('docs/configuration.md'));
    expect(variables('docs/configuration.md').length).toBeGreaterThan(8);
  });
});
