import type { Ts } from '../events/timestamp.ts';
import { myState } from '../handlers/my-state.ts';
import type { Reply } from '../handlers/reply.ts';
import { loadSeasonRows } from '../pipeline/my-rows.ts';
import type { Challenge } from '../projections/challenge.ts';
import { permalinkOf } from '../projections/month-view.ts';
import type { Slack } from '../slack/slack.ts';
import type { Documents } from '../store/documents.ts';

export interface MyAnswerPorts {
  documents: Documents;
  /** Absent: where the configuration has no workspace's address, nothing leads to the thread. */
  writer?: Pick<Slack, 'permalink'> | undefined;
}

/** What somebody is told of themselves at an instant. */
export const replyAboutMe = async (
  challenge: Challenge,
  user: string,
  at: Ts,
  { documents, writer }: MyAnswerPorts,
): Promise<Extract<Reply, { says: 'state' }>> => {
  const state = myState(challenge, user, at, await loadSeasonRows(documents, challenge, at));
  const { channel, workspaceUrl } = challenge;
  const thread =
    state.openedAt &&
    (workspaceUrl
      ? permalinkOf(workspaceUrl, channel, state.openedAt)
      : await writer?.permalink?.(channel, state.openedAt));
  return { says: 'state', state, ...(thread ? { thread } : {}) };
};
