import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { seeded } from '../../src/sandbox/seeded.ts';
import { sign, TOLERANCE_SECONDS, verifySignature } from '../../src/slack/verify.ts';
import { below, textWithFlippedBit, withFlippedBit } from '../support/random.ts';

// The example of docs.slack.dev/authentication/verifying-requests-from-slack.
const SECRET = '8f742231b10e8888abcd99yyyzzz85a5';
const TIMESTAMP = '1531420618';
const NOW = Number(TIMESTAMP);
const BODY = Buffer.from(
  'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar' +
    '&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=' +
    '&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN' +
    '&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c',
);
const HASH = 'a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503';
const SIGNATURE = `v0=${HASH}`;

const check = (fields: { timestamp?: unknown; signature?: unknown; body?: Uint8Array } = {}, now = NOW): boolean =>
  verifySignature({ timestamp: TIMESTAMP, signature: SIGNATURE, body: BODY, ...fields } as never, [SECRET], now);

/** Signs whatever stands in the timestamp's place, so that only its form can be at fault. */
const signedWith = (timestamp: string) => ({
  timestamp,
  signature: `v0=${createHmac('sha256', SECRET).update(`v0:${timestamp}:`).update(BODY).digest('hex')}`,
});

test("Slack's own example is right, and signing gives its signature", () => {
  expect(check()).toBe(true);
  expect(sign(SECRET, TIMESTAMP, BODY)).toBe(SIGNATURE);
});

describe('five minutes both ways', () => {
  test.each([
    [-TOLERANCE_SECONDS - 1, false],
    [-TOLERANCE_SECONDS - 0.001, false],
    [-TOLERANCE_SECONDS, true],
    [-1, true],
    [0, true],
    [299.999, true],
    [TOLERANCE_SECONDS, true],
    [TOLERANCE_SECONDS + 0.001, false],
    [TOLERANCE_SECONDS + 1, false],
    [86_400, false],
    [Number.NaN, false],
    [Number.POSITIVE_INFINITY, false],
  ])('a clock that is off by %d s: %s', (offset, expected) => {
    expect(check({}, NOW + offset)).toBe(expected);
  });
});

// Each is signed as it stands: a receiver that read it as a number, or trimmed it, would let it in.
const TIMESTAMPS = [
  '',
  '0',
  '1.5e9',
  '1531420618.0',
  '1531420618.5',
  '01531420618',
  '+1531420618',
  '-1531420618',
  ' 1531420618',
  '1531420618 ',
  '\t1531420618',
  '1531420618\n',
  '1531420618\r\n',
  '1531420618\0',
  '1531420618,1531420618',
  '1531420618, 1531420618',
  '1,531,420,618',
  '1531420618000',
  '153142061',
  '153142061８',
  '١٥٣١٤٢٠٦١٨',
  '0x5b47b84a',
  '0b1011011',
  '1_531_420_618',
  '1531420618n',
  '1531420618:',
  'NaN',
  'Infinity',
  'undefined',
  'null',
  'true',
  '[object Object]',
  '2018-07-12T18:36:58Z',
  'constructor',
  '9'.repeat(10_000),
];

const SIGNATURES = [
  '',
  'v0',
  'v0=',
  '=',
  HASH,
  `v1=${HASH}`,
  `V0=${HASH}`,
  `v00=${HASH}`,
  `v0:${HASH}`,
  `v0==${HASH}`,
  `v0= ${HASH}`,
  ` v0=${HASH}`,
  `v0=${HASH} `,
  `v0=${HASH}\n`,
  `v0=${HASH}\0`,
  `v0=${HASH.toUpperCase()}`,
  `v0=${HASH.slice(0, 63)}`,
  `v0=${HASH}0`,
  `v0=${HASH}=x`,
  `v0=${HASH},v0=${HASH}`,
  `v0=${HASH}, v0=${HASH}`,
  `v0=${'0'.repeat(64)}`,
  `v0=${'g'.repeat(64)}`,
  `v0=${'é'.repeat(64)}`,
  `v0=${'é'.repeat(32)}`,
  `v0=${Buffer.from(HASH, 'hex').toString('base64')}`,
  `v0=0x${HASH.slice(2)}`,
  `v0=${HASH.slice(0, 62)}\ud83d\ude00`,
  `v0=${'ａ'.repeat(64)}`,
  `${SIGNATURE};`,
  `v0=abc`,
  '__proto__',
  'v0='.repeat(10_000),
];

describe('malformed headers are refused and never throw', () => {
  test('there are more than 60 of them', () => {
    expect(TIMESTAMPS.length + SIGNATURES.length).toBeGreaterThan(60);
  });

  test.each(TIMESTAMPS.map((timestamp) => [JSON.stringify(timestamp).slice(0, 60), timestamp]))(
    'timestamp %s',
    (_name, timestamp) => {
      expect(check(signedWith(timestamp))).toBe(false);
    },
  );

  test.each(SIGNATURES.map((signature) => [JSON.stringify(signature).slice(0, 60), signature]))(
    'signature %s',
    (_name, signature) => {
      expect(check({ signature })).toBe(false);
    },
  );

  test('missing headers', () => {
    expect(check({ timestamp: undefined })).toBe(false);
    expect(check({ signature: undefined })).toBe(false);
  });
});

describe('secrets', () => {
  const signed = { timestamp: TIMESTAMP, signature: SIGNATURE, body: BODY };

  test('while one is rotated both are right, in either order; afterwards the old one is not', () => {
    const fresh = { ...signed, signature: sign('the next one', TIMESTAMP, BODY) };
    for (const both of [
      [SECRET, 'the next one'],
      ['the next one', SECRET],
    ]) {
      expect(verifySignature(signed, both, NOW)).toBe(true);
      expect(verifySignature(fresh, both, NOW)).toBe(true);
    }
    expect(verifySignature(signed, ['the next one'], NOW)).toBe(false);
    expect(verifySignature(fresh, ['the next one'], NOW)).toBe(true);
  });

  test('without a secret nothing is right, and an empty one opens nothing', () => {
    expect(verifySignature(signed, [], NOW)).toBe(false);
    const byNobody = { ...signed, signature: sign('', TIMESTAMP, BODY) };
    expect(verifySignature(byNobody, [''], NOW)).toBe(false);
    expect(verifySignature(byNobody, ['', SECRET], NOW)).toBe(false);
  });
});

test('the hash is over raw bytes: é, emoji and bytes that are no text pass', () => {
  for (const body of [
    Buffer.from('é 🔥 한글'),
    Buffer.from('é', 'latin1'),
    Buffer.from([0, 255, 254, 0]),
    Buffer.alloc(0),
  ]) {
    expect(check({ body, signature: sign(SECRET, TIMESTAMP, body) })).toBe(true);
  }
});

test('100,000 random single bits, turned over in body, timestamp, signature or secret, are all refused', () => {
  const random = seeded(20_240_805);
  const changes = [
    () =>
      verifySignature(
        { timestamp: TIMESTAMP, signature: SIGNATURE, body: withFlippedBit(BODY, below(random, BODY.length * 8)) },
        [SECRET],
        NOW,
      ),
    () =>
      verifySignature(
        { timestamp: textWithFlippedBit(TIMESTAMP, below(random, 80)), signature: SIGNATURE, body: BODY },
        [SECRET],
        NOW,
      ),
    () =>
      verifySignature(
        {
          timestamp: TIMESTAMP,
          signature: textWithFlippedBit(SIGNATURE, below(random, SIGNATURE.length * 8)),
          body: BODY,
        },
        [SECRET],
        NOW,
      ),
    () =>
      verifySignature(
        { timestamp: TIMESTAMP, signature: SIGNATURE, body: BODY },
        [textWithFlippedBit(SECRET, below(random, SECRET.length * 8))],
        NOW,
      ),
  ] as const;
  let accepted = 0;
  for (let run = 0; run < 100_000; run++) if (changes[run % 4]?.()) accepted += 1;
  expect(accepted).toBe(0);
});
