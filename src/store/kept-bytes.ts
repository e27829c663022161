import { canonical, isAscending } from '../events/codec.ts';
import { isObject } from '../events/json.ts';

/** How deep bytes are kept: of a ledger `{messages: {<ts>: …}}` those of each message, of a week's snapshot `{posts: […]}` those of each post. */
const KEPT_LEVELS = 2;
const INTEGER = /^(0|[1-9]\d*)$/;
const utf8 = new TextEncoder();

/** Bytes in which values lie; missing once others have taken their place, so that whoever holds an old value does not hold them. */
interface Whole {
  bytes: Uint8Array | undefined;
}

/** Where bytes lie. Those of a value are kept with the name under which it was written. */
interface Place {
  readonly name: string | undefined;
  whole: Whole;
  from: number;
  to: number;
}

/** What bytes are put together from. */
interface Plan {
  pieces: Place[];
  /** Values that are put together from the piece at `first` to that before `end`. */
  composed: { place: Place; first: number; end: number }[];
}

/**
 * `canonical` as UTF-8, for values whose parts are replaced and never changed in place: it remembers where the parts lie in what it gave
 * before, so what a value shares with an earlier one is only copied. `last` is what it takes the place of, and is given back when the bytes
 * are the same. What it gives must not be changed.
 */
export const createCanonical = (): ((value: unknown, last?: Uint8Array) => Uint8Array) => {
  const places = new WeakMap<object, Place>();
  const wholes = new WeakMap<Uint8Array, Whole>();

  const wholeOf = (bytes: Uint8Array): Whole => {
    const whole = wholes.get(bytes) ?? { bytes };
    whole.bytes = bytes;
    wholes.set(bytes, whole);
    return whole;
  };

  const keep = (value: unknown, place: Place): Place => {
    if (typeof value === 'object' && value !== null) places.set(value, place);
    return place;
  };

  /** Plans the bytes of `"name":value`, or of the value alone where it has no name. */
  const collect = (name: string | undefined, value: unknown, levels: number, { pieces, composed }: Plan): void => {
    const last = typeof value === 'object' && value !== null ? places.get(value) : undefined;
    if (last && last.name === name && last.whole.bytes) return void pieces.push(last);
    const parts = levels > 0 ? partsOf(value) : undefined;
    if (!parts) return void pieces.push(keep(value, encoded(`${named(name)}${canonical(value)}`, name)));
    const first = pieces.push(encoded(`${named(name)}${parts.open}`)) - 1;
    for (let position = 0; position < parts.values.length; position++) {
      if (position > 0) pieces.push(COMMA);
      collect(parts.names?.[position], parts.values[position] ?? null, levels - 1, { pieces, composed });
    }
    const end = pieces.push(encoded(parts.close));
    composed.push({ place: keep(value, { name, whole: NOWHERE, from: 0, to: 0 }), first, end });
  };

  return (value, last) => {
    const plan: Plan = { pieces: [], composed: [] };
    collect(undefined, value, KEPT_LEVELS, plan);
    const starts = startsOf(plan.pieces);
    const made = copied(plan.pieces, starts);
    const bytes = last && Buffer.compare(made, last) === 0 ? last : made;
    const before = last && last !== bytes ? wholes.get(last) : undefined;
    if (before) before.bytes = undefined;
    settle(plan, wholeOf(bytes), starts);
    return bytes;
  };
};

const encoded = (text: string, name?: string): Place => {
  const bytes = utf8.encode(text);
  return { name, whole: { bytes }, from: 0, to: bytes.length };
};

const COMMA = encoded(',');
const NOWHERE: Whole = { bytes: undefined };

const named = (name: string | undefined): string => (name === undefined ? '' : `${JSON.stringify(name)}:`);

interface Parts {
  open: '[' | '{';
  close: ']' | '}';
  /** Of an object, in order. */
  names?: string[];
  values: readonly unknown[];
}

/** The parts of a list or an object; undefined where some names are numbers, which come first in any object: `canonical` has them so. */
const partsOf = (value: unknown): Parts | undefined => {
  if (Array.isArray(value)) return { open: '[', close: ']', values: value };
  if (!isObject(value)) return undefined;
  const names = Object.keys(value).filter((name) => value[name] !== undefined);
  if (INTEGER.test(names[0] ?? '')) return undefined;
  if (!isAscending(names)) names.sort();
  return { open: '{', close: '}', names, values: names.map((name) => value[name]) };
};

/** Notes where everything lies now. */
const settle = ({ pieces, composed }: Plan, whole: Whole, starts: readonly number[]): void => {
  const lay = (place: Place, first: number, end: number): void => {
    place.whole = whole;
    place.from = starts[first] as number;
    place.to = starts[end] as number;
  };
  for (let position = 0; position < pieces.length; position++) {
    const piece = pieces[position] as Place;
    if (piece !== COMMA) lay(piece, position, position + 1);
  }
  for (const { place, first, end } of composed) lay(place, first, end);
};

/** Where each piece begins, and at last where all end. */
const startsOf = (pieces: readonly Place[]): number[] => {
  const starts = [0];
  let at = 0;
  for (const { from, to } of pieces) starts.push((at += to - from));
  return starts;
};

/** The pieces behind one another; what lay side by side before is copied at once. */
const copied = (pieces: readonly Place[], starts: readonly number[]): Uint8Array => {
  const size = starts.at(-1) as number;
  const [only] = pieces as [Place];
  if (pieces.length === 1 && only.whole.bytes?.length === size) return only.whole.bytes;
  const bytes = new Uint8Array(size);
  for (let first = 0; first < pieces.length; ) {
    const { whole, from } = pieces[first] as Place;
    let { to } = pieces[first] as Place;
    let end = first + 1;
    for (let next = pieces[end + 1]; pieces[end] === COMMA && next?.whole === whole && next.from === to + 1; ) {
      to = next.to;
      end += 2;
      next = pieces[end + 1];
    }
    bytes.set((whole.bytes as Uint8Array).subarray(from, to), starts[first]);
    first = end;
  }
  return bytes;
};
