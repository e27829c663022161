import type { ChallengeSummary, ChallengesSnapshot, IndexSnapshot } from '../../../src/projections/contract.ts';
import { kept } from './preferences.svelte.ts';
import { parseRoute } from './route.ts';
import type { Snapshots } from './snapshots.svelte.ts';

declare global {
  interface Window {
    /** The answers that `early.js` asked for before this code was here, by address; undefined once this code has asked. */
    early?: Map<string, Promise<Response> | undefined>;
  }
}

/** Fetches; the first time, what was asked for early is not asked for again. */
export const fetchEarly = (address: string, options: RequestInit): Promise<Response> => {
  window.early ??= new Map();
  const answer = window.early.get(address);
  window.early.set(address, undefined);
  return answer ?? fetch(address, options);
};

/** The challenge that an address without one means: the one looked at last, as early.js has it, so that both ask for the same. */
export const lastOf = (challenges: readonly ChallengeSummary[]): ChallengeSummary | undefined =>
  challenges.find(({ channel }) => channel === kept('til.channel')) ?? challenges[0];

/** Takes in what the first view shows, so that it is drawn once, whole, instead of piece by piece. */
export const takeEarly = async (snapshots: Snapshots, hash: string): Promise<void> => {
  const route = parseRoute(hash);
  const challenges = snapshots.load<ChallengesSnapshot>('challenges.json');
  const channel = route.channel ?? lastOf((await challenges)?.challenges ?? [])?.channel;
  if (channel === undefined) return;
  const members = snapshots.load(`${channel}/members.json`);
  const index = await snapshots.load<IndexSnapshot>(`${channel}/index.json`);
  const latest = route.view === 'now' ? index?.weeks.at(-1) : undefined;
  if (latest) void snapshots.load(`${channel}/months/${latest.month}.json`); // Shown below.
  await Promise.all([members, latest && snapshots.load(`${channel}/weeks/${latest.week}.json`)]);
};
