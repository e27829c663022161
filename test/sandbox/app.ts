import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request that the sandbox made to the app. */
export interface Received {
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
  /** An event; of a form, no field is there. */
  json: { type: string; event_id?: string; challenge?: string; event: { type: string; [field: string]: unknown } };
  /** A form's fields. */
  form: Record<string, string>;
}

/** A status, or a whole answer. */
type Response = number | { status: number; body: string; contentType?: string };

/** An app's addresses that note what comes; `respond` gives the answer, or undefined for none at all. */
export const startApp = async (respond: (received: Received, number: number) => Response | undefined = () => 200) => {
  const received: Received[] = [];
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const one = receivedFrom(request.url ?? '', request.headers, Buffer.concat(chunks).toString('utf8'));
      received.push(one);
      const answer = respond(one, received.length);
      if (answer === undefined) return;
      const isForm = one.headers['content-type'] !== 'application/json';
      const body =
        typeof answer === 'object' ? answer.body : isForm ? '' : JSON.stringify({ challenge: one.json.challenge });
      const contentType = typeof answer === 'object' ? answer.contentType : undefined;
      response.writeHead(typeof answer === 'object' ? answer.status : answer, {
        'content-type': contentType ?? 'application/json',
      });
      response.end(body);
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

const receivedFrom = (path: string, headers: IncomingHttpHeaders, body: string): Received => {
  const isForm = headers['content-type'] !== 'application/json';
  return {
    path,
    headers,
    body,
    json: isForm ? { type: '', event: { type: '' } } : JSON.parse(body),
    form: isForm ? Object.fromEntries(new URLSearchParams(body)) : {},
  };
};
