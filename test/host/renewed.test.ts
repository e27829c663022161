import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { verify } from '../../src/history/rebuild.ts';
import { keys } from '../../src/pipeline/keys.ts';
import type { Challenge } from '../../src/projections/challenge.ts';
import { bootId } from '../../src/store/boot.ts';
import type { Bucket } from '../../src/store/bucket.ts';
import { until } from '../support/on-disk.ts';
import { deliver, openStore, SETTINGS, serveIn, startIn, temporaryFolder } from '../support/serving.ts';
import { CHANNEL, contents, payload } from '../support/world.ts';

let folder: string;
let remove: () => void;
let sound: Record<string, string>;
let note: string;
beforeEach(async () => {
  ({ folder, remove } = temporaryFolder());
  const running = await serveIn(folder);
  for (const number of [1, 3, 14]) await deliver(running.port, JSON.stringify(payload(number)));
  await running.settled();
  await running.stop();
  sound = await contents((await openStore(folder)).state);
  note = bootId() ? readFileSync(join(folder, 'state', '.boot'), 'utf8') : '';
  writeFileSync(join(folder, 'state', '.boot'), 'another boot');
  writeFileSync(join(folder, 'state', keys.index(CHANNEL)), '{"weeks":[]}');
});
afterEach(() => remove());

/** The log, which cannot be listed before `open`: so nothing can be folded meanwhile. */
const slowLog = (log: Bucket) => {
  const gate = Promise.withResolvers<void>();
  const folders: Bucket['folders'] = async (prefix) => {
    await gate.promise;
    return log.folders(prefix);
  };
  return { log: { ...log, folders }, open: () => gate.resolve() };
};

const index = async (port: number): Promise<[number, string]> => {
  const answer = await fetch(`http://127.0.0.1:${port}/${keys.index(CHANNEL)}`);
  return [answer.status, await answer.text()];
};

test('after a loss of power deliveries are taken at once, and the page is not shown before it is what the log says', async () => {
  const { log, ...stores } = await openStore(folder);
  const slow = slowLog(log);
  const happenings: string[] = [];
  const running = await startIn(folder, {
    ...stores,
    log: slow.log,
    report: (happening) => void happenings.push(happening),
  });
  await until(() => happenings.includes('renewing'));
  expect(await index(running.port)).toEqual([503, 'not now; try again']);
  expect(await deliver(running.port, JSON.stringify(payload(5)))).toBe(200);
  expect(await index(running.port)).toEqual([503, 'not now; try again']);
  slow.open();
  await running.ready;
  expect(happenings).toEqual(['renewing', 'ready', 'renewed']);
  await running.settled();
  expect((await index(running.port))[0]).toBe(200);
  await running.stop();
  const { state, doubt } = await openStore(folder);
  const now = await contents(state);
  expect(Object.keys(sound).filter((key) => !(key in now))).toEqual([]);
  const [challenge] = SETTINGS.challenges as [Challenge];
  expect((await verify(challenge, { log, state })).differences).toEqual([]);
  expect([doubt?.isThere(), readFileSync(join(folder, 'state', '.boot'), 'utf8') === 'another boot']).toEqual(
    bootId() ? [false, false] : [true, true],
  );
});

test('after a mere crash nothing is made anew, and the page is shown at once', async () => {
  writeFileSync(join(folder, 'state', keys.index(CHANNEL)), sound[keys.index(CHANNEL)] as string);
  writeFileSync(join(folder, 'state', '.boot'), note);
  const { log, ...stores } = await openStore(folder);
  const slow = slowLog(log);
  const happenings: string[] = [];
  const report = (happening: string): void => void happenings.push(happening);
  const running = await startIn(folder, {
    ...stores,
    ...(bootId() ? {} : { doubt: undefined }),
    log: slow.log,
    report,
  });
  expect(await index(running.port)).toEqual([200, sound[keys.index(CHANNEL)]]);
  slow.open();
  await running.ready;
  await running.stop();
  expect(happenings).toEqual(['ready']);
});

test.runIf(bootId())(
  'of a challenge that nobody makes anew, no longer being configured, what is whole is shown',
  async () => {
    const old = 'C0OLDCHAN1';
    mkdirSync(join(folder, 'state', 'snapshots', old));
    writeFileSync(join(folder, 'state', keys.index(old)), '{"weeks":[]}');
    writeFileSync(join(folder, 'state', keys.members(old)), '{"members":[{"id"');
    const running = await serveIn(folder);
    const statusOf = async (key: string): Promise<number> =>
      (await fetch(`http://127.0.0.1:${running.port}/${key}`)).status;
    expect((await index(running.port))[0]).toBe(200);
    expect([await statusOf(keys.index(old)), await statusOf(keys.members(old))]).toEqual([200, 503]);
    await running.stop();
  },
);
