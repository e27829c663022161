import type { Report } from '../setup/report.ts';

/** Counts the deliveries that were refused. */
export type Refusals = (status: number, reason: string) => void;

const MINUTE_MILLISECONDS = 60_000;

/**
 * Reports refused deliveries: the first of a status at once, those that follow by their number, at most one line a minute for each
 * status. With `after`, the last ones of a burst are reported too; without it they are reported with the next refusal.
 */
export const createRefusals = (
  report: Report,
  {
    now = () => performance.now(),
    after,
  }: { now?: () => number; after?: (milliseconds: number, then: () => void) => void } = {},
): Refusals => {
  const counts = new Map<number, { count: number; reason: string; toldAt: number; waits: boolean }>();

  const tell = (status: number): void => {
    const counted = counts.get(status);
    if (!counted || counted.count === 0) return;
    report('refused', { status, count: counted.count, reason: counted.reason });
    Object.assign(counted, { count: 0, toldAt: now() });
  };

  return (status, reason) => {
    const counted = counts.get(status) ?? { count: 0, reason, toldAt: Number.NEGATIVE_INFINITY, waits: false };
    counts.set(status, counted);
    counted.count += 1;
    counted.reason = reason;
    const quiet = counted.toldAt + MINUTE_MILLISECONDS - now();
    if (quiet <= 0) return tell(status);
    if (counted.waits || !after) return;
    counted.waits = true;
    after(quiet, () => {
      counted.waits = false;
      tell(status);
    });
  };
};

/** A timer that does not keep the process alive. */
export const laterOn = (milliseconds: number, then: () => void): void => void setTimeout(then, milliseconds).unref();
