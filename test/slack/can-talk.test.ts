import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import { slackPorts } from '../../src/host/slack-ports.ts';
import { systemClock } from '../../src/setup/clock.ts';
import { createTalk } from '../../src/slack/can-talk.ts';
import { type StubAnswer, startSlackStub } from '../support/slack-stub.ts';

const used: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of used.splice(0)) await end();
});

const OLD = 'channels:history,chat:write';
const NEW = 'channels:history,chat:write,commands';

/** The ports to a Slack that answers so. */
const portsTo = async (answer: () => StubAnswer) => {
  const stub = await startSlackStub(answer);
  used.push(stub.close);
  const ports = slackPorts({ botToken: 'xoxb-test', signingSecrets: [], apiUrl: stub.apiUrl }, systemClock);
  return { ...ports, said: () => [ports.canTalk?.(), ports.needsReinstall?.()] };
};

const UNKNOWN = [false, false];
const CAN = [true, false];
const LACKS = [false, true];

test('any answer of Slack’s says whether the app was installed again, also a refusal; before one, nobody knows', async () => {
  let scopes = OLD;
  let body = '{"ok":true}';
  const { reader, writer, clockCheck, said } = await portsTo(() => ({ headers: { 'x-oauth-scopes': scopes }, body }));
  expect(said()).toEqual(UNKNOWN);
  await clockCheck?.look();
  expect(said()).toEqual(LACKS);
  scopes = NEW;
  body = '{"ok":false,"error":"user_not_found"}';
  await writer?.profile('U0MINSEO01');
  expect(said()).toEqual(CAN);
  scopes = OLD;
  await reader?.profile('U0MINSEO01').catch(() => undefined);
  expect(said()).toEqual(LACKS);
});

test('an answer without scopes, and what is no answer, changes nothing', async () => {
  let answer: StubAnswer = { headers: { 'x-oauth-scopes': NEW }, body: '{"ok":true}' };
  const { writer, said } = await portsTo(() => answer);
  await writer?.profile('U0MINSEO01');
  for (answer of [
    { body: '{"ok":true}' },
    { headers: { 'x-oauth-scopes': '' }, body: '{"ok":true}' },
    { headers: { 'x-oauth-scopes': OLD }, body: '<html>Sign in</html>' },
  ])
    await writer?.profile('U0MINSEO01');
  expect(said()).toEqual(CAN);
});

test('without a token nobody knows', () => {
  const { canTalk, needsReinstall } = slackPorts({ signingSecrets: [] }, systemClock);
  expect([canTalk, needsReinstall]).toEqual([undefined, undefined]);
});

test('the scope counts as a whole, wherever it stands', () => {
  const other = fc.constantFrom('chat:write', 'commands:write', 'my.commands', 'users:read');
  fc.assert(
    fc.property(fc.array(other), fc.array(other), fc.boolean(), (before, after, has) => {
      const talk = createTalk();
      talk.hear([...before, ...(has ? ['commands'] : []), ...after].join(', '));
      expect(talk.canTalk()).toBe(has);
      expect(talk.needsReinstall()).toBe(!has && before.length + after.length > 0);
    }),
  );
});
