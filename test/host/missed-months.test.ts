import { afterEach, expect, test } from 'vitest';
import { createSampleWorkspace, SAMPLE } from '../../src/sandbox/sample.ts';
import { startSandbox } from '../../src/sandbox/server.ts';
import { systemClock } from '../../src/setup/clock.ts';
import { openStore, serveIn, temporaryFolder } from '../support/serving.ts';
import { SECRET } from '../support/signed.ts';
import { challengeWith, contents } from '../support/world.ts';

const used: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const end of used.splice(0).toReversed()) await end();
});

/** Starts the server at a time, and ends it when all is done; gives what it has said in the channel. */
const runAt = async (folder: string, time: string): Promise<string[]> => {
  const offset = Date.parse(time) - Date.now();
  const now = () => Date.now() + offset;
  const workspace = createSampleWorkspace(now);
  const sandbox = await startSandbox({ workspace, signingSecret: SECRET, now });
  used.push(sandbox.close);
  const running = await serveIn(folder, {
    settings: { challenges: [challengeWith({ channel: SAMPLE.channel })] },
    slack: { signingSecrets: [SECRET], botToken: SAMPLE.bot.token, apiUrl: sandbox.apiUrl },
    clock: { ...systemClock, now },
  });
  await running.settled();
  await running.stop();
  return workspace.messages(SAMPLE.channel).map(({ text }) => text ?? '');
};

test('a month that was missed by more than one is frozen at the next start, and not announced', async () => {
  const { folder, remove } = temporaryFolder();
  used.push(remove);
  expect(await runAt(folder, '2024-08-26T12:00:00+09:00')).toEqual([expect.stringContaining('[TIL 8월 4주차]')]);
  expect(await runAt(folder, '2024-10-16T12:00:00+09:00')).toEqual([expect.stringContaining('[TIL 10월 2주차]')]);
  const events = await contents((await openStore(folder)).log);
  const named = (form: RegExp) => Object.entries(events).filter(([key]) => form.test(key));
  expect(named(/month\.closed/).map(([, text]) => JSON.parse(text))).toEqual([
    // Dated when it was due: Monday 2 September, 09:20 in Seoul.
    expect.objectContaining({ month: '2024-08', weeks: ['2024-W35'], at: '1725236400.000000' }),
  ]);
  expect(named(/effect\.skipped/).map(([, text]) => JSON.parse(text).reason)).toEqual(['too old']);
  await runAt(folder, '2024-10-16T13:00:00+09:00'); // Once is enough.
  expect(Object.keys(await contents((await openStore(folder)).log))).toEqual(Object.keys(events));
}, 60_000);
