import { prefixOf } from '../events/key.ts';
import type { Challenge } from '../projections/challenge.ts';
import { type Bucket, listAll } from '../store/bucket.ts';
import { openLog } from '../store/log.ts';

/** The date of a message is Slack's. Of other events it may be that of a machine. */
const POSTED = /^\d{10}\.\d{6}-message\.posted-(\d{10}\.\d{6})\.json$/;

/** The instant (in seconds) of the last message that the log holds, of any challenge; undefined when it holds none. */
export const lastHeard = async (log: Bucket, challenges: readonly Challenge[]): Promise<number | undefined> => {
  const instants: number[] = [];
  for (const challenge of challenges) {
    const { channel } = challenge;
    const weeks = await openLog(log, challenge).weeks();
    for (const week of weeks.reverse()) {
      let last = 0;
      for await (const { key } of listAll(log, prefixOf(channel, week))) {
        const [, ts] = POSTED.exec(key.slice(prefixOf(channel, week).length)) ?? [];
        last = Math.max(last, Number(ts ?? 0));
      }
      if (last === 0) continue; // A week of which only effects or choices are known.
      instants.push(last);
      break;
    }
  }
  return instants.length > 0 ? Math.max(...instants) : undefined;
};
