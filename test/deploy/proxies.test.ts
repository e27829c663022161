import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { portOf } from '../../src/cli/serve.ts';
import { MAX_BODY_BYTES, SLACK_PATHS } from '../../src/host/ingest.ts';

// The proxies' configurations against the server that stands behind them.
const read = (name: string): string => readFileSync(new URL(`../../deploy/${name}`, import.meta.url), 'utf8');
const UNITS: Record<string, number> = { MiB: 2 ** 20, MB: 10 ** 6, m: 2 ** 20, k: 2 ** 10 };
const bytes = (pattern: RegExp, text: string): number => {
  const [, size, unit] = pattern.exec(text) ?? [];
  return Number(size) * (UNITS[unit ?? ''] ?? Number.NaN);
};

test('they lead to the port at which the server listens, on this machine', () => {
  const address = `127.0.0.1:${portOf({})}`;
  expect(read('Caddyfile')).toContain(`reverse_proxy ${address} {`);
  expect(read('nginx.conf')).toContain(`server ${address};`);
});

test('every path is passed on as it is: the page, its link, health, and what Slack calls', () => {
  const nginx = read('nginx.conf');
  expect([...nginx.matchAll(/location (\S+)/g)].map(([, path]) => path)).toEqual(['/']);
  expect(nginx).toContain('proxy_pass http://til;'); // With a path behind it nginx would change the path.
  expect(read('Caddyfile')).not.toMatch(/\b(handle|handle_path|rewrite|uri|route|redir)\b/);
  for (const path of SLACK_PATHS) expect(path.startsWith('/')).toBe(true);
});

test('what Slack may send gets through', () => {
  expect(bytes(/max_size (\d+)(\w+)/, read('Caddyfile'))).toBeGreaterThanOrEqual(MAX_BODY_BYTES);
  expect(bytes(/client_max_body_size (\d+)(\w)/, read('nginx.conf'))).toBeGreaterThanOrEqual(MAX_BODY_BYTES);
});

test('behind nginx the server is told of TLS, and connections to it are used again; Caddy does both by itself', () => {
  const nginx = read('nginx.conf');
  expect(nginx).toContain('proxy_set_header X-Forwarded-Proto $scheme;');
  expect(nginx).toMatch(/^\s*keepalive \d+;$/m);
  expect(nginx).toContain('proxy_http_version 1.1;');
  expect(nginx).toContain('proxy_set_header Connection "";');
});
