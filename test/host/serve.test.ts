import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Refused, Unavailable } from '../../src/events/errors.ts';
import { verify } from '../../src/history/rebuild.ts';
import { seeded } from '../../src/sandbox/seeded.ts';
import type { Report } from '../../src/setup/report.ts';
import { sign } from '../../src/slack/verify.ts';
import type { Bucket } from '../../src/store/bucket.ts';
import { below, textWithFlippedBit, withFlippedBit } from '../support/random.ts';
import { deliver, openStore, SETTINGS, serveIn, temporaryFolder } from '../support/serving.ts';
import { SECRET, signedHeaders } from '../support/signed.ts';
import { CHANNEL, challengeWith, contents, FIXTURES, payload } from '../support/world.ts';

let folder: string;
let remove: () => void;

beforeEach(() => {
  ({ folder, remove } = temporaryFolder());
});
afterEach(() => remove());

const WEEK = '2024-W32';
const key = (name: string, week = WEEK): string => `events/${CHANNEL}/${week}/${name}.json`;

// What each payload leaves in the log when it comes alone; `other/…` stands for a trace without content.
const LOGGED: Record<number, string> = {
  1: key('1722817810.000100-message.posted-1722817810.000100'),
  2: key('1723422610.378419-message.posted-1723422610.378419', '2024-W33'),
  3: key('1722865849.468459-message.posted-1722865849.468459'),
  4: key('1722865851.000200-message.edited-1722865849.468459'),
  5: key('1722866000.111119-message.posted-1722866000.111119'),
  6: key('1722868141.001000-message.edited-1722866000.111119'),
  7: key('1722868500.001100-message.edited-1722866000.111119'),
  8: key('1722870000.000300-message.deleted-1722865849.468459'),
  9: key('1722870100.000400-message.deleted-1722866000.111119'),
  10: key('1722900000.222229-message.posted-1722900000.222229'),
  11: key('1722900300.333339-message.posted-1722900300.333339'),
  12: key('1722900600.444449-message.posted-1722900600.444449'),
  13: key('1722900900.555559-message.posted-1722900900.555559'),
  14: key('1722867172.000700-reaction.added-1722865849.468459-U0JIHO0001-_2b1'),
  15: key('1722867180.000800-reaction.added-1722865849.468459-U0JIHO0001-_2b1_3a_3askin-tone-3'),
  16: key('1722867655.000900-reaction.removed-1722865849.468459-U0JIHO0001-_2b1'),
  17: key('1722867700.001000-reaction.added-1722865849.468459-U0SEOYEON1-thumbsup'),
  18: key('1722867705.001100-reaction.added-1722865849.468459-U0SEOYEON1-heart'),
  19: 'other/2024-W32/1722867710.001200',
  20: key('1722820000.001300-member.joined-U0YUJUN001'),
  21: key('1722950000.001400-member.left-U0YUJUN001'),
  22: key('1722960000.001500-message.deleted-1722817810.000100'),
  23: 'other/2024-W32/1722865900.666669',
  26: 'other/2024-W32/1722867180.000000',
};

// What it adds to the weekly post (1) and the replies (3, with its link, and 5, without) that it may be about: the counted replies
// of the week, each as author and likes. Where nothing is said, they are those of reply 3.
const REPLY = 'U0MINSEO01 0';
const COUNTED: Record<number, string[]> = {
  6: [REPLY, 'U0JIHO0001 0'],
  8: [],
  10: [REPLY, 'U0SEOYEON1 0'],
  11: [REPLY, 'U0HAEUN001 0'],
  12: [REPLY, 'U0DOYUN001 0'],
  14: ['U0MINSEO01 1'],
  15: ['U0MINSEO01 1'],
  17: ['U0MINSEO01 1'],
  22: [],
  24: [REPLY, 'U0SIWOO001 0'],
};
LOGGED[24] = key('1722901200.777779-message.posted-1722901200.777779');

describe('each payload, signed, over HTTP, to a server on files', () => {
  // Each waits a second or two for its snapshots: together, in folders of their own.
  test.concurrent.each(FIXTURES.map((name, position) => [name, position + 1] as const))('%s', async (_name, number) => {
    const { folder, remove } = temporaryFolder();
    const running = await serveIn(folder);
    try {
      const body = readFileSync(new URL(`../fixtures/slack-events/${FIXTURES[number - 1]}.json`, import.meta.url));
      const answer = await fetch(`http://127.0.0.1:${running.port}/slack/events`, {
        method: 'POST',
        headers: signedHeaders(body),
        body,
      });
      expect(answer.status).toBe(200);
      if (number === 25) expect(await answer.json()).toEqual({ challenge: payload(25)['challenge'] });
      await running.settled();
      const { log, state } = await openStore(folder);
      const stored = Object.keys(await contents(log)).map((each) =>
        each.replace(/^(other\/.*)-[0-9a-f]{16}\.json$/, '$1'),
      );
      expect(stored).toEqual(LOGGED[number] ? [LOGGED[number]] : []);

      for (const context of [1, 3, 5]) expect(await deliver(running.port, JSON.stringify(payload(context)))).toBe(200);
      await running.settled();
      const week = (await (
        await fetch(`http://127.0.0.1:${running.port}/snapshots/${CHANNEL}/weeks/${WEEK}.json`)
      ).json()) as { open: boolean; posts: { author: string; likes: number }[] };
      expect(week.posts.map(({ author, likes }) => `${author} ${likes}`)).toEqual(COUNTED[number] ?? [REPLY]);
      expect(week.open).toBe(number !== 22);
      expect((await verify(challengeWith(), { log, state })).differences).toEqual([]);
    } finally {
      await running.stop();
      remove();
    }
  });
});

test('any bit of timestamp or signature, or some of the body, turned over: 401, and nothing is stored', async () => {
  const running = await serveIn(folder);
  const before = await contents((await openStore(folder)).state);
  const random = seeded(26);
  const statuses = new Set<number>();
  let tries = 0;
  const attempt = async (body: Uint8Array<ArrayBuffer>, timestamp: string, signature: string): Promise<void> => {
    const headers = { 'x-slack-request-timestamp': timestamp, 'x-slack-signature': signature };
    // Not every byte can stand in a header: those that cannot are the client's refusal, not ours.
    if (!/^[\x21-\x7e]*$/.test(timestamp + signature)) return;
    statuses.add(await deliver(running.port, body, headers));
    tries += 1;
  };
  try {
    for (const number of FIXTURES.keys()) {
      const body = Uint8Array.from(
        readFileSync(new URL(`../fixtures/slack-events/${FIXTURES[number]}.json`, import.meta.url)),
      );
      const timestamp = String(Math.floor(Date.now() / 1000));
      const signature = sign(SECRET, timestamp, body);
      const whole = number === 2; // All bits of one, some of the others.
      for (let bit = 0; bit < timestamp.length * 8; bit += whole ? 1 : 7)
        await attempt(body, textWithFlippedBit(timestamp, bit), signature);
      for (let bit = 0; bit < signature.length * 8; bit += whole ? 1 : 41)
        await attempt(body, timestamp, textWithFlippedBit(signature, bit));
      for (let times = 0; times < 20; times++)
        await attempt(Uint8Array.from(withFlippedBit(body, below(random, body.length * 8))), timestamp, signature);
    }
    expect(tries).toBeGreaterThan(1000);
    expect([...statuses]).toEqual([401]);
    await running.settled();
    const { log, state } = await openStore(folder);
    expect(await contents(log)).toEqual({});
    expect(await contents(state)).toEqual(before);
  } finally {
    await running.stop();
  }
});

test('the same request a thousand times is one event, and one like', async () => {
  const running = await serveIn(folder);
  try {
    for (const number of [1, 3]) await deliver(running.port, JSON.stringify(payload(number)));
    const like = payload(14);
    for (let round = 0; round < 20; round++) {
      const bodies = Array.from({ length: 50 }, (_, at) =>
        JSON.stringify({ ...like, event_id: `Ev${round % 2 ? at : 0}` }),
      );
      expect(new Set(await Promise.all(bodies.map((body) => deliver(running.port, body))))).toEqual(new Set([200]));
    }
    await running.settled();
    const { log, state } = await openStore(folder);
    expect(Object.keys(await contents(log))).toHaveLength(3);
    const week = JSON.parse(
      (await contents(state, `snapshots/${CHANNEL}/weeks/`))[`snapshots/${CHANNEL}/weeks/${WEEK}.json`] as string,
    );
    expect(week.posts[0].likes).toBe(1);
  } finally {
    await running.stop();
  }
});

describe('starting and stopping', () => {
  test('a second server on the same folders refuses with a clear word', async () => {
    const running = await serveIn(folder);
    try {
      await expect(serveIn(folder)).rejects.toThrow(Refused);
      await expect(serveIn(folder)).rejects.toThrow(/taken from already/);
    } finally {
      await running.stop();
    }
    await (await serveIn(folder)).stop();
  });

  test('what was acknowledged before a stop is there after the next start', async () => {
    const first = await serveIn(folder);
    for (const number of [1, 3, 14]) expect(await deliver(first.port, JSON.stringify(payload(number)))).toBe(200);
    await first.stop();
    await expect(deliver(first.port, '{}')).rejects.toThrow();
    const second = await serveIn(folder);
    await second.settled();
    const { log, state } = await openStore(folder);
    expect(Object.keys(await contents(log))).toEqual([LOGGED[1], LOGGED[3], LOGGED[14]].sort());
    expect((await verify(challengeWith(), { log, state })).differences).toEqual([]);
    await second.stop();
  });

  test('damaged, missing and outdated state is made right by a start, damage of the log is told of', async () => {
    const first = await serveIn(folder);
    for (const number of [1, 3, 14, 5]) await deliver(first.port, JSON.stringify(payload(number)));
    await first.settled();
    await first.stop();
    const before = await contents((await openStore(folder)).state);
    writeFileSync(join(folder, 'state', 'ledgers', CHANNEL, `${WEEK}.json`), '{"version":1');
    writeFileSync(join(folder, 'state', 'snapshots', CHANNEL, 'index.json'), '');
    const told: string[] = [];
    const second = await serveIn(folder, {
      report: (happening, fields) => void told.push(`${happening} ${String(fields?.['key'] ?? '')}`.trim()),
    });
    expect(await contents((await openStore(folder)).state)).toEqual(before);
    expect(told).toEqual(['ready']);
    await second.stop();
    const damaged = LOGGED[5] as string;
    writeFileSync(join(folder, 'log', damaged), 'x');
    const third = await serveIn(folder, {
      report: (happening, fields) => void told.push(`${happening} ${String(fields?.['key'] ?? '')}`.trim()),
    });
    expect(told.slice(1)).toEqual(['ready', `damaged ${damaged}`, 'alarm']);
    await third.stop();
  });

  test('ledgers of an earlier version are folded anew at the first start, and the admins are told once', async () => {
    const first = await serveIn(folder);
    for (const number of [1, 3, 14]) await deliver(first.port, JSON.stringify(payload(number)));
    await first.settled();
    await first.stop();
    const path = join(folder, 'state', 'ledgers', CHANNEL, `${WEEK}.json`);
    const before = readFileSync(path, 'utf8');
    writeFileSync(path, JSON.stringify({ ...JSON.parse(before), version: 1, messages: {} }));
    writeFileSync(join(folder, 'state', 'snapshots', CHANNEL, 'index.json'), '');
    const told: string[] = [];
    const report: Report = (happening, fields) =>
      void told.push(`${happening} ${String(fields?.['code'] ?? '')}`.trim());
    const { state } = await openStore(folder);
    let puts = 0;
    const full: Bucket = {
      ...state,
      putIf: async (...args) => {
        if (puts++ === 1) throw new Unavailable('disk full'); // When the ledger is written, and its snapshots are not.
        return state.putIf(...args);
      },
    };
    for (const store of [full, state]) {
      const next = await serveIn(folder, { report, state: store });
      await next.ready;
      await next.settled();
      await next.stop();
    }
    expect(told.filter((line) => /ready|alarm/.test(line))).toEqual(['ready', 'alarm counts-changed', 'ready']);
    expect(puts).toBeGreaterThan(2);
    expect(readFileSync(path, 'utf8')).toBe(before);
  });

  test('the list of challenges is there from the start', async () => {
    const running = await serveIn(folder);
    const answer = await fetch(`http://127.0.0.1:${running.port}/snapshots/challenges.json`);
    expect(await answer.json()).toEqual({
      version: 1,
      challenges: [{ channel: CHANNEL, name: 'TIL', timeZone: 'Asia/Seoul', locale: 'ko' }],
    });
    expect(SETTINGS.challenges).toHaveLength(1);
    const health = (await (await fetch(`http://127.0.0.1:${running.port}/healthz`)).json()) as object;
    expect(health).toMatchObject({ ok: true, waiting: 0 });
    await running.stop();
  });
});
