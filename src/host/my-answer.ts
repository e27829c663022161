import type { Ts } from '../events/timestamp.ts';
import { type MyState, myState } from '../handlers/my-state.ts';
import { withTalk } from '../handlers/personal.ts';
import type { Reply } from '../handlers/reply.ts';
import { toLike } from '../handlers/to-like.ts';
import { loadSeasonRows } from '../pipeline/my-rows.ts';
import type { Challenge } from '../projections/challenge.ts';
import { permalinkOf } from '../projections/month-view.ts';
import type { Slack } from '../slack/slack.ts';
import type { HomePart } from '../slack/text/home.ts';
import type { Documents } from '../store/documents.ts';

export interface MyAnswerPorts {
  documents: Documents;
  /** Absent: where the configuration has no workspace's address, nothing leads to the thread. */
  writer?: Pick<Slack, 'permalink'> | undefined;
  /** Whether people can press and type, once Slack has answered: it decides what they are told unless the challenge says so. */
  mayTalk: () => Promise<boolean>;
}

/** What somebody is told of themselves at an instant. */
export const replyAboutMe = async (
  challenge: Challenge,
  user: string,
  at: Ts,
  ports: MyAnswerPorts,
): Promise<Extract<Reply, { says: 'state' }>> => {
  const { rows, settings } = await loadSeasonRows(ports.documents, challenge, at);
  const state = myState(withTalk(challenge, await ports.mayTalk()), user, at, rows, settings);
  const thread = await threadOf(challenge, state, ports);
  return { says: 'state', state, ...(thread ? { thread } : {}) };
};

/** What somebody's App Home shows of a challenge at an instant. */
export const homePart = async (challenge: Challenge, user: string, at: Ts, ports: MyAnswerPorts): Promise<HomePart> => {
  const { rows, month, ledgers, settings } = await loadSeasonRows(ports.documents, challenge, at);
  const state = myState(withTalk(challenge, await ports.mayTalk()), user, at, rows, settings);
  const posts = toLike(challenge, user, month, ledgers).map(async (post) => ({
    ...post,
    address: await addressOf(challenge, post.ts, post.thread, ports),
  }));
  return { challenge, state, thread: await threadOf(challenge, state, ports), toLike: await Promise.all(posts) };
};

const threadOf = async (
  challenge: Challenge,
  { openedAt }: MyState,
  ports: MyAnswerPorts,
): Promise<string | undefined> => openedAt && addressOf(challenge, openedAt, undefined, ports);

/** Slack's address of a message; undefined when it is not known. */
const addressOf = async (
  { channel, workspaceUrl }: Challenge,
  ts: Ts,
  thread: Ts | undefined,
  { writer }: MyAnswerPorts,
): Promise<string | undefined> =>
  workspaceUrl ? permalinkOf(workspaceUrl, channel, ts, thread) : writer?.permalink?.(channel, ts);
