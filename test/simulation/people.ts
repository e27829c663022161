import type { Workspace } from '../../src/sandbox/workspace.ts';
import { below } from '../support/random.ts';
import { CHANNEL } from '../support/world.ts';

export const BOT = {
  id: 'U0TILBOT01',
  botId: 'B0TILBOT01',
  appId: 'A0TILAPP01',
  name: 'TIL',
  token: 'xoxb-simulation',
};
export const ADMIN = 'U0ADMIN001';
export const ORGANIZER = 'U0ORGANIZ1';
export const PEOPLE = Array.from({ length: 9 }, (_, number) => `U0MEMBER${String(number).padStart(2, '0')}`);
const NEWCOMERS = Array.from({ length: 4 }, (_, number) => `U0NEWCOM${String(number).padStart(2, '0')}`);

/** They read and like, and never write. */
export const READERS = ['U0READER00', 'U0READER01'] as const;

/** In which time zone people live, where it is another than the challenge's. No clocks are changed there in a season. */
export const ZONES: Readonly<Record<string, string>> = {
  U0MEMBER01: 'America/Chicago',
  U0MEMBER04: 'Europe/London',
  U0READER01: 'America/Chicago',
};

export const MEMBERS = [ADMIN, ORGANIZER, ...PEOPLE, ...NEWCOMERS, ...READERS].map((id) => ({
  id,
  name: id.toLowerCase(),
  admin: id === ADMIN,
}));
export const AT_FIRST = [BOT.id, ADMIN, ORGANIZER, ...PEOPLE, ...READERS];

const HOSTS = [
  'velog.io/@x',
  'someone.github.io',
  'blog.naver.com/x',
  'm.blog.naver.com/x',
  'velog.io.evil.example',
  'medium.com/x',
];
/** How one address may be written. */
const SPELLINGS: ((address: string) => string)[] = [
  (address) => `https://${address}`,
  (address) => `http://${address}/`,
  (address) => `https://${address}?utm_source=slack`,
  (address) => `https://${address.replace(/^(?=velog\.io\/|blog)/, 'www.')}#top`,
];
const REACTIONS = ['+1', '+1', '+1', 'thumbsup', '+1::skin-tone-2', '+1::skin-tone-5', 'heart', 'tada'];

/** What people do: each call is one deed that Slack allows, drawn by chance. */
export const createPeople = (workspace: Workspace, random: () => number, weekly: string[]) => {
  const replies: { ts: string; author: string }[] = [];
  const pressed: { user: string; channel: string; ts: string; name: string }[] = [];
  const taken: typeof pressed = [];
  const names = new Map(MEMBERS.map(({ id, name }) => [id, [name]]));
  let count = 0;
  const pick = <Item>(items: readonly Item[]): Item => items[below(random, items.length)] as Item;
  /** One of the last, mostly: people read what is new. */
  const recent = <Item>(items: readonly Item[]): Item | undefined =>
    random() < 0.85 ? items[items.length - 1 - below(random, Math.min(12, items.length))] : pick(items);

  const present = (): string[] => MEMBERS.map(({ id }) => id).filter((id) => here.has(id));
  const writing = (): string[] => present().filter((id) => !READERS.some((reader) => reader === id));
  const here = new Set(AT_FIRST.filter((id) => id !== BOT.id));

  const written: string[] = [];
  const posted: string[] = [];
  const address = (host: string, name: string): string => {
    posted.push(`${host}/${name}`);
    return `https://${host}/${name}`;
  };

  const text = (): string => {
    count += 1;
    const draw = random();
    if (draw > 0.98) return `여기요 https://velog.io/${pick(['', 'write?id=1'])}`;
    if (draw > 0.92 && posted.length > 0) return `이 글 ${pick(SPELLINGS)(recent(posted) as string)}`;
    if (draw < 0.12) return '이번 주는 아직이에요';
    if (draw < 0.2) return `두 개! ${address(pick(HOSTS), `${count}a`)} 그리고 ${address(pick(HOSTS), `${count}b`)}`;
    return `글 ${address(pick(HOSTS.slice(0, draw < 0.85 ? 4 : 6)), String(count))}`;
  };

  const writeByApp = (user: string, thread: string, said: string): string | undefined => {
    const args = { channel: CHANNEL, thread_ts: thread, text: said };
    return (workspace.call('chat.postMessage', `xoxp-sandbox-${user}`, args).body as { ts?: string }).ts;
  };

  /** This week's thread, mostly; else the one before, by whoever is late, or any. */
  const threadOf = (draw: number): string => {
    const last = weekly.at(draw < 0.8 ? -1 : -2) ?? weekly[0];
    return draw < 0.92 ? (last as string) : pick(weekly);
  };

  /** Some write every week. */
  const regular = (): string => pick(PEOPLE.slice(0, 3));

  const reply = (): void => {
    if (weekly.length === 0) chat();
    else answer(threadOf(random()));
  };

  const answer = (thread: string): void => {
    const user = random() < 0.4 ? regular() : pick(writing());
    const said = text();
    const extras = {
      ...(random() < 0.3 ? { title: `제목 <${count}> & 더` } : {}),
      ...(random() < 0.1 ? { broadcast: true } : {}),
      ...(random() < 0.05 ? { files: ['a.png'] } : {}),
    };
    // Now and then an app writes in somebody's name: it takes no part, and takes nothing from them.
    const ts =
      count % 17 === 0
        ? writeByApp(user, thread, said)
        : workspace.reply({ user, channel: CHANNEL, thread, text: said, ...extras }).ts;
    if (ts === undefined) return;
    replies.push({ ts, author: user });
    written.push(ts);
  };

  const own = (): { ts: string; author: string } | undefined => {
    const found = recent(replies);
    return found && here.has(found.author) ? found : undefined;
  };

  const edit = (): void => {
    const target = own();
    if (target) workspace.edit({ user: target.author, channel: CHANNEL, ts: target.ts, text: text() });
  };

  const remove = (): void => {
    const target = own();
    if (!target) return;
    workspace.remove({ user: target.author, channel: CHANNEL, ts: target.ts });
    replies.splice(replies.indexOf(target), 1);
  };

  const press = (): void => {
    const target = recent(replies);
    if (!target) return;
    const user = pick(present());
    const what = { user, channel: CHANNEL, ts: target.ts, name: pick(REACTIONS) };
    workspace.react(what);
    pressed.push(what);
  };

  /** A post that many like at once. */
  const applaud = (): void => {
    const target = recent(replies);
    if (!target) return;
    const isNew = (user: string): boolean => !pressed.some((one) => one.user === user && one.ts === target.ts);
    for (const user of present().filter((each) => isNew(each) && random() < 0.7)) {
      const what = { user, channel: CHANNEL, ts: target.ts, name: '+1' };
      workspace.react(what);
      pressed.push(what);
    }
  };

  /** Somebody who only reads likes what they have not liked yet. */
  const readUp = (user: string): void => {
    const isNew = ({ ts }: { ts: string }): boolean => !pressed.some((one) => one.user === user && one.ts === ts);
    for (const { ts } of replies.filter(isNew).slice(-12)) {
      const what = { user, channel: CHANNEL, ts, name: '+1' };
      workspace.react(what);
      pressed.push(what);
    }
  };

  const take = (): void => {
    const last = recent(pressed);
    if (!last) return;
    pressed.splice(pressed.indexOf(last), 1);
    workspace.unreact(last);
    taken.push(last);
  };

  /** Somebody thinks better of it: the same emoji by the same person once more. */
  const again = (): void => {
    const last = taken.pop();
    if (!last) return;
    workspace.react(last);
    pressed.push(last);
  };

  const chat = (): void => {
    const text = `잡담 ${(count += 1)} https://velog.io/@chat/${count}`;
    written.push(workspace.post({ user: pick(writing()), channel: CHANNEL, text }).ts);
  };

  const come = (): void => {
    const user = pick(NEWCOMERS);
    workspace.join({ user, channel: CHANNEL });
    here.add(user);
  };

  const go = (): void => {
    const user = pick([...PEOPLE.slice(7), ...NEWCOMERS]);
    if (!here.has(user)) return;
    workspace.leave({ user, channel: CHANNEL });
    here.delete(user);
  };

  const rename = (): void => {
    const user = pick(present());
    const name = `이름 ${(count += 1)}`;
    workspace.rename({ user, name });
    names.get(user)?.push(name);
  };

  const openByHand = (): void =>
    void weekly.push(workspace.post({ user: ORGANIZER, channel: CHANNEL, text: '[TIL 9월 9주차] 이번 주도!' }).ts);

  const closeByHand = (): void => {
    if (weekly.length > 0) workspace.remove({ user: ADMIN, channel: CHANNEL, ts: pick(weekly) });
  };

  const deeds: [weight: number, deed: () => void][] = [
    [24, reply],
    [12, edit],
    [5, remove],
    [36, press],
    [2, applaud],
    [1.5, () => readUp(pick(READERS))],
    [12, take],
    [5, again],
    [4, chat],
    [1.5, come],
    [1, go],
    [1, rename],
    [0.3, openByHand],
    [0.3, closeByHand],
  ];
  const total = deeds.reduce((sum, [weight]) => sum + weight, 0);

  /** Does something as far as Slack lets it: its own client would not have offered the rest. */
  const asAllowed = (deed: () => void): void => {
    try {
      deed();
    } catch (error) {
      if ((error as Error).name !== 'Refused') throw error;
    }
  };

  return {
    /** By which names everybody has gone. */
    names: names as ReadonlyMap<string, string[]>,
    /** All that was written, under weekly posts and beside, also what was deleted. */
    written: written as readonly string[],
    /** Does one thing. */
    act: (): void => {
      let draw = random() * total;
      const [, deed] = deeds.find(([weight]) => (draw -= weight) < 0) as [number, () => void];
      asAllowed(deed);
    },
    /** Somebody who only reads likes what they have not liked yet. */
    readUp: (user: string): void => asAllowed(() => readUp(user)),
    /** Writes in the thread of a weekly post. */
    answer: (thread: string): void => asAllowed(() => answer(thread)),
  };
};
