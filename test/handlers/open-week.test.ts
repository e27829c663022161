import { describe, expect, test } from 'vitest';
import type { Effect } from '../../src/handlers/effect.ts';
import { dueTs } from '../../src/handlers/open-week.ts';
import {
  at,
  attempted,
  BOT,
  deletion,
  JIHO,
  post,
  refused,
  reply,
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

test('a scheduled instant is a Slack timestamp of a whole second', () => {
  expect(dueTs(1_722_817_800)).toBe('1722817800.000000');
});
