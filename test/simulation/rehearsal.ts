import type { Event } from '../../src/events/catalog.ts';
import { compareTs } from '../../src/events/timestamp.ts';
import { rehearse } from '../../src/history/rehearse.ts';
import type { Rest } from './checks.ts';

/** Had all that the log tells of been spoken to, the noise budget would have been kept, and nobody told more than twice in a week. */
export const checkRehearsal = ({ challenge }: Rest, events: ReadonlyMap<string, Event>): string[] => {
  const inOrder = [...events.values()].sort(
    (left, right) => compareTs(left.at, right.at) || (left.kind < right.kind ? -1 : 1),
  );
  const { messages, breaches, likes } = rehearse(challenge, inOrder);
  const inWeek = Map.groupBy(messages, ({ to, week, kind }) => (kind === 'digest' ? 'digest' : `${to} in ${week}`));
  inWeek.delete('digest');
  const tooMuch = [...inWeek].flatMap(([who, { length }]) =>
    length > 2 ? [`${who} would have been told ${length} times`] : [],
  );
  const sets = inOrder.filter((event) => event.kind === 'member.set' && event.key === 'likes');
  const unwanted = likes.flatMap(({ at, to }) => {
    const own = sets.filter((event) => event.kind === 'member.set' && event.user === to && event.at <= at);
    // Of two choices of one instant either may hold.
    const last = own.filter((event) => event.at === own.at(-1)?.at);
    const isOff = last.length > 0 && last.every((event) => event.kind === 'member.set' && event.value === 'off');
    return isOff ? [`${to} would have been told of likes at ${at}, and has switched them off`] : [];
  });
  return [...unwanted, ...breaches.map((breach) => `the noise budget: ${breach}`), ...tooMuch];
};
