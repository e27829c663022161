import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request that the sandbox made to the app. */
export interface Received {
  headers: IncomingHttpHeaders;
  body: string;
  json: { type: string; event_id?: string; challenge?: string; event: { type: string; [field: string]: unknown } };
}

/** An app's address for events that notes what comes; `respond` gives the status, or undefined for no answer at all. */
export const startApp = async (respond: (received: Received, number: number) => number | undefined = () => 200) => {
  const received: Received[] = [];
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8');
      const one: Received = { headers: request.headers, body, json: JSON.parse(body) };
      received.push(one);
      const status = respond(one, received.length);
      if (status === undefined) return;
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ challenge: one.json.challenge }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    received,
    eventsUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/slack/events`,
    close: async (): Promise<void> => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};
