import type { Component } from 'svelte';
import type { Season } from './page.svelte.ts';
import type { Route } from './route.ts';

const IDLE_MILLISECONDS = 1_500; // Safari knows no requestIdleCallback.

/** The views other than the first, in a file of their own that is fetched when one is first wanted, or while nothing else is to do. */
class OtherViews {
  view: Component<{ season: Season; route: Route }> | undefined = $state.raw();
  failed = $state(false);

  /** Fetches them unless they are here. */
  async fetch(): Promise<void> {
    if (this.view) return;
    try {
      this.view = (await import('../views/other.svelte')).default;
    } catch {
      this.failed = true; // Out of reach, or replaced by a newer version of the page.
    }
  }

  /** Fetches them in a while; the function it gives calls that off. */
  fetchWhenIdle(): () => void {
    const timer = setTimeout(() => void this.fetch(), IDLE_MILLISECONDS);
    return () => clearTimeout(timer);
  }
}

/** They are the same for the whole page. */
export const otherViews = new OtherViews();
