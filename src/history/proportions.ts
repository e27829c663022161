/** So many of so many. */
export interface Share {
  of: number;
  wrote: number;
}

/** A difference of two shares, and its 95 % interval. All from -1 to 1. */
export interface Difference {
  difference: number;
  low: number;
  high: number;
}

/** Of a standard normal, what 95 % lie within. */
const Z_95 = 1.959964;

/** Wilson's interval of one share. */
const wilson = ({ of, wrote }: Share): [low: number, high: number] => {
  const part = wrote / of;
  const square = Z_95 ** 2;
  const middle = 2 * wrote + square;
  const width = Z_95 * Math.sqrt(square + 4 * wrote * (1 - part));
  const whole = 2 * (of + square);
  return [(middle - width) / whole, (middle + width) / whole];
};

/**
 * By how much the first share is larger than the second, with Newcombe's interval from the two of Wilson (Statistics in Medicine 17, 1998,
 * method 10): right also for few people, where the usual one is not. Undefined while one of them is of nobody.
 */
export const differenceOf = (first: Share, second: Share): Difference | undefined => {
  if (first.of === 0 || second.of === 0) return undefined;
  const [one, two] = [first.wrote / first.of, second.wrote / second.of];
  const [[lowOne, highOne], [lowTwo, highTwo]] = [wilson(first), wilson(second)];
  const difference = one - two;
  return {
    difference,
    low: difference - Math.hypot(one - lowOne, highTwo - two),
    high: difference + Math.hypot(highOne - one, two - lowTwo),
  };
};

/** Of a standard normal, for a test at 5 % on both sides, and for finding what is there in four of five times. */
const [Z_TEST, Z_POWER] = [1.96, 0.84];

/** How many each arm must have, so that a rise of `plus` from `base` is found in four of five times. */
export const neededInEachArm = (base: number, plus: number): number => {
  const middle = base + plus / 2;
  return Math.ceil(((Z_TEST + Z_POWER) ** 2 * 2 * middle * (1 - middle)) / plus ** 2);
};
