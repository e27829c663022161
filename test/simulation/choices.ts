import type { Event, EventOf } from '../../src/events/catalog.ts';
import type { Choice } from '../../src/events/choices.ts';
import { tsAt } from '../../src/events/timestamp.ts';
import { isFinal } from '../../src/handlers/effect.ts';
import { resultDueAt } from '../../src/handlers/open-week.ts';
import type { Ledger } from '../../src/projections/ledger.ts';
import { below } from '../support/random.ts';
import { CHANNEL } from '../support/world.ts';
import type { Rest } from './checks.ts';
import { ADMIN } from './people.ts';
import { monthOf, type PlainRules, weekOf } from './truth.ts';

/** What an admin chooses at a moment: a week of rest or none, or that a reply does not count, or does again. */
export const drawChoice = (now: number, replies: readonly string[], random: () => number): Choice => {
  const at = tsAt(now);
  const base = { v: 1, channel: CHANNEL, at, by: ADMIN } as const;
  const ts = replies[replies.length - 1 - below(random, Math.min(8, replies.length))];
  if (ts === undefined || random() < 0.4) {
    const rest = [true, true, false, undefined][below(random, 4)];
    return { ...base, kind: 'week.rested', week: weekOf(at), ...(rest === undefined ? {} : { rest }) };
  }
  return { ...base, kind: 'post.ruled', ts, verdict: random() < 0.7 ? 'reject' : 'none' };
};

/** What was said last of each thing. */
const lastOf = <E extends Event>(events: readonly E[], about: (event: E) => string): Map<string, E> => {
  const last = new Map<string, E>();
  for (const event of [...events].sort((one, other) => (one.at < other.at ? -1 : 1))) last.set(about(event), event);
  return last;
};

const ofKind = <K extends Event['kind']>(events: ReadonlyMap<string, Event>, kind: K): EventOf<K>[] =>
  [...events.values()].filter((event): event is EventOf<K> & Event => event.kind === kind);

/** The rules, with what admins have said beside them, as the log has it: what came too late for a closed month is not there. */
export const withChoices = (rules: PlainRules, events: ReadonlyMap<string, Event>): PlainRules => {
  const rested = lastOf(ofKind(events, 'week.rested'), ({ week }) => week);
  const ruled = lastOf(ofKind(events, 'post.ruled'), ({ ts }) => ts);
  return {
    ...rules,
    resting: new Set([...rested].flatMap(([week, { rest }]) => (rest ? [week] : []))),
    rejected: new Set([...ruled].flatMap(([ts, { verdict }]) => (verdict === 'reject' ? [ts] : []))),
  };
};

/** The bot's weekly posts that stand say whether their week is one of rest, as long as its month is not over. */
export const checkWeeklyPosts = ({ challenge, rules, messages, now }: Rest, ledgers: readonly Ledger[]): string[] =>
  messages.flatMap(({ ts, text, subtype, metadata }) => {
    if (subtype === 'tombstone' || metadata?.event_type !== 'til_week_open') return [];
    const week = weekOf(ts);
    const effects = Object.entries(ledgers.find((ledger) => ledger.week === week)?.effects ?? {});
    const changes = effects.filter(([id]) => id.startsWith(`week.open:${week}`)).map(([, record]) => record);
    // One that Slack refused to change stays as it is; of one that nobody recorded, nobody knows.
    if (changes.length === 0 || changes.some((record) => isFinal(record) && !record.delivered)) return [];
    if (now / 1000 >= resultDueAt(challenge, monthOf(week))) return [];
    const rests = rules.resting?.has(week) === true;
    return text.includes('쉬어 가는 주') === rests
      ? []
      : [`the weekly post of ${week} ${rests ? 'does not say' : 'says'} that it rests`];
  });
