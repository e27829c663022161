import type { Difference, Findings } from './month.ts';

/** Findings that no longer change, and those that still do. */
export interface Settled extends Findings {
  /** Keys that differed at every look, each time otherwise: a server was writing them all the while. */
  unsettled: string[];
}

/** A difference that lasts longer than this is not work under way: a server folds at once, and publishes once a second. */
const STILL_MILLISECONDS = [500, 1000, 1500];
const MOST_LOOKS = 8;

/**
 * Looks several times before it names a difference: beside a running server an event may be in the log and not yet in the derived state. A
 * difference counts when neither side changes while it is watched. Damage counts at once.
 */
export const lookUntilSettled = async (
  look: (times: number) => Promise<Findings>,
  pause: (milliseconds: number) => Promise<unknown>,
): Promise<Settled> => {
  let still = new Map<string, number>();
  for (let times = 1; ; times++) {
    const findings = await look(times);
    const before = still;
    still = new Map(findings.differences.map((each) => [nameOf(each), (before.get(nameOf(each)) ?? 0) + 1]));
    const isSure = (each: Difference): boolean =>
      each.problem === 'damaged' || (still.get(nameOf(each)) as number) > STILL_MILLISECONDS.length;
    const sure = findings.differences.filter(isSure);
    if (sure.length === findings.differences.length || times === MOST_LOOKS) {
      const unsettled = findings.differences.flatMap((each) => (isSure(each) ? [] : [each.key]));
      return { ...findings, differences: sure, unsettled };
    }
    await pause(STILL_MILLISECONDS[times - 1] ?? (STILL_MILLISECONDS.at(-1) as number));
  }
};

/** A difference together with what was compared: two of one name are the same difference, on which nobody is at work. */
const nameOf = ({ key, problem, compared }: Difference): string => `${key} ${problem} ${compared ?? ''}`;
