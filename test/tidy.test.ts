import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { type Exceptions, faultsOfLength } from './support/function-length.ts';
import { faultsIn, type Sources } from './support/tidiness.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const FOLDERS = ['src', 'dashboard', 'cdk', 'bench', 'test'];
const SKIPPED = new Set(['node_modules', 'fixtures', 'dist', 'build', 'cdk.out']);

const filesIn = (folder: string): string[] =>
  readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    if (SKIPPED.has(entry.name) || entry.name.startsWith('.')) return [];
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return filesIn(path);
    return /\.(ts|svelte)$/.test(entry.name) ? [path] : [];
  });

const repository = (): Sources =>
  Object.fromEntries(
    FOLDERS.flatMap(filesIn)
      // The rules and their bad examples.
      .filter((path) => path !== 'test/support/tidiness.ts' && path !== 'test/tidy.test.ts')
      .map((path) => [path, readFileSync(join(ROOT, path), 'utf8')]),
  );

test('the repository is tidy', () => {
  const sources = repository();
  expect(Object.keys(sources).length).toBeGreaterThan(150);
  expect(faultsIn(sources)).toEqual([]);
});

// This list may only become shorter, and its numbers smaller.
const LONG: Exceptions = {};

test('every file that the map names exists', () => {
  const map = readFileSync(join(ROOT, 'ARCHITECTURE.md'), 'utf8');
  const named = [...map.matchAll(/`((?:src|dashboard|test|cdk)\/[\w./-]+|[A-Z]+\.md)`/g)].map(([, path = '']) => path);
  expect(named.length).toBeGreaterThan(60);
  expect(named.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
});

test('no function is longer than a screen, but for those that are named', () => {
  expect(faultsOfLength(repository(), LONG)).toEqual([]);
});

describe('the length of functions', () => {
  const body = (lines: number): string => 'x();\n'.repeat(lines - 2);
  const long = `export const run = () => {\n${body(71)}};\n`;
  const tooLong = (name: string) => [`${name}: has 71 lines, expected at most 70`];

  test('70 lines are allowed, 71 are not', () => {
    expect(faultsOfLength({ 'src/x.ts': `const run = () => {\n${body(70)}};` }, {})).toEqual([]);
    expect(faultsOfLength({ 'src/x.ts': long }, {})).toEqual(tooLong('src/x.ts run'));
  });

  test.each([
    ['a function', `function run() {\n${body(71)}}`, 'run'],
    ['a method', `class A {\n  run() {\n${body(71)}}\n}`, 'run'],
    ['a constructor', `class A {\n  constructor() {\n${body(71)}}\n}`, 'A.constructor'],
    ['what is passed on', `const run = once(() => {\n${body(71)}});`, 'run'],
    ['a property', `const all = { run: async () => {\n${body(71)}} };`, 'run'],
    ['what has no name', `once(() => {\n${body(71)}});`, 'a function without a name'],
  ])('%s is measured', (_what, text, name) => {
    expect(faultsOfLength({ 'cdk/x.ts': text }, {})).toEqual(tooLong(`cdk/x.ts ${name}`));
  });

  test("a component's scripts are measured", () => {
    const component = `<script module>\nconst a = 1;\n</script>\n<script lang="ts">\n${long}</script>\n<p>{run()}</p>`;
    expect(faultsOfLength({ 'dashboard/src/x.svelte': component }, {})).toEqual(tooLong('dashboard/src/x.svelte run'));
  });

  test('tests and benchmarks are not', () => {
    expect(faultsOfLength({ 'test/x.ts': long, 'bench/x.ts': long }, {})).toEqual([]);
  });

  test('an exception holds up to its number of lines, and no longer than it is needed', () => {
    expect(faultsOfLength({ 'src/x.ts': long }, { 'src/x.ts run': 71 })).toEqual([]);
    expect(faultsOfLength({ 'src/x.ts': long.replace('x();', 'x();\ny();') }, { 'src/x.ts run': 71 })).toEqual([
      'src/x.ts run: has 72 lines, expected at most 71',
    ]);
    expect(faultsOfLength({ 'src/x.ts': 'const run = () => {};' }, { 'src/x.ts run': 71 })).toEqual([
      'src/x.ts run: is an exception, but no longer has more than 70 lines',
    ]);
  });
});

describe('each rule sees a bad text planted in the repository', () => {
  const planted: [what: string, path: string, text: string, fault: RegExp][] = [
    [
      'the core reads a clock',
      'src/events/x.ts',
      'export const now = () => Date.now();',
      /the core is pure, but says Date\.now/,
    ],
    ['the core makes a date of now', 'src/projections/x.ts', 'export const x = new Date();', /new Date\(\)/],
    ['the core uses chance', 'src/handlers/x.ts', 'export const x = Math.random();', /Math\.random/],
    ['the core asks the process', 'src/handlers/x.ts', 'export const x = process.uptime();', /says process/],
    ['the core fetches', 'src/handlers/x.ts', "export const x = () => fetch('x');", /says fetch/],
    ['the core imports Node', 'src/events/x.ts', "import { createHash } from 'node:crypto';", /imports node:crypto/],
    ['the core waits', 'src/events/x.ts', 'setTimeout(() => {}, 1);', /a timer/],
    [
      'events import projections',
      'src/events/x.ts',
      "import { fold } from '../projections/projection.ts';",
      /src\/events imports src\/projections/,
    ],
    [
      'even as a type',
      'src/events/x.ts',
      "import type { Ledger } from '../projections/ledger.ts';",
      /src\/events imports/,
    ],
    [
      'projections import handlers',
      'src/projections/x.ts',
      "import { x } from '../handlers/effect.ts';",
      /src\/projections imports/,
    ],
    [
      'handlers import the store',
      'src/handlers/x.ts',
      "import type { Bucket } from '../store/bucket.ts';",
      /src\/handlers imports/,
    ],
    [
      'the store imports more than types',
      'src/store/x.ts',
      "import { type Ledger, ledger } from '../projections/ledger.ts';",
      /\(not as a type\)/,
    ],
    ['slack imports the host', 'src/slack/x.ts', "import { ingest } from '../host/ingest.ts';", /src\/slack imports/],
    [
      'the queue imports the host',
      'src/queue/x.ts',
      "import { engine } from '../host/engine.ts';",
      /src\/queue imports/,
    ],
    ['the host imports the commands', 'src/host/x.ts', "import { run } from '../cli/main.ts';", /src\/host imports/],
    [
      'the host imports them when it runs',
      'src/host/x.ts',
      "const { run } = await import('../cli/main.ts');",
      /src\/host imports/,
    ],
    [
      'over several lines',
      'src/events/x.ts',
      "import {\n  fold,\n  applyAll,\n} from '../projections/projection.ts';",
      /src\/events imports/,
    ],
    [
      'by passing it on',
      'src/events/x.ts',
      "export { fold } from '../projections/projection.ts';\nexport const x = 1;",
      /src\/events imports/,
    ],
    [
      'a new folder without a rule',
      'src/helpers/x.ts',
      "import { isTs } from '../events/timestamp.ts';",
      /of which nothing is known/,
    ],
    [
      'the program imports a test',
      'src/host/x.ts',
      "import { x } from '../../test/support/world.ts';",
      /no part of the program/,
    ],
    [
      'the page imports code',
      'dashboard/src/x.ts',
      "import { weekLabel } from '../../src/projections/label.ts';",
      /only take the calendar/,
    ],
    [
      'what the page takes leads to more code',
      'src/projections/streak.ts',
      "import { monthOf } from '../events/week.ts';",
      /and so does the page/,
    ],
    [
      'the page imports other events',
      'dashboard/src/x.ts',
      "import type { Ts } from '../../src/events/timestamp.ts';",
      /only take the calendar/,
    ],
    [
      'the page imports types of the shell',
      'dashboard/src/x.svelte',
      "import type { Clock } from '../../src/setup/clock.ts';",
      /only take the calendar/,
    ],
    [
      'the deployment imports the program',
      'cdk/x.ts',
      "import { keys } from '../src/pipeline/publish.ts';",
      /by its paths alone/,
    ],
    [
      'AWS in the worker',
      'src/host/x.ts',
      "import { S3Client } from '@aws-sdk/client-s3';",
      /outside of the adapters to AWS/,
    ],
    [
      'AWS in the bucket port',
      'src/store/bucket.ts',
      "import type { S3Client } from '@aws-sdk/client-s3';",
      /outside of the adapters to AWS/,
    ],
    [
      'the eraser elsewhere',
      'src/host/x.ts',
      "import { s3Eraser } from '../store/s3-eraser.ts';",
      /only `til forget` may erase/,
    ],
    [
      'the right to take traces away elsewhere',
      'src/host/x.ts',
      "import { s3TraceEraser } from '../store/s3-trace-eraser.ts';",
      /only `til forget` may erase/,
    ],
    [
      'more than that right in the worker on AWS',
      'src/host/lambda/worker.ts',
      "import { s3Eraser } from '../../store/s3-eraser.ts';",
      /only `til forget` may erase/,
    ],
    [
      'reconciling gets hold of the writer',
      'src/reconcile/x.ts',
      "import { slackWriter } from '../slack/writer.ts';",
      /only the host may hand out the right to speak/,
    ],
    [
      'reconciling answers people',
      'src/reconcile/x.ts',
      "import { responseUrlAnswers } from '../slack/response-url.ts';",
      /only the host may hand out the right to speak/,
    ],
    ['Slack in a handler', 'src/handlers/x.ts', "import { WebClient } from '@slack/web-api';", /outside of src\/slack/],
    ['the environment read elsewhere', 'src/queue/x.ts', "export const x = process.env['X'];", /reads process\.env/],
    [
      'a barrel',
      'src/events/x.ts',
      "export * from './week.ts';\nexport { isTs } from './timestamp.ts';\n",
      /is a barrel/,
    ],
    ['a default export', 'src/cli/x.ts', 'export default {};', /default export/],
    ['raw HTML', 'dashboard/src/x.svelte', '<p>{@html title}</p>', /HTML as it comes/],
    ['a test left out', 'test/x.test.ts', "test.skip('x', () => {});", /leaves tests out/],
    ['a test alone', 'test/x.test.ts', "describe.only('x', () => {});", /leaves tests out/],
    ['a test to come', 'test/x.test.ts', "test.todo('x');", /leaves tests out/],
    ['a note', 'src/cli/x.ts', '// TODO: later\nexport const x = 1;', /something undone/],
    ['a name', 'src/cli/myFile.ts', 'export const x = 1;', /kebab-case/],
    ['no extension', 'src/cli/x.ts', "import { run } from './main';", /without its extension/],
  ];

  test.each(planted)('%s', (_what, path, text, fault) => {
    expect(faultsIn({ [path]: text })).toEqual([expect.stringMatching(fault)]);
  });

  test('a cycle, of two and of three files', () => {
    const pair = { 'src/cli/a.ts': "import { b } from './b.ts';", 'src/cli/b.ts': "import { a } from './a.ts';" };
    expect(faultsIn(pair)).toEqual(['src/cli/a.ts: imports itself: src/cli/a.ts > src/cli/b.ts > src/cli/a.ts']);
    const three = {
      ...pair,
      'src/cli/b.ts': "import { c } from './c.ts';",
      'src/cli/c.ts': "import { a } from './a.ts';",
    };
    expect(faultsIn(three)).toHaveLength(1);
    expect(faultsIn({ ...pair, 'src/cli/b.ts': "import type { a } from './a.ts';" })).toEqual([]);
  });
});

test('what is allowed is not blamed', () => {
  expect(
    faultsIn({
      'src/events/a.ts':
        "// Date.now() is banned here, says https://example.org\nexport const a = new Date(5); const b = 'prefetch (x)';",
      'src/store/b.ts':
        "import type { Ledger } from '../projections/ledger.ts';\nimport { type Week } from '../projections/season.ts';",
      'src/store/s3-x.ts': "import { S3Client } from '@aws-sdk/client-s3';",
      'src/cli/c.ts': "import { x } from '../host/d.ts';\nexport { y } from '../host/d.ts';",
      'til.config.ts': 'export default {};',
      'dashboard/src/e.svelte':
        "import type { WeekSnapshot } from '../../src/projections/contract.ts';\nimport { plusWeeks } from '../../src/events/week.ts';\nimport { runOf } from '../../src/projections/streak.ts';",
    }),
  ).toEqual([]);
});
