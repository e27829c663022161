import { Unavailable } from '../events/errors.ts';
import type { Interaction } from '../events/interaction.ts';
import { isForAdmins } from '../handlers/admin-command.ts';
import { withTalk } from '../handlers/personal.ts';
import { type Reply, replyToChoice, replyToQuestion } from '../handlers/reply.ts';
import { challengeAt, choiceOfWish, type Dated, isOffInPersonalMessage, wishesOf } from '../handlers/wishes.ts';
import { type ChoicePorts, recordChoice } from '../pipeline/choices.ts';
import type { Challenge } from '../projections/challenge.ts';
import { type Again, interactionJob } from '../queue/jobs.ts';
import type { Job, Queue } from '../queue/queue.ts';
import type { Clock } from '../setup/clock.ts';
import type { Slack } from '../slack/slack.ts';
import { replyText } from '../slack/text/reply.ts';
import type { Bucket } from '../store/bucket.ts';
import { type AnswerPorts, answerTo, commandNamed, isTooLate } from './answer.ts';
import type { Home } from './home.ts';
import { interactAdmin } from './interact-admin.ts';
import { traceInteraction } from './interaction-trace.ts';
import { type MyAnswerPorts, replyAboutMe } from './my-answer.ts';
import type { Interact } from './worker.ts';
import { wroteLastIn } from './wrote-last.ts';

export interface InteractPorts extends ChoicePorts, Omit<MyAnswerPorts, 'writer'>, Omit<AnswerPorts, 'clock'> {
  challenges: readonly Challenge[];
  log: Bucket;
  home: Home;
  queue: Pick<Queue, 'put'>;
  clock: Clock;
  writer?: Slack | undefined;
}

/** Does what people ask for by buttons and commands: a choice becomes an event, and is confirmed only when it is in the log. */
export const createInteract = (ports: InteractPorts): Interact => {
  const act = async (interaction: Interaction): Promise<Again> => {
    const { user, at } = interaction;
    if (interaction.kind === 'home' && interaction.tab === 'home') return ports.home.open(user, at);
    if (isForAdmins(interaction)) return interactAdmin(interaction, ports);
    const wishes = wishesOf(interaction);
    if (wishes.length === 0) return void (await traceInteraction(ports.log, interaction));
    const { challenge, replies } = await fulfil(wishes, interaction, ports);
    if (interaction.kind === 'press' && interaction.container === 'view') return ports.home.open(user, at);
    const again = await answer(interaction, challenge, replies, ports);
    if (replies.some(({ says }) => says === 'planned' || says === 'set')) await ports.home.refresh([user]);
    return again;
  };
  return async (interaction, job) => {
    try {
      return await act(interaction);
    } catch (error) {
      if (!(error instanceof Unavailable) || !isTooLate(interaction, ports.clock)) throw error;
      return forgetAddress(interaction, job, error, ports);
    }
  };
};

/**
 * A job that waits for longer than an answer is taken waits on without the address for it: should it become a dead letter, that is not in it.
 * Throws the error again when there is none.
 */
const forgetAddress = async (
  interaction: Interaction,
  { id }: Job,
  error: Unavailable,
  { queue }: InteractPorts,
): Promise<undefined> => {
  if (!('responseUrl' in interaction) || interaction.responseUrl === undefined) throw error;
  const { responseUrl: _, ...rest } = interaction;
  await queue.put([interactionJob(`${id}/late`, rest)]);
};

/** Does one wish after the other. The challenge is the last one's: where several are named, it only decides the language. */
const fulfil = async (
  wishes: readonly Dated[],
  interaction: Interaction,
  ports: InteractPorts,
): Promise<{ challenge: Challenge | undefined; replies: Reply[] }> => {
  const replies: Reply[] = [];
  let challenge: Challenge | undefined;
  for (const dated of wishes) {
    challenge = await challengeOf(dated, interaction, ports);
    replies.push(...(await replyTo(dated, interaction.user, challenge, ports)));
  }
  return { challenge, replies };
};

const replyTo = async (
  dated: Dated,
  user: string,
  challenge: Challenge | undefined,
  ports: InteractPorts,
): Promise<Reply[]> => {
  const answered = replyToQuestion(dated.wish);
  if (answered) return [answered];
  if (!challenge) return [{ says: 'where', channels: ports.challenges.map(({ channel }) => channel) }];
  if (dated.wish.wants === 'state') return [await replyAboutMe(challenge, user, dated.at, ports)];
  const chosen = choiceOfWish(dated, user, challenge);
  if (!chosen) return [];
  if ('over' in chosen) return [{ says: 'over', week: chosen.over }];
  const judgement = await recordChoice(challenge, chosen.choice, ports);
  const reply = replyToChoice(chosen.choice, judgement, withTalk(challenge, await ports.mayTalk()));
  return reply ? [reply] : [];
};

/** The challenge that a button names; else the channel's own; else the only one; else the one in which the person wrote last. */
const challengeOf = async (
  { channel }: Dated,
  interaction: Interaction,
  ports: InteractPorts,
): Promise<Challenge | undefined> => {
  const here = 'channel' in interaction ? interaction.channel : undefined;
  const found = challengeAt(ports.challenges, channel ?? here);
  return found ?? wroteLastIn(interaction.user, ports.challenges, ports.documents);
};

const answer = async (
  interaction: Interaction,
  challenge: Challenge | undefined,
  replies: readonly Reply[],
  ports: InteractPorts,
): Promise<Again> => {
  const { challenges, settings } = ports;
  const spoken = challenge ?? challenges[0];
  if (!spoken || replies.length === 0) return undefined;
  const text = replyText(replies, {
    challenge: spoken,
    command: commandNamed(interaction, settings),
    isElsewhere: isElsewhere(interaction, challenges),
  });
  return answerTo(interaction, spoken, { text, replaces: isOffInPersonalMessage(interaction) }, ports);
};

/** Whether somebody spoke neither in a challenge's channel nor to the bot alone. */
const isElsewhere = (interaction: Interaction, challenges: readonly Challenge[]): boolean =>
  interaction.kind === 'command' &&
  !interaction.channel.startsWith('D') &&
  challenges.every(({ channel }) => channel !== interaction.channel);
