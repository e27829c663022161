#!/usr/bin/env node
// The installed command. It needs Node 24; an older one starts the Node 24 that came with the package.
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

if (Number(process.versions.node.split('.')[0]) >= 24) {
  const { processShell, run } = await import('../dist/cli/main.mjs');
  process.exitCode = await run(process.argv.slice(2), processShell(process.env));
} else {
  const child = spawn(bundledNode(), [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' });
  // Whoever ends us means the command. From a terminal's Ctrl+C it hears by itself, and a second time would cut it short.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.on(signal, () => {
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    });
  child.on('exit', (code, signal) => {
    if (!signal) process.exit(code ?? 1);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

function bundledNode() {
  try {
    return createRequire(import.meta.url).resolve(`node-${process.platform}-${process.arch}/bin/node`);
  } catch {
    process.stderr.write(
      `til needs Node.js 24 or later; this is ${process.version}. On Linux (x64, arm64) npm brings it along; on macOS install it yourself, on Windows work in WSL 2.\n`,
    );
    return process.exit(1);
  }
}
