import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createContext, runInContext } from 'node:vm';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Door, doorOf, guardCode } from '../../cdk/door.ts';
import { enter } from '../../src/web/door.ts';
import { lookUp, resourcesOf, stackFor } from './stack.ts';

const KEY = 'a-key-that-nobody-guesses';
const door = { digest: createHash('sha256').update(KEY).digest('hex') };

interface Answer {
  uri?: string;
  statusCode?: number;
  headers?: { location?: { value: string } };
}
/** Runs the function's own text with the one module that it asks for, as CloudFront does. */
const edge = (at: 'off' | { digest: string }): ((uri: string) => Answer) => {
  const context = createContext({ require: createRequire(import.meta.url) });
  runInContext(guardCode(at), context);
  return (uri) => runInContext(`handler({ request: { uri: ${JSON.stringify(uri)} } })`, context) as Answer;
};

describe('the function at the edge', () => {
  test('lets in whom one machine lets in, and leads to the same', () => {
    const ask = edge(door);
    const rest = fc.array(fc.stringMatching(/^[\w.-]{0,9}$/), { maxLength: 4 }).map((parts) => parts.join('/'));
    const path = fc
      .tuple(fc.constantFrom(KEY, KEY.slice(1), `${KEY}x`, '', 'snapshots'), fc.boolean(), rest)
      .map(([first, isOpen, more]) => `/${first}${isOpen ? `/${more}` : ''}`);
    fc.assert(
      fc.property(path, (uri) => {
        const inside = enter({ key: KEY }, uri);
        const answer = ask(uri);
        if (inside === undefined) expect(answer).toMatchObject({ statusCode: 404 });
        else if (inside === 'slash')
          expect(answer).toMatchObject({ statusCode: 308, headers: { location: { value: `/${KEY}/` } } });
        else expect(answer.uri).toBe(inside === '/' ? '/index.html' : inside);
      }),
    );
  });

  test('when the page is off, it lets in nobody', () => {
    const ask = edge('off');
    for (const uri of ['/', '', '/index.html', `/${KEY}/`, '//', '/snapshots/challenges.json'])
      expect(ask(uri), uri).toMatchObject({ statusCode: 404 });
  });
});

describe('the stack', () => {
  const behaviorsOf = (at?: Door) => {
    const { stack } = stackFor(at ? { door: at } : {});
    const { of, named } = lookUp(resourcesOf(stack));
    const config = of('DashboardDistribution').Properties['DistributionConfig'] as {
      DefaultCacheBehavior: { FunctionAssociations?: unknown[] };
      CacheBehaviors: { PathPattern: string; FunctionAssociations?: unknown[] }[];
    };
    const functions = named('AWS::CloudFront::Function').map(([, { Properties }]) => Properties);
    return {
      stack,
      functions,
      all: [config.DefaultCacheBehavior, ...config.CacheBehaviors],
      others: config.CacheBehaviors,
    };
  };

  test('nobody stands before a page that is open', () => {
    for (const at of [undefined, 'open'] as const) {
      const { functions, all, others } = behaviorsOf(at);
      expect(functions).toEqual([]);
      expect(all.map(({ FunctionAssociations }) => FunctionAssociations)).toEqual([undefined, undefined]);
      expect(others.map(({ PathPattern }) => PathPattern)).toEqual(['snapshots/*']);
    }
  });

  test('page and snapshots are behind the door, and the template does not tell the key', () => {
    for (const at of ['off', door] as const) {
      const { functions, all, others } = behaviorsOf(at);
      expect(functions).toMatchObject([{ FunctionConfig: { Runtime: 'cloudfront-js-2.0' }, AutoPublish: true }]);
      expect(functions[0]?.['FunctionCode']).toBe(guardCode(at));
      expect(JSON.stringify(functions)).not.toContain(KEY);
      for (const { FunctionAssociations } of all)
        expect(FunctionAssociations).toEqual([
          { EventType: 'viewer-request', FunctionARN: expect.stringMatching(/^<DashboardDoor/) },
        ]);
      expect(others.map(({ PathPattern }) => PathPattern)).toEqual([at === 'off' ? 'snapshots/*' : '*/snapshots/*']);
    }
  });

  test('a page that nobody sees is said at the deployment', () => {
    const said = Annotations.fromStack(behaviorsOf('off').stack).findInfo(
      '*',
      Match.stringLikeRegexp('shown to nobody'),
    );
    expect(said).toHaveLength(1);
  });
});

test('the key comes from the environment, or from the .env of the checkout', () => {
  const folder = mkdtempSync(join(tmpdir(), 'til-door-'));
  expect(doorOf(undefined, folder, {})).toBe('open');
  expect(doorOf('off', folder, { TIL_PAGE_KEY: KEY })).toBe('off');
  expect(doorOf('link', folder, {})).toBe('off');
  expect(doorOf('link', folder, { TIL_PAGE_KEY: KEY })).toEqual(door);
  writeFileSync(join(folder, '.env'), `TIL_PAGE_KEY=${KEY}\n`);
  expect(doorOf('link', folder, {})).toEqual(door);
  rmSync(folder, { recursive: true });
});
