import { randomUUID } from 'node:crypto';
import type { Interaction } from '../../src/sandbox/outgoing.ts';
import type { Envelope } from '../../src/sandbox/shapes.ts';
import type { Workspace } from '../../src/sandbox/workspace.ts';
import type { startSocketServer } from './socket-server.ts';

/** An event as Socket Mode carries it. */
export const eventEnvelope = (payload: Envelope) => ({
  envelope_id: randomUUID(),
  payload,
  type: 'events_api',
  accepts_response_payload: false,
  retry_attempt: 0,
  retry_reason: '',
});

/** A press, a shortcut or a command as Socket Mode carries it: only a command may be answered at once. */
export const interactionEnvelope = ({ kind, payload }: Interaction) => ({
  envelope_id: randomUUID(),
  payload,
  type: kind,
  accepts_response_payload: kind === 'slash_commands',
});

/** Sends what is due in a workspace over the latest connection, and tells the workspace what was acknowledged. */
export const sendOverSocket = async (
  workspace: Workspace,
  server: Awaited<ReturnType<typeof startSocketServer>>,
): Promise<void> => {
  const connection = server.connections.at(-1);
  if (!connection) throw new Error('expected an open connection, got none');
  for (const { payload } of workspace.take()) connection.send(eventEnvelope(payload));
  const sent = workspace.takeInteractions().map((interaction) => ({
    id: interaction.id,
    envelope: interactionEnvelope(interaction),
  }));
  for (const { envelope } of sent) connection.send(envelope);
  const heard = (envelopeId: string) => connection.heard.find(({ envelope_id: id }) => id === envelopeId);
  await server.until(() => sent.every(({ envelope }) => heard(envelope.envelope_id) !== undefined));
  for (const { id, envelope } of sent) {
    const { payload } = heard(envelope.envelope_id) as { payload?: object };
    const answer = payload ? { contentType: 'application/json', body: JSON.stringify(payload) } : {};
    workspace.settle(id, { is: 'taken', ...answer });
  }
};
