import type { SQSBatchResponse } from 'aws-lambda';
import { afterEach, describe, expect, test } from 'vitest';
import { SCHEDULE_GROUP } from '../../../src/queue/jobs.ts';
import { SAMPLE } from '../../../src/sandbox/sample.ts';
import { dueJob } from '../../support/due.ts';
import { type Aws, record, sqsEvent, startAws } from './aws.ts';

const { channel } = SAMPLE;
const BERLIN = 'C0BERLIN01';
const MINUTES = 60;
/** A job about which there is nothing to do. */
const NOTHING = { kind: 'profile', channel: 'C0NOWHERE1', user: 'U0MEMBER01' } as const;
/** The last month's ledgers and the week's, each once, and how far has been asked. */
const LOOKS = 5 + 1 + 1;

let aws: Aws;
afterEach(() => aws.close());

const said = (): string[] =>
  aws.workspace.messages(channel).flatMap(({ user, text }) => (user === SAMPLE.bot.id ? [text ?? ''] : []));
const asked = (tick: string, of: string): string[] =>
  aws
    .ticks()
    .filter((each) => each.startsWith(`${tick} ${of} `))
    .map((each) => each.split(' ').at(-1) ?? '');
/** The same instant written as the job has it. */
const at = (...local: string[]): string[] => local.map((each) => new Date(each).toISOString());

describe('the one schedule of all challenges', () => {
  test('in a week of ticks, some of them late and twice, does everything at its time, and nothing twice', async () => {
    const challenges = [{ channel }, { channel: BERLIN, timeZone: 'Europe/Berlin' }];
    aws = await startAws({ challenges }, '2024-08-26T09:15:00+09:00');
    /** A tick each `every` seconds, one in five late by as much, one in seven again when the queue has forgotten it. */
    const tickUntil = async (end: string, every: number): Promise<void> => {
      for (let n = 0; aws.now() <= Date.parse(end); n++) {
        const meant = new Date(aws.now()).toISOString();
        if (n % 5 === 3) await aws.pass(every);
        await aws.due(meant);
        if (n % 7 === 4) await aws.pass(6 * MINUTES);
        if (n % 7 === 4) await aws.due(meant);
        await aws.pass((Date.parse(meant) + every * 1000 - aws.now()) / 1000);
      }
    };
    await tickUntil('2024-08-26T09:25:00+09:00', 5 * MINUTES);
    expect(said()).toEqual([]);
    await aws.pass((Date.parse('2024-08-26T09:30:00+09:00') - aws.now()) / 1000);
    await aws.due();
    expect(said()).toEqual([expect.stringContaining('[TIL 8월 4주차]')]);
    const thread = aws.workspace.messages(channel).at(-1)?.ts ?? '';
    aws.workspace.reply({ user: 'U0MEMBER01', channel, thread, text: 'https://velog.io/@minseo/1' });
    await aws.pass(30 * MINUTES);
    await tickUntil('2024-09-02T09:00:00+09:00', 30 * MINUTES);
    expect(said().slice(2)).toEqual([expect.stringContaining('*이번 주 글 1편, 아직 덜 읽힌 글부터*')]);
    expect(asked('digest', channel)[0]).toBe('2024-08-30T03:00:00.000Z');
    await tickUntil('2024-09-02T10:00:00+09:00', 5 * MINUTES);
    expect(said().slice(3)).toEqual([
      expect.stringContaining('8월 챌린저'),
      expect.stringContaining('[TIL 9월 1주차]'),
    ]);
    const nights = ['27', '28', '29', '30', '31'].map((day) => `2024-08-${day}`);
    const everyNight = [...nights, '2024-09-01', '2024-09-02'].map((day) => `${day}T04:30:00`);
    expect(new Set(asked('reconcile', channel))).toEqual(new Set(at(...everyNight.map((night) => `${night}+09:00`))));
    const everyMorning = everyNight.map((night) => `${night.slice(0, 10)}T05:30:00+09:00`);
    expect(new Set(asked('traces', channel))).toEqual(new Set(at(...everyMorning)));
    expect(asked('traces', BERLIN)).toEqual([]);
    expect(new Set(asked('seal', channel))).toEqual(new Set(at('2024-08-28T05:00:00+09:00')));
    // The night of the first Monday in Berlin was before the beginning, and that of the last is yet to come.
    expect(new Set(asked('seal', BERLIN))).toEqual(new Set(at('2024-08-28T05:00:00+02:00')));
    expect(new Set(asked('reconcile', BERLIN)).size).toBe(7);
    expect(asked('week.open', BERLIN)[0]).toBe('2024-08-26T07:30:00.000Z');
  });

  test('asks for three hundred challenges in one go, with a few looks at the storage for each', async () => {
    const challenges = Array.from({ length: 300 }, (_, n) => ({ channel: `C0MANY${String(n).padStart(4, '0')}` }));
    aws = await startAws({ challenges }, '2024-08-05T09:30:05+09:00');
    // The first batch writes the list of challenges, and the first tick that people have been asked about.
    await aws.worker.call<SQSBatchResponse>(sqsEvent([record('first', channel, NOTHING)]), aws.now());
    const before = record('before', SCHEDULE_GROUP, dueJob(new Date('2024-08-05T00:25:00Z')).body);
    await aws.worker.call<SQSBatchResponse>(sqsEvent([before]), aws.now());
    const { GetObject, PutObject } = aws.s3.counters;
    const [read, written] = [GetObject.requests, PutObject.requests];
    const tick = record('tick', SCHEDULE_GROUP, dueJob(new Date('2024-08-05T00:30:00Z')).body);
    const answer = await aws.worker.call<SQSBatchResponse>(sqsEvent([tick]), aws.now());
    expect(answer).toEqual({ batchItemFailures: [] });
    expect([GetObject.requests - read, PutObject.requests - written]).toEqual([LOOKS * challenges.length, 0]);
    await aws.settle();
    expect(new Set(aws.ticks())).toEqual(
      new Set(challenges.map(({ channel: each }) => `week.open ${each} 2024-08-05T00:30:00.000Z`)),
    );
  });
});
