import type { Event } from '../../src/events/catalog.ts';
import { compareTs } from '../../src/events/timestamp.ts';
import { rehearse } from '../../src/history/rehearse.ts';
import type { Rest } from './checks.ts';

/** Had all that the log tells of been spoken to, the noise budget would have been kept, and nobody told more than twice in a week. */
export const checkRehearsal = ({ challenge }: Rest, events: ReadonlyMap<string, Event>): string[] => {
  const inOrder = [...events.values()].sort(
    (left, right) => compareTs(left.at, right.at) || (left.kind < right.kind ? -1 : 1),
  );
  const { messages, breaches } = rehearse(challenge, inOrder);
  const inWeek = Map.groupBy(messages, ({ to, week, kind }) => (kind === 'digest' ? 'digest' : `${to} in ${week}`));
  inWeek.delete('digest');
  const tooMuch = [...inWeek].flatMap(([who, { length }]) =>
    length > 2 ? [`${who} would have been told ${length} times`] : [],
  );
  return [...breaches.map((breach) => `the noise budget: ${breach}`), ...tooMuch];
};
