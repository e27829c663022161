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

/** One bucket: conditional writes as S3 documents them, and keys in UTF-8 byte order. */
export class S3Objects {
  readonly objects = new Map<string, S3Object>();
  private keys: string[] = [];

  get(key: string): S3Object {
    const found = this.objects.get(key);
    if (!found) throw new S3Failure(404, 'NoSuchKey', 'The specified key does not exist.');
    return found;
  }

  put(key: string, object: Omit<S3Object, 'etag'>, condition: Condition): string {
    this.check(key, condition);
    if (!this.objects.has(key)) this.keys.splice(this.firstAfter(key), 0, key);
    const etag = `"${createHash('md5').update(object.bytes).digest('hex')}"`;
    this.objects.set(key, { ...object, etag });
    return etag;
  }

  delete(key: string): void {
    if (this.objects.delete(key)) this.keys.splice(this.keys.indexOf(key), 1);
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
