import { canonical, isAscending } from '../events/codec.ts';
import { isObject } from '../events/json.ts';

/** How deep bytes are kept: of a ledger `{messages: {<ts>: …}}` those of each message, of a week's snapshot `{posts: […]}` those of each post. */
const KEPT_LEVELS = 2;
const INTEGER = /^(0|[1-9]\d*)$/;
const utf8 = new TextEncoder();

/** Bytes that lie in larger ones. Those of a value are kept with the name under which it was written. */
interface Piece {
  readonly name: string | undefined;
  whole: Uint8Array;
  from: number;
  to: number;
}

/** What bytes are put together from. */
interface Plan {
  pieces: Piece[];
  /** Values that are pieces themselves from now on: put together from the piece at `first` to that before `end`. */
  composed: { piece: Piece; first: number; end: number }[];
}

/**
 * `canonical` as UTF-8, for values whose parts are replaced and never changed in place: it remembers where the parts lie in what it gave
 * before, so what a value shares with an earlier one is only copied. Gives `last` itself when that has the same bytes. What it gives must
 * not be changed.
 */
export const createCanonical = (): ((value: unknown, last?: Uint8Array) => Uint8Array) => {
  const known = new WeakMap<object, Piece>();

  const keep = (value: unknown, piece: Piece): Piece => {
    if (typeof value === 'object' && value !== null) known.set(value, piece);
    return piece;
  };

  /** Plans the bytes of `"name":value`, or of the value alone where it has no name. */
  const collect = (name: string | undefined, value: unknown, levels: number, plan: Plan): void => {
    const last = typeof value === 'object' && value !== null ? known.get(value) : undefined;
    if (last && last.name === name) return void plan.pieces.push(last);
    const parts = levels > 0 ? partsOf(value) : undefined;
    if (!parts) return void plan.pieces.push(keep(value, encoded(`${named(name)}${canonical(value)}`, name)));
    const first = plan.pieces.push(encoded(`${named(name)}${parts.open}`)) - 1;
    for (let position = 0; position < parts.values.length; position++) {
      if (position > 0) plan.pieces.push(COMMA);
      collect(parts.names?.[position], parts.values[position] ?? null, levels - 1, plan);
    }
    const end = plan.pieces.push(encoded(parts.close));
    plan.composed.push({ piece: keep(value, { ...COMMA, name }), first, end });
  };

  return (value, last) => {
    const plan: Plan = { pieces: [], composed: [] };
    collect(undefined, value, KEPT_LEVELS, plan);
    return putTogether(plan, last);
  };
};

const encoded = (text: string, name?: string): Piece => {
  const whole = utf8.encode(text);
  return { name, whole, from: 0, to: whole.length };
};

const COMMA = encoded(',');

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

/** Puts pieces behind one another, and notes that they lie there now. */
const putTogether = ({ pieces, composed }: Plan, last: Uint8Array | undefined): Uint8Array => {
  const starts = startsOf(pieces);
  const made = copied(pieces, starts);
  const whole = last && Buffer.compare(made, last) === 0 ? last : made;
  pieces.forEach((piece, position) => {
    if (piece !== COMMA) place(piece, whole, starts, position, position + 1);
  });
  for (const { piece, first, end } of composed) place(piece, whole, starts, first, end);
  return whole;
};

const place = (piece: Piece, whole: Uint8Array, starts: readonly number[], first: number, end: number): void => {
  piece.whole = whole;
  piece.from = starts[first] as number;
  piece.to = starts[end] as number;
};

/** Where each piece begins, and at last where all end. */
const startsOf = (pieces: readonly Piece[]): number[] => {
  const starts = [0];
  let at = 0;
  for (const { from, to } of pieces) starts.push((at += to - from));
  return starts;
};

/** The pieces behind one another; what lay side by side before is copied at once. */
const copied = (pieces: readonly Piece[], starts: readonly number[]): Uint8Array => {
  const size = starts.at(-1) as number;
  const [only] = pieces as [Piece];
  if (pieces.length === 1 && only.whole.length === size) return only.whole;
  const whole = new Uint8Array(size);
  for (let first = 0; first < pieces.length; ) {
    const { whole: source, from } = pieces[first] as Piece;
    let end = first + 1;
    let to = (pieces[first] as Piece).to;
    for (let next = pieces[end + 1]; pieces[end] === COMMA && next?.whole === source && next.from === to + 1; ) {
      to = next.to;
      end += 2;
      next = pieces[end + 1];
    }
    whole.set(source.subarray(from, to), starts[first]);
    first = end;
  }
  return whole;
};
