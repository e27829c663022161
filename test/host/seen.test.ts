import { expect, test } from 'vitest';
import { interactionJob } from '../../src/queue/jobs.ts';
import { createBot } from '../support/bot.ts';

test('the first use of each way in is noted by its date, and nobody’s name', async () => {
  const bot = createBot();
  const typed = {
    kind: 'command',
    team: 'T0TIL00001',
    user: 'U0MINSEO01',
    channel: bot.challenge.channel,
    command: '/til',
    text: 'help',
  };
  const at = (seconds: string) => ({ ...typed, at: `${seconds}.000000` }) as Parameters<typeof interactionJob>[1];
  await bot.queue.put([interactionJob('one', at('1722816000'))]);
  await bot.settle();
  await bot.restart();
  await bot.queue.put([interactionJob('two', at('1733816000'))]);
  await bot.settle();
  expect(await bot.read('seen/interactions.json')).toEqual({ command: '2024-08-05' });
});
