import { Unavailable } from '../../src/events/errors.ts';
import { type IngestRequest, ingest } from '../../src/host/ingest.ts';
import type { Queue } from '../../src/queue/queue.ts';
import type { Envelope } from '../../src/sandbox/shapes.ts';
import type { Workspace } from '../../src/sandbox/workspace.ts';
import type { Clock } from '../../src/setup/clock.ts';
import type { ClockCheck } from '../../src/setup/clock-check.ts';
import { sign } from '../../src/slack/verify.ts';
import { type Ground, ring, type Station } from './process.ts';

export const SECRET = 'the signing secret of the simulation';
const encoder = new TextEncoder();

/** What Slack handed out, and what became of it. */
export interface Post {
  /** Inner events that Slack tried to deliver, in order, and whether they were ever answered 200. */
  handedOut: { payload: Envelope; acknowledged: boolean }[];
  malformed: number;
  /** Requests that should have been refused and were not. */
  accepted: string[];
  open: number;
}

export interface Front {
  post: Post;
  /** Looks whether Slack has something to deliver, now or later. */
  moved(): void;
  /** A request that Slack did not send, or not now. */
  attack(kind: Attack, payload: unknown): void;
  outageUntil: number;
}

/** Requests that must be refused, and one that must be kept: signed, but no JSON. */
export type Attack = 'unsigned' | 'another secret' | 'another body' | 'too old' | 'too new' | 'malformed';

/** Who listens: its clock, and what it knows of how far that is off. */
export interface Door {
  clock: Clock;
  clockCheck?: ClockCheck | undefined;
  /** Whether it goes by Slack's time, to the second. */
  exact: boolean;
}

export interface FrontOptions {
  workspace: Workspace;
  station: Station;
  ground: Ground;
  /** Who listens now, and by which clock; undefined when nobody does. */
  door: () => Door | undefined;
  /** Lets a mutant change what the front door puts, or what it is asked. */
  throughQueue?: (put: Queue['put']) => Queue['put'];
  disguise?: (request: IngestRequest, nowSeconds: number) => IngestRequest;
}

/** As long as Slack waits for an answer. */
const PATIENCE_MILLISECONDS = 3_000;
const RETRY_SECONDS = [0, 60, 300, ...Array.from({ length: 24 }, () => 3600)];

/** Slack's side of the events address, and the real front door behind it. */
export const createFront = ({ workspace, station, ground, door, throughQueue, disguise }: FrontOptions): Front => {
  const { timeline, faults, random } = ground;
  let wakeAt = Number.POSITIVE_INFINITY;

  const put: Queue['put'] = async (jobs) => {
    await timeline.wait(1 + random() * 5);
    if (faults.strikes('queue: not put')) throw new Unavailable('queue: not put');
    await station.queue.put(jobs);
    await ring(station);
    if (faults.strikes('queue: put, answer lost')) throw new Unavailable('queue: put, answer lost');
  };
  const queue = { put: throughQueue ? throughQueue(put) : put };

  const request = async (body: Uint8Array, timestamp: string, signature: string): Promise<number | undefined> => {
    await timeline.wait(5 + random() * 300);
    const listening = door();
    if (!listening || timeline.now() < front.outageUntil) {
      faults.count('delivery refused by an outage');
      return undefined;
    }
    const { clock, clockCheck } = listening;
    const headers = { 'x-slack-request-timestamp': timestamp, 'x-slack-signature': signature };
    const asked = { method: 'POST', headers, body };
    const seconds = Math.floor(clock.now() / 1000);
    const ports = { queue, clock, clockCheck, secrets: [SECRET] };
    const answer = await Promise.race([
      ingest(disguise ? disguise(asked, seconds) : asked, ports),
      timeline.wait(PATIENCE_MILLISECONDS).then(() => undefined), // It may die meanwhile.
    ]);
    if (!answer) return undefined;
    if (![200, 400, 401, 413, 503].includes(answer.status)) front.post.accepted.push(`status ${answer.status}`);
    return answer.status;
  };

  const deliver = async (payload: Envelope): Promise<void> => {
    const body = encoder.encode(JSON.stringify(payload));
    const entry = { payload, acknowledged: false };
    front.post.handedOut.push(entry);
    front.post.open += 1;
    for (const seconds of [0, ...RETRY_SECONDS]) {
      if (seconds > 0) await timeline.wait(seconds * 1000);
      const timestamp = String(Math.floor(timeline.now() / 1000));
      const status = await request(body, timestamp, sign(SECRET, timestamp, body));
      if (faults.strikes('front door died before it answered')) continue;
      if (status !== 200) continue;
      entry.acknowledged = true;
      if (!faults.strikes('acknowledgement lost')) break;
    }
    front.post.open -= 1;
  };

  const take = (): void => {
    wakeAt = Number.POSITIVE_INFINITY;
    for (const { payload } of workspace.take()) timeline.start(() => deliver(payload));
    moved();
  };

  const moved = (): void => {
    const next = workspace.nextAt();
    if (next === undefined || next >= wakeAt) return;
    wakeAt = next;
    timeline.at(Math.max(next, timeline.now()), take);
  };

  const front: Front = {
    post: { handedOut: [], malformed: 0, accepted: [], open: 0 },
    outageUntil: 0,
    moved,
    attack: (kind, payload) =>
      timeline.start(async () => {
        const body = encoder.encode(kind === 'malformed' ? '{"type":' : JSON.stringify(payload));
        const seconds = Math.floor(timeline.now() / 1000);
        const far = door()?.exact ? 302 : 1500; // Beyond the window, however the clock of the front door is off.
        const stamp = String(seconds + (kind === 'too old' ? -far : kind === 'too new' ? far : 0));
        const signed = kind === 'another body' ? encoder.encode('{}') : body;
        const signature =
          kind === 'unsigned' ? '' : sign(kind === 'another secret' ? 'guessed' : SECRET, stamp, signed);
        const status = await request(body, stamp, signature);
        if (kind === 'malformed' && status === 200) front.post.malformed += 1;
        if (kind !== 'malformed' && status === 200) front.post.accepted.push(kind);
      }),
  };
  return front;
};
