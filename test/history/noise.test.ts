import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareTs } from '../../src/events/timestamp.ts';
import { breachesOf, type Said } from '../../src/handlers/noise-budget.ts';
import { rehearse } from '../../src/history/rehearse.ts';
import { peopleAfter } from '../../src/history/walk.ts';
import { MINSEO, profile, rested } from '../support/events.ts';
import { challengeOf } from '../support/given.ts';
import { lives, naiveBreaches } from '../support/random-lives.ts';
import { eventsOfTable, inWeek, ordered } from '../support/table-season.ts';

const challenge = challengeOf();

describe('in any season', () => {
  test('the noise budget is kept, by our own account and by a naive one', () => {
    let said = 0;
    fc.assert(
      fc.property(lives, (events) => {
        const { messages, breaches } = rehearse(challenge, events);
        expect(breaches).toEqual([]);
        expect(naiveBreaches(challenge, events, messages)).toEqual([]);
        said += messages.filter(({ kind }) => kind !== 'digest').length;
      }),
      { numRuns: 80 },
    );
    expect(said).toBeGreaterThan(300);
  });

  test('who stops writing and chooses nothing is told two reminders, a note and two come-backs at most, ever', () => {
    fc.assert(
      fc.property(lives, (events) => {
        const { messages } = rehearse(challenge, events);
        for (const user of new Set(messages.map(({ to }) => to))) {
          const anew = events.filter(
            (event) =>
              ('user' in event && event.user === user && /week.planned|member.set/.test(event.kind)) ||
              (event.kind === 'message.posted' && event.author?.user === user),
          );
          const last = anew.at(-1)?.at;
          const after = messages.filter(({ to, at }) => to === user && last && compareTs(at, last) > 0);
          const kinds = after.map(({ kind }) => kind).sort();
          expect(kinds.filter((kind) => kind === 'remind').length).toBeLessThanOrEqual(2);
          expect(kinds.filter((kind) => kind === 'note').length).toBeLessThanOrEqual(1);
          expect(kinds.filter((kind) => kind === 'comeback').length).toBeLessThanOrEqual(2);
        }
      }),
      { numRuns: 40 },
    );
  });

  test('what is said by an instant is decided by what had happened by then', () => {
    fc.assert(
      fc.property(lives, fc.nat(), (events, number) => {
        const until = events[number % events.length]?.at as string;
        const isBefore = ({ at }: { at: string }) => compareTs(at, until) <= 0;
        const whole = rehearse(challenge, events).messages.filter(isBefore);
        expect(rehearse(challenge, events.filter(isBefore)).messages.filter(isBefore)).toEqual(whole);
      }),
      { numRuns: 40 },
    );
  });
});

describe('of the noise budget is blamed', () => {
  const WEEK = '2024-W34';
  const people = peopleAfter(
    challenge,
    ordered(eventsOfTable({ first: '2024-W32', rows: { [MINSEO]: 'w...' } }), [
      { ...profile(MINSEO, 'x'), tz: 'Europe/London' },
      rested('2024-W35', { rest: true }),
    ]),
  );
  const said = (kind: Said['kind'], days: number, time = '18:00', week = WEEK): Said => ({
    kind,
    to: kind === 'digest' ? challenge.channel : MINSEO,
    week,
    at: inWeek(week, days, time),
  });
  const blamed = (next: Said, ...before: Said[]) => breachesOf(challenge, people, next, before);

  test('nothing of what keeps it', () => {
    expect(blamed(said('remind', 5), said('note', 0))).toEqual([]);
    expect(blamed(said('digest', 4), said('note', 0))).toEqual([]);
  });

  test('the third message in a week, the second on a day, and one at night there', () => {
    expect(blamed(said('remind', 5), said('note', 0), said('firststep', 2))).toEqual(['more than two in a week']);
    expect(blamed(said('remind', 5), said('note', 5, '17:30'))).toEqual(['more than one a day']);
    expect(blamed(said('remind', 5, '16:00'))).toEqual(['something at night']);
  });

  test('what is too much in a lapse, and a second first step', () => {
    const [first, second] = [said('remind', 5, '18:00', '2024-W32'), said('remind', 5, '18:00', '2024-W33')];
    expect(blamed(said('remind', 5), first, second)).toEqual(['one remind too many']);
    expect(blamed(said('note', 0), said('note', 0, '18:00', '2024-W33'))).toEqual(['one note too many']);
    expect(blamed(said('firststep', 2), said('firststep', 2, '18:00', '2024-W32'))).toEqual(['one firststep too many']);
  });

  test('anything in a week of rest or in one that is not open, and a second digest', () => {
    const what = ['something in a week of rest, or in one that is not open'];
    expect(blamed(said('note', 0, '18:00', '2024-W35'))).toEqual(what);
    expect(blamed(said('digest', 4, '12:00', '2024-W36'))).toEqual(what);
    expect(blamed(said('digest', 4), said('digest', 4))).toEqual(['a second digest in a week']);
  });
});
