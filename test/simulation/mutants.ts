import type { Queue } from '../../src/queue/queue.ts';
import type { IngestRequest } from '../../src/runtime/ingest.ts';
import type { Site } from './faults.ts';
import type { Reach } from './host.ts';
import type { Kind, Process } from './process.ts';
import type { Store } from './store.ts';
import type { Timeline } from './timeline.ts';

/** A way to switch one safeguard off: at a port, so that the product has no such switch. */
export interface Mutant {
  name: string;
  /** The simulation must fail within so many seeds. */
  within: number;
  kind?: Kind;
  without?: Site[];
  config?: Record<string, unknown>;
  log?: (store: Store) => Store;
  state?: (store: Store) => Store;
  station?: (queue: Queue) => Queue;
  reach?: (reach: Reach, process: Process) => Reach;
  throughQueue?: (timeline: Timeline) => (put: Queue['put']) => Queue['put'];
  disguise?: (request: IngestRequest, nowSeconds: number) => IngestRequest;
  /** Changes a module for the time of a run; gives the way back. */
  patch?: () => () => void;
}
