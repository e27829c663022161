import { execFileSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';

// Makes sure that there is a browser for the tests of the pages: Debian's Chromium, installed when it is missing.

const path = process.env['CHROMIUM'] ?? '/usr/bin/chromium';

const isThere = (): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

const explain = (why: string): never => {
  process.stderr.write(
    `The browser tests need Chromium at ${path}: ${why}.\nInstall it ("apt-get install -y chromium fonts-noto-cjk" as root), or name another with CHROMIUM=/path/to/chromium.\n`,
  );
  process.exit(1);
};

const install = (): void => {
  if (process.env['CHROMIUM']) explain('CHROMIUM names a file that is not there');
  if (process.platform !== 'linux' || process.getuid?.() !== 0)
    explain('it is not there, and only root may install it');
  process.stderr.write('Installing Chromium for the browser tests …\n');
  const options = {
    stdio: ['ignore', 'ignore', 'inherit'] as ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  };
  try {
    execFileSync('apt-get', ['update'], options);
    // The fonts are for the Hangul on screenshots; recommended packages are of no use to a headless browser.
    execFileSync('apt-get', ['install', '-y', '--no-install-recommends', 'chromium', 'fonts-noto-cjk'], options);
  } catch {
    explain('apt-get could not install it');
  }
};

if (!isThere()) install();
if (!isThere()) explain('it is still not there');
