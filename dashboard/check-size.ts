import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

// Compresses what a visitor downloads (the server sends the `.gz` beside a file), prints the sizes, and fails when the scripts are more
// than the page's budget, or those that the HTML names more than the first view's.
const BUDGET_KILOBYTES = 100;
const FIRST_BUDGET_KILOBYTES = 40;
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

const sum = (some: typeof files): number => some.reduce((all, { kilobytes }) => all + kilobytes, 0);
const html = files.length > 0 ? readFileSync(join(folder, 'index.html'), 'utf8') : '';
const scripts = files.filter(({ name }) => name.endsWith('.js'));
const all = sum(scripts);
const first = sum(scripts.filter(({ name }) => html.includes(`"./${name}"`)));
for (const { name, kilobytes } of files) process.stdout.write(`${kilobytes.toFixed(1).padStart(7)} kB  ${name}\n`);
process.stdout.write(
  `${all.toFixed(1).padStart(7)} kB  of scripts, gzipped; the budget is ${BUDGET_KILOBYTES} kB\n` +
    `${first.toFixed(1).padStart(7)} kB  of them for the first view; its budget is ${FIRST_BUDGET_KILOBYTES} kB\n`,
);
process.exitCode = files.length > 0 && all <= BUDGET_KILOBYTES && first <= FIRST_BUDGET_KILOBYTES ? 0 : 1;
