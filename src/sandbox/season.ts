import type { Choice } from '../events/choices.ts';
import { calendarOf, type Month, monthOf, plusWeeks, type Week, weeksOf } from '../events/week.ts';
import { weekLabel } from '../projections/label.ts';
import { ruleRests } from '../projections/rest-weeks.ts';
import { plotOf } from './cast.ts';
import { type Deed, type Scene, weekDeeds, weeklyPost } from './deeds.ts';
import { SAMPLE } from './sample.ts';
import { seeded } from './seeded.ts';
import type { Workspace } from './workspace.ts';

const MINUTE = 60_000;
const HALF_A_DAY = 12 * 60 * MINUTE;

/** A season that is played as far as one wants. */
export interface Season {
  /** Everything that is done until an instant (ms), that included, and not yet played. */
  play(until: number): void;
  /** The instant (ms) by which what comes next should be heard: soon after a post, and twice a day. None: nothing comes any more. */
  nextPause(): number | undefined;
  /** Removes and gives what an admin has chosen so far, in order. */
  takeChoices(): Choice[];
}

/** The last weeks before the one that holds `now` (ms), ascending. */
export const seasonWeeks = (now: number): Week[] => {
  const current = weekOf(now);
  return Array.from({ length: SAMPLE.weeks }, (_, position) => plusWeeks(current, position - SAMPLE.weeks));
};

const weekOf = (now: number): Week => calendarOf(SAMPLE.timeZone).weekAt(now / 1000);

/** When a week is opened (ms). */
const opensAt = (week: Week): number => calendarOf(SAMPLE.timeZone).instant(week, 0, 9, 30) * 1000;

/** The openings of a season's weeks between two instants (ms), the second included. */
export const openingsBetween = (since: number, now: number): number[] =>
  [...seasonWeeks(now), weekOf(now)].map(opensAt).filter((at) => at > since && at <= now);

/** The months of a season that end with it, each with the instant (ms) at which its result is due. */
export const seasonResults = (now: number): { month: Month; dueAt: number }[] => {
  const calendar = calendarOf(SAMPLE.timeZone);
  const months = [...new Set(seasonWeeks(now).map(monthOf))];
  return months.flatMap((month) => {
    const dueAt = calendar.instant(plusWeeks(weeksOf(month).at(-1) as Week, 1), 0, 9, 20) * 1000;
    return dueAt < now ? [{ month, dueAt }] : [];
  });
};

/**
 * A season of 20 weeks, and of the week that holds `now` (ms) as far as it has come: weekly posts, unless the bot has written them, replies
 * with and without links, edits, deletions, late replies, likes in all skin tones, likes taken back, and what an admin chooses.
 * `setTime` moves the workspace's clock.
 */
export const createSeason = (
  workspace: Workspace,
  setTime: (milliseconds: number) => void,
  now: number,
  seed = 20,
): Season => {
  const weeks = seasonWeeks(now);
  const current = weekOf(now);
  const choices: Choice[] = [];
  const scene: Scene = {
    workspace,
    choices,
    threads: new Map(),
    random: seeded(seed),
    calendar: calendarOf(SAMPLE.timeZone),
    plot: plotOf(weeks, current, (week) => ruleRests(SAMPLE.rest, week)),
    current,
    now,
  };
  const deeds = [...weeks, current]
    .flatMap((week, position) => [openingOf(scene, week), ...weekDeeds(scene, week, position)])
    .filter(({ at }) => at < now)
    .sort((left, right) => left.at - right.at);
  let next = 0;
  return {
    play: (until) => {
      for (let deed = deeds[next]; deed && deed.at <= until; deed = deeds[++next]) {
        setTime(deed.at);
        deed.act();
      }
    },
    nextPause: () => {
      const first = deeds[next];
      const post = deeds.slice(next).find(({ posts }) => posts);
      return first && Math.min(first.at + HALF_A_DAY, (post ?? first).at + 2 * MINUTE);
    },
    takeChoices: () => choices.splice(0),
  };
};

/** Plays a whole season at once, without what an admin chooses. */
export const playSeason = (
  workspace: Workspace,
  setTime: (milliseconds: number) => void,
  now: number,
  seed?: number,
): void => createSeason(workspace, setTime, now, seed).play(now);

/** The weekly post, where the bot has not written its own. */
const openingOf = (scene: Scene, week: Week): Deed => ({
  at: opensAt(week),
  act: () => {
    if (weeklyPost(scene, week) !== undefined) return;
    scene.workspace.call('chat.postMessage', SAMPLE.bot.token, {
      channel: SAMPLE.channel,
      text: `*[${weekLabel(week, 'ko')}]*\n일요일 자정까지 댓글로 이번 주에 쓴 글의 링크를 올려 주세요!`,
      metadata: JSON.stringify({ event_type: 'til_week_open', event_payload: { week } }),
    });
  },
});
