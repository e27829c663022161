import { keys } from '../pipeline/keys.ts';
import type { Seen } from '../pipeline/seen.ts';
import type { Challenge } from '../projections/challenge.ts';
import { TALKING_SCOPE } from '../slack/can-talk.ts';
import { probeHome } from '../slack/home-probe.ts';
import type { Reader } from '../slack/reader.ts';
import type { TransportOptions } from '../slack/transport.ts';
import type { Bucket } from '../store/bucket.ts';
import { readDocument } from '../store/documents.ts';
import type { Finding } from './doctor.ts';

type Found = Omit<Finding, 'what'>;

/** The way to every new right and setting of the app. */
const AGAIN = 'put what "til manifest" prints under "App Manifest" of the app, and install the app again';

/** Whether people can press and type, by the scopes of the token. Without, all else goes on as it did: so that is not wrong. */
export const lookAtTalk = async (reader: Pick<Reader, 'whoAmI'>): Promise<Found> => {
  const { scopes } = await reader.whoAmI();
  if (scopes.length === 0) return { ok: undefined, says: 'Slack did not say which scopes the token has' };
  if (scopes.includes(TALKING_SCOPE)) return { ok: true, says: `has the scope ${TALKING_SCOPE}` };
  return {
    ok: undefined,
    says: `lacks the scope ${TALKING_SCOPE}, so nobody can press or type anything, and all else goes on: ${AGAIN}`,
  };
};

/** Whether the app has a Home tab: an admin gets a sentence there, which the next opening of the tab replaces. */
export const lookAtHome = async (
  slack: TransportOptions,
  challenges: readonly Pick<Challenge, 'admins' | 'locale'>[],
): Promise<Found> => {
  const challenge = challenges.find(({ admins }) => admins.length > 0);
  const [admin] = challenge?.admins ?? [];
  if (!challenge || !admin)
    return { ok: undefined, says: 'no admin is configured in whose Home tab it could be tried' };
  const came = await probeHome(slack, admin, challenge.locale);
  if (came === 'shown') return { ok: true, says: 'is on' };
  if (came === 'not_enabled') return { ok: false, says: `not_enabled: the Home tab is off: ${AGAIN}` };
  return { ok: undefined, says: `cannot be tried: Slack answered ${came}` };
};

/** What no call shows: whether the app's settings are those of the manifest. A press that came is the only proof. */
export const lookAtPresses = async (state: Bucket, command: string): Promise<Found> => {
  const { value: seen = {} } = await readDocument<Seen>(state, keys.seen);
  const first = Object.entries(seen).map(([kind, date]) => `${kind} on ${date}`);
  const pressed = seen.press ? `a press was seen` : 'no press was ever seen';
  const says = first.length > 0 ? `${pressed} (first ${first.join(', ')})` : pressed;
  if (seen.press) return { ok: true, says };
  return {
    ok: undefined,
    says:
      `${says}. What cannot be seen from outside: compare "App Manifest" of the app with what "til manifest" prints: the command ` +
      `${command}, interactivity, three message shortcuts (post.accept, post.reject, post.clear), the Home tab, the event app_home_opened`,
  };
};
