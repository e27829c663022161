import { createHmac, timingSafeEqual } from 'node:crypto';

/** Slack's own rule: a request older, or newer, than this may be a replay. */
export const TOLERANCE_SECONDS = 300;

const TIMESTAMP = /^\d{10}$/;
const SIGNATURE = /^v0=[0-9a-f]{64}$/;

/** What is needed to verify a request; header values as they came. */
export interface SignedRequest {
  timestamp: string | undefined;
  signature: string | undefined;
  body: Uint8Array;
}

/**
 * Says whether Slack signed these bytes: HMAC-SHA256 of `v0:<timestamp>:<raw body>` with one of the secrets, within five minutes both
 * ways, compared in constant time. Never throws. (docs.slack.dev/authentication/verifying-requests-from-slack)
 */
export const verifySignature = (
  { timestamp, signature, body }: SignedRequest,
  secrets: readonly string[],
  nowSeconds: number,
): boolean => {
  if (!timestamp || !TIMESTAMP.test(timestamp) || !signature || !SIGNATURE.test(signature)) return false;
  if (!(Math.abs(nowSeconds - Number(timestamp)) <= TOLERANCE_SECONDS)) return false; // Also when the clock gives no number.
  const given = Buffer.from(signature);
  let right = false;
  for (const secret of secrets) {
    if (secret === '') continue; // Anybody can sign with an empty secret.
    if (timingSafeEqual(Buffer.from(sign(secret, timestamp, body)), given)) right = true;
  }
  return right;
};

/** The signature that Slack would send with these bytes. */
export const sign = (secret: string, timestamp: string, body: Uint8Array | string): string =>
  `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:`).update(body).digest('hex')}`;
