import type { EventOf, Says } from '../../src/events/catalog.ts';
import { type Ts, tsAt } from '../../src/events/timestamp.ts';
import { WEEK_OPEN } from '../../src/projections/message.ts';

/** An instant of Seoul's clock (`2024-08-05 09:30`) as Slack would date it. */
export const at = (local: string): Ts => tsAt(Date.parse(`${local.replace(' ', 'T')}+09:00`));

export const CHANNEL = 'C0TILCHAN1';
export const BOT = { user: 'U0TILBOT01', bot: 'B0TILBOT01' };
export const MINSEO = 'U0MINSEO01';
export const JIHO = 'U0JIHO0001';
export const SEOYEON = 'U0SEOYEON1';

/** The first week of August 2024, its weekly post, and a reply to that. */
export const WEEK = '2024-W32';
export const WEEKLY = at('2024-08-05 09:30');
export const REPLY = at('2024-08-06 20:00');
export const LINK = 'https://velog.io/@minseo/1';

/** When what the bot did was done: no decision depends on it. */
const DONE = at('2024-08-06 21:00');

const base = (instant: Ts) => ({ v: 1, channel: CHANNEL, at: instant }) as const;

type Posted = EventOf<'message.posted'>;
type Edited = EventOf<'message.edited'>;
type Effects = 'effect.attempted' | 'effect.delivered' | 'effect.refused' | 'effect.skipped';
type Fields<K extends Effects> = Partial<Omit<EventOf<K>, 'kind' | 'effect'>>;

/** A message outside any thread, without links. */
export const post = (ts: Ts, fields: Partial<Posted> = {}): Posted => ({
  ...base(ts),
  kind: 'message.posted',
  ts,
  author: { user: MINSEO },
  text: '',
  links: [],
  ...fields,
});

/** The bot's own weekly post. */
export const weeklyPost = (ts = WEEKLY, week = WEEK): Posted =>
  post(ts, { author: BOT, text: 'TIL', metadata: { type: WEEK_OPEN, week } });

/** What a reply of that instant links to: no two replies to the same, since an address counts once a month. */
export const linkAt = (ts: Ts): string => (ts === REPLY ? LINK : `https://velog.io/@minseo/${ts}`);

/** A reply in the thread of the weekly post, with a link that counts. */
export const reply = (ts = REPLY, fields: Partial<Posted> = {}): Posted =>
  post(ts, { thread: WEEKLY, links: [linkAt(ts)], ...fields });

/** A new wording of a reply; Slack sends the whole message again. */
export const edit = (ts: Ts, when: Ts, fields: Partial<Edited> = {}): Edited => ({
  ...reply(ts),
  at: when,
  kind: 'message.edited',
  ...fields,
});

/** Slack's link preview, which arrives as an edit without another wording. */
export const preview = (ts: Ts, title: string, when = at('2024-08-06 20:01')): Edited =>
  edit(ts, when, { previews: [{ url: LINK, title }] });

export const deletion = (ts = REPLY, when = at('2024-08-06 22:00')): EventOf<'message.deleted'> => ({
  ...base(when),
  kind: 'message.deleted',
  ts,
});

export const like = (user: string, when: Ts, { item = REPLY, name = '+1' } = {}): EventOf<'reaction.added'> => ({
  ...base(when),
  kind: 'reaction.added',
  item,
  user,
  name,
});

export const unlike = (user: string, when: Ts, { item = REPLY, name = '+1' } = {}): EventOf<'reaction.removed'> => ({
  ...base(when),
  kind: 'reaction.removed',
  item,
  user,
  name,
});

/** An admin's word about a message. */
export const ruled = (
  ts: Ts,
  verdict: EventOf<'post.ruled'>['verdict'],
  fields: Partial<EventOf<'post.ruled'>> = {},
): EventOf<'post.ruled'> => ({ ...base(at('2024-08-12 12:00')), kind: 'post.ruled', ts, verdict, ...fields });

/** An admin's word about a week. */
export const rested = (week: string, fields: Partial<EventOf<'week.rested'>> = {}): EventOf<'week.rested'> => ({
  ...base(at('2024-08-12 12:00')),
  kind: 'week.rested',
  week,
  ...fields,
});

export const excused = (week: string, user: string, isExcused = true): EventOf<'week.excused'> => ({
  ...base(at('2024-08-12 12:00')),
  kind: 'week.excused',
  week,
  user,
  excused: isExcused,
});

export const extended = (week: string, until?: Ts): EventOf<'week.extended'> => ({
  ...base(at('2024-08-12 12:00')),
  kind: 'week.extended',
  week,
  ...(until ? { until } : {}),
});

/** What somebody chose to be told. */
export const chose = (
  user: string,
  key: EventOf<'member.set'>['key'],
  value: string,
  when = at('2024-08-06 12:00'),
): EventOf<'member.set'> => ({ ...base(when), kind: 'member.set', user, key, value }) as EventOf<'member.set'>;

export const profile = (user: string, name: string, fields: { bot?: boolean } = {}): EventOf<'profile.seen'> => ({
  ...base(WEEKLY),
  kind: 'profile.seen',
  user,
  name,
  ...fields,
});

export const attempted = (effect: string, fields: Fields<'effect.attempted'> = {}): EventOf<'effect.attempted'> => ({
  ...base(DONE),
  kind: 'effect.attempted',
  week: WEEK,
  effect,
  attempt: 1,
  ...fields,
});

export const delivered = (effect: string, fields: Fields<'effect.delivered'> = {}): EventOf<'effect.delivered'> => ({
  ...base(DONE),
  kind: 'effect.delivered',
  week: WEEK,
  effect,
  attempt: 1,
  to: CHANNEL,
  ...fields,
});

/** Refused for good, unless said otherwise. */
export const refused = (effect: string, fields: Fields<'effect.refused'> = {}): EventOf<'effect.refused'> => ({
  ...base(DONE),
  kind: 'effect.refused',
  week: WEEK,
  effect,
  attempt: 1,
  reason: 'is_archived',
  final: true,
  ...fields,
});

export const skipped = (effect: string, fields: Fields<'effect.skipped'> = {}): EventOf<'effect.skipped'> => ({
  ...base(DONE),
  kind: 'effect.skipped',
  week: WEEK,
  effect,
  reason: 'too old',
  ...fields,
});

/** An effect that was sent: its attempt, with what it said, and its delivery. */
export const told = (effect: string, says: Says, fields: Fields<'effect.delivered'> = {}) => [
  attempted(effect, { says }),
  delivered(effect, fields),
];
