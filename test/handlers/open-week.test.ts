import { describe, expect, test } from 'vitest';
import { tsAt } from '../../src/events/timestamp.ts';
import type { Effect } from '../../src/handlers/effect.ts';
import { dueTs } from '../../src/handlers/open-week.ts';
import type { WeekSnapshot } from '../../src/projections/contract.ts';
import { createBot } from '../support/bot.ts';
import {
  at,
  attempted,
  BOT,
  CHANNEL,
  deletion,
  delivered,
  extended,
  JIHO,
  MINSEO,
  post,
  refused,
  reply,
  rested,
  skipped,
  told,
  WEEK,
  WEEKLY,
  weeklyPost,
} from '../support/events.ts';
import { given } from '../support/given.ts';

const ID = `week.open:${WEEK}` as const;
const DUE = at('2024-08-05 09:30');
const open: Effect = { kind: 'week.open', id: ID, week: WEEK, due: DUE, opens: WEEK };

/** Somebody's message with the title of the week. */
const titled = (author: { user: string; bot?: string }) => post(WEEKLY, { author, text: '[TIL 8월 1주차]' });

describe('the weekly post', () => {
  test('is owed for a week of which nothing is known', () => {
    given().whenWeekOpens(WEEK, DUE).then(open);
  });

  test('is owed for a week without one, whatever else was said', () => {
    given(reply(), titled({ user: JIHO }))
      .whenWeekOpens(WEEK, DUE)
      .then(open);
  });

  test('is owed again when the one there was is deleted by hand before it was recorded', () => {
    given(weeklyPost(), deletion(WEEKLY)).whenWeekOpens(WEEK, DUE).then(open);
  });

  test('is not owed for a week that has one: the bot’s own, another bot’s, or an organizer’s', () => {
    given(weeklyPost()).whenWeekOpens(WEEK, DUE).then();
    given(titled({ ...BOT, user: 'U0OTHERBOT' }))
      .whenWeekOpens(WEEK, DUE)
      .then();
    given(titled({ user: JIHO }))
      .under({ organizers: [JIHO] })
      .whenWeekOpens(WEEK, DUE)
      .then();
  });

  test('of another week is no reason not to post this one', () => {
    given(weeklyPost())
      .whenWeekOpens('2024-W33', DUE)
      .then({ ...open, id: 'week.open:2024-W33', week: '2024-W33', opens: '2024-W33' });
  });

  test.each([
    ['delivered', told(ID, {})],
    ['passed over', [skipped(ID)]],
    ['refused for good', [refused(ID)]],
  ])('is not owed once it was %s, although it does not stand there', (_, past) => {
    given(...past)
      .whenWeekOpens(WEEK, DUE)
      .then();
  });

  test('is still owed while nobody knows whether it was sent', () => {
    given(attempted(ID)).whenWeekOpens(WEEK, DUE).then(open);
  });

  test('is withdrawn when another stands there and nobody knows whether it was sent', () => {
    given(weeklyPost(), attempted(ID))
      .whenWeekOpens(WEEK, DUE)
      .then({ ...open, withdrawn: true });
  });

  test('is not owed when another stands there and it was refused: then nothing was sent', () => {
    given(weeklyPost(), attempted(ID), refused(ID, { final: false }))
      .whenWeekOpens(WEEK, DUE)
      .then();
  });
});

describe('the weekly post tells', () => {
  const NEXT = '2024-W33';
  const NEXT_DUE = at('2024-08-12 09:30');
  const next: Effect = { ...open, id: `week.open:${NEXT}`, week: NEXT, due: NEXT_DUE, opens: NEXT };
  const by = (user: string, ts: string) => reply(ts, { author: { user } });

  test('how many wrote how much last week', () => {
    const posts = [
      by(JIHO, at('2024-08-06 20:00')),
      by(JIHO, at('2024-08-07 20:00')),
      by(MINSEO, at('2024-08-08 20:00')),
    ];
    given(weeklyPost(), ...posts, reply(at('2024-08-08 21:00'), { links: [] }))
      .whenWeekOpens(NEXT, NEXT_DUE)
      .then({ ...next, lastWeek: { people: 2, posts: 3 } });
  });

  test('nothing of a week in which nobody wrote, that was not open, or that is longer ago', () => {
    given(weeklyPost()).whenWeekOpens(NEXT, NEXT_DUE).then(next);
    given(reply()).whenWeekOpens(NEXT, NEXT_DUE).then(next);
    const later = at('2024-08-19 09:30');
    given(weeklyPost(), reply())
      .whenWeekOpens('2024-W34', later)
      .then({ ...next, id: 'week.open:2024-W34', week: '2024-W34', due: later, opens: '2024-W34' });
  });

  test('of the last week of the month before, and of what came into it when it was extended', () => {
    const last = '2024-W35';
    const thread = at('2024-08-26 09:30');
    const inTime = at('2024-09-02 08:00');
    const events = [weeklyPost(thread, last), reply(at('2024-08-27 20:00'), { thread }), reply(inTime, { thread })];
    const first = given(...events, extended(last, at('2024-09-02 09:00'))).asked('2024-W36', 'week.open:2024-W36');
    expect(first).toMatchObject({ opens: '2024-W36', lastWeek: { people: 1, posts: 2 } });
  });

  test('that the week is one of rest, and nothing of last week', () => {
    const rests: Effect = { ...next, rest: true, says: { shows: 'rest' } };
    given(weeklyPost(), reply(), rested(NEXT, { rest: true }))
      .whenWeekOpens(NEXT, NEXT_DUE)
      .then(rests);
    given(weeklyPost(), reply())
      .under({ schedule: { rest: [NEXT] } })
      .whenWeekOpens(NEXT, NEXT_DUE)
      .then(rests);
    given(weeklyPost(), reply(), rested(NEXT, { rest: false }))
      .under({ schedule: { rest: [NEXT] } })
      .whenWeekOpens(NEXT, NEXT_DUE)
      .then({ ...next, lastWeek: { people: 1, posts: 1 } });
  });
});

describe('the weekly post that stands', () => {
  const standing = { channel: CHANNEL, ts: WEEKLY };
  const posted = [weeklyPost(), ...told(ID, {}, { ts: WEEKLY })];
  const rests = rested(WEEK, { rest: true });
  const change: Effect = { ...open, id: `${ID}:1`, rest: true, says: { shows: 'rest' }, change: standing };
  const changed = told(`${ID}:1`, { shows: 'rest' }, { ts: WEEKLY });
  const undone = rested(WEEK, { at: at('2024-08-13 12:00') });

  test('is changed when the week becomes one of rest, by a person or by the rules', () => {
    given(...posted)
      .when(rests)
      .then(change);
    given(...posted)
      .under({ schedule: { rest: [WEEK] } })
      .when()
      .then(change);
  });

  test('is changed once, and back when that is undone', () => {
    given(...posted, rests, ...changed)
      .when()
      .then();
    given(...posted, rests, ...changed)
      .when(undone)
      .then({ ...open, id: `${ID}:2`, says: { shows: 'open' }, change: standing });
  });

  test('that spoke of rest from the beginning is changed when there is none', () => {
    const spoke = [weeklyPost(), rests, ...told(ID, { shows: 'rest' }, { ts: WEEKLY })];
    given(...spoke)
      .when()
      .then();
    given(...spoke)
      .when(undone)
      .then({ ...open, id: `${ID}:1`, says: { shows: 'open' }, change: standing });
  });

  test('is made to say what holds when nobody knows whether a change was made that holds no more', () => {
    given(...posted, rests, attempted(`${ID}:1`, { says: { shows: 'rest' } }))
      .when(undone)
      .then({ ...open, id: `${ID}:1`, says: { shows: 'open' }, change: standing });
  });

  test('is let alone when Slack refused to change it for good', () => {
    given(...posted, rests, attempted(`${ID}:1`, { says: { shows: 'rest' } }), refused(`${ID}:1`))
      .when()
      .then();
  });

  test('of another bot, of an organizer, or that was deleted is not changed', () => {
    given(titled({ ...BOT, user: 'U0OTHERBOT' }))
      .when(rests)
      .then();
    given(titled({ user: JIHO }))
      .under({ organizers: [JIHO] })
      .when(rests)
      .then();
    given(...posted, deletion(WEEKLY))
      .when(rests)
      .then();
  });

  test('a second time, since somebody asked for it, is the one that is changed', () => {
    const again = at('2024-08-06 10:00');
    const second = [
      weeklyPost(again),
      attempted(ID, { attempt: 2 }),
      delivered(ID, { attempt: 2, ts: again }),
      deletion(WEEKLY),
    ];
    given(...posted, ...second)
      .when(rests)
      .then({ ...change, change: { channel: CHANNEL, ts: again } });
    // What was said of the first is not said of the second.
    given(...posted, rests, ...changed, ...second)
      .when()
      .then({ ...change, id: `${ID}:2`, change: { channel: CHANNEL, ts: again } });
  });

  test('of a month that is closed stays as it was', () => {
    const closed = {
      v: 1,
      kind: 'month.closed',
      channel: CHANNEL,
      at: at('2024-09-02 09:20'),
      month: '2024-08',
    } as const;
    const result = { ...closed, weeks: [WEEK], rules: {}, members: [], challengers: [], special: [] };
    const ended = told('month.result:2024-08', {}).map((event) => ({ ...event, week: '2024-W35' }));
    given(...posted, result, ...ended)
      .under({ schedule: { rest: [WEEK] } })
      .when()
      .then();
  });

  test('is changed in Slack, stays what it is there, and its thread takes posts', async () => {
    const bot = createBot();
    await bot.pass(1800);
    await bot.tick('week.open');
    const before = bot.everything();
    const rest = async (fields: object) => {
      await bot.clock.sleep(1000);
      await bot.record({ ...rested(WEEK, { at: tsAt(bot.clock.now()) }), ...fields });
      await bot.pass(60);
    };
    await rest({ rest: true });
    expect(bot.everything()).toEqual([before[0]?.replace('*\n', `*\n${REST_KO}\n`)]);
    await bot.restart();
    await bot.reply('U0MINSEO01', 'https://velog.io/@minseo/1');
    expect(bot.said().at(-1)).toContain('챌린지에 참여하였습니다');
    await rest({});
    expect(bot.everything().slice(0, 1)).toEqual(before);
    const effects = Object.keys((await bot.ledger(WEEK))?.effects ?? {}).filter((id) => id.startsWith('week.open'));
    expect(effects).toEqual([ID, `${ID}:1`, `${ID}:2`]);
    expect((await bot.read<WeekSnapshot>(`snapshots/${CHANNEL}/weeks/${WEEK}.json`))?.posts).toHaveLength(1);
  });
});

const REST_KO = '🌕 이번 주는 쉬어 가는 주예요. 안 올려도 기록이 이어지고, 올리면 덤이에요.';

test('a scheduled instant is a Slack timestamp of a whole second', () => {
  expect(dueTs(1_722_817_800)).toBe('1722817800.000000');
});
