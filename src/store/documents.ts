import { Conflict } from '../events/errors.ts';
import { parseJson } from '../events/json.ts';
import type { Bucket, Stored } from './bucket.ts';
import { createCanonical } from './kept-bytes.ts';
import { sharing } from './sharing.ts';

// Strict, so that bytes that are no longer text, or have a mark before it, never read like those that were written.
const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** A JSON document as it was loaded: its value (undefined when there is none), and what a compare-and-swap needs. */
export interface Document<T> {
  key: string;
  value: T | undefined;
  etag: string | undefined;
  bytes: Uint8Array | undefined;
}

/**
 * Derived JSON documents on a bucket: loaded through a memory, saved by compare-and-swap and only when they change. The memory may be
 * stale when other processes write: then a save throws Conflict, and the caller begins again after `forget`. Where others write at any time,
 * whoever begins something new calls `forget` before. Whoever saves a document must have loaded it *before* what its new value is computed
 * from: then a save that succeeds cannot undo newer work.
 */
export interface Documents {
  load<T>(key: string): Promise<Document<T>>;
  /** Loads past the memory: for what is decided once and for ever. */
  reload<T>(key: string): Promise<Document<T>>;
  /** Looks past the memory: is the stored document still the one that was loaded? */
  unchanged(document: Document<unknown>): Promise<boolean>;
  /**
   * Writes the value if it differs from the document's, and gives the document as it is then; undefined when there was nothing to
   * write. `from it`: the value was made from the document's, and has the same parts wherever nothing changed. Throws Conflict when the
   * document has changed since it was loaded.
   */
  save<T>(document: Document<T>, value: T, made?: 'from it'): Promise<Document<T> | undefined>;
  /** Trusts nothing that is remembered: all is looked at again, and what is as it was needs no parsing. */
  forget(): void;
}

/** Opens the documents of a bucket; remembers up to `limit` of them. */
export const openDocuments = (bucket: Bucket, { limit = 5000 }: { limit?: number } = {}): Documents => {
  const memory = new Map<string, Document<unknown>>();
  /** Those that are known to be what is stored, as far as nobody else writes. */
  const trusted = new Set<string>();
  const canonical = createCanonical();

  const remember = <T>(document: Document<T>): Document<T> => {
    const { key } = document;
    memory.delete(key);
    memory.set(key, document);
    trusted.add(key);
    if (memory.size > limit) drop(memory.keys().next().value as string);
    return document;
  };

  const drop = (key: string): void => {
    memory.delete(key);
    trusted.delete(key);
  };

  // Counts saves and forgets: what was read from the bucket before one of them may be old, and is not remembered over it.
  let changes = 0;

  const known = <T>(key: string): Document<T> | undefined =>
    trusted.has(key) ? (memory.get(key) as Document<T> | undefined) : undefined;

  /** What is stored. Only what is new of it is parsed, and of that, whatever is as it was keeps its identity. */
  const read = async <T>(key: string): Promise<Document<T>> => {
    const before = changes;
    const last = memory.get(key) as Document<T> | undefined;
    const stored = await bucket.get(key, asStored(last));
    const document = last && stored?.etag === last.etag ? last : documentOf<T>(key, stored, last?.value);
    if (before === changes) return remember(document);
    return known<T>(key) ?? document;
  };

  return {
    load: async <T>(key: string) => known<T>(key) ?? read<T>(key),
    reload: read,

    unchanged: async (document) => (await bucket.get(document.key, asStored(document)))?.etag === document.etag,

    save: async <T>({ key, etag, bytes: last, value: before }: Document<T>, next: T, made?: 'from it') => {
      const value = made ? next : sharing(before, next);
      const bytes = canonical(value, last);
      if (bytes === last) return undefined;
      try {
        const written = await writeDocument(bucket, key, bytes, etag);
        changes += 1;
        return remember({ key, value, bytes, etag: written });
      } catch (error) {
        changes += 1;
        trusted.delete(key);
        throw error;
      }
    },

    forget: () => {
      changes += 1;
      trusted.clear();
    },
  };
};

/** Reads a document from the bucket. One that is damaged has no value, but an ETag: it can be replaced. */
export const readDocument = async <T>(bucket: Bucket, key: string): Promise<Document<T>> =>
  documentOf<T>(key, await bucket.get(key));

/** The value of a document's bytes; undefined when they are damaged. */
export const documentIn = (bytes: Uint8Array): unknown => parseJson(decode(bytes));

/** Whether bytes can be read as a document. */
export const isDocument = (bytes: Uint8Array): boolean => documentIn(bytes) !== undefined;

const asStored = ({ bytes, etag }: Partial<Document<unknown>> = {}): Stored | undefined =>
  bytes && etag !== undefined ? { bytes, etag } : undefined;

const documentOf = <T>(key: string, stored: Stored | undefined, last?: T): Document<T> => {
  if (!stored) return { key, value: undefined, etag: undefined, bytes: undefined };
  const { bytes, etag } = stored;
  return { key, value: sharing(last, parseJson(decode(bytes)) as T | undefined), etag, bytes };
};

/** The text of a document; empty, as no document is, when the bytes are no text. */
const decode = (bytes: Uint8Array): string => {
  try {
    return text.decode(bytes);
  } catch {
    return '';
  }
};

/** Writes a document if it is still as `etag` says (undefined: if there is none), and gives its new ETag. Throws Conflict otherwise. */
export const writeDocument = async (
  bucket: Bucket,
  key: string,
  bytes: Uint8Array,
  etag: string | undefined,
): Promise<string> => {
  if (etag !== undefined) return bucket.putIf(key, bytes, etag);
  const put = await bucket.putNew(key, bytes);
  if (put.created) return put.etag;
  const stored = await bucket.get(key);
  if (stored && Buffer.compare(stored.bytes, bytes) === 0) return stored.etag; // Our own earlier, unclear put.
  throw new Conflict(`${key}: somebody else has created it`);
};
