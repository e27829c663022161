import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** The checkout. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** What `npm run build` is made of. */
const SOURCES = ['src', 'dashboard', 'package.json', 'package-lock.json'];
/** What must be there after it. */
const RESULTS = ['dashboard/index.html', 'sandbox/index.html', 'cli/main.mjs'];
/** Names what was built: the digest of the sources. */
const STAMP = 'dist/sources.sha256';

const filesIn = (path: string): string[] =>
  existsSync(join(ROOT, path)) && !/\.\w+$/.test(path)
    ? readdirSync(join(ROOT, path), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && !entry.parentPath.includes('.svelte-check'))
        .map((entry) => join(entry.parentPath, entry.name))
        .sort()
    : [join(ROOT, path)];

const digestOfSources = (): string => {
  const digest = createHash('sha256');
  for (const file of SOURCES.flatMap(filesIn)) {
    const bytes = readFileSync(file);
    digest.update(`${file.slice(ROOT.length)} ${bytes.length}\n`).update(bytes);
  }
  return digest.digest('hex');
};

/** Whether what is in `dist` was built from the sources as they are. */
export const isBuilt = (): boolean => {
  const stamp = join(ROOT, STAMP);
  if (![stamp, ...RESULTS.map((name) => join(ROOT, 'dist', name))].every((path) => existsSync(path))) return false;
  return readFileSync(stamp, 'utf8') === digestOfSources();
};

// The last step of `npm run build`.
if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href)
  writeFileSync(join(ROOT, STAMP), digestOfSources());
