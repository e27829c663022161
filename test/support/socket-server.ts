import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { text as textOf } from 'node:stream/consumers';

/** One connection as the server has it. */
export interface ServedConnection {
  send(message: object | string): void;
  /** Ends it as Slack does. */
  end(): void;
  /** What the client has said, parsed. */
  heard: { envelope_id?: string }[];
  isOpen: boolean;
}

/** Slack's side of Socket Mode on loopback: `apps.connections.open`, and a WebSocket that says hello. */
export const startSocketServer = async () => {
  const connections: ServedConnection[] = [];
  const tokens: (string | undefined)[] = [];
  const answers: { path: string; text: string }[] = [];
  const waiting = new Set<() => void>();
  const served = { error: undefined as string | undefined, status: 200, hello: true };
  const changed = (): void => {
    for (const look of waiting) look();
  };
  const takeAnswer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    answers.push({ path: request.url ?? '', text: (JSON.parse(await textOf(request)) as { text: string }).text });
    response.end('ok');
    changed();
  };
  const server = createServer((request, response) => {
    tokens.push(request.headers.authorization);
    if (!request.url?.startsWith('/api/')) return void takeAnswer(request, response);
    const { port } = server.address() as AddressInfo;
    const answer = served.error
      ? { ok: false, error: served.error }
      : { ok: true, url: `ws://127.0.0.1:${port}/link/?ticket=${tokens.length}` };
    response.writeHead(served.status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer));
    changed();
  });
  server.on('upgrade', (request, socket: Socket) => {
    socket.on('error', () => {});
    const accept = createHash('sha1').update(`${request.headers['sec-websocket-key']}${GUID}`).digest('base64');
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    );
    const connection = connectionOn(socket, changed);
    connections.push(connection);
    if (served.hello)
      connection.send({ type: 'hello', num_connections: connections.filter(({ isOpen }) => isOpen).length });
    changed();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  return {
    apiUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/`,
    connections,
    /** The tokens with which connections were asked for. */
    tokens,
    /** The answers to people, in order: this server is their host too. */
    answers,
    served,
    /** Resolves when it is so; only what happens here is waited for. */
    until: (isSo: () => boolean): Promise<void> =>
      new Promise((resolve) => {
        const look = (): void => {
          if (!isSo()) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
    close: async (): Promise<void> => {
      for (const connection of connections) connection.end();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const [TEXT, CLOSE, PING, PONG] = [1, 8, 9, 10];

const connectionOn = (socket: Socket, changed: () => void): ServedConnection => {
  const connection: ServedConnection = {
    heard: [],
    isOpen: true,
    send: (message) => socket.write(frame(TEXT, typeof message === 'string' ? message : JSON.stringify(message))),
    end: () => {
      if (!socket.destroyed) socket.end(frame(CLOSE, ''));
    },
  };
  let buffered: Buffer = Buffer.alloc(0);
  socket.on('data', (chunk) => {
    buffered = Buffer.concat([buffered, chunk]);
    for (let read = readFrame(buffered); read; read = readFrame(buffered)) {
      buffered = read.rest;
      if (read.opcode === TEXT) connection.heard.push(JSON.parse(read.text));
      if (read.opcode === PING) socket.write(frame(PONG, read.text));
      if (read.opcode === CLOSE) connection.isOpen = false; // Slack leaves the TCP connection open then.
    }
    changed();
  });
  socket.on('close', () => {
    connection.isOpen = false;
    changed();
  });
  return connection;
};

/** A frame of the server's (RFC 6455, 5.2): whole, and not masked. */
const frame = (opcode: number, text: string): Buffer => {
  const payload = Buffer.from(text);
  const long = payload.length > 125;
  const header = Buffer.alloc(long ? 4 : 2);
  header[0] = 0x80 | opcode;
  header[1] = long ? 126 : payload.length;
  if (long) header.writeUInt16BE(payload.length, 2);
  return Buffer.concat([header, payload]);
};

/** The first frame of a client's, which is masked; undefined when it is not all there yet. */
const readFrame = (bytes: Buffer): { opcode: number; text: string; rest: Buffer } | undefined => {
  if (bytes.length < 2) return undefined;
  const isLong = ((bytes[1] as number) & 0x7f) === 126;
  const start = isLong ? 8 : 6;
  if (bytes.length < start) return undefined;
  const length = isLong ? bytes.readUInt16BE(2) : (bytes[1] as number) & 0x7f;
  if (bytes.length < start + length) return undefined;
  const mask = bytes.subarray(start - 4, start);
  const payload = bytes.subarray(start, start + length).map((byte, index) => byte ^ (mask[index % 4] as number));
  return {
    opcode: (bytes[0] as number) & 0x0f,
    text: Buffer.from(payload).toString('utf8'),
    rest: bytes.subarray(start + length),
  };
};
