import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Job } from '../../src/queue/queue.ts';
import { jobsFromSqsEvent, type SqsEvent, sqsBatchResponse } from '../../src/queue/sqs-event.ts';
import { entryOf } from '../../src/queue/sqs-message.ts';

const record = (id: string, group: string, body = '{}'): SqsEvent['Records'][number] => {
  const { message } = entryOf({ id, group, body });
  const attributes = Object.entries(message.MessageAttributes ?? {});
  return {
    messageId: `message-${id}`,
    receiptHandle: `handle-${id}`,
    body: message.MessageBody,
    attributes: {
      MessageGroupId: message.MessageGroupId,
      MessageDeduplicationId: message.MessageDeduplicationId,
      ApproximateReceiveCount: '2',
    },
    messageAttributes: Object.fromEntries(
      attributes.map(([name, { StringValue }]) => [name, { stringValue: StringValue }]),
    ),
  };
};

test('a record becomes the job that was put', () => {
  expect(jobsFromSqsEvent({ Records: [record('한글', '그룹 🔥', '{"text":"🔥"}')] })).toEqual([
    { id: '한글', group: '그룹 🔥', body: '{"text":"🔥"}', received: 2, handle: 'handle-한글' },
  ]);
});

test('a tick of the Scheduler is a job although nobody named it', () => {
  const { body, ...rest } = record('0c57d3', 'tick:C1', '{"kind":"tick","tick":"seal"}');
  expect(jobsFromSqsEvent({ Records: [{ ...rest, body, messageAttributes: {} }] })).toEqual([
    { id: '0c57d3', group: 'tick:C1', body, received: 2, handle: 'handle-0c57d3' },
  ]);
});

test('whatever fails, the answer names each received id at most once, and with it all behind it in its group', () => {
  const groupsAndFailures = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.boolean()), { maxLength: 10 });
  fc.assert(
    fc.property(groupsAndFailures, (rows) => {
      const event = { Records: rows.map(([group], n) => record(`${n}`, group)) };
      const foreign: Job = { id: 'x', group: 'a', body: '', received: 1, handle: 'of another batch' };
      const failed = jobsFromSqsEvent(event).filter((_, n) => rows[n]?.[1]);
      const ids = sqsBatchResponse(event, [...failed, ...failed, foreign]).batchItemFailures.map(
        (item) => item.itemIdentifier,
      );
      const expected = rows.flatMap(([group], n) =>
        rows.slice(0, n + 1).some(([other, fails]) => fails && other === group) ? [`message-${n}`] : [],
      );
      expect(ids).toEqual(expected);
    }),
  );
});
