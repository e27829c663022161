import { type Event, faultOf, type Kind } from '../events/catalog.ts';
import { canonical } from '../events/codec.ts';
import { compareTs, isTs, type Ts } from '../events/timestamp.ts';
import { emptyLedger, type Person } from '../projections/ledger.ts';
import { ledger } from '../projections/ledger-fold.ts';
import type { Message } from '../projections/message.ts';
import { applyAll } from '../projections/projection.ts';
import type { Register } from '../projections/register.ts';
import { isBot } from '../projections/roster.ts';
import { type HistoryMessage, type Reacted, reactedOf } from '../slack/reader.ts';
import { describeMessage } from '../slack/translate.ts';

/**
 * What Slack shows and the log lacks, as events marked `inferred`. They rank below all that was really observed: what is new to the log
 * is dated by Slack's own words, or at the earliest instant possible; what contradicts the log at `readAt`, which lies some minutes
 * before the reading, so that whatever is heard later, or was on its way, wins over it.
 */
export interface SlackReading {
  channel: string;
  readAt: Ts;
  /** Called for what Slack shows and the log cannot hold. */
  skip?: (what: string, reason: string) => void;
}

/** What the log says of a message. */
export interface Known {
  message: Message | undefined;
  /** Its latest wording. */
  text: string | undefined;
}

/** The events that the log lacks about a message that Slack shows. A reaction is missed only where Slack names all its users. */
export const lackingAbout = (shown: HistoryMessage, known: Known, reading: SlackReading): Event[] => {
  if (compareTs(shown.ts, reading.readAt) >= 0) return []; // Its events may still be on their way.
  if (shown['subtype'] === 'tombstone') return known.message?.deleted ? [] : [deletionOf(shown.ts, reading)];
  if (known.message?.deleted) return [];
  return [...wordingOf(shown, known, reading), ...reactionsOf(shown, known.message, reading)];
};

/** That a message is gone. */
export const deletionOf = (ts: Ts, { channel, readAt }: SlackReading): Event => ({
  v: 1,
  kind: 'message.deleted',
  channel,
  at: readAt,
  ts,
  inferred: true,
});

const wordingOf = (shown: HistoryMessage, { message, text }: Known, reading: SlackReading): Event[] => {
  const { channel, readAt } = reading;
  const event = { v: 1, channel, ...describeMessage(shown), inferred: true };
  const known = message?.content;
  if (!message || !known) return sound({ ...event, kind: 'message.posted', at: shown.ts }, reading);
  if (compareTs(known.at, readAt) >= 0) return [];
  const edited = (shown['edited'] as { ts?: unknown } | undefined)?.ts;
  const at = isTs(edited) && compareTs(edited, known.at) > 0 ? edited : after(known.at);
  const next = sound({ ...event, kind: 'message.edited', at }, reading);
  const [edit] = next;
  if (!edit) return [];
  const alone = emptyLedger(channel, '');
  applyAll(ledger, alone, [edit]);
  const folded = alone.messages[shown.ts];
  const reworded = isTs(edited) && text !== undefined && text !== (edit as { text?: string }).text;
  const hasNewTitle = Object.keys(folded?.titles ?? {}).some((url) => !message.titles?.[url]);
  return reworded || hasNewTitle || !sameContent(folded?.content, known) ? next : [];
};

const sameContent = (left: Message['content'], right: Message['content']): boolean =>
  canonical({ ...left, at: '' }) === canonical({ ...right, at: '' });

/** The next instant that a timestamp can say. */
const after = (ts: Ts): Ts => {
  const [seconds = '0', fraction = ''] = ts.split('.');
  const micros = Number(fraction.padEnd(6, '0')) + 1;
  return micros < 1_000_000 ? `${seconds}.${String(micros).padStart(6, '0')}` : `${Number(seconds) + 1}.000000`;
};

const sound = (event: Record<string, unknown> & { kind: Kind }, { skip }: SlackReading): Event[] => {
  const fault = faultOf(JSON.parse(JSON.stringify(event)));
  if (!fault) return [event as unknown as Event];
  skip?.(`${event.kind} about ${String(event['item'] ?? event['ts'])}`, fault);
  return [];
};

const reactionsOf = (shown: HistoryMessage, message: Message | undefined, reading: SlackReading): Event[] => {
  const { channel, readAt } = reading;
  const events: Event[] = [];
  const reacted = reactedOf(shown);
  const known = message?.reactions ?? {};
  const event = { v: 1, channel, item: shown.ts, inferred: true } as const;
  const live = new Set<string>();
  for (const { name, users } of reacted) {
    for (const user of users) {
      live.add(`${user}/${name}`);
      const register = known[`${user}/${name}`];
      // Never heard of: it is not known when it was given, and at the message's own instant anything that was heard wins over it.
      if (!register) events.push(...sound({ ...event, kind: 'reaction.added', at: shown.ts, user, name }, reading));
      else if (contradicts(register, true, readAt))
        events.push(...sound({ ...event, kind: 'reaction.added', at: readAt, user, name }, reading));
    }
  }
  for (const [key, register] of Object.entries(known)) {
    const slash = key.indexOf('/');
    const [user, name] = [key.slice(0, slash), key.slice(slash + 1)];
    if (live.has(key) || !contradicts(register, false, readAt) || !allNamed(reacted, name)) continue;
    events.push(...sound({ ...event, kind: 'reaction.removed', at: readAt, user, name }, reading));
  }
  return events;
};

const contradicts = ({ at, live }: Register, shown: boolean, readAt: Ts): boolean =>
  live !== shown && compareTs(at, readAt) < 0;

const allNamed = (reacted: readonly Reacted[], name: string): boolean =>
  reacted.every((reaction) => reaction.name !== name || reaction.users.length >= reaction.count);

/** Who came and who left, by Slack's list of members and what the log says of people. */
export const lackingAboutPeople = (
  members: readonly string[],
  known: Readonly<Record<string, Person>>,
  self: string,
  { channel, readAt }: SlackReading,
): Event[] => {
  const here = new Set(members);
  const event = { v: 1, channel, at: readAt } as const;
  const joined = members.filter((user) => {
    const presence = known[user]?.presence;
    return user !== self && !presence?.live && !(presence && compareTs(presence.at, readAt) >= 0);
  });
  const left = Object.entries(known).filter(
    ([user, { presence, ...person }]) =>
      !here.has(user) &&
      !isBot(user, person) &&
      user !== self &&
      presence?.live !== false &&
      !(presence && compareTs(presence.at, readAt) >= 0),
  );
  return [
    ...joined.map((user): Event => ({ ...event, kind: 'member.joined', user })),
    ...left.map(([user]): Event => ({ ...event, kind: 'member.left', user })),
  ];
};
