import { addressOf, isPost } from '../events/addresses.ts';
import { hostAccepted, hostOf } from '../events/links.ts';
import type { Rules } from './challenge.ts';
import type { Content, Message } from './message.ts';

/** A link that can be a post's. */
export interface Link {
  url: string;
  host: string;
  /** What it leads to, in one spelling. */
  address: string;
  isPost: boolean;
}

/** Why a reply is no participation. */
export type Shortcoming = 'no-link' | 'other-host' | 'no-post' | 'repeated' | 'late' | 'rejected';

/**
 * The links that make a reply a participation, by their addresses, or why there is none. `taken`: the addresses that count for an
 * earlier reply of the month.
 */
export const worthOf = (
  content: Content,
  rules: Rules,
  taken: ReadonlySet<string>,
): ReadonlyMap<string, Link> | Shortcoming => {
  const worth = worthAlone(content, rules);
  if (typeof worth === 'string' || ![...worth.keys()].some((address) => taken.has(address))) return worth;
  const counting = new Map([...worth].filter(([address]) => !taken.has(address)));
  return counting.size > 0 ? counting : 'repeated';
};

type Worth = ReturnType<typeof worthOf>;

/** What a wording is worth with no other, and for which hosts that is. */
const worths = new WeakMap<Content, { blogs: Rules['blogs']; worth: Worth }>();

const worthAlone = (content: Content, { blogs }: Pick<Rules, 'blogs'>): Worth => {
  const last = worths.get(content);
  if (last?.blogs === blogs) return last.worth;
  const worth = readWorth(content, blogs);
  worths.set(content, { blogs, worth });
  return worth;
};

const readWorth = (content: Content, blogs: Rules['blogs']): Worth => {
  if (content.links.length === 0) return 'no-link';
  const accepted = linksIn(content).filter(({ host }) => hostAccepted(host, blogs));
  if (accepted.length === 0) return 'other-host';
  const posts = accepted.filter((link) => link.isPost);
  if (posts.length === 0) return 'no-post';
  const counting = new Map<string, Link>();
  for (const link of posts) if (!counting.has(link.address)) counting.set(link.address, link);
  return counting;
};

/**
 * The links of a reply that counts whatever its links are, by their addresses: those that could make it a participation where there are
 * any, else all.
 */
export const linksOfAccepted = (content: Content, rules: Rules): Map<string, Link> => {
  const all = linksIn(content);
  const posts = all.filter(({ host, isPost }) => isPost && hostAccepted(host, rules.blogs));
  return new Map((posts.length > 0 ? posts : all).map((link) => [link.address, link]));
};

/** A wording's links. Taking addresses apart is what reading a month would spend most on, so it is done once. */
const known = new WeakMap<Content, Link[]>();

const linksIn = (content: Content): Link[] => {
  let links = known.get(content);
  if (!links) known.set(content, (links = content.links.flatMap((url) => linkOf(url) ?? [])));
  return links;
};

const linkOf = (url: string): Link | undefined => {
  const host = hostOf(url);
  return host === undefined ? undefined : { url, host, address: addressOf(url), isPost: isPost(url) };
};

/** What the links of a message lead to, in all its wordings. */
export const addressesEver = ({ content, former = [] }: Message): string[] => [
  ...(content ? linksIn(content).map(({ address }) => address) : []),
  ...former.flatMap((url) => linkOf(url)?.address ?? []),
];

/** Whether a link is a stand-in for one of which only the existence is known, as after an import or after forgetting a person. */
export const isStandIn = (url: string): boolean => /^https:\/\/[^/]+\/(imported|forgotten)\/\d+\.\d+$/.test(url);
