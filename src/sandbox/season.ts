import { type Calendar, calendarOf, monthOf, plusWeeks, type Week, weeksOf } from '../events/week.ts';
import { weekLabel } from '../projections/label.ts';
import { MEMBERS, SAMPLE, TOPICS } from './sample.ts';
import { seeded } from './seeded.ts';
import type { Workspace } from './workspace.ts';

/** How many take part in each week: as in a real challenge, it falls from 11 to 3. */
const TURNOUT = [11, 11, 10, 11, 9, 10, 9, 8, 8, 7, 6, 6, 5, 6, 4, 4, 3, 4, 3, 3];

const HOSTS = ['velog.io/@', 'blog.naver.com/', 'm.blog.naver.com/', ''];
const slug = (topic: string): string => encodeURIComponent(topic.replaceAll(' ', '-'));

/** Something that somebody does at an instant (ms). */
interface Deed {
  at: number;
  act(): void;
}

/** The last weeks before the one that holds `now` (ms), ascending. */
export const seasonWeeks = (now: number): Week[] => {
  const current = calendarOf(SAMPLE.timeZone).weekAt(now / 1000);
  return Array.from({ length: SAMPLE.weeks }, (_, position) => plusWeeks(current, position - SAMPLE.weeks));
};

/** The months of a season that end with it, each with the instant (ms) at which its result is due. */
export const seasonResults = (now: number): { month: string; dueAt: number }[] => {
  const calendar = calendarOf(SAMPLE.timeZone);
  const weeks = seasonWeeks(now);
  const months = [...new Set(weeks.map(monthOf))];
  return months.flatMap((month) => {
    const dueAt = calendar.instant(plusWeeks(weeksOf(month).at(-1) as Week, 1), 0, 9, 20) * 1000;
    return dueAt < now ? [{ month, dueAt }] : [];
  });
};

/**
 * Plays a season of 20 weeks that ends with last Sunday: weekly posts, replies with and without links, edits, deletions, late
 * replies, likes in all skin tones, likes taken back. `setTime` moves the workspace's clock.
 */
export const playSeason = (
  workspace: Workspace,
  setTime: (milliseconds: number) => void,
  now: number,
  seed = 20,
): void => {
  const random = seeded(seed);
  const calendar = calendarOf(SAMPLE.timeZone);
  const deeds: Deed[] = [];
  const weeks = seasonWeeks(now);
  const regulars = [...MEMBERS];
  for (const [position, week] of weeks.entries()) {
    planWeek({ workspace, deeds, random, calendar, week, turnout: TURNOUT[position] ?? 3, regulars, now });
  }
  runInOrder(deeds, setTime);
};

/** Deeds may plan further deeds, later than themselves. */
const runInOrder = (deeds: Deed[], setTime: (milliseconds: number) => void): void => {
  deeds.sort((left, right) => right.at - left.at);
  for (let deed = deeds.pop(); deed; deed = deeds.pop()) {
    const planned = deeds.length;
    setTime(deed.at);
    deed.act();
    if (deeds.length !== planned) deeds.sort((left, right) => right.at - left.at);
  }
};

interface Plan {
  workspace: Workspace;
  deeds: Deed[];
  random: () => number;
  calendar: Calendar;
  week: Week;
  turnout: number;
  regulars: typeof MEMBERS;
  now: number;
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const pick = <T>(random: () => number, list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;

const planWeek = (plan: Plan): void => {
  const { workspace, deeds, calendar, week, random } = plan;
  const opensAt = calendar.instant(week, 0, 9, 30) * 1000;
  deeds.push({
    at: opensAt,
    act: () => {
      const label = weekLabel(week, 'ko');
      const answer = workspace.call('chat.postMessage', SAMPLE.bot.token, {
        channel: SAMPLE.channel,
        text: `*[${label}]*\n일요일 자정까지 댓글로 이번 주에 쓴 글의 링크를 올려 주세요!`,
        metadata: JSON.stringify({ event_type: 'til_week_open', event_payload: { week } }),
      });
      const thread = String((answer.body as { ts?: unknown }).ts);
      // Those who keep on are mostly the same people; who they are drifts slowly.
      const writers = [...plan.regulars]
        .sort((left, right) => order(left.id, random) - order(right.id, random))
        .slice(0, plan.turnout);
      for (const [position, writer] of writers.entries()) planReply(plan, thread, writer.id, opensAt, position);
    },
  });
};

const order = (id: string, random: () => number): number => Number(id.slice(-2)) + random() * 4;

/** Most write on Monday and on Sunday night, as people do. One in twelve is late. */
const replyTime = (random: () => number, opensAt: number): number => {
  const chance = random();
  if (chance < 0.28) return opensAt + random() * 14 * HOUR;
  if (chance < 0.55) return opensAt + 6 * DAY + random() * 14 * HOUR;
  if (chance > 0.92) return opensAt + 7 * DAY + random() * DAY;
  return opensAt + DAY + random() * 5 * DAY;
};

const planReply = (plan: Plan, thread: string, user: string, opensAt: number, position: number): void => {
  const { workspace, deeds, random, now } = plan;
  const at = replyTime(random, opensAt);
  if (at >= now - HOUR) return;
  const topic = pick(random, TOPICS);
  const host = pick(random, HOSTS);
  // A topic may come again, a post does not.
  const path = `${slug(topic)}-${plan.week.slice(-2)}`;
  const url = host
    ? `https://${host}${user.toLowerCase()}/${path}`
    : `https://${user.toLowerCase()}.github.io/til/${path}`;
  const chance = random();
  const channel = SAMPLE.channel;
  deeds.push({
    at,
    act: () => {
      const forgets = chance < 0.08;
      const text = forgets ? '이번 주 글입니다! 링크는 곧 올릴게요' : `이번 주 TIL 올립니다 ${url}`;
      const { ts } = workspace.reply({
        user,
        channel,
        thread,
        text,
        broadcast: position === 2,
        ...(forgets ? {} : { title: topic }),
      });
      if (forgets)
        deeds.push({
          at: at + HOUR,
          act: () => workspace.edit({ user, channel, ts, text: `링크 추가합니다 ${url}`, title: topic }),
        });
      if (chance > 0.97) deeds.push({ at: at + 2 * HOUR, act: () => workspace.remove({ user, channel, ts }) });
      else planLikes(plan, ts, at, 1 + Math.floor(random() * plan.turnout));
    },
  });
};

const LIKES = [
  '+1',
  '+1',
  '+1',
  '+1',
  '+1::skin-tone-2',
  '+1::skin-tone-3',
  '+1::skin-tone-5',
  'thumbsup',
  'heart',
  'tada',
];

const planLikes = (
  { workspace, deeds, random, regulars, now }: Plan,
  ts: string,
  since: number,
  count: number,
): void => {
  const channel = SAMPLE.channel;
  const fans = [...regulars].sort(() => random() - 0.5).slice(0, count);
  for (const { id: user } of fans) {
    const at = since + 5 * 60_000 + random() ** 2 * 3 * DAY;
    const name = pick(random, LIKES);
    if (at >= now - HOUR) continue;
    deeds.push({ at, act: () => workspace.react({ user, channel, ts, name }) });
    if (random() < 0.06)
      deeds.push({ at: at + 30 * 60_000, act: () => workspace.unreact({ user, channel, ts, name }) });
  }
};
