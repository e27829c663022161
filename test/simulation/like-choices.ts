import type { Event, EventOf } from '../../src/events/catalog.ts';
import type { EffectId } from '../../src/handlers/effect.ts';
import { saidBy } from '../../src/handlers/effect-record.ts';
import { parseId } from '../../src/handlers/kinds.ts';
import type { EffectRecord, Ledger } from '../../src/projections/ledger.ts';
import type { Rest, Truth } from './checks.ts';
import { isLater } from './choices.ts';
import { type LikeMode, stepAt } from './like-modes.ts';

type Chosen = EventOf<'member.set'>;

/** How members chose to hear of likes. */
export interface LikeChoices {
  /** Everything that a member ever chose. */
  of(user: string): ReadonlySet<LikeMode>;
  /** What stands of it for whoever knows the log as it was at an instant, in milliseconds. */
  knownAt(user: string, milliseconds: number): Chosen | undefined;
}

/** What the log says of how members chose to hear of likes. */
export const likeChoicesIn = ({ log }: Pick<Rest, 'log'>, events: ReadonlyMap<string, Event>): LikeChoices => {
  const all = [...events].flatMap(([key, event]) =>
    event.kind === 'member.set' && event.key === 'likes' ? [{ event, at: log.createdAt.get(key) as number }] : [],
  );
  const byUser = Map.groupBy(all, ({ event }) => event.user);
  return {
    of: (user) => new Set((byUser.get(user) ?? []).map(({ event }) => event.value as LikeMode)),
    knownAt: (user, milliseconds) =>
      (byUser.get(user) ?? [])
        .filter(({ at }) => at <= milliseconds)
        .map(({ event }) => event)
        .reduce<Chosen | undefined>((last, each) => (last && !isLater(each, last) ? last : each), undefined),
  };
};

/** What came to be known so shortly before something was sent may have come too late for it. */
const MARGIN_MILLISECONDS = 120_000;

/** What became of the likes of a post of somebody who chose how to hear of them. */
interface Told {
  liking: Set<string>;
  named: Set<string>;
  most: number;
  stands: boolean;
}

/** Members who chose how to hear of likes hear of them so since then, and of none that were given before. */
export const checkChosenLikes = (
  rest: Rest,
  { replies }: Truth,
  ledgers: readonly Ledger[],
  events: ReadonlyMap<string, Event>,
): string[] => {
  const choices = likeChoicesIn(rest, events);
  const attemptedAt = new Map<string, number>(
    [...events].flatMap(([key, event]) =>
      event.kind === 'effect.attempted'
        ? [[`${event.effect} ${event.attempt}`, rest.log.createdAt.get(key) as number] as const]
        : [],
    ),
  );
  const authors = new Map(replies.map(({ ts, author }) => [ts, author]));
  const read = new Set(
    [...events.values()].flatMap((event) =>
      event.kind === 'reaction.added' && event.inferred ? [`${event.item} ${event.user}`] : [],
    ),
  );
  const faults: string[] = [];
  for (const [ts, records] of seriesIn(ledgers)) {
    const author = authors.get(ts);
    if (!author || choices.of(author).size === 0) continue;
    const told: Told = { liking: new Set(), named: new Set(), most: 0, stands: false };
    records.forEach((record, number) => {
      const at = attemptedAt.get(`like:${ts}:${number} ${record.delivered?.attempt}`);
      const chosen = at === undefined ? undefined : choices.knownAt(author, at);
      const isSettled =
        chosen !== undefined && chosen === choices.knownAt(author, (at as number) - MARGIN_MILLISECONDS);
      const isRead = (user: string): boolean => read.has(`${ts} ${user}`);
      const found = faultOf(told, record, isSettled ? chosen : undefined, isRead);
      // What was passed over as too old is made up for by a total, at whatever step.
      const isMadeUp = records.slice(0, number).some(({ skipped }) => skipped?.reason === 'too old');
      if (found && !(isMadeUp && found.startsWith('a message'))) faults.push(`like:${ts}:${number}: ${found}`);
    });
  }
  return faults;
};

/** What is wrong with a notice, if anything is; notes what it told. `chosen`: what its author had chosen when it was decided, if that is certain. */
const faultOf = (
  told: Told,
  record: EffectRecord,
  chosen: Chosen | undefined,
  isRead: (user: string) => boolean,
): string | undefined => {
  const says = saidBy(record);
  const covers = Object.entries(says?.covers ?? {});
  const names = says?.names ?? [];
  const [passed, stood, namedBefore] = [told.most, told.stands, new Set(told.named)];
  for (const [user, { live }] of covers)
    if (live) told.liking.add(user);
    else told.liking.delete(user);
  told.most = Math.max(passed, told.liking.size);
  if (!record.delivered) {
    // A change that was refused for good: the message that stood is gone.
    if (!record.skipped) told.stands = false;
    return undefined;
  }
  const isMessage = says?.shows !== 'total';
  for (const user of names) told.named.add(user);
  told.stands ||= isMessage;
  if (!chosen) return undefined;
  if (chosen.value === 'off') return 'told after its author had switched likes off';
  const before = names.filter((user) => (says?.covers?.[user]?.at ?? chosen.at) < chosen.at);
  if (before.length > 0) return `names ${before.join()}, who liked it before its author chose ${chosen.value}`;
  if (isMessage && chosen.value === 'steps' && stepAt(told.liking.size) <= stepAt(passed))
    return `a message at no step: ${told.liking.size} others like it, and ${passed} did before`;
  if (isMessage && chosen.value === 'card' && stood) return 'a message beside the one that stands';
  const missed = covers.filter(
    ([user, { live, at }]) => live && at >= chosen.at && !isRead(user) && !namedBefore.has(user),
  );
  if (!isMessage && chosen.value === 'each' && missed.length > 0)
    return `${missed.map(([user]) => user).join()} liked it since its author chose each, and no message says so`;
  return undefined;
};

/** The notices of each post, in order. */
export const seriesIn = (ledgers: readonly Ledger[]): Map<string, EffectRecord[]> => {
  const series = new Map<string, EffectRecord[]>();
  for (const [id, record] of ledgers.flatMap(({ effects }) => Object.entries(effects))) {
    const { kind, about, detail } = parseId(id as EffectId);
    if (kind !== 'like') continue;
    const records = series.get(about) ?? [];
    records[Number(detail)] = record;
    series.set(about, records);
  }
  return series;
};
