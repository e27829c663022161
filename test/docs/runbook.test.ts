import { describe, expect, test } from 'vitest';
import { REPORTED } from '../../cdk/alarms.ts';
import type { EffectOf } from '../../src/handlers/effect.ts';
import { REASONS } from '../../src/host/health.ts';
import { render } from '../../src/slack/text/render.ts';
import { challengeWith } from '../support/world.ts';
import { anchorsOf, chapterOf, headingsOf, pageText } from './pages.ts';

const english = pageText('RUNBOOK.md');
const korean = pageText('RUNBOOK.ko.md');

/** The alarms that reach admins in Slack: their codes, and their headings in RUNBOOK.md. */
const CODES: Record<string, string> = { ...REPORTED, reinstall: 'Reinstall' };

const ALARM: EffectOf<'alarm'> = {
  id: 'alarm:x',
  kind: 'alarm',
  week: '2024-W32',
  due: '1722865849.000000',
  code: 'damaged',
  subject: 'a key',
  admin: 'U0ADMIN001',
};

/** A heading of RUNBOOK.ko.md: the English name, the code of an alarm that comes by Slack, and what it is about. */
const named = headingsOf(korean, 2).map((heading) => {
  const [, name, code, about] = /^(.+?)(?: \(`(.+)`\))? · (.+)$/.exec(heading) ?? [];
  const [anchor] = anchorsOf(`## ${heading}`);
  return { name, code, about, anchor };
});

test('RUNBOOK.md has a table of the codes that come by Slack, each with its heading', () => {
  const rows = [...english.matchAll(/^\| `(.+?)` \| \[(.+)\]\(#.+\) \|$/gm)].map(([, code, name]) => [code, name]);
  expect(Object.fromEntries(rows)).toEqual(CODES);
});

test.each([
  ['ko', 'RUNBOOK.ko.md'],
  ['en', 'RUNBOOK.md'],
])('an alarm in Slack (%s) names its code and %s, in which the code is found', (locale, page) => {
  for (const code of Object.keys(CODES)) {
    const { text } = render({ ...ALARM, code }, 1, { challenge: challengeWith({ locale }), nameOf: () => undefined });
    expect(text).toContain(`*${code}*`);
    expect(/\bRUNBOOK[.a-z]*\.md/.exec(text)?.[0]).toBe(page);
    expect(pageText(page)).toContain(`\`${code}\``);
  }
});

describe('RUNBOOK.ko.md', () => {
  test('has the headings of RUNBOOK.md for every alarm and every reason of /healthz', () => {
    const alarms = headingsOf(chapterOf(english, 'Alarms'), 2);
    expect(alarms.length).toBeGreaterThan(15);
    const expected = [...alarms, ...REASONS.map((reason) => `healthz: ${reason}`)];
    expect(named.map(({ name }) => name).sort()).toEqual(expected.sort());
  });

  test('tells of each code that comes by Slack under the heading that RUNBOOK.md has for it', () => {
    const coded = named.flatMap(({ name, code }) => (code ? [[code, name]] : []));
    expect(Object.fromEntries(coded)).toEqual(CODES);
  });

  test('begins with a table in which each code leads to its heading', () => {
    const rows = [...korean.matchAll(/^\| \[`(.+?)`\]\(#(.+?)\) \| (.+) \|$/gm)].map(([, ...row]) => row);
    expect(rows).toEqual(named.flatMap(({ code, anchor, about }) => (code ? [[code, anchor, about]] : [])));
  });

  test('says of each what it means, where to look and what to do', () => {
    const parts = korean.split(/^## /m).slice(1);
    expect(parts).toHaveLength(named.length);
    for (const part of parts)
      expect([part.split('\n')[0], part.match(/^\*\*(뜻|볼 것|할 일)\.\*\*/gm)]).toEqual([
        part.split('\n')[0],
        ['**뜻.**', '**볼 것.**', '**할 일.**'],
      ]);
  });
});
