import { beforeAll, expect, test } from 'vitest';
import { calendarOf, plusWeeks, type Week } from '../../src/events/week.ts';
import { interactionJob } from '../../src/queue/jobs.ts';
import type { Bucket } from '../../src/store/bucket.ts';
import { type BotOptions, createBot } from '../support/bot.ts';
import { CHANNEL, JIHO, MINSEO, SEOYEON } from '../support/events.ts';
import { DOYUN, HAEUN, SIWOO } from '../support/people-ids.ts';
import { contents } from '../support/world.ts';
import { emptyTil } from './til.ts';

// The same season is lived through twice by the whole bot against a small Slack: once without personal messages, as before they were
// switched on, and once with them. What `til rehearse` says of either log is compared with what the second one really sent.

type Bot = ReturnType<typeof createBot>;

const FIRST: Week = '2024-W32';
const CONFIG = { schedule: { rest: ['chuseok'] }, notify: { likes: 'steps' as const } };

/**
 * A letter a week, from the first of August through Chuseok (W38) to the end of October: `w` writes on Tuesday, `l` on Sunday evening, `r`
 * and `p` say on Monday that they rest or write; anything else is silence.
 */
const ROWS: Record<string, string> = {
  [MINSEO]: 'wwwwww.wwwwww',
  [JIHO]: 'ww...........',
  [SEOYEON]: 'w.wr.w.w.p..w',
  [HAEUN]: 'lll.l..l.....',
  [SIWOO]: 'w..w...ww....',
};
const WEEKS = 13;
/** Who likes every post, from which week on. */
const READERS: Record<string, number> = { [DOYUN]: 0, [SEOYEON]: 8 };
/** What is chosen in a week, on Thursday. */
const SETTINGS: Record<number, [user: string, text: string]> = {
  3: [JIHO, '알림 off'],
  5: [HAEUN, 'remind sat'],
  9: [SIWOO, 'remind off'],
};

const calendar = calendarOf('Asia/Seoul');
const instant = (week: number, days: number, hour: number, minute = 0): string =>
  new Date(calendar.instant(plusWeeks(FIRST, week), days, hour, minute) * 1000).toISOString();

let typed = 0;
const types = async (bot: Bot, user: string, text: string): Promise<void> => {
  const at = `${Math.floor(bot.clock.now() / 1000)}.000000`;
  const command = { kind: 'command', user, team: 'T0TIL00001', at, channel: CHANNEL, command: '/til', text } as const;
  await bot.queue.put([interactionJob(`typed ${typed++}`, command)]);
  await bot.settle();
};

/** Everybody whose letter of a week is one of these. */
const whose = (letters: string, week: number): string[] =>
  Object.keys(ROWS).filter((user) => letters.includes(ROWS[user]?.[week] ?? '.'));

const live = (bot: Bot, week: number, days: number, hour: number): Promise<void> =>
  bot.liveUntil(instant(week, days, hour), 60);

/** One week of everybody's. */
const liveWeek = async (bot: Bot, week: number): Promise<void> => {
  await live(bot, week, 0, 12);
  for (const user of whose('r', week)) await types(bot, user, '쉬어요');
  for (const user of whose('p', week)) await types(bot, user, 'plan');
  const posts: [string, string][] = [];
  const write = async (user: string) =>
    posts.push([user, await bot.reply(user, `https://velog.io/@${user.toLowerCase()}/${week}`)]);
  await live(bot, week, 1, 20);
  for (const user of whose('w', week)) await write(user);
  await live(bot, week, 1, 22);
  for (const [reader, from] of Object.entries(READERS))
    if (week >= from) for (const [author, ts] of posts) if (author !== reader) await bot.like(reader, ts);
  await live(bot, week, 3, 12);
  const [user, text] = SETTINGS[week] ?? [];
  if (user && text) await types(bot, user, text);
  await live(bot, week, 6, 20);
  for (const late of whose('l', week)) await write(late);
  await live(bot, week, 7, 0);
};

/** The season as a bot lived through it. */
const lived = async (options: BotOptions): Promise<Bot> => {
  const bot = createBot({ config: CONFIG, ...options });
  for (const [id, name] of [
    [HAEUN, '하은'],
    [DOYUN, '도윤'],
    [SIWOO, '시우'],
  ] as const) {
    bot.workspace.addMember({ id, name, displayName: name });
    bot.workspace.join({ user: id, channel: CHANNEL });
  }
  await bot.settle();
  for (let week = 0; week < WEEKS; week++) await liveWeek(bot, week);
  return bot;
};

/** One message: when it came (s), in which week, and to whom. */
interface Said {
  at: number;
  week: Week;
  kind: string;
  to: string;
}

const KINDS = new Set(['remind', 'note', 'comeback', 'firststep', 'digest', 'like']);

/** Every message of the small Slack that is of one of these kinds, by the effect that its metadata names. */
const sentBy = ({ workspace }: Bot): Said[] => {
  const conversations = [...Object.keys(ROWS), DOYUN].map((to) => [to, workspace.directMessages(to)] as const);
  return [[CHANNEL, workspace.messages(CHANNEL)] as const, ...conversations].flatMap(([to, messages]) =>
    messages.flatMap(({ ts, metadata }) => {
      const { effect, week } = (metadata?.event_payload ?? {}) as { effect?: string; week?: Week };
      const kind = effect?.split(':')[0] ?? '';
      return week && KINDS.has(kind) ? [{ at: Number(ts), week, kind, to }] : [];
    }),
  );
};

/** What `til rehearse --json` prints of a bot's log: a contract. */
interface Printed {
  weeks: { week: Week; messages: { at: string; kind: string; to: string }[] }[];
  totals: Record<string, number>;
  mostInAWeek: number;
  budget: string;
}

const rehearsed = async (log: Bucket): Promise<Printed> => {
  const til = emptyTil(CONFIG);
  try {
    for (const [key, text] of Object.entries(await contents(log))) await til.log.putNew(key, Buffer.from(text));
    expect((await til.run('rehearse')).code).toBe(0);
    return await til.json<Printed>('rehearse');
  } finally {
    til.remove();
  }
};

const linesOf = (said: readonly Pick<Said, 'week' | 'kind' | 'to'>[]): string[] =>
  said.map(({ week, kind, to }) => `${week} ${kind} ${to}`).sort();

let before: Bot;
let after: Bot;
beforeAll(async () => {
  before = await lived({ canTalk: false });
  after = await lived({ canTalk: true });
});

test('the season has all of it: reminders, notes, come-backs, a first step, digests, likes, a rest, and who switched off', () => {
  const kinds = sentBy(after).map(({ kind }) => kind);
  expect([...new Set(kinds)].sort()).toEqual([...KINDS].sort());
  expect([...new Set(sentBy(before).map(({ kind }) => kind))].sort()).toEqual(['digest', 'like']);
});

test.each([
  ['before they were switched on', () => before],
  ['after they were sent', () => after],
])('til rehearse %s tells whom what was really sent, in which week', async (_, botOf) => {
  const { weeks, totals, mostInAWeek, budget } = await rehearsed(botOf().log);
  const sent = sentBy(after);
  const told = weeks.flatMap(({ week, messages }) =>
    messages.map(({ at, kind, to }) => ({ at: Number(at), week, kind, to })),
  );
  expect(linesOf(told)).toEqual(linesOf(sent.filter(({ kind }) => kind !== 'like')));
  for (const kind of KINDS)
    expect([kind, totals[kind]]).toEqual([kind, sent.filter((each) => each.kind === kind).length]);
  expect([mostInAWeek, budget]).toEqual([2, 'kept']);
  // Each was sent when the walk says it would have been, as soon as the schedule asked.
  for (const { at, week, kind, to } of told) {
    const really = sent.find((each) => each.week === week && each.kind === kind && each.to === to);
    expect((really?.at ?? 0) - at, `${week} ${kind} ${to}`).toBeGreaterThanOrEqual(0);
    expect((really?.at ?? 0) - at, `${week} ${kind} ${to}`).toBeLessThan(3600);
  }
});
