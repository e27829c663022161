import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import { CHROMIUM, QUIET } from '../test/support/chromium.ts';

// A phone: Chromium with its main thread slowed down, behind a slow network. It is steered by as little of its protocol as can be: once a
// debugger watches the network (as Playwright always does), the page's code is parsed a second time so that each request can name its line.

/** A network: milliseconds to and fro, and bytes a second. */
export interface Network {
  roundTrip: number;
  bytesPerSecond: number;
}

/** What is in front of a server when it is reached through a network. */
export interface Reached {
  address: string;
  close(): void;
}

/** Puts a network in front of a server: each answer waits for a round trip, and then for its turn on the line. */
export const reach = async (server: string, { roundTrip, bytesPerSecond }: Network): Promise<Reached> => {
  let freeAt = 0;
  const answer = async (asked: IncomingMessage, response: ServerResponse): Promise<void> => {
    const way = wait(roundTrip);
    const options = { path: asked.url, headers: asked.headers };
    const got = await new Promise<IncomingMessage>((done) => request(server, options, done).end());
    const body = await buffer(got);
    await way;
    const { 'transfer-encoding': _, ...headers } = got.headers;
    response.writeHead(got.statusCode ?? 500, { ...headers, 'content-length': body.length }).flushHeaders();
    const now = performance.now();
    freeAt = Math.max(freeAt, now) + (1000 * body.length) / bytesPerSecond;
    await wait(freeAt - now);
    response.end(body);
  };
  const http = createServer((asked, response) => void answer(asked, response));
  await new Promise<void>((ready) => http.listen(0, '127.0.0.1', ready));
  return {
    address: `http://127.0.0.1:${(http.address() as AddressInfo).port}/`,
    close: () => {
      http.close();
      http.closeAllConnections();
    },
  };
};

/** A Chromium that is used as a phone. */
export interface Phone {
  /** What the expression comes to in an empty page at that slowdown (1: none). */
  evaluate(expression: string, slowdown: number): Promise<unknown>;
  /** What the expression comes to in a page that is opened cold, `script` having run before the page's own. */
  open(address: string, script: string, expression: string, slowdown: number): Promise<unknown>;
  close(): Promise<void>;
}

/** Options that let a page run at full speed though no window shows it. */
const AWAKE = ['--disable-renderer-backgrounding', '--disable-backgrounding-occluded-windows'];
const SIZE = { width: 390, height: 844 };

/** Starts Chromium, Korean and with nothing in its caches. */
export const startPhone = async (): Promise<Phone> => {
  const folder = mkdtempSync(join(tmpdir(), 'til-phone-'));
  const options = [...QUIET, ...AWAKE, '--headless=new', '--accept-lang=ko-KR,ko', '--remote-debugging-port=0'];
  const child = spawn(CHROMIUM, [...options, `--user-data-dir=${folder}`], { stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = new Promise((done) => child.once('exit', done));
  const call = await connect(
    await new Promise<string>((found) => {
      let said = '';
      child.stderr.on('data', (text: Buffer) => {
        said += text;
        const address = /ws:\/\/\S+/.exec(said)?.[0];
        if (address) found(address);
      });
    }),
  );
  const inPage = async <Result>(slowdown: number, deed: (call: Call) => Promise<Result>): Promise<Result> => {
    const { browserContextId } = await call<{ browserContextId: string }>('Target.createBrowserContext');
    const page = { url: 'about:blank', browserContextId, ...SIZE };
    const { targetId } = await call<{ targetId: string }>('Target.createTarget', page);
    const { sessionId } = await call<{ sessionId: string }>('Target.attachToTarget', { targetId, flatten: true });
    const ofPage: Call = (method, given) => call(method, given, sessionId);
    await ofPage('Emulation.setDeviceMetricsOverride', { ...SIZE, deviceScaleFactor: 1, mobile: false });
    await ofPage('Emulation.setCPUThrottlingRate', { rate: slowdown });
    const result = await deed(ofPage);
    await call('Target.disposeBrowserContext', { browserContextId });
    return result;
  };
  const evaluate = async (ofPage: Call, expression: string): Promise<unknown> =>
    (await ofPage<{ result: { value: unknown } }>('Runtime.evaluate', { expression, awaitPromise: true })).result.value;
  return {
    evaluate: (expression, slowdown) => inPage(slowdown, (ofPage) => evaluate(ofPage, expression)),
    open: (address, script, expression, slowdown) =>
      inPage(slowdown, async (ofPage) => {
        await ofPage('Page.enable');
        await ofPage('Page.addScriptToEvaluateOnNewDocument', { source: script });
        await ofPage('Page.navigate', { url: address });
        return evaluate(ofPage, expression);
      }),
    close: async () => {
      child.kill();
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

type Call = <Result>(method: string, given?: object, sessionId?: string) => Promise<Result>;

/** Chromium's protocol over a WebSocket: a call is answered by its number. */
const connect = async (address: string): Promise<Call> => {
  const socket = new WebSocket(address);
  const waiting = new Map<number, (answer: { result?: unknown; error?: { message: string } }) => void>();
  socket.onmessage = ({ data }) => {
    const answer = JSON.parse(String(data));
    waiting.get(answer.id)?.(answer);
    waiting.delete(answer.id);
  };
  await new Promise((open) => (socket.onopen = open));
  let id = 0;
  return <Result>(method: string, params: object = {}, sessionId?: string) =>
    new Promise<Result>((done, fail) => {
      waiting.set(++id, ({ result, error }) =>
        error ? fail(new Error(`${method}: ${error.message}`)) : done(result as Result),
      );
      socket.send(JSON.stringify({ id, method, params, sessionId }));
    });
};
