import { existsSync, realpathSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { Addresses } from './environment.ts';
import { folderOf } from './open.ts';

/** A path as the disk knows it: links are followed as far as anything is there. */
export const realPath = (path: string): string => {
  const whole = resolve(path);
  if (existsSync(whole)) return realpathSync(whole);
  const above = dirname(whole);
  return above === whole ? whole : join(realPath(above), basename(whole));
};

/** Whether a path is a folder, or lies in it. */
export const isWithin = (path: string, folder: string): boolean =>
  `${realPath(path)}/`.startsWith(`${realPath(folder).replace(/\/$/, '')}/`);

/** What makes a folder a place where the page must not go: a folder that is the program's, or a file that people keep. */
export type Occupied = { by: 'folder' | 'file'; path: string };

/** The names of files that people keep beside their data, and that are no part of a page. */
const KEPT = ['package.json', 'til.config.ts', '.env', '.til-init.json', 'til.demo.json'];

/**
 * Why the page may not be written into a folder: because log, state or queue, or another folder of `own`, is that folder, lies in it or around
 * it, or because it holds the configuration or another file that people keep. Undefined where nothing speaks against it.
 */
export const occupiedBy = (
  place: string,
  addresses: Addresses,
  { own, config }: { own: readonly string[]; config: string },
): Occupied | undefined => {
  const { log, state, queue } = addresses;
  const local = [log, state, queue]
    .filter((address) => address.startsWith('file:'))
    .flatMap((at) => folderOf(at) ?? []);
  const folder = [...local, ...own].find((each) => isWithin(place, each) || isWithin(each, place));
  if (folder !== undefined) return { by: 'folder', path: folder };
  const files = [
    ...KEPT.map((name) => join(place, name)),
    ...(dirname(resolve(config)) === resolve(place) ? [config] : []),
  ];
  const file = files.find((each) => existsSync(each));
  return file === undefined ? undefined : { by: 'file', path: file };
};
