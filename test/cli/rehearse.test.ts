import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SAMPLE } from '../../src/sandbox/sample.ts';
import { openLog } from '../../src/store/log.ts';
import { JIHO, MINSEO, skipped, told } from '../support/events.ts';
import { KEEPING, keepingEvents } from '../support/keeping-season.ts';
import { HAEUN } from '../support/people-ids.ts';
import { inWeek, weeksOfTable } from '../support/table-season.ts';
import { contents } from '../support/world.ts';
import { emptyTil, type Til } from './til.ts';

/** What `til rehearse --json` prints: a contract. */
interface Printed {
  channel: string;
  weeks: { week: string; messages: { at: string; kind: string; to: string }[] }[];
  totals: Record<'remind' | 'note' | 'comeback' | 'firststep' | 'digest' | 'like', number>;
  mostInAWeek: number;
  budget: 'kept' | 'broken';
}

let til: Til;
beforeAll(async () => {
  til = emptyTil();
  const sent = [
    ...told(`remind:${JIHO}`, {}, { week: '2024-W34', at: inWeek('2024-W34', 5, '10:00'), to: JIHO }),
    skipped(`note:${JIHO}`, { week: '2024-W35', at: inWeek('2024-W35', 0, '10:00'), reason: 'held' }),
  ];
  const log = openLog(til.log, SAMPLE);
  for (const event of [...keepingEvents(), ...sent]) await log.append({ ...event, channel: SAMPLE.channel });
});
afterAll(() => til.remove());

const file = (name: string, content: unknown): string => {
  const path = join(til.folder, name);
  writeFileSync(path, JSON.stringify(content));
  return path;
};
const CHUSEOK = () => ['--rules', file('rules.json', { rest: ['chuseok'] })];
/** Runs under another configuration. */
const under = async (challenges: object[], ...args: string[]) => {
  file('til.json', { challenges });
  try {
    return await til.run(...args);
  } finally {
    file('til.json', { challenges: [{ channel: SAMPLE.channel }] });
  }
};
const rehearsed = (...args: string[]) => til.json<Printed>('rehearse', ...args);

describe('til rehearse', () => {
  test('prints who would have been told what, week by week; what was really sent does not count', async () => {
    const { weeks, ...rest } = await rehearsed(...CHUSEOK());
    expect(rest).toEqual({
      channel: SAMPLE.channel,
      totals: { remind: 11, note: 5, comeback: 4, firststep: 2, digest: 13, like: expect.any(Number) },
      mostInAWeek: 2,
      budget: 'kept',
    });
    expect(weeks.map(({ week }) => week)).toEqual(weeksOfTable(KEEPING));
    expect(weeks[4]).toEqual({
      week: '2024-W35',
      messages: [
        { at: inWeek('2024-W35', 0, '10:00'), kind: 'note', to: 'U0JIHO0001' },
        { at: inWeek('2024-W35', 0, '10:00'), kind: 'note', to: 'U0SEOYEON1' },
        { at: inWeek('2024-W35', 4, '12:00'), kind: 'digest', to: SAMPLE.channel },
        { at: inWeek('2024-W35', 5, '10:00'), kind: 'remind', to: 'U0JIHO0001' },
        { at: inWeek('2024-W35', 6, '18:00'), kind: 'remind', to: HAEUN },
      ],
    });
  });

  test('counts like notices by the mode that is configured', async () => {
    const like = async (mode: string): Promise<number> => {
      const { out } = await under([{ channel: SAMPLE.channel, notify: { likes: mode } }], 'rehearse', '--json');
      return (JSON.parse(out) as Printed).totals.like;
    };
    expect([await like('each'), await like('steps'), await like('off')]).toEqual([64, 35, 0]);
  });

  test('shows one person, or from a time on, and walks through all of it', async () => {
    const haeun = await rehearsed(...CHUSEOK(), '--member', HAEUN);
    expect(haeun.totals).toMatchObject({ remind: 7, note: 2, comeback: 2, firststep: 0, digest: 0 });
    const late = await rehearsed(...CHUSEOK(), '--since', '2024-10-07');
    expect(late.weeks.map(({ week }) => week)).toEqual(weeksOfTable(KEEPING).slice(10));
    expect(late.totals).toMatchObject({ remind: 0, note: 0, comeback: 2, firststep: 0, digest: 4 });
    const nobody = await rehearsed('--member', MINSEO, ...CHUSEOK());
    expect([nobody.mostInAWeek, nobody.budget]).toEqual([0, 'kept']);
  });

  test('tells a person why, with the weeks as programs have them', async () => {
    const { out, code } = await til.run('rehearse', ...CHUSEOK());
    expect(code).toBe(0);
    expect(out).toContain('## 2024-W39 (TIL 9월 4주차)');
    expect(out).toMatch(/2024-09-23 10:00:00 +comeback +U0JIHO0001 +a week of rest is over/);
    expect(out).toMatch(/## 2024-W38 \(TIL 9월 3주차\)\nnothing\n/);
    expect(out).toContain('the noise budget is kept');
  });

  test('reads the log alone and writes nothing', async () => {
    const before = { ...(await contents(til.log)), ...(await contents(til.state)) };
    await til.run('rehearse');
    await til.run('effect');
    expect({ ...(await contents(til.log)), ...(await contents(til.state)) }).toEqual(before);
  });

  test('takes the rules that til compare takes, and refuses what is none', async () => {
    const strict = file('strict.json', {
      streak: { between: 'off' },
      finishers: 'off',
      readers: 'off',
      exclude: [JIHO],
    });
    expect((await rehearsed('--rules', strict, '--member', JIHO)).totals.remind).toBe(0);
    expect((await til.run('compare', '--rules', strict)).code).toBe(0);
    const bad = await til.run('rehearse', '--rules', file('bad.json', { rest: ['easter'] }));
    expect([bad.code, bad.error]).toEqual([2, expect.stringContaining('rest.0: expected seollal, chuseok or a week')]);
    for (const rules of [{ streak: { between: 0 } }, { finishers: 'all' }, { readers: 2 }])
      expect((await til.run('compare', '--rules', file('bad.json', rules))).code).toBe(2);
  });

  test('of several challenges wants to know which', async () => {
    const two = [{ channel: SAMPLE.channel }, { channel: 'C0OTHER001' }];
    const { code, error } = await under(two, 'rehearse');
    expect([code, error]).toEqual([2, expect.stringContaining('--channel: expected one of C0TILCHAN1, C0OTHER001')]);
    expect((await under(two, 'rehearse', '--channel', SAMPLE.channel)).code).toBe(0);
  });
});

describe('til effect', () => {
  test('says that nobody was held out, so that it is no effect, and what that would take', async () => {
    const own = emptyTil();
    try {
      const log = openLog(own.log, SAMPLE);
      for (const event of keepingEvents()) await log.append({ ...event, channel: SAMPLE.channel });
      const { out, code } = await own.run('effect');
      expect(code).toBe(0);
      expect(out).toContain('아무도 보류하지 않았으므로');
      expect(out).toContain('takes 391 reminders in each arm');
      expect(out).toMatch(/0 +27\/33 \(82 %\) +84\/101 \(83 %\) +75 %/);
      const printed = await own.json<Record<string, unknown>>('effect');
      expect(printed).toMatchObject({
        channel: SAMPLE.channel,
        holdout: 0,
        interval: 'newcombe',
        says: expect.stringContaining('no effect'),
        needed: { inEachArm: 391, from: 0.48, plus: 0.1 },
        kinds: { remind: { told: 0, held: 0, difference: null, optOutsPer100: null } },
      });
    } finally {
      own.remove();
    }
  });

  test('counts what was told and what was held out', async () => {
    const printed = await til.json<{ says?: string; kinds: Record<string, unknown> }>('effect');
    expect(printed.says).toBeUndefined();
    expect(printed.kinds).toMatchObject({
      remind: { told: 1, held: 0, byDeadline: { of: 1, wrote: 0 } },
      note: { told: 0, held: 1, heldByDeadline: { of: 1, wrote: 0 } },
    });
  });
});
