import { expect, test } from 'vitest';
import { Unavailable } from '../../src/events/errors.ts';
import { keys } from '../../src/pipeline/keys.ts';
import { createPublisher } from '../../src/pipeline/publisher.ts';
import { emptyLedger } from '../../src/projections/ledger.ts';
import type { Document, Documents } from '../../src/store/documents.ts';
import { challengeWith } from '../support/world.ts';

const challenge = challengeWith();
const AUGUST = { challenge, month: '2024-08' };
const SEPTEMBER = { challenge, month: '2024-09' };
const MONTHS = new Map([
  [keys.month(challenge.channel, '2024-08'), '2024-08'],
  [keys.month(challenge.channel, '2024-09'), '2024-09'],
]);

/** Documents that note which months are published, and when; the clock moves only by sleeping. */
const createStage = ({ fails = () => false }: { fails?: (times: number) => boolean } = {}) => {
  let now = 0;
  let open = 0;
  const published: string[] = [];
  const errors: unknown[] = [];
  const stage = { published, errors, times: 0, overlapped: false, onPublished: () => {} };
  const documents: Documents = {
    load: async <T>(key: string): Promise<Document<T>> => {
      if (MONTHS.has(key)) {
        stage.overlapped ||= open > 0;
        open += 1;
      }
      const week = /^ledgers\/.*\/(.*)\.json$/.exec(key)?.[1];
      const value = week ? (emptyLedger(challenge.channel, week) as T) : undefined;
      return { key, value, etag: undefined, bytes: undefined };
    },
    reload: (key) => documents.load(key),
    unchanged: async () => true,
    save: async (document) => {
      const month = MONTHS.get(document.key);
      if (!month) return document;
      open -= 1;
      stage.times += 1;
      if (fails(stage.times)) throw new Unavailable('the disk is away');
      published.push(`${month} at ${now}`);
      stage.onPublished();
      return document;
    },
    forget: () => {},
  };
  const clock = {
    elapsed: () => now,
    sleep: async (milliseconds: number) => {
      await Promise.resolve();
      now += milliseconds;
    },
  };
  return {
    ...stage,
    stage,
    clock,
    publisher: createPublisher(documents, clock, { onError: (error) => errors.push(error) }),
  };
};

test('an idle system publishes at once, a busy one every second, one month at a time', async () => {
  const { publisher, published, stage } = createStage();
  publisher.changed([AUGUST]);
  for (let times = 0; times < 100; times++) publisher.changed([AUGUST, SEPTEMBER]);
  await publisher.settled();
  expect(published).toEqual(['2024-08 at 0', '2024-08 at 1000', '2024-09 at 1000']);
  publisher.changed([AUGUST]);
  await publisher.settled();
  publisher.changed([AUGUST]);
  publisher.changed([AUGUST]);
  await publisher.settled();
  expect(published.slice(3)).toEqual(['2024-08 at 2000', '2024-08 at 3000']);
  expect(stage.overlapped).toBe(false);
});

test('a change that comes at any moment is published', async () => {
  for (let moments = 0; moments < 40; moments++) {
    const { publisher, published, stage } = createStage();
    const late = new Promise<void>((resolve) => {
      stage.onPublished = async () => {
        stage.onPublished = () => {};
        for (let moment = 0; moment < moments; moment++) await Promise.resolve();
        publisher.changed([SEPTEMBER]);
        resolve();
      };
    });
    publisher.changed([AUGUST]);
    await late;
    await publisher.settled();
    expect(
      published.map((line) => line.slice(0, 7)),
      `${moments} moments after a publication`,
    ).toEqual(['2024-08', '2024-09']);
  }
});

test('what fails is told of, and tried again until it is published', async () => {
  const { publisher, published, errors } = createStage({ fails: (times) => times <= 3 });
  publisher.changed([AUGUST]);
  await publisher.settled();
  expect(errors).toHaveLength(3);
  expect(published).toHaveLength(1);
});

test('a month that cannot be published holds up no other, and no stop', async () => {
  const { publisher, published, errors } = createStage({ fails: (times) => times % 2 === 1 });
  publisher.changed([AUGUST, SEPTEMBER]);
  await publisher.stop();
  expect(published.map((line) => line.slice(0, 7))).toEqual(['2024-09']);
  expect(errors).toHaveLength(1);
});
