import { type Event, faultOf } from './catalog.ts';
import { Corrupt } from './errors.ts';

/** JSON with sorted keys and without spaces: equal values have equal bytes. Undefined fields are left out. */
export const canonical = (value: unknown): string => JSON.stringify(sorted(value));

/** The value with all keys in order; what is in order already, as most of a ledger is, is not copied. */
const sorted = (value: unknown): unknown => {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return sortedItems(value);
  const source = value as Record<string, unknown>;
  const keys = Object.keys(source);
  let copy = isAscending(keys) ? undefined : inOrder(source, keys.sort());
  for (const key of keys) {
    const item = source[key];
    if (typeof item !== 'object' || item === null) continue;
    const same = sorted(item);
    if (same !== item) put((copy ??= { ...source }), key, same);
  }
  return copy ?? value;
};

const sortedItems = (items: readonly unknown[]): readonly unknown[] => {
  const copy = items.map(sorted);
  return copy.some((item, position) => item !== items[position]) ? copy : items;
};

/** Whether texts are in the order of their UTF-16 units, as sorting has them. */
export const isAscending = (keys: readonly string[]): boolean => {
  for (let position = 1; position < keys.length; position++)
    if ((keys[position - 1] as string) > (keys[position] as string)) return false;
  return true;
};

const inOrder = (source: Record<string, unknown>, keys: readonly string[]): Record<string, unknown> => {
  const copy: Record<string, unknown> = {};
  for (const key of keys) put(copy, key, source[key]);
  return copy;
};

/** Sets a field. One that is named __proto__ is a field like any other. */
const put = (target: Record<string, unknown>, key: string, value: unknown): void => {
  if (key === '__proto__')
    Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
  else target[key] = value;
};

/** An event as the text of its log object, without the digest that the log adds. Throws Corrupt for anything that is no event. */
export const encodeEvent = (event: Event): string => {
  const fault = faultOf(event);
  if (fault) throw new Corrupt(`event ${String(event.kind)}: ${fault}`);
  return canonical(event);
};

/** An event from the text of its log object; `where` names it in errors. A kind that this version does not know is given as it is. */
export const decodeEvent = (text: string, where: string): Event => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new Corrupt(`${where}: expected JSON, got ${text.length} characters that are not`, { cause });
  }
  if (typeof value !== 'object' || value === null) throw new Corrupt(`${where}: expected a JSON object`);
  const body = value as Record<string, unknown>;
  // There has been one shape only. When there is another, the older is brought to today's here, and never rewritten in the log.
  if (body['v'] !== 1)
    throw new Corrupt(`${where}: expected version 1, got ${JSON.stringify(body['v'])}; a newer til wrote it`);
  if (typeof body['kind'] !== 'string' || typeof body['at'] !== 'string')
    throw new Corrupt(`${where}: expected kind and at`);
  return body as unknown as Event;
};
