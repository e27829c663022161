import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkArchive } from '../../src/admin/check-archive.ts';
import { restoreLog } from '../../src/admin/restore.ts';
import { makeRight, type StartAlarm } from '../../src/host/machine.ts';
import { withCurrentLedgers } from '../../src/pipeline/current-ledgers.ts';
import { keys } from '../../src/pipeline/keys.ts';
import { publishMonth } from '../../src/pipeline/publish.ts';
import type { IndexSnapshot } from '../../src/projections/contract.ts';
import { LEDGER_VERSION, type Ledger } from '../../src/projections/ledger.ts';
import { loadConfig } from '../../src/setup/config.ts';
import { openDocuments } from '../../src/store/documents.ts';
import { filesBucket } from '../../src/store/files.ts';
import { memoryBucket } from '../../src/store/memory.ts';
import { temporaryFolder } from '../support/serving.ts';
import { contents } from '../support/world.ts';
import { emptyTil, type Til } from './til.ts';

// Thirteen weeks of the demo as 0.1.0 wrote them when ledgers had version 1: the log, with what the bot said, and what it had folded of it.
const fixture = (name: string): string => fileURLToPath(new URL(`../fixtures/upgrade/${name}`, import.meta.url));
const LOG = fixture('log-0.1.0.tar.zst');
const STATE = fixture('state-0.1.0.tar.zst');
const CHANNEL = 'C0TILCHAN1';

let til: Til;
let restored: { code: number; out: string };
beforeAll(async () => {
  til = emptyTil();
  rmSync(join(til.folder, 'til.json'));
  restored = await til.run('restore', LOG);
});
afterAll(() => til.remove());

const indexOf = async (state: Til['state']): Promise<IndexSnapshot> =>
  JSON.parse(Buffer.from((await state.get(keys.index(CHANNEL)))?.bytes ?? []).toString());

/** The same log beside the state as 0.1.0 left it. */
const asItWas = async () => {
  const { folder, remove } = temporaryFolder();
  const state = filesBucket(join(folder, 'state'));
  await restoreLog(await checkArchive(STATE, join(folder, 'sums')), state, 'the state');
  cpSync(join(til.folder, 'log'), join(folder, 'log'), { recursive: true });
  cpSync(join(til.folder, 'til.json'), join(folder, 'til.json'));
  const settings = await loadConfig(join(folder, 'til.json'));
  return { folder, remove, log: filesBucket(join(folder, 'log')), state, settings };
};

test('what 0.1.0 wrote is restored and gives the counts that it gave', async () => {
  expect(restored).toMatchObject({ code: 0 });
  expect(restored.out).toContain(`${CHANNEL}: 660 events in 13 weeks folded`);
  const { months, weeks, totals } = await indexOf(til.state);
  expect(months.map(({ month, closed, challengers, special }) => [month, closed, challengers, special])).toEqual([
    ['2026-09', true, 4, ['U0MEMBER04']],
    ['2026-10', true, 2, ['U0MEMBER02']],
    ['2026-11', false, 0, []],
  ]);
  expect(weeks.map(({ week, posts, participants, likes, late }) => [week, posts, participants, likes, late])).toEqual([
    ['2026-W37', 7, 7, 19, 0],
    ['2026-W38', 7, 7, 24, 0],
    ['2026-W39', 6, 6, 20, 0],
    ['2026-W40', 6, 6, 14, 0],
    ['2026-W41', 5, 5, 19, 0],
    ['2026-W42', 6, 6, 16, 2],
    ['2026-W43', 3, 3, 5, 0],
    ['2026-W44', 4, 4, 6, 0],
    ['2026-W45', 3, 3, 6, 0],
    ['2026-W46', 4, 4, 10, 1],
    ['2026-W47', 3, 3, 3, 0],
    ['2026-W48', 3, 3, 3, 1],
    ['2026-W49', 0, 0, 0, 0],
  ]);
  expect(totals).toMatchObject({ posts: 57, participants: 8, likes: 145 });
  expect((await til.run('verify')).code).toBe(0);
});

describe('the state that 0.1.0 left', () => {
  test('is of another version, so that this proves something', async () => {
    const { state, remove } = await asItWas();
    const ledger = JSON.parse(Buffer.from((await state.get(keys.ledger(CHANNEL, '2026-W40')))?.bytes ?? []).toString());
    expect(ledger.version).toBeLessThan(LEDGER_VERSION);
    remove();
  });

  test('is made right by the first start, which tells the admins; no byte of the old is left', async () => {
    const { settings, log, state, remove } = await asItWas();
    const alarms: StartAlarm[] = [];
    await makeRight({ settings, log, state, report: () => {}, onAlarm: (alarm) => void alarms.push(alarm) });
    expect(alarms.map(({ code }) => code)).toEqual(['counts-changed']);
    expect(await contents(state)).toEqual(await contents(til.state));
    remove();
  });

  test('is made right by "til rebuild", and by reading it, as on AWS', async () => {
    const { folder, settings, log, state, remove } = await asItWas();
    const current = withCurrentLedgers(openDocuments(state), log, settings.challenges);
    const key = keys.ledger(CHANNEL, '2026-W40');
    expect((await current.load<Ledger>(key)).value?.version).toBe(LEDGER_VERSION);
    await publishMonth(current, settings.challenges[0] as never, '2026-09');
    const month = keys.month(CHANNEL, '2026-09');
    for (const each of [key, month])
      expect((await contents(state, each))[each]).toBe((await contents(til.state, each))[each]);
    const there = til.with({ TIL_LOG: `file:${folder}/log`, TIL_STATE: `file:${folder}/state` });
    expect((await there.run('rebuild')).code).toBe(0);
    expect((await there.run('verify')).out).toMatch(/agrees/);
    expect(await contents(state)).toEqual(await contents(til.state));
    remove();
  });
});

test('a log to which a later version has written events of a new kind is backed up and restored as it is', async () => {
  const later = emptyTil();
  const name = `events/${CHANNEL}/2026-W49/1796036046.109025-message.pinned-1796036046.109025.json`;
  for (const [key, text] of Object.entries(await contents(til.log, `events/${CHANNEL}/2026-W49/`)))
    await later.log.putNew(key, Buffer.from(text));
  await later.log.putNew(name, Buffer.from('{"v":2}'));
  const file = join(later.folder, 'backup');
  expect((await later.run('backup', file)).code).toBe(0);
  const { folder, remove } = temporaryFolder();
  const copy = memoryBucket();
  await restoreLog(await checkArchive(file, join(folder, 'sums')), copy, 'here');
  expect(await contents(copy)).toEqual(await contents(later.log));
  remove();
  later.remove();
});
