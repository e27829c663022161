import { describe, expect, test } from 'vitest';
import { tsAt } from '../../src/events/timestamp.ts';
import { calendarOf, monthOf, plusMonths, plusWeeks, type Week, weeksOf } from '../../src/events/week.ts';
import { closeMonth } from '../../src/handlers/month-result.ts';
import { rebuild } from '../../src/history/rebuild.ts';
import { keys } from '../../src/pipeline/keys.ts';
import { loadLedgers } from '../../src/pipeline/ledgers.ts';
import type { IndexSnapshot, MemberSnapshot, MembersSnapshot, WeekSnapshot } from '../../src/projections/contract.ts';
import { ruleRests } from '../../src/projections/rest-weeks.ts';
import { createSampleWorkspace, SAMPLE } from '../../src/sandbox/sample.ts';
import { createSeason, seasonResults, seasonWeeks } from '../../src/sandbox/season.ts';
import { translate } from '../../src/slack/translate.ts';
import { openDocuments } from '../../src/store/documents.ts';
import { openLog } from '../../src/store/log.ts';
import { memoryBucket } from '../../src/store/memory.ts';
import { challengeWith } from '../support/world.ts';

const C = SAMPLE.channel;

/** What is played until `now` in one go, or in the steps that the season asks for. */
const played = (now: number, inSteps = false) => {
  let time = 0;
  const setTime = (milliseconds: number) => void (time = milliseconds);
  const workspace = createSampleWorkspace(() => time);
  const season = createSeason(workspace, setTime, now);
  for (let pause = season.nextPause(); inSteps && pause !== undefined; pause = season.nextPause()) season.play(pause);
  season.play(now);
  setTime(now);
  return { choices: season.takeChoices(), payloads: workspace.take().map(({ payload }) => payload) };
};

/** The season as it is counted, with what an admin has chosen. */
const counted = async (now: number) => {
  const challenge = challengeWith({ channel: C, schedule: { rest: [...SAMPLE.rest] } });
  const buckets = { log: memoryBucket(), state: memoryBucket() };
  const log = openLog(buckets.log, SAMPLE);
  const { payloads, choices } = played(now);
  for (const payload of payloads) {
    const translation = translate(payload, new Set([C]));
    if (translation.to === 'event') await log.append(translation.event);
  }
  for (const choice of choices) await log.append(choice);
  await rebuild(challenge, buckets);
  const documents = openDocuments(buckets.state);
  const load = async <T>(key: string): Promise<T> => (await documents.load<T>(key)).value as T;
  const { members } = await load<MembersSnapshot>(keys.members(C));
  const people = await Promise.all(members.map(({ id }) => load<MemberSnapshot>(keys.member(C, id))));
  const index = await load<IndexSnapshot>(keys.index(C));
  const weeks = await Promise.all(index.weeks.map(({ week }) => load<WeekSnapshot>(keys.week(C, week))));
  const current = calendarOf(SAMPLE.timeZone).weekAt(now / 1000);
  const last = plusMonths(monthOf(current), -1);
  const ledgers = (await loadLedgers(documents, C, last)).map(({ value }) => value);
  return { choices, members, people, weeks, current, last, result: closeMonth(challenge, last, ledgers, tsAt(now)) };
};

/** The weeks of a person's with which they came back after two or more that were missed. */
const returns = (person: MemberSnapshot, weeks: readonly WeekSnapshot[]): Week[] => {
  let missed = Number.NEGATIVE_INFINITY; // Before their first post nothing is missed.
  return weeks.flatMap(({ week, rest }) => {
    const before = missed;
    if (person.weeks[week]) missed = 0;
    else if (!rest) missed += 1;
    return person.weeks[week] && before >= 2 ? [week] : [];
  });
};

const MOMENTS = [
  '2026-11-30T16:56', // The fifth week of a month begins.
  '2026-12-06T23:00',
  '2026-12-07T00:10', // A month begins, and nothing of it is there yet.
  '2026-12-07T09:31',
  '2026-12-08T04:00',
  '2026-10-14T12:00', // Chuseok was last month,
  '2026-10-03T20:00', // or is this month.
  '2026-02-20T10:00',
  '2027-03-13T15:00',
].map((moment) => Date.parse(`${moment}:00+09:00`));

describe.each(MOMENTS.map((now) => ({ now, name: new Date(now).toISOString() })))(
  'the demo’s season until $name',
  ({ now }) => {
    const season = counted(now);

    test('lives: six to nine write in each of its last weeks', async () => {
      const { weeks, members, current } = await season;
      expect(members.length).toBeGreaterThanOrEqual(20);
      expect(members.length).toBeLessThanOrEqual(28);
      const turnout = weeks
        .filter(({ week, rest }) => week < current && week >= plusWeeks(current, -6) && !rest)
        .map(({ participants }) => participants.length);
      expect(Math.min(...turnout)).toBeGreaterThanOrEqual(6);
      expect(Math.max(...turnout)).toBeLessThanOrEqual(9);
    });

    test('goes on: the week that is on has posts and likes as soon as it is open', async () => {
      const { weeks, current } = await season;
      const opened = calendarOf(SAMPLE.timeZone).instant(current, 0, 9, 30) * 1000;
      const week = weeks.find((each) => each.week === current);
      if (now < opened) return expect(week).toBeUndefined();
      const posts = week?.posts.filter(({ late }) => !late) ?? [];
      expect(posts.length).toBeGreaterThanOrEqual(3);
      expect(posts.length).toBeLessThanOrEqual(6);
      expect(posts.reduce((sum, { likes }) => sum + likes, 0)).toBeGreaterThanOrEqual(1);
      expect(week?.participants).not.toContain('U0MEMBER01'); // Left to whoever tries the demo first.
    });

    test('somebody’s run goes over a missed week of this month or the last', async () => {
      const { people, choices, last } = await season;
      const excused = choices.flatMap((choice) => (choice.kind === 'week.excused' ? [choice.user] : []));
      const keeps = people.filter(
        ({ id, rests = {}, streak }) =>
          !excused.includes(id) &&
          streak.current >= 6 &&
          Object.entries(rests).some(([week, kind]) => kind === 'kept' && monthOf(week) >= last),
      );
      expect(keeps.length).toBeGreaterThanOrEqual(1);
    });

    test('two have come back with the first week of a month', async () => {
      const { people, weeks } = await season;
      const back = people.filter((person) => returns(person, weeks).some((week) => weeksOf(monthOf(week))[0] === week));
      expect(back.length).toBeGreaterThanOrEqual(2);
    });

    test('an admin lets a week rest, excuses somebody from one, and accepts a post from elsewhere', async () => {
      const { weeks, choices, people, current } = await season;
      expect(choices.map(({ kind }) => kind).sort()).toEqual(['post.ruled', 'week.excused', 'week.rested']);
      const isOpen = weeks.some(({ week }) => week === current);
      const byRule = [...seasonWeeks(now), ...(isOpen ? [current] : [])].filter((week) => ruleRests(SAMPLE.rest, week));
      expect(weeks.filter(({ rest }) => rest)).toHaveLength(1 + byRule.length);
      const accepted = weeks.flatMap(({ posts }) => posts.filter((post) => post.accepted));
      expect(accepted.map(({ links }) => links[0]?.host)).toEqual(['brunch.co.kr']);
      for (const choice of choices) {
        if (choice.kind !== 'week.excused') continue;
        expect(people.find(({ id }) => id === choice.user)?.rests?.[choice.week]).toBe('kept');
      }
    });

    test('last month has challengers, a second tier, and readers', async () => {
      const { result } = await season;
      expect(result?.challengers.length).toBeGreaterThanOrEqual(2);
      expect(result?.finishers?.length).toBeGreaterThanOrEqual(1);
      expect(result?.readers?.length).toBeGreaterThanOrEqual(1);
    });
  },
);

test('the season is the same in one go and step by step, and however often it is played', () => {
  const [now] = MOMENTS as [number];
  expect(played(now, true)).toEqual(played(now));
  expect(seasonResults(now).length).toBeGreaterThanOrEqual(4);
});

test('what the bot says meanwhile changes nothing of what people do, and a week that it has opened is not opened again', () => {
  const [now] = MOMENTS as [number];
  const current = calendarOf(SAMPLE.timeZone).weekAt(now / 1000);
  const said = (isTalking: boolean) => {
    let time = 0;
    const workspace = createSampleWorkspace(() => time);
    const season = createSeason(workspace, (milliseconds) => void (time = milliseconds), now);
    const say = (text: string, metadata?: object) => {
      const { body } = workspace.call('chat.postMessage', SAMPLE.bot.token, {
        channel: C,
        text,
        ...(metadata ? { metadata: JSON.stringify(metadata) } : {}),
      });
      expect(body['ok']).toBe(true);
    };
    const opening = calendarOf(SAMPLE.timeZone).instant(current, 0, 9, 30) * 1000;
    for (let pause = season.nextPause(); pause !== undefined; pause = season.nextPause()) {
      const isOpening = isTalking && time < opening && pause >= opening;
      season.play(isOpening ? opening - 1 : pause);
      if (isOpening) time = opening;
      if (isOpening) say('이번 주예요', { event_type: 'til_week_open', event_payload: { week: current } });
      else if (isTalking) say('고마워요');
    }
    return workspace.messages(C);
  };
  const alone = said(false);
  const among = said(true);
  const people = (messages: typeof alone) =>
    messages.filter(({ bot_id: bot }) => bot === undefined).map(({ ts, text, user }) => [ts, text, user]);
  expect(people(among)).toEqual(people(alone));
  const openings = among.filter(({ metadata }) => metadata?.event_payload?.['week'] === current);
  expect(openings.map(({ text }) => text)).toEqual(['이번 주예요']);
});
