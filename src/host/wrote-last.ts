import { laterTs, type Ts } from '../events/timestamp.ts';
import { keys } from '../pipeline/keys.ts';
import type { Challenge } from '../projections/challenge.ts';
import type { MemberSnapshot, WeekSnapshot } from '../projections/contract.ts';
import type { Documents } from '../store/documents.ts';

/** Of some challenges the one in which somebody's last post counts, by what is published; undefined when none does. */
export const wroteLastIn = async (
  user: string,
  challenges: readonly Challenge[],
  documents: Documents,
): Promise<Challenge | undefined> => {
  let last: { challenge: Challenge; ts: Ts } | undefined;
  for (const challenge of challenges) {
    const ts = await lastWritten(challenge, user, documents);
    if (ts && laterTs(ts, last?.ts) === ts) last = { challenge, ts };
  }
  return last?.challenge;
};

const lastWritten = async ({ channel }: Challenge, user: string, documents: Documents): Promise<Ts | undefined> => {
  const { value: member } = await documents.load<MemberSnapshot>(keys.member(channel, user));
  const week = Object.entries(member?.weeks ?? {})
    .filter(([, { posts }]) => posts > 0)
    .map(([week]) => week)
    .sort()
    .at(-1);
  if (!week) return undefined;
  const { value: snapshot } = await documents.load<WeekSnapshot>(keys.week(channel, week));
  return snapshot?.posts
    .filter(({ author }) => author === user)
    .reduce<Ts | undefined>((ts, post) => laterTs(ts, post.ts), undefined);
};
