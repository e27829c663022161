/** What has become of a snapshot: on its way, here, not there (a 404, which is no fault), or not to be had. */
export type Status = 'loading' | 'ready' | 'missing' | 'failed';

/** What `Snapshots` needs of the browser. */
export interface SnapshotPorts {
  fetch: (address: string, options: RequestInit) => Promise<Response>;
  now: () => number;
}

const TIMEOUT_MILLISECONDS = 10_000;
/** Who begins to show a snapshot that was fetched just now does not fetch it again. */
const FRESH_MILLISECONDS = 3_000;
/** Snapshots of what seldom changes are asked for again after so long. */
const SLOW_MILLISECONDS = 120_000;

/** One snapshot as the page has it; `data` stays when a later refresh fails. */
export class Snapshot<Data> {
  status: Status = $state('loading');
  data: Data | undefined = $state.raw();
  /** Holders that want it fresh, and holders that are content with it being slow. */
  live = 0;
  slow = 0;
  checkedAt = 0;
  etag: string | null = null;
  failing = false;
  pending: Promise<void> | undefined;
  readonly address: string;

  constructor(address: string) {
    this.address = address;
  }
}

/** All snapshots that the page has asked for, each fetched once and refreshed for as long as somebody shows it. */
export class Snapshots {
  /** When the last round of refreshing was over, and whether any of it failed. */
  checkedAt = $state(0);
  failing = $state(false);
  readonly #known = new Map<string, Snapshot<unknown>>();
  readonly #ports: SnapshotPorts;

  constructor(ports: SnapshotPorts) {
    this.#ports = ports;
  }

  /** The snapshot at an address under `snapshots/`; nothing is fetched before somebody holds it. */
  at<Data>(address: string): Snapshot<Data> {
    const known = this.#known.get(address) ?? new Snapshot<unknown>(address);
    this.#known.set(address, known);
    return known as Snapshot<Data>;
  }

  /** Fetches a snapshot before anybody holds it; gives what has come, if anything has. */
  async load<Data>(address: string): Promise<Data | undefined> {
    const snapshot = this.at<Data>(address);
    await this.#load(snapshot);
    return snapshot.data;
  }

  /** Keeps a snapshot fresh until the function it gives is called. */
  hold(snapshot: Snapshot<unknown>, pace: 'live' | 'slow'): () => void {
    snapshot[pace] += 1;
    const fresh = this.#ports.now() - snapshot.checkedAt < FRESH_MILLISECONDS;
    void (fresh ? Promise.resolve() : this.#load(snapshot)).then(() => this.#note());
    return () => {
      snapshot[pace] -= 1;
    };
  }

  /** Asks again for everything that is shown. The browser sends the ETag along, so what is unchanged costs a 304. */
  async refresh(): Promise<void> {
    const due = [...this.#known.values()].filter((snapshot) => this.#due(snapshot));
    await Promise.all(due.map((snapshot) => this.#load(snapshot)));
    this.#note();
  }

  #due(snapshot: Snapshot<unknown>): boolean {
    if (snapshot.live > 0) return true;
    const pause = snapshot.failing ? 0 : SLOW_MILLISECONDS; // What has failed is wanted as soon as can be.
    return snapshot.slow > 0 && this.#ports.now() - snapshot.checkedAt >= pause;
  }

  #note(): void {
    const shown = [...this.#known.values()].filter(({ live, slow }) => live + slow > 0);
    this.failing = shown.some(({ failing }) => failing);
    if (!this.failing) this.checkedAt = this.#ports.now();
  }

  #load(snapshot: Snapshot<unknown>): Promise<void> {
    snapshot.pending ??= this.#fetch(snapshot).finally(() => {
      snapshot.pending = undefined;
      snapshot.checkedAt = this.#ports.now();
    });
    return snapshot.pending;
  }

  async #fetch(snapshot: Snapshot<unknown>): Promise<void> {
    try {
      const signal = AbortSignal.timeout(TIMEOUT_MILLISECONDS);
      const answer = await this.#ports.fetch(`./snapshots/${snapshot.address}`, { cache: 'no-cache', signal });
      await this.#take(snapshot, answer);
      snapshot.failing = false;
    } catch {
      // Out of reach or not a snapshot: what is shown stays, marked as old, and the next round asks again.
      snapshot.failing = true;
      snapshot.etag = null;
      if (snapshot.data === undefined) snapshot.status = 'failed';
    }
  }

  async #take(snapshot: Snapshot<unknown>, answer: Response): Promise<void> {
    if (answer.status === 404) {
      Object.assign(snapshot, { status: 'missing', data: undefined, etag: null });
      return;
    }
    if (!answer.ok) throw new Error(`${snapshot.address}: expected 200, got ${answer.status}`);
    const etag = answer.headers.get('etag');
    if (etag !== null && etag === snapshot.etag) return;
    const data: unknown = await answer.json();
    if (!isSnapshot(data)) throw new Error(`${snapshot.address}: expected a snapshot of version 1`);
    Object.assign(snapshot, { status: 'ready', data, etag });
  }
}

const isSnapshot = (data: unknown): boolean =>
  typeof data === 'object' && data !== null && 'version' in data && data.version === 1;
