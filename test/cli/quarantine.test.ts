import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { jobOf } from '../../src/queue/jobs.ts';
import { openLocalQueue } from '../../src/queue/local.ts';
import { sqsClient, sqsQueue } from '../../src/queue/sqs.ts';
import { SAMPLE } from '../../src/sandbox/sample.ts';
import { quarantine } from '../../src/store/log.ts';
import { type SqsServer, startSqsServer } from '../support/sqs-server.ts';
import { contents, payload } from '../support/world.ts';
import { emptyTil, type Til } from './til.ts';

const used: Til[] = [];
afterEach(() => {
  for (const til of used.splice(0)) til.remove();
});
const fresh = (): Til => {
  const til = emptyTil();
  used.push(til);
  return til;
};

describe('til quarantine', () => {
  test('lists what lies there with its reason and without any text', async () => {
    const til = fresh();
    expect((await til.run('quarantine', 'list')).out).toContain('Nothing lies in quarantine');
    await quarantine(til.log, 'failed 5 times: \x1b]0;pwned\x07', payload(3));
    await quarantine(til.log, 'a job of no known kind', 'what?');
    const { out } = await til.run('quarantine', 'list');
    expect(out).toMatch(/no +event_callback\/message +failed 5 times: \\u\{1b\}/);
    expect(out).toContain('something that is no delivery');
    expect(out).not.toContain('velog');
    expect(out).not.toContain('\x1b');
  });

  test('redrives into the log what can be, once, and only when told to', async () => {
    const til = fresh();
    await quarantine(til.log, 'the storage was away', payload(3));
    await quarantine(
      til.log,
      'api_app_id: expected our own',
      Buffer.from(JSON.stringify(payload(14))).toString('base64'),
    );
    await quarantine(til.log, 'no JSON', Buffer.from('{').toString('base64'));
    expect((await til.run('quarantine', 'redrive')).out).toContain('2 would be tried again');
    expect(Object.keys(await contents(til.log, 'events/'))).toEqual([]);
    const done = await til.run('quarantine', 'redrive', '--yes');
    expect(done).toMatchObject({ code: 0, out: expect.stringContaining('2 of 2 are in the log now') });
    expect(Object.keys(await contents(til.log, 'events/'))).toHaveLength(2);
    expect((await til.run('quarantine', 'redrive', '--yes')).out).toContain('nothing that could be tried again');
    expect(
      (await til.json<{ quarantined: { inLog: boolean }[] }>('quarantine', 'list')).quarantined.filter(
        ({ inLog }) => inLog,
      ),
    ).toHaveLength(2);
    expect((await til.run('verify')).code).toBe(0);
  });

  test('what fails again stays, and the command fails', async () => {
    const til = fresh();
    const broken = structuredClone(payload(3));
    broken.event['user'] = 7;
    broken.event.ts = 'never';
    await quarantine(til.log, 'broken', broken);
    expect(await til.run('quarantine', 'redrive', '--yes')).toMatchObject({
      code: 1,
      out: expect.stringContaining('1 failed again'),
    });
    expect(await til.run('quarantine', 'redrive', '--key', 'quarantine/none.json')).toMatchObject({ code: 2 });
  });
});

describe('til dlq', () => {
  let server: SqsServer;
  beforeAll(async () => {
    server = await startSqsServer();
  });
  afterAll(() => server.close());

  test('on one machine it shows what waits in the queue, and that there are no dead letters', async () => {
    const til = fresh();
    const queue = openLocalQueue(`${til.folder}/queue`);
    await queue.put([jobOf('1', SAMPLE.channel, { kind: 'event', payload: payload(3) })]);
    await queue.close();
    const { out } = await til.run('dlq', 'list');
    expect(out).toContain('event message');
    expect(out).not.toContain('velog');
    expect(await til.run('dlq', 'redrive', '--yes')).toMatchObject({
      code: 2,
      error: expect.stringContaining('TIL_DLQ'),
    });
  });

  test('on AWS it lists them, and puts them back in their order', async () => {
    const dead = await server.createQueue('dead.fifo', { visibilitySeconds: 30 });
    const main = await server.createQueue('main.fifo', { visibilitySeconds: 30 });
    const til = fresh().with({ ...server.environment, TIL_DLQ: dead, TIL_QUEUE: main });
    const client = sqsClient(server.environment);
    const jobs = [3, 14, 16].map((number) =>
      jobOf(`job-${number}`, SAMPLE.channel, { kind: 'event', payload: payload(number) }),
    );
    await sqsQueue({ client, url: dead }).put(jobs);
    const list = await til.run('dlq', 'list', '--json');
    const { jobs: listed } = JSON.parse(list.out) as { jobs: { group: string; what: string }[] };
    expect(list.code).toBe(1);
    expect(listed[0]).toMatchObject({ group: SAMPLE.channel, what: 'event message' });
    // Nobody waits for what was only looked at.
    const counted = await til.run('dlq', 'redrive', '--json');
    expect([counted.code, JSON.parse(counted.out)]).toEqual([1, { waiting: listed.length }]);
    expect(await til.json('dlq', 'redrive', '--yes')).toEqual({ redriven: 3 });
    const queue = sqsQueue({ client, url: main });
    const bodies: string[] = [];
    for (let taken = await queue.take(10, 1); taken.length > 0; taken = await queue.take(10, 1)) {
      bodies.push(...taken.map(({ body }) => body));
      await queue.done(taken);
    }
    expect(bodies).toEqual(jobs.map(({ body }) => body));
    expect(await til.json('dlq', 'redrive')).toEqual({ waiting: 0 });
    expect(await til.json('dlq', 'list')).toEqual({ jobs: [] });
    client.destroy();
  });

  test('what the queue refuses is left, with all behind it in its group, and named; the rest goes back', async () => {
    const dead = await server.createQueue('dead-large', { visibilitySeconds: 30 });
    const main = await server.createQueue('main-small', { visibilitySeconds: 30 });
    const til = fresh().with({ ...server.environment, TIL_DLQ: dead, TIL_QUEUE: main });
    const client = sqsClient(server.environment);
    const job = (id: string, group: string, size = 1) => ({ id, group, body: 'x'.repeat(size) });
    // Its own id is a part of what it counts for, and its new one is longer.
    const long = `${'i'.repeat(200)}`;
    const fits = 262_144 - Buffer.byteLength(`idString${long}`);
    await sqsQueue({ client, url: dead }).put([job('1', 'a'), job(long, 'a', fits), job('3', 'a'), job('4', 'b')]);
    const { code, out } = await til.run('dlq', 'redrive', '--yes', '--json');
    const { redriven, left } = JSON.parse(out) as { redriven: number; left: { id: string; reason: string }[] };
    expect([code, redriven]).toEqual([1, 2]);
    expect(left[0]).toMatchObject({ id: long, reason: expect.stringContaining('too large for SQS') });
    // This server gives out one job of a group at a time, SQS up to ten.
    const again = await til.run('dlq', 'list', '--json');
    expect((JSON.parse(again.out) as { jobs: { id: string }[] }).jobs[0]).toMatchObject({ id: long });
    const kept = await sqsQueue({ client, url: main }).take(10, 1);
    expect(kept.map(({ id }) => id.split('/').at(-1)).sort()).toEqual(['1', '4']);
    client.destroy();
  });
});
