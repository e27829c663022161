import { lacking } from '../admin/doctor.ts';
import { Refused, Unavailable } from '../events/errors.ts';
import { probeSocket } from '../slack/connection.ts';
import { type Reader, slackReader } from '../slack/reader.ts';
import type { Person } from './terminal.ts';
import type { InitText } from './text/init-text.ts';

/** How Slack's deliveries come: over a socket that the bot opens, or to a public address. */
export type Way = 'socket' | 'url';

/** A secret that `til init` asks for, by its variable. */
export type SecretName = keyof InitText['secrets'];

/** What each way needs, in the order in which it is asked for. */
export const NEEDED: Record<Way, readonly SecretName[]> = {
  socket: ['SLACK_BOT_TOKEN', 'SLACK_APP_TOKEN'],
  url: ['SLACK_BOT_TOKEN', 'SLACK_SIGNING_SECRET'],
};

const FORMS: Record<SecretName, RegExp> = {
  SLACK_BOT_TOKEN: /^xoxb-[\w-]+$/,
  SLACK_APP_TOKEN: /^xapp-[\w-]+$/,
  SLACK_SIGNING_SECRET: /^(?!xox|xapp)[0-9A-Za-z]{16,128}$/,
};

/** Where a secret is asked for and tried. */
export interface SecretPorts {
  person: Person;
  text: InitText;
  apiUrl?: string | undefined;
  /** The challenge's channel, which a bot's token should see. */
  channel?: string | undefined;
}

/**
 * Asks for a secret until Slack takes it, and gives it; undefined when it is left for later. Where Slack cannot be reached it is taken
 * unchecked, and that is said.
 */
export const askSecret = async (name: SecretName, ports: SecretPorts): Promise<string | undefined> => {
  const { person, text } = ports;
  for (;;) {
    const answer = await person.askHidden(text.secrets[name].question);
    if (answer === '') return undefined;
    if (!FORMS[name].test(answer)) {
      person.say(text.secrets[name].wrong);
      continue;
    }
    if (await isTaken(name, answer, ports)) return answer;
  }
};

const isTaken = async (name: SecretName, secret: string, ports: SecretPorts): Promise<boolean> => {
  const { person, text, apiUrl } = ports;
  try {
    if (name === 'SLACK_BOT_TOKEN') await tryBotToken(secret, ports);
    if (name === 'SLACK_APP_TOKEN') {
      await probeSocket(secret, apiUrl);
      person.say(text.opens);
    }
    return true;
  } catch (error) {
    if (error instanceof Unavailable) {
      person.say(text.unchecked);
      return true;
    }
    if (!(error instanceof Refused)) throw error;
    person.say(text.refused(typeof error.cause === 'string' ? error.cause : 'refused'));
    return false;
  }
};

const tryBotToken = async (token: string, { person, text, apiUrl, channel }: SecretPorts): Promise<void> => {
  // Somebody sits there and waits: one look is enough.
  const sleep = async (): Promise<never> => {
    throw new Unavailable('Slack gave no answer');
  };
  const reader = slackReader({ token, sleep, timeoutMilliseconds: 10_000, ...(apiUrl ? { apiUrl } : {}) });
  const { user, url, scopes } = await reader.whoAmI();
  person.say(text.isBot(user, url));
  const missing = lacking(scopes);
  if (missing.length > 0) person.say(text.lacks(missing.join(', ')));
  if (channel !== undefined) person.say(await sayOfChannel(reader, channel, text));
};

/** Whether the bot is where it is to speak. Whatever comes of it, the token is good. */
const sayOfChannel = async (reader: Reader, channel: string, text: InitText): Promise<string> => {
  try {
    const { name = channel, member } = await reader.channel(channel);
    return member ? text.inChannel(name) : text.notInChannel(name);
  } catch (error) {
    if (error instanceof Refused) return text.noChannel(channel);
    throw error;
  }
};
