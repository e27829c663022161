#!/usr/bin/env node
// The installed command. It needs Node 24; an older one starts the Node 24 that came with the package.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

if (Number(process.versions.node.split('.')[0]) >= 24) {
  const { processShell, run } = await import('../dist/cli/main.mjs');
  process.exitCode = await run(process.argv.slice(2), processShell(process.env));
} else {
  const node = bundledNode();
  const { status } = spawnSync(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' });
  process.exitCode = status ?? 1;
}

function bundledNode() {
  try {
    return createRequire(import.meta.url).resolve(`node-${process.platform}-${process.arch}/bin/node`);
  } catch {
    process.stderr.write(`til needs Node.js 24 or later; this is ${process.version}\n`);
    return process.exit(1);
  }
}
