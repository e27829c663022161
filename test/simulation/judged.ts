import type { Event, EventOf } from '../../src/events/catalog.ts';
import type { Choice } from '../../src/events/choices.ts';
import { canonical } from '../../src/events/codec.ts';
import { asksAnew } from './asked.ts';
import type { Rest } from './checks.ts';
import { isChoice, isLater, lastWords, subjectOf } from './choices.ts';
import { goneIn, type Known, knownOf, truthBy } from './known.ts';
import { monthOf, type PlainRules, readersOf, weekOf } from './truth.ts';

const MINUTE = 60_000;

/** Every choice is in the log once and as it was made, or is not, and each for a reason; and a month was frozen as it was known to be. */
export const checkChoices = (rest: Rest, events: ReadonlyMap<string, Event>): string[] => {
  const known = knownOf(rest.log, events);
  const rules = rest.earlier ? [rest.rules, rest.earlier] : [rest.rules];
  return [...checkWritten(rest, known, rules, events), ...checkFrozen(rest, known, rules, events)];
};

const checkWritten = (
  { log, chosen, jobs }: Rest,
  known: Known,
  rules: readonly PlainRules[],
  events: ReadonlyMap<string, Event>,
): string[] => {
  const written = new Map([...events].flatMap(([key, event]) => (isChoice(event) ? [[canonical(event), key]] : [])));
  const made = new Map(chosen.map((each) => [canonical(each.choice), each]));
  const faults = [...written].filter(([text]) => !made.has(text)).map(([, key]) => `${key} was chosen by nobody`);
  for (const [text, { choice, job }] of made) {
    const key = written.get(text);
    const times = jobs(job);
    const until = key ? (log.createdAt.get(key) as number) : (times.ended.at(-1) ?? 0);
    const taken = [...times.taken, ...(key ? jobs(`${job}+`).taken : [])].filter((at) => at <= until);
    const from = key ? Math.min(...taken) : (taken.at(-1) as number);
    // A job that was given out twice may be done beside one that stands before it, of which the log has what no ledger has yet.
    const isBeside = jobs(`${job}+`).taken.length > 0;
    const unfolded = (at: number): Set<string> =>
      new Set(
        chosen.filter((each) => !jobs(each.job).ended.some((end) => end <= at)).map((each) => canonical(each.choice)),
      );
    const viewsAt = (at: number): Event[][] => {
      const all = known.by(at);
      if (!isBeside) return [all];
      const hidden = unfolded(at);
      return [all, all.filter((event) => !isChoice(event) || !hidden.has(canonical(event)))];
    };
    const isRight = known
      .instants(from, until)
      .flatMap(viewsAt)
      .some((view) => rules.some((those) => (whyNot(choice, view, those, key) === undefined) === (key !== undefined)));
    const why = (): string | undefined => whyNot(choice, known.by(until), rules[0] as PlainRules, key);
    if (!isRight) faults.push(key ? `${key} was written, and ${why()}` : `${text} was not written, and could be`);
  }
  return faults;
};

/** Why a choice is not to be written for whoever knows these events, of which it is none; undefined when it is. */
const whyNot = (choice: Choice, all: readonly Event[], rules: PlainRules, _key?: string): string | undefined => {
  const own = canonical(choice);
  const events = all.filter((event) => event.kind !== choice.kind || canonical(event) !== own);
  const choices = events.filter(isChoice);
  const subject = subjectOf(choice);
  const last = lastWords(choices).get(subject);
  const isAsked = choice.kind === 'member.set' && choice.at > (last?.at ?? '') && asksAnew(choice, events, rules);
  if (saysTheSame(choice, last) && !isAsked) return 'that stands already';
  if (last && !isLater(choice, last)) return 'a later word stands';
  if (choice.kind === 'week.planned' || choice.kind === 'member.set') return undefined;
  return whyImpossible(choice, events, rules) ?? whyClosed(choice, events, rules);
};

const saysTheSame = (choice: Choice, last: Choice | undefined): boolean => {
  if (choice.kind === 'post.ruled') {
    const { verdict = 'none', week, note } = (last ?? {}) as Partial<EventOf<'post.ruled'>>;
    if (choice.verdict === 'none' || choice.verdict !== verdict) return choice.verdict === verdict;
    return choice.week === week && (choice.note === undefined || choice.note === note);
  }
  if (choice.kind === 'week.rested') {
    const { rest, reason } = (last ?? {}) as Partial<EventOf<'week.rested'>>;
    return choice.rest === rest && (rest === undefined || choice.reason === undefined || choice.reason === reason);
  }
  if (choice.kind === 'week.extended') return choice.until === (last as typeof choice | undefined)?.until;
  if (choice.kind === 'week.excused') return choice.excused === ((last as typeof choice | undefined)?.excused ?? false);
  if (choice.kind === 'week.planned') return choice.plan === ((last as typeof choice | undefined)?.plan ?? 'none');
  return choice.value === (last as typeof choice | undefined)?.value;
};

const whyImpossible = (choice: Choice, events: readonly Event[], rules: PlainRules): string | undefined => {
  if (choice.kind === 'week.extended' && choice.until !== undefined) {
    if (choice.until <= choice.at) return 'it ends before it begins';
    const isOpen = truthBy(events, rules).openWeeks.includes(choice.week);
    return isOpen || choice.week >= weekOf(choice.at) ? undefined : 'there was no such week';
  }
  if (choice.kind !== 'post.ruled' || choice.verdict === 'none') return undefined;
  const { messages, weekly, choices } = truthBy(events, rules);
  const message = messages.find(({ ts }) => ts === choice.ts);
  if (!message?.user) return 'nobody knows of it, or it is deleted';
  if (message.bot_id !== undefined) return 'an app wrote it';
  if (weekly.has(choice.ts)) return 'it opens a week';
  if (choice.verdict === 'accept') {
    const then = truthBy([...events, choice], rules).replies.find(({ ts }) => ts === choice.ts);
    return then?.counted ? undefined : 'it would count for no week';
  }
  const before = weekOf(`${Number(choice.ts.split('.')[0]) - 7 * 86_400}.000000`);
  const isInTime = choice.ts <= (choices.until(before) ?? '');
  const months = [monthOf(weekOf(choice.ts)), ...(isInTime ? [monthOf(before)] : [])];
  return choice.week && !months.includes(monthOf(choice.week)) ? 'the week is of another month' : undefined;
};

/** A month that is closed stays as it is. */
const whyClosed = (choice: Choice, events: readonly Event[], rules: PlainRules): string | undefined => {
  const closed = events.filter((event) => event.kind === 'month.closed');
  const changed = closed.find((event) => {
    const [before, after] = [events, [...events, choice]].map((those) => canonical(resultOf(event, those, rules)));
    return before !== after;
  });
  return changed && `${changed.month} is closed`;
};

/** What is frozen of a month, for whoever knows these events. */
const resultOf = (closed: EventOf<'month.closed'>, events: readonly Event[], rules: PlainRules) => {
  const { month } = closed;
  const found = truthBy(events, rules).months.find((each) => each.month === month);
  if (!found) return { month };
  const { open: weeks, ofMonth, challengers, special, finishers } = found;
  const members = [...Map.groupBy(ofMonth, ({ author }) => author)].map(([id, posts]) => {
    const sums = (some: typeof posts) => ({
      posts: some.length,
      likes: some.reduce((sum, { likers }) => sum + likers.length, 0),
    });
    const cells = [...Map.groupBy(posts, ({ week }) => week)].map(([week, some]) => [
      week,
      { ...sums(some), late: some.filter(({ late }) => late).length },
    ]);
    return { id, ...sums(posts), weeks: Object.fromEntries(cells) };
  });
  return {
    month,
    weeks,
    members: members.sort((one, other) => (one.id < other.id ? -1 : 1)),
    challengers,
    special,
    ...(closed.finishers ? { finishers } : {}),
    ...(rules.readers === 'off' || !closed.readers
      ? {}
      : { readers: readersOf(found, rules.readers, goneIn(events, month)) }),
  };
};

/** How long what is in the log may not be known yet to whoever freezes a month. */
const BEHIND = 15 * MINUTE;

/**
 * What a night's comparison with Slack found, and appended in its last moment, is folded by the next whole one. Nobody has acknowledged it,
 * so a result need not wait for that; in these runs there may be weeks between two nights.
 */
const NIGHTS_BEHIND = 40 * 24 * 60 * MINUTE;

const isInferred = (event: Event): boolean => 'inferred' in event && event.inferred === true;

const checkFrozen = (
  { log }: Rest,
  known: Known,
  rules: readonly PlainRules[],
  events: ReadonlyMap<string, Event>,
): string[] => {
  const bornAt = new Map([...events].map(([key, event]) => [event, log.createdAt.get(key) as number]));
  return [...events].flatMap(([key, event]) => {
    if (event.kind !== 'month.closed') return [];
    const { month, weeks, members, challengers, special, finishers, readers } = event;
    const frozen = { month, weeks, members, challengers, special, finishers, readers };
    const at = log.createdAt.get(key) as number;
    const isWhole = rules.some(
      (those) => those.finishers === Boolean(finishers) && (those.readers !== 'off') === Boolean(readers),
    );
    const before = (instant: number): Event[] => known.by(instant).filter((each) => each !== event);
    const isResultOf = (all: readonly Event[]): boolean =>
      rules.some((those) => canonical(resultOf(event, all, those)) === canonical(frozen));
    const isLateFind = (each: Event): boolean => isInferred(each) && (bornAt.get(each) ?? 0) > at - NIGHTS_BEHIND;
    const isRight = known.instants(at - BEHIND, at).some((instant) => {
      const all = before(instant);
      // What was found since some night has been appended, and not folded.
      const births = new Set(all.filter(isLateFind).map((each) => bornAt.get(each) as number));
      const since = [Number.POSITIVE_INFINITY, ...[...births].sort((one, other) => other - one)];
      return since.some((from) =>
        isResultOf(all.filter((each) => !isLateFind(each) || (bornAt.get(each) ?? 0) < from)),
      );
    });
    if (isWhole && isRight) return [];
    return [
      `${month} was frozen as ${canonical(frozen)}, expected ${canonical(resultOf(event, before(at), rules[0] as PlainRules))}`,
    ];
  });
};
