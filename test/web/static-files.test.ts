import { once } from 'node:events';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { uploadSite } from '../../cdk/upload.ts';
import { staticFiles } from '../../src/web/static-files.ts';
import { temporaryFolder } from '../support/serving.ts';

const { folder, remove } = temporaryFolder();
const page = join(folder, 'page');
const script = 'assets/index-YwYhoJfF.js';
let origin = '';
let close: () => void;

const write = (name: string, text: string): void => {
  mkdirSync(join(page, name, '..'), { recursive: true });
  writeFileSync(join(page, name), text);
};

beforeAll(async () => {
  for (const name of ['index.html', script, 'assets/plain.css', 'icon.svg', 'early.js']) write(name, `the ${name}`);
  writeFileSync(join(page, `${script}.gz`), gzipSync(`the ${script}`));
  write('.hidden', 'secret');
  writeFileSync(join(folder, 'secret.txt'), 'secret');
  symlinkSync('.', join(page, 'around'));
  const files = staticFiles(page);
  const server = createServer((request, response) => {
    files(request.url ?? '/', request, response).then(
      (found) => found || response.writeHead(404).end(),
      () => response.writeHead(503).end(),
    );
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  close = () => server.close();
});
afterAll(() => {
  close();
  remove();
});

const get = (path: string, headers: Record<string, string> = {}) => fetch(`${origin}/${path}`, { headers });

test('a file has the type and the age that it has on AWS', async () => {
  const uploaded: PutObjectCommand['input'][] = [];
  const client = { send: async ({ input }: PutObjectCommand) => void uploaded.push(input) } as unknown as S3Client;
  rmSync(join(page, '.hidden'));
  rmSync(join(page, 'around'));
  await uploadSite({ client, bucket: 'site', folder: page });
  expect(uploaded).toHaveLength(5);
  for (const { Key, ContentType, CacheControl } of uploaded) {
    const { status, headers } = await get(String(Key));
    expect([Key, status, headers.get('content-type'), headers.get('cache-control')]).toEqual([
      Key,
      200,
      ContentType,
      CacheControl,
    ]);
  }
  expect((await get('')).headers.get('cache-control')).toBe('no-cache');
  write('.hidden', 'secret');
});

test('what somebody has already does not come again, and HEAD has no body', async () => {
  const first = await get('icon.svg');
  const etag = String(first.headers.get('etag'));
  expect(await first.text()).toBe('the icon.svg');
  expect((await get('icon.svg', { 'if-none-match': `W/"x", ${etag}` })).status).toBe(304);
  write('icon.svg', 'another');
  expect((await get('icon.svg', { 'if-none-match': etag })).status).toBe(200);
  const head = await fetch(`${origin}/icon.svg`, { method: 'HEAD' });
  expect([head.status, await head.text()]).toEqual([200, '']);
});

test('what lies compressed beside a file goes to those who take that', async () => {
  const encodingFor = async (accepted: string) => {
    const answer = await get(script, { 'accept-encoding': accepted });
    expect(await answer.text()).toBe(`the ${script}`);
    return [answer.headers.get('content-encoding'), answer.headers.get('vary')];
  };
  expect(await encodingFor('gzip')).toEqual(['gzip', 'accept-encoding']);
  expect(await encodingFor('identity')).toEqual([null, 'accept-encoding']);
});

test.each([
  '../secret.txt',
  '%2e%2e/secret.txt',
  '..%2fsecret.txt',
  'assets/..%2f..%2fsecret.txt',
  '.hidden',
  '%2ehidden',
  'index.html%00',
  '%',
  '//etc/passwd',
  'assets',
  'assets/',
  'index.html/',
  'index.html/x',
  'x'.repeat(3000),
  '..\\secret.txt',
])('%s leads nowhere', async (path) => {
  const answer = await get(path);
  expect(answer.status).toBe(404);
  expect(await answer.text()).not.toContain('secret');
});

test('a page that is built anew, or removed, while it is served disturbs nobody', async () => {
  const statuses = new Set<number>();
  for (let time = 0; time < 100; time++) {
    const asked = Promise.all([get(script), get('early.js')]);
    rmSync(page, { recursive: true });
    for (const name of ['early.js', script]) write(name, 'new');
    for (const { status } of await asked) statuses.add(status);
  }
  for (const status of statuses) expect([200, 404]).toContain(status);
  rmSync(page, { recursive: true });
  expect((await get('')).status).toBe(404);
});
