/** An object as JSON has it; what its fields are is not known yet. */
export type Json = Record<string, unknown>;

/** Says whether a value is an object: neither null nor a list. */
export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** What JSON says, given as text or as UTF-8; undefined when it is none. */
export const parseJson = (json: string | Uint8Array): unknown => {
  try {
    return JSON.parse(typeof json === 'string' ? json : utf8.decode(json));
  } catch {
    return undefined;
  }
};
