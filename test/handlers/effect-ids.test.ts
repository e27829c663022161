import { describe, expect, test } from 'vitest';
import { groupOf, isInHistory, recipientById } from '../../src/handlers/addressing.ts';
import { catchUpId } from '../../src/handlers/catch-up.ts';
import { digestId } from '../../src/handlers/digest.ts';
import { aboutOf, effectId } from '../../src/handlers/effect.ts';
import { isEffectId, kinds, parseId } from '../../src/handlers/kinds.ts';
import { monthResultId } from '../../src/handlers/month-result.ts';
import { weekOpenId } from '../../src/handlers/open-week.ts';
import { alarmJobs, monthResultJob, weekOpenJob } from '../../src/outbox/effect-jobs.ts';
import { CHANNEL, challengeWith } from '../support/world.ts';

const TS = '1722865849.468459';
const ADMIN = 'U0ADMIN001';
const MINSEO = 'U0MINSEO01';
const challenge = challengeWith({ admins: [ADMIN] });

/** An id of each kind as logs have them since the first version; its queue group, whom it tells of alone, and whether history shows it. */
const IDS = [
  [weekOpenId('2024-W32'), 'week.open:2024-W32', 'schedule', CHANNEL, true],
  [effectId('participation', TS, 0), `participation:${TS}:0`, TS, CHANNEL, true],
  [effectId('participation', TS, 12), `participation:${TS}:12`, TS, CHANNEL, true],
  [effectId('like', TS, 3), `like:${TS}:3`, TS, undefined, true],
  [effectId('hint', TS), `hint:${TS}`, TS, undefined, false],
  [digestId('2024-W32'), 'digest:2024-W32', '2024-W32', CHANNEL, true],
  [effectId('digest', '2024-W32', 1), 'digest:2024-W32:1', '2024-W32', CHANNEL, true],
  [effectId('week.open', '2024-W32', 2), 'week.open:2024-W32:2', 'schedule', CHANNEL, true],
  [catchUpId('2024-08-12'), 'catch-up:2024-08-12', 'catch-up', CHANNEL, true],
  [monthResultId('2024-08'), 'month.result:2024-08', 'schedule', CHANNEL, true],
  [effectId('remind', MINSEO), `remind:${MINSEO}`, MINSEO, MINSEO, true],
  [effectId('note', MINSEO), `note:${MINSEO}`, MINSEO, MINSEO, true],
  [effectId('comeback', MINSEO), `comeback:${MINSEO}`, MINSEO, MINSEO, true],
  [effectId('firststep', MINSEO), `firststep:${MINSEO}`, MINSEO, MINSEO, true],
  [effectId('alarm', 'refused-0a1b2c', ADMIN), `alarm:refused-0a1b2c:${ADMIN}`, `alarm-${ADMIN}`, ADMIN, true],
] as const;

describe('the id of an effect', () => {
  test.for(IDS)('%s keeps its form, and says its group, to whom it went and where it can be looked up', (row) => {
    const [id, form, group, recipient, inHistory] = row;
    expect(id).toBe(form);
    expect(groupOf(CHANNEL, id)).toBe(`effect/${CHANNEL}/${group}`);
    expect(recipientById(challenge, id)).toBe(recipient);
    expect(isInHistory(id)).toBe(inHistory);
  });

  test('is there for every kind', () => {
    expect(new Set(IDS.map(([id]) => parseId(id).kind))).toEqual(new Set(Object.keys(kinds)));
  });

  test('of another version says what it is about, and nothing is guessed of its kind', () => {
    const id = `praise:${TS}:1`;
    expect(isEffectId(id)).toBe(false);
    expect(aboutOf(id)).toBe(TS);
    expect(recipientById(challenge, id)).toBeUndefined();
    expect(isInHistory(id)).toBe(true);
  });

  test.for(['', 'like', 'toString:1', ':like:1'])('is not %j', (id) => {
    expect(isEffectId(id)).toBe(false);
  });
});

describe('the jobs that no ledger asks for', () => {
  test('have the ids, groups and bodies that running installations have on their queues', () => {
    const jobs = [
      weekOpenJob(challenge, '2024-W32'),
      monthResultJob(challenge, '2024-08'),
      ...alarmJobs(challenge, 'damaged', 'a key', Date.parse('2024-08-05T09:30:00+09:00')),
    ];
    expect(jobs).toEqual([
      {
        id: `${CHANNEL}/week.open:2024-W32`,
        group: `effect/${CHANNEL}/schedule`,
        body: `{"kind":"effect","channel":"${CHANNEL}","week":"2024-W32","effect":"week.open:2024-W32"}`,
      },
      {
        id: `${CHANNEL}/month.result:2024-08`,
        group: `effect/${CHANNEL}/schedule`,
        body: `{"kind":"effect","channel":"${CHANNEL}","week":"2024-W35","effect":"month.result:2024-08"}`,
      },
      {
        id: `${CHANNEL}/alarm:damaged-8fa3aab2faa9:${ADMIN}`,
        group: `effect/${CHANNEL}/alarm-${ADMIN}`,
        body: `{"kind":"effect","channel":"${CHANNEL}","week":"2024-W32","effect":"alarm:damaged-8fa3aab2faa9:${ADMIN}","alarm":{"code":"damaged","subject":"a key","admin":"${ADMIN}","at":"1722817800.000000"}}`,
      },
    ]);
  });
});
