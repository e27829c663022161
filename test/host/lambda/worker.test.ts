import type { Message } from '@aws-sdk/client-sqs';
import type { SQSBatchResponse } from 'aws-lambda';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { keys } from '../../../src/pipeline/keys.ts';
import type { WeekSnapshot } from '../../../src/projections/contract.ts';
import type { Ledger } from '../../../src/projections/ledger.ts';
import { SAMPLE } from '../../../src/sandbox/sample.ts';
import { openLog } from '../../../src/store/log.ts';
import { contents, payload } from '../../support/world.ts';
import { type Aws, record, sqsEvent, startAws } from './aws.ts';

const channel: string = SAMPLE.channel;
const OTHER = 'C0TILCHAN2';
const WEEK = '2024-W32';

let aws: Aws;
beforeEach(async () => {
  aws = await startAws({ challenges: [{ channel }, { channel: OTHER }] }, '2024-08-05T09:30:05+09:00');
});
afterEach(() => aws.close());

/** A record of a batch with something written in a channel. */
const written = (n: number, to = channel): Message => {
  const ts = `172282600${n}.000100`;
  const { event, ...envelope } = payload(3);
  return record(`Ev${to}${n}`, to, {
    kind: 'event',
    payload: { ...envelope, event: { ...event, channel: to, ts, event_ts: ts } },
  });
};

/** Gives a batch to the worker; gives the ids of those that must come again. */
const batch = async (messages: Message[], milliseconds?: number): Promise<string[]> => {
  const answer = await aws.worker.call<SQSBatchResponse>(sqsEvent(messages), aws.now(), milliseconds);
  return answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
};

const logged = async (): Promise<string[]> =>
  Object.keys(await contents(aws.log)).map((key) => key.split('/').at(-1) ?? '');
const problems = (): unknown[] =>
  aws.worker.lines.flatMap(({ happening, error }) => (happening === 'problem' ? [error] : []));

describe('a batch', () => {
  test('of which one record is poisoned reports that one alone', async () => {
    aws.s3.faults.add({ fault: 'conflict', operation: 'PutObject', key: /C0TILCHAN2/, times: 5 });
    expect(await batch([written(1), written(1, OTHER), written(2)])).toEqual([`Ev${OTHER}1`]);
    expect(await logged()).toHaveLength(2);
    expect(problems()).toEqual([expect.stringMatching(/^Unavailable: s3:PutObject s3:\/\/log\/events\/C0TILCHAN2\//)]);
    expect(await batch([written(1, OTHER)])).toEqual([]);
    expect(await logged()).toHaveLength(3);
  });

  test('stops in order: what stands behind a failure in its group comes again with it', async () => {
    aws.s3.faults.add({ fault: 'conflict', operation: 'PutObject', key: /1722826002/, times: 5 });
    expect(await batch([1, 2, 3].map((n) => written(n)))).toEqual([`Ev${channel}2`, `Ev${channel}3`]);
    expect(await batch([2, 3].map((n) => written(n)))).toEqual([]);
    expect(await logged()).toHaveLength(3);
  });

  test('keeps nothing back for what nobody can read: that is put aside, with the reason', async () => {
    expect(await batch([record('1', channel, 'no JSON'), written(1)])).toEqual([]);
    expect(Object.keys(await contents(aws.log, 'quarantine/'))).toHaveLength(1);
    expect(aws.worker.lines).toContainEqual(expect.objectContaining({ happening: 'alarm', code: 'quarantine' }));
  });

  test('that meets a ledger of an earlier version folds it anew, and tells the admins once', async () => {
    await batch([written(1)]);
    const key = keys.ledger(channel, WEEK);
    const { bytes, etag } = (await aws.state.get(key)) as { bytes: Uint8Array; etag: string };
    const old = { ...JSON.parse(new TextDecoder().decode(bytes)), version: 1, messages: {} };
    await aws.state.putIf(key, new TextEncoder().encode(JSON.stringify(old)), etag);
    expect(await batch([written(2)])).toEqual([]);
    expect(await batch([written(3)])).toEqual([]);
    expect(aws.worker.lines.filter(({ happening }) => happening === 'alarm')).toEqual([
      expect.objectContaining({ code: 'counts-changed', subject: 'ledgers of version 1 are of version 2 now' }),
    ]);
    const ledger = JSON.parse((await contents(aws.state, key))[key] ?? '') as Ledger;
    expect(Object.keys(ledger.messages)).toHaveLength(3);
  });

  test('is not begun when time is short, and comes again', async () => {
    expect(await batch([written(1), written(2)], 4_999)).toEqual([`Ev${channel}1`, `Ev${channel}2`]);
    expect(await logged()).toEqual([]);
  });

  test('comes again when a snapshot cannot be published, and is published even if nothing of it is new by then', async () => {
    aws.s3.faults.add({ fault: 'forbidden', operation: 'PutObject', key: /^snapshots\/.*\/index/ });
    expect(await batch([written(1)])).toEqual([`Ev${channel}1`]);
    expect(await batch([record('tick', channel, { kind: 'tick', tick: 'seal', channel, scheduledAt: '' })])).toEqual(
      [],
    );
    expect(await contents(aws.state, keys.index(channel))).not.toEqual({});
    const week = await contents(aws.state, keys.week(channel, WEEK));
    expect(JSON.parse(week[keys.week(channel, WEEK)] ?? '') as WeekSnapshot).toMatchObject({ week: WEEK });
  });

  test('comes again as a whole when the secret cannot be read', async () => {
    aws.secrets.fault = { status: 400, body: '{"__type":"AccessDeniedException"}' };
    await aws.pass(400);
    await aws.worker.close();
    const fresh = await aws.anotherWorker();
    const { batchItemFailures } = await fresh.call<SQSBatchResponse>(sqsEvent([written(1)]), aws.now());
    expect(batchItemFailures).toHaveLength(1);
    expect(fresh.lines).toContainEqual(
      expect.objectContaining({ happening: 'problem', error: expect.stringContaining('AccessDeniedException') }),
    );
    expect(await logged()).toEqual([]);
    await fresh.close();
  });
});

describe('what is owed to Slack', () => {
  const posts = () => aws.workspace.messages(channel).filter(({ user }) => user === SAMPLE.bot.id);

  test('waits as long as Slack asks for, and not longer', async () => {
    aws.sandbox.faults.add({ kind: 'rate-limited', retryAfter: 30, count: 1, methods: ['chat.postMessage'] });
    await aws.tick('week.open', '2024-08-05T00:30:00Z');
    expect([posts().length, aws.again()]).toEqual([0, 1]);
    await aws.pass(29);
    expect(posts()).toHaveLength(0);
    await aws.pass(2);
    expect(posts()).toHaveLength(1);
  });

  test('waits for a token, and is said when there is one, without a deployment', async () => {
    aws.secrets.secret = JSON.stringify({ SLACK_BOT_TOKEN: '', SLACK_SIGNING_SECRET: 'x' });
    await aws.pass(400);
    await aws.tick('week.open', '2024-08-05T00:30:00Z');
    expect([posts().length, aws.again()]).toEqual([0, 1]);
    aws.secrets.secret = JSON.stringify({ SLACK_BOT_TOKEN: SAMPLE.bot.token, SLACK_SIGNING_SECRET: 'x' });
    for (let minute = 0; minute < 7; minute++) await aws.pass(61);
    expect(posts()).toHaveLength(1);
  });

  test('is not said twice when Slack did it and did not answer', async () => {
    aws.sandbox.faults.add({ kind: 'reset', when: 'after', count: 1, methods: ['chat.postMessage'] });
    await aws.tick('week.open', '2024-08-05T00:30:00Z');
    for (let minute = 0; minute < 5; minute++) await aws.pass(61);
    expect(posts()).toHaveLength(1);
    expect(await logged()).toContainEqual(expect.stringMatching(/effect\.delivered/));
  });
});

describe('the ticks of the clock', () => {
  const alarms = () => aws.worker.lines.filter(({ happening }) => happening === 'alarm');

  test('every day, whatever was appended by a worker that died before it had folded it is folded', async () => {
    await aws.tick('week.open', '2024-08-05T00:30:00Z');
    const thread = aws.workspace.messages(channel).find(({ text }) => /\[TIL /.test(text ?? ''))?.ts ?? '';
    await aws.pass(3600);
    const ts = `${Math.floor(aws.now() / 1000) - 60}.000100`; // So young that Slack need not show it yet.
    const author = { user: 'U0MEMBER01' };
    const event = { v: 1, kind: 'message.posted', channel, at: ts, ts, thread, author, text: '' } as const;
    const appended = { ...event, links: ['https://velog.io/@minseo/1'] };
    expect(await openLog(aws.log, SAMPLE).append(appended)).toBe('appended');
    await aws.tick('reconcile', '2024-08-05T19:30:00Z');
    const after = await contents(aws.state, keys.week(channel, WEEK));
    expect(JSON.parse(after[keys.week(channel, WEEK)] ?? '')).toMatchObject({ participants: ['U0MEMBER01'] });
  });

  test('compare with Slack every day: what was missed is brought in, counted and told', async () => {
    await aws.tick('week.open', '2024-08-05T00:30:00Z');
    aws.sandbox.faults.add({ kind: 'dropped', types: ['message'] }); // The link's preview, too.
    const thread = aws.workspace.messages(channel).find(({ text }) => /\[TIL /.test(text ?? ''))?.ts ?? '';
    await aws.pass(3600);
    aws.workspace.reply({ user: 'U0MEMBER01', channel, thread, text: 'https://velog.io/@minseo/1' });
    await aws.pass(3600);
    aws.sandbox.faults.clear();
    const before = await contents(aws.state, keys.week(channel, WEEK));
    expect(JSON.parse(before[keys.week(channel, WEEK)] ?? '')).toMatchObject({ participants: [] });
    await aws.tick('reconcile', '2024-08-05T19:30:00Z');
    const after = await contents(aws.state, keys.week(channel, WEEK));
    expect(JSON.parse(after[keys.week(channel, WEEK)] ?? '')).toMatchObject({ participants: ['U0MEMBER01'] });
    expect(alarms()).toEqual([
      expect.objectContaining({ code: 'reconcile-differences', subject: expect.stringContaining('1 message.posted') }),
    ]);
    await aws.pass(86_400);
    await aws.tick('reconcile', '2024-08-06T19:30:00Z');
    expect(alarms()).toHaveLength(1);
  });

  /** A portion of a comparison for which there is no time. */
  const withoutTime = (portion?: number) => {
    const body = { kind: 'tick', tick: 'reconcile', channel, scheduledAt: '2024-08-05T19:30:00Z' } as const;
    const job = record(`tick${portion}`, portion ? `reconcile/${channel}` : channel, {
      ...body,
      ...(portion && { portion }),
    });
    return batch([job], 12_000);
  };

  test('go on with a comparison that takes long, and hold up nobody meanwhile', async () => {
    await aws.tick('week.open', '2024-08-05T00:30:00Z');
    aws.sandbox.faults.add({ kind: 'dropped', types: ['message'] });
    const thread = aws.workspace.messages(channel).find(({ text }) => /\[TIL /.test(text ?? ''))?.ts ?? '';
    aws.workspace.reply({ user: 'U0MEMBER01', channel, thread, text: 'https://velog.io/@minseo/1' });
    await aws.pass(3600);
    aws.sandbox.faults.clear();
    expect(await withoutTime()).toEqual([]);
    expect(alarms()).toEqual([]);
    await aws.settle();
    const week = await contents(aws.state, keys.week(channel, WEEK));
    expect(JSON.parse(week[keys.week(channel, WEEK)] ?? '')).toMatchObject({ participants: ['U0MEMBER01'] });
    expect(alarms()).toEqual([expect.objectContaining({ subject: expect.stringContaining('1 message.posted') })]);
  });

  test('tell when the comparison makes no progress', async () => {
    for (const portion of [undefined, 1, 2, 3]) expect(await withoutTime(portion)).toEqual([]);
    expect(alarms()).toEqual([]);
    expect(await withoutTime(4)).toEqual([]);
    expect(alarms()).toEqual([expect.objectContaining({ subject: expect.stringContaining('not finished in time') })]);
  });

  test('tell when Slack does not let us compare, and hold nothing up either', async () => {
    aws.sandbox.faults.add({
      kind: 'error',
      error: 'missing_scope',
      when: 'before',
      methods: ['conversations.history'],
    });
    await aws.tick('reconcile', '2024-08-05T19:30:00Z');
    expect(aws.again()).toBe(0);
    expect(alarms()).toEqual([
      expect.objectContaining({ code: 'reconcile-differences', subject: expect.stringContaining('missing_scope') }),
    ]);
  });

  test('count what an earlier try has only appended', async () => {
    await aws.tick('week.open', '2024-08-05T00:30:00Z');
    aws.sandbox.faults.add({ kind: 'dropped', types: ['message'] });
    const thread = aws.workspace.messages(channel).find(({ text }) => /\[TIL /.test(text ?? ''))?.ts ?? '';
    aws.workspace.reply({ user: 'U0MEMBER01', channel, thread, text: 'https://velog.io/@minseo/1' });
    await aws.pass(3600);
    aws.s3.faults.add({ fault: 'forbidden', operation: 'PutObject', key: /^ledgers/ });
    await aws.tick('reconcile', '2024-08-05T19:30:00Z');
    expect(aws.again()).toBe(1);
    await aws.pass(10);
    const week = await contents(aws.state, keys.week(channel, WEEK));
    expect(JSON.parse(week[keys.week(channel, WEEK)] ?? '')).toMatchObject({ participants: ['U0MEMBER01'] });
  });

  test('freeze a month that was missed by more than one, once all of Slack has been compared', async () => {
    await aws.tick('week.open', '2024-08-05T00:30:00Z');
    await aws.pass(80 * 86_400);
    const closed = async () => (await logged()).filter((key) => key.startsWith('month.closed'));
    aws.sandbox.faults.add({
      kind: 'error',
      error: 'missing_scope',
      when: 'before',
      methods: ['conversations.history'],
      count: 1,
    });
    await aws.tick('reconcile', '2024-10-23T19:30:00Z');
    expect(await closed()).toEqual([]);
    await aws.tick('reconcile', '2024-10-24T19:30:00Z');
    await aws.pass(60);
    expect(await closed()).toEqual(['month.closed-2024-08.json']);
  });

  test('seal what has been quiet for two days', async () => {
    expect(await batch([written(1)])).toEqual([]);
    await aws.tick('seal', '2024-08-07T20:00:00Z');
    expect(await contents(aws.log, 'segments/')).toEqual({});
    await aws.pass(10 * 86_400);
    await aws.tick('seal', '2024-08-14T20:00:00Z');
    expect(Object.keys(await contents(aws.log, `segments/${channel}/${WEEK}/`))).toHaveLength(2);
    expect(aws.worker.lines).toContainEqual(expect.objectContaining({ happening: 'sealed', channel, week: WEEK }));
  });

  test('count traces of more than thirty days ago, and take them and nothing else away', async () => {
    expect(await batch([written(1), written(2, 'C0FOREIGN1')])).toEqual([]);
    await aws.pass(40 * 86_400);
    const { event, ...envelope } = payload(3);
    const ts = `${Math.floor(aws.now() / 1000)}.000100`;
    const late = { ...envelope, event: { ...event, channel, ts, event_ts: ts } };
    expect(await batch([record('EvLate', channel, { kind: 'event', payload: late })])).toEqual([]);
    const before = Object.keys(await contents(aws.log)).filter((key) => !key.startsWith('other/'));
    expect(Object.keys(await contents(aws.log, 'other/'))).toHaveLength(1);
    await aws.tick('traces', '2024-09-14T05:30:00+09:00');
    expect(Object.keys(await contents(aws.log, 'other/'))).toEqual([]);
    const [sum] = Object.keys(await contents(aws.log, 'counts/2024-08-05/'));
    expect(Object.keys(await contents(aws.log)).sort()).toEqual([sum, ...before].sort());
    expect(aws.worker.lines).toContainEqual(expect.objectContaining({ happening: 'traces', counted: 1, erased: 1 }));
  });
});
