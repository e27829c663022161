import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type ForgetPorts, findTraces, forget } from '../../src/admin/forget.ts';
import { eraseLeftovers, findLeftovers } from '../../src/admin/leftovers.ts';
import type { Event } from '../../src/events/catalog.ts';
import { calendarOf } from '../../src/events/week.ts';
import { keys } from '../../src/pipeline/keys.ts';
import type { IndexSnapshot, MembersSnapshot } from '../../src/projections/contract.ts';
import { openLocalQueue } from '../../src/queue/local.ts';
import { MEMBERS, SAMPLE } from '../../src/sandbox/sample.ts';
import { type Bucket, listAll } from '../../src/store/bucket.ts';
import type { Eraser } from '../../src/store/eraser.ts';
import { folderEraser } from '../../src/store/folder-eraser.ts';
import { openLog, quarantine } from '../../src/store/log.ts';
import { ERASER, type S3Server, startS3Server } from '../support/s3-server.ts';
import { challengeWith, contents } from '../support/world.ts';
import { emptyTil, seasonTil, type Til } from './til.ts';

const used: Til[] = [];
afterEach(() => {
  for (const til of used.splice(0)) til.remove();
});

const { channel } = SAMPLE;
const user = MEMBERS[0]?.id as string;
const NAME = '민서 님';

let made: Promise<Til> | undefined;
afterAll(async () => (await made)?.remove());

/** A season in which the person has a name, was announced and was in a result. */
const season = async (): Promise<Til> => {
  made ??= makeSeason();
  const til = emptyTil();
  used.push(til);
  const own = /til\.json$|\/\.(lock|tmp|boot)/;
  cpSync((await made).folder, til.folder, { recursive: true, filter: (path) => !own.test(path) });
  return til;
};

const makeSeason = async (): Promise<Til> => {
  const til = await seasonTil();
  const [post] = await til
    .json<{ ts: string; author: string }[]>('export', '--what', 'posts')
    .then((all) => all.filter(({ author }) => author === user));
  const ts = post?.ts as string;
  const calendar = calendarOf(SAMPLE.timeZone);
  const week = calendar.weekOf(ts);
  const base = { v: 1, channel } as const;
  const effect = `participation:${ts}:0`;
  const at = `${Number(ts.split('.')[0]) + 60}.000001`;
  const events: Event[] = [
    { ...base, kind: 'profile.seen', at: ts, user, name: NAME },
    {
      ...base,
      kind: 'effect.attempted',
      at,
      week,
      effect,
      attempt: 1,
      says: { about: ts, shows: 'counted:나만의 제목' },
    },
    {
      ...base,
      kind: 'message.posted',
      at,
      ts: at,
      author: { user: SAMPLE.bot.id, bot: SAMPLE.bot.botId },
      text: `${NAME} 참여하였습니다`,
      links: [`https://velog.io/@${user.toLowerCase()}/x`],
      metadata: { type: 'til_effect', effect, attempt: 1 },
    },
    {
      ...base,
      kind: 'message.posted',
      at: `${at.slice(0, -1)}2`,
      ts: `${at.slice(0, -1)}2`,
      author: { user: MEMBERS[1]?.id as string },
      text: `<@${user}> 잘 읽었어요`,
      links: [],
    },
  ];
  for (const event of events) await openLog(til.log, SAMPLE).append(event);
  await til.run('rebuild');
  await til.run('close-month', '--month', calendar.weekOf(ts) < '2024-W36' ? '2024-08' : '2024-09');
  rmSync(join(til.folder, 'queue'), { recursive: true }); // The announcement that waits for a token.
  await til.run('rebuild');
  return til;
};

/** The bytes and names of all files below a folder. */
const everything = (folder: string): string =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath}/${entry.name}\n${readFileSync(join(entry.parentPath, entry.name), 'latin1')}`)
    .join('\n');

/** What was done leaves its bytes in the queue's file. */
const leaveTracesInQueue = async (til: Til): Promise<void> => {
  const queue = openLocalQueue(join(til.folder, 'queue'));
  await queue.put([{ id: `profile/${user}`, group: user, body: `${user} ${NAME} 나만의 제목` }]);
  await queue.done(await queue.take(1, 0));
  await queue.close();
  expect(holds(readFileSync(join(til.folder, 'queue/queue.sqlite'), 'latin1'), user)).toBe(true);
};

const holds = (all: string, text: string): boolean =>
  all.toLowerCase().includes(Buffer.from(text).toString('latin1').toLowerCase());

const read = async <T>(til: Til, key: string): Promise<T> =>
  JSON.parse(new TextDecoder().decode((await til.state.get(key))?.bytes));

test('without --yes it counts and changes nothing', async () => {
  const til = await season();
  const stored = () => ['log', 'state'].map((name) => everything(join(til.folder, name))).join('\n');
  const before = stored();
  const { code, out } = await til.run('forget', user);
  expect(code).toBe(0);
  expect(out).toMatch(/\d+ events about U0MEMBER01 would be replaced; add --yes/);
  expect(stored()).toBe(before);
});

test('id, name, words and links are nowhere, sealed or not, and the totals of all others stay', async () => {
  const til = await season();
  await til.run('seal');
  await leaveTracesInQueue(til);
  const index = await read<IndexSnapshot>(til, keys.index(channel));
  const { members } = await read<MembersSnapshot>(til, keys.members(channel));
  const mine = members.find(({ id }) => id === user);
  const { code, out } = await til.run('forget', user, '--yes');
  expect(code).toBe(0);
  expect(out).toContain('What this cannot reach');
  const all = everything(til.folder);
  for (const trace of [user, NAME, '나만의 제목', `@${user}`]) expect(holds(all, trace), trace).toBe(false);
  const after = (await read<MembersSnapshot>(til, keys.members(channel))).members;
  expect(after.filter(({ name }) => name !== '(forgotten)')).toEqual(members.filter(({ id }) => id !== user));
  const gone = after.find(({ name }) => name === '(forgotten)');
  expect(gone).toMatchObject({ weeks: mine?.weeks, posts: mine?.posts, likes: mine?.likes });
  expect((await read<IndexSnapshot>(til, keys.index(channel))).weeks).toEqual(index.weeks);
  expect((await til.run('verify')).code).toBe(0);
  expect((await til.run('forget', user, '--yes')).out).toContain('nothing is known');
}, 120_000);

/** Everything that a call can leave half done is cut here: before each write and before each erasing, the n-th of all. */
const cutAt = (ports: ForgetPorts, count: number): ForgetPorts => {
  let left = count;
  const cut = <Args extends unknown[], T>(deed: (...args: Args) => Promise<T>) => {
    return (...args: Args): Promise<T> => {
      if (left-- <= 0) throw new Error('killed');
      return deed(...args);
    };
  };
  const bucket = (of: Bucket): Bucket => ({ ...of, putNew: cut(of.putNew), putIf: cut(of.putIf) });
  const eraser = ({ erase, eraseAll }: Eraser): Eraser => ({ erase: cut(erase), eraseAll: cut(eraseAll) });
  const { log, state, erasers } = ports;
  return {
    log: bucket(log),
    state: bucket(state),
    erasers: { log: eraser(erasers.log), state: eraser(erasers.state) },
  };
};

test('cut short at any step, it goes on under the same pseudonym and loses nothing', async () => {
  const til = await season();
  const challenge = challengeWith();
  const ports: ForgetPorts = {
    log: til.log,
    state: til.state,
    erasers: { log: folderEraser(join(til.folder, 'log')), state: folderEraser(join(til.folder, 'state')) },
  };
  const members = (await read<MembersSnapshot>(til, keys.members(channel))).members;
  const events = Object.keys(await contents(til.log, 'events/')).length;
  // Each run gets one step farther than a third, so that cuts fall on every kind of step, and often.
  let runs = 0;
  for (let steps = 0; ; steps = Math.ceil(steps * 1.3) + 1, runs++) {
    const cut = cutAt(ports, steps);
    const ended = await findTraces(challenge, user, til.log)
      .then((traces) => forget(challenge, traces, cut))
      .catch((error: Error) => (error.message === 'killed' ? undefined : Promise.reject(error)));
    if (ended) break;
  }
  expect(runs).toBeGreaterThan(10);
  const all = everything(til.folder);
  for (const trace of [user, NAME, '나만의 제목']) expect(holds(all, trace), trace).toBe(false);
  expect(new Set(all.match(/U0GONE[0-9A-F]{16}/g))).toHaveLength(1);
  expect(Object.keys(await contents(til.log, 'events/'))).toHaveLength(events);
  expect(Object.keys(await contents(til.log, 'forgetting/'))).toEqual([]);
  const after = (await read<MembersSnapshot>(til, keys.members(channel))).members;
  expect(after.filter(({ name }) => name !== '(forgotten)')).toEqual(members.filter(({ id }) => id !== user));
  expect((await til.run('verify')).code).toBe(0);
}, 120_000);

describe('on S3', () => {
  let server: S3Server;
  beforeEach(async () => {
    server = await startS3Server({
      buckets: ['log', 'state'],
      policies: { log: 'create-only', state: 'compare-and-swap' },
      versioned: true,
    });
  });
  afterEach(() => server.close());

  /** The season on two buckets, as one of the roles sees it. */
  const onS3 = async (): Promise<{ operator: Til; eraser: Til }> => {
    const til = await season();
    await til.run('seal');
    for (const name of ['log', 'state'] as const)
      for await (const { key } of listAll(til[name], ''))
        put(name, key, Buffer.from((await til[name].get(key))?.bytes ?? []));
    const of = (AWS_ACCESS_KEY_ID: string): Til =>
      til.with({ ...server.environment, AWS_ACCESS_KEY_ID, TIL_LOG: 's3://log', TIL_STATE: 's3://state' });
    return { operator: of('operator'), eraser: of(ERASER) };
  };
  const put = (bucket: string, key: string, bytes: Buffer): void => {
    const any = { none: undefined, match: undefined };
    server.objects(bucket).put(key, { bytes, contentType: '', cacheControl: undefined }, any);
  };

  /** Every version that a bucket still has, with its key. */
  const versions = (): string =>
    ['log', 'state']
      .flatMap((bucket) => server.objects(bucket).versions(''))
      .map(({ key, version }) => `${key}\n${version.object?.bytes.toString('latin1')}`)
      .join('\n');

  test('the eraser takes them out of every version of both buckets, and the totals of all others stay', async () => {
    const { operator, eraser } = await onS3();
    const read = (): MembersSnapshot['members'] =>
      JSON.parse(String(server.objects('state').get(keys.members(channel)).bytes)).members;
    const members = read();
    // An older version of a ledger that names them, as every event leaves one.
    await operator.run('rebuild');
    for (const users of [[user, 'U0READER001'], ['U0READER001']])
      put('state', keys.homes, Buffer.from(JSON.stringify({ version: 1, users })));
    put('state', keys.comparison(channel), Buffer.from(`{"nameless":["${user}"]}`));
    const ledger = [...server.objects('state').objects.keys()].find((key) => key.startsWith('ledgers/')) as string;
    put('state', ledger, Buffer.from(`{"${user}":1}`));
    await operator.run('rebuild');
    expect(holds(versions(), user)).toBe(true);

    const { code, out, error } = await eraser.run('forget', user, '--yes');
    expect([code, error.replace(/^.*events?\n|^.*\/.*\n/gm, '')]).toEqual([0, '']);
    expect(out).toContain('What this cannot reach');
    expect(out).toContain('CloudFront');
    const homes = server.objects('state').objects.get(keys.homes);
    expect(String(homes?.bytes)).toBe('{"users":["U0READER001"],"version":1}');
    for (const trace of [user, NAME, '나만의 제목', `@${user}`]) expect(holds(versions(), trace), trace).toBe(false);
    expect(read().filter(({ name }) => name !== '(forgotten)')).toEqual(members.filter(({ id }) => id !== user));
    expect(read()).toHaveLength(members.length);
    expect((await operator.run('verify')).code).toBe(0);
  }, 120_000);

  test('for everybody else the buckets refuse, nothing of the log is changed, and the eraser can do it afterwards', async () => {
    const { operator, eraser } = await onS3();
    const before = new Map([...server.objects('log').history].filter(([key]) => !key.startsWith('forgetting/')));
    const refused = await operator.run('forget', user, '--yes');
    expect(refused.code).not.toBe(0);
    expect(refused.error).toMatch(/s3:DeleteObjectVersion .*AccessDenied: only the eraser's role/);
    expect(new Map([...server.objects('log').history].filter(([key]) => !key.startsWith('forgetting/')))).toEqual(
      before,
    );
    expect((await operator.run('verify')).code).toBe(0);
    expect((await eraser.run('forget', user, '--yes')).code).toBe(0);
    expect(holds(versions(), user)).toBe(false);
  }, 120_000);
});

describe('who has opened App Home', () => {
  const stranger = 'U0READER001'; // They are in no event at all.
  const stored = async (til: Til): Promise<unknown> => (await til.state.get(keys.homes)) && read(til, keys.homes);
  const withHomes = async (...users: string[]): Promise<Til> => {
    const til = await season();
    await til.state.putNew(keys.homes, Buffer.from(JSON.stringify({ version: 1, users })));
    return til;
  };

  test('is no difference to verify, is kept by rebuild, and forgotten of one alone', async () => {
    const til = await withHomes(user, stranger);
    expect((await til.run('verify')).code).toBe(0);
    await til.run('rebuild');
    expect(await stored(til)).toEqual({ version: 1, users: [user, stranger] });
    expect((await til.run('forget', stranger)).out).toContain('App Home: that they have opened it would be forgotten.');
    expect(await stored(til)).toEqual({ version: 1, users: [user, stranger] });
    const { out, code } = await til.run('forget', stranger, '--yes');
    expect([code, out]).toEqual([0, expect.stringContaining('App Home: that they have opened it is forgotten.')]);
    expect(await stored(til)).toEqual({ version: 1, users: [user] });
    expect(await til.json('forget', user, '--yes')).toMatchObject({ home: true });
    expect(await stored(til)).toBeUndefined();
    expect(await til.json('forget', user)).toMatchObject({ home: false });
    expect((await til.run('verify')).code).toBe(0);
  }, 120_000);

  test('is erased, too, where nobody can read it any more', async () => {
    const til = await season();
    await til.state.putNew(keys.homes, Buffer.from(`{"users":["${user}"`));
    expect((await til.run('forget', user, '--yes')).code).toBe(0);
    expect(await stored(til)).toBeUndefined();
  }, 120_000);
});

test('it refuses while a server runs or jobs wait, and for what is no id', async () => {
  const til = await seasonTil();
  used.push(til);
  const server = openLocalQueue(`${til.folder}/queue`);
  await server.openTaker();
  expect(await til.run('forget', user, '--yes')).toMatchObject({
    code: 2,
    error: expect.stringContaining('til serve'),
  });
  await server.put([{ id: '1', group: 'a', body: '{}' }]);
  await server.close();
  expect(await til.run('forget', user, '--yes')).toMatchObject({
    code: 2,
    error: expect.stringContaining('1 jobs wait'),
  });
  expect(await til.run('forget', 'minseo')).toMatchObject({ code: 2 });
});

describe('what never came into the log', () => {
  const raw = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64');

  /** A season with one thing of each kind in quarantine. */
  const quarantined = async () => {
    const til = await seasonTil();
    used.push(til);
    const posts = await til.json<{ ts: string; author: string }[]>('export', '--what', 'posts');
    const theirs = posts.find(({ author }) => author === user)?.ts as string;
    const put = async (content: unknown) => (await quarantine(til.log, 'broken', content)).key;
    const about = [
      await put(raw({ user })),
      await put({ event: { type: 'message', channel, user } }),
      await put({ event: { type: 'message', channel, subtype: 'message_deleted', deleted_ts: theirs } }),
    ].sort();
    const other = await put({ event: { type: 'message', channel, user: MEMBERS[1]?.id } });
    return { til, about, other };
  };
  const kept = async (til: Til) => Object.keys(await contents(til.log, 'quarantine/'));

  test('is named first, and erased with yes, what is about others stays', async () => {
    const { til, about, other } = await quarantined();
    const counted = await til.run('forget', user);
    for (const key of about) expect(counted.out).toContain(`still in quarantine: ${key}`);
    expect(counted.out).not.toContain(other);
    expect(await kept(til)).toHaveLength(4);
    const { code, out } = await til.run('forget', user, '--yes');
    expect(code).toBe(0);
    for (const key of about) expect(out).toContain(`erased from quarantine: ${key}`);
    expect(await kept(til)).toEqual([other]);
    expect(await til.json('forget', user)).toMatchObject({ quarantined: [], setAside: [] });
  });

  test('is left and named when it is about another challenge than the one asked for, or cannot be read', async () => {
    const { til, about } = await quarantined();
    writeFileSync(
      join(til.folder, 'til.json'),
      JSON.stringify({ challenges: [{ channel }, { channel: 'C0OTHER001' }] }),
    );
    const { erased, quarantined: left } = await til.json<{ erased: { quarantine: string[] }; quarantined: string[] }>(
      'forget',
      user,
      '--yes',
      '--channel',
      'C0OTHER001',
    );
    // In the other challenge nothing is known of their messages; what names no challenge is everybody's.
    expect(erased.quarantine).toHaveLength(1);
    expect(left).toHaveLength(1);
    expect([...erased.quarantine, ...left].every((key) => about.includes(key))).toBe(true);
  });

  test('that waits beside the log, because it is too large for the queue, is erased with it', async () => {
    const { til } = await quarantined();
    const utf8 = new TextEncoder();
    for (const [name, text] of [
      ['theirs', `{"kind":"event","payload":{"event":{"user":"${user}"}}}`],
      ['not-theirs', '{"kind":"event","payload":{"event":{"user":"U0SOMEBODY"}}}'],
    ])
      await til.log.putNew(`waiting/${name}.json`, utf8.encode(text));
    const { ours } = await findLeftovers({ user, messages: new Set() }, { log: til.log }, () => true);
    expect(ours.quarantine.filter((key) => key.startsWith('waiting/'))).toEqual(['waiting/theirs.json']);
    const eraser = folderEraser(join(til.folder, 'log'));
    await eraseLeftovers(ours, { erasers: { log: eraser, state: eraser } });
    expect(Object.keys(await contents(til.log, 'waiting/'))).toEqual(['waiting/not-theirs.json']);
  });

  test('of a queue is looked through too', async () => {
    const { til } = await quarantined();
    const aside = new Map([
      ['row 1', `{"user":"${user}"}`],
      ['row 2', `"${raw({ user })}"`],
      ['row 3', '{"user":"U0SOMEBODY"}'],
      ['row 4', 'not even JSON'],
    ]);
    const setAside = {
      list: async () => [...aside].map(([name, text]) => ({ name, text })),
      erase: async (name: string) => void aside.delete(name),
    };
    const ports = { log: til.log, setAside };
    const { ours, others } = await findLeftovers({ user, messages: new Set() }, ports, () => true);
    expect([ours.queue, others.queue]).toEqual([['row 1', 'row 2'], []]);
    const eraser = folderEraser(join(til.folder, 'log'));
    await eraseLeftovers(ours, { setAside, erasers: { log: eraser, state: eraser } });
    expect([...aside.keys()]).toEqual(['row 3', 'row 4']);
  });
});

test('while an object of the log cannot be read nothing is erased, and it is named', async () => {
  const til = await seasonTil();
  used.push(til);
  const [key = ''] = Object.keys(await contents(til.log, 'events/'));
  writeFileSync(join(til.folder, 'log', key), 'rotten');
  const before = await contents(til.log);
  expect((await til.run('forget', user)).code).toBe(0);
  const { code, error } = await til.run('forget', user, '--yes');
  expect([code, error]).toEqual([
    1,
    expect.stringContaining(`1 objects of the log cannot be read, and may name them: ${key}`),
  ]);
  expect(await contents(til.log)).toEqual(before);
});
