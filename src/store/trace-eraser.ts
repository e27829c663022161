import { Refused } from '../events/errors.ts';
import type { Eraser } from './eraser.ts';
import { traceIn } from './other.ts';
import { mapOrdered } from './together.ts';
import type { EraseTraces } from './trace-sums.ts';

const AT_ONCE = 16;

/** Of the eraser's right, only that to take old traces away. */
export const traceEraser =
  (eraser: Pick<Eraser, 'erase'>): EraseTraces =>
  async (keys, before) => {
    for (const key of keys) {
      const trace = traceIn(key);
      if (!trace || trace.endOfDay > before)
        throw new Refused(`${key}: expected a trace from before ${new Date(before * 1000).toISOString()}`);
    }
    await mapOrdered(keys, AT_ONCE, (key) => eraser.erase(key));
  };
