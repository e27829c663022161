import { SocketModeClient } from '@slack/socket-mode';
import { LogLevel } from '@slack/web-api';
import { afterEach, describe, expect, test } from 'vitest';
import { eventEnvelope, interactionEnvelope, sendOverSocket } from '../support/sandbox-socket.ts';
import { startSocketServer } from '../support/socket-server.ts';
import { asBot, payloadFile, payloadWorkspace, shapeOf } from './slack-payloads.ts';

type Json = Record<string, unknown>;

const channel = 'C0TILCHAN1';
let closers: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closers) await close();
  closers = [];
});

/** The payloads have tests of their own. */
const envelopeShape = ({ payload: _, ...envelope }: Json): unknown => shapeOf(envelope);

describe('over the socket', () => {
  test('50-53: envelopes are those of real ones', () => {
    const { workspace } = payloadWorkspace();
    const { ts } = workspace.post({ user: 'U0MINSEO01', channel, text: '글' });
    workspace.take();
    workspace.useShortcut({ user: 'U0ADMIN001', channel, ts, callbackId: 'post.accept' });
    workspace.command({ user: 'U0MINSEO01', channel, text: '/til 쉬어요' });
    workspace.openHome({ user: 'U0HAEUN001', tab: 'home' });
    const [shortcut, command] = workspace.takeInteractions().map(interactionEnvelope);
    const [opened] = workspace.take().map(({ payload }) => eventEnvelope(payload));
    for (const [ours, name] of [
      [shortcut, '50-socket-interactive'],
      [shortcut, '53-socket-interactive-shortcut'],
      [command, '51-socket-slash-command'],
      [opened, '52-socket-app-home-opened'],
    ] as const) {
      const real = payloadFile(name);
      expect(envelopeShape(ours as Json)).toEqual(envelopeShape(real));
      expect(ours).toMatchObject({ type: real['type'], accepts_response_payload: real['accepts_response_payload'] });
    }
    const {
      response_url: _url,
      trigger_id: _trigger,
      ...fields
    } = payloadFile<{ payload: Json }>('51-socket-slash-command').payload;
    expect(command?.payload).toMatchObject(fields);
  });

  test('54: Slack’s own client takes them, and its acknowledgement settles them, with an answer to a command', async () => {
    const server = await startSocketServer();
    closers.push(server.close);
    const client = new SocketModeClient({
      appToken: 'xapp-test',
      clientOptions: { slackApiUrl: server.apiUrl },
      logLevel: LogLevel.ERROR,
      autoReconnectEnabled: false,
    });
    closers.push(() => client.disconnect());
    const came: string[] = [];
    client.on('interactive', async ({ body, ack }: { body: { type: string }; ack: () => Promise<void> }) => {
      came.push(body.type);
      await ack();
    });
    client.on('slash_commands', async ({ body, ack }: { body: { text: string }; ack: (a: Json) => Promise<void> }) => {
      came.push(body.text);
      await ack({ text: '알겠어요' });
    });
    await client.start();

    const { workspace } = payloadWorkspace();
    const button = { type: 'button', action_id: 'a', text: { type: 'plain_text', text: 'x' } };
    const blocks = [{ type: 'actions', block_id: 'b', elements: [button] }];
    const { ts } = asBot(workspace, 'chat.postMessage', { channel, text: '주', blocks });
    workspace.press({ user: 'U0JIHO0001', channel, ts: String(ts), blockId: 'b', actionId: 'a' });
    workspace.command({ user: 'U0JIHO0001', channel, text: '/til 쉬어요' });
    expect(workspace.doings('U0JIHO0001')).toHaveLength(2);
    await sendOverSocket(workspace, server);
    expect(came).toEqual(['block_actions', '쉬어요']);
    expect(workspace.doings('U0JIHO0001')).toEqual([]);
    expect(workspace.hints('U0JIHO0001')).toMatchObject([{ text: '알겠어요' }]);
    const answered: Json = server.connections[0]?.heard.find((one) => 'payload' in one) ?? {};
    const { envelope_id, payload, ...rest } = answered;
    expect(shapeOf({ envelope_id })).toEqual(shapeOf(payloadFile('54-socket-acknowledgement')));
    expect(rest).toEqual({});
  });
});
