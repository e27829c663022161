import { Refused } from '../events/errors.ts';
import type { Answer } from './shapes.ts';

/** How often a fault strikes: the next `count` times, or each time with a `probability`, or both; always when neither is given. */
interface Often {
  count?: number;
  probability?: number;
}

/** A Web API call that goes wrong. `after`: what was asked is done all the same. */
export type CallFault = Often & { methods?: string[] } & (
    | { kind: 'rate-limited' /** The header's value; null leaves it out. */; retryAfter?: number | string | null }
    | { kind: 'timeout' | 'reset' | 'http-500'; when: 'before' | 'after' }
    | { kind: 'error'; error: string; when: 'before' | 'after' }
  );

/** A delivery that goes wrong; `types` are those of the inner event. Times in ms. */
export type DeliveryFault = Often & { types?: string[] } & (
    | { kind: 'doubled'; newEventId?: boolean; copies?: number; afterMilliseconds?: number }
    | { kind: 'delayed'; byMilliseconds: number }
    | { kind: 'disordered'; withinMilliseconds: number }
    | { kind: 'dropped' | 'without-previous' }
  );

/** A new message that history and replies do not show yet. */
export type LagFault = Often & { kind: 'history-lag'; milliseconds: number };

/** One thing that goes wrong, as data. */
export type Fault = CallFault | DeliveryFault | LagFault;

/** The switch for everything that goes wrong. */
export interface Faults {
  add(...faults: Fault[]): void;
  /** Replaces all of them. */
  set(faults: Fault[]): void;
  clear(): void;
  /** Those still in force, with the counts that are left. */
  list(): Fault[];
  forCall(method: string): CallFault | undefined;
  forDelivery(type: string): DeliveryFault[];
  lagMilliseconds(): number;
  random(): number;
}

const CALL_KINDS = new Set(['rate-limited', 'timeout', 'reset', 'http-500', 'error']);
const DELIVERY_KINDS = new Set(['doubled', 'delayed', 'disordered', 'dropped', 'without-previous']);

const isCall = (fault: Fault): fault is CallFault => CALL_KINDS.has(fault.kind);
const isDelivery = (fault: Fault): fault is DeliveryFault => DELIVERY_KINDS.has(fault.kind);

/** A switch with nothing on; chance is the caller's. */
export const createFaults = (random: () => number): Faults => {
  let faults: Fault[] = [];
  const strikes = (fault: Fault): boolean => {
    if (fault.probability !== undefined && random() >= fault.probability) return false;
    if (fault.count === undefined) return true;
    fault.count -= 1;
    if (fault.count <= 0) faults = faults.filter((other) => other !== fault);
    return fault.count >= 0;
  };
  return {
    random,
    add: (...more) => void faults.push(...more.map((fault) => ({ ...fault }))),
    set: (next) => void (faults = next.map((fault) => ({ ...fault }))),
    clear: () => void (faults = []),
    list: () => faults.map((fault) => ({ ...fault })),
    forCall: (method) =>
      faults.filter(isCall).find((fault) => (fault.methods?.includes(method) ?? true) && strikes(fault)),
    forDelivery: (type) =>
      faults.filter(isDelivery).filter((fault) => (fault.types?.includes(type) ?? true) && strikes(fault)),
    lagMilliseconds: () =>
      faults
        .filter((fault) => fault.kind === 'history-lag')
        .filter(strikes)
        .reduce((longest, fault) => Math.max(longest, fault.milliseconds), 0),
  };
};

/** Whether the deed is done before the fault shows. */
export const isAfter = (fault: CallFault): boolean => fault.kind !== 'rate-limited' && fault.when === 'after';

/** What the caller sees of a fault. */
export const answerTo = (fault: CallFault): Answer => {
  switch (fault.kind) {
    case 'rate-limited': {
      const after = fault.retryAfter === undefined ? 1 : fault.retryAfter;
      return {
        status: 429,
        headers: after === null ? {} : { 'retry-after': String(after) },
        body: { ok: false, error: 'ratelimited' },
      };
    }
    case 'timeout':
    case 'reset':
      return { status: 504, body: { ok: false, error: 'request_timeout' }, lost: fault.kind };
    case 'http-500':
      return { status: 500, body: { ok: false, error: 'internal_error' } };
    case 'error':
      return { status: 200, body: { ok: false, error: fault.error } };
  }
};

/** Reads faults that came over HTTP; says which one is wrong and why. */
export const parseFaults = (value: unknown): Fault[] => {
  if (!Array.isArray(value)) throw new Refused('faults: expected a list, got something else, in POST /sandbox/faults');
  return value.map((fault, index) => {
    const problem = problemWith(fault as Record<string, unknown>);
    if (problem) throw new Refused(`faults[${index}]: ${problem}, in POST /sandbox/faults`);
    return fault as Fault;
  });
};

const problemWith = (fault: Record<string, unknown> | null): string | undefined => {
  const kind = String(fault?.['kind']);
  const isNumber = (name: string): boolean => Number.isFinite(fault?.[name]);
  if (kind !== 'history-lag' && !CALL_KINDS.has(kind) && !DELIVERY_KINDS.has(kind)) return `unknown kind ${kind}`;
  for (const name of ['count', 'probability']) {
    if (fault?.[name] !== undefined && !isNumber(name)) return `expected a number as ${name}`;
  }
  const when = fault?.['when'];
  if (CALL_KINDS.has(kind) && kind !== 'rate-limited' && when !== 'before' && when !== 'after')
    return 'expected when: before or after';
  if (kind === 'error' && typeof fault?.['error'] !== 'string') return 'expected an error code';
  const measure = { 'history-lag': 'milliseconds', delayed: 'byMilliseconds', disordered: 'withinMilliseconds' }[kind];
  return measure && !isNumber(measure) ? `expected a number as ${measure}` : undefined;
};
