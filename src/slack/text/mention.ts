import type { Challenge } from '../../projections/challenge.ts';
import { replyText } from './reply.ts';

/**
 * What `/til help` says, after a sentence of where to write: for whoever speaks to the bot, or posts beside the thread, in an app that
 * people can talk to.
 */
export const withHelp = (sentence: string | undefined, challenge: Challenge, command: string): string =>
  [...(sentence ? [sentence] : []), replyText([{ says: 'help' }], { challenge, command })].join('\n');
