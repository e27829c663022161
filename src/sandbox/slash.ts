import { Refused } from '../events/errors.ts';
import type { Command } from './app.ts';
import { notify } from './ephemerals.ts';
import { openHook } from './hooks.ts';
import { sendOff } from './outgoing.ts';
import { channelName, seenChannel, triggerOf } from './presses.ts';
import { composeLink, escapeText } from './rich-text.ts';
import type { Channel } from './shapes.ts';
import { memberFor, nextId, type State } from './state.ts';

/** What somebody typed into a composer that begins with a slash. */
export interface Typed {
  user: string;
  channel: string;
  text: string;
  /** The thread whose composer it was. */
  thread?: string | undefined;
}

/** Gives a command to the app, or tells the person that there is none such, or none in threads. Nobody else sees any of it. */
export const command = (state: State, { user, channel: id, text, thread }: Typed): void => {
  const channel = seenChannel(state, id, user);
  const [, name, words = ''] = /^(\/\S*)(?:\s([\s\S]*))?$/.exec(text) ?? [];
  if (name === undefined) throw new Refused(`command: expected a slash, got ${text.slice(0, 20)}`);
  const known = state.app.commands.find((one) => one.command === name);
  if (known && thread === undefined) give(state, channel, user, known, words);
  else notify(state, channel, user, { is: known ? 'in_thread' : 'unknown', command: name }, thread);
};

const give = (
  state: State,
  channel: Channel,
  user: string,
  { command: name, shouldEscape }: Command,
  words: string,
) => {
  const { team, enterprise, bot } = state;
  const hook = { kind: 'commands' as const, user, channel: channel.id };
  const payload = {
    token: 'deprecated-do-not-trust',
    team_id: team.id,
    team_domain: team.domain,
    channel_id: channel.id,
    channel_name: channelName(channel),
    user_id: user,
    user_name: memberFor(state, user).name,
    command: name,
    text: shouldEscape ? escapeWords(state, words) : escapeText(words),
    api_app_id: bot.appId,
    is_enterprise_install: String(enterprise !== undefined),
    response_url: openHook(state, hook),
    trigger_id: triggerOf(state),
    ...(enterprise ? { enterprise_id: enterprise.id, enterprise_name: enterprise.name } : {}),
  };
  sendOff(
    state,
    'slash_commands',
    { id: nextId(state, 'P'), kind: 'slash_commands', payload },
    { spot: { user, channel: channel.id, name }, commandHook: hook },
  );
};

const MARKED = /https?:\/\/[^\s<>]+|[@#][^\s@#<>]+/gu;

/** With `should_escape`, who and what is mentioned arrives as an id with its name behind it. */
const escapeWords = (state: State, words: string): string => {
  let escaped = '';
  let end = 0;
  for (const match of words.matchAll(MARKED)) {
    escaped += escapeText(words.slice(end, match.index)) + escapeWord(state, match[0]);
    end = match.index + match[0].length;
  }
  return escaped + escapeText(words.slice(end));
};

const escapeWord = (state: State, word: string): string => {
  const name = word.slice(1);
  if (word.startsWith('@')) {
    const member = [...state.members.values()].find((one) => one.name === name || one.displayName === name);
    return member ? `<@${member.id}|${member.name}>` : escapeText(word);
  }
  if (!word.startsWith('#')) return composeLink(word);
  const channel = [...state.channels.values()].find((one) => one.kind === 'channel' && one.name === name);
  return channel ? `<#${channel.id}|${channel.name}>` : escapeText(word);
};
