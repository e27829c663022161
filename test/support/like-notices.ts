import type { Event } from '../../src/events/catalog.ts';
import type { Effect } from '../../src/handlers/effect.ts';
import {
  at,
  CHANNEL,
  JIHO,
  LINK,
  like,
  MINSEO,
  REPLY,
  reply,
  skipped,
  told,
  WEEK,
  WEEKLY,
  weeklyPost,
} from './events.ts';
import { given } from './given.ts';

export const FIRST = `like:${REPLY}:0` as const;
export const SECOND = `like:${REPLY}:1` as const;
export const THIRD = `like:${REPLY}:2` as const;
export const [NINE, TEN, ELEVEN] = [at('2024-08-06 21:00'), at('2024-08-06 22:00'), at('2024-08-06 23:00')];

export const on = (when: string) => ({ at: when, live: true });
export const off = (when: string) => ({ at: when, live: false });

export type Covers = Record<string, ReturnType<typeof on>>;

/** What a notice says that names people. */
export const naming = (names: string[], covers: Covers) => ({ about: REPLY, covers, names });
/** What a notice says that changes one that stands. */
export const changing = (covers: Covers) => ({ about: REPLY, covers, shows: 'total' });
/** What is recorded of likes that nobody is told of. */
export const covering = (covers: Covers) => ({ about: REPLY, covers });

/** A reply that counts and has been announced. */
export const participation = [
  weeklyPost(),
  reply(),
  skipped(`participation:${REPLY}:0`, { says: { shows: 'counted:' } }),
];
export const STANDING = { channel: 'D0MINSEO01', ts: ELEVEN };
export const posted = { to: STANDING.channel, ts: STANDING.ts };
/** The message that named the first liker. */
export const toldJiho = told(FIRST, naming([JIHO], { [JIHO]: on(NINE) }), posted);
export const jihoTold = [...participation, like(JIHO, NINE), ...toldJiho];

export type Notice = Extract<Effect, { kind: 'like' }>;

export const notice: Notice = {
  kind: 'like',
  id: FIRST,
  week: WEEK,
  due: NINE,
  says: naming([JIHO], { [JIHO]: on(NINE) }),
  post: { ts: REPLY, author: MINSEO, week: WEEK, thread: WEEKLY, url: LINK },
  added: [JIHO],
  removed: 0,
  total: 1,
};

/** The total in the message that stands, once the first liker likes no more. */
export const changed: Notice = {
  ...notice,
  id: SECOND,
  due: TEN,
  says: changing({ [JIHO]: off(TEN) }),
  added: [],
  removed: 1,
  total: 0,
  change: STANDING,
};

/** A total alone, in a message of its own. */
export const total: Notice = { ...notice, says: naming([], {}), added: [] };

export const inferred = (user: string, when = REPLY) => ({ ...like(user, when), inferred: true }) as const;

/** The month's result is frozen, and told. */
export const closed: Event[] = [
  {
    v: 1,
    kind: 'month.closed',
    channel: CHANNEL,
    at: at('2024-09-02 09:20'),
    month: '2024-08',
    weeks: [WEEK],
    challengers: [],
    special: [],
    rules: {},
    members: [],
  },
  skipped('month.result:2024-08', { week: '2024-W35' }),
];

/** What has happened so far, where each liker is told of. */
export const givenEach = (...events: (Event | readonly Event[])[]) =>
  given(...events).under({ notify: { likes: 'each' } });
