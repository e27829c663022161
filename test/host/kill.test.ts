import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Event } from '../../src/events/catalog.ts';
import { keyOf } from '../../src/events/key.ts';
import { hostAccepted } from '../../src/events/links.ts';
import { calendarOf, monthOf } from '../../src/events/week.ts';
import { rebuild, verify } from '../../src/history/rebuild.ts';
import type { IndexSnapshot, MonthSnapshot, WeekSnapshot } from '../../src/projections/contract.ts';
import { seeded } from '../../src/sandbox/seeded.ts';
import { translate } from '../../src/slack/translate.ts';
import { memoryBucket } from '../../src/store/memory.ts';
import { type Child, killChildren, runTil, startChild } from '../support/child.ts';
import { oracle } from '../support/oracle.ts';
import { below } from '../support/random.ts';
import { deliver, openStore, temporaryFolder } from '../support/serving.ts';
import { slackSeason } from '../support/slack-season.ts';
import { CHANNEL, challengeWith, contents } from '../support/world.ts';

const challenge = challengeWith();
const calendar = calendarOf(challenge.timeZone);
const EVENTS = slackSeason({ seed: 2024, weeks: 8, reactions: 225 }).flat().slice(0, 2000);

const eventOf = (payload: unknown): Event => {
  const translation = translate(payload, new Set([CHANNEL]));
  if (translation.to !== 'event') throw new Error(`expected an event, got ${translation.to}`);
  return translation.event;
};

let folder: string;
let remove: () => void;

beforeEach(() => {
  ({ folder, remove } = temporaryFolder());
});
afterEach(async () => {
  await killChildren();
  remove();
});

/** Delivers all bodies, sixteen at a time; one that is not acknowledged is delivered again, one that is is not. */
const deliverAll = async (
  bodies: readonly string[],
  port: () => Promise<number>,
  acknowledged: () => void,
): Promise<void> => {
  const waiting = [...bodies];
  const lane = async (): Promise<void> => {
    for (let body = waiting.shift(); body !== undefined; body = waiting.shift()) {
      const status = await deliver(await port(), body).catch(() => 0);
      if (status === 200) acknowledged();
      else await wait(5).then(() => waiting.unshift(body as string));
    }
  };
  await Promise.all(Array.from({ length: 16 }, lane));
};

const settled = async (port: number): Promise<void> => {
  for (;;) {
    const health = (await (await fetch(`http://127.0.0.1:${port}/healthz`)).json()) as { waiting: number };
    if (health.waiting === 0) return;
    await wait(20);
  }
};

/** What the log and the snapshots must be, from the events alone. */
const expectAllOf = async (events: readonly Event[]): Promise<void> => {
  const { log, state } = await openStore(folder);
  expect(Object.keys(await contents(log))).toEqual([...new Set(events.map((event) => keyOf(event, calendar)))].sort());
  expect((await verify(challenge, { log, state })).differences).toEqual([]);
  const stored = await contents(state);
  const read = <T>(name: string): T => JSON.parse(stored[`snapshots/${CHANNEL}/${name}.json`] as string) as T;
  const expected = oracle(events, {
    accepts: (host) => hostAccepted(host, challenge.blogs),
    late: 'until-close',
    selfLikes: true,
    repeats: 'once-a-month',
    exclude: [],
    rests: () => false,
    weekOf: calendar.weekOf,
    monthOf,
  });
  expect(read<IndexSnapshot>('index').weeks.map(({ week }) => week)).toEqual(expected.openWeeks);
  expect(expected.posts.length).toBeGreaterThan(30);
  for (const week of expected.openWeeks) {
    const posts = read<WeekSnapshot>(`weeks/${week}`).posts.map(({ ts, author, likes, late }) => ({
      ts,
      author,
      week,
      likes,
      late,
    }));
    expect(posts).toEqual(
      expected.posts
        .filter((post) => post.week === week)
        .map(({ ts, author, week, likes, late }) => ({ ts, author, week, likes, late })),
    );
  }
  for (const { month, open, challengers, special } of expected.months)
    expect(read<MonthSnapshot>(`months/${month}`)).toMatchObject({ weeks: open, challengers, special, closed: null });
};

test('killed ten times during 2,000 events: every acknowledged event is in the log once, and the snapshots are right', async () => {
  const random = seeded(9);
  let starting = startChild(folder);
  let pending: Promise<unknown> | undefined;
  let kills = 0;
  let count = 0;
  let next = 150;
  const bodies = EVENTS.map((payload) => JSON.stringify(payload));
  const killSoon = async (): Promise<Child> => {
    const victim = await starting;
    await wait(random() * 15); // In the middle of whatever it does then.
    await victim.kill();
    kills += 1;
    return startChild(folder);
  };
  await deliverAll(
    bodies,
    async () => (await starting).port,
    () => {
      count += 1;
      if (count < next || kills >= 10) return;
      next = count + 120 + below(random, 120);
      const killed = killSoon();
      // Those who deliver go on meanwhile, and find nobody there.
      void killed.then((born) => (starting = Promise.resolve(born)));
      pending = killed;
    },
  );
  await pending;
  const child = await starting;
  expect(count).toBe(2000);
  expect(kills).toBeGreaterThanOrEqual(10);
  await settled(child.port);
  expect(await child.stop()).toBe(0);
  await expectAllOf(EVENTS.map(eventOf));
}, 180_000);

test('rebuild and verify run beside a server that is busy, and at rest all agrees', async () => {
  const events = EVENTS.slice(0, 1200);
  const child = await startChild(folder);
  const { port } = child;
  const environment = {
    TIL_LOG: `file:${folder}/log`,
    TIL_STATE: `file:${folder}/state`,
    TIL_QUEUE: `file:${folder}/queue`,
  };
  let busy = true;
  const beside = async (args: string[], codes: number[]): Promise<number> => {
    let runs = 0;
    for (; busy; runs++) {
      const { code, error } = await runTil(args, environment);
      expect(codes, error).toContain(code);
    }
    return runs;
  };
  const rebuilding = beside(['rebuild'], [0]);
  const verifying = beside(['verify', '--json'], [0, 1]); // 1: it looked between an append and its fold.
  const bodies = events.map((payload) => JSON.stringify(payload));
  for (let from = 0; from < bodies.length; from += 50) {
    await deliverAll(
      bodies.slice(from, from + 50),
      async () => port,
      () => {},
    );
    await wait(150);
  }
  busy = false;
  expect(Math.min(await rebuilding, await verifying)).toBeGreaterThan(0);
  await settled(port);
  expect(await child.stop()).toBe(0);
  await expectAllOf(events.map(eventOf));
  const { code, out } = await runTil(['verify'], environment);
  expect(out).toContain('All agrees: 1200 events');
  expect(code).toBe(0);
  const { state } = await openStore(folder);
  const anew = memoryBucket();
  await rebuild(challenge, { log: (await openStore(folder)).log, state: anew });
  expect(await contents(anew)).toEqual(
    await contents(state, 'ledgers/').then(async (ledgers) => ({
      ...ledgers,
      ...(await contents(state, `snapshots/${CHANNEL}/`)),
      ...(await contents(state, 'tables/')),
    })),
  );
}, 180_000);
