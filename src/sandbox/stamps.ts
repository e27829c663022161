import type { Channel } from './shapes.ts';

/**
 * The next ts of a channel: the time in µs, strictly increasing whatever the clock does. The last digits look like Slack's; they follow from
 * the time alone, so that a season played again has the same ones whatever the bot has said meanwhile.
 */
export const nextStamp = (channel: Channel, nowMilliseconds: number): string => {
  const digits = (Math.floor(nowMilliseconds) * 377 + 459) % 1000;
  channel.lastStamp = Math.max(Math.floor(nowMilliseconds) * 1000 + digits, channel.lastStamp + 1);
  return formatStamp(channel.lastStamp);
};

/** `1722865849468459` as `1722865849.468459`. */
export const formatStamp = (micros: number): string => {
  const digits = String(micros).padStart(7, '0');
  return `${digits.slice(0, -6)}.${digits.slice(-6)}`;
};

/** The µs of a ts, or undefined when it is none; below 2^53 for the next two centuries, so exact. */
export const parseStamp = (text: string): number | undefined => {
  const match = /^(\d{1,10})(?:\.(\d{1,6})\d*)?$/.exec(text.trim());
  if (!match) return undefined;
  return Number(match[1]) * 1_000_000 + Number((match[2] ?? '').padEnd(6, '0'));
};
