import { Refused } from '../events/errors.ts';
import { parseConfig } from '../setup/config.ts';

/** What `til init` asks about the challenge, as it was typed. */
export interface Answers {
  locale?: string | undefined;
  channel?: string | undefined;
  name?: string | undefined;
  timeZone?: string | undefined;
  rest?: string | undefined;
  admins?: string | undefined;
}

/** A thing that is asked. */
export type Field = keyof Answers;

/** The challenge of the configuration that the answers make. */
export const challengeFrom = ({ channel, name, locale, timeZone, rest, admins }: Answers): Record<string, unknown> => ({
  channel: channel?.trim(),
  ...(name ? { name } : {}),
  ...(locale ? { locale } : {}),
  ...(timeZone ? { timeZone } : {}),
  ...(rest === undefined ? {} : { schedule: { rest: restFrom(rest) } }),
  admins: listed(admins ?? ''),
});

/** An answer as it is taken; undefined when it is none. What the configuration would refuse is none, and neither is an id of another kind. */
export const taken = (field: Field, answer: string): string | undefined => {
  const text = field === 'channel' ? channelIn(answer) : answer.trim();
  if (field === 'channel' && !/^[CG][A-Z0-9]{6,20}$/.test(text)) return undefined;
  if (field === 'admins' && !listed(text).every((id) => /^[UW][A-Z0-9]{6,20}$/.test(id))) return undefined;
  if (text === '' && field !== 'admins' && field !== 'rest') return undefined;
  try {
    parseConfig({ challenges: [challengeFrom({ channel: 'C0123456789', [field]: text })] }, 'the answer');
    return text;
  } catch (error) {
    if (error instanceof Refused) return undefined;
    throw error;
  }
};

/** A channel's link holds its id: `https://your-team.slack.com/archives/C0123456789`. */
const channelIn = (answer: string): string =>
  /^https:\/\/[\w.-]+\/(?:archives|client\/\w+)\/(\w+)/.exec(answer.trim())?.[1] ?? answer.trim();

const listed = (answer: string): string[] =>
  answer
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');

const HOLIDAYS = new Map([
  ['seollal', 'seollal'],
  ['설날', 'seollal'],
  ['chuseok', 'chuseok'],
  ['추석', 'chuseok'],
]);

/** The weeks of rest that an answer names, in the configuration's words; what it does not know is left for the configuration to refuse. */
const restFrom = (answer: string): string[] => {
  if (['-', 'none', '없음'].includes(answer.trim().toLowerCase())) return [];
  return [...new Set(listed(answer).map((entry) => HOLIDAYS.get(entry.toLowerCase()) ?? entry))];
};
