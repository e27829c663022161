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
  const about = new RegExp(`^(remind|note|comeback):${user}$`);
  const ofUser = events.filter((event) => 'effect' in event && about.test(event.effect)) as EventOf<
    'effect.attempted' | 'effect.delivered' | 'effect.refused' | 'effect.skipped'
  >[];
  return [...Map.groupBy(ofUser, ({ week, effect }) => `${week} ${effect}`).values()].flatMap((of) => {
    const delivered = of.find(({ kind }) => kind === 'effect.delivered');
    if (delivered) return [delivered.at];
    if (of.some(({ kind }) => kind === 'effect.skipped')) return [];
    const attempts = of.flatMap((event) => (event.kind === 'effect.attempted' ? [event] : []));
    const number = Math.max(...attempts.map(({ attempt = 0 }) => attempt));
    const isRefused = of.some((event) => event.kind === 'effect.refused' && event.attempt === number);
    return isRefused ? [] : attempts.flatMap(({ attempt, at }) => (attempt === number ? [at] : []));
  });
};
