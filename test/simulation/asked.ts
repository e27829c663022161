import type { Event, EventOf } from '../../src/events/catalog.ts';
import { lastWords } from './choices.ts';
import { truthBy } from './known.ts';
import type { PlainRules } from './truth.ts';

const ASKS = ['remind on', 'remind sat', 'remind sun', 'notes on'];

type Setting = EventOf<'member.set'>;

/** Whether a setting asks to be told, after something was told since its member last wrote or asked: then it says something new. */
export const asksAnew = ({ user, key, value }: Setting, events: readonly Event[], rules: PlainRules): boolean => {
  if (!ASKS.includes(`${key} ${value}`)) return false;
  const written = truthBy(events, rules).counted.flatMap(({ ts, author }) => (author === user ? [ts] : []));
  const choices = events.filter((event) => event.kind === 'member.set' || event.kind === 'week.planned');
  const asked = [...lastWords(choices).values()].flatMap((choice) => {
    if (choice.kind === 'week.planned') return choice.user === user && choice.plan === 'write' ? [choice.at] : [];
    const isAsked = choice.kind === 'member.set' && ASKS.includes(`${choice.key} ${choice.value}`);
    return isAsked && choice.user === user ? [choice.at] : [];
  });
  const since = [...written, ...asked].sort().at(-1) ?? '';
  return toldAt(user, events).some((at) => at > since);
};

/** When somebody was told something for which there is a count, or may have been. */
const toldAt = (user: string, events: readonly Event[]): string[] => {
  const known = new Map<string, { at: string; isTold: boolean }>();
  const order = ['effect.attempted', 'effect.delivered', 'effect.refused', 'effect.skipped'];
  for (const kind of order)
    for (const event of events) {
      if (event.kind !== kind || !('effect' in event)) continue;
      if (!new RegExp(`^(remind|note|comeback):${user}$`).test(event.effect)) continue;
      const isTold = kind === 'effect.attempted' || kind === 'effect.delivered';
      known.set(`${event.week} ${event.effect}`, { at: event.at, isTold });
    }
  return [...known.values()].flatMap(({ at, isTold }) => (isTold ? [at] : []));
};
