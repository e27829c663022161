import { hostOf } from '../events/links.ts';
import type { Content } from '../projections/message.ts';
import type { Reply } from '../projections/participation.ts';

/** Why what somebody wrote is no participation, as the writer is told. */
export type Reason =
  | { why: 'no-link' }
  /** None of its links is on a host that is accepted. */
  | { why: 'other-host'; hosts: string[] }
  /** Its links lead to the front page of a blog, or to where one writes. */
  | { why: 'no-post' }
  | { why: 'repeated' }
  /** An admin decided so. */
  | { why: 'rejected' }
  /** Written after its week, where that does not count. */
  | { why: 'late' }
  /** Written after its month; or it got its link by an edit after the month's result was told. */
  | { why: 'closed'; edited?: true }
  /** Written in the channel, beside the thread. */
  | { why: 'beside' }
  /** It speaks to the bot. `unlinked`: as a reply in the thread, which has no link. */
  | { why: 'mention'; unlinked?: true };

/** Why a reply in the thread of a weekly post is no participation; undefined when it is one. */
export const whyNot = ({ shortcoming }: Reply, content: Content): Reason | undefined => {
  if (shortcoming !== 'other-host') return shortcoming && { why: shortcoming };
  const hosts = [...new Set(content.links.map(hostOf))].filter((host) => host !== undefined);
  return hosts.length > 0 ? { why: 'other-host', hosts } : { why: 'no-link' };
};
