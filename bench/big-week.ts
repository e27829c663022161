import type { Event } from '../src/events/catalog.ts';
import { rebuild } from '../src/history/rebuild.ts';
import { translate } from '../src/slack/translate.ts';
import { filesBucket } from '../src/store/files.ts';
import { openLog } from '../src/store/log.ts';
import { memoryBucket } from '../src/store/memory.ts';
import { slackSeason } from '../test/support/slack-season.ts';
import { CHANNEL } from '../test/support/world.ts';
import { challenge } from './measure.ts';

/** Replies in one week, with twenty likes each: a usual week, a large one, and with `--full` one beyond any that we know of. */
export const REPLIES = [20, 1_000, ...(process.argv.includes('--full') ? [10_000] : [])];
export const LIKES_EACH = 20;

interface Payload {
  event: { type: string; event_ts: string; user?: string; item?: { ts: string } };
}

/**
 * Stores the ledger and the snapshots of a week with so many replies in the folder `state`, and gives deliveries of `more` likes that come
 * after it, each by a member who does not like that reply yet. The log itself stays in memory: nobody reads it again.
 */
export const storeBigWeek = async (state: string, replies: number, more: number): Promise<Payload[]> => {
  const season = { seed: 42, members: Math.max(28, replies / 2), replies, reactions: replies * LIKES_EACH };
  const payloads = slackSeason({ ...season, weeks: 1, firstWeek: 1 }).flat() as unknown as Payload[];
  const bucket = memoryBucket();
  const log = openLog(bucket, challenge);
  for (const event of eventsOf(payloads)) await log.append(event);
  await rebuild(challenge, { log: bucket, state: filesBucket(state) });
  return likesAfter(payloads, more);
};

const likesAfter = (payloads: readonly Payload[], more: number): Payload[] => {
  const reactions = payloads.filter(({ event }) => event.type === 'reaction_added');
  const pairOf = (user: string | undefined, { event }: Payload): string => `${user} ${event.item?.ts}`;
  const taken = new Set(reactions.map((reaction) => pairOf(reaction.event.user, reaction)));
  const users = [...new Set(reactions.map(({ event }) => event.user))];
  const end = Number.parseInt(reactions.at(-1)?.event.event_ts ?? '', 10);
  const likes: Payload[] = [];
  // Every member with every reply, as different ones after each other as there are.
  for (let number = 0; likes.length < more && number < reactions.length * users.length; number++) {
    const reaction = reactions[number % reactions.length] as Payload;
    const user = users[(number * 7 + Math.floor(number / reactions.length)) % users.length];
    const pair = pairOf(user, reaction);
    if (taken.has(pair)) continue;
    taken.add(pair);
    const event = { ...reaction.event, user, reaction: '+1', event_ts: `${end + 1 + number}.000100` };
    likes.push({ ...reaction, event_id: `Ev0MORE${number}`, event } as Payload);
  }
  if (likes.length < more) throw new Error(`expected room for ${more} likes, got ${likes.length}`);
  return likes;
};

/** The events of the benchmarks' challenge that deliveries stand for. */
export const eventsOf = (payloads: readonly unknown[]): Event[] =>
  payloads.flatMap((payload) => {
    const translation = translate(payload, new Set([CHANNEL]));
    return translation.to === 'event' ? [translation.event] : [];
  });
