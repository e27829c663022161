import type { Event } from '../../src/events/catalog.ts';
import type { EffectId } from '../../src/handlers/effect.ts';
import { isFinal } from '../../src/handlers/effect-record.ts';
import { isEffectId, parseId } from '../../src/handlers/kinds.ts';
import type { EffectRecord, Ledger } from '../../src/projections/ledger.ts';
import { CHANNEL } from '../support/world.ts';
import type { Rest, Truth } from './checks.ts';
import { firstHeardOf } from './news.ts';
import { ADMIN, BOT, ORGANIZER } from './people.ts';
import { monthOf, weekOf } from './truth.ts';

/** What the bot says in the channel in a season keeps within what was promised, and writers are told what an admin decided about theirs. */
export const checkVoice = (
  rest: Rest,
  truth: Truth,
  ledgers: readonly Ledger[],
  events: ReadonlyMap<string, Event>,
): string[] => [
  ...checkChannel(rest),
  ...checkStanding(rest, truth),
  ...checkRestWords(rest, truth),
  ...checkHints(ledgers, events),
  ...(rest.dropped || rest.earlier ? [] : checkRejected(truth, ledgers, events)),
];

interface Said {
  ts: string;
  kind: string;
  about: string;
  text: string;
}

/** What stands in the channel of the bot's. */
const saidIn = ({ messages }: Rest): Said[] =>
  messages.flatMap(({ ts, user, text, metadata, subtype }) => {
    if (user !== BOT.id || subtype === 'tombstone' || subtype === 'channel_join') return [];
    const { effect } = (metadata?.event_payload ?? {}) as { effect?: string };
    if (effect === undefined || !isEffectId(effect)) return [{ ts, kind: 'nothing', about: '', text }];
    return [{ ts, text, ...parseId(effect as EffectId) }];
  });

/** What each is said once about: a weekly post and a digest a week, an announcement a post, a result a month, a catch-up a day. */
const ONCE: Record<string, (said: Said) => string> = {
  'week.open': ({ about }) => about,
  digest: ({ about }) => about,
  participation: ({ about }) => about,
  'month.result': ({ about }) => about,
  'catch-up': ({ about }) => about,
};

const checkChannel = (rest: Rest): string[] => {
  const said = saidIn(rest);
  const others = said.filter(({ kind }) => !(kind in ONCE)).map(({ kind, text }) => `${kind} in the channel: ${text}`);
  const slots = said.filter(({ kind }) => kind in ONCE).map((each) => `${each.kind} of ${ONCE[each.kind]?.(each)}`);
  const twice = slots.filter((slot, position) => slots.indexOf(slot) < position);
  return [...others, ...twice.map((slot) => `${slot}: more in the channel than was promised`)];
};

/** No announcement stands of what does not count, whether it is a reply or none, unless its correction was given up. */
const checkStanding = (rest: Rest, { counted }: Truth): string[] => {
  if (rest.dropped || rest.earlier) return [];
  const counts = new Set(counted.map(({ ts }) => ts));
  const standing = saidIn(rest).filter(({ kind, text }) => kind === 'participation' && !text.startsWith('(취소됨)'));
  return standing
    .filter(({ about }) => !counts.has(about) && !rest.givenUp(`participation:${about}`))
    .map(({ about }) => `participation of ${about}: does not count, and its announcement stands`);
};

/** The weekly posts of the month that is open say whether their weeks rest, whenever that was decided. */
const checkRestWords = (rest: Rest, { rests }: Truth): string[] => {
  if (rest.earlier) return [];
  const month = monthOf(weekOf(`${Math.floor(rest.now / 1000)}.000000`));
  return saidIn(rest)
    .filter(
      ({ kind, about }) => kind === 'week.open' && monthOf(about) === month && !rest.givenUp(`week.open:${about}`),
    )
    .filter(({ about, text }) => text.includes('쉬어 가는 주') !== rests(about))
    .map(({ about }) => `${about}: its weekly post says ${rests(about) ? 'nothing of' : 'that it is a week of'} rest`);
};

interface Hint {
  author: string;
  about: string;
  week: string;
  shows: string | undefined;
  record: EffectRecord;
}

const hintsIn = (ledgers: readonly Ledger[]): Hint[] =>
  ledgers.flatMap(({ week, effects, messages }) =>
    Object.entries(effects).flatMap(([id, record]) => {
      const { kind, about, detail } = parseId(id as EffectId);
      if (kind !== 'hint' || detail !== undefined) return [];
      const shows = Object.values(record.attempts ?? {}).find(({ says }) => says?.shows)?.says?.shows;
      return [{ author: messages[about]?.author ?? '', about, week, shows, record }];
    }),
  );

/** Nobody is told more than once a week why something of theirs does not count; and that it was rejected, only if it was. */
const checkHints = (ledgers: readonly Ledger[], events: ReadonlyMap<string, Event>): string[] => {
  const told = hintsIn(ledgers).filter(({ shows, record }) => record.delivered && shows !== 'mention');
  const people = told.map(({ author, week }) => `${author} in ${week}`);
  const rejected = new Set(
    [...events.values()].flatMap((event) =>
      event.kind === 'post.ruled' && event.verdict === 'reject' ? [event.ts] : [],
    ),
  );
  return [
    ...people
      .filter((who, at) => people.indexOf(who) < at)
      .map((who) => `${who} was told twice why something does not count`),
    ...told
      .filter(({ shows, about }) => shows === 'rejected' && !rejected.has(about))
      .map(({ about }) => `${about} was said to be rejected, and was not`),
  ];
};

/** By author and week, the posts that were to be told of as counted: whoever has one is only talking with all else, whatever becomes of it later. */
const announcedIn = (ledgers: readonly Ledger[]): string[] =>
  ledgers.flatMap(({ week, effects, messages }) =>
    Object.keys(effects).flatMap((id) => {
      const { kind, about } = parseId(id as EffectId);
      return kind === 'participation' ? [`${messages[about]?.author} ${week} ${about}`] : [];
    }),
  );

/** Whoever wrote what was rejected, and nothing else that counted in the week, was told of something they wrote in it, or was to be. */
const checkRejected = (
  { replies, counted }: Truth,
  ledgers: readonly Ledger[],
  events: ReadonlyMap<string, Event>,
): string[] => {
  const firstHeard = firstHeardOf(events) ?? '9999999999.000000';
  const answered = new Set(
    hintsIn(ledgers).flatMap(({ author, week, record }) => (isFinal(record) ? [`${author} ${week}`] : [])),
  );
  const announced = announcedIn(ledgers);
  const hasAnother = (author: string, ts: string): boolean =>
    announced.some((post) => post.startsWith(`${author} ${weekOf(ts)} `) && !post.endsWith(ts));
  return replies
    .filter(({ rejected, ts, author }) => rejected && ts >= firstHeard && author !== ADMIN && author !== ORGANIZER)
    .filter(({ author, week }) => !counted.some((post) => post.author === author && post.week === week))
    .filter(({ author, ts }) => !answered.has(`${author} ${weekOf(ts)}`) && !hasAnother(author, ts))
    .map(({ ts }) => `${ts} in ${CHANNEL} was rejected, and its author was not told`);
};
