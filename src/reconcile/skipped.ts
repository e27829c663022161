import { Refused } from '../events/errors.ts';

/** One thing that could not be read or taken in: it is named and counted, and the rest goes on. */
export interface Skipped {
  /** A key, or what of Slack it is; never a text. */
  what: string;
  reason: string;
}

/** Notes what is skipped, each thing once. */
export const noteSkipped =
  (skipped: Skipped[]) =>
  (what: string, reason: string): void => {
    if (!skipped.some((known) => known.what === what)) skipped.push({ what, reason });
  };

/** What Slack says of a channel or of the token, and not of one message in it. */
const OF_ALL = new Set([
  'access_denied',
  'account_inactive',
  'channel_not_found',
  'ekm_access_denied',
  'invalid_auth',
  'missing_scope',
  'no_permission',
  'not_allowed_token_type',
  'not_authed',
  'not_in_channel',
  'org_login_required',
  'team_access_not_granted',
  'token_expired',
  'token_revoked',
]);

/** Whether Slack refused one message or thread alone, such as one that was deleted at this moment. */
export const isOfOne = (error: unknown): error is Refused =>
  error instanceof Refused && !OF_ALL.has(String(error.cause));
