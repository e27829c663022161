import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

// Compresses what a visitor downloads (the server sends the `.gz` beside a file), prints the sizes, and fails when the scripts are more
// than the page's budget.
const BUDGET_KILOBYTES = 100;
const folder = fileURLToPath(new URL('../dist/dashboard', import.meta.url));

const files = readdirSync(folder, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath, entry.name))
  .filter((path) => !/\.(gz|png)$/.test(path))
  .map((path) => {
    const compressed = gzipSync(readFileSync(path), { level: 9 });
    writeFileSync(`${path}.gz`, compressed);
    return { name: path.slice(folder.length + 1), kilobytes: compressed.length / 1000 };
  })
  .sort((a, b) => b.kilobytes - a.kilobytes);

const scripts = files.filter(({ name }) => name.endsWith('.js')).reduce((sum, { kilobytes }) => sum + kilobytes, 0);
for (const { name, kilobytes } of files) process.stdout.write(`${kilobytes.toFixed(1).padStart(7)} kB  ${name}\n`);
process.stdout.write(
  `${scripts.toFixed(1).padStart(7)} kB  of scripts, gzipped; the budget is ${BUDGET_KILOBYTES} kB\n`,
);
process.exitCode = files.length > 0 && scripts <= BUDGET_KILOBYTES ? 0 : 1;
