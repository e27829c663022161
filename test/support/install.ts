import { spawnSync } from 'node:child_process';
import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A package in a lock file. */
interface LockedPackage {
  version: string;
  dev?: boolean;
  devOptional?: boolean;
  optional?: boolean;
  peer?: boolean;
}

/** The packages of a lock file that are needed to run, by their paths (`node_modules/…`). */
export const neededIn = (root: string): [string, LockedPackage][] => {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, LockedPackage>;
  };
  return Object.entries(packages).filter(([path, { dev, devOptional }]) => path !== '' && !dev && !devOptional);
};

/**
 * `npm ci` of what is needed to run, without the network: from npm's cache, as `npm ci` in this checkout has left it; where there is no
 * such cache, the same packages are copied from this checkout.
 */
export const installNeeded = (
  folder: string,
  checkout: string,
  environment: Record<string, string>,
): 'by npm' | 'copied' => {
  const words = ['ci', '--omit=dev', '--omit=optional', '--offline', '--silent'];
  if (spawnSync('npm', words, { cwd: folder, env: environment }).status === 0) return 'by npm';
  for (const [path, { optional }] of neededIn(checkout))
    if (!optional) cpSync(join(checkout, path), join(folder, path), { recursive: true });
  return 'copied';
};
