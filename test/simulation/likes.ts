import type { Event } from '../../src/events/catalog.ts';
import { saidBy } from '../../src/handlers/effect-record.ts';
import type { EffectRecord, Ledger } from '../../src/projections/ledger.ts';
import type { SlackMessage } from '../../src/sandbox/shapes.ts';
import type { Rest, Truth } from './checks.ts';
import { likeChoicesIn, seriesIn } from './like-choices.ts';
import { stepAt } from './like-modes.ts';
import { truthOf, weeklyOnce } from './truth.ts';

/** The notices of each post of which every notice was delivered, in order. */
const deliveredSeries = (ledgers: readonly Ledger[]): Map<string, EffectRecord[]> =>
  new Map([...seriesIn(ledgers)].filter(([, records]) => records.every(({ delivered }) => delivered)));

const isMessage = (record: EffectRecord): boolean => saidBy(record)?.shows !== 'total';

/** What authors heard of likes is what the challenge's mode promises, if it was never another, and they never chose one of their own. */
export const checkLikes = (
  rest: Rest,
  truth: Truth,
  ledgers: readonly Ledger[],
  events: ReadonlyMap<string, Event>,
): string[] => {
  const { replies } = truth;
  const [mode, ...others] = rest.likeModes;
  const choices = likeChoicesIn(rest, events);
  const byChallenge = replies.filter(({ author }) => choices.of(author).size === 0);
  const ofChallenge = new Set(byChallenge.map(({ ts }) => ts));
  const series = new Map([...deliveredSeries(ledgers)].filter(([ts]) => ofChallenge.has(ts)));
  if (others.length > 0) return [];
  if (mode === 'off') return [...series.keys()].map((ts) => `likes of ${ts} were told, and are not to be`);
  if (mode === 'card')
    return [...series].flatMap(([ts, records]) =>
      records.filter(isMessage).length > 1 ? [`likes of ${ts} were told in several messages`] : [],
    );
  if (mode !== 'steps') return [];
  return [
    ...[...series].flatMap(([ts, records]) => checkSteps(ts, records, events)),
    ...checkTotals(rest, truth, byChallenge, series, events),
  ];
};

/** Each message tells of a step that was not told or passed before, and each step that a like reached has its message. */
const checkSteps = (ts: string, records: readonly EffectRecord[], events: ReadonlyMap<string, Event>): string[] => {
  const read = new Set(
    [...events.values()].flatMap((event) =>
      event.kind === 'reaction.added' && event.inferred && event.item === ts ? [event.user] : [],
    ),
  );
  const liking = new Set<string>();
  let most = 0;
  return records.flatMap((record, number) => {
    const covered = Object.entries(saidBy(record)?.covers ?? {});
    const isNews = covered.some(([user, { live }]) => live && !liking.has(user) && !read.has(user));
    for (const [user, { live }] of covered) {
      if (live) liking.add(user);
      else liking.delete(user);
    }
    const isStep = stepAt(liking.size) > stepAt(most);
    const about = `like:${ts}:${number}: ${liking.size} others like it, and ${most} did before`;
    most = Math.max(most, liking.size);
    if (isMessage(record) && !isStep) return [`${about}: a message at no step`];
    return !isMessage(record) && isStep && isNews ? [`${about}: a step without a message`] : [];
  });
};

/**
 * What stands in an author's conversation with the bot shows the post's total, by the rules of now or by any since it was last told; of what
 * did not count by some of them, nothing was told.
 */
const checkTotals = (
  { configured, dropped, direct, messages, deeds }: Rest,
  { choices }: Truth,
  replies: Truth['replies'],
  series: ReadonlyMap<string, readonly EffectRecord[]>,
  events: ReadonlyMap<string, Event>,
): string[] => {
  if (dropped) return [];
  const weekly = weeklyOnce(deeds.weekly, events);
  const byRules = configured.map(({ from, rules }) => ({
    from,
    replies: new Map(truthOf(messages, rules, weekly, choices).replies.map((reply) => [reply.ts, reply])),
  }));
  return replies.flatMap(({ ts, counted, likers }) => {
    const last = series.get(ts)?.at(-1)?.delivered;
    if (!counted || !last) return [];
    // In two conversations two messages may have one ts.
    const isAbout = ({ metadata }: SlackMessage): boolean =>
      String(metadata?.event_payload['effect']).startsWith(`like:${ts}:`);
    const text = direct.find((message) => message.ts === last.ts && isAbout(message))?.text ?? '';
    const total = Number(/.*좋아요(?:가 이제)? (\d+)개/.exec(text)?.[1]);
    const first = byRules.findLastIndex(({ from }) => from <= Number(last.at) * 1000);
    const views = byRules.slice(first).map((each) => each.replies.get(ts));
    return views.some((reply) => !reply?.counted || reply.likers.length === total)
      ? []
      : [`likes of ${ts}: ${likers.length}, and its author reads: ${text}`];
  });
};
