import type { Json } from '../events/json.ts';
import type { Channel, Member } from './shapes.ts';
import type { State } from './state.ts';

/** What a workspace keeps from one start to the next. What is on its way is not part of it, nor are open `response_url`s: to those a restart is the end. */
interface Kept {
  serial: number;
  version: number;
  members: Member[];
  channels: Channel[];
  /** Absent in what older versions kept. */
  views?: Map<string, Json>;
}

/** Everything that was said and done, as text. */
export const dump = (state: State): string => {
  const kept: Kept = {
    serial: state.serial,
    version: state.version,
    members: [...state.members.values()],
    channels: [...state.channels.values()],
    views: state.views,
  };
  return JSON.stringify(kept, (_, value: unknown) => {
    if (value instanceof Map) return { map: [...value] };
    return value instanceof Set ? { set: [...value] } : value;
  });
};

/** Puts back what `dump` gave. */
export const restore = (state: State, text: string): void => {
  const kept = JSON.parse(text, (_, value: unknown) => {
    if (typeof value !== 'object' || value === null) return value;
    if (Object.hasOwn(value, 'map')) return new Map((value as { map: [unknown, unknown][] }).map);
    return Object.hasOwn(value, 'set') ? new Set((value as { set: unknown[] }).set) : value;
  }) as Kept;
  state.serial = kept.serial;
  state.version = kept.version;
  for (const member of kept.members) state.members.set(member.id, member);
  for (const channel of kept.channels) state.channels.set(channel.id, channel);
  for (const [user, view] of kept.views ?? []) state.views.set(user, view);
};
