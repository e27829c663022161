import { isObject } from '../events/json.ts';
import { problemsWith } from './blocks.ts';
import { stamped } from './pressable.ts';
import type { Attachment, Block, Metadata } from './shapes.ts';

/** A refusal with one of Slack's error codes. */
export class ApiError extends Error {
  readonly error: string;
  /** What is wrong where, in Slack's words. */
  readonly messages: readonly string[];
  constructor(error: string, messages: readonly string[] = []) {
    super(error);
    this.error = error;
    this.messages = messages;
  }
}

/** The arguments of a call, as a form sends them (all strings, JSON inside) or as JSON does. */
export type Arguments = Record<string, unknown>;

/** An argument as a string, or undefined when it is missing or empty. */
export const text = (args: Arguments, name: string): string | undefined => {
  const value = args[name];
  if (value === undefined || value === null || value === '') return undefined;
  return String(value);
};

/** An argument that must be there. */
export const needed = (args: Arguments, name: string, error = 'invalid_arguments'): string => {
  const value = text(args, name);
  if (value === undefined) throw new ApiError(error);
  return value;
};

/** A truth value, in all the ways of saying it. */
export const flag = (args: Arguments, name: string): boolean => ['true', '1'].includes(text(args, name) ?? '');

/** A flag, or undefined where the caller says nothing. */
export const maybeFlag = (args: Arguments, name: string): boolean | undefined =>
  text(args, name) === undefined ? undefined : flag(args, name);

/** A page's size: at least 1, at most the method's most. */
export const limitOf = (args: Arguments, usual: number, most: number): number => {
  const asked = Number(text(args, 'limit') ?? usual);
  if (!Number.isInteger(asked)) throw new ApiError('invalid_limit');
  return Math.min(Math.max(asked, 1), most);
};

const parsed = (args: Arguments, name: string, error: string): unknown => {
  const value = args[name];
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    throw new ApiError(error);
  }
};

const MOST_BLOCKS = 50;

/** The blocks of a message, checked by Slack's limits and as Slack keeps them. */
export const blocksOf = (args: Arguments): Block[] | undefined => {
  const blocks = parsed(args, 'blocks', 'invalid_blocks_format');
  if (blocks === undefined) return undefined;
  if (!Array.isArray(blocks)) throw new ApiError('invalid_blocks_format');
  const problems = problemsWith(blocks, MOST_BLOCKS, '/blocks');
  if (problems.length > 0) throw new ApiError('invalid_blocks', problems);
  return blocks.length === 0 ? undefined : stamped(blocks as Block[]);
};

/** The attachments of a message. */
export const attachmentsOf = (args: Arguments): Attachment[] | undefined => {
  const attachments = parsed(args, 'attachments', 'invalid_attachments');
  if (attachments === undefined) return undefined;
  if (!Array.isArray(attachments)) throw new ApiError('invalid_attachments');
  return attachments as Attachment[];
};

const LARGEST_METADATA = 8_000;

/** The metadata of a message: a type and an object, not too large. */
export const metadataOf = (args: Arguments): Metadata | undefined => {
  const metadata = parsed(args, 'metadata', 'invalid_metadata_format') as Partial<Metadata> | undefined;
  if (metadata === undefined) return undefined;
  const { event_type: type, event_payload: payload } = metadata;
  if (typeof type !== 'string' || !isObject(payload)) throw new ApiError('invalid_metadata_format');
  if (JSON.stringify(metadata).length > LARGEST_METADATA) throw new ApiError('metadata_too_large');
  return { event_type: type, event_payload: payload };
};

/** An argument that is a JSON object. */
export const objectOf = (args: Arguments, name: string): Record<string, unknown> | undefined => {
  const value = parsed(args, name, 'invalid_arguments');
  if (value === undefined) return undefined;
  if (!isObject(value)) throw new ApiError('invalid_arguments');
  return value;
};

/** A cursor that hides a position; Slack's own are base64 too. */
export const encodeCursor = (position: string): string => btoa(`next:${position}`);

/** The position in a cursor, or undefined on the first page. */
export const cursorOf = (args: Arguments): string | undefined => {
  const cursor = text(args, 'cursor');
  if (cursor === undefined) return undefined;
  try {
    const plain = atob(cursor);
    if (plain.startsWith('next:')) return plain.slice('next:'.length);
  } catch {
    // Not base64: answered as any other cursor that we did not give.
  }
  throw new ApiError('invalid_cursor');
};
