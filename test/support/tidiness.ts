import { posix } from 'node:path';

/** Source texts by their path in the repository. */
export type Sources = Readonly<Record<string, string>>;

interface Import {
  from: string;
  typeOnly: boolean;
}

const CORE_ROOMS = ['events', 'projections', 'handlers'];

/**
 * The rooms of the shell, the lowest first: each may import those before it, and what it is named for. That replaying cannot write to Slack
 * is one of these rules: history and reconcile are built without the outbox and without what writes to Slack.
 */
const ROOMS: Record<string, { all: string[]; types?: string[] }> = {
  setup: { all: [...CORE_ROOMS, 'store', 'queue'] },
  pipeline: { all: [...CORE_ROOMS, 'store', 'setup'] },
  outbox: { all: [...CORE_ROOMS, 'store', 'queue', 'slack', 'setup', 'pipeline'] },
  history: { all: [...CORE_ROOMS, 'store', 'setup', 'pipeline'] },
  reconcile: { all: [...CORE_ROOMS, 'store', 'slack', 'setup', 'pipeline', 'history'] },
  admin: { all: [...CORE_ROOMS, 'store', 'queue', 'slack', 'setup', 'pipeline', 'history', 'reconcile'] },
  host: {
    all: [
      ...CORE_ROOMS,
      'store',
      'queue',
      'slack',
      'web',
      'setup',
      'pipeline',
      'outbox',
      'history',
      'reconcile',
      'admin',
    ],
  },
};

// Which folder of src may import which. `types` are for `import type` alone.
const LAYERS: Record<string, { all: string[]; types?: string[] }> = {
  events: { all: [] },
  projections: { all: ['events'] },
  handlers: { all: ['events', 'projections'] },
  store: { all: ['events'], types: ['projections'] },
  queue: { all: ['events', 'store'] },
  slack: { all: ['events', 'projections'], types: ['handlers'] },
  web: { all: ['events', 'store'] },
  ...ROOMS,
  sandbox: { all: ['events', 'projections', 'web'] },
  cli: { all: [...CORE_ROOMS, 'store', 'queue', 'slack', 'web', ...Object.keys(ROOMS), 'sandbox'] },
};

const CORE = /^src\/(events|projections|handlers)\//;
const IMPURE: [RegExp, string][] = [
  [/\bDate\.now\b/, 'Date.now'],
  [/\bnew Date\(\s*\)/, 'new Date()'],
  [/\bMath\.random\b/, 'Math.random'],
  [/\bprocess\b\s*\./, 'process'],
  [/\bfetch\s*\(/, 'fetch'],
  [/\bperformance\b\s*\./, 'performance'],
  [/\bset(Timeout|Interval|Immediate)\s*\(/, 'a timer'],
];

const AWS_ALLOWED =
  /^(src\/store\/(s3|aws)[^/]*\.ts|src\/queue\/sqs[^/]*\.ts|src\/host\/lambda\/.*|cdk\/.*|test\/.*|bench\/.*)$/;
const SLACK_ALLOWED = /^(src\/slack\/.*|test\/.*)$/;
const ENVIRONMENT_ALLOWED = /^(src\/cli\/(main|launch)\.ts|src\/host\/lambda\/.*|cdk\/.*|test\/.*|bench\/.*)$/;

/** What is not as the house wants it, one line each, the file first. */
export const faultsIn = (sources: Sources): string[] => [
  ...Object.entries(sources).flatMap(([path, text]) => faultsOf(path, text).map((fault) => `${path}: ${fault}`)),
  ...cyclesIn(sources).map((cycle) => `${cycle[0]}: imports itself: ${cycle.join(' > ')}`),
];

const faultsOf = (path: string, text: string): string[] => {
  const code = withoutComments(text);
  const imports = importsOf(code);
  return [
    ...imports.flatMap((each) => faultOfImport(path, each) ?? []),
    ...(CORE.test(path)
      ? IMPURE.flatMap(([pattern, name]) => (pattern.test(code) ? `the core is pure, but says ${name}` : []))
      : []),
    ...(/\bprocess\.env\b/.test(code) && !ENVIRONMENT_ALLOWED.test(path) ? ['reads process.env'] : []),
    ...(isBarrel(code) ? ['is a barrel: it only passes on what others export'] : []),
    ...(/^export default\b/m.test(code) && !/\.config\.ts$/.test(path) ? ['has a default export'] : []),
    ...(/\{@html\b/.test(text) && path.endsWith('.svelte') ? ['writes HTML as it comes'] : []),
    ...(/\b(test|it|describe|suite)\b(\.\w+)*\.(only|skip|todo)\b/.test(code) ? ['leaves tests out'] : []),
    ...(/\b(TODO|FIXME|HACK)\b/.test(text) ? ['holds a note of something undone'] : []),
    ...(/[A-Z_]/.test(posix.basename(path)) ? ['is not named in kebab-case'] : []),
  ];
};

// Good enough for this house's code: a comment begins a line, or follows a space.
const withoutComments = (text: string): string =>
  text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1');

const importsOf = (code: string): Import[] => {
  const statements = code.matchAll(
    /^\s*(?:import|export)\s+(type\s+)?(?:([\w*{}\s,$]+?)\s+from\s+)?['"]([^'"]+)['"]/gm,
  );
  const dynamic = code.matchAll(/\bimport\(\s*['"]([^'"]+)['"]\s*\)/g);
  return [
    ...[...statements].map(([, type, names, from]) => ({
      from: from as string,
      typeOnly: Boolean(type) || onlyTypes(names),
    })),
    ...[...dynamic].map(([, from]) => ({ from: from as string, typeOnly: false })),
  ];
};

const onlyTypes = (names: string | undefined): boolean => {
  const inside = /^\{([\s\S]*)\}$/.exec(names?.trim() ?? '')?.[1];
  const each = inside
    ?.split(',')
    .map((name) => name.trim())
    .filter(Boolean);
  return each !== undefined && each.length > 0 && each.every((name) => name.startsWith('type '));
};

const isBarrel = (code: string): boolean => {
  const statements = code
    .split(/;\s*/)
    .map((statement) => statement.trim())
    .filter(Boolean);
  return (
    statements.length > 0 &&
    statements.every((statement) => /^export\s+(type\s+)?(\*|\{[\s\S]*\})(\s+as\s+\w+)?\s+from\s/.test(statement))
  );
};

const faultOfImport = (path: string, { from, typeOnly }: Import): string | undefined => {
  if (/^(@aws-sdk\/|aws-sdk|@aws-lambda-powertools\/)/.test(from) && !AWS_ALLOWED.test(path))
    return `imports ${from} outside of the adapters to AWS`;
  if (from.startsWith('@slack/') && !SLACK_ALLOWED.test(path)) return `imports ${from} outside of src/slack`;
  if (CORE.test(path) && from.startsWith('node:')) return `the core is pure, but imports ${from}`;
  if (!from.startsWith('.') || from.includes('$')) return undefined;
  const target = posix.join(posix.dirname(path), from);
  return faultOfOwnImport(path, target, typeOnly);
};

const WRITER_ALLOWED = /^(src\/(host|slack)|test|bench)\//;
const SPEAKERS = new Set(['src/slack/writer.ts', 'src/slack/response-url.ts']);
const ERASER_ALLOWED = /^(src\/store\/[\w-]*eraser|src\/(setup\/open|admin\/forget)|test\/.*)\.ts$/;
/** The right to take old traces away and nothing else. On one machine `src/setup/open.ts` opens it. */
const TRACE_ERASER = 'src/store/s3-trace-eraser.ts';

// Where the page says the same as the bot, it asks the same code: the calendar, runs, and who is named for a month. Whatever else of the bot
// came into the page would have to be loaded before anything is drawn, so these may lead to nothing else.
const FOR_THE_PAGE = ['src/events/week.ts', 'src/projections/streak.ts', 'src/projections/challengers.ts'];

const isForThePage = (target: string, typeOnly: boolean): boolean =>
  FOR_THE_PAGE.includes(target) || (typeOnly && target.startsWith('src/projections/'));

const faultOfOwnImport = (path: string, target: string, typeOnly: boolean): string | undefined => {
  const [top, layer] = path.split('/') as [string, string?];
  const [targetTop, targetLayer] = target.split('/') as [string, string?];
  if (/\.(ts|svelte)$/.test(path) && !/\.\w+$/.test(target)) return `imports ${target} without its extension`;
  if (
    top === 'src' &&
    (targetTop === 'test' || targetTop === 'bench' || targetTop === 'cdk' || targetTop === 'dashboard')
  )
    return `imports ${target}, which is no part of the program`;
  if (top === 'dashboard' && targetTop === 'src' && !isForThePage(target, typeOnly))
    return `imports ${target}: the page may only take the calendar, what it counts as the bot does, and types of src/projections`;
  if (FOR_THE_PAGE.includes(path) && layer === 'projections' && !typeOnly)
    return `imports ${target}, and so does the page`;
  if (SPEAKERS.has(target) && !WRITER_ALLOWED.test(path))
    return `imports ${target}: only the host may hand out the right to speak`;
  if (target === TRACE_ERASER && path === 'src/host/lambda/worker.ts') return undefined;
  if (/^src\/store\/.*eraser\.ts$/.test(target) && !ERASER_ALLOWED.test(path))
    return `imports ${target}: only \`til forget\` may erase`;
  if (top === 'cdk' && targetTop === 'src')
    return `imports ${target}: the deployment knows the program by its paths alone`;
  if (top !== 'src' || targetTop !== 'src' || layer === targetLayer) return undefined;
  const allowed = LAYERS[layer ?? ''];
  if (!allowed) return `lies in src/${layer}, of which nothing is known`;
  if (allowed.all.includes(targetLayer ?? '') || (typeOnly && allowed.types?.includes(targetLayer ?? '')))
    return undefined;
  return `src/${layer} imports ${target}${typeOnly ? '' : ' (not as a type)'}`;
};

/** Each cycle of imports once, as the files on the way round. Types alone make no cycle: they are gone when the program runs. */
const cyclesIn = (sources: Sources): string[][] => {
  const cycles: string[][] = [];
  const state = new Map<string, 'open' | 'done'>();
  const visit = (path: string, way: string[]): void => {
    if (state.get(path) === 'open') cycles.push([...way.slice(way.indexOf(path)), path]);
    if (state.has(path) || sources[path] === undefined) return;
    state.set(path, 'open');
    for (const { from, typeOnly } of importsOf(withoutComments(sources[path])))
      if (from.startsWith('.') && !typeOnly) {
        const target = posix.join(posix.dirname(path), from);
        if (target !== path) visit(target, [...way, path]); // A component may show itself, one level deeper.
      }
    state.set(path, 'done');
  };
  for (const path of Object.keys(sources)) visit(path, []);
  return cycles;
};
