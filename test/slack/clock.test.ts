import { afterEach, expect, test } from 'vitest';
import { slackReader } from '../../src/slack/reader.ts';
import { askSlack } from '../../src/slack/transport.ts';
import { slackWriter } from '../../src/slack/writer.ts';
import { type StubAnswer, startSlackStub } from '../support/slack-stub.ts';

const used: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of used.splice(0)) await end();
});

const DATE = 'Mon, 05 Aug 2024 00:30:00 GMT';

/** The dates that are told when Slack answers so. */
const datesOf = async (answer: StubAnswer): Promise<(string | null)[]> => {
  const stub = await startSlackStub(() => ({ headers: { date: DATE }, ...answer }));
  used.push(stub.close);
  const dates: (string | null)[] = [];
  const options = {
    token: 'xoxb-test',
    apiUrl: stub.apiUrl,
    watch: () => (date: string | null) => void dates.push(date),
  };
  await askSlack(options)().catch(() => undefined);
  await slackWriter(options).profile('U0MINSEO01');
  await slackReader({ ...options, sleep: async () => {} })
    .members('C0TILCHAN1')
    .catch(() => undefined);
  return [...new Set(dates)];
};

test('each of Slack’s answers tells what time it is, a refusal as well', async () => {
  expect(await datesOf({ body: '{"ok":true}' })).toEqual([DATE]);
  expect(await datesOf({ body: '{"ok":false,"error":"invalid_auth"}' })).toEqual([DATE]);
});

test.each([
  ['a proxy’s page', { body: '<html>Sign in</html>' }],
  ['a gateway’s error', { status: 502, body: '' }],
  ['half an answer', { body: '{"ok":tr', cut: true }],
])('what is not Slack’s answer tells nothing: %s', async (_, answer) => {
  expect(await datesOf(answer)).toEqual([]);
});
