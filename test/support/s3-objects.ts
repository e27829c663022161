import { createHash } from 'node:crypto';
import { S3Failure } from './s3-wire.ts';

/** An object with what S3 keeps beside the bytes. */
export interface S3Object {
  bytes: Buffer;
  etag: string;
  contentType: string;
  cacheControl: string | undefined;
}

/** What a PUT may demand: `none` is `If-None-Match`, `match` is `If-Match`. */
export interface Condition {
  none: string | undefined;
  match: string | undefined;
}

const compareKeys = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));

/** A version of an object; a delete marker holds none. */
export interface S3Version {
  id: string;
  object?: S3Object;
}

/** One bucket: conditional writes as S3 documents them, and keys in UTF-8 byte order. With `versioned` nothing is lost by a put or a delete. */
export class S3Objects {
  readonly objects = new Map<string, S3Object>();
  /** All versions there are, by key, the newest first. Where none are kept, the one has the id `null`. */
  readonly history = new Map<string, S3Version[]>();
  private keys: string[] = [];
  private readonly versioned: boolean;
  private count = 0;

  constructor(versioned = false) {
    this.versioned = versioned;
  }

  get(key: string): S3Object {
    const found = this.objects.get(key);
    if (!found) throw new S3Failure(404, 'NoSuchKey', 'The specified key does not exist.');
    return found;
  }

  put(key: string, object: Omit<S3Object, 'etag'>, condition: Condition): string {
    this.check(key, condition);
    const etag = `"${createHash('md5').update(object.bytes).digest('hex')}"`;
    this.add(key, { ...object, etag });
    return etag;
  }

  /** Without a version's id, a versioned bucket only puts a marker on top. */
  delete(key: string, id?: string): void {
    if (id === undefined && this.versioned) this.add(key);
    else this.show(key, id === undefined ? [] : this.versionsOf(key).filter((version) => version.id !== id));
  }

  /** Every version of every key that begins with `prefix`, in S3's order. */
  versions(prefix: string): { key: string; version: S3Version }[] {
    const keys = [...this.history.keys()].filter((key) => key.startsWith(prefix)).sort(compareKeys);
    return keys.flatMap((key) => this.versionsOf(key).map((version) => ({ key, version })));
  }

  private versionsOf(key: string): S3Version[] {
    return this.history.get(key) ?? [];
  }

  private add(key: string, object?: S3Object): void {
    const version = { id: this.versioned ? `v${++this.count}` : 'null', ...(object && { object }) };
    this.show(key, [version, ...(this.versioned ? this.versionsOf(key) : [])]);
  }

  /** What is on top of a key's versions is what a GET sees. */
  private show(key: string, versions: S3Version[]): void {
    if (versions.length > 0) this.history.set(key, versions);
    else this.history.delete(key);
    const current = versions[0]?.object;
    const isListed = this.objects.has(key);
    if (current && !isListed) this.keys.splice(this.firstAfter(key), 0, key);
    if (!current && isListed) this.keys.splice(this.keys.indexOf(key), 1);
    if (current) this.objects.set(key, current);
    else this.objects.delete(key);
  }

  /**
   * Up to `max` keys that begin with `prefix`, after `after`, and whether there are more. With a delimiter, all keys that go on alike up to
   * it are one, in `folders`, and count as one.
   */
  list(
    prefix: string,
    after: string,
    max: number,
    delimiter = '',
  ): { keys: string[]; folders: string[]; more: boolean } {
    const keys: string[] = [];
    const folders: string[] = [];
    // Where the prefix begins, itself included, or where the last page ended.
    for (let index = Math.max(this.firstAfter(after), this.firstNotBefore(prefix)); index < this.keys.length; index++) {
      const key = this.keys[index] ?? '';
      if (!key.startsWith(prefix)) break;
      const end = delimiter ? key.indexOf(delimiter, prefix.length) : -1;
      const folder = end < 0 ? undefined : key.slice(0, end + 1);
      if (folder !== undefined && folder === folders.at(-1)) continue;
      if (keys.length + folders.length === max) return { keys, folders, more: true };
      if (folder === undefined) keys.push(key);
      else folders.push(folder);
    }
    return { keys, folders, more: false };
  }

  private check(key: string, { none, match }: Condition): void {
    if (none !== undefined && none !== '*') {
      throw new S3Failure(501, 'NotImplemented', 'A header you provided implies functionality that is not implemented');
    }
    if (none === '*' && this.objects.has(key)) throw preconditionFailed();
    if (match === undefined) return;
    if (this.get(key).etag.replaceAll('"', '') !== match.replaceAll('"', '')) throw preconditionFailed();
  }

  private firstAfter(key: string): number {
    return this.firstIndex((other) => compareKeys(other, key) > 0);
  }

  private firstNotBefore(key: string): number {
    return this.firstIndex((other) => compareKeys(other, key) >= 0);
  }

  /** The index of the first key that fits; all behind it must fit too. */
  private firstIndex(fits: (key: string) => boolean): number {
    let low = 0;
    let high = this.keys.length;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (fits(this.keys[middle] ?? '')) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}

const preconditionFailed = () =>
  new S3Failure(412, 'PreconditionFailed', 'At least one of the pre-conditions you specified did not hold');
