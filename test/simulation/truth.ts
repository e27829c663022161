import type { SlackMessage } from '../../src/sandbox/shapes.ts';
import { BOT, ORGANIZER } from './people.ts';

/** The rules, as far as they differ between runs, in the oracle's own words. */
export interface PlainRules {
  hosts: readonly string[];
  selfLikes: boolean;
  lateCounts: boolean;
}

export interface TrueReply {
  ts: string;
  author: string;
  week: string;
  counted: boolean;
  late: boolean;
  likers: string[];
}

/** The ISO week of a ts in Seoul, which has had one offset all these years. */
export const weekOf = (ts: string): string => {
  const day = new Date((Number(ts.split('.')[0]) + 9 * 3600) * 1000);
  const thursday = new Date(day.getTime() + (3 - ((day.getUTCDay() + 6) % 7)) * 86_400_000);
  const first = Date.UTC(thursday.getUTCFullYear(), 0, 1);
  return `${thursday.getUTCFullYear()}-W${String(Math.floor((thursday.getTime() - first) / (7 * 86_400_000)) + 1).padStart(2, '0')}`;
};

/** The month of the Monday of an ISO week. */
export const monthOf = (week: string): string => {
  const [year, number] = week.split('-W').map(Number) as [number, number];
  const fourth = new Date(Date.UTC(year, 0, 4));
  const monday = new Date(fourth.getTime() + ((number - 1) * 7 - ((fourth.getUTCDay() + 6) % 7)) * 86_400_000);
  return monday.toISOString().slice(0, 7);
};

/**
 * What the channel as it stands in Slack amounts to, worked out from the rules as they are written down, with nothing of the code under
 * test: no facts, no ledgers, only what anybody sees who scrolls through it.
 */
export const truthOf = (messages: readonly SlackMessage[], rules: PlainRules) => {
  const weekly = new Map<string, string>();
  for (const { ts, thread_ts: thread, user, text, subtype, metadata } of messages) {
    const top = thread === undefined || thread === ts;
    const titled = /TIL \d+월 \d+주차/.test(text) && !text.includes('챌린지에 참여');
    const ours = user === BOT.id && metadata?.event_type === 'til_week_open';
    if (top && subtype !== 'tombstone' && titled && (ours || user === ORGANIZER)) weekly.set(ts, weekOf(ts));
  }
  const replies: TrueReply[] = messages.flatMap(({ ts, thread_ts: thread, user, text, subtype, reactions = [] }) => {
    const week = thread !== undefined && thread !== ts ? weekly.get(thread) : undefined;
    if (!week || !user || user === BOT.id || user === 'USLACKBOT') return [];
    if (subtype && subtype !== 'thread_broadcast' && subtype !== 'file_share') return [];
    const late = weekOf(ts) !== week;
    const linked = [...text.matchAll(/<https?:\/\/([^/>|]+)[^>]*>/g)].some(([, host]) =>
      rules.hosts.some(
        (accepted) => host === accepted || (accepted.startsWith('*.') && host?.endsWith(accepted.slice(1))),
      ),
    );
    const inTime = !late || (rules.lateCounts && monthOf(weekOf(ts)) === monthOf(week));
    // A reply that is too late for its month lies in no ledger of it: it is no reply at all.
    if (monthOf(weekOf(ts)) !== monthOf(week)) return [];
    const likers = reactions
      .filter(({ name }) => /^(\+1|thumbsup)(::skin-tone-\d)?$/.test(name))
      .flatMap(({ users }) => users)
      .filter((liker) => liker !== BOT.id && (rules.selfLikes || liker !== user));
    return [{ ts, author: user, week, late, counted: linked && inTime, likers: [...new Set(likers)].sort() }];
  });
  const counted = replies.filter((reply) => reply.counted);
  const openWeeks = [...new Set(weekly.values())].sort();
  const months = [...new Set(openWeeks.map(monthOf))].map((month) => {
    const open = openWeeks.filter((week) => monthOf(week) === month);
    const ofMonth = counted.filter(({ week }) => open.includes(week));
    const sum = (id: string): number =>
      ofMonth.filter(({ author }) => author === id).reduce((total, { likers }) => total + likers.length, 0);
    const challengers = [...new Set(ofMonth.map(({ author }) => author))]
      .filter((id) => open.every((week) => ofMonth.some(({ author, week: other }) => author === id && other === week)))
      .map((id) => ({ id, likes: sum(id) }))
      .sort((a, b) => b.likes - a.likes || (a.id < b.id ? -1 : 1));
    const most = Math.max(...challengers.map(({ likes }) => likes));
    const special = challengers
      .filter(({ likes }) => likes === most)
      .map(({ id }) => id)
      .sort();
    return { month, open, challengers, special };
  });
  return { weekly, openWeeks, replies, counted, months };
};
