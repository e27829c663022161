import type { IncomingMessage } from 'node:http';
import { keys } from '../pipeline/keys.ts';
import type {
  ChallengesSnapshot,
  IndexSnapshot,
  MembersSnapshot,
  WeekSnapshot,
  WeekSummary,
} from '../projections/contract.ts';
import type { Bucket } from '../store/bucket.ts';
import { type ChallengeNow, fillFirstPage } from '../web/first-page.ts';

/** So many challenges are told of in the page's HTML at most. */
const MOST = 5;
const HOST = /^[\w.-]{1,253}(:\d{1,5})?$/;

/** The built page as a server answers with it: with where a request found it, unless it is known where people do. */
export const firstPage =
  (state: Bucket, dashboardUrl: string | undefined) =>
  (html: string, request: IncomingMessage): Promise<string> =>
    dashboardUrl === undefined ? fill(html, state, addressOf(request)) : storedPage(state, dashboardUrl)(html);

/** The built page as it is stored somewhere: with where people find it, as far as that is known. */
export const storedPage =
  (state: Bucket, dashboardUrl: string | undefined) =>
  (html: string): Promise<string> =>
    fill(html, state, dashboardUrl === undefined ? undefined : folderOf(dashboardUrl));

/** Writes the challenges and their latest weeks into the built page; without the state it stays as built, which shows the same a moment later. */
const fill = async (html: string, state: Bucket, address: string | undefined): Promise<string> => {
  try {
    return fillFirstPage(html, await challengesNow(state), address);
  } catch {
    return html; // The page says by itself what is the matter with its snapshots.
  }
};

const challengesNow = async (state: Bucket): Promise<ChallengeNow[]> => {
  const { challenges = [] } = (await read<ChallengesSnapshot>(state, keys.challenges)) ?? {};
  return Promise.all(
    challenges.slice(0, MOST).map(async ({ channel, name, locale }): Promise<ChallengeNow> => {
      const index = await read<IndexSnapshot>(state, keys.index(channel));
      const last = index?.weeks.at(-1);
      if (!last) return { channel, name, locale };
      return { channel, name, locale, latest: { ...last, members: await membersIn(state, channel, last) } };
    }),
  );
};

/** How many a week's participants are out of: the members, and who wrote and has left since, as the page counts them. */
const membersIn = async (state: Bucket, channel: string, { week, participants }: WeekSummary): Promise<number> => {
  const [snapshot, list] = await Promise.all([
    read<WeekSnapshot>(state, keys.week(channel, week)),
    read<MembersSnapshot>(state, keys.members(channel)),
  ]);
  const wrote = new Set(snapshot?.participants);
  return participants + (list?.members.filter(({ id }) => !wrote.has(id)).length ?? 0);
};

const read = async <Snapshot>(state: Bucket, key: string): Promise<Snapshot | undefined> => {
  const stored = await state.get(key);
  return stored && JSON.parse(new TextDecoder().decode(stored.bytes));
};

/** The folder in which the page lies: without the file that an address may name, and what comes after it. */
const folderOf = (dashboardUrl: string): string => {
  const { origin, pathname } = new URL(dashboardUrl);
  const folder = pathname.replace(/[^/]*\.[^/]*$/, '');
  return `${origin}${folder.endsWith('/') ? folder : `${folder}/`}`;
};

/** Where the request says that the page is; undefined for a host that is none. */
const addressOf = ({ headers, url = '/' }: IncomingMessage): string | undefined => {
  const host = headers.host ?? '';
  if (!HOST.test(host)) return undefined;
  const scheme = /^\s*https\b/i.test(String(headers['x-forwarded-proto'] ?? '')) ? 'https' : 'http';
  const [path = '/'] = url.split(/[?#]/);
  return `${scheme}://${host}${/^(\/[\w-][\w.-]*)*\/$/.test(path) ? path : '/'}`;
};
