import { type Calendar, calendarOf, monthOf, plusWeeks, type Week, weeksOf } from '../events/week.ts';
import { weekLabel } from '../projections/label.ts';
import { createWorkspace, type Workspace } from './workspace.ts';

/** The sandbox's one challenge, and who belongs to it. */
export const SAMPLE = {
  channel: 'C0TILCHAN1',
  team: { id: 'T0SANDBOX1', name: 'TIL 모래밭' },
  bot: { id: 'U0TILBOT01', botId: 'B0TILBOT01', appId: 'A0TILAPP01', name: 'TIL 챌린지 봇', token: 'xoxb-sandbox-bot' },
  timeZone: 'Asia/Seoul',
  weeks: 20,
} as const;

const NAMES =
  '민서 지호 서연 하은 도윤 시우 유준 서아 이안 하윤 지안 예준 수아 로운 다온 은우 채원 건우 나은 현우 소율 준서 아린 태오'.split(
    ' ',
  );

/** How many take part in each week: as in a real challenge, it falls from 11 to 3. */
const TURNOUT = [11, 11, 10, 11, 9, 10, 9, 8, 8, 7, 6, 6, 5, 6, 4, 4, 3, 4, 3, 3];

const HOSTS = ['velog.io/@', 'blog.naver.com/', 'm.blog.naver.com/', ''];
const TOPICS = [
  '파이썬 리스트 컴프리헨션',
  '자바스크립트 클로저',
  'SQL 조인 정리',
  '깃 리베이스와 머지',
  '리액트 훅 다시 보기',
  '도커 이미지 줄이기',
  '운영체제의 프로세스',
  'HTTP 캐시 이해하기',
  '정규표현식 입문',
  '타입스크립트 제네릭',
  '판다스 그룹바이',
  '알고리즘 이분 탐색',
  '스프링 트랜잭션',
  '네트워크 계층',
  '테스트 주도 개발',
  '스벨트 반응성',
  '머신러닝 과적합',
  '자료구조 힙',
  '비동기 프로그래밍',
  '회고: 한 주를 돌아보며',
];

const slug = (topic: string): string => encodeURIComponent(topic.replaceAll(' ', '-'));

/** Chance from a seed: the same seed gives the same season. (mulberry32) */
export const seeded = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
};

export const MEMBERS = NAMES.map((name, position) => ({
  id: `U0MEMBER${String(position + 1).padStart(2, '0')}`,
  name,
  displayName: `${name} 님`,
}));

/** A workspace with the sample's people in it, and nothing said yet. */
export const createSampleWorkspace = (now: () => number): Workspace =>
  createWorkspace({
    now,
    team: SAMPLE.team,
    bot: SAMPLE.bot,
    members: [...MEMBERS, { id: 'U0ADMIN001', name: '매니저', displayName: '매니저', admin: true }],
    channels: [
      {
        id: SAMPLE.channel,
        name: 'til-챌린지',
        members: [SAMPLE.bot.id, 'U0ADMIN001', ...MEMBERS.map(({ id }) => id)],
      },
    ],
  });

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
  const url = host
    ? `https://${host}${user.toLowerCase()}/${slug(topic)}`
    : `https://${user.toLowerCase()}.github.io/til/${slug(topic)}`;
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
