import ts from 'typescript';
import type { Sources } from './tidiness.ts';

/** A function takes a screen at most: from its first line to its last, what stands inside it included. */
const MOST_LINES = 70;
const MEASURED = /^(src|cdk|dashboard)\//;

/** Functions that are longer by name (`src/host/worker.ts createWorker`), each with the lines it may have. */
export type Exceptions = Readonly<Record<string, number>>;

/** The functions that are too long, and the exceptions that no function needs any more, one line each, the file first. */
export const faultsOfLength = (sources: Sources, exceptions: Exceptions): string[] => {
  const lengths = Object.entries(sources).flatMap(([path, text]) => (MEASURED.test(path) ? lengthsIn(path, text) : []));
  const long = new Map<string, number>();
  for (const [name, lines] of lengths) if (lines > MOST_LINES) long.set(name, Math.max(lines, long.get(name) ?? 0));
  return [
    ...[...long].flatMap(([name, lines]) => {
      const most = exceptions[name] ?? MOST_LINES;
      return lines > most ? `${name}: has ${lines} lines, expected at most ${most}` : [];
    }),
    ...Object.keys(exceptions).flatMap((name) =>
      long.has(name) ? [] : `${name}: is an exception, but no longer has more than ${MOST_LINES} lines`,
    ),
  ];
};

const lengthsIn = (path: string, text: string): [name: string, lines: number][] => {
  const source = ts.createSourceFile(path, codeOf(path, text), ts.ScriptTarget.Latest, true, ts.ScriptKind.TS);
  const lineOf = (position: number): number => source.getLineAndCharacterOfPosition(position).line;
  const lengths: [string, number][] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) && 'body' in node && node.body)
      lengths.push([`${path} ${nameOf(node)}`, lineOf(node.end) - lineOf(node.getStart()) + 1]);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return lengths;
};

/** The scripts of a component; its markup has no functions of more than a line. */
const codeOf = (path: string, text: string): string =>
  path.endsWith('.svelte')
    ? [...text.matchAll(/<script\b[^>]*>([\s\S]*?)<\/script>/g)].map(([, script]) => script).join('\n')
    : text;

/** A function's own name, or that of what it is given to: a variable, a property, the nearest one around it. */
const nameOf = (node: ts.Node): string => {
  for (let around = node; around && !ts.isSourceFile(around); around = around.parent) {
    if (ts.isConstructorDeclaration(around)) return `${nameOf(around.parent)}.constructor`;
    if ('name' in around && around.name) return (around.name as ts.Node).getText();
  }
  return 'a function without a name';
};
