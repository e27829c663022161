import { expect, test } from 'vitest';
import { createBot } from '../support/bot.ts';
import { MINSEO } from '../support/events.ts';

const WEEK = '2024-W32';

/** What the week's ledger has of attempts of a kind at the instant at which the first of a reply's effects is sent. */
const attemptsAt = async (method: string, text: string, kind: string): Promise<string[]> => {
  let ledger: ReturnType<typeof bot.ledger> | undefined;
  let isWatched = false;
  const bot = createBot({
    beforeCall: (each) => {
      if (isWatched && each === method) ledger ??= bot.ledger(WEEK);
    },
  });
  await bot.liveUntil('2024-08-05T09:40:00+09:00');
  isWatched = true;
  await bot.reply(MINSEO, text);
  await bot.pass(600);
  const effects = (await ledger)?.effects;
  if (!effects) throw new Error(`nothing was sent by ${method}`);
  return Object.keys(effects).filter((id) => id.startsWith(kind) && effects[id]?.attempts);
};

test('a hint that is being whispered is known before it is, since it decides about others; an announcement only with what comes of it', async () => {
  expect(await attemptsAt('chat.postEphemeral', '오늘도 썼어요', 'hint:')).toHaveLength(1);
  expect(await attemptsAt('chat.postMessage', 'https://velog.io/@minseo/1', 'participation:')).toHaveLength(0);
});
