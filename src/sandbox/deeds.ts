import type { Choice } from '../events/choices.ts';
import { tsAt } from '../events/timestamp.ts';
import { type Calendar, plusWeeks, type Week } from '../events/week.ts';
import type { Part, Plot } from './cast.ts';
import { ADMIN, SAMPLE, TOPICS } from './sample.ts';
import type { Workspace } from './workspace.ts';

/** Something that somebody does at an instant (ms). */
export interface Deed {
  at: number;
  /** It is a new post, which the channel should hear of soon. */
  posts?: true;
  act(): void;
}

/** Where the deeds are done. */
export interface Scene {
  workspace: Workspace;
  /** The weekly posts, as far as they were looked for. */
  threads: Map<Week, string>;
  /** Takes what an admin chooses. */
  choices: Choice[];
  random: () => number;
  calendar: Calendar;
  plot: Plot;
  /** The week that is on. */
  current: Week;
  now: number;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const channel = SAMPLE.channel;

const pick = <T>(random: () => number, list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;

/** The weekly post of a week, the bot's own or the season's; undefined when there is none yet. */
export const weeklyPost = (
  { workspace, threads }: Pick<Scene, 'workspace' | 'threads'>,
  week: Week,
): string | undefined => {
  const known = threads.get(week);
  if (known !== undefined) return known;
  const found = workspace.messages(channel).find(({ metadata }) => metadata?.event_payload['week'] === week)?.ts;
  if (found !== undefined) threads.set(week, found);
  return found;
};

/** What people and the admin do about a week, the one that is on or the one at a position of the season. In no order. */
export const weekDeeds = (scene: Scene, week: Week, position: number): Deed[] => {
  const posts = week === scene.current ? earlyPosts(scene, week) : pastPosts(scene, week, position);
  return [
    ...posts.flatMap(({ part, at }, number) => replyDeeds(scene, week, part, at, number === 2)),
    ...adminDeeds(scene, week),
  ];
};

interface Planned {
  part: Part;
  at: number;
}

/** From so many weeks on, this many write in each, as in a challenge that lives. */
const SETTLED = { from: 12, least: 6, most: 9 };

const pastPosts = (scene: Scene, week: Week, position: number): Planned[] => {
  const { plot, random } = scene;
  const drawn = plot.parts
    .map((part) => ({ part, chance: part.writes(week), luck: random() }))
    .map((each) => ({ ...each, ahead: each.chance === 1 ? 1 : each.chance - each.luck }))
    .filter(({ chance }) => chance > 0)
    .sort((left, right) => right.ahead - left.ahead);
  const lucky = drawn.filter(({ ahead }) => ahead > 0).length;
  const isSettled = position >= SETTLED.from && !plot.isRest(week);
  const count = isSettled ? Math.min(SETTLED.most, Math.max(SETTLED.least, lucky)) : lucky;
  return drawn.slice(0, count).map(({ part }) => ({ part, at: replyTime(scene, part, week) }));
};

/** When somebody writes: some in Monday's first hours, some on Sunday, as people do. */
const replyTime = ({ calendar, random }: Scene, { habit, careless }: Part, week: Week): number => {
  const on = (day: number, from: number, hours: number): number =>
    calendar.instant(week, day, from, 0) * 1000 + random() * hours * HOUR;
  if (careless && random() < 0.12) return on(7, 10, 12); // Late.
  if (habit === 'monday') return on(0, 10, 12);
  return habit === 'sunday' ? on(6, 11, 10) : on(1 + Math.floor(random() * 5), 8, 14);
};

/** Some of a week that is on have written already, three on its first day and up to six, each at an hour at which people are awake. */
const earlyPosts = ({ calendar, plot, now }: Scene, week: Week): Planned[] => {
  const opened = calendar.instant(week, 0, 9, 30) * 1000;
  const passed = now - opened;
  const step = Math.max(MINUTE / 4, Math.min(10 * MINUTE, passed / 20));
  const moments: number[] = [];
  for (let at = opened + step; at < now - step / 2; at += step) if (isWaking(calendar, at)) moments.push(at);
  const count = Math.min(plot.early.length, 3 + Math.floor(passed / (2 * DAY)));
  const writers = plot.early.slice(0, count).flatMap((id) => plot.parts.filter((part) => part.id === id));
  return writers.flatMap((part, number) => {
    const at = moments[Math.floor(((number + 0.7) / count) * moments.length)];
    return at === undefined ? [] : [{ part, at }];
  });
};

const isWaking = (calendar: Calendar, at: number): boolean => {
  const hour = new Date(calendar.wallClock(at / 1000) * 1000).getUTCHours();
  return hour >= 8 && hour < 23;
};

const HOSTS = ['velog.io/@', 'blog.naver.com/', 'm.blog.naver.com/', ''];
const slug = (topic: string): string => encodeURIComponent(topic.replaceAll(' ', '-'));

/** Where somebody's post on a topic lies. A topic may come again, a post does not. */
const addressOf = (scene: Scene, user: string, week: Week, topic: string): string => {
  const host = pick(scene.random, HOSTS);
  const path = `${slug(topic)}-${week.slice(-2)}`;
  if (isRuled(scene, user, week)) return `https://brunch.co.kr/@${user.toLowerCase()}/${week.slice(-2)}`;
  return host ? `https://${host}${user.toLowerCase()}/${path}` : `https://${user.toLowerCase()}.github.io/til/${path}`;
};

const isRuled = ({ plot: { ruled } }: Scene, user: string, week: Week): boolean =>
  ruled.user === user && ruled.week === week;

const replyDeeds = (scene: Scene, week: Week, part: Part, at: number, broadcast: boolean): Deed[] => {
  const { workspace, random } = scene;
  const { id: user, careless } = part;
  const topic = pick(random, TOPICS);
  const url = addressOf(scene, user, week, topic);
  // Of a week that is on, what is there counts already.
  const forgets = random() < 0.08 && !isRuled(scene, user, week) && week !== scene.current;
  const text = forgets ? '이번 주 글입니다! 링크는 곧 올릴게요' : `이번 주 TIL 올립니다 ${url}`;
  let ts = '';
  const post = (): void => {
    const thread = weeklyPost(scene, week) as string;
    ts = workspace.reply({ user, channel, thread, text, broadcast, ...(forgets ? {} : { title: topic }) }).ts;
  };
  const deeds: Deed[] = [{ at, posts: true, act: post }];
  if (forgets)
    deeds.push({
      at: at + HOUR,
      act: () => workspace.edit({ user, channel, ts, text: `링크 추가합니다 ${url}`, title: topic }),
    });
  if (isRuled(scene, user, week)) deeds.push(acceptance(scene, at + 5 * HOUR, () => ts));
  const isRemoved = random() < (careless ? 0.14 : 0) && !isRuled(scene, user, week);
  if (isRemoved) return [...deeds, { at: at + 2 * HOUR, act: () => workspace.remove({ user, channel, ts }) }];
  return [...deeds, ...likeDeeds(scene, week, part, at, () => ts)];
};

const LIKES = ['+1', '+1', '+1', '+1::skin-tone-2', '+1::skin-tone-3', '+1::skin-tone-5', 'thumbsup', 'heart', 'tada'];
/** Who likes more than this part of what there is reads on time, and means it. */
const READER = 0.9;

const likeDeeds = (scene: Scene, week: Week, author: Part, since: number, ts: () => string): Deed[] => {
  const { workspace, random, plot, calendar, now } = scene;
  // A month's result counts what is liked before it.
  const closes = calendar.instant(plusWeeks(week, 1), 0, 9, 0) * 1000;
  return plot.parts.flatMap(({ id: user, likes }) => {
    const isReader = likes(week) > READER;
    const chance = user === author.id ? 0.04 : likes(week);
    const luck = random();
    const name = pick(random, isReader ? LIKES.slice(0, 6) : LIKES);
    const last = isReader && closes > since ? Math.min(DAY, closes - since) : 3 * DAY;
    const span = Math.min(last, Math.max(now - since, 0));
    const at = since + span * (0.001 + 0.999 * random() ** 2);
    const takesBack = !isReader && random() < 0.06;
    if (luck >= chance || at <= since) return [];
    const like = { at, act: () => workspace.react({ user, channel, ts: ts(), name }) };
    if (!takesBack) return [like];
    return [like, { at: at + 30 * MINUTE, act: () => workspace.unreact({ user, channel, ts: ts(), name }) }];
  });
};

/** What the admin says about a week; asked for as by a command. */
const adminDeeds = ({ calendar, choices, plot }: Scene, week: Week): Deed[] => {
  const deeds: Deed[] = [];
  const choose = (days: number, hour: number, choiceAt: (at: number) => Choice): void => {
    const at = calendar.instant(week, days, hour, 0) * 1000;
    deeds.push({ at, act: () => void choices.push(choiceAt(at)) });
  };
  if (plot.rest === week)
    choose(-3, 15, (at) => ({ ...said(at), kind: 'week.rested', week, rest: true, reason: '워크숍이 있는 주' }));
  if (plot.excused.week === week)
    choose(2, 10, (at) => ({ ...said(at), kind: 'week.excused', week, user: plot.excused.user, excused: true }));
  return deeds;
};

const acceptance = ({ choices }: Scene, at: number, ts: () => string): Deed => ({
  at,
  act: () => void choices.push({ ...said(at), kind: 'post.ruled', ts: ts(), verdict: 'accept' }),
});

const said = (at: number) => ({ v: 1, channel, at: tsAt(at), by: ADMIN }) as const;
