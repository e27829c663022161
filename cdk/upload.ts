import { readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import { DeleteObjectsCommand, ListObjectVersionsCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';

const TYPES: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
};

/** Where files come from and go to. */
export interface Upload {
  client: S3Client;
  bucket: string;
  folder: string;
  /** What the page says of itself before its code runs; without it, what was built. */
  page?: PageSaid;
}

/** Where the page will be, and what it shows. */
export interface PageSaid {
  address: string;
  challenges: readonly { channel: string; name?: string }[];
}

/**
 * Puts a built page into its bucket and gives the keys in the order in which they went: what is pointed at before what points, the
 * page last, so that nobody meets half of it. What an older page points at stays, for those who have that page open.
 */
export const uploadSite = async ({ client, bucket, folder, page }: Upload): Promise<string[]> => {
  const files = filesIn(folder).sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
  if (!files.includes('index.html')) {
    throw new Error(`${folder} holds no built page: expected an index.html, got ${files.length} other files`);
  }
  for (const key of files) {
    await client.send(
      new PutObjectCommand({
        Bucket: bucket,
        Key: key,
        Body: key === 'index.html' ? pageOf(join(folder, key), page) : readFileSync(join(folder, key)),
        ContentType: typeOf(key),
        CacheControl: isNamedByContent(key) ? 'public, max-age=31536000, immutable' : 'no-cache',
      }),
    );
  }
  return files;
};

/**
 * The page with its picture named in full, for those who show a link to it, with the challenges' names for a title, and with their
 * channels, so that its first questions need not wait for their list. Nothing runs when it is fetched, so it has no week's numbers.
 */
const pageOf = (path: string, page: PageSaid | undefined) => {
  const built = readFileSync(path);
  if (!page) return built;
  const { address, challenges } = page;
  const title = escaped(challenges.map(({ name = 'TIL' }) => name).join(' · '));
  const channels = escaped(challenges.map(({ channel }) => channel).join(' '));
  return Buffer.from(
    built
      .toString()
      .replaceAll('content="./', () => `content="${escaped(address.replace(/\/*$/, '/'))}`)
      .replaceAll(/(<title>|:title" content=")TIL 챌린지/g, (_, before: string) => before + title)
      .replace('<!--/til:head-->', () => `<meta name="til" content="${channels}">`),
  );
};

const escaped = (text: string) => text.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);

/** Removes all objects of a bucket, in all their versions, and says how many. */
export const emptyBucket = async (client: S3Client, bucket: string): Promise<number> => {
  for (let removed = 0; ; ) {
    const { Versions = [], DeleteMarkers = [] } = await client.send(new ListObjectVersionsCommand({ Bucket: bucket }));
    const all = [...Versions, ...DeleteMarkers].map(({ Key, VersionId }) => ({ Key, VersionId }));
    if (all.length === 0) return removed;
    // At most 1,000 come in a listing, and as many may go in a call.
    const { Errors = [] } = await client.send(
      new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects: all, Quiet: true } }),
    );
    const [first] = Errors;
    if (first) throw new Error(`s3://${bucket}/${first.Key} cannot be deleted: ${first.Code}`);
    removed += all.length;
  }
};

// CloudFront compresses by itself; the `.gz` beside a file are for `til serve`.
const filesIn = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.gz'))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'));

/** Vite puts the hash of a file's content into the names of what it bundles, and only there. */
const isNamedByContent = (key: string) => /^assets\/.+-[\w-]{8}\.\w+$/.test(key);

const rank = (key: string) => (key === 'index.html' ? 2 : isNamedByContent(key) ? 0 : 1);

const typeOf = (key: string) => {
  const type = TYPES[extname(key)];
  if (type) return type;
  throw new Error(
    `${key}: expected a type of file that the dashboard may hold, got "${extname(key)}"; see cdk/upload.ts`,
  );
};
