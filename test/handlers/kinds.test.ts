import { globSync, readFileSync } from 'node:fs';
import ts from 'typescript';
import { beforeAll, describe, expect, test } from 'vitest';
import { kinds } from '../../src/handlers/kinds.ts';

const EFFECT = 'src/handlers/effect.ts';
const KINDS = 'src/handlers/kinds.ts';
const FINDERS = 'src/handlers/decide-one.ts';
const WORDINGS = 'src/slack/text/wording.ts';
/** All that does something with effects: whatever does not compile here for a new kind asks for something about it. */
const ASKED = /^src\/(handlers|outbox|slack\/text)\//;
const ROOTS = [
  KINDS,
  FINDERS,
  'src/slack/text/render.ts',
  'src/outbox/owed.ts',
  'src/outbox/perform.ts',
  'src/outbox/effect-jobs.ts',
];

/** What must be said of a private kind, such as a reminder. */
const ENTRY: Record<string, string> = {
  recipient: '{ of: ({ user }) => user, byId: ({ about }) => about }',
  lasts: "'hours'",
  group: '({ about }) => about',
  names: '({ user }) => [user]',
  whenRefused: "'alarm'",
  delivery: "'post'",
  lookUp: "'history'",
};
const WHISPER = { ...ENTRY, delivery: "'whisper'", lookUp: "'never'", thread: '() => undefined' };
const WORDING: Record<string, string> = { say: '({ user }) => [user]', mark: "'til_effect'" };

const literal = (fields: Record<string, string>): string =>
  `{ ${Object.entries(fields)
    .map(([name, value]) => `${name}: ${value}`)
    .join(', ')} }`;

const without = (fields: Record<string, string>, name: string): Record<string, string> =>
  Object.fromEntries(Object.entries(fields).filter(([each]) => each !== name));

/** A source with one more entry at the end of the interface or the table that begins so. */
const withEntry = (path: string, beginning: string, entry: string): string => {
  const source = readFileSync(path, 'utf8');
  const start = source.indexOf(beginning);
  const end = source.indexOf('\n}', start);
  if (start < 0 || end < 0) throw new Error(`${path}: expected ${JSON.stringify(beginning)} and its end`);
  return `${source.slice(0, end)}\n  reminder: ${entry}${source.slice(end)}`;
};

const kindsWith = (fields: Record<string, string>): string => withEntry(KINDS, 'export const kinds:', literal(fields));
const wordingsWith = (fields: Record<string, string>): string =>
  withEntry(WORDINGS, 'export const wordings:', literal(fields));

/** Copies of the tables, each with the new kind in its own way, by their path. */
const copies: Record<string, string> = {
  'src/handlers/kinds-complete.ts': kindsWith(ENTRY),
  'src/handlers/kinds-whisper.ts': kindsWith(WHISPER),
  'src/handlers/kinds-whisper-no-thread.ts': kindsWith(without(WHISPER, 'thread')),
  'src/handlers/kinds-whisper-looked-up.ts': kindsWith({ ...WHISPER, lookUp: "'history'" }),
  'src/handlers/kinds-no-by-id.ts': kindsWith({ ...ENTRY, recipient: '{ of: ({ user }) => user }' }),
  'src/slack/text/wording-complete.ts': wordingsWith(WORDING),
  ...Object.fromEntries(
    Object.keys(ENTRY).map((name) => [`src/handlers/kinds-no-${name}.ts`, kindsWith(without(ENTRY, name))]),
  ),
  ...Object.fromEntries(
    Object.keys(WORDING).map((name) => [`src/slack/text/wording-no-${name}.ts`, wordingsWith(without(WORDING, name))]),
  ),
};

/** What the compiler says of each file, where there is a kind `reminder` of which nothing else is said. */
const compile = (): ((path: string) => string[]) & { files: string[] } => {
  const { config } = ts.readConfigFile('tsconfig.json', ts.sys.readFile);
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, '.');
  const host = ts.createCompilerHost(options);
  const sources = new Map<string, string>();
  for (const [path, source] of Object.entries({
    ...copies,
    [EFFECT]: withEntry(EFFECT, 'export interface Carried', '{ user: string };'),
  }))
    sources.set(ts.sys.resolvePath(path), source);
  const { readFile, fileExists, getSourceFile } = host;
  host.fileExists = (name) => sources.has(ts.sys.resolvePath(name)) || fileExists(name);
  host.readFile = (name) => sources.get(ts.sys.resolvePath(name)) ?? readFile(name);
  host.getSourceFile = (name, version, ...rest) => {
    const source = sources.get(ts.sys.resolvePath(name));
    return source === undefined ? getSourceFile(name, version, ...rest) : ts.createSourceFile(name, source, version);
  };
  const program = ts.createProgram([...ROOTS, ...Object.keys(copies)], options, host);
  const here = `${ts.sys.resolvePath('.')}/`;
  const said = (path: string): string[] =>
    program
      .getSemanticDiagnostics(program.getSourceFile(path))
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
  const files = program
    .getSourceFiles()
    .map(({ fileName }) => ts.sys.resolvePath(fileName).replace(here, ''))
    .filter((path) => ASKED.test(path) && !(path in copies));
  return Object.assign(said, { files });
};

describe('a new kind of effect', () => {
  let said: ReturnType<typeof compile>;
  beforeAll(() => {
    said = compile();
  }, 60_000);

  test('does not compile before the table, its finder and its words have an entry, and asks nothing elsewhere', () => {
    const asking = said.files.filter((path) => said(path).length > 0);
    expect(asking.sort()).toEqual([FINDERS, KINDS, WORDINGS]);
    for (const path of asking) expect(said(path)).toEqual([expect.stringContaining("Property 'reminder' is missing")]);
  });

  test.for(Object.keys(ENTRY))('does not compile before its %s is said', (name) => {
    expect(said(`src/handlers/kinds-no-${name}.ts`).join('\n')).toContain(`'${name}' is missing`);
  });

  test.for(Object.keys(WORDING))('does not compile before its wording has %s', (name) => {
    expect(said(`src/slack/text/wording-no-${name}.ts`).join('\n')).toContain(`'${name}' is missing`);
  });

  test('must say to whom it went when only its id is left', () => {
    expect(said('src/handlers/kinds-no-by-id.ts').join('\n')).toContain("'byId' is missing");
  });

  test('must say in which thread it is whispered, and cannot claim that a whisper is in the history', () => {
    expect(said('src/handlers/kinds-whisper-no-thread.ts').join('\n')).toContain("'thread' is missing");
    expect(said('src/handlers/kinds-whisper-looked-up.ts')).toHaveLength(1);
  });

  test('compiles once all is said', () => {
    expect(said('src/handlers/kinds-complete.ts')).toEqual([]);
    expect(said('src/handlers/kinds-whisper.ts')).toEqual([]);
    expect(said('src/slack/text/wording-complete.ts')).toEqual([]);
  });
});

test('nobody tells the kind of an effect by the beginning of its id, or writes an id by hand', () => {
  const names = Object.keys(kinds).join('|').replaceAll('.', '\\.');
  const byHand = new RegExp(`['"\`/^](${names}):['"\`$]`);
  expect(byHand.test("id.startsWith('hint:')")).toBe(true);
  expect(byHand.test('`like:$`')).toBe(true);
  expect(globSync('src/**/*.ts').filter((path) => byHand.test(readFileSync(path, 'utf8')))).toEqual([]);
});
