import { getContext } from 'svelte';
import type { ChallengeSummary, IndexSnapshot, MembersSnapshot } from '../../../src/projections/contract.ts';
import type { Text } from '../text/ko.ts';
import { formats } from './format.ts';
import type { Mark } from './mark.ts';
import type { Language, Preferences } from './preferences.svelte.ts';
import { parseRoute, type Query, type Route, withQuery } from './route.ts';
import type { Snapshot, Snapshots } from './snapshots.svelte.ts';

/** The key under which the page is passed to its parts. */
export const PAGE = 'page';

/** What every part of the page may need. */
export interface Page {
  snapshots: Snapshots;
  preferences: Preferences;
  words: Words;
  clock: Clock;
  address: Address;
}

/** The browser's clock, read anew every few seconds; the snapshots have none. */
export class Clock {
  now: number = $state(0);

  constructor(now: number) {
    this.now = now;
  }
}

/** Where the page is, as its address says; wishes that change are written into the address, and make no step for the back button. */
export class Address {
  route: Route = $state.raw(parseRoute(''));

  constructor() {
    this.follow();
  }

  /** Reads the address anew. */
  follow(): void {
    this.route = parseRoute(location.hash);
  }

  /** Asks for something else of the same view. */
  ask(query: Query): void {
    history.replaceState(history.state, '', withQuery(location.hash, { ...this.route.query, ...query }));
    this.follow();
  }
}

/** A challenge and what is known of it everywhere. */
export interface Season {
  channel: string;
  challenge: ChallengeSummary;
  index: IndexSnapshot;
  members: MembersSnapshot['members'];
  names: ReadonlyMap<string, string>;
}

/** The page that a part belongs to. */
export const getPage = (): Page => getContext<Page>(PAGE);

/** The words of the page's language, and its ways to write numbers and dates; read them inside `$derived` or markup. */
export class Words {
  readonly #preferences: Preferences;
  readonly format = $derived.by(() => formats(this.#preferences.language));

  constructor(preferences: Preferences) {
    this.#preferences = preferences;
  }

  get text(): Text {
    return this.#preferences.text;
  }

  /** What a moon means in a challenge, in a sentence; undefined where no week can have one. */
  keeps({ streak, weeks }: Pick<IndexSnapshot, 'streak' | 'weeks'>): string | undefined {
    if (streak) return this.text.keeps(streak.between);
    return weeks.some(({ rest }) => rest) ? this.text.restKeeps : undefined;
  }

  /** What is said of a mark to whoever points at it. */
  hint(mark: Mark, season: Pick<IndexSnapshot, 'streak' | 'weeks'>): string | undefined {
    if (mark === 'rest') return this.text.marks.rest;
    return mark === 'kept' ? this.keeps(season) : undefined;
  }

  get language(): Language {
    return this.#preferences.language;
  }
}

/** The page's words. */
export const getWords = (): Words => getPage().words;

/** Shows a snapshot for as long as the part is on the page, and follows when its address changes. */
export const watch = <Data>(address: () => string | undefined, pace: 'live' | 'slow' = 'live') => {
  const several = watchAll<Data>(() => {
    const one = address();
    return one === undefined ? [] : [one];
  }, pace);
  return {
    get current(): Snapshot<Data> | undefined {
      return several.current[0];
    },
  };
};

/** Shows several snapshots, in the order of their addresses. */
export const watchAll = <Data>(addresses: () => string[], pace: 'live' | 'slow' = 'live') => {
  const { snapshots } = getPage();
  const wanted = $derived(addresses().join('\n'));
  const current = $derived(wanted === '' ? [] : wanted.split('\n').map((address) => snapshots.at<Data>(address)));
  $effect(() => {
    const releases = current.map((snapshot) => snapshots.hold(snapshot, pace));
    return () => {
      for (const release of releases) release();
    };
  });
  return {
    get current(): Snapshot<Data>[] {
      return current;
    },
  };
};
