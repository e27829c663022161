import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { S3Objects } from './s3-objects.ts';
import {
  type Answer,
  attemptsOf,
  perform,
  readRequest,
  type S3Attempt,
  type S3Operation,
  type S3Policy,
} from './s3-operations.ts';
import { document, element, S3Failure } from './s3-wire.ts';

/**
 * What may go wrong with a request. `-before`: nothing was done; `-after`: it was done all the same.
 * `timeout-*`: no answer ever comes. `reset-*`: the connection breaks instead of an answer. `cut`: it breaks halfway through
 * the answer. `garbled`: a bit of the body flips while the checksum stays. `truncated`: a shorter body that claims to be whole.
 */
export type S3Fault =
  | 'slow-down'
  | 'internal-before'
  | 'internal-after'
  | 'conflict'
  | 'forbidden'
  | 'timeout-before'
  | 'timeout-after'
  | 'reset-before'
  | 'reset-after'
  | 'cut'
  | 'garbled'
  | 'truncated';

/** A fault for the next `times` (default 1) matching requests, after `skip` (default 0) of them went well. */
interface PlannedFault {
  fault: S3Fault;
  operation?: S3Operation;
  key?: RegExp;
  times?: number;
  skip?: number;
}

/** Requests and body bytes (in: to the server, out: from it) per operation. */
type S3Counters = Record<S3Operation, { requests: number; bytesIn: number; bytesOut: number }>;

/** `deletable` lets deletes through, which are refused otherwise to all but the eraser; `versioned` buckets keep all versions. */
export interface S3ServerOptions {
  buckets?: string[];
  policies?: Record<string, S3Policy>;
  deletable?: boolean;
  versioned?: boolean;
  /** Whether somebody, known by their access key, may do something: policies, enforced. */
  authorize?: (who: string, attempt: S3Attempt) => boolean;
}

/** The access key by which the eraser's role is known here. */
export const ERASER = 'eraser';

/** A running server. `objects(bucket)` looks inside without a request. */
export interface S3Server {
  url: string;
  port: number;
  faults: { add(...planned: PlannedFault[]): void; clear(): void; readonly left: number };
  counters: S3Counters;
  objects(bucket: string): S3Objects;
  createBucket(name: string): void;
  /** The variables that point the AWS SDK here. */
  environment: Record<string, string>;
  close(): Promise<void>;
}

const failures: Partial<Record<S3Fault, [number, string, string]>> = {
  'slow-down': [503, 'SlowDown', 'Please reduce your request rate.'],
  'internal-before': [500, 'InternalError', 'We encountered an internal error. Please try again.'],
  'internal-after': [500, 'InternalError', 'We encountered an internal error. Please try again.'],
  conflict: [
    409,
    'ConditionalRequestConflict',
    'A conflicting operation occurred. If using PutObject you can retry the request.',
  ],
  forbidden: [403, 'AccessDenied', 'Access Denied'],
};

/** Starts an S3 of the few operations the project uses, with the exact status codes and order of the real one, on loopback. */
export const startS3Server = async ({
  buckets = ['til'],
  policies = {},
  deletable = false,
  versioned = false,
  authorize,
}: S3ServerOptions = {}): Promise<S3Server> => {
  const stored = new Map(buckets.map((name) => [name, new S3Objects(versioned)]));
  const counters = emptyCounters();
  let planned: Required<PlannedFault>[] = [];

  const bucketNamed = (name: string) => {
    const found = stored.get(name);
    if (!found) throw new S3Failure(404, 'NoSuchBucket', 'The specified bucket does not exist');
    return found;
  };

  const takeFault = (operation: S3Operation, key: string): S3Fault | undefined => {
    const next = planned.find((fault) => fault.operation === operation && fault.key.test(key) && fault.times > 0);
    if (!next) return undefined;
    if (next.skip > 0) {
      next.skip--;
      return undefined;
    }
    next.times--;
    return next.fault;
  };

  const serve = async (incoming: IncomingMessage, response: ServerResponse) => {
    const request = await readRequest(incoming);
    const counter = counters[request.operation];
    counter.requests++;
    counter.bytesIn += request.body.length;
    const fault = takeFault(request.operation, request.key);
    if (fault === 'timeout-before') return;
    if (fault === 'reset-before') return void incoming.socket.destroy();
    if (fault && failures[fault] && fault !== 'internal-after') throw new S3Failure(...failures[fault]);
    const isEraser = request.headers.authorization?.includes(`Credential=${ERASER}/`) === true;
    const who = /Credential=([^/]+)\//.exec(request.headers.authorization ?? '')?.[1] ?? '';
    const isAllowed = authorize && ((attempt: S3Attempt) => authorize(who, attempt));
    const denied = isAllowed && attemptsOf(request).find((attempt) => !isAllowed(attempt));
    if (denied) throw new S3Failure(403, 'AccessDenied', `${who} is not authorized to perform ${denied.action}`);
    const rules = { policy: policies[request.bucket], deletable: deletable || isEraser, isAllowed };
    const answer = perform(bucketNamed(request.bucket), request, rules);
    if (request.operation === 'DeleteBucket') stored.delete(request.bucket);
    if (fault === 'timeout-after') return;
    if (fault === 'reset-after') return void incoming.socket.destroy();
    if (fault === 'internal-after' && failures[fault]) throw new S3Failure(...failures[fault]);
    counter.bytesOut += send(response, answer, fault);
  };

  const server = createServer((incoming, response) => {
    serve(incoming, response).catch((error: unknown) => send(response, explain(error, incoming.url ?? '')));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;

  return {
    url,
    port,
    counters,
    objects: bucketNamed,
    createBucket: (name) => void stored.set(name, new S3Objects(versioned)),
    faults: {
      add(...more) {
        for (const { operation, ...fault } of more) {
          const operations = operation ? [operation] : (Object.keys(counters) as S3Operation[]);
          for (const each of operations) planned.push({ key: /^/, times: 1, skip: 0, ...fault, operation: each });
        }
      },
      clear() {
        planned = [];
      },
      get left() {
        return planned.reduce((sum, { times }) => sum + times, 0);
      },
    },
    environment: {
      AWS_ENDPOINT_URL_S3: url,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

const emptyCounters = (): S3Counters => {
  const zero = () => ({ requests: 0, bytesIn: 0, bytesOut: 0 });
  return {
    GetObject: zero(),
    HeadObject: zero(),
    PutObject: zero(),
    DeleteObject: zero(),
    DeleteObjects: zero(),
    ListObjectsV2: zero(),
    ListObjectVersions: zero(),
    DeleteBucket: zero(),
  };
};

const explain = (error: unknown, path: string): Answer => {
  const { status, code, message } =
    error instanceof S3Failure ? error : new S3Failure(500, 'InternalError', `${error}`);
  const body = document(
    element('Error', element('Code', code), element('Message', message), element('Resource', path)),
  );
  return { status, headers: { 'Content-Type': 'application/xml' }, body };
};

/** Sends the answer, damaged if the fault says so, and gives the length of its body. */
const send = (response: ServerResponse, { status, headers = {}, body = '' }: Answer, fault?: S3Fault): number => {
  let bytes = Buffer.from(body);
  if (fault === 'garbled') bytes = Buffer.from(bytes.map((byte, index) => (index === 0 ? byte ^ 1 : byte)));
  if (fault === 'truncated') bytes = bytes.subarray(0, Math.floor(bytes.length / 2));
  const present = Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined)) as Record<
    string,
    string
  >;
  // 204 and answers to HEAD carry no body; S3 gives everything else a length.
  const length = status === 204 || present['Content-Length'] ? {} : { 'Content-Length': `${bytes.length}` };
  response.writeHead(status, { 'x-amz-request-id': 'test', ...present, ...length });
  if (fault !== 'cut') response.end(bytes);
  else response.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => response.socket?.destroy());
  return bytes.length;
};
