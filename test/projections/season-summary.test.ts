import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { ChallengeSchema } from '../../src/projections/challenge.ts';
import { viewMonth } from '../../src/projections/month-view.ts';
import { emptySeason, planMonth, summaryOf } from '../../src/projections/season.ts';

const challengeOf = (settings: object) => v.parse(ChallengeSchema, { channel: 'C0TILCHAN1', ...settings });
const plain = { channel: 'C0TILCHAN1', name: 'TIL', timeZone: 'Asia/Seoul', locale: 'ko' };

describe('what the page is told of a challenge', () => {
  test('nothing of who has not written yet, unless they may be named', () => {
    expect(summaryOf(challengeOf({}))).toEqual(plain);
    expect(summaryOf(challengeOf({ dashboard: { notYet: false } }))).toEqual(plain);
    expect(summaryOf(challengeOf({ dashboard: { notYet: true } }))).toEqual({ ...plain, notYet: true });
  });

  test.each([
    [3, {}],
    [5, { rules: { streak: { between: 5 } } }],
  ])('how runs are told, before its first week and after: %d', (between, settings) => {
    const challenge = challengeOf(settings);
    const season = emptySeason(challenge);
    const view = viewMonth(challenge, '2024-08', []);
    expect(season.index.streak).toEqual({ between });
    const step = planMonth(challenge, season, undefined, view).place(() => undefined);
    expect(step.season.index.streak).toEqual({ between });
  });

  test('of strict runs nothing is said, as before there were others', () => {
    const challenge = challengeOf({ rules: { streak: { between: 'off' } } });
    expect(emptySeason(challenge).index).not.toHaveProperty('streak');
  });
});
