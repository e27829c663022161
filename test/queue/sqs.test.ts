import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { Refused, Unavailable } from '../../src/events/errors.ts';
import { sqsClient, sqsQueue } from '../../src/queue/sqs.ts';
import { queueContract } from '../contract/queue.ts';
import { type SqsServer, startSqsServer } from '../support/sqs-server.ts';

let server: SqsServer;
beforeAll(async () => {
  server = await startSqsServer();
});
afterAll(() => server.close());

let queues = 0;
const open = async (options?: { visibilitySeconds?: number; maxReceiveCount?: number }) => {
  const url = await server.createQueue(`queue-${++queues}`, options);
  return { url, queue: sqsQueue({ client: sqsClient(server.environment), url }) };
};

const job = (id: string, group = 'g', body = `{"id":${JSON.stringify(id)}}`) => ({ id, group, body });

queueContract('SQS FIFO (fauxqs)', async () => {
  const { queue } = await open({ visibilitySeconds: 30 });
  return { queue, visibilitySeconds: 30, advance: (seconds) => server.advance(seconds) };
});

describe('on a server', () => {
  test('ids, groups and bodies come back as they were put, whatever is in them', async () => {
    const { queue } = await open();
    const odd = [
      job('plain', 'week/C1/2024-W32'),
      job('한글 id', '그룹 🔥 with spaces', '{"text":"오늘 배운 것 🔥 \\u00e9"}'),
      job('x'.repeat(300), 'y'.repeat(300), '"looks like a JSON string"'),
      job('control', 'lone', 'a\u0000b\ud800c\uffff'),
      job('quoted \\u00e9 é', 'back\\slash', '\\é 😀 "\\u00e9"'),
    ];
    await queue.put(odd);
    const taken = (await queue.take(10, 1)).map(({ id, group, body }) => ({ id, group, body }));
    expect(
      taken.toSorted((a, b) => odd.findIndex(({ id }) => id === a.id) - odd.findIndex(({ id }) => id === b.id)),
    ).toEqual(odd);
  });

  test('25 jobs of 5 groups come in the order of their groups', async () => {
    const { queue } = await open();
    const jobs = Array.from({ length: 25 }, (_, n) => job(`${n}`, `g${n % 5}`));
    await queue.put(jobs);
    const seen: Record<string, number[]> = {};
    for (let count = 0; count < 25; ) {
      const taken = await queue.take(10, 1);
      for (const { id, group } of taken) (seen[group] ??= []).push(Number(id));
      await queue.done(taken);
      count += taken.length;
    }
    expect(seen).toEqual({
      g0: [0, 5, 10, 15, 20],
      g1: [1, 6, 11, 16, 21],
      g2: [2, 7, 12, 17, 22],
      g3: [3, 8, 13, 18, 23],
      g4: [4, 9, 14, 19, 24],
    });
  });

  test('a body beyond 256 KiB is refused before anything is sent, and the job is named', async () => {
    const { queue } = await open();
    const large = job('large', 'g', 'x'.repeat(262_145));
    const failure = queue.put([job('small'), large]);
    await expect(failure).rejects.toThrow(Refused);
    await expect(failure).rejects.toThrow('job large is too large for SQS: expected at most 262144 bytes, got 262145');
    expect(await queue.take(1, 0)).toEqual([]);
  });

  test('a batch that would be larger than 256 KiB goes in several', async () => {
    const { queue } = await open();
    const jobs = Array.from({ length: 10 }, (_, n) => job(`${n}`, `g${n}`, 'x'.repeat(100_000)));
    await queue.put(jobs);
    expect(await queue.take(10, 1)).toHaveLength(10);
  });

  test('a job that comes too often goes to the dead letters', async () => {
    const { url, queue } = await open({ visibilitySeconds: 30, maxReceiveCount: 2 });
    await queue.put([job('poison'), job('behind')]);
    for (const received of [1, 2]) {
      const [taken] = await queue.take(1, 1);
      expect(taken).toMatchObject({ id: 'poison', received });
      if (taken) await queue.retry(taken, 0);
    }
    expect(await queue.take(1, 1)).toMatchObject([{ id: 'behind' }]);
    const dead = sqsQueue({ client: sqsClient(server.environment), url: url.replace('.fifo', '-dead.fifo') });
    expect(await dead.take(1, 1)).toMatchObject([{ id: 'poison' }]);
  });

  test('the same id twice within minutes is one job', async () => {
    const { url, queue } = await open();
    await queue.put([job('1'), job('1', 'other')]);
    await queue.put([job('1')]);
    const { Attributes } = await sqsClient(server.environment).send(
      new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['ApproximateNumberOfMessages'] }),
    );
    expect(Attributes).toEqual({ ApproximateNumberOfMessages: '1' });
  });

  test('a queue that is not there is refused with its address', async () => {
    const url = `${server.environment['AWS_ENDPOINT_URL_SQS']}/000000000000/nowhere.fifo`;
    const queue = sqsQueue({ client: sqsClient(server.environment), url });
    await expect(queue.put([job('1')])).rejects.toThrow(Refused);
    await expect(queue.take(1, 0)).rejects.toThrow(/sqs:ReceiveMessage http.*nowhere\.fifo/);
  });

  test('names of any text give ids and groups that SQS takes, other ones for other texts', async () => {
    const { entryOf } = await import('../../src/queue/sqs-message.ts');
    const name = fc.oneof(fc.string({ maxLength: 200 }), fc.string({ unit: 'binary', maxLength: 200 }));
    fc.assert(
      fc.property(name, name, (one, other) => {
        const [first, second] = [entryOf(job(one, other)).message, entryOf(job(other, one)).message];
        for (const { MessageGroupId, MessageDeduplicationId, MessageBody } of [first, second]) {
          expect(MessageGroupId).toMatch(/^[A-Za-z0-9!-/:-@[-`{-~]{1,128}$/);
          expect(MessageDeduplicationId).toMatch(/^[A-Za-z0-9!-/:-@[-`{-~]{1,128}$/);
          expect(MessageBody).toMatch(/^[\t\n\r\u0020-\ud7ff\ue000-\ufffd]*$/);
        }
        expect(first.MessageGroupId === second.MessageGroupId).toBe(one === other);
      }),
    );
  });
});

/** An SQS that answers what the script says, to see calls that a good server never makes necessary. */
const scripted = async (...answers: ((body: Body) => Answer | Promise<Answer>)[]) => {
  const calls: Body[] = [];
  const http = createServer(async (request, response) => {
    const body = JSON.parse(await text(request)) as Body;
    calls.push(body);
    const answer = await (answers[calls.length - 1] ?? answers.at(-1))?.(body);
    if (!answer || answer === 'silence') return;
    response
      .writeHead(answer.status ?? 200, { 'Content-Type': 'application/x-amz-json-1.0' })
      .end(JSON.stringify(answer.body));
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  closers.push(
    () => void http.closeAllConnections(),
    () => http.close(),
  );
  const endpoint = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  const client = sqsClient({ ...server.environment, AWS_ENDPOINT_URL_SQS: endpoint });
  const queue = sqsQueue({ client, url: `${endpoint}/0/q.fifo`, putMilliseconds: 1_000, random: () => 0 });
  return {
    queue,
    calls,
    sent: () => calls.map(({ Entries = [] }) => Entries.map((entry) => entry.MessageDeduplicationId)),
  };
};

type Answer = { status?: number; body: object } | 'silence';

interface Body {
  ReceiveRequestAttemptId?: string;
  Entries?: { Id: string; MessageDeduplicationId: string; MessageBody: string; ReceiptHandle: string }[];
}

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** The answer that takes all entries but those with these ids. The SDK checks digests, so give what it wants. */
const allBut =
  (fault: { SenderFault: boolean; Code: string }, ...ids: string[]) =>
  ({ Entries = [] }: Body) => ({
    body: {
      Successful: Entries.filter((entry) => !ids.includes(entry.MessageDeduplicationId)).map((entry) => ({
        Id: entry.Id,
        MessageId: entry.Id,
        MD5OfMessageBody: createHash('md5').update(entry.MessageBody).digest('hex'),
      })),
      Failed: Entries.filter((entry) => ids.includes(entry.MessageDeduplicationId)).map(({ Id }) => ({ Id, ...fault })),
    },
  });
const busy = { SenderFault: false, Code: 'InternalError' };

describe('when SQS fails', () => {
  test('what it did not take is sent again, before what lies behind it in its group', async () => {
    const { queue, sent } = await scripted(allBut(busy, 'a1'), allBut(busy));
    await queue.put([job('a1', 'a'), job('a2', 'a'), job('b1', 'b'), job('b2', 'b')]);
    expect(sent()).toEqual([['a1', 'b1'], ['a1', 'b2'], ['a2']]);
  });

  test('what it never takes is unavailable after three tries', async () => {
    const { queue, sent } = await scripted(allBut(busy, 'a1'));
    await expect(queue.put([job('a1'), job('a2')])).rejects.toThrow(/2 of 2 jobs not taken in 3 tries/);
    expect(sent()).toEqual([['a1'], ['a1'], ['a1']]);
  });

  test('what is our own fault is refused at once', async () => {
    const { queue, sent } = await scripted(allBut({ SenderFault: true, Code: 'InvalidMessageContents' }, 'a1'));
    await expect(queue.put([job('a1')])).rejects.toThrow(/SQS refused a job with InvalidMessageContents/);
    expect(sent()).toHaveLength(1);
  });

  test('a put without an answer ends in its time', async () => {
    const { queue } = await scripted(() => 'silence');
    await expect(queue.put([job('a1')])).rejects.toThrow(Unavailable);
  });

  test('a long put takes its time as long as it gets on', async () => {
    const slowly = async (body: Body) => {
      await setTimeout(300);
      return allBut(busy)(body);
    };
    const { queue, calls } = await scripted(slowly);
    await queue.put(['1', '2', '3', '4'].map((id) => job(id)));
    expect(calls).toHaveLength(4);
  });

  test('500 is unavailable, 403 is refused with what is needed', async () => {
    const answer = (status: number, __type: string) => () => ({ status, body: { __type, message: '' } });
    const broken = await scripted(answer(500, 'InternalFailure'));
    await expect(broken.queue.done([{ ...job('1'), received: 1, handle: 'h' }])).rejects.toThrow(Unavailable);
    expect(broken.calls).toHaveLength(3);
    const closed = await scripted(answer(403, 'AccessDeniedException'));
    await expect(closed.queue.put([job('1')])).rejects.toThrow(
      /403 AccessDeniedException: this role needs sqs:SendMessage/,
    );
  });

  test('a take whose answer was lost asks for the same jobs again, another take for others', async () => {
    const { queue, calls } = await scripted(
      () => ({ status: 500, body: { __type: 'InternalFailure' } }),
      () => ({ body: {} }),
    );
    await queue.take(10, 0);
    await queue.take(10, 0);
    const [first, again, other] = calls.map(({ ReceiveRequestAttemptId }) => ReceiveRequestAttemptId);
    expect(first).toMatch(/./);
    expect(again).toBe(first);
    expect(other).not.toBe(first);
  });

  test('a removal is repeated for what failed, but not for a handle whose time has passed', async () => {
    const failing =
      (fault: object) =>
      ({ Entries = [] }: Body) => ({
        body: { Successful: Entries.slice(1).map(({ Id }) => ({ Id })), Failed: [{ Id: Entries[0]?.Id, ...fault }] },
      });
    const jobs = Array.from({ length: 12 }, (_, n) => ({ ...job(`${n}`), received: 1, handle: `h${n}` }));
    const { queue, calls } = await scripted(
      failing(busy),
      failing({ SenderFault: true, Code: 'ReceiptHandleIsInvalid' }),
    );
    await queue.done(jobs);
    const handles = calls.map(({ Entries = [] }) => Entries.map(({ ReceiptHandle }) => ReceiptHandle).join());
    expect(handles).toEqual(['h0,h1,h2,h3,h4,h5,h6,h7,h8,h9', 'h0,h10,h11']);
  });
});
