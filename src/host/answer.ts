import type { Interaction } from '../events/interaction.ts';
import { secondsOf } from '../events/timestamp.ts';
import type { Challenge } from '../projections/challenge.ts';
import type { Again } from '../queue/jobs.ts';
import type { Clock } from '../setup/clock.ts';
import { commandOf, type Settings } from '../setup/config.ts';
import type { Report } from '../setup/report.ts';
import { ANSWER_SECONDS, type SendAnswer } from '../slack/response-url.ts';
import type { Block, Slack } from '../slack/slack.ts';
import { plainBlocks } from '../slack/text/render.ts';

export interface AnswerPorts {
  clock: Pick<Clock, 'now'>;
  report: Report;
  settings: Pick<Settings, 'command'>;
  /** Absent: who comes with an address for answers gets none. */
  sendAnswer?: SendAnswer | undefined;
  /** Absent: who comes without such an address gets none. */
  writer?: Pick<Slack, 'whisper'> | undefined;
}

/** What a person is told. `blocks`: what they see of it, where that is more than the text. */
export interface Spoken {
  text: string;
  blocks?: Block[] | undefined;
  /** It takes the place of the message in which they pressed. */
  replaces?: boolean;
}

/** The slash command as a person can type it: the configured one; where none is configured, the one that they typed. */
export const commandNamed = (interaction: Interaction, settings: Pick<Settings, 'command'>): string =>
  settings.command ?? (interaction.kind === 'command' ? interaction.command : commandOf(settings));

/** Whether an interaction is older than the time for which an answer to it is taken: nobody waits for one any more. */
export const isTooLate = ({ at }: Interaction, clock: Pick<Clock, 'now'>): boolean =>
  clock.now() / 1000 > secondsOf(at) + ANSWER_SECONDS;

/**
 * Answers a person, and nobody else sees it: at the address that came with what they did; where none came, or it is no address of Slack's, in
 * the challenge's channel. Says when the job must come again. Never throws because of what Slack answers.
 */
export const answerTo = async (
  interaction: Interaction,
  { channel }: Pick<Challenge, 'channel'>,
  spoken: Spoken,
  ports: AnswerPorts,
): Promise<Again> => {
  const address = 'responseUrl' in interaction ? interaction.responseUrl : undefined;
  if (address === undefined) return whisper(interaction, channel, spoken, ports);
  const answered = await ports.sendAnswer?.({ address, since: interaction.at, ...spoken });
  if (answered?.is === 'later') return { retryAfterSeconds: answered.seconds };
  if (answered?.is !== 'refused') return undefined;
  if (answered.isForeign) return whisper(interaction, channel, spoken, ports);
  return void ports.report('problem', { error: `an answer to a person was refused: ${answered.reason}` });
};

/** One of which nobody knows whether it was shown is not shown again: it leaves no trace that could be looked up. */
const whisper = async (
  interaction: Interaction,
  channel: string,
  { text, blocks = plainBlocks(text) }: Spoken,
  { writer, clock, report }: AnswerPorts,
): Promise<Again> => {
  if (!writer || isTooLate(interaction, clock)) return undefined;
  const sent = await writer.whisper({ channel, user: interaction.user, text, blocks });
  if (sent.outcome !== 'refused') return undefined;
  if (!sent.final && !sent.pause && sent.retryAfterSeconds !== undefined)
    return { retryAfterSeconds: sent.retryAfterSeconds };
  return void report('problem', { error: `an answer to a person was refused: ${sent.reason}` });
};
