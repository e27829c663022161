import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { run } from '../../src/cli/main.ts';
import type { Event } from '../../src/events/catalog.ts';
import { SAMPLE } from '../../src/sandbox/sample.ts';
import { openLog } from '../../src/store/log.ts';
import { emptyTil } from './til.ts';

const til = emptyTil();
afterAll(() => til.remove());

const posted = (number: number): Event => {
  const ts = `172286584${number}.000001`;
  return {
    v: 1,
    kind: 'message.posted',
    channel: SAMPLE.channel,
    at: ts,
    ts,
    author: { user: 'U0MINSEO01' },
    text: '',
    links: [`https://velog.io/@minseo/%EA%B8%80-${number}`],
  };
};

test('til replay --follow tells each event once, as it comes, until it is told to end', async () => {
  const append = (number: number) => openLog(til.log, SAMPLE).append(posted(number));
  await append(0);
  let out = '';
  const { promise, resolve: end } = Promise.withResolvers<void>();
  const running = run(['replay', '--follow', '--config', `${til.folder}/til.json`], {
    environment: til.environment,
    out: (text) => void (out += text),
    error: () => {},
    isTerminal: false,
    untilSignal: () => promise,
  });
  const until = async (text: string) => {
    for (let tries = 0; !out.includes(text) && tries < 200; tries++) await wait(50);
  };
  await until('글-0');
  await append(1);
  await until('글-1');
  await append(2);
  await until('글-2');
  end();
  expect(await running).toBe(0);
  for (const number of [0, 1, 2]) expect(out.split(`글-${number}`)).toHaveLength(2);
});
