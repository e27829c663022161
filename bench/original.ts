import type { Event } from '../src/events/catalog.ts';
import { hostAccepted, hostOf } from '../src/events/links.ts';
import type { Challenge } from '../src/projections/challenge.ts';
import type { Bucket } from '../src/store/bucket.ts';

// The way of the bot that this project began from: everything about all members and weeks in one JSON file, and the weekly posts in a
// second one; both are read for each event, and the one that changes is written whole.
interface Entry {
  total: number;
  has_link: boolean;
  like: Record<string, 1>;
}

interface Original {
  users: Record<string, { name: string; reaction_count: number; join_week: Record<string, Record<string, Entry>> }>;
  posts: { timestamps: Record<string, Record<string, string>> };
}

const FILES = { users: 'original/USER_INFO.json', posts: 'original/TIL_TIMESTAMP.json' } as const;

const utf8 = new TextEncoder();
const encode = (value: unknown): Uint8Array => utf8.encode(JSON.stringify(value));

/** Nobody, and nothing. */
export const emptyOriginal = (members: readonly string[]): Original => ({
  users: Object.fromEntries(members.map((id) => [id, { name: `${id} 님`, reaction_count: 0, join_week: {} }])),
  posts: { timestamps: {} },
});

/** Changes what an event changes; says which file that is in. */
export const applyToOriginal = (state: Original, event: Event, { blogs }: Challenge): (keyof typeof FILES)[] => {
  if (event.kind === 'message.posted' && !event.thread) {
    (state.posts.timestamps['this_month'] ??= {})[event.ts] = event.text.slice(0, 20);
    for (const user of Object.values(state.users)) user.join_week[event.ts] = {};
    return ['users', 'posts'];
  }
  if (event.kind === 'message.posted' && event.thread) {
    const week = state.users[event.author?.user ?? '']?.join_week[event.thread];
    const linked = event.links.some((url) => hostAccepted(hostOf(url) ?? '', blogs));
    if (week) week[event.ts] = { total: 0, has_link: linked, like: {} };
    return week ? ['users'] : [];
  }
  if (event.kind !== 'reaction.added' && event.kind !== 'reaction.removed') return [];
  const user = Object.values(state.users).find(({ join_week }) =>
    Object.values(join_week).some((week) => week[event.item]),
  );
  const entry = user && Object.values(user.join_week).find((week) => week[event.item])?.[event.item];
  if (!user || !entry || !event.name.startsWith('+1')) return [];
  if (event.kind === 'reaction.added') entry.like[event.user] = 1;
  else delete entry.like[event.user];
  const total = Object.keys(entry.like).length;
  user.reaction_count += total - entry.total;
  entry.total = total;
  return ['users'];
};

/** Stores a whole state. */
export const storeOriginal = async (bucket: Bucket, state: Original): Promise<void> => {
  await bucket.putNew(FILES.users, encode(state.users));
  await bucket.putNew(FILES.posts, encode(state.posts));
};

/** Reads both files, changes, and writes what changed. */
export const handleByOriginal = async (bucket: Bucket, event: Event, challenge: Challenge): Promise<void> => {
  const users = await bucket.get(FILES.users);
  const posts = await bucket.get(FILES.posts);
  if (!users || !posts) throw new Error('the files of the original are gone');
  const read = (bytes: Uint8Array) => JSON.parse(new TextDecoder().decode(bytes));
  const state: Original = { users: read(users.bytes), posts: read(posts.bytes) };
  const etags = { users: users.etag, posts: posts.etag };
  for (const file of applyToOriginal(state, event, challenge))
    await bucket.putIf(FILES[file], encode(state[file]), etags[file]);
};
