import { sign } from '../../src/slack/verify.ts';

export const SECRET = 'the signing secret of the tests';

/** The headers that Slack sends with a body. */
export const signedHeaders = (
  body: string | Uint8Array,
  seconds: number = Math.floor(Date.now() / 1000),
  secret: string = SECRET,
): Record<string, string> => ({
  'content-type': 'application/json',
  'x-slack-request-timestamp': String(seconds),
  'x-slack-signature': sign(secret, String(seconds), body),
});
