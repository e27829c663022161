import { render } from '@testing-library/svelte';
import type { Component } from 'svelte';
import { restOfNow } from '../../dashboard/src/lib/other-views.svelte.ts';
import { Address, Clock, PAGE, type Page, type Season, Words } from '../../dashboard/src/lib/page.svelte.ts';
import { type Language, Preferences } from '../../dashboard/src/lib/preferences.svelte.ts';
import { Snapshots } from '../../dashboard/src/lib/snapshots.svelte.ts';
import type { IndexSnapshot, MembersSnapshot } from '../../src/projections/contract.ts';

/** What a component is shown with. */
export interface World {
  snapshots: Map<string, unknown>;
  language?: Language;
  now?: number;
  /** Answers instead of the snapshots, for all addresses but the season's own. */
  answer?: (address: string) => Promise<Response>;
}

/** A page over snapshots in memory. */
export const pageOver = ({ snapshots, language = 'ko', now = 0, answer }: World): Page => {
  const fromMemory = async (address: string) => {
    const snapshot = snapshots.get(address.replace('./snapshots/', ''));
    return snapshot === undefined ? new Response('', { status: 404 }) : Response.json(snapshot);
  };
  const preferences = new Preferences([language]);
  preferences.language = language;
  return {
    snapshots: new Snapshots({ fetch: answer ?? fromMemory, now: () => now }),
    preferences,
    words: new Words(preferences),
    clock: new Clock(now),
    address: new Address(),
  };
};

/** The season that the snapshots tell of. */
export const seasonIn = (snapshots: Map<string, unknown>, channel = 'C0TILCHAN1'): Season => {
  const index = snapshots.get(`${channel}/index.json`) as IndexSnapshot;
  const { members } = snapshots.get(`${channel}/members.json`) as MembersSnapshot;
  return {
    channel,
    challenge: index.challenge,
    index,
    members,
    names: new Map(members.map(({ id, name }) => [id, name])),
  };
};

/** Shows a view of a season and waits until what it fetches has come. */
export const show = async (View: Component<never>, props: Record<string, unknown>, world: World) => {
  await restOfNow.fetch(); // At hand, so that the first view is whole as soon as it is there.
  const page = pageOver(world);
  const shown = render(View as Component<Record<string, unknown>>, {
    props: { season: seasonIn(world.snapshots), ...props },
    context: new Map([[PAGE, page]]),
  });
  await settled();
  return { ...shown, page, text: () => shown.container.textContent?.replace(/\s+/g, ' ') ?? '' };
};

/** Lets answers arrive and be drawn. */
export const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 10; turn += 1) await new Promise((done) => setTimeout(done, 0));
};
