import { expect, test } from 'vitest';
import { publishMonth } from '../../src/runtime/publish.ts';
import { openDocuments } from '../../src/store/documents.ts';
import { memoryBucket } from '../../src/store/memory.ts';
import { createBot } from '../support/bot.ts';

test('a process that has just begun reads the snapshots of nobody whose row is as it was', async () => {
  const state = memoryBucket();
  const bot = createBot({ state });
  await bot.pass(1800);
  await bot.tick('week.open');
  const ts = await bot.reply('U0MINSEO01', 'https://velog.io/@minseo/1');
  await bot.reply('U0JIHO0001', 'https://velog.io/@jiho/1');
  await bot.like('U0SEOYEON1', ts);
  const read: string[] = [];
  const documents = openDocuments({
    ...state,
    get: async (key) => {
      read.push(key);
      return state.get(key);
    },
  });
  await publishMonth(documents, bot.challenge, '2024-08');
  expect(read.filter((key) => key.includes('/members/'))).toEqual([]);
  expect(read.filter((key) => key.includes('/months/'))).not.toEqual([]);
});
