import { readFileSync } from 'node:fs';

/** This program's version, such as 0.1.0. The same from the sources and from the bundle: both lie two folders below it. */
export const version = (): string =>
  (JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }).version;
