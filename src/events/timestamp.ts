/**
 * A Slack timestamp (`1722865849.468459`): seconds since 1970, a dot, and up to six digits that make it unique in its channel.
 * It stays a string everywhere: as a float `1700000000.000100` would lose its last digits.
 */
export type Ts = string;

const FORM = /^\d{9,11}\.\d{1,6}$/;

/** Says whether a value is a Slack timestamp. */
export const isTs = (value: unknown): value is Ts => typeof value === 'string' && FORM.test(value);

/** Negative, zero or positive, as (seconds, fraction) of `left` is before, at or after that of `right`. */
export const compareTs = (left: Ts, right: Ts): number => {
  if (left === right) return 0;
  // Of one length (as Slack sends them) the strings sort as the numbers do.
  if (left.length === right.length && left.indexOf('.') === right.indexOf('.')) return left < right ? -1 : 1;
  const [leftSeconds = '', leftFraction = ''] = left.split('.');
  const [rightSeconds = '', rightFraction = ''] = right.split('.');
  const seconds = Number(leftSeconds) - Number(rightSeconds);
  if (seconds !== 0) return seconds;
  return Number(leftFraction.padEnd(6, '0')) - Number(rightFraction.padEnd(6, '0'));
};

/** The whole seconds since 1970 of a timestamp. */
export const secondsOf = (ts: Ts): number => Number(ts.slice(0, ts.indexOf('.')));

/** The later of two timestamps, either of which may be missing. */
export const laterTs = (left: Ts | undefined | null, right: Ts | undefined | null): Ts | undefined => {
  if (!left) return right ?? undefined;
  if (!right) return left;
  return compareTs(left, right) >= 0 ? left : right;
};

/** The earlier of two timestamps, either of which may be missing. */
export const earlierTs = (left: Ts | undefined | null, right: Ts | undefined | null): Ts | undefined => {
  if (!left) return right ?? undefined;
  if (!right) return left;
  return compareTs(left, right) <= 0 ? left : right;
};

/** A timestamp for an instant in milliseconds, for the events that we and not Slack date. */
export const tsAt = (milliseconds: number): Ts => {
  const whole = Math.floor(milliseconds / 1000);
  const micros = Math.floor((milliseconds - whole * 1000) * 1000);
  return `${whole}.${String(micros).padStart(6, '0')}`;
};
