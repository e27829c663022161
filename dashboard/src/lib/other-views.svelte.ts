import type { Component } from 'svelte';
import type { WeekSnapshot, WeekSummary } from '../../../src/projections/contract.ts';
import { reloadOnce } from './newer.ts';
import type { Season } from './page.svelte.ts';
import type { Route } from './route.ts';
import type { Snapshot } from './snapshots.svelte.ts';

const IDLE_MILLISECONDS = 1_500; // Safari knows no requestIdleCallback.
const FIRST_PAUSE_MILLISECONDS = 2_000;
const LONGEST_PAUSE_MILLISECONDS = 30_000;

/** What fetching them needs. */
export interface LaterViewsPorts<View> {
  load: () => Promise<View>;
  /** Loads the page anew if that can help, and has not been tried. */
  reload: () => Promise<void>;
}

/** What the first glance does without, in a file of its own that is fetched when it is first wanted, or while nothing else is to do. */
export class LaterViews<View> {
  view: View | undefined = $state.raw();
  failed = $state(false);
  /** Whether it is to be shown: only then may the page be loaded anew for it. */
  wanted = false;
  readonly #ports: LaterViewsPorts<View>;
  #pause = FIRST_PAUSE_MILLISECONDS;
  #again: ReturnType<typeof setTimeout> | undefined;
  #pending: Promise<void> | undefined;

  constructor(ports: LaterViewsPorts<View>) {
    this.#ports = ports;
  }

  /** Fetches them unless they are here; what could not be fetched is tried again by itself, after ever longer pauses. */
  fetch(): Promise<void> {
    if (this.view) return Promise.resolve();
    this.#pending ??= this.#fetch().finally(() => {
      this.#pending = undefined;
    });
    return this.#pending;
  }

  /** Fetches them in a while; the function it gives calls that off. */
  fetchWhenIdle(): () => void {
    const timer = setTimeout(() => void this.fetch(), IDLE_MILLISECONDS);
    return () => clearTimeout(timer);
  }

  async #fetch(): Promise<void> {
    clearTimeout(this.#again);
    try {
      this.view = await this.#ports.load();
      this.failed = false;
    } catch {
      this.failed = true; // Out of reach, or replaced by a newer version of the page.
      this.#again = setTimeout(() => void this.fetch(), this.#pause);
      this.#pause = Math.min(2 * this.#pause, LONGEST_PAUSE_MILLISECONDS);
      if (this.wanted) await this.#ports.reload();
    }
  }
}

/** All views but the first; they are the same for the whole page. */
export const otherViews = new LaterViews<Component<{ season: Season; route: Route }>>({
  load: async () => (await import('../views/other.svelte')).default,
  reload: () => reloadOnce(),
});

/** What the first view has below what a window holds at first. */
export const restOfNow = new LaterViews<
  Component<{ season: Season; latest: WeekSummary; week: Snapshot<WeekSnapshot> | undefined; over: boolean }>
>({
  load: async () => (await import('../views/rest-of-now.svelte')).default,
  reload: () => reloadOnce(),
});
