import { Refused } from '../events/errors.ts';
import { digestOf } from '../store/digest.ts';
import type { Job, NewJob } from './queue.ts';

/** A job as SQS wants it, with the bytes it counts for. */
export interface SqsEntry {
  message: {
    MessageBody: string;
    MessageGroupId: string;
    MessageDeduplicationId: string;
    MessageAttributes?: Record<string, { DataType: 'String'; StringValue: string }>;
  };
  bytes: number;
}

// docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html: queues made before August 2025 and
// most other servers take 256 KiB, body and attributes together; a batch as much in all.
const MAX_BYTES = 262_144;
const MAX_ENTRIES = 10;

/** Whether a job is larger than SQS takes. */
export const isTooLarge = (job: NewJob): boolean => measuredEntryOf(job).bytes > MAX_BYTES;

/** The message for a job. Throws `Refused` when it is larger than SQS takes. */
export const entryOf = (job: NewJob): SqsEntry => {
  const entry = measuredEntryOf(job);
  if (entry.bytes <= MAX_BYTES) return entry;
  throw new Refused(
    `job ${job.id.slice(0, 200)} is too large for SQS: expected at most ${MAX_BYTES} bytes, got ${entry.bytes}`,
  );
};

const measuredEntryOf = (job: NewJob): SqsEntry => {
  const body = toWire(job.body);
  const [id, group] = [nameFor(job.id), nameFor(job.group)];
  // A name that had to be hashed is sent along, so that the taker sees the name that was put.
  const originals = { ...(id !== job.id && { id: job.id }), ...(group !== job.group && { group: job.group }) };
  const attributes = Object.entries(originals).map(([name, text]) => [name, toWire(text)] as const);
  const bytes = attributes.reduce(
    (sum, parts) => sum + Buffer.byteLength(parts.join('String')),
    Buffer.byteLength(body),
  );
  const message: SqsEntry['message'] = { MessageBody: body, MessageGroupId: group, MessageDeduplicationId: id };
  if (attributes.length > 0) {
    message.MessageAttributes = Object.fromEntries(
      attributes.map(([name, StringValue]) => [name, { DataType: 'String', StringValue }]),
    );
  }
  return { message, bytes };
};

/** SQS's own attributes of a message, as far as we read them. Those that we send with it are beside them (Lambda spells these in another case). */
export type SystemAttributes = Partial<
  Record<
    'MessageGroupId' | 'MessageDeduplicationId' | 'ApproximateReceiveCount' | 'ApproximateFirstReceiveTimestamp',
    string
  >
>;

/** The job in a message. One that the EventBridge Scheduler sent has only SQS's own attributes. */
export const jobFromMessage = (
  body: string | undefined,
  system: SystemAttributes | undefined,
  attributes: Record<string, { StringValue?: string; stringValue?: string }> | undefined,
  handle: string | undefined,
): Job => {
  const original = (name: 'id' | 'group') => {
    const text = attributes?.[name]?.StringValue ?? attributes?.[name]?.stringValue;
    return text === undefined ? undefined : fromWire(text);
  };
  const firstTaken = Number(system?.ApproximateFirstReceiveTimestamp);
  return {
    id: original('id') ?? system?.MessageDeduplicationId ?? '',
    group: original('group') ?? system?.MessageGroupId ?? '',
    body: fromWire(body ?? ''),
    received: Number(system?.ApproximateReceiveCount ?? 1),
    ...(firstTaken > 0 && { firstTaken }),
    handle: handle ?? '',
  };
};

/**
 * The next entries to send together: at most ten, at most 256 KiB, and none twice of one group. SQS may refuse one entry of a
 * batch and take the next; of two of one group the second would overtake the first.
 */
export const waveOf = (waiting: SqsEntry[]): SqsEntry[] => {
  const wave: SqsEntry[] = [];
  const groups = new Set<string>();
  let bytes = 0;
  for (const entry of waiting) {
    if (groups.has(entry.message.MessageGroupId)) continue;
    if (wave.length === MAX_ENTRIES || bytes + entry.bytes > MAX_BYTES) break;
    groups.add(entry.message.MessageGroupId);
    bytes += entry.bytes;
    wave.push(entry);
  }
  return wave;
};

/** Group and deduplication ids may have up to 128 printable ASCII characters, but no space. */
const nameFor = (text: string) => (/^[\x21-\x7e]{1,128}$/.test(text) ? text : digestOf(text));

// Not in XML 1.0, so not in SQS; and halves of characters beyond U+FFFF, which SQS takes in pairs but fauxqs does not.
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones to find.
const FOREIGN = /[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]/;

/** A text that SQS would refuse goes as a JSON string without such characters; so does one that looks as if it were such a string. */
const toWire = (text: string): string => {
  if (!FOREIGN.test(text) && !text.startsWith('"')) return text;
  return JSON.stringify(text).replace(new RegExp(FOREIGN, 'g'), escapeUnit);
};

const escapeUnit = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;

const fromWire = (text: string): string => (text.startsWith('"') ? (JSON.parse(text) as string) : text);
