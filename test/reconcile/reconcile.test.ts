import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Event } from '../../src/events/catalog.ts';
import { Refused, Unavailable } from '../../src/events/errors.ts';
import { tsAt } from '../../src/events/timestamp.ts';
import { isFinal } from '../../src/handlers/effect-record.ts';
import { rebuild, verify } from '../../src/history/rebuild.ts';
import { lackingAboutPeople } from '../../src/reconcile/differences.ts';
import { reconcile } from '../../src/reconcile/reconcile.ts';
import { countKinds } from '../../src/reconcile/result.ts';
import type { ReconcileOptions } from '../../src/reconcile/run.ts';
import { SAMPLE } from '../../src/sandbox/sample.ts';
import { seeded } from '../../src/sandbox/seeded.ts';
import { type RunningSandbox, startSandbox } from '../../src/sandbox/server.ts';
import type { Workspace } from '../../src/sandbox/workspace.ts';
import { type Reader, slackReader } from '../../src/slack/reader.ts';
import { translate } from '../../src/slack/translate.ts';
import type { Bucket } from '../../src/store/bucket.ts';
import { openLog } from '../../src/store/log.ts';
import { memoryBucket } from '../../src/store/memory.ts';
import { playedWorkspace, SEASON_END } from '../cli/til.ts';
import { workspaceInTime } from '../sandbox/small-workspace.ts';
import { challengeWith, contents } from '../support/world.ts';

const challenge = challengeWith();
const { channel } = SAMPLE;
const SINCE = Date.parse('2024-07-01T00:00:00+09:00') / 1000;

interface World {
  log: Bucket;
  state: Bucket;
  hear(payloads: readonly unknown[]): Promise<void>;
  reconcile(options?: Partial<ReconcileOptions>): ReturnType<typeof reconcile>;
  /** All that the dashboard reads, but the instant of the newest event: that of a reading is later. */
  snapshots(): Promise<Record<string, string>>;
}

const worldOf = (reader: Reader, now: () => number): World => {
  const log = memoryBucket();
  const state = memoryBucket();
  const clock = { now, elapsed: now, sleep: async () => {} };
  return {
    log,
    state,
    hear: async (payloads) => {
      for (const payload of payloads) {
        const translation = translate(payload, new Set([channel]));
        if (translation.to === 'event') await openLog(log, SAMPLE).append(translation.event);
      }
      await rebuild(challenge, { log, state });
    },
    reconcile: (options) => reconcile(challenge, { log, state, reader, clock }, { since: SINCE, ...options }),
    snapshots: async () =>
      Object.fromEntries(
        Object.entries(await contents(state, 'snapshots/')).map(([key, body]) => [
          key,
          body.replace(/"asOf":"[^"]*"/, ''),
        ]),
      ),
  };
};

const about = (events: readonly Event[]): Event[] => events.filter(({ kind }) => /^(message|reaction)/.test(kind));

describe('a season of which a fifth was never delivered', () => {
  let sandbox: RunningSandbox;
  let workspace: Workspace;
  let reader: Reader;
  let heard: World;
  let lossy: World;
  beforeAll(async () => {
    ({ workspace } = playedWorkspace());
    const payloads = workspace.take().map(({ payload }) => payload);
    sandbox = await startSandbox({ workspace, signingSecret: 'x', now: () => SEASON_END });
    reader = slackReader({ token: SAMPLE.bot.token, apiUrl: sandbox.apiUrl, sleep: async () => {} });
    heard = worldOf(reader, () => SEASON_END);
    lossy = worldOf(reader, () => SEASON_END);
    const random = seeded(7);
    await heard.hear(payloads);
    await lossy.hear(payloads.filter(() => random() >= 0.2));
  });
  afterAll(() => sandbox.close());

  test('without losses nothing is found but who is in the channel and what they are called', async () => {
    const { found } = await heard.reconcile();
    expect(about(found)).toEqual([]);
    expect(countKinds(found)['profile.seen']).toBeGreaterThan(20);
  });

  test('a dry run finds, and writes nothing', async () => {
    const before = { ...(await contents(lossy.log)), ...(await contents(lossy.state)) };
    const { found } = await lossy.reconcile({ dryRun: true });
    expect(about(found).length).toBeGreaterThan(100);
    expect({ ...(await contents(lossy.log)), ...(await contents(lossy.state)) }).toEqual(before);
  });

  test('whom Slack does not know has no name, and while Slack is away the comparison has no end', async () => {
    const asking = (error: Error) =>
      worldOf({ ...reader, profile: () => Promise.reject(error) }, () => SEASON_END).reconcile({ dryRun: true });
    const { found } = await asking(new Refused('profile', { cause: 'user_not_found' }));
    expect(countKinds(found)['profile.seen']).toBeUndefined();
    await expect(asking(new Unavailable('Slack is away'))).rejects.toThrow('Slack is away');
    await expect(asking(new Refused('profile', { cause: 'missing_scope' }))).rejects.toThrow('profile');
  });

  test('a dry run finds exactly what a run then appends, whatever the state knows and the log holds already', async () => {
    const world = worldOf(reader, () => SEASON_END);
    const payloads = playedWorkspace().workspace.take();
    const random = seeded(3);
    for (const { payload } of payloads) {
      const translation = translate(payload, new Set([channel]));
      if (translation.to !== 'event' || random() < 0.3) continue;
      // Some are heard in other words than Slack shows now: under their keys nothing is appended.
      const { event } = translation;
      const heard = event.kind === 'message.posted' && random() < 0.1 ? { ...event, inferred: true as const } : event;
      await openLog(world.log, SAMPLE).append(heard);
    }
    // The state was never made, so that it does not know who is in the log.
    const before = { ...(await contents(world.log)), ...(await contents(world.state)) };
    const rehearsed = await world.reconcile({ dryRun: true });
    expect({ ...(await contents(world.log)), ...(await contents(world.state)) }).toEqual(before);
    const done = await world.reconcile();
    expect(about(done.found).length).toBeGreaterThan(100);
    expect(rehearsed.found).toEqual(done.found);
    const keysIn = (all: Record<string, string>) => Object.keys(all).filter((key) => key.startsWith('events/')).length;
    expect(keysIn(await contents(world.log))).toBe(keysIn(before) + done.found.length);
    expect((await verify(challenge, world)).differences).toEqual([]);
  });

  test('processes that would help to make the state anew are left out of a dry run', async () => {
    const world = worldOf(reader, () => SEASON_END);
    const ports = { ...world, reader, clock: { now: () => SEASON_END, elapsed: () => 0, sleep: async () => {} } };
    const pool = () => expect.unreachable('they write to the real state');
    await reconcile(challenge, { ...ports, pool }, { since: SINCE, dryRun: true });
    expect(await contents(world.state)).toEqual({});
  });

  test('a rate limit, a time-out and an error in between lose nothing', async () => {
    workspace.faults.set([
      { kind: 'rate-limited', retryAfter: 2, count: 2, methods: ['conversations.replies'] },
      { kind: 'error', error: 'internal_error', when: 'before', count: 1, methods: ['conversations.history'] },
      { kind: 'http-500', when: 'before', count: 2 },
    ]);
    const { found } = await lossy.reconcile();
    const counts = countKinds(found);
    for (const kind of [
      'message.posted',
      'message.edited',
      'message.deleted',
      'reaction.added',
      'reaction.removed',
    ] as const)
      expect(counts[kind], kind).toBeGreaterThan(0);
    expect(
      found.every((event) => !/^(message|reaction)/.test(event.kind) || (event as { inferred?: true }).inferred),
    ).toBe(true);
    expect(workspace.faults.list()).toEqual([]);
  });

  test('then the snapshots are those of a run without losses, and all verifies', async () => {
    expect(await lossy.snapshots()).toEqual(await heard.snapshots());
    expect((await verify(challenge, lossy)).differences).toEqual([]);
  });

  test('a second time nothing is found, and the log stays as it is', async () => {
    const before = await contents(lossy.log);
    expect((await lossy.reconcile()).found).toEqual([]);
    expect(await contents(lossy.log)).toEqual(before);
  });

  test('what lies in the log and was never folded is told, week by week; and of what was folded nothing', async () => {
    expect((await heard.reconcile({ dryRun: true })).unfolded).toEqual(new Map());
    const key = `ledgers/${channel}/2024-W32.json`;
    const { bytes, etag } = (await heard.state.get(key)) ?? expect.unreachable();
    await heard.state.putIf(key, new TextEncoder().encode('{"messages":{}}'), etag);
    const { unfolded } = await heard.reconcile({ dryRun: true });
    const events = await openLog(heard.log, SAMPLE).readWeek('2024-W32');
    expect(events.length).toBeGreaterThan(20);
    expect(unfolded).toEqual(new Map([['2024-W32', events]]));
    await heard.state.putIf(key, bytes, (await heard.state.get(key))?.etag ?? '');
  });

  test('cut short at a month, it goes on where it ended', async () => {
    const world = worldOf(reader, () => SEASON_END);
    const cut: Reader = {
      ...reader,
      history: (of, oldest, latest) => {
        if (oldest > '1727' && oldest < '1730') throw new Error('interrupted');
        return reader.history(of, oldest, latest);
      },
    };
    const ports = { ...world, reader: cut, clock: { now: () => SEASON_END, elapsed: () => 0, sleep: async () => {} } };
    await expect(reconcile(challenge, ports, { since: SINCE })).rejects.toThrow('interrupted');
    const begun = Object.keys(await contents(world.log)).length;
    expect(begun).toBeGreaterThan(100);
    await world.reconcile();
    expect(await world.snapshots()).toEqual(await heard.snapshots());
  });

  test('a channel of which nothing was ever heard is taken in whole', async () => {
    const world = worldOf(reader, () => SEASON_END);
    await world.reconcile();
    expect(await world.snapshots()).toEqual(await heard.snapshots());
  });

  test('a history that Slack hides is not taken for deleted', async () => {
    const world = worldOf(
      { ...reader, history: async function* () {}, thread: async () => undefined },
      () => SEASON_END,
    );
    await world.hear(
      playedWorkspace()
        .workspace.take()
        .map(({ payload }) => payload),
    );
    expect(about((await world.reconcile()).found)).toEqual([]);
    const recent = async function* (...args: Parameters<Reader['history']>) {
      for await (const page of reader.history(...args)) yield page.slice(-1);
    };
    const partly = worldOf({ ...reader, history: recent, thread: async () => undefined }, () => SEASON_END);
    await partly.hear(
      playedWorkspace()
        .workspace.take()
        .map(({ payload }) => payload),
    );
    const { found, doubtful } = await partly.reconcile();
    expect(doubtful.length).toBeGreaterThan(0);
    expect(found.filter(({ kind }) => kind === 'message.deleted')).toEqual([]);
  });
});

describe('what was heard', () => {
  const setUp = async (shownLikers = 50) => {
    const { workspace, pass } = workspaceInTime({ shownLikers });
    let now = 1_722_817_810_000;
    const sandbox = await startSandbox({ workspace, signingSecret: 'x' });
    const reader = slackReader({ token: 'xoxb-sandbox-bot', apiUrl: sandbox.apiUrl });
    const world = worldOf(reader, () => now);
    const wait = (minutes: number) => {
      pass(minutes * 60_000);
      now += minutes * 60_000;
    };
    const hear = () => world.hear(workspace.take().map(({ payload }) => payload));
    return { workspace, sandbox, world, wait, hear, reader, now: () => now };
  };
  const like = { user: 'U0JIHO0001', channel, name: '+1' };

  test('wins over what a reading inferred, also when it comes later', async () => {
    const { workspace, sandbox, world, wait, hear } = await setUp();
    const { ts } = workspace.post({ user: 'U0MINSEO01', channel, text: '글' });
    workspace.react({ ...like, ts });
    const late = workspace.take().map(({ payload }) => payload);
    wait(20);
    const { found } = await world.reconcile();
    expect(countKinds(about(found))).toEqual({ 'message.posted': 1, 'reaction.added': 1 });
    workspace.unreact({ ...like, ts });
    await hear();
    await world.hear(late);
    const ledger = JSON.parse((await contents(world.state))[`ledgers/${channel}/2024-W32.json`] as string);
    expect(ledger.messages[ts].reactions['U0JIHO0001/+1'].live).toBe(false);
    await sandbox.close();
  });

  test('beside a damaged object is taken in; the damage is named, and a run and its rehearsal say the same', async () => {
    const { workspace, sandbox, world, wait, hear } = await setUp();
    const { ts } = workspace.post({ user: 'U0MINSEO01', channel, text: '글' });
    await hear();
    wait(60);
    workspace.reply({ user: 'U0JIHO0001', channel, thread: ts, text: '답' });
    workspace.take();
    wait(60);
    const [key = ''] = Object.keys(await contents(world.log, `events/${channel}/`)).filter((each) =>
      each.includes('message.posted'),
    );
    await world.log.putIf(key, new TextEncoder().encode('{"broken":'), (await world.log.get(key))?.etag ?? '');
    const rehearsed = await world.reconcile({ dryRun: true });
    const { found, skipped } = await world.reconcile();
    expect(about(found)).toMatchObject([{ kind: 'message.posted', text: '답' }]);
    expect(skipped).toEqual([{ what: key, reason: expect.stringContaining('damaged') }]);
    expect(rehearsed).toMatchObject({ found, skipped });
    await sandbox.close();
  });

  const refusing = (reader: Reader, code: string): Reader => {
    const refuse = () => Promise.reject(new Refused(`Slack refused to be read: ${code}`, { cause: code }));
    return { ...reader, thread: refuse, reactions: refuse };
  };

  test('of a thread that Slack does not give is not taken for deleted, and all else is compared', async () => {
    const { workspace, sandbox, world, wait, hear, reader, now } = await setUp(1);
    const parent = workspace.post({ user: 'U0MINSEO01', channel, text: 'TIL' });
    const { ts } = workspace.reply({ user: 'U0JIHO0001', channel, thread: parent.ts, text: '답' });
    const other = workspace.post({ user: 'U0ADMIN001', channel, text: '글' });
    for (const user of ['U0JIHO0001', 'U0ADMIN001']) workspace.react({ ...like, user, ts: other.ts });
    await hear();
    wait(60);
    workspace.post({ user: 'U0ADMIN001', channel, text: '또' });
    workspace.take();
    wait(60);
    const ports = { ...world, clock: { now, elapsed: now, sleep: async () => {} } };
    const compare = (code: string) =>
      reconcile(challenge, { ...ports, reader: refusing(reader, code) }, { since: SINCE });
    const { found, skipped } = await compare('message_not_found');
    expect(about(found)).toMatchObject([{ kind: 'message.posted', text: '또' }]);
    const reason = expect.stringContaining('message_not_found');
    expect(skipped).toEqual([
      { what: `reactions of ${other.ts}`, reason },
      { what: `thread ${parent.ts}`, reason },
    ]);
    expect(ts > parent.ts).toBe(true);
    await expect(compare('missing_scope')).rejects.toThrow('missing_scope');
    await sandbox.close();
  });

  test('an emoji that the log cannot hold is named, and the others are taken', async () => {
    const { workspace, sandbox, world, wait, reader, now } = await setUp();
    const { ts } = workspace.post({ user: 'U0MINSEO01', channel, text: '글' });
    workspace.react({ ...like, ts });
    workspace.take();
    wait(60);
    const odd = async function* (...args: Parameters<Reader['history']>) {
      for await (const page of reader.history(...args))
        yield page.map((message) => ({
          ...message,
          reactions: [
            { name: 'x'.repeat(151), users: ['U0ADMIN001'], count: 1 },
            ...((message['reactions'] ?? []) as []),
          ],
        }));
    };
    const ports = {
      ...world,
      clock: { now, elapsed: now, sleep: async () => {} },
      reader: { ...reader, history: odd },
    };
    const { found, skipped } = await reconcile(challenge, ports, { since: SINCE });
    expect(countKinds(about(found))).toEqual({ 'message.posted': 1, 'reaction.added': 1 });
    expect(skipped).toEqual([{ what: `reaction.added about ${ts}`, reason: expect.stringContaining('name') }]);
    await sandbox.close();
  });

  test.each([
    ['nobody', 0],
    ['fewer than three quarters of them', 2],
  ])('of who has left is not believed when Slack lists %s, but with yes', async (_, listed) => {
    const { sandbox, world, wait, reader, now } = await setUp();
    wait(60);
    await world.reconcile();
    const all = await reader.members(channel);
    expect(all.length).toBeGreaterThan(3);
    wait(60);
    const ports = { ...world, clock: { now, elapsed: now, sleep: async () => {} } };
    const cut: Reader = { ...reader, members: async () => all.slice(0, listed) };
    const compare = (yes: boolean) =>
      reconcile(challenge, { ...ports, reader: cut }, { since: SINCE, yes, dryRun: true });
    const cautious = await compare(false);
    expect(cautious.found).toEqual([]);
    const { found, doubtfulMembers } = await compare(true);
    expect(doubtfulMembers).toEqual([]);
    const left = found.map((event) => event.kind === 'member.left' && event.user);
    expect(left.length).toBeGreaterThan(1);
    expect(cautious.doubtfulMembers).toEqual(left);
    await sandbox.close();
  });

  test('of a quarter who left is believed, and of more it is not', async () => {
    const { sandbox, world, wait, reader, now } = await setUp();
    const people = ['U0AAAAAAA1', 'U0AAAAAAA2', 'U0AAAAAAA3', 'U0AAAAAAA4'];
    const compare = (members: string[]) =>
      reconcile(
        challenge,
        {
          ...world,
          reader: { ...reader, members: async () => members },
          clock: { now, elapsed: now, sleep: async () => {} },
        },
        { since: SINCE },
      );
    wait(60);
    expect(countKinds((await compare(people)).found)['member.joined']).toBe(4);
    wait(60);
    const one = await compare(people.slice(1));
    expect([one.found, one.doubtfulMembers]).toMatchObject([[{ kind: 'member.left', user: people[0] }], []]);
    wait(60);
    const two = await compare(people.slice(2));
    expect([two.found, two.doubtfulMembers]).toEqual([[], [people[1]]]);
    await sandbox.close();
  });

  test('of the last ten minutes is left to its events', async () => {
    const { workspace, sandbox, world, wait } = await setUp();
    workspace.post({ user: 'U0MINSEO01', channel, text: '글' });
    workspace.take();
    wait(9);
    expect(about((await world.reconcile()).found)).toEqual([]);
    wait(2);
    expect(about((await world.reconcile()).found)).toHaveLength(1);
    await sandbox.close();
  });

  test('more likers than a history names are asked for, and none is taken for gone', async () => {
    const { workspace, sandbox, world, wait, hear } = await setUp(1);
    const { ts } = workspace.post({ user: 'U0MINSEO01', channel, text: '글' });
    for (const user of ['U0JIHO0001', 'U0MINSEO01', 'U0ADMIN001']) workspace.react({ ...like, user, ts });
    await hear();
    wait(20);
    expect(about((await world.reconcile()).found)).toEqual([]);
    workspace.unreact({ ...like, ts });
    workspace.take();
    wait(20);
    expect(about((await world.reconcile()).found)).toMatchObject([
      { kind: 'reaction.removed', user: 'U0JIHO0001', inferred: true },
    ]);
    expect(workspace.callCount('reactions.get')).toBeGreaterThan(0);
    await sandbox.close();
  });

  test('edits, deletions and tombstones that were missed are found', async () => {
    const { workspace, sandbox, world, wait, hear, now } = await setUp();
    const parent = workspace.post({ user: 'U0MINSEO01', channel, text: 'TIL' });
    const keep = workspace.reply({ user: 'U0JIHO0001', channel, thread: parent.ts, text: '링크 없음' });
    const gone = workspace.reply({ user: 'U0ADMIN001', channel, thread: parent.ts, text: '곧 지움' });
    await hear();
    wait(60);
    workspace.edit({ user: 'U0JIHO0001', channel, ts: keep.ts, text: 'https://velog.io/@jiho/1' });
    workspace.remove({ user: 'U0ADMIN001', channel, ts: gone.ts });
    workspace.remove({ user: 'U0MINSEO01', channel, ts: parent.ts });
    workspace.take();
    wait(60);
    const { found } = await world.reconcile();
    expect(
      about(found)
        .map((event) => [event.kind, (event as { ts: string }).ts])
        .sort(),
    ).toEqual(
      [
        ['message.deleted', parent.ts],
        ['message.deleted', gone.ts],
        ['message.edited', keep.ts],
      ].sort(),
    );
    const edit = found.find(({ kind }) => kind === 'message.edited') as Extract<Event, { kind: 'message.edited' }>;
    expect(edit.links).toEqual(['https://velog.io/@jiho/1']);
    expect(edit.at).toBe(tsAt(Math.floor((now() - 3_600_000) / 1000) * 1000));
    expect((await world.reconcile()).found).toEqual([]);
    await sandbox.close();
  });

  test('of a result that another bot has announced is not announced again', async () => {
    const { sandbox, world, wait, now } = await setUp();
    const say = (text: string, more: object = {}) =>
      fetch(`${sandbox.apiUrl}chat.postMessage`, {
        method: 'POST',
        headers: { authorization: 'Bearer xoxb-sandbox-bot', 'content-type': 'application/json' },
        body: JSON.stringify({ channel, text, ...more }),
      });
    await say('8월 챌린저를 모집합니다');
    await say('*< 6월 챌린저 >*', {
      metadata: { event_type: 'til_effect', event_payload: { effect: 'month.result:2024-06' } },
    });
    const results = async () => {
      const { found } = await world.reconcile({ since: now() / 1000 });
      return found.flatMap((event) => (event.kind === 'effect.skipped' ? [`${event.week} ${event.effect}`] : []));
    };
    wait(20);
    expect(await results()).toEqual([]);
    await say('*< 7월 스페셜 챌린저 >*\n민서 👍 3\n*< 7월 챌린저 >*\n민서 👍 3');
    wait(20);
    expect(await results()).toEqual(['2024-W31 month.result:2024-07']);
    expect(await results()).toEqual([]);
    const ledger = JSON.parse((await contents(world.state))[`ledgers/${channel}/2024-W31.json`] as string);
    expect(isFinal(ledger.effects['month.result:2024-07'])).toBe(true);
    await sandbox.close();
  });

  test('of people: whoever is not there has left, also when only a name or a like is known of them', () => {
    const reading = { channel, readAt: '1722900000.000000' };
    const known = {
      U0LIKER001: {},
      U0NAMED001: { name: { at: '1722800000.000000', value: '지호' } },
      U0WASHERE1: { presence: { at: '1722800000.000000', live: true } },
      U0GONE0001: { presence: { at: '1722800000.000000', live: false } },
      U0JUSTNOW1: { presence: { at: '1722900001.000000', live: true } },
      U0BOT00001: { app: true as const },
    };
    const events = lackingAboutPeople([], known, 'U0TILBOT01', reading);
    expect(events.map((event) => 'user' in event && `${event.kind} ${event.user}`)).toEqual([
      'member.left U0LIKER001',
      'member.left U0NAMED001',
      'member.left U0WASHERE1',
    ]);
  });

  test('of people: who left and who came', async () => {
    const { workspace, sandbox, world, wait, hear } = await setUp();
    workspace.post({ user: 'U0JIHO0001', channel, text: '안녕' });
    await hear();
    wait(60);
    await world.reconcile();
    workspace.leave({ user: 'U0JIHO0001', channel });
    workspace.take();
    wait(60);
    const { found } = await world.reconcile();
    // Slack's own line in the channel says so.
    expect(found).toMatchObject([{ kind: 'message.posted', subtype: 'channel_leave', author: { user: 'U0JIHO0001' } }]);
    const members = JSON.parse((await contents(world.state))[`snapshots/${channel}/members.json`] as string).members;
    expect(members.map(({ id }: { id: string }) => id)).not.toContain('U0JIHO0001');
    expect(members.map(({ name }: { name: string }) => name)).toContain('민서');
    await sandbox.close();
  });
});
