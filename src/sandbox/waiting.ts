import type { DeliveryFault, Faults } from './faults.ts';

/** When something leaves (ms), and its place among what leaves at the same time. */
export interface Due {
  /** Increases by one for each. */
  sequence: number;
  dueAt: number;
}

/** Things that wait for their time, in order. */
export interface Waiting<Item> {
  put(item: Item, dueAt: number): void;
  /** Removes and gives what is due, the earliest first. */
  take(): (Item & Due)[];
  /** When the first is due, in ms. */
  nextAt(): number | undefined;
  size(): number;
}

/** Nothing waiting yet; `now` in ms. */
export const createWaiting = <Item extends object>(now: () => number): Waiting<Item> => {
  const waiting: (Item & Due)[] = [];
  let sequence = 0;
  return {
    put: (item, dueAt) => {
      sequence += 1;
      waiting.push({ ...item, sequence, dueAt });
      waiting.sort((one, other) => one.dueAt - other.dueAt || one.sequence - other.sequence);
    },
    take: () => {
      const due = waiting.findIndex(({ dueAt }) => dueAt > now());
      return waiting.splice(0, due === -1 ? waiting.length : due);
    },
    nextAt: () => waiting[0]?.dueAt,
    size: () => waiting.length,
  };
};

/** How long the faults that struck hold something up together, in ms. */
export const delayBy = (struck: DeliveryFault[], faults: Faults): number =>
  struck.reduce((total, fault) => {
    if (fault.kind === 'delayed') return total + fault.byMilliseconds;
    return fault.kind === 'disordered' ? total + Math.floor(faults.random() * fault.withinMilliseconds) : total;
  }, 0);
