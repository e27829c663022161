import { linksIn } from './rich-text.ts';
import type { SlackMessage } from './shapes.ts';
import type { Workspace } from './workspace.ts';

/** What lets time pass for the made-up members. */
export interface LiveClock {
  /** Calls back once, later; gives the way to stop it. */
  after(milliseconds: number, deed: () => void): () => void;
}

/** How the made-up members act. */
export interface LiveOptions {
  channel: string;
  clock: LiveClock;
  /** From 0 up to but not including 1. */
  random: () => number;
  /** The mean time between two deeds, in ms. */
  meanMilliseconds?: number;
  /** Who acts; all active people of the channel when left out. */
  members?: string[];
}

interface Scene {
  workspace: Workspace;
  channel: string;
  thread: string;
  replies: SlackMessage[];
  user: string;
  random: () => number;
}

/** Lets members act now and then until it is stopped. */
export const startLive = (workspace: Workspace, options: LiveOptions): (() => void) => {
  const { clock, random, meanMilliseconds = 8_000 } = options;
  let cancel: () => void;
  const wait = (): void => {
    // Between half and one and a half of the mean: lively, never a burst.
    cancel = clock.after(meanMilliseconds * (0.5 + random()), () => {
      actOnce(workspace, options);
      wait();
    });
  };
  wait();
  return () => cancel();
};

/** One deed of one member in the thread of the latest weekly post; gives its name, or undefined when there is nothing to do. */
export const actOnce = (
  workspace: Workspace,
  options: Pick<LiveOptions, 'channel' | 'random' | 'members'>,
): string | undefined => {
  const { channel, random } = options;
  const messages = workspace.messages(channel);
  const thread = messages.findLast((message) => isWeeklyPost(message))?.ts;
  const people = workspace.members().filter(({ bot, deactivated }) => !bot && !deactivated);
  const user = pick(options.members ?? people.map(({ id }) => id), random);
  if (thread === undefined || user === undefined) return undefined;
  const replies = messages.filter(({ ts, thread_ts: root }) => root === thread && ts !== thread);
  const scene: Scene = { workspace, channel, thread, replies, user, random };
  const wish = random();
  const order = deeds.filter(({ below }) => wish < below);
  return order.find(({ act }) => act(scene))?.name;
};

const isWeeklyPost = (message: SlackMessage): boolean =>
  message.bot_id !== undefined && message.thread_ts !== undefined
    ? message.thread_ts === message.ts && looksWeekly(message)
    : looksWeekly(message);

const looksWeekly = ({ bot_id: bot, text, metadata }: SlackMessage): boolean =>
  bot !== undefined && (metadata?.event_type === 'til_week_open' || /\[TIL [^\]]+\]/.test(text));

const pick = <Item>(items: Item[], random: () => number): Item | undefined =>
  items[Math.floor(random() * items.length)];

const like = ({ workspace, channel, replies, user, random }: Scene): boolean => {
  const open = replies.filter(
    ({ user: author, reactions }) =>
      author !== user && !reactions?.some(({ name, users }) => name.startsWith('+1') && users.includes(user)),
  );
  const post = pick(open, random);
  if (!post) return false;
  const tone = Math.floor(random() * 12);
  workspace.react({ user, channel, ts: post.ts, name: tone >= 2 && tone <= 6 ? `+1::skin-tone-${tone}` : '+1' });
  return true;
};

const unlike = ({ workspace, channel, replies, user, random }: Scene): boolean => {
  const mine = replies.flatMap(({ ts, reactions = [] }) =>
    reactions.filter(({ users }) => users.includes(user)).map(({ name }) => ({ ts, name })),
  );
  const press = pick(mine, random);
  if (!press) return false;
  workspace.unreact({ user, channel, ...press });
  return true;
};

const SUBJECTS = [
  '제너레이터',
  'B-트리',
  '이벤트 소싱',
  '가비지 컬렉션',
  'TCP 혼잡 제어',
  '타입 좁히기',
  '트랜잭션 격리',
];
const REMARKS = [
  '이번 주도 겨우 올립니다!',
  '오늘 배운 걸 정리했어요.',
  '짧지만 남겨 둡니다.',
  '헷갈리던 걸 그림으로 그려 봤어요.',
];

const addressOf = ({ workspace, user, random }: Scene): { url: string; title: string } => {
  const name = workspace.members().find(({ id }) => id === user)?.name ?? 'til';
  const subject = pick(SUBJECTS, random) ?? 'TIL';
  const title = `${subject} 이해하기`;
  const slug = encodeURIComponent(title.replaceAll(' ', '-'));
  return { url: random() < 0.5 ? `https://velog.io/@${name}/${slug}` : `https://${name}.github.io/til/${slug}`, title };
};

const write = (scene: Scene): boolean => {
  const { workspace, channel, thread, replies, user, random } = scene;
  if (replies.some((reply) => reply.user === user)) return false;
  const { url, title } = addressOf(scene);
  // Now and then somebody forgets the link, gets the hint, and adds it by an edit.
  const text = random() < 0.2 ? '글은 곧 올릴게요!' : `${pick(REMARKS, random)} ${url}`;
  workspace.reply({ user, channel, thread, text, title, broadcast: random() < 0.1 });
  return true;
};

const mend = (scene: Scene): boolean => {
  const { workspace, channel, replies, random } = scene;
  const open = replies.filter(({ user, text, edited }) => user && !edited && linksIn(text).length === 0);
  const reply = pick(open, random);
  if (!reply?.user) return false;
  const { url, title } = addressOf({ ...scene, user: reply.user });
  workspace.edit({ user: reply.user, channel, ts: reply.ts, text: `올렸습니다! ${url}`, title });
  return true;
};

/** A wish that cannot be had gives way to the next one. */
const deeds: { name: string; below: number; act: (scene: Scene) => boolean }[] = [
  { name: 'mend', below: 0.2, act: mend },
  { name: 'write', below: 0.5, act: write },
  { name: 'like', below: 0.95, act: like },
  { name: 'unlike', below: 1, act: unlike },
];
