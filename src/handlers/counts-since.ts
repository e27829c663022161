import { compareTs, earlierTs, laterTs, type Ts } from '../events/timestamp.ts';
import type { Month } from '../events/week.ts';
import type { Ledger } from '../projections/ledger.ts';
import type { Message } from '../projections/message.ts';
import type { Reply } from '../projections/participation.ts';
import { seriesOf } from './effect-record.ts';
import { monthResultId } from './month-result.ts';

/**
 * Since when a reply has had a link that counts. An edit makes it news only if the wordings before it are known not to have had one: else
 * whoever mends a typo would make news of an old post.
 */
export const countsSince = (message: Message | undefined, { ts, links }: Reply): Ts => {
  if (!message?.posted) return ts;
  const first = links.map(({ url }) => message.since?.[url]).reduce<Ts | undefined>(earlierTs, undefined);
  return laterTs(ts, first) ?? ts;
};

/** Why a participation is not announced that is in no result. */
export const AFTER_RESULT = "its month's result was told before";

/**
 * Whether a reply got its link only after its month's result was told: then it is in no result. The result itself bears the date when it
 * was due, which may be long before it was worked out; so what counts is when somebody set out to tell it.
 */
export const isAfterResult = (reply: Reply, month: Month, ledgers: readonly Ledger[]): boolean => {
  const told = ledgers.flatMap(({ effects }) => Object.values(effects[monthResultId(month)]?.attempts ?? {}));
  const first = told.reduce<Ts | undefined>((earliest, { at }) => earlierTs(earliest, at), undefined);
  if (!first) return false;
  const ledger = ledgers.find(({ week }) => week === reply.writtenIn);
  const [announced] = ledger ? seriesOf(ledger, 'participation', reply.ts).past : [];
  // One that counted before, by another link, does so still.
  if (announced && announced.skipped?.reason !== AFTER_RESULT) return false;
  return compareTs(countsSince(ledger?.messages[reply.ts], reply), first) > 0;
};
