import { afterEach, expect, test } from 'vitest';
import { createSampleWorkspace, MEMBERS, SAMPLE } from '../../src/sandbox/sample.ts';
import { startSandbox } from '../../src/sandbox/server.ts';
import { type Clock, systemClock } from '../../src/setup/clock.ts';
import { deliver, openStore, serveIn, temporaryFolder } from '../support/serving.ts';
import { SECRET, signedHeaders } from '../support/signed.ts';
import { challengeWith, contents } from '../support/world.ts';

const { channel } = SAMPLE;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const used: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const end of used.splice(0).toReversed()) await end();
});

/** It is a Monday noon, and the weekly post is due since nine. */
const OFFSET = Date.parse('2024-08-26T12:00:00+09:00') - Date.now();
const slackNow = (): number => Date.now() + OFFSET;

/** The machine's clock, which somebody sets: ahead of Slack's by so much. */
const createWallClock = (): Clock & { setAhead(milliseconds: number): void } => {
  let ahead = 0;
  return {
    ...systemClock,
    now: () => slackNow() + ahead,
    setAhead: (milliseconds) => {
      ahead = milliseconds;
    },
  };
};

/** The real server with the real client against a sandbox, on a machine whose clock is ahead by so much. */
const start = async (folder: string, ahead: number) => {
  const sandbox = await startSandbox({
    workspace: createSampleWorkspace(slackNow),
    signingSecret: SECRET,
    now: slackNow,
  });
  used.push(sandbox.close);
  const clock = createWallClock();
  clock.setAhead(ahead);
  const alarms: unknown[] = [];
  const running = await serveIn(folder, {
    settings: { challenges: [challengeWith({ channel, admins: ['U0ADMIN001'] })] },
    slack: { signingSecrets: [SECRET], botToken: SAMPLE.bot.token, apiUrl: sandbox.apiUrl },
    clock,
    report: (happening, fields) => void (happening === 'alarm' && alarms.push(fields)),
  });
  used.push(running.stop);
  sandbox.deliverTo(`http://127.0.0.1:${running.port}/slack/events`);
  return { sandbox, running, clock, alarms, stop: () => end(running.stop) };
};

const end = async (stop: () => Promise<void>): Promise<void> => {
  used.splice(used.indexOf(stop), 1);
  await stop();
};

const folderOfTest = (): string => {
  const { folder, remove } = temporaryFolder();
  used.push(remove);
  return folder;
};

const until = async (what: () => boolean | Promise<boolean>, seconds = 20): Promise<void> => {
  for (const end = performance.now() + seconds * 1000; performance.now() < end; ) {
    if (await what()) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`still not so after ${seconds} s: ${what}`);
};

const logged = async (folder: string, form: RegExp): Promise<string[]> =>
  Object.keys(await contents((await openStore(folder)).log)).filter((key) => form.test(key));

const CLOSED = /month\.closed/;
const OPENED = /effect\.delivered-week\.open/;

test.each([
  ['five hours back', -5 * HOUR],
  ['twelve days ahead', 12 * DAY],
])(
  'a clock that is set %s while it runs leaves deliveries and the page going, and it ends at once',
  async (_, error) => {
    const folder = folderOfTest();
    const { sandbox, running, clock, stop } = await start(folder, 0);
    const { workspace } = sandbox;
    await until(async () => (await logged(folder, OPENED)).length === 1);
    const thread = workspace.messages(channel).at(-1)?.ts as string;
    const [user] = MEMBERS.map(({ id }) => id) as [string];
    const shows = async (ts: string): Promise<boolean> => {
      const page = `http://127.0.0.1:${running.port}/snapshots/${channel}/weeks/2024-W35.json`;
      return (await (await fetch(page)).text()).includes(ts);
    };
    const before = workspace.reply({ user, channel, thread, text: 'https://velog.io/@minseo/1' });
    await until(() => shows(before.ts));
    clock.setAhead(error);
    const after = workspace.reply({ user, channel, thread, text: 'https://velog.io/@minseo/2' });
    await until(() => shows(after.ts));
    const since = performance.now();
    await stop();
    expect(performance.now() - since).toBeLessThan(10_000);
  },
  60_000,
);

test('a start twelve days ahead freezes and opens nothing, says so and listens; when the clock is right it goes on', async () => {
  const folder = folderOfTest();
  const first = await start(folder, 12 * DAY);
  expect(first.alarms).toEqual([{ code: 'clock-wrong', subject: "this machine's clock is 12 days ahead of Slack's" }]);
  await until(() => first.sandbox.workspace.directMessages('U0ADMIN001').length === 1);
  const reasons = async (): Promise<string[]> => {
    const answer = await fetch(`http://127.0.0.1:${first.running.port}/healthz`);
    return ((await answer.json()) as { reasons: string[] }).reasons;
  };
  expect(await reasons()).toEqual(['clock']);
  const body = JSON.stringify({ type: 'event_callback', event_id: 'Ev1', event: { type: 'app_mention', channel } });
  const signedAt = (milliseconds: number) => signedHeaders(body, Math.floor(milliseconds / 1000));
  expect(await deliver(first.running.port, body, signedAt(slackNow()))).toBe(200);
  expect(await deliver(first.running.port, body, signedAt(first.clock.now()))).toBe(401);
  expect(await logged(folder, OPENED)).toEqual([]);
  first.clock.setAhead(0);
  await until(async () => (await logged(folder, OPENED)).length === 1);
  expect(await reasons()).toEqual([]);
  await first.stop();

  // Now there is a month to be frozen, and by that clock it is over.
  const second = await start(folder, 12 * DAY);
  await second.running.settled();
  await second.stop();
  expect(await logged(folder, OPENED)).toEqual([expect.stringContaining('2024-W35')]);
  expect(await logged(folder, CLOSED)).toEqual([]);
}, 60_000);
