import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One answer of the stub: its body as it goes over the wire. `cut` breaks the connection in the middle of it. */
export interface StubAnswer {
  status?: number;
  headers?: Record<string, string>;
  body: string;
  cut?: boolean;
}

/** A call as the stub heard it. */
export interface StubCall {
  method: string;
  arguments: Record<string, string>;
}

/** A Slack that says what a test tells it to, word by word: what the sandbox, which behaves, never would. */
export const startSlackStub = async (answer: (call: StubCall) => StubAnswer) => {
  const calls: StubCall[] = [];
  const server = createServer(async (request, response) => {
    const call = {
      method: (request.url ?? '').replace('/api/', ''),
      arguments: Object.fromEntries(new URLSearchParams(await textOf(request))),
    };
    calls.push(call);
    const { status = 200, headers = {}, body, cut } = answer(call);
    const length = cut ? { 'content-length': String(body.length + 100) } : {};
    response.writeHead(status, { 'content-type': 'application/json', ...length, ...headers });
    if (!cut) return void response.end(body);
    response.write(body, () => request.socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    apiUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/`,
    calls,
    close: async (): Promise<void> => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

const textOf = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
};
