import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Event } from '../../src/events/catalog.ts';
import { type Choice, choiceFrom } from '../../src/events/choices.ts';
import type { Ts } from '../../src/events/timestamp.ts';
import { calendarOf, monthOf, plusWeeks } from '../../src/events/week.ts';
import { judge, outlookOf, weeksToRead } from '../../src/handlers/choice.ts';
import { closeMonth } from '../../src/handlers/month-result.ts';
import { peopleAfter } from '../../src/history/walk.ts';
import { differenceOf } from '../../src/projections/month-difference.ts';
import { season } from '../support/arbitrary.ts';
import {
  at,
  BOT,
  chose,
  deletion,
  excused,
  extended,
  JIHO,
  like,
  MINSEO,
  post,
  REPLY,
  reply,
  rested,
  ruled,
  told,
  WEEK,
  WEEKLY,
  weeklyPost,
} from '../support/events.ts';
import { challengeOf, ledgersOf, type Settings } from '../support/given.ts';

const NEXT = '2024-W33';
const NEXT_MONDAY = at('2024-08-12 09:30');

const ledgersFor = (choice: Choice, events: readonly Event[], settings: Settings = {}) => {
  const challenge = challengeOf(settings);
  const weeks = weeksToRead(choice, challenge);
  return { challenge, ledgers: ledgersOf(challenge, events).filter(({ week }) => weeks.includes(week)) };
};

const judged = (choice: Choice, events: readonly Event[], settings: Settings = {}) => {
  const { challenge, ledgers } = ledgersFor(choice, events, settings);
  const judgement = judge(challenge, choice, ledgers);
  return judgement.is === 'refused' ? judgement.refusal : judgement.is;
};

const differences = (choice: Choice, events: readonly Event[]) => {
  const { challenge, ledgers } = ledgersFor(choice, events);
  return outlookOf(challenge, choice, ledgers).map(({ before, after }) => differenceOf(before, after));
};

/** Two open weeks; Minseo wrote in both, Jiho in the first. */
const past = [
  weeklyPost(),
  weeklyPost(NEXT_MONDAY, NEXT),
  reply(),
  reply(at('2024-08-06 21:00'), { author: { user: JIHO } }),
  reply(at('2024-08-13 20:00'), { thread: NEXT_MONDAY }),
];
const challenge = challengeOf();
const close = (events: readonly Event[]): Event[] => [
  ...events,
  closeMonth(challenge, '2024-08', ledgersOf(challenge, events), at('2024-09-02 09:20')) as Event,
];

describe('a choice says something new, or what stands already', () => {
  const talk = post(at('2024-08-07 10:00'), { thread: WEEKLY });
  const settings: [what: string, said: Choice, again: Choice, other: Choice][] = [
    ['a ruling', ruled(talk.ts, 'accept'), ruled(talk.ts, 'accept', { by: JIHO }), ruled(talk.ts, 'reject')],
    [
      'for which week',
      ruled(talk.ts, 'accept', { week: NEXT }),
      ruled(talk.ts, 'accept', { week: NEXT }),
      ruled(talk.ts, 'accept'),
    ],
    [
      'a note',
      ruled(talk.ts, 'accept', { note: 'x' }),
      ruled(talk.ts, 'accept'),
      ruled(talk.ts, 'accept', { note: 'y' }),
    ],
    ['a rest', rested(WEEK, { rest: true }), rested(WEEK, { rest: true, by: JIHO }), rested(WEEK, { rest: false })],
    [
      'why it rests',
      rested(WEEK, { rest: true, reason: 'x' }),
      rested(WEEK, { rest: true }),
      rested(WEEK, { rest: true, reason: 'y' }),
    ],
    ['an excuse', excused(WEEK, JIHO), excused(WEEK, JIHO), excused(WEEK, JIHO, false)],
    [
      'an extension',
      extended(WEEK, at('2024-08-13 00:00')),
      extended(WEEK, at('2024-08-13 00:00')),
      extended(WEEK, at('2024-08-14 00:00')),
    ],
  ];
  const later = (choice: Choice): Choice => ({ ...choice, at: at('2024-08-12 13:00') });

  test.each(settings)('%s', (_what, said, again, other) => {
    expect(judged(said, [...past, talk])).toBe('new');
    const events = [...past, talk, said];
    expect(judged(said, events)).toBe('said');
    expect(judged(later(again), events)).toBe('said');
    expect(judged(later(other), events)).toBe('new');
  });

  test('what was never chosen is not taken back', () => {
    for (const none of [
      ruled(REPLY, 'none'),
      ruled('1722800000.000001', 'none'),
      rested(WEEK),
      extended(WEEK),
      excused(WEEK, JIHO, false),
    ])
      expect(judged(none, past)).toBe('said');
  });

  test('a plan, and what somebody wants to be told, as well', () => {
    const plan = {
      v: 1,
      kind: 'week.planned',
      channel: challenge.channel,
      at: WEEKLY,
      week: WEEK,
      user: JIHO,
    } as const;
    expect(judged({ ...plan, plan: 'none' }, past)).toBe('said');
    expect(judged({ ...plan, plan: 'rest' }, past)).toBe('new');
    expect(judged({ ...plan, plan: 'rest' }, [...past, { ...plan, plan: 'rest' }])).toBe('said');
    const wish = {
      v: 1,
      kind: 'member.set',
      channel: challenge.channel,
      at: WEEKLY,
      user: JIHO,
      key: 'remind',
    } as const;
    expect(judged({ ...wish, value: 'off' }, past)).toBe('new');
    expect(judged({ ...wish, value: 'off' }, [...past, { ...wish, value: 'off' }])).toBe('said');
  });

  describe('a setting', () => {
    const [august, later] = [at('2024-08-06 12:00'), at('2024-10-08 12:00')];
    const of = (value: string, when: Ts): Choice => chose(JIHO, 'remind', value, when);
    /** Judged by the ledgers of the month and the one before, and by all that is known of whoever sets it. */
    const bySeason = (choice: Choice, ...before: Event[]) => {
      const events = [...past, ...before];
      const { ledgers } = ledgersFor(choice, events);
      const person = peopleAfter(challenge, events).people.get(JIHO);
      const judgement = judge(challenge, choice, ledgers, person);
      return judgement.is === 'refused' ? judgement.refusal : judgement.is;
    };

    test('that was made in whatever week before', () => {
      expect(judged(of('off', at('2024-08-14 12:00')), [of('off', august)])).toBe('said');
      // Of the month before, which may not be published yet, its ledgers are read.
      expect(judged(of('off', at('2024-09-03 12:00')), [of('off', august)])).toBe('said');
      expect(bySeason(of('off', later), of('off', august))).toBe('said');
      expect(bySeason(of('on', later), of('off', august))).toBe('new');
      expect(bySeason(of('off', later), of('off', august), of('on', at('2024-09-03 12:00')))).toBe('new');
      expect(
        bySeason(of('off', later), chose(JIHO, 'notes', 'off', august), chose(MINSEO, 'remind', 'off', august)),
      ).toBe('new');
    });

    test('is not taken back by an earlier one of another week', () => {
      expect(bySeason(of('on', august), of('off', later))).toEqual({ why: 'overtaken', at: later });
      expect(bySeason(of('off', august), of('off', later))).toBe('said');
    });

    test('that asks to be told is new once more when something was told since: what one is told is counted from it', () => {
      const reminded = told(`remind:${JIHO}`, {}, { at: at('2024-08-17 10:00'), to: JIHO, week: NEXT });
      const inNext = reminded.map((event) => ({ ...event, week: NEXT }));
      expect(bySeason(of('on', later), of('on', august))).toBe('said');
      expect(bySeason(of('on', later), of('on', august), ...inNext)).toBe('new');
      expect(bySeason(of('on', later), of('on', august), ...inNext, of('sat', at('2024-08-20 12:00')))).toBe('new');
      expect(bySeason(of('sat', later), ...inNext, of('sat', at('2024-08-20 12:00')))).toBe('said');
      expect(bySeason(of('off', later), of('off', august), ...inNext)).toBe('said');
      // What is said once and never again is in no count.
      const first = told(`firststep:${JIHO}`, {}, { at: at('2024-08-14 12:00'), to: JIHO });
      expect(bySeason(of('on', later), of('on', august), ...first.map((event) => ({ ...event, week: NEXT })))).toBe(
        'said',
      );
    });
  });

  test('a plan is one of its week: the same of the next is new', () => {
    const plan = (week: string, when: Ts) =>
      ({ v: 1, kind: 'week.planned', channel: challenge.channel, at: when, week, user: JIHO, plan: 'rest' }) as const;
    expect(judged(plan(NEXT, NEXT_MONDAY), [...past, plan(WEEK, WEEKLY)])).toBe('new');
    expect(judged(plan(WEEK, NEXT_MONDAY), [...past, plan(WEEK, WEEKLY)])).toBe('said');
  });

  test('an earlier one than what stands is refused: the later one would win', () => {
    const stands = rested(WEEK, { rest: true, at: at('2024-08-12 12:01') });
    expect(judged(rested(WEEK), [...past, stands])).toEqual({ why: 'overtaken', at: stands.at });
  });
});

describe('a message is not ruled', () => {
  const elsewhere = post(at('2024-08-07 10:00'), { links: ['https://velog.io/@minseo/9'] });
  const inOtherThread = { ...elsewhere, thread: at('2024-08-07 09:00') };
  const byApp = reply(at('2024-08-07 11:00'), { author: BOT });
  const joined = post(at('2024-08-07 12:00'), { subtype: 'channel_join' });
  const liked = like(JIHO, at('2024-08-08 10:00'), { item: at('2024-08-08 09:00') });
  const bothWays: [string, Choice, Event[], object | string][] = [
    ['that nobody knows', ruled('1722900000.000001', 'accept'), [], { why: 'unknown' }],
    ['of which only a like is known', ruled(liked.item, 'accept'), [liked], { why: 'unknown' }],
    ['that is deleted', ruled(REPLY, 'accept'), [deletion()], { why: 'deleted' }],
    ['of an app', ruled(byApp.ts, 'accept'), [byApp], { why: 'by an app' }],
    ['that is the weekly post', ruled(WEEKLY, 'accept'), [], { why: 'weekly post' }],
    ["that is a line of Slack's own", ruled(joined.ts, 'accept'), [joined], { why: 'wordless' }],
    [
      'for a week of another month',
      ruled(REPLY, 'accept', { week: '2024-W36' }),
      [],
      { why: 'other month', month: '2024-08' },
    ],
  ];
  test.each(bothWays)('%s', (_what, choice, more, expected) => {
    expect(judged(choice, [...past, ...more])).toEqual(expected);
    expect(judged({ ...choice, verdict: 'reject' } as Choice, [...past, ...more])).toEqual(expected);
  });

  test('for a week that is not open, or for none', () => {
    expect(judged(ruled(REPLY, 'accept', { week: '2024-W34' }), past)).toEqual({ why: 'not open', week: '2024-W34' });
    expect(judged(ruled(inOtherThread.ts, 'accept'), [...past, inOtherThread])).toEqual({
      why: 'no week',
      month: '2024-08',
    });
    expect(judged(ruled(inOtherThread.ts, 'accept', { week: WEEK }), [...past, inOtherThread])).toBe('new');
    expect(judged(ruled(elsewhere.ts, 'accept'), [...past, elsewhere])).toBe('new');
  });

  test('of somebody who takes no part', () => {
    const settings = { members: { exclude: [MINSEO] } };
    expect(judged(ruled(REPLY, 'accept'), past, settings)).toEqual({ why: 'takes no part' });
  });

  test('but what was ruled of one that is deleted since is taken back', () => {
    expect(
      judged(ruled(REPLY, 'none', { at: at('2024-08-13 12:00') }), [...past, ruled(REPLY, 'accept'), deletion()]),
    ).toBe('new');
  });
});

describe('a week of the month before', () => {
  const last = '2024-W35';
  const lastMonday = at('2024-08-26 09:30');
  const tuesday = post(at('2024-09-03 10:00'), { thread: lastMonday });
  const events = [...past, weeklyPost(lastMonday, last), tuesday];
  const open = extended(last, at('2024-09-04 00:00'));

  test('may be named for what was written until it was extended to, and for nothing else', () => {
    const accept = ruled(tuesday.ts, 'accept', { week: last, at: at('2024-09-03 12:00') });
    expect(judged(accept, [...events, open])).toBe('new');
    expect(differences(accept, [...events, open])[0]?.posts).toMatchObject([{ after: { week: last, late: false } }]);
    expect(judged(accept, events)).toEqual({ why: 'other month', month: '2024-09' });
    expect(judged(accept, [...close([...events, open])])).toEqual({ why: 'closed', month: '2024-08' });
  });
});

describe('an extension', () => {
  test('ends later than now, and is for a week with a weekly post, or that has not been yet', () => {
    expect(judged(extended(WEEK, at('2024-08-12 12:00')), past)).toEqual({
      why: 'past',
      until: at('2024-08-12 12:00'),
    });
    expect(judged(extended(WEEK, at('2024-08-12 12:01')), past)).toBe('new');
    expect(judged(extended(WEEK, at('2024-08-12 12:01')), [])).toEqual({ why: 'not open', week: WEEK });
    expect(judged(extended(NEXT, at('2024-08-20 00:00')), [])).toBe('new');
    expect(judged(extended('2024-W40', at('2024-10-08 00:00')), [])).toBe('new');
  });

  test('of the last week of a month lets what was written in the next one count for it', () => {
    const last = '2024-W35';
    const lastMonday = at('2024-08-26 09:30');
    const late = reply(at('2024-09-02 10:00'), { thread: lastMonday });
    const events = [weeklyPost(lastMonday, last), late];
    const choice = extended(last, at('2024-09-03 00:00'));
    expect(differences(choice, events)).toEqual([
      {
        posts: [{ ts: late.ts, author: MINSEO, before: null, after: { week: last, late: false } }],
        challengers: { before: [], after: [MINSEO] },
        special: { before: [], after: [MINSEO] },
      },
    ]);
  });
});

describe('a closed month', () => {
  const talk = post(at('2024-08-14 10:00'), { thread: NEXT_MONDAY, author: { user: JIHO } });
  const closed = close([...past, talk]);

  test.each([
    ['a week of rest', rested(NEXT, { rest: true })],
    ['an excuse', excused(NEXT, JIHO)],
    ['an accepted message', ruled(talk.ts, 'accept')],
    ['a rejected post', ruled(REPLY, 'reject')],
  ])('is not changed by %s', (_what, choice) => {
    expect(judged(choice, [...past, talk])).toBe('new');
    expect(judged(choice, closed)).toEqual({ why: 'closed', month: '2024-08' });
  });

  test('is not changed by an extension of its last week, nor by one that is taken back', () => {
    const lastMonday = at('2024-08-26 09:30');
    const late = reply(at('2024-09-02 08:00'), { thread: lastMonday });
    const events = [...past, weeklyPost(lastMonday, '2024-W35'), late];
    const extension = { ...extended('2024-W35', at('2024-09-03 00:00')), at: at('2024-09-02 10:00') };
    const taken = { ...extended('2024-W35'), at: at('2024-09-02 11:00') };
    expect(judged(extension, events)).toBe('new');
    expect(judged(extension, close(events))).toEqual({ why: 'closed', month: '2024-08' });
    expect(judged(taken, [...events, extension])).toBe('new');
    const closedLater = closeMonth(
      challenge,
      '2024-08',
      ledgersOf(challenge, [...events, extension]),
      at('2024-09-02 10:30'),
    );
    expect(judged(taken, [...events, extension, closedLater as Event])).toEqual({ why: 'closed', month: '2024-08' });
  });

  test('is no reason to refuse what changes nothing of it', () => {
    expect(judged(excused(NEXT, MINSEO), closed)).toBe('new');
    expect(judged(rested(plusWeeks(NEXT, 1), { rest: true }), closed)).toBe('new');
  });

  test('nor to refuse what was chosen before it was closed', () => {
    const choice = excused(NEXT, JIHO);
    expect(judged(choice, close([...past, talk, choice]))).toBe('said');
  });
});

describe('for any log and any choice', () => {
  const isChoice = (event: Event): event is Choice => 'choice' in choiceFrom(event);
  const scenes = season
    .map((events) => ({ choices: events.filter(isChoice), told: events.filter((event) => !isChoice(event)) }))
    .filter(({ choices }) => choices.length > 0);

  test('what is new stands when it is written, and is not written again', () => {
    fc.assert(
      fc.property(scenes, ({ choices, told }) => {
        const events: Event[] = [...told];
        for (const choice of choices) {
          if (judged(choice, events) !== 'new') continue;
          events.push(choice);
          expect(judged(choice, events)).toBe('said');
        }
      }),
    );
  });

  test('no closed month is changed', () => {
    fc.assert(
      fc.property(scenes, ({ choices, told }) => {
        const months = new Set(told.map(({ at: when }) => monthOf(calendarOf(challenge.timeZone).weekOf(when))));
        const results = (events: readonly Event[]) =>
          [...months].map((month) => {
            const ofMonth = ledgersOf(challenge, events).filter(({ week }) => monthOf(week) === month);
            return closeMonth(challenge, month, ofMonth, at('2026-01-01 00:00'));
          });
        const first = results(told);
        const events: Event[] = [...told, ...first.filter((event) => event !== undefined)];
        for (const choice of choices) if (judged(choice, events) === 'new') events.push(choice);
        expect(results(events)).toEqual(first);
      }),
    );
  });
});
