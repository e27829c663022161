import type { Event } from '../events/catalog.ts';
import { compareTs, type Ts } from '../events/timestamp.ts';
import { calendarOf } from '../events/week.ts';
import type { Challenge } from '../projections/challenge.ts';
import type { Bucket } from '../store/bucket.ts';
import { openLog } from '../store/log.ts';

/**
 * When the bot first listened to a channel: the smallest date of a message or a reaction that was neither imported nor read from Slack's
 * history. Undefined while it never has.
 */
export const firstListened = async (
  challenge: Challenge,
  { log: bucket }: { log: Bucket },
): Promise<Ts | undefined> => {
  const log = openLog(bucket, challenge);
  const calendar = calendarOf(challenge.timeZone);
  let first: Ts | undefined;
  for (const week of await log.weeks()) {
    // What is about a week happened in it or later.
    if (first && calendar.weekOf(first) < week) break;
    for (const event of await log.readWeek(week, () => {}))
      if (isHeard(event) && (!first || compareTs(event.at, first) < 0)) first = event.at;
  }
  return first;
};

const isHeard = (event: Event): boolean =>
  /^(message|reaction)\./.test(event.kind) && !('inferred' in event && event.inferred);
