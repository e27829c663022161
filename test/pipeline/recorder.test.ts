import { expect, test } from 'vitest';
import { createBookkeeping } from '../../src/pipeline/bookkeeping.ts';
import { keys } from '../../src/pipeline/keys.ts';
import { createRecorder } from '../../src/pipeline/recorder.ts';
import type { Ledger } from '../../src/projections/ledger.ts';
import { openDocuments } from '../../src/store/documents.ts';
import { openLog } from '../../src/store/log.ts';
import { memoryBucket } from '../../src/store/memory.ts';
import { attempted, CHANNEL, delivered, WEEK, WEEKLY, weeklyPost } from '../support/events.ts';
import { challengeOf } from '../support/given.ts';

const ID = `week.open:${WEEK}`;

test('what was said and recorded by a process that died before it was folded is caught up on, with its message', async () => {
  const challenge = challengeOf();
  const [log, state] = [memoryBucket(), memoryBucket()];
  const documents = openDocuments(state);
  const changed: string[] = [];
  const bookkeeping = createBookkeeping({ log, documents, challenges: [challenge] });
  const recorder = createRecorder({
    log,
    challenges: [challenge],
    bookkeeping,
    changed: (months) => void changed.push(...months.map(({ month }) => month)),
  });
  const read = async () => (await documents.load<Ledger>(keys.ledger(CHANNEL, WEEK))).value;
  await recorder.record(attempted(ID));
  changed.length = 0;
  for (const event of [weeklyPost(), delivered(ID, { ts: WEEKLY })]) await openLog(log, challenge).append(event);
  const before = (await read())?.effects[ID];
  expect(before?.delivered).toBeUndefined();

  expect(await recorder.catchUp(challenge, { week: WEEK, id: ID }, before)).toBe(true);
  expect((await read())?.effects[ID]?.delivered?.ts).toBe(WEEKLY);
  expect((await read())?.messages[WEEKLY]?.mark).toBe(WEEK);
  expect(changed).toEqual(['2024-08']);
  expect(await recorder.catchUp(challenge, { week: WEEK, id: ID }, (await read())?.effects[ID])).toBe(false);
});
