import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import type { Event } from '../../src/events/catalog.ts';
import { tsAt } from '../../src/events/timestamp.ts';
import { calendarOf, plusWeeks } from '../../src/events/week.ts';
import { filesBucket } from '../../src/store/files.ts';
import { openLog } from '../../src/store/log.ts';
import { CHANNEL } from '../support/world.ts';

const installed = (folder: string, ...words: string[]) =>
  spawnSync(process.execPath, [resolve('bin/til.mjs'), ...words], { encoding: 'utf8', cwd: folder });

test('the installed command says what it can do', () => {
  const { status, stdout } = installed('.', '--help');
  expect([status, stdout.split('\n')[0]]).toEqual([0, 'Usage: til [options] [command]']);
});

test('the installed command rebuilds a history of years, for which it needs its threads', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'til-installed-'));
  const calendar = calendarOf('Asia/Seoul');
  const log = openLog(filesBucket(join(folder, 'data/log')), { channel: 'C0TILCHAN1', timeZone: 'Asia/Seoul' });
  const weeks = Array.from({ length: 30 }, (_, number) => plusWeeks('2022-W01', number * 4));
  for (const week of weeks) {
    const at = tsAt(calendar.instant(week, 0, 9, 30) * 1000);
    const author = { user: 'U0TILBOT01', bot: 'B0TILBOT01' };
    const text = '[TIL 1월 1주차]';
    const event: Event = { v: 1, kind: 'message.posted', channel: CHANNEL, at, ts: at, author, text, links: [] };
    await log.append(event);
  }
  writeFileSync(join(folder, 'til.config.json'), JSON.stringify({ challenges: [{ channel: CHANNEL }] }));
  const rebuilt = installed(folder, 'rebuild', '--config', 'til.config.json', '--json');
  expect([rebuilt.status, rebuilt.stderr]).toEqual([0, '']);
  expect(JSON.parse(rebuilt.stdout)).toMatchObject({ ok: true, reports: [{ events: 30, weeks: 30 }] });
  expect(installed(folder, 'verify', '--config', 'til.config.json').status).toBe(0);
  rmSync(folder, { recursive: true });
});
