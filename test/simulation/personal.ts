import type { Event, EventOf } from '../../src/events/catalog.ts';
import type { EffectId } from '../../src/handlers/effect.ts';
import { parseId } from '../../src/handlers/kinds.ts';
import { breachesOf, type Said } from '../../src/handlers/noise-budget.ts';
import { beginWalk } from '../../src/history/walk.ts';
import { PERSONAL_KINDS, type PersonalKind } from '../../src/projections/month-rows.ts';
import type { Rest } from './checks.ts';

/** What came to be known so shortly before something was sent may have come too late for it. */
const MARGIN_MILLISECONDS = 120_000;

type Attempted = EventOf<'effect.attempted'>;

/** Everything said to one person alone kept the noise budget, and nothing came after it was switched off, by what was known when it was sent. */
export const checkPersonal = (rest: Rest, events: ReadonlyMap<string, Event>): string[] => {
  const { challenge, log, deeds } = rest;
  const known = [...events]
    .map(([key, event]) => ({ event, at: log.createdAt.get(key) ?? 0 }))
    .sort((left, right) => left.at - right.at);
  const attempts = known.flatMap(({ event, at }) => {
    const kind = event.kind === 'effect.attempted' ? kindOf(event.effect) : undefined;
    const isFirst = event.kind === 'effect.attempted' && deeds.postedAt.has(`${event.week} ${event.effect}`);
    return kind && isFirst ? [{ event: event as Attempted, kind, at }] : [];
  });
  const walk = beginWalk(challenge);
  const said = new Map<string, Said>();
  const faults: string[] = [];
  let next = 0;
  for (const { event, kind, at } of attempts) {
    for (; next < known.length && (known[next]?.at ?? 0) <= at - MARGIN_MILLISECONDS; next += 1)
      walk.take((known[next] as (typeof known)[number]).event);
    const to = parseId(event.effect as EffectId).about;
    const name = `${event.week} ${event.effect}`;
    if (said.has(name)) continue;
    const people = walk.people();
    const settings = people.people.get(to)?.settings;
    if (settings?.get(kind === 'remind' ? 'remind' : 'notes')?.value === 'off')
      faults.push(`${name} was sent after it was switched off`);
    const now: Said = { kind, to, week: event.week, at: event.at };
    faults.push(...breachesOf(challenge, people, now, [...said.values()]).map((breach) => `${name}: ${breach}`));
    said.set(name, now);
  }
  return faults;
};

const kindOf = (effect: string): PersonalKind | undefined =>
  PERSONAL_KINDS.find((kind) => effect.startsWith(`${kind}:`));
