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
import type { DoctorWords } from './doctor-words.ts';

type Found = Omit<Finding, 'what'>;

/** Whether people can press and type, by the scopes of the token. Without, all else goes on as it did: so that is not wrong. */
export const lookAtTalk = async (reader: Pick<Reader, 'whoAmI'>, { talk }: DoctorWords): Promise<Found> => {
  const { scopes } = await reader.whoAmI();
  if (scopes.length === 0) return { ok: undefined, says: talk.unknown };
  if (scopes.includes(TALKING_SCOPE)) return { ok: true, says: talk.has(TALKING_SCOPE) };
  return { ok: undefined, says: talk.lacks(TALKING_SCOPE) };
};

/** Whether the app has a Home tab: an admin gets a sentence there, which the next opening of the tab replaces. */
export const lookAtHome = async (
  slack: TransportOptions,
  challenges: readonly Pick<Challenge, 'admins' | 'locale'>[],
  { home }: DoctorWords,
): Promise<Found> => {
  const challenge = challenges.find(({ admins }) => admins.length > 0);
  const [admin] = challenge?.admins ?? [];
  if (!challenge || !admin) return { ok: undefined, says: home.noAdmin };
  const came = await probeHome(slack, admin, challenge.locale);
  if (came === 'shown') return { ok: true, says: home.on };
  if (came === 'not_enabled') return { ok: false, says: home.off };
  return { ok: undefined, says: home.unclear(came) };
};

/** What no call shows: whether the app's settings are those of the manifest. A press that came is the only proof. */
export const lookAtPresses = async (state: Bucket, command: string, { presses }: DoctorWords): Promise<Found> => {
  const { value: seen = {} } = await readDocument<Seen>(state, keys.seen);
  const firsts = Object.entries(seen)
    .map(([kind, date]) => presses.first(kind, date))
    .join(', ');
  return seen.press
    ? { ok: true, says: presses.seen(firsts) }
    : { ok: undefined, says: presses.never(firsts, command) };
};
