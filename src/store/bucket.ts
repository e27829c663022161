/**
 * THE port to storage. Whoever implements it promises what the comments say; `test/contract/bucket.ts` checks it.
 *
 * Keys are `/`-separated components of `[A-Za-z0-9._-]`, none of them `.` or `..`, at most 1,024 bytes. An object is absent
 * or whole, never half written. After a put has returned, the object survives power loss (unless the bucket was opened for what can be
 * computed again, see `Doubt`), and every later get or list, from any process, sees it. All methods throw `Unavailable` when the storage cannot be reached and may then be called again.
 */
export interface Bucket {
  /**
   * The object's bytes and ETag (opaque; equal for equal bytes is not promised), or undefined when there is none. Whoever has read it
   * before may say what is `known` of it: as long as the object has that ETag, this may be given back, and no bytes are moved.
   */
  get(key: string, known?: Stored): Promise<Stored | undefined>;

  /**
   * One page of the keys that begin with `prefix`, in UTF-8 byte order, those after `after` only. `next` is the key to pass as
   * `after` for the following page; it is absent on the last one.
   */
  list(prefix: string, after?: string): Promise<Page>;

  /** The names of the folders right under `prefix`, which is empty or ends in `/`: `a` when a key begins with `${prefix}a/`. Ascending. */
  folders(prefix: string): Promise<string[]>;

  /**
   * Creates the object if there is none. Of many concurrent callers, in any number of processes, exactly one creates.
   * `created: false` says that an object is there already, and nothing was written. A call that is repeated after an unclear
   * answer may therefore find its own object: compare the bytes.
   */
  putNew(key: string, bytes: Uint8Array): Promise<{ created: true; etag: string } | { created: false }>;

  /** Replaces the object if its ETag is still `etag`, and gives the new ETag. Throws `Conflict` when it is not, or when there is no object. */
  putIf(key: string, bytes: Uint8Array, etag: string): Promise<string>;
}

/** An object as it was read. */
export interface Stored {
  bytes: Uint8Array;
  etag: string;
}

/** A page of a listing. Sizes are in bytes. */
export interface Page {
  entries: { key: string; etag: string; size: number }[];
  next?: string;
}

const PART = '(?!\\.\\.?(?:/|$))[A-Za-z0-9._-]{1,255}';
const NAME = new RegExp(`^${PART}$`);
const KEY = new RegExp(`^${PART}(?:/${PART})*$`);

/** Says whether a component of a key has the form that every adapter can store. */
export const validName = (name: string): boolean => NAME.test(name);

/** Says whether a key has the form that every adapter can store. */
export const validKey = (key: string): boolean => key.length <= 1024 && KEY.test(key);

/** All pages of the keys that begin with `prefix`. */
export async function* pagesOf(bucket: Bucket, prefix: string): AsyncGenerator<Page['entries']> {
  let after: string | undefined;
  do {
    const page: Page = await bucket.list(prefix, after);
    yield page.entries;
    after = page.next;
  } while (after !== undefined);
}

/** All keys that begin with `prefix`, over all pages. */
export async function* listAll(bucket: Bucket, prefix: string): AsyncGenerator<Page['entries'][number]> {
  for await (const entries of pagesOf(bucket, prefix)) yield* entries;
}
