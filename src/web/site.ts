import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { Refused } from '../events/errors.ts';
import { type Bucket, listAll, validKey } from '../store/bucket.ts';
import { makeFolders } from '../store/folders.ts';

/** What one round of publishing did to the files. */
export interface Published {
  /** Paths in the folder, in the order in which they were written. */
  written: string[];
  /** Snapshots that are no more, such as those of somebody who was forgotten. */
  removed: string[];
}

/** Where the page comes from and goes to. */
export interface SitePlaces {
  /** The folder of the built page. */
  page: string;
  state: Bucket;
  /** Where the static files go; made when it is not there. */
  folder: string;
  /** Puts what is known by now into the page's HTML. */
  fill?: (html: string) => Promise<string>;
}

/** What nobody's server says of a static page, so the page says it itself. `frame-ancestors` only counts in a header. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; object-src 'none'; form-action 'none'";
const CHARSET = '<meta charset="utf-8">';
const HEAD = `${CHARSET}
    <meta http-equiv="content-security-policy" content="${POLICY}">
    <meta name="referrer" content="no-referrer">`;

/** Tells this page's index.html from any other. */
const OURS = 'src="./early.js"';

/**
 * Publishes the page as static files. The function it gives does one round: it writes what differs from what lies in the folder, what is
 * pointed at before what points, and removes snapshots that are gone. Between rounds it remembers what it has written. Throws `Refused`, and
 * changes nothing, for a folder that holds another page, when the page is not built, and when there is no snapshot at all.
 */
export const siteWriter = ({ page, state, folder, fill }: SitePlaces): (() => Promise<Published>) => {
  const known = new Map<string, string>();

  const pageFiles = async (): Promise<[string, Uint8Array][]> => {
    const names = filesIn(page).filter((name) => !name.endsWith('.gz'));
    if (!names.includes('index.html'))
      throw new Refused(`${page}: expected the built page, got none; "npm run build" builds it`);
    const byRank = names.sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
    const index = await indexOf(page, fill);
    return byRank.map((name) => [name, name === 'index.html' ? index : readFileSync(join(page, name))]);
  };

  return async () => {
    requireOurs(folder);
    const written: string[] = [];
    const put = (name: string, bytes: Uint8Array): void => {
      if (writeIfOther(join(folder, name), bytes)) written.push(name);
    };
    const files = await pageFiles();
    const there = new Set<string>();
    for (const { key, etag } of await snapshotsIn(state)) {
      const isKept = known.get(key) === etag && existsSync(join(folder, key));
      const stored = isKept ? undefined : await state.get(key);
      if (!isKept && !stored) continue; // Gone since it was listed.
      there.add(key);
      if (stored) put(key, stored.bytes);
      known.set(key, etag);
    }
    for (const [name, bytes] of files) put(name, bytes);
    put('.nojekyll', new Uint8Array()); // GitHub Pages would look for pages to build.
    return { written, removed: removeOthers(folder, there) };
  };
};

/** All snapshots, those that list others last. Where there is none, an address has a slip in it: nothing may be removed for that. */
const snapshotsIn = async (state: Bucket) => {
  const entries: { key: string; etag: string }[] = [];
  for await (const entry of listAll(state, 'snapshots/')) entries.push(entry);
  if (!entries.some(({ key }) => key === CHALLENGES))
    throw new Refused(
      'there are no snapshots to publish: expected the place where the server keeps them, named by TIL_STATE',
    );
  return entries.sort((a, b) => rank(a.key) - rank(b.key));
};

const CHALLENGES = 'snapshots/challenges.json';

/** Snapshots that list others come after them; of the page, what points comes last. */
const rank = (name: string): number => {
  if (name === 'index.html' || name === CHALLENGES) return 3;
  if (/^snapshots\/[^/]+\/index\.json$/.test(name)) return 2;
  return name.startsWith('assets/') ? 0 : 1;
};

const indexOf = async (page: string, fill: SitePlaces['fill']): Promise<Uint8Array> => {
  const html = readFileSync(join(page, 'index.html'), 'utf8');
  if (!html.includes(CHARSET) || !html.includes(OURS))
    throw new Refused(`${page}: expected the page of this project, got another`);
  return Buffer.from(((await fill?.(html)) ?? html).replace(CHARSET, HEAD));
};

const requireOurs = (folder: string): void => {
  const index = join(folder, 'index.html');
  if (existsSync(index) && !readFileSync(index, 'utf8').includes(OURS))
    throw new Refused(
      `${folder} holds another page (index.html): expected an empty folder, or one that was published to`,
    );
};

/** Writes a file unless it holds these bytes; says whether it did. Nobody reads half of one. */
const writeIfOther = (path: string, bytes: Uint8Array): boolean => {
  if (existsSync(path) && Buffer.compare(readFileSync(path), bytes) === 0) return false;
  makeFolders(dirname(path));
  const temporary = `${path}.${process.pid}.tmp`;
  writeFileSync(temporary, bytes);
  renameSync(temporary, path);
  return true;
};

/** Removes what looks like a snapshot and is none of these. */
const removeOthers = (folder: string, there: ReadonlySet<string>): string[] => {
  const snapshots = join(folder, 'snapshots');
  if (!existsSync(snapshots)) return [];
  const gone = filesIn(snapshots)
    .map((name) => `snapshots/${name}`)
    .filter((key) => !there.has(key) && (key.endsWith('.tmp') || (validKey(key) && key.endsWith('.json'))));
  for (const key of gone) rmSync(join(folder, key), { force: true });
  return gone;
};

/** The paths of all files of a folder, with `/` between their parts. */
const filesIn = (folder: string): string[] =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    : [];
