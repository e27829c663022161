import type { IncomingMessage } from 'node:http';
import { crc32 } from 'node:zlib';

/** An answer S3 would give instead of doing what was asked. */
export class S3Failure extends Error {
  readonly status: number;
  readonly code: string;
  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

const escapeXml = (text: string) => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

/** `<name>text</name>`, or with nested elements. */
export const element = (name: string, ...content: (string | { xml: string })[]): { xml: string } => ({
  xml: `<${name}>${content.map((part) => (typeof part === 'string' ? escapeXml(part) : part.xml)).join('')}</${name}>`,
});

/** A whole XML document. */
export const document = (root: { xml: string }): string => `<?xml version="1.0" encoding="UTF-8"?>\n${root.xml}`;

/** The body as it was meant: whole, out of its `aws-chunked` wrapping if it has one, and equal to its checksum. */
export const readBody = async (request: IncomingMessage): Promise<Buffer> => {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece);
  const raw = Buffer.concat(pieces);
  const chunked = request.headers['content-encoding']?.includes('aws-chunked') === true;
  const { bytes, trailers } = chunked ? unwrap(raw) : { bytes: raw, trailers: new Map<string, string>() };
  const expected = trailers.get('x-amz-checksum-crc32') ?? request.headers['x-amz-checksum-crc32'];
  if (expected !== undefined && expected !== checksumOf(bytes)) {
    throw new S3Failure(400, 'BadDigest', 'The CRC32 you specified did not match what we received.');
  }
  return bytes;
};

/** CRC-32 in the form of the `x-amz-checksum-crc32` header. */
export const checksumOf = (bytes: Uint8Array): string => {
  const number = Buffer.alloc(4);
  number.writeUInt32BE(crc32(bytes));
  return number.toString('base64');
};

/** `<hex size>[;signature]CRLF <bytes> CRLF … 0 CRLF name:value CRLF CRLF` */
const unwrap = (raw: Buffer) => {
  const parts: Buffer[] = [];
  let offset = 0;
  for (;;) {
    const end = raw.indexOf('\r\n', offset);
    const size = Number.parseInt(raw.toString('latin1', offset, end), 16);
    offset = end + 2;
    if (size === 0) break;
    parts.push(raw.subarray(offset, offset + size));
    offset += size + 2;
  }
  const lines = raw.toString('latin1', offset).split('\r\n').filter(Boolean);
  const trailers = new Map(lines.map((line) => line.split(/:(.*)/).slice(0, 2) as [string, string]));
  return { bytes: Buffer.concat(parts), trailers };
};
